# Many partitions and long sessions: planning, creating and routing touch what
# they need and no more, and a session that maintains all day does not grow.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

# What malloc keeps in reserve comes and goes by megabytes, and would drown what
# is measured below.
@ENV{qw(MALLOC_TRIM_THRESHOLD_ MALLOC_TOP_PAD_)} = (0, 0);
my $node = start_node('many', 'mosaic.enabled' => 'off', fsync => 'off', autovacuum => 'off');
my $many = 3000;

$node->safe_psql('postgres', qq{
	CREATE EXTENSION pg_mosaic;
	CREATE TABLE events (id bigint NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at)});
# What the lock table cannot hold is refused before the first.
my $first_day = '2020-01-01';
my ($status, undef, $stderr) = $node->psql('postgres',
	qq{\\set VERBOSITY verbose\nSELECT * FROM mosaic.create_parent('events', '1 day', start_at => '$first_day', time_zone => 'UTC', premake => 10000, reference_time => '$first_day')},
	on_error_stop => 1);
like($stderr, qr/ERROR:  53200:.*HINT:.*CALL mosaic\.maintain\(\)/s, 'more than fits into the lock table is refused');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_class WHERE relname LIKE 'events_p%'}), '0', 'and nothing made');

# The partitions, in batches of one transaction each.
for my $batch (1 .. $many / 500)
{
	my $last = $batch * 500 - 1;
	$node->safe_psql('postgres', $batch == 1
		? qq{SELECT count(*) FROM mosaic.create_parent('events', '1 day', start_at => '$first_day', time_zone => 'UTC', premake => 0, reference_time => timestamptz '$first_day 12:00+00' + interval '$last days')}
		: qq{UPDATE mosaic.partition_set SET premake = 499; SELECT count(*) FROM mosaic.run_maintenance('events', timestamptz '$first_day 12:00+00' + interval '1 day' * ($last - 499))});
}
$node->safe_psql('postgres', q{UPDATE mosaic.partition_set SET premake = 0});
is($node->safe_psql('postgres', q{SELECT count(*) FROM mosaic.partitions('events')}), $many, "$many partitions");
is($node->safe_psql('postgres', q{SELECT count(*) FROM mosaic.partition_bounds('events') a JOIN mosaic.partition_bounds('events') b ON a.upper_bound = b.lower_bound}),
	$many - 1, 'without a gap');

# Locks on partitions that a statement takes.
sub locked_partitions
{
	my ($statement) = @_;
	return $node->safe_psql('postgres', qq{
		BEGIN;
		DO \$\$ BEGIN PERFORM * FROM $statement; END \$\$;
		SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.pid = pg_backend_pid() AND c.relname LIKE 'events_p%'});
}

my $next_day = "timestamptz '$first_day 12:00+00' + interval '$many days'";
is($node->safe_psql('postgres', "SELECT action, partition FROM mosaic.plan('events', $next_day)"), 'create|public.events_p20280319', 'a day later one is due');
is(locked_partitions("mosaic.plan('events', $next_day)"), '0', 'planning locks no partition');
is(locked_partitions("mosaic.run_maintenance('events', $next_day - interval '1 day')"), '0', 'nor does a pass with nothing to do');
is(locked_partitions("mosaic.partition_for('events', '2024-02-29 23:59+00')"), '0', 'nor routing');
is(locked_partitions("mosaic.run_maintenance('events', $next_day)"), '1', 'making one locks that one');
is($node->safe_psql('postgres', "SELECT outcome FROM mosaic.run_maintenance('events', $next_day)"), 'done', 'one is made');
is($node->safe_psql('postgres', q{SELECT mosaic.partition_for('events', '2024-02-29 23:59:59.999999+00'), mosaic.partition_for('events', '2028-03-19+00'), mosaic.partition_for('events', '2028-03-20+00')}),
	'events_p20240229|events_p20280319|', 'routing finds the right one');
