# Draining a default partition under writers and readers, behind a transaction
# that holds the table, through a crash, and by the worker; and creation beside
# a default that has no index.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicCrash;
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

# A standby that never comes holds up who wants to wait for it.  Autovacuum would
# lock catalogs, bloated by all these tables, for longer than a step waits.
my $node = start_node('drain', 'mosaic.enabled' => 'off', autovacuum => 'off', synchronous_standby_names => 'nobody', synchronous_commit => 'local');
my $rows = 20000;

# A set of numbers whose partitions from 10,000 to 30,000 are lost, and whose
# rows of there are in the default.  A mirror of the rows is kept by whoever
# writes, in the same transaction.
sub make_events
{
	$node->safe_psql('postgres', qq{
		CREATE EXTENSION IF NOT EXISTS pg_mosaic;
		DROP TABLE IF EXISTS events, mirror;
		DELETE FROM mosaic.partition_set;
		DELETE FROM mosaic.growing_partition;
		TRUNCATE mosaic.partition_log;
		CREATE TABLE events (k integer NOT NULL, v integer NOT NULL) PARTITION BY RANGE (k);
		CREATE INDEX ON events (k);
		SELECT count(*) FROM mosaic.create_parent('events', '5000', premake => 9, default_partition => true);
		DROP TABLE events_p10000, events_p15000, events_p20000, events_p25000;
		INSERT INTO events SELECT n, 0 FROM generate_series(10000, 9999 + $rows) n;
		CREATE TABLE mirror AS SELECT * FROM events;
		CREATE INDEX ON mirror (k)});
	return;
}

sub is_whole
{
	my ($what) = @_;
	is($node->safe_psql('postgres', q{
		SELECT count(*) FROM ((TABLE events EXCEPT ALL TABLE mirror) UNION ALL (TABLE mirror EXCEPT ALL TABLE events)) d}),
		'0', "$what: every row is there, once");
	is($node->safe_psql('postgres', q{
		SELECT conname FROM pg_constraint WHERE conname LIKE 'mosaic\_%' AND conrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
		UNION ALL SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND NOT relispartition AND relnamespace = 'public'::regnamespace AND relname LIKE 'events%'}),
		'', "$what: nothing of ours is left");
	return;
}

# Each writer has keys of its own: of two who update the same rows, the second
# would see in the mirror what the first has inserted, and in the set not yet.
my $dir = $node->basedir;
append_to_file("$dir/write.sql", <<'SQL');
\set k 2 * random(5000, 14999) + :client_id
\set gone 2 * random(5000, 14999) + :client_id
BEGIN;
UPDATE events SET v = v + 1 WHERE k = :k;
UPDATE mirror SET v = v + 1 WHERE k = :k;
INSERT INTO events VALUES (:k, 7);
INSERT INTO mirror VALUES (:k, 7);
COMMIT;
BEGIN;
DELETE FROM events WHERE k = :gone;
DELETE FROM mirror WHERE k = :gone;
COMMIT;
SQL
# The mirror and the set are the same to any snapshot.
append_to_file("$dir/read.sql", <<'SQL');
SELECT 1 / (count(*) = 1)::integer FROM (SELECT count(*), sum(k), sum(v) FROM events UNION SELECT count(*), sum(k), sum(v) FROM mirror) d;
SQL

make_events();
$node->append_conf('postgresql.conf', 'log_min_messages = log');
my @others = (
	IPC::Run::start([ 'pgbench', '-n', '-c', 2, '-T', 300, '-M', 'prepared', '-f', "$dir/write.sql", $node->connstr('postgres') . ' application_name=writer' ], '>', "$dir/write.log", '2>&1'),
	IPC::Run::start([ 'pgbench', '-n', '-c', 1, '-T', 300, '-f', "$dir/read.sql", $node->connstr('postgres') . ' application_name=reader' ], '>', "$dir/read.log", '2>&1'));
