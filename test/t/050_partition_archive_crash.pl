# A backend dies in each state of retention, and in the middle of a restore: no
# row is lost, none is there twice, and the next pass goes on.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicCrash;
use MosaicSession;
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $archives = PostgreSQL::Test::Utils::tempdir();
my $node = start_node('archive_crash', 'mosaic.enabled' => 'off', 'mosaic.archive_directory' => $archives);

# Values are looked at when they are read back from a file, by the domain, and
# statements when they begin: there somebody can be held.
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_mosaic;
	CREATE TABLE held (at text, after integer);
	CREATE FUNCTION public.look(value integer) RETURNS boolean LANGUAGE plpgsql AS $$
	BEGIN
		IF EXISTS (SELECT FROM public.held WHERE at = 'value') THEN PERFORM pg_sleep(600); END IF;
		RETURN true;
	END$$;
	CREATE DOMAIN looked_at AS integer CHECK (public.look(VALUE));
	CREATE FUNCTION public.hold() RETURNS event_trigger LANGUAGE plpgsql AS $$
	BEGIN
		UPDATE public.held SET after = after - 1 WHERE at = tg_tag AND after > 0;
		IF NOT FOUND AND EXISTS (SELECT FROM public.held WHERE at = tg_tag) THEN PERFORM pg_sleep(600); END IF;
	END$$;
	CREATE EVENT TRIGGER hold ON ddl_command_end EXECUTE FUNCTION public.hold();
	CREATE EVENT TRIGGER hold_drop ON sql_drop EXECUTE FUNCTION public.hold();
	CREATE TABLE readings (id integer PRIMARY KEY, note looked_at) PARTITION BY RANGE (id);
	SELECT * FROM mosaic.create_parent('readings', '10', 2);
	INSERT INTO readings SELECT i, i FROM generate_series(0, 29) i;
	SELECT count(*) FROM mosaic.run_maintenance();
	UPDATE mosaic.partition_set SET retention = '15', retention_action = 'archive', create_paused = true});

