# A row that finds no partition: where policy makes one by itself, the client's
# retry finds it, though nobody would have looked for an hour; where it does
# not, nothing is made and no pass begins, however often such rows come.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $hint = qr/HINT:  A partition for the row is being made\. Try again\./;
my $node = start_node('miss');
$node->safe_psql('postgres', 'CREATE EXTENSION pg_mosaic');
launcher_pid($node);

# Passes that have begun and ended since the server started.
sub passes { return $node->safe_psql('postgres', q{SELECT passes FROM mosaic.worker_status WHERE kind = 'launcher'}) }

# Until nobody is at work any more.
sub quiet
{
	$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM mosaic.worker_status WHERE kind = 'maintenance'}) or die 'a pass does not end';
	my $before = -1;
	while ($before != passes()) { $before = passes(); usleep(300_000) }
	return $before;
}

# The first try fails with the server's own error and our hint; one of the
# next succeeds.
sub heals
{
	my ($sql, $what, %how) = @_;
	my ($status, undef, $error) = $node->psql('postgres', "\\set VERBOSITY verbose\n$sql", %how);
	like($error, qr/ERROR:  23514: no partition of relation/, "$what: refused at first");
	like($error, $hint, "$what: a retry is said to help");
	like($error, qr/^LOCATION:  ExecFindPartition, execPartition\.c:\d+$/m, "$what: by whom, as the server tells it");
	my $begun = time;
	while ($status != 0 && time - $begun < $PostgreSQL::Test::Utils::timeout_default)
	{
		usleep(20_000);
		$status = $node->psql('postgres', $sql, on_error_stop => 1, stderr => \my $ignored, %how);
	}
	is($status, 0, "$what: a retry succeeds");
	note(sprintf('%s: after %.0f ms', $what, 1000 * (time - $begun)));
	return;
}

# Refused, and without a hint.
sub refused
{
	my ($sql, $what) = @_;
	my (undef, undef, $error) = $node->psql('postgres', $sql);
	like($error, qr/no partition of relation/, "$what: refused");
	unlike($error, qr/HINT/, "$what: no hint");
	return;
}

sub missed
{
	my ($table) = @_;
	return $node->safe_psql('postgres', "SELECT regexp_replace(detail, ', at .*', '') FROM mosaic.issues WHERE code = 'missed_rows' AND set = '$table'::regclass");
}

# Coverage that is late, and a hole in it.
make_set($node, 'postgres');
quiet();
lose_partition($node, 'postgres');
heals('INSERT INTO readings VALUES (45)', 'a partition that is due');
is(missed('readings'), '', 'what was made is not counted as missed');
$node->safe_psql('postgres', $_) for q{CALL mosaic.maintain('readings')}, 'DROP TABLE readings_p60';
heals('INSERT INTO readings VALUES (65)', 'a hole within the coverage');
$node->safe_psql('postgres', q{CREATE TABLE events (at timestamptz, note text) PARTITION BY RANGE (at);
	SELECT mosaic.create_parent('events', '1 day', premake => 3)});
quiet();
$node->safe_psql('postgres', q{DO $$ BEGIN EXECUTE format('DROP TABLE %s', mosaic.partition_for('events', now() + interval '1 day')); END $$});
heals(q{INSERT INTO events VALUES (now() + interval '1 day')}, 'tomorrow');
$node->safe_psql('postgres', q{CREATE TABLE customers (id bigint) PARTITION BY HASH (id);
	SELECT mosaic.create_parent('customers', modulus => 2)});
quiet();
$node->safe_psql('postgres', 'DROP TABLE customers_p0, customers_p1');
heals('INSERT INTO customers SELECT generate_series(1, 10)', 'HASH partitions that somebody dropped');

# Scenarios 48 and 60: outside policy nothing is made, and counted.
my $before = quiet();
my $partitions = q{SELECT count(*) FROM pg_inherits WHERE inhparent = 'events'::regclass};
my $count = $node->safe_psql('postgres', $partitions);
refused("INSERT INTO events VALUES ('9999-12-31')", 'the far future');
refused("INSERT INTO events VALUES ('1999-12-31')", 'the past');
refused("INSERT INTO events VALUES ('infinity')", 'infinity');
refused("INSERT INTO events VALUES ('-infinity')", 'minus infinity');
refused("INSERT INTO events VALUES ('4713-01-01 BC')", 'the beginning');
refused('INSERT INTO events VALUES (NULL)', 'NULL');
refused("INSERT INTO events SELECT now() + interval '5 days'", 'just beyond the coverage');
like(missed('events'), qr/^7 rows found no partition; the last had at = \d/, 'the rows are counted, the last key is shown');
$node->psql('postgres', q{DO $$ BEGIN FOR n IN 1 .. 1000 LOOP BEGIN INSERT INTO events VALUES ('9999-12-31'); EXCEPTION WHEN check_violation THEN END; END LOOP; END $$});
is(missed('events'), '1007 rows found no partition; the last had at = 9999-12-31 00:00:00' . ($node->safe_psql('postgres', "SHOW TimeZone") eq 'UTC' ? '+00' : substr(missed('events'), -3)), 'a thousand more');
$node->psql('postgres', q{CREATE TABLE log (n integer); CREATE FUNCTION stray() RETURNS integer LANGUAGE sql AS $$ INSERT INTO events VALUES ('9999-12-31') RETURNING 1 $$;
	INSERT INTO log SELECT stray()});
