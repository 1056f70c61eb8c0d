# MosaicShard: two servers with the shards of a map, and the steps of a move
# between them.
#
# The map is in database front of the first; rows are in database app of both.
package MosaicShard;

use strict;
use warnings;
use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(start_shards front plan_move take_step);

my %server;

# Yields the servers east, with shards 0 and 2, and west, with shard 1, and on
# both an empty table accounts, which the map of that name divides.
sub start_shards
{
	for my $name (qw(east west))
	{
		$server{$name} = PostgreSQL::Test::Cluster->new($name);
		$server{$name}->init(allows_streaming => 'logical');
		$server{$name}->append_conf('postgresql.conf', "wal_receiver_status_interval = '1s'\nmax_connections = 40\nlog_statement = none");
		$server{$name}->start;
		$server{$name}->safe_psql('postgres', 'CREATE DATABASE app');
		$server{$name}->safe_psql('app', 'CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL)');
	}
	$server{east}->safe_psql('postgres', 'CREATE DATABASE front');
	front('CREATE EXTENSION pg_mosaic; CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL)');
	front(q{SELECT mosaic.shard_map_create('accounts', shards => 3, slots => 16)});
	front(sprintf q{SELECT mosaic.shard_node_add('%s', '%s', %d, 'app')}, $_, $server{$_}->host, $server{$_}->port) for sort keys %server;
	front(q{SELECT mosaic.shard_place('accounts', 0, 'east'), mosaic.shard_place('accounts', 1, 'west'), mosaic.shard_place('accounts', 2, 'east')});
	return %server;
}

sub front { my ($sql) = @_; return $server{east}->safe_psql('front', $sql) }

# The statements that move slots to a shard, each with its node.
sub plan_move
{
	my ($slots, $shard) = @_;
	return map { my (undef, $node, $command) = split /\|/, $_, 3; { node => $node, command => $command } }
	  split /\n/, front("SELECT * FROM mosaic.shard_move_ddl('accounts', '$slots', $shard, 'accounts', 'id')");
}

# Runs the step with a number where it is to run; one that asks, until it is true.
sub take_step
{
	my ($number, @steps) = @_;
	my ($node, $command) = @{ $steps[ $number - 1 ] }{qw(node command)};
	my ($cluster, $database) = $node eq '' ? ($server{east}, 'front') : ($server{$node}, 'app');
	return ok($cluster->poll_query_until($database, $command), "step $number becomes true") if $number == 3 || $number == 9;
	return $cluster->safe_psql($database, $command);
}

1;
