# Ids never repeat: not between eight sessions that make a million on one
# sequence, not where every id comes from a transaction of its own, and not
# after a crash (scenario 16).
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_mosaic;
	CREATE SEQUENCE ids CACHE 1;
	CREATE SEQUENCE cached_ids CACHE 50;
	CREATE TABLE made (id bigint);
});

my $unique = 'SELECT count(*) = count(DISTINCT id) FROM made';

$node->pgbench('--no-vacuum --client=8 --transactions=125', 0, [qr{processed: 1000/1000}], [qr{^$}], 'a thousand ids a transaction',
	{ '030_many' => q{INSERT INTO made SELECT mosaic.shard_make_id(5, 'ids') FROM generate_series(1, 1000);} });
is($node->safe_psql('postgres', 'SELECT count(*) FROM made'), '1000000', 'a million ids from eight sessions');
is($node->safe_psql('postgres', $unique), 't', 'and no two are equal');
is($node->safe_psql('postgres', 'SELECT count(*) FROM made WHERE (mosaic.shard_id_parts(id)).shard <> 5'), '0', 'all of them carry their shard');

$node->safe_psql('postgres', 'TRUNCATE made');
$node->pgbench('--no-vacuum --client=8 --transactions=250', 0, [qr{processed: 2000/2000}], [qr{^$}], 'an id a transaction, from cached and uncached sequences',
	{ '030_single' => q{INSERT INTO made VALUES (mosaic.shard_make_id(1, 'ids')), (mosaic.shard_make_id(2, 'cached_ids'));} });
is($node->safe_psql('postgres', $unique), 't', 'no two are equal');
is( $node->safe_psql('postgres', q{SELECT count(*) FROM made, mosaic.shard_id_parts(id) WHERE created_at NOT BETWEEN now() - interval '10 minutes' AND now() + interval '1 minute'}),
	'0', 'and their time is the time');

my $last = $node->safe_psql('postgres', q{SELECT mosaic.shard_make_id(1, 'ids')});
$node->stop('immediate');
$node->start;
cmp_ok($node->safe_psql('postgres', q{SELECT mosaic.shard_make_id(1, 'ids')}), '>', $last, 'ids go on after a crash');

$node->stop;
done_testing();