like(missed('events'), qr/^1008 rows/, 'a statement within a statement is counted once');
is($node->safe_psql('postgres', $partitions), $count, 'not one partition was made');
usleep(1_500_000);
is(passes(), $before, 'and not one pass began');

# auto_lists: any value, of INSERT, UPDATE and COPY, for whom it may be.
$node->safe_psql('postgres', q{CREATE TABLE orders (region text, id integer) PARTITION BY LIST (region);
	SELECT mosaic.create_parent('orders', lists => '{"na": ["US", "CA"]}', auto_lists => true);
	CREATE ROLE writer LOGIN; GRANT INSERT ON orders TO writer});
quiet();
heals("INSERT INTO orders VALUES ('DE', 1)", 'a new value');
is($node->safe_psql('postgres', q{SELECT tableoid::regclass FROM orders WHERE id = 1}), '"orders_DE"', 'it has a partition of its own');
heals("INSERT INTO orders VALUES (NULL, 2)", 'NULL');
heals("INSERT INTO orders VALUES ('', 3)", 'an empty text');
heals("INSERT INTO orders VALUES ('O''Brien, {\"x\"} \\ é', 4)", 'a text full of marks');
heals("INSERT INTO orders VALUES (repeat('long ', 40), 5)", 'a long text');
heals("UPDATE orders SET region = 'FR' WHERE id = 1", 'a row that moves');
heals("COPY orders FROM stdin;\nIT\t6\n\\.\n", 'COPY');
heals("INSERT INTO orders VALUES ('ES', 7)", 'a user who may not read the key', extra_params => [ '-U', 'writer' ]);
heals("WITH moved AS (INSERT INTO orders VALUES ('PT', 8) RETURNING 1) SELECT count(*) FROM moved", 'a query that writes');
heals("SET log_min_messages = panic; INSERT INTO orders VALUES ('AT', 9)", 'a session that logs nothing');
heals(q{DO $$ BEGIN INSERT INTO orders VALUES ('SE', 10); END $$}, 'a function');
is($node->safe_psql('postgres', q{SELECT count(*), count(DISTINCT tableoid) FROM orders}), '10|10', 'all rows are there, each in its own partition');
is($node->safe_psql('postgres', q{SELECT lists -> 'na', lists -> 'FR', lists -> 'null', lists -> 'empty' FROM mosaic.partition_set WHERE parent = 'orders'::regclass}),
	'["US", "CA"]|["FR"]|[null]|[""]', 'the lists are named after their values');
is(missed('orders'), '', 'none of them is counted as missed');
refused('INSERT INTO orders VALUES (repeat(\'too long \', 40), 11)', 'a value too long to be remembered');
# An error that the application catches is heard too.
$node->safe_psql('postgres', q{DO $$ BEGIN INSERT INTO orders VALUES ('NO', 12); EXCEPTION WHEN check_violation THEN END $$});
ok($node->poll_query_until('postgres', q{SELECT mosaic.partition_for('orders', 'NO') IS NOT NULL}), 'a value whose error was caught');
# The next statement of the same transaction finds it, whatever its snapshot.
my $session = $node->background_psql('postgres', on_error_stop => 0);
$session->query(q{BEGIN ISOLATION LEVEL REPEATABLE READ; SAVEPOINT before; INSERT INTO orders VALUES ('FI', 13)});
$node->poll_query_until('postgres', q{SELECT mosaic.partition_for('orders', 'FI') IS NOT NULL}) or die 'it is not made';
$session->query(q{ROLLBACK TO before; INSERT INTO orders VALUES ('FI', 13); COMMIT});
$session->quit;
is($node->safe_psql('postgres', q{SELECT count(*) FROM orders WHERE region = 'FI'}), '1', 'the next statement of the same transaction');

# One after the other, as fast as passes begin and end: each is served.
$node->safe_psql('postgres', q{CREATE TABLE burst (k text) PARTITION BY LIST (k); SELECT mosaic.create_parent('burst', auto_lists => true)});
quiet();
my (undef, undef, $errors) = $node->psql('postgres', join("\n", map { "INSERT INTO burst VALUES ('v$_'); SELECT pg_sleep(0.02);" } 1 .. 100), on_error_stop => 0);
is(scalar(() = $errors =~ /$hint/g), 100, 'a hundred new values in a row: each is said to be served');
ok($node->poll_query_until('postgres', q{SELECT count(*) = 100 FROM pg_inherits WHERE inhparent = 'burst'::regclass}), 'and is');

