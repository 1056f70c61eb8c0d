# A ticker that takes the server down with it is not started again at once,
# and the second time later still; sessions that write do not change that.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicCrash;
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('ticker_crash', 'mosaic.naptime' => '1s');
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_mosaic;
	CREATE TABLE items (id integer PRIMARY KEY);
	SELECT mosaic.watch('items')});

my $ticker = q{SELECT pid FROM mosaic.worker_status WHERE kind = 'ticker' AND state = 'running'};
sub running_ticker
{
	$node->poll_query_until('postgres', "SELECT count(*) = 1 FROM ($ticker) t") or die 'no ticker';
	return $node->safe_psql('postgres', $ticker);
}

sub crash
{
	my ($pid) = @_;
	crash_server($node, $pid);
	# The pass that follows finds out that the database wants a ticker.
	$node->poll_query_until('postgres', q{SELECT mosaic.last_pass() IS NOT NULL}) or die 'no pass';
	return;
}

my $crashed = q{SELECT detail FROM mosaic.issues WHERE code = 'ticker_crashed' AND severity = 'critical'};
my $first   = running_ticker();
crash($first);
is($node->safe_psql('postgres', $crashed), 'The server crashed soon after the ticker had begun once.', 'a ticker that took the server down is an issue');
$node->safe_psql('postgres', 'INSERT INTO items VALUES (1)');
launcher_rounds($node);
is($node->safe_psql('postgres', q{SELECT count(*) FROM mosaic.worker_status WHERE kind = 'ticker'}), '0', 'it is not started at once, even for a writer');

my $second = running_ticker();
isnt($second, $first, 'but later');
is($node->safe_psql('postgres', $crashed), 'The server crashed soon after the ticker had begun once.', 'and not trusted before it has lasted a while');
crash($second);
is($node->safe_psql('postgres', $crashed), 'The server crashed soon after the ticker had begun 2 times in a row.', 'the second crash counts');
is($node->safe_psql('postgres', q{SELECT count(*) FROM mosaic.worker_status WHERE kind = 'ticker'}), '0', 'and it waits again');

# Who ends as asked leaves no mark.
running_ticker();
$node->stop;
is(join(',', glob($node->data_dir . '/pg_stat_tmp/pg_mosaic*')), '', 'a ticker that ends as asked leaves no mark');
done_testing();