$node->poll_query_until('postgres', q{SELECT count(*) = 3 FROM pg_stat_activity WHERE application_name IN ('writer', 'reader') AND query <> ''}) or die 'nobody works';
$node->safe_psql('postgres', q{CALL mosaic.drain_default('events', 500)});
is($node->safe_psql('postgres', q{SELECT count(*) FROM events_default}), '0', 'among writers the default is drained');
cmp_ok($node->safe_psql('postgres', q{SELECT count(*) FROM mosaic.partition_log WHERE action = 'drain' AND outcome = 'done'}), '>=', 30, 'in batches');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('writer', 'reader')}), '3', 'and nobody failed');
$_->kill_kill for @others;
unlike(slurp_file("$dir/write.log") . slurp_file("$dir/read.log"), qr/ERROR|aborted/, 'nor had an error');
$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name IN ('writer', 'reader')}) or die 'somebody works';
is_whole('after writers');
is($node->safe_psql('postgres', q{SELECT string_agg(lower_bound || '-' || upper_bound, ' ') FROM mosaic.partitions('events') WHERE lower_bound::integer BETWEEN 10000 AND 25000}),
	'10000-15000 15000-20000 20000-25000 25000-30000', 'the partitions are whole');

# Behind a transaction that holds the table: tries, and then another time.
make_events();
my $holder = $node->background_psql('postgres');
$holder->query_safe('BEGIN; SELECT count(*) FROM events');
my ($status, $stdout, $stderr) = $node->psql('postgres', q{SET mosaic.lock_budget = '1s'; CALL mosaic.drain_default('events')});
isnt($status, 0, 'behind a reader nothing is drained');
like($stderr, qr/could not lock "public.events" to drain its default partition/, 'and is said to be');
is($node->safe_psql('postgres', q{SET statement_timeout = '20s'; INSERT INTO events VALUES (1, 1) RETURNING k}), '1', 'writers go on');
is($node->safe_psql('postgres', q{SELECT count(*) FROM mosaic.partition_log WHERE action = 'drain' AND outcome = 'deferred'}), '1', 'the step is deferred');
$holder->query_safe('COMMIT');
$holder->quit;
$node->safe_psql('postgres', q{DELETE FROM events WHERE k = 1; CALL mosaic.drain_default('events')});
is_whole('after the reader');

# Who has waited for a step goes through before the next asks for the table: the
# drain rests.  Each row to be moved keeps its step until a reader waits, and a
# while longer; one of these rests will be seen.  A lock that comes late is no
# reason to pause here.
$node->safe_psql('postgres', q{
	CREATE FUNCTION public.dwell(k integer) RETURNS boolean LANGUAGE plpgsql AS $$
	BEGIN
		IF current_setting('application_name') = 'drain' THEN
			WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'public.visited'::regclass) LOOP
				PERFORM pg_sleep(0.001);
			END LOOP;
			PERFORM pg_sleep(0.1);
		END IF;
		RETURN true;
	END $$;
	CREATE TABLE visited (k integer NOT NULL CHECK (dwell(k))) PARTITION BY RANGE (k);
	CREATE INDEX ON visited (k);
	SELECT count(*) FROM mosaic.create_parent('visited', '20', premake => 2, default_partition => true);
	DROP TABLE visited_p0;
	INSERT INTO visited SELECT generate_series(1, 10)});
append_to_file("$dir/visit.sql", "SELECT count(*) FROM visited;\n");
my $visitor = IPC::Run::start([ 'pgbench', '-n', '-c', 1, '-T', 300, '-f', "$dir/visit.sql", $node->connstr('postgres') ], '>', \my $visits, '2>&1');
my $guest = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') . q{ application_name=drain options='-c mosaic.lock_timeout=1min'}, '-c', q{CALL mosaic.drain_default('visited', 1)} ], '>', \my $left, '2>&1');
$node->poll_query_until('postgres', q{SELECT count(*) > 0 FROM mosaic.partition_log WHERE parent = 'visited'::regclass AND action = 'drain'}) or die 'no step';
is($node->safe_psql('postgres', q{
	CREATE FUNCTION rests() RETURNS boolean LANGUAGE plpgsql AS $$
	DECLARE
		activity record;
	BEGIN
		LOOP
			PERFORM pg_stat_clear_snapshot(), pg_sleep(0.001);
			SELECT * INTO activity FROM pg_stat_activity WHERE application_name = 'drain';
			IF NOT FOUND OR activity.wait_event_type = 'Extension' THEN RETURN FOUND; END IF;
		END LOOP;
	END $$;
	SELECT rests()}), 't', 'between its steps a drain rests');