# Nonsense without end, and beside it a value that is none.
my $noise = $node->background_psql('postgres', on_error_stop => 0);
$noise->query_until(qr/begun/, q{\echo begun
DO $$ BEGIN LOOP BEGIN INSERT INTO events VALUES ('9999-12-31'); EXCEPTION WHEN check_violation THEN END; END LOOP; END $$;
});
$before = quiet();
heals("INSERT INTO orders VALUES ('GR', 14)", 'a value among nonsense');
cmp_ok(passes() - $before, '<=', 3, 'nonsense keeps nobody busy');
$node->safe_psql('postgres', q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'DO%9999%' AND pid <> pg_backend_pid()});
$noise->{run}->finish;

# Expressions, and levels: at once below the month that missed it, soon below
# the others.
$node->safe_psql('postgres', q{CREATE TABLE mail (address text) PARTITION BY LIST (split_part(address, '@', 2));
	SELECT mosaic.create_parent('mail', auto_lists => true);
	CREATE TABLE visits (at date, region text) PARTITION BY RANGE (at);
	SELECT mosaic.create_parent('visits', '1 month', premake => 2);
	SELECT mosaic.create_sub_parent('visits', 'LIST (region)', lists => '{"na": ["US"]}', auto_lists => true)});
quiet();
heals("INSERT INTO mail VALUES ('me\@example.com')", 'an expression');
heals("COPY mail FROM stdin;\nme\@example.org\n\\.\n", 'an expression, by COPY');
heals("INSERT INTO visits VALUES (current_date, 'DE')", 'a level');
ok($node->poll_query_until('postgres', q{SELECT count(*) = 3 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relname LIKE '%\_DE' AND c.relispartition AND c.relname LIKE 'visits%'}),
	'the new list has a partition below every month');

# Paused, and full.
quiet();
$node->safe_psql('postgres', q{UPDATE mosaic.partition_set SET create_paused = true WHERE parent = 'mail'::regclass});
refused("INSERT INTO mail VALUES ('me\@example.net')", 'a set that is paused');
like(missed('mail'), qr/^1 row found no partition; the last had split_part\(address, '\@'::text, 2\) = example\.net$/, 'it is counted');
$node->safe_psql('postgres', q{UPDATE mosaic.partition_set SET create_paused = false WHERE parent = 'mail'::regclass});
$node->append_conf('postgresql.conf', 'mosaic.max_auto_lists = 2');
$node->reload;
$node->poll_query_until('postgres', q{SELECT current_setting('mosaic.max_auto_lists') = '2'}) or die;
refused("INSERT INTO mail VALUES ('me\@example.net')", 'a table with as many partitions as mosaic.max_auto_lists');

# What cannot be made is put off and holds up nobody else.
$node->safe_psql('postgres', q{CREATE TABLE stuck (k integer) PARTITION BY RANGE (k); SELECT mosaic.create_parent('stuck', '10', 1);
	CREATE FUNCTION hinder() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
		IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() c WHERE c.object_identity ~ 'stuck') THEN RAISE EXCEPTION 'not today'; END IF; END $$;
	CREATE EVENT TRIGGER hinder ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION hinder()});
quiet();
$node->safe_psql('postgres', 'DROP TABLE stuck_p10');
$node->psql('postgres', 'INSERT INTO stuck VALUES (15)');
ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM mosaic.failing_sets() WHERE set = 'stuck'::regclass}), 'what cannot be made is recorded');
my ($tries, $error) = (0);
do { (undef, undef, $error) = $node->psql('postgres', 'INSERT INTO stuck VALUES (15)') } while ($error =~ $hint && ++$tries < 1000);
unlike($error, qr/HINT/, 'a table that is put off: no hint');
$node->safe_psql('postgres', 'DROP TABLE readings_p80');
heals('INSERT INTO readings VALUES (85)', 'another table');
$node->safe_psql('postgres', 'DROP EVENT TRIGGER hinder');

# Nobody there to make it.
$node->append_conf('postgresql.conf', "mosaic.enabled = off\nmosaic.max_auto_lists = 1000");
$node->reload;
$node->poll_query_until('postgres', q{SELECT NOT current_setting('mosaic.enabled')::boolean}) or die;
refused("INSERT INTO orders VALUES ('HU', 15)", 'with mosaic.enabled off');
is(missed('orders'), '2 rows found no partition; the last had region = HU', 'it is counted');

# Other databases, and other errors of the same SQLSTATE, are not ours.
$node->safe_psql('postgres', 'CREATE DATABASE plain');
(undef, undef, $error) = $node->psql('plain', 'CREATE TABLE t (k integer CHECK (k > 0)) PARTITION BY RANGE (k); INSERT INTO t VALUES (1)');
like($error, qr/no partition of relation "t" found for row/, 'a database without the extension');
(undef, undef, $error) = $node->psql('plain', 'INSERT INTO t VALUES (-1)');
unlike($error, qr/HINT/, 'and nothing is said there');
$node->safe_psql('postgres', 'DROP EXTENSION pg_mosaic CASCADE');
(undef, undef, $error) = $node->psql('postgres', "INSERT INTO orders VALUES ('HU', 15)");
unlike($error, qr/HINT/, 'nor after DROP EXTENSION');

$node->stop;
done_testing();