# Crashes a statement at a command after so many of its kind.
sub crash_at
{
	my ($statement, $at, $after) = @_;
	$node->safe_psql('postgres', sprintf q{INSERT INTO held VALUES ('%s', %d)}, $at, $after // 0);
	crash_in_the_middle_of($node, $statement, $at);
	$node->safe_psql('postgres', 'TRUNCATE held');
	return;
}

my $state = q{SELECT name || ' ' || state FROM mosaic.partition_ledger ORDER BY id DESC LIMIT 1};
my $blocked = q{SELECT count(*) FROM pg_trigger WHERE tgfoid = 'mosaic.refuse_write'::regproc};
my $in_table = q{SELECT count(*) FROM readings};
sub files { return scalar(my @all = glob("$archives/*")) }
sub drafts { return scalar(my @all = (glob("$archives/*.tmp"), glob("$archives/*.rows"))) }
sub query_is { my ($query, $expected, $what) = @_; return is($node->safe_psql('postgres', $query), $expected, $what) }
my $pass = 'CALL mosaic.maintain()';

crash_at($pass, 'CREATE TRIGGER');
query_is($blocked, '0', 'killed while it was blocked: it is not');
query_is('SELECT count(*) FROM mosaic.partition_ledger', '0', 'nor in the ledger');

crash_at($pass, 'value');
query_is($state, 'readings_p0 blocked', 'killed while it was archived: it is blocked');
query_is($blocked, '2', 'by its triggers');
is(drafts(), 1, 'the file is a draft');
is(files(), 1, 'and there is no other');
query_is($in_table, '30', 'every row is there');

crash_at(q{UPDATE mosaic.partition_set SET retention = '500'; CALL mosaic.maintain()}, 'DROP TRIGGER');
query_is($state, 'readings_p0 blocked', 'killed while it was released: it is blocked');
query_is($blocked, '2', 'by both its triggers');
$node->safe_psql('postgres', q{UPDATE mosaic.partition_set SET retention = '15'});

crash_at($pass, 'DROP TABLE');
query_is($state, 'readings_p0 verified', 'killed while it was dropped: it is archived');
is(drafts(), 0, 'the draft is gone');
is(files(), 1, 'there is one archive');
query_is($in_table, '30', 'every row is there still');

crash_at(q{UPDATE mosaic.partition_set SET cooldown = '1 second'; CALL mosaic.maintain()}, 'ALTER TABLE');
query_is($state, 'readings_p0 verified', 'killed while it was detached: it is archived');
query_is($in_table, '30', 'and attached');

$node->safe_psql('postgres', $pass);
query_is($state, 'readings_p0 detached', 'the next pass detaches it');
query_is($in_table, '20', 'and its rows are seen no more');
query_is('SELECT count(*) FROM readings_p0', '10', 'but there');
my $restore = q{SELECT mosaic.restore_archive('readings', 'readings_p0')};
crash_at($restore, 'ALTER TABLE');
query_is($state, 'readings_p0 detached', 'killed while it was attached again: it is detached');
query_is($in_table, '20', 'and not seen');
query_is($blocked, '2', 'and takes no writes');
$node->poll_query_until('postgres', 'SELECT now() > drop_after FROM mosaic.partition_ledger') or die 'the time does not pass';
crash_at($pass, 'DROP TABLE');
query_is($state, 'readings_p0 detached', 'killed while it was dropped after the cool-down: it is detached');
query_is('SELECT count(*) FROM readings_p0', '10', 'and whole');
$node->safe_psql('postgres', $pass);
query_is($state, 'readings_p0 dropped', 'the next pass drops it');
query_is(q{SELECT string_agg(action, ' ' ORDER BY id) FROM mosaic.partition_log WHERE partition = 'public.readings_p0' AND outcome = 'done' AND action <> 'create'},
	'block archive detach drop', 'each step was done once');

my $gone = "SELECT ($state), ($in_table), (SELECT count(*) FROM pg_class WHERE relname LIKE 'readings_p0%')";
for my $where ([ 'filled', 'value' ], [ 'tried on', 'ALTER TABLE' ], [ 'attached', 'ALTER TABLE', 3 ])
{
	my ($what, @moment) = @$where;
	crash_at($restore, @moment);
	query_is($gone, 'readings_p0 dropped|20|0', "killed while the restored one was $what: it is gone without a trace");
	is(files(), 1, 'the archive is there');
}
$node->safe_psql('postgres', $restore);
query_is('SELECT count(*), count(DISTINCT id), sum(note) FROM readings', '30|30|435', 'restored, every row is there once');
$node->safe_psql('postgres', $pass);
query_is($in_table, '30', 'and stays');

# One that is moved away is where it was, or where it belongs.
$node->safe_psql('postgres', q{
	CREATE SCHEMA attic;
	CREATE TABLE moves (id integer PRIMARY KEY) PARTITION BY RANGE (id);
	SELECT * FROM mosaic.create_parent('moves', '10', 2);
	INSERT INTO moves SELECT generate_series(0, 29);
	UPDATE mosaic.partition_set SET retention = '15', retention_action = 'move', retention_schema = 'attic', create_paused = true WHERE parent = 'moves'::regclass});
my $unmoved = q{SELECT count(*), 'moves_p0'::regclass FROM moves};
for my $what ('taken off', 'moved')
{
	crash_at(q{CALL mosaic.maintain('moves')}, 'ALTER TABLE', $what eq 'moved' ? 1 : 0);
	query_is($unmoved, '30|moves_p0', "killed while it was $what: it is attached, where it was");
}
$node->safe_psql('postgres', q{CALL mosaic.maintain('moves')});
query_is('SELECT (SELECT count(*) FROM moves), (SELECT count(*) FROM attic.moves_p0)', '20|10', 'the next pass moves it');
$node->safe_psql('postgres', q{SELECT mosaic.drop_parent('moves')});

# The worker does the same, by DETACH CONCURRENTLY, and dies while it waits.
watch_detaches($node);
$node->safe_psql('postgres', q{ALTER SYSTEM SET mosaic.naptime = '1s'; ALTER SYSTEM SET mosaic.enabled = on});
my $gate = hold_detach($node, q{
	SELECT mosaic.release_partition('readings_p0');
	UPDATE mosaic.partition_set SET cooldown = '0';
	SELECT pg_reload_conf()});
query_is($state, 'readings_p0 verified', 'the worker has archived it once more');
my $reader = $node->background_psql('postgres');
$reader->query_safe('BEGIN; SELECT count(*) FROM readings WHERE id = 25');
$gate->quit;
my $pending = q{SELECT count(*) FROM pg_inherits WHERE inhparent = 'readings'::regclass AND inhdetachpending};
$node->poll_query_until('postgres', "SELECT ($pending) = 1") or die 'nothing is pending';
crash_server($node, $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'pg_mosaic maintenance' AND datname = 'postgres'}));
abandon_session($reader);
ok($node->poll_query_until('postgres', q{SELECT to_regclass('readings_p0') IS NULL}), 'killed while it waited, the worker goes on after the crash');
query_is($state, 'readings_p0 dropped', 'and the ledger has it');
query_is($pending, '0', 'nothing is pending');
is(files(), 2, 'with an archive of its own');
is(drafts(), 0, 'and no draft');

# What is written between the archive and the detach, past the block, is kept.
$gate = hold_detach($node, q{UPDATE mosaic.partition_set SET retention = '5'});
query_is($state, 'readings_p10 verified', 'another is archived');
$node->safe_psql('postgres', q{ALTER TABLE readings_p10 DISABLE TRIGGER ALL; UPDATE readings_p10 SET note = 1 WHERE id = 10});
$gate->quit;
ok($node->poll_query_until('postgres', q{SELECT state = 'detached' FROM mosaic.partition_ledger WHERE name = 'readings_p10'}), 'it is detached');
ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM mosaic.issues WHERE code = 'detached_kept' AND object = 'public.readings_p10'}), 'and not dropped, which is an issue');
query_is('SELECT sum(note) FROM readings_p10', '136', 'what was written is there');

$node->stop;
done_testing();
