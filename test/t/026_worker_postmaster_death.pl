# The postmaster is killed while writers go on: none of ours stays behind, or
# the server could not be started again.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicSession;
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('postmaster_death', 'mosaic.tick_interval' => '1ms', synchronous_commit => 'off');
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_mosaic;
	CREATE TABLE items (id bigint);
	SELECT mosaic.watch('items', ARRAY['{id}']);
	INSERT INTO items VALUES (0)});
$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM mosaic.worker_status WHERE kind = 'ticker' AND state = 'running'}) or die 'no ticker';
my @ours = split /\n/, $node->safe_psql('postgres', q{SELECT pid FROM mosaic.worker_status});
cmp_ok(@ours, '>=', 2, 'a launcher and a ticker');

# A writer that asks nobody but the server keeps the ticker ticking.
my ($session, $writer) = begin_statement($node, 'DO $$ BEGIN LOOP INSERT INTO items VALUES (1); COMMIT; END LOOP; END $$');
$node->poll_query_until('postgres', q{SELECT count(*) > 100 FROM items}) or die 'nobody writes';

# A process that has ended but whom nobody has waited for is gone, too.
sub is_there
{
	my ($pid) = @_;
	return 0 unless kill 0, $pid;
	return -r "/proc/$pid/stat" ? slurp_file("/proc/$pid/stat") !~ /^\d+ \(.*\) Z/ : 1;
}

$node->kill9;
my $left = @ours;
for (1 .. 10 * $PostgreSQL::Test::Utils::timeout_default)
{
	$left = grep { is_there($_) } @ours;
	last unless $left;
	select undef, undef, undef, 0.1;
}
ok(is_there($writer), 'the writer has not noticed');
is($left, 0, 'but all of ours have gone');

kill 'KILL', $writer;
abandon_session($session);
done_testing();
