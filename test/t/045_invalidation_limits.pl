# Large and many: bulk statements, thousands of subtransactions and tables,
# and what others do meanwhile.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicInvalidation;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('limits', max_locks_per_transaction => 512, 'mosaic.max_payloads' => 100);
sub sql { return $node->safe_psql('postgres', $_[0]) }
sub now { return sql('SELECT token FROM mosaic.changes_since(mosaic.token()) LIMIT 1') }
sub heard { my ($since) = @_; return sql("SELECT count(key), count(DISTINCT key), min(reason) FROM mosaic.changes_since('$since')") }

sql(q{
	CREATE TABLE users (id bigint PRIMARY KEY, n int);
	CREATE TABLE unwatched (LIKE users INCLUDING ALL);
	SELECT mosaic.watch('users')});
my $listener = listen_on($node);
my $since;

# COPY
my $file = $node->basedir . '/rows';
for my $rows (5_000, 50_000)
{
	sql('TRUNCATE users');
	$since = now();
	collect_for($listener, 0.2);
	sql("COPY (SELECT i, 0 FROM generate_series(1, $rows) i) TO '$file'; COPY users FROM '$file'");
	is(heard($since), $rows <= 10_000 ? "$rows|$rows|" : '0|0|overflow', "COPY of $rows rows");
	next if $rows > 10_000;
	my @heard = collect_until($listener, sub { scalar(split / /, keys_of(@_)) == $rows });
	is(scalar(split / /, keys_of(@heard)), $rows, 'all of them are heard');
	is(scalar(grep { ref $_->{json} } @heard), scalar @heard, 'each part is valid by itself');
	is(join(',', map { "$_->{json}{part}/$_->{json}{of}" } @heard), join(',', map { $_ . '/' . @heard } 1 .. @heard), 'and says which of how many it is');
}

# A million rows in one statement: bounded memory
my $bulk = $node->background_psql('postgres');
$since = now();
$bulk->query_safe('BEGIN; INSERT INTO users SELECT i, 0 FROM generate_series(100001, 1100000) i');
my $bytes = $bulk->query_safe(q{SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name = 'TopTransactionContext'});
cmp_ok($bytes, '>', 100_000, 'a transaction of a million rows has collected keys');
cmp_ok($bytes, '<', 2 * 1024 * 1024, 'in less than 2 MB');
$bulk->query_safe('COMMIT');
is(heard($since), '0|0|overflow', 'and reports the table');

# Subtransactions, released and rolled back (what they cost is in bench/40)
sql('TRUNCATE users');
$since = now();
sql(q{DO $$ BEGIN FOR i IN 1..10000 LOOP BEGIN INSERT INTO users VALUES (i, 0); EXCEPTION WHEN raise_exception THEN NULL; END; END LOOP; END $$});
is(heard($since), '10000|10000|', '10,000 subtransactions, released, give 10,000 keys');
my $every_second = q{DO $$ BEGIN FOR i IN 1..%d LOOP
	BEGIN INSERT INTO users VALUES (1000000 + i, 0); IF i %% 2 = 0 THEN RAISE 'even'; END IF; EXCEPTION WHEN raise_exception THEN NULL; END; END LOOP; END $$};
$since = now();
sql(sprintf $every_second, 20_000);
is(heard($since), '10000|10000|', '20,000, of which every second is rolled back, too');
sql('TRUNCATE users');
$since = now();
sql(sprintf $every_second, 100_000);
is(heard($since), '0|0|overflow', '100,000 are the table');
$bulk->quit;

# A thousand tables in one transaction
sql(q{DO $$ BEGIN FOR i IN 1..1000 LOOP
	EXECUTE format('CREATE TABLE many_%s (id int PRIMARY KEY)', i);
	PERFORM mosaic.watch(format('many_%s', i)::regclass); END LOOP; END $$});
$since = now();
collect_for($listener, 0.2);
sql(q{DO $$ BEGIN FOR i IN 1..1000 LOOP EXECUTE format('INSERT INTO many_%s VALUES (%s)', i, i); END LOOP; END $$});
is(heard($since), '1000|1000|', 'a transaction over a thousand tables');
my @heard = collect_until($listener, sub { scalar(split / /, keys_of(@_)) == 1000 });
is(scalar(split / /, keys_of(@heard)), 1000, 'is heard whole');
is(scalar(grep { ref $_->{json} && length $_->{payload} <= 7999 } @heard), scalar @heard, 'in valid parts');

# Somebody writes for a long time, in another database
sql('CREATE DATABASE elsewhere');
$node->safe_psql('elsewhere', 'CREATE TABLE t (i int)');
my $long = $node->background_psql('elsewhere');
$long->query_safe('BEGIN; INSERT INTO t VALUES (1)');
sql("INSERT INTO many_1 VALUES ($_)") for 2 .. 5;
is(keys_of(collect_until($listener, sub { keys_of(@_) eq 'many_1:2 many_1:3 many_1:4 many_1:5' })), 'many_1:2 many_1:3 many_1:4 many_1:5',
	'a long transaction elsewhere delays nothing');
