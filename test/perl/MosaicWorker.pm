# MosaicWorker: what the tests of the background processes share.
#
# A partition becomes due without anybody's call when the newest one is
# dropped by hand: the set no longer covers what it has to, and a plain DROP
# wakes nobody.
package MosaicWorker;

use strict;
use warnings;
use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(start_node make_set lose_partition has_partition hold_passes release_passes running_pass watch_detaches hold_detach launcher_pid launcher_rounds issue_codes);

# A node with the library preloaded; napping for an hour unless told otherwise.
sub start_node
{
	my ($name, %settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(allows_streaming => 1);
	my %all = (shared_preload_libraries => 'pg_mosaic', restart_after_crash => 'on', 'mosaic.naptime' => '1h', %settings);
	$node->append_conf('postgresql.conf', "$_ = '$all{$_}'") for sort keys %all;
	$node->start;
	return $node;
}

# A set of ids in steps of 10, with the partitions from 0 to 50.
sub make_set
{
	my ($node, $database, $table) = @_;
	$table //= 'readings';
	$node->safe_psql($database, qq{
		CREATE EXTENSION IF NOT EXISTS pg_mosaic;
		CREATE TABLE $table (id integer NOT NULL) PARTITION BY RANGE (id);
		SELECT * FROM mosaic.create_parent('$table', '10', 4)});
	return;
}

# Takes the newest partition away, so that it is due again.
sub lose_partition
{
	my ($node, $database, $table) = @_;
	$table //= 'readings';
	$node->safe_psql($database, "DROP TABLE ${table}_p40");
	return;
}

# Waits for it to be back.
sub has_partition
{
	my ($node, $database, $what, $table) = @_;
	$table //= 'readings';
	ok($node->poll_query_until($database, "SELECT to_regclass('${table}_p40') IS NOT NULL"), $what);
	return;
}

# From now on a pass over the database stays in its first step, inside, but
# holding nothing that an ordinary statement would wait for.
sub hold_passes
{
	my ($node, $database, $seconds) = @_;
	$seconds //= 600;
	$node->safe_psql($database, qq{
		CREATE FUNCTION public.hold_pass() RETURNS event_trigger LANGUAGE plpgsql AS \$\$
		BEGIN
			IF (SELECT backend_type FROM pg_stat_activity WHERE pid = pg_backend_pid()) = 'pg_mosaic maintenance' THEN
				PERFORM pg_sleep($seconds);
			END IF;
		END\$\$;
		CREATE EVENT TRIGGER hold_pass ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.hold_pass()});
	return;
}

sub release_passes
{
	my ($node, $database) = @_;
	$node->safe_psql($database, 'DROP EVENT TRIGGER hold_pass; DROP FUNCTION public.hold_pass()');
	return;
}

# Waits for a pass over the database that is held; yields its process.
sub running_pass
{
	my ($node, $database) = @_;
	my $held = "FROM pg_stat_activity WHERE backend_type = 'pg_mosaic maintenance' AND datname = '$database' AND wait_event = 'PgSleep'";
	ok($node->poll_query_until('postgres', "SELECT count(*) = 1 $held"), "a pass over database $database is at work");
	return $node->safe_psql('postgres', "SELECT pid $held");
}

# From now on a concurrent detach can be held by hold_detach().  The worker begins
# one only when nobody uses the parent; so it is held at its statement, until
# somebody does.
sub watch_detaches
{
	my ($node) = @_;
	$node->safe_psql('postgres', q{
		CREATE FUNCTION public.hold_detach() RETURNS event_trigger LANGUAGE plpgsql AS $$
		BEGIN
			IF current_query() LIKE '%CONCURRENTLY%' THEN
				PERFORM pg_advisory_xact_lock_shared(42);
			END IF;
		END$$;
		CREATE EVENT TRIGGER hold_detach ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION public.hold_detach()});
	return;
}

# Makes a detach due by a statement and waits for the worker to be held there;
# yields the session whose end lets it go on.
sub hold_detach
{
	my ($node, $making_due) = @_;
	my $gate = $node->background_psql('postgres');
	$gate->query_safe('SELECT pg_advisory_lock(42)');
	$node->safe_psql('postgres', $making_due);
	$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'pg_mosaic maintenance' AND wait_event = 'advisory'})
	  or die 'nothing is detached';
	return $gate;
}

# Waits for the launcher; yields its process.
sub launcher_pid
{
	my ($node) = @_;
	my $launcher = "FROM pg_stat_activity WHERE backend_type = 'pg_mosaic launcher'";
	$node->poll_query_until('postgres', "SELECT count(*) = 1 $launcher") or die 'there is no launcher';
	return $node->safe_psql('postgres', "SELECT pid $launcher");
}

# Waits until the launcher has looked at everything, twice from beginning to
# end, since it was asked to.  Only with a short nap, for it notes when it last
# listed the databases; and in a database that has the extension.
sub launcher_rounds
{
	my ($node, $database) = @_;
	$database //= 'postgres';
	for (1 .. 2)
	{
		my $now = $node->safe_psql($database, 'SELECT clock_timestamp()');
		$node->poll_query_until($database, "SELECT since > '$now' FROM mosaic.worker_status WHERE kind = 'launcher'") or die 'the launcher does nothing';
	}
	return;
}

# The codes of the worker's issues in a database.
sub issue_codes
{
	my ($node, $database) = @_;
	return $node->safe_psql($database, q{SELECT string_agg(code, ',' ORDER BY code) FROM mosaic.worker_issues()});
}

1;
