# A standby: what only looks works there, what changes is refused.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = start_node('primary', 'mosaic.enabled' => 'off');
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

$primary->safe_psql('postgres', q{
	CREATE EXTENSION pg_mosaic;
	CREATE TABLE orders (id bigint, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
	SELECT count(*) FROM mosaic.create_parent('orders', '1 day', start_at => (current_date - 3)::text, retention => '1 month');
	INSERT INTO orders VALUES (1, current_date);
	CREATE TABLE readings (id integer NOT NULL) PARTITION BY RANGE (id);
	SELECT count(*) FROM mosaic.create_parent('readings', '10');
	INSERT INTO readings VALUES (15);
	CREATE TABLE unmanaged (id integer NOT NULL) PARTITION BY RANGE (id)});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));

# Reading gives what it gives on the primary
for my $reading (
	q{SELECT * FROM mosaic.plan('orders', reference_time => now() + interval '2 days')},
	q{SELECT * FROM mosaic.plan('readings')},
	q{SELECT partition, kind, lower_bound, upper_bound FROM mosaic.partitions('orders')},
	q{SELECT mosaic.partition_for('orders', current_date), mosaic.partition_for('readings', 22), mosaic.partition_for('readings', -1)},
	q{SELECT parent, covered_until, partitions, expired_waiting FROM mosaic.partition_status ORDER BY parent},
	q{SELECT * FROM mosaic.partition_issues()})
{
	my $expected = $primary->safe_psql('postgres', "BEGIN; SET LOCAL timezone = 'UTC'; $reading");
	isnt($expected, '', "on the primary: $reading") unless $reading =~ /issues/;
	is($standby->safe_psql('postgres', "BEGIN; SET LOCAL timezone = 'UTC'; $reading"), $expected, "on the standby: $reading");
}
$standby->safe_psql('postgres', 'SELECT * FROM mosaic.issues; SELECT * FROM mosaic.health(); SELECT * FROM mosaic.worker_status');
pass('issues, health and worker_status work');

# Changing is refused
for my $change (
	q{SELECT mosaic.create_parent('unmanaged', '10')},
	q{SELECT mosaic.drop_parent('orders')},
	q{SELECT mosaic.run_maintenance('readings')},
	q{SELECT mosaic.run_maintenance()},
	q{CALL mosaic.maintain()},
	q{SELECT mosaic.confirm_retention('orders')},
	q{UPDATE mosaic.partition_set SET premake = 5})
{
	my ($status, undef, $stderr) = $standby->psql('postgres', "\\set VERBOSITY verbose\n$change", on_error_stop => 1);
	like($stderr, qr/ERROR:  25006:/, "refused on the standby: $change");
	is($status, 3, 'with an error');
}

# The standby becomes a primary
$standby->promote;
is($standby->safe_psql('postgres', q{SELECT count(*) FROM mosaic.create_parent('unmanaged', '10')}), '5', 'promoted, it makes partitions');
is($standby->safe_psql('postgres', q{SELECT string_agg(partition || ' ' || outcome, ', ') FROM mosaic.run_maintenance('readings')}),
	'public.readings_p50 done', 'and maintains what came by replication');

$standby->stop;
$primary->stop;
done_testing();
