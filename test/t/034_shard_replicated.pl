# Maps that a server gets by logical replication.  An apply worker fires row
# triggers only, and the tables are copied one by one, so the row of a map can
# be there before what belongs to it.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $owner = PostgreSQL::Test::Cluster->new('owner');
$owner->init(allows_streaming => 'logical');
$owner->start;
my $copy = PostgreSQL::Test::Cluster->new('copy');
$copy->init;
$copy->start;

$_->safe_psql('postgres', 'CREATE EXTENSION pg_mosaic') for $owner, $copy;
$owner->safe_psql('postgres', q{
	SELECT mosaic.shard_map_create('users', shards => 4), mosaic.shard_map_create('orders', 'range', shards => 2, default_shard => 1),
		mosaic.shard_map_create('accounts', 'directory', shards => 2);
	SELECT mosaic.shard_assign_range('orders', 0, '0', '100'), mosaic.shard_assign_keys('accounts', 1, '{42}');
	DO 'BEGIN FOR i IN 1..2000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END';
	CREATE PUBLICATION maps FOR TABLE mosaic.shard_map, mosaic.shard;
	CREATE PUBLICATION entries FOR TABLE mosaic.shard_node, mosaic.shard_slot, mosaic.shard_range, mosaic.shard_key;
});

sub subscribe
{
	my ($publication) = @_;
	$copy->safe_psql('postgres', "CREATE SUBSCRIPTION $publication CONNECTION '" . $owner->connstr . " dbname=postgres' PUBLICATION $publication");
	$copy->wait_for_subscription_sync($owner, $publication);
}

# A session that has asked before the ranges came.
my $open = $copy->background_psql('postgres');
my $ask = q{SELECT mosaic.shard_for('orders', 5)};
subscribe('maps');
is($open->query_safe($ask), '1', 'a map without its ranges');
subscribe('entries');
is($open->query_safe($ask), '0', 'and with them, though its row is the same');

my $ask_all = q{SELECT mosaic.shard_for('users', 42), mosaic.shard_for('orders', 5), mosaic.shard_for('accounts', 42)};
is($open->query_safe($ask_all), '2|0|1', 'what was copied');
$owner->safe_psql('postgres', q{SELECT mosaic.shard_assign_slots('users', 0, '{[610,611)}'), mosaic.shard_assign_range('orders', 1, '0', '100'),
	mosaic.shard_assign_keys('accounts', 0, '{42}')});
$owner->wait_for_catchup($_) for 'maps', 'entries';
is($open->query_safe($ask_all), '0|1|0', 'what was changed since');
$owner->safe_psql('postgres', q{UPDATE mosaic.shard_slot SET shard_id = 3 WHERE map = 'users' AND slot = 610});
$owner->wait_for_catchup($_) for 'maps', 'entries';
is($open->query_safe($ask_all), '3|1|0', 'and by writing to the table');

my $epochs = 'SELECT map, epoch FROM mosaic.shard_map ORDER BY map';
is($copy->safe_psql('postgres', $epochs), $owner->safe_psql('postgres', $epochs), 'the epochs are those of the owner');
is($copy->safe_psql('postgres', 'SELECT count(*) FROM mosaic.shard_map WHERE changed_in >= pg_snapshot_xmax(pg_current_snapshot())'),
	'0', 'and no transaction is one that this server has yet to begin');

$open->quit;
$copy->stop;
$owner->stop;
done_testing();