$guest->finish;
$visitor->kill_kill;
is($node->safe_psql('postgres', q{SELECT count(*) FROM visited_default}), '0', 'and comes to its end');
$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'pgbench'}) or die 'somebody works';
$node->safe_psql('postgres', q{SELECT mosaic.drop_parent('visited'); DROP TABLE visited; DROP FUNCTION dwell, rests});

# Its steps wait for no disk and no standby while they keep everybody out; its
# end does.
make_events();
my $patient = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') . q{ application_name=drain options='-c synchronous_commit=on'}, '-c', q{CALL mosaic.drain_default('events', 500)} ], '>', \my $told, '2>&1');
ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'drain' AND wait_event = 'SyncRep'}), 'a drain waits for its commit');
is($node->safe_psql('postgres', q{SELECT count(*) FROM events_default}), '0', 'when all its rows are moved');
$node->safe_psql('postgres', q{SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'drain'});
$patient->finish;
is_whole('not waiting');

# Killed in the middle, whenever that is: of 800 small steps, so that the kill comes
# in time on a busy machine.
for my $try (1 .. 4)
{
	make_events();
	my $drain = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') . ' application_name=drain', '-c', q{CALL mosaic.drain_default('events', 25)} ], '>', \my $out, '2>&1');
	my $steps = $try * 5;
	$node->poll_query_until('postgres', qq{SELECT count(*) >= $steps FROM mosaic.partition_log WHERE action = 'drain'}) or die 'no step';
	my $pid = $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE application_name = 'drain'});
	ok($pid, 'it is in the middle');
	crash_server($node, $pid);
	$drain->finish;
	is_whole("kill $try");
	cmp_ok($node->safe_psql('postgres', q{SELECT count(*) FROM events_default}), '>', 0, 'with rows still to be moved');
	$node->safe_psql('postgres', q{CALL mosaic.drain_default('events', 250)});
	is($node->safe_psql('postgres', q{SELECT count(*) FROM events_default}), '0', 'it goes on where it was');
	is_whole("after kill $try");
	is($node->safe_psql('postgres', q{SELECT string_agg(lower_bound || '-' || upper_bound, ' ') FROM mosaic.partitions('events') WHERE lower_bound::integer BETWEEN 10000 AND 25000}),
		'10000-15000 15000-20000 20000-25000 25000-30000', 'and leaves no partition of half a range');
}

# Killed at each command of a step that lets a partition grow: taken off, about
# to be filled, filled, attached again, and about to commit.
$node->safe_psql('postgres', q{
	CREATE TABLE held (after integer);
	CREATE FUNCTION public.hold() RETURNS event_trigger LANGUAGE plpgsql AS $$
	BEGIN
		IF NOT EXISTS (SELECT FROM public.held) OR (SELECT count(*) FROM mosaic.partition_log WHERE action = 'drain') = 0 THEN RETURN; END IF;
		UPDATE public.held SET after = after - 1 WHERE after > 0;
		IF NOT FOUND THEN PERFORM pg_sleep(600); END IF;
	END$$});