$long->quit;

# Somebody waits for a synchronous standby that is not there
$node->append_conf('postgresql.conf', qq{synchronous_standby_names = 'missing'\nsynchronous_commit = local});
$node->reload;
my $waiting = $node->background_psql('postgres', on_error_stop => 0);
$waiting->query_safe('SET synchronous_commit = on');
$waiting->query_until(qr/go/, "\\echo go\nINSERT INTO many_2 VALUES (77);\n");
$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'});
sql('INSERT INTO many_3 VALUES (78)');
is(keys_of(collect_until($listener, sub { keys_of(@_) =~ /many_3:78/ })), 'many_3:78', 'a commit that waits for a standby holds nobody up');

# One that notifies and waits so keeps the ticker from notifying; a ticker that
# ends there has made its tick but told nobody, and the next one does
my $notifying = $node->background_psql('postgres', on_error_stop => 0);
$notifying->query_safe('SET synchronous_commit = on');
$notifying->query_until(qr/go/, "\\echo go\nBEGIN; INSERT INTO unwatched VALUES (1, 1); NOTIFY elsewhere; COMMIT;\n");
$node->poll_query_until('postgres', q{SELECT count(*) = 2 FROM pg_stat_activity WHERE wait_event = 'SyncRep'});
my $position = sql('SELECT pos FROM mosaic.invalidation_status()');
sql('INSERT INTO many_4 VALUES (79)');
my $stopped = q{FROM pg_stat_activity WHERE backend_type = 'pg_mosaic ticker' AND datname = 'postgres' AND wait_event_type = 'Lock' AND wait_event = 'object'};
$node->poll_query_until('postgres', "SELECT count(*) = 1 $stopped");
is(sql('SELECT pos FROM mosaic.invalidation_status()'), $position + 1, 'a tick is made before it is told');
is(sql("SELECT pg_terminate_backend(pid, 60000) $stopped"), 't', 'the ticker ends in between');

$node->append_conf('postgresql.conf', q{synchronous_standby_names = ''});
$node->reload;
$_->quit for $waiting, $notifying;
@heard = collect_until($listener, sub { keys_of(@_) =~ /many_4:79/ });
like(keys_of(@heard), qr/many_4:79/, 'the next one tells it');
push @heard, collect_until($listener, sub { keys_of(@heard, @_) =~ /many_2:77/ });
like(keys_of(@heard), qr/many_2:77/, 'and is heard when it has committed');

# A foreign table: what is changed through it
sql(sprintf q{
	CREATE EXTENSION postgres_fdw;
	CREATE SERVER here FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '%s', port '%s', dbname 'postgres');
	CREATE USER MAPPING FOR CURRENT_USER SERVER here;
	CREATE TABLE remote (id int, n int);
	CREATE FOREIGN TABLE items (id int, n int) SERVER here OPTIONS (table_name 'remote');
	SELECT mosaic.watch('items', ARRAY['item:{id}'])}, $node->host, $node->port);
$since = now();
sql('INSERT INTO items VALUES (1, 0); UPDATE items SET n = 1; DELETE FROM items; INSERT INTO remote VALUES (2, 0)');
is(sql("SELECT string_agg(DISTINCT key, ' ') FROM mosaic.changes_since('$since')"), 'item:1', 'a foreign table: changes made through it');
is(sql('SELECT * FROM mosaic.check_watches()'), '', 'and nothing is amiss with it');

# Columns that are computed when they are read
SKIP:
{
	skip 'virtual generated columns came with PostgreSQL 18', 2 if $node->pg_version < 18;
	sql('CREATE TABLE virtual (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL)');
	for my $arguments (q{ARRAY['{twice}']}, q{columns => '{twice}'})
	{
		like(($node->psql('postgres', "\\set VERBOSITY verbose\nSELECT mosaic.watch('virtual', $arguments)"))[2],
			qr/0A000: cannot watch virtual generated column "twice"\nDETAIL:.*\nHINT:  Name the columns it is computed from/, "refused: $arguments");
	}
}

# Another extension that writes while the transaction commits
my $late = build_module($node, 'late_writer');
$since = now();
sql("LOAD '$late'; SET late_writer.statement = 'INSERT INTO many_1 VALUES (4711)'");
is(sql("SELECT string_agg(key, ' ') FROM mosaic.changes_since('$since')"), 'many_1:4711', 'what another extension writes while a transaction commits is told');

# Forged notifications can be told from the ticker's
sql(q{NOTIFY cache_invalidation, '{"v":1,"pos":999999}'});
@heard = collect_until($listener, sub { grep { $_->{payload} =~ /999999/ } @_ });
isnt((grep { $_->{payload} =~ /999999/ } @heard)[0]{pid}, sql('SELECT ticker_pid FROM mosaic.invalidation_status()'), 'a forged notification does not come from the ticker');

$listener->quit;
$node->stop;
done_testing();
