# A backend dies in the middle of maintenance.  What it had not committed is
# gone, nothing is left over, and the next pass does the rest.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicCrash;
use MosaicSession;
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('maintenance_crash', 'mosaic.enabled' => 'off');
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_mosaic;
	CREATE TABLE readings (id integer NOT NULL, note text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
	CREATE INDEX ON readings (note);
	SELECT * FROM mosaic.create_parent('readings', '10', 2)});

# Stops whoever makes a partition of that name, once it is there and before it
# is attached.
sub hold_at
{
	my ($partition) = @_;
	$node->safe_psql('postgres', qq{
		CREATE FUNCTION public.hold() RETURNS event_trigger LANGUAGE plpgsql AS \$\$
		BEGIN
			IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.$partition') THEN
				PERFORM pg_sleep(600);
			END IF;
		END\$\$;
		CREATE EVENT TRIGGER hold ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.hold()});
	return;
}

# Runs a statement in a session of its own until it is held, and kills that.
sub kill_in_the_middle_of
{
	my ($statement, $partition) = @_;
	hold_at($partition);
	crash_in_the_middle_of($node, $statement, $partition);
	$node->safe_psql('postgres', 'DROP EVENT TRIGGER hold; DROP FUNCTION public.hold()');
	return;
}

my $partitions = q{SELECT string_agg(partition::text, ' ') FROM mosaic.partition_bounds('readings')};
my $orphans    = q{SELECT count(*) FROM pg_class c WHERE relname LIKE 'readings_p%' AND relkind = 'r' AND NOT relispartition};
my $logged     = q{SELECT count(*) FROM mosaic.partition_log WHERE outcome = 'done'};

is($node->safe_psql('postgres', $partitions), 'readings_p0 readings_p10 readings_p20', 'a set of three');
my $before = $node->safe_psql('postgres', $logged);
$node->safe_psql('postgres', q{INSERT INTO readings VALUES (25)});

# In one transaction
kill_in_the_middle_of(q{SELECT * FROM mosaic.run_maintenance()}, 'readings_p40');
is($node->safe_psql('postgres', $partitions), 'readings_p0 readings_p10 readings_p20', 'run_maintenance was killed, and nothing of it is there');
is($node->safe_psql('postgres', $orphans), '0', 'nor a table that is no partition');
is($node->safe_psql('postgres', $logged), $before, 'nor a line in the log');
is($node->safe_psql('postgres', q{SELECT string_agg(partition || ' ' || outcome, ', ' ORDER BY partition) FROM mosaic.run_maintenance()}),
	'public.readings_p30 done, public.readings_p40 done', 'the next pass makes both');

# One step a transaction
$node->safe_psql('postgres', q{INSERT INTO readings VALUES (49)});
kill_in_the_middle_of(q{CALL mosaic.maintain()}, 'readings_p60');
is($node->safe_psql('postgres', $partitions), 'readings_p0 readings_p10 readings_p20 readings_p30 readings_p40 readings_p50',
	'maintain was killed, and the steps before are there');
is($node->safe_psql('postgres', $orphans), '0', 'and no table that is no partition');
$node->safe_psql('postgres', 'CALL mosaic.maintain()');
is($node->safe_psql('postgres', $partitions), 'readings_p0 readings_p10 readings_p20 readings_p30 readings_p40 readings_p50 readings_p60',
	'the next pass makes the other');
is($node->safe_psql('postgres', q{SELECT count(*) = count(DISTINCT partition) FROM mosaic.partition_log WHERE outcome = 'done'}), 't',
	'no partition was made twice');

# A concurrent detach that the crash of another backend cut off, finished by a
# procedure, which could not have begun one.
$node->safe_psql('postgres', q{ALTER SYSTEM SET mosaic.naptime = '1s'; ALTER SYSTEM SET mosaic.enabled = on});
my $reader = $node->background_psql('postgres');
$reader->query_safe('BEGIN; SELECT count(*) FROM ONLY readings_p0');
$node->safe_psql('postgres', q{UPDATE mosaic.partition_set SET retention = '35'});
$node->reload;
ok($node->poll_query_until('postgres', q{SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = 'readings_p0'::regclass}),
	'the worker waits for a reader of the partition');
$node->safe_psql('postgres', q{ALTER SYSTEM SET mosaic.enabled = off});
$node->reload;
$node->poll_query_until('postgres', q{SELECT current_setting('mosaic.enabled') = 'off'}) or die 'the setting did not arrive';
my $pid = $reader->query_safe('SELECT pg_backend_pid()');
crash_server($node, $pid);
abandon_session($reader);
is($node->safe_psql('postgres', q{SELECT partition, action FROM mosaic.retiring_partition}), 'readings_p0|drop', 'what was meant is written down');
is($node->safe_psql('postgres', q{SELECT kind FROM mosaic.partition_bounds('readings') WHERE partition = 'readings_p0'::regclass}), 'pending',
	'the partition is shown as pending');
is($node->safe_psql('postgres', q{SELECT string_agg(action || ' ' || partition, ', ' ORDER BY step) FROM mosaic.plan()}), 'finalize public.readings_p0',
	'the plan is to finish it');
$node->safe_psql('postgres', 'CALL mosaic.maintain(); CALL mosaic.maintain()');
is($node->safe_psql('postgres', q{SELECT to_regclass('readings_p0') IS NULL AND count(*) = 0 FROM mosaic.retiring_partition}), 't',
	'passes finalize and drop it, and forget it');
is($node->safe_psql('postgres', q{SELECT count(*) FROM readings}), '2', 'the other rows are there');

$node->stop;
done_testing();