for my $after (0 .. 5)
{
	make_events();
	$node->safe_psql('postgres', "TRUNCATE held; INSERT INTO held VALUES ($after); CREATE EVENT TRIGGER hold ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION public.hold()");
	my $drain = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') . ' application_name=drain', '-c', q{CALL mosaic.drain_default('events', 500)} ], '>', \my $out, '2>&1');
	$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'drain' AND wait_event = 'PgSleep'}) or die 'nothing is held';
	is($node->safe_psql('postgres', q{SELECT lower_bound FROM mosaic.growing_partition}), '10000', "a partition grows, command $after");
	crash_server($node, $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE application_name = 'drain'}));
	$drain->finish;
	is_whole("killed at command $after");
	$node->safe_psql('postgres', q{DROP EVENT TRIGGER hold; CALL mosaic.drain_default('events')});
	is_whole("after command $after");
	is($node->safe_psql('postgres', q{SELECT string_agg(lower_bound || '-' || upper_bound, ' ') FROM mosaic.partitions('events') WHERE lower_bound::integer BETWEEN 10000 AND 25000}),
		'10000-15000 15000-20000 20000-25000 25000-30000', 'the partitions are whole');
}
$node->safe_psql('postgres', 'DROP TABLE held');

# Dumped with a partition that has half of its range: the rest gets its own.
make_events();
$node->safe_psql('postgres', q{INSERT INTO events SELECT 17000, 0 FROM generate_series(1, 300); INSERT INTO mirror SELECT 17000, 0 FROM generate_series(1, 300);
	CALL mosaic.drain_default('events', 200)});
is($node->safe_psql('postgres', q{SELECT lower_bound, upper_bound FROM mosaic.growing_partition}), '15000|20000', 'one partition is halfway');
$node->command_ok([ 'pg_dump', '-f', "$dir/dump.sql", $node->connstr('postgres') ], 'it can be dumped');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/dump.sql", $node->connstr('restored') ], 'and restored');
$node->safe_psql('restored', q{CALL mosaic.drain_default('events')});
is($node->safe_psql('restored', q{
	SELECT count(*), (SELECT string_agg(lower_bound || '-' || upper_bound, ' ') FROM mosaic.partitions('events') WHERE lower_bound::integer BETWEEN 15000 AND 19999)
	FROM events WHERE tableoid <> 'events_default'::regclass}), "20300|15000-17000 17000-20000", 'and drained there');

# A default without an index, large enough to be worth it.
$node->safe_psql('postgres', q{
	CREATE TABLE wide (k integer NOT NULL, filler text) PARTITION BY RANGE (k);
	ALTER TABLE wide ALTER filler SET STORAGE PLAIN;
	SELECT count(*) FROM mosaic.create_parent('wide', '10', premake => 0, default_partition => true);
	INSERT INTO wide SELECT 1000000, repeat('x', 8000) FROM generate_series(1, 1100);
	INSERT INTO wide VALUES (25, 'stray');
	UPDATE mosaic.partition_set SET premake = 3 WHERE parent = 'wide'::regclass});
($status, $stdout, $stderr) = $node->psql('postgres', q{SET client_min_messages = debug1; CALL mosaic.maintain('wide')});
is($status, 0, 'partitions are made beside it');
is(() = $stderr =~ /updated partition constraint for default partition "wide_default" is implied by existing constraints/g, 2, 'without reading it under lock');
is($node->safe_psql('postgres', q{SELECT string_agg(lower_bound, ' ') FROM mosaic.partitions('wide') WHERE kind = 'range'}), '0 10 30', 'but for the one that a row is in the way of');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_constraint WHERE conname = 'mosaic_excluded'}), '0', 'and the CHECK is gone');
# A pass that is killed leaves its CHECK; the next one of the worker takes it away.
$node->safe_psql('postgres', q{
	ALTER TABLE wide_default ADD CONSTRAINT mosaic_excluded CHECK (k < 40 OR k >= 50) NOT VALID;
	UPDATE mosaic.partition_set SET drain_default = true WHERE parent = 'events'::regclass});
$node->append_conf('postgresql.conf', "mosaic.enabled = on\nmosaic.naptime = '1s'");
$node->reload;
ok($node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_constraint WHERE conname = 'mosaic_excluded'}), 'the worker clears up after a pass that was killed');
ok($node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM events_default}), 'and drains where the set says so');
is_whole('by the worker');
is($node->safe_psql('postgres', q{SELECT count(*) FROM wide_default WHERE k = 25}), '1', 'and nowhere else');

$node->stop;
done_testing();