is($node->safe_psql('postgres', q{
	SELECT count(*) FROM mosaic.partition_bounds('events') b
	WHERE mosaic.partition_for('events', b.lower_bound::timestamptz) IS DISTINCT FROM b.partition
		OR mosaic.partition_for('events', b.upper_bound::timestamptz - interval '1 microsecond') IS DISTINCT FROM b.partition}),
	'0', 'for both ends of each');
is($node->safe_psql('postgres', q{SELECT partitions, expired_waiting FROM mosaic.partition_status}), $many + 1 . '|0', 'partition_status counts them');
like($node->safe_psql('postgres', q{SELECT string_agg(code, ' ') FROM mosaic.issues WHERE set IS NOT NULL}), qr/too_many_partitions/, 'and issues finds them many');

# A thousand idle passes, a thousand errors, and four hundred passes that make
# one partition and drop one, each in one session
$node->safe_psql('postgres', q{
	CREATE DATABASE long_session});
$node->safe_psql('long_session', q{
	CREATE EXTENSION pg_mosaic;
	CREATE TABLE events (id bigint NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);
	CREATE TABLE readings (id integer NOT NULL, PRIMARY KEY (id)) PARTITION BY RANGE (id);
	SELECT count(*) FROM mosaic.create_parent('events', '1 day', retention => '10 days', time_zone => 'UTC');
	SELECT count(*) FROM mosaic.create_parent('readings', '10');
	INSERT INTO readings SELECT generate_series(1, 30)});
my $idle   = "SELECT count(*) FROM mosaic.run_maintenance();\nCALL mosaic.maintain();\nSELECT count(*) FROM mosaic.issues;\n";
my $broken = "SELECT mosaic.create_parent('events', '1 day');\nSELECT mosaic.run_maintenance('pg_class');\n";
# (what is resident of the server's shared memory is no session's)
my $memory = "SELECT 'contexts', sum(total_bytes) FROM pg_backend_memory_contexts;\n"
  . (-r '/proc/self/status' ? "SELECT 'resident', (regexp_match(pg_read_file('/proc/self/status'), 'VmRSS:\\s+(\\d+)'))[1]::bigint * 1024;\n"
	: "SELECT 'resident', 0;\n");

# Growth of a session over so many rounds of statements, after as many to warm up;
# the statements are a function of the round.
sub growth
{
	my ($statements, $rounds) = @_;
	my $output = '';
	my @halves = map { my $half = $_; join '', map { $statements->($half * $rounds + $_) } 1 .. $rounds } 0, 1;
	$node->psql('long_session', $halves[0] . $memory . $halves[1] . $memory, stdout => \$output, on_error_stop => 0);
	my @contexts = $output =~ /^contexts\|(\d+)$/mg;
	my @resident = $output =~ /^resident\|(\d+)$/mg;
	is(@contexts + @resident, 4, 'memory was measured');
	return ($contexts[1] - $contexts[0], $resident[1] - $resident[0]);
}

my $page = 8192;
my ($contexts, $resident) = growth(sub { $idle }, 500);
cmp_ok($contexts, '<=', 8 * $page,   'a thousand idle passes leave nothing in memory contexts');
cmp_ok($resident, '<=', 48 * $page, 'nor beside them');
($contexts, $resident) = growth(sub { $broken }, 500);
cmp_ok($contexts, '<=', 8 * $page,   'nor do a thousand errors');
cmp_ok($resident, '<=', 48 * $page, 'even beside them');
($contexts, $resident) = growth(
	sub { "SELECT count(*) FROM mosaic.run_maintenance('events', now() + interval '$_[0] days');\n" }, 200);
is($node->safe_psql('long_session', q{SELECT action, count(*) >= 380 FROM mosaic.partition_log WHERE parent = 'events'::regclass GROUP BY 1 ORDER BY 1}),
	"create|t\ndrop|t", 'four hundred passes that have work');
cmp_ok($contexts, '<=', 64 * $page,  'leave little in memory contexts');
cmp_ok($resident, '<=', 96 * $page, 'and beside them');

$node->stop;
done_testing();
