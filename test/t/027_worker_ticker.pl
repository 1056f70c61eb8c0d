# A ticker that is ended again and again is reported, and no longer once it has
# got over it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('ticker');
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_mosaic;
	CREATE TABLE users (id integer PRIMARY KEY);
	SELECT mosaic.watch('users');
	INSERT INTO users VALUES (1)});
my $ticker = q{FROM pg_stat_activity WHERE backend_type = 'pg_mosaic ticker'};
for (1 .. 3)
{
	$node->poll_query_until('postgres', "SELECT count(*) = 1 $ticker") or die 'there is no ticker';
	$node->safe_psql('postgres', "SELECT pg_terminate_backend(pid, 60000) $ticker");
}
my $reported = q{FROM mosaic.issues WHERE code = 'ticker_failing' AND severity = 'critical'};
ok($node->poll_query_until('postgres', "SELECT count(*) = 1 $reported"), 'three ends in a row are critical');
ok($node->poll_query_until('postgres', "SELECT count(*) = 0 $reported"), 'and over once it lasts');
is($node->safe_psql('postgres', "SELECT count(*) $ticker"), '1', 'it is there');
is($node->safe_psql('postgres', q{SELECT count(*) FROM mosaic.issues WHERE code = 'ticker_failing'}), '0', 'and nothing is left of it');

$node->stop;
done_testing();
