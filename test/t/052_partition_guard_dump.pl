# A restored dump retires nothing until somebody says that it is meant; the
# ledger and what is held come along.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $archives = PostgreSQL::Test::Utils::tempdir();
my $node = start_node('guard_dump', 'mosaic.enabled' => 'off', 'mosaic.archive_directory' => $archives);
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_mosaic;
	CREATE FUNCTION public.later(jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{"done": false}'::jsonb $$;
	CREATE TABLE readings (id integer PRIMARY KEY) PARTITION BY RANGE (id);
	SELECT * FROM mosaic.create_parent('readings', '10', 5);
	INSERT INTO readings SELECT generate_series(0, 59);
	UPDATE mosaic.partition_set SET retention = '45', retention_action = 'archive', create_paused = true;
	CALL mosaic.maintain();
	UPDATE mosaic.partition_set SET retention = '35', cooldown = '7 days';
	CALL mosaic.maintain();
	UPDATE mosaic.partition_set SET retention = '25', archive_callback = 'public.later', create_paused = false;
	CALL mosaic.maintain();
	SELECT mosaic.hold_partition('readings_p30', 'litigation');
	DROP TABLE readings_p100});

my $ledger = q{SELECT id, root, relation, name, state, rows, hash, checksum FROM mosaic.partition_ledger ORDER BY id};
my $holds  = q{SELECT partition, root, reason FROM mosaic.partition_hold};
my %before = map { $_ => $node->safe_psql('postgres', $_) } $ledger, $holds;
like($before{$ledger}, qr/^\d+\|readings\|\|readings_p0\|dropped\|10\|.*^\d+\|readings\|readings_p10\|readings_p10\|detached\|10\|.*^\d+\|readings\|readings_p20\|readings_p20\|blocked\|10\|/ms,
	'one is dropped, one cools down, one is being archived');

my $dump = $node->basedir . '/dump';
$node->command_ok([ 'pg_dump', '-Fc', '-f', $dump, $node->connstr('postgres') ], 'pg_dump');
# Where archives can go is not there yet.
$node->safe_psql('postgres', q{ALTER SYSTEM SET mosaic.archive_directory = ''});
$node->reload;
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('restored'), $dump ], 'pg_restore');
is($node->safe_psql('restored', $_), $before{$_}, 'as it was: ' . substr($_, 0, 30)) for $ledger, $holds;

is($node->safe_psql('restored', q{SELECT code FROM mosaic.partition_issues() WHERE code = 'cluster_changed'}), 'cluster_changed', 'retention waits for a word');
like($node->safe_psql('restored', 'SELECT message FROM mosaic.health()'), qr/cluster_changed public\.readings: 1 partition is/, 'health() says so');
$node->safe_psql('restored', 'CALL mosaic.maintain()');
is($node->safe_psql('restored', q{SELECT string_agg(action || ' ' || partition, ', ') FROM mosaic.partition_log}), 'create public.readings_p100', 'creation goes on');
is($node->safe_psql('restored', $ledger), $before{$ledger}, 'and nothing else');
# Even the other cluster's cool-down does not end here.
$node->safe_psql('restored', q{SELECT * FROM mosaic.run_maintenance('readings', now() + interval '1 month')});
is($node->safe_psql('restored', $ledger), $before{$ledger}, 'whatever the time');

# With a word all goes on from where it was; the block of the other database
# is not taken for this one's.
$node->safe_psql('restored', q{SELECT mosaic.confirm_retention('readings'); CALL mosaic.maintain()});
is($node->safe_psql('restored', q{SELECT string_agg(action || ' ' || partition, ', ' ORDER BY id) FROM mosaic.partition_log WHERE action <> 'create'}),
	'block public.readings_p20, archive public.readings_p20', 'it is blocked and counted afresh');
is($node->safe_psql('restored', q{SELECT count(*) FROM mosaic.partition_issues() WHERE code = 'cluster_changed'}), '0', 'and no word is missing any more');
is($node->safe_psql('restored', q{SELECT mosaic.restore_archive('readings', 'readings_p0'), count(*) FROM readings WHERE id < 10}), 'readings_p0|0', 'the archive can be restored here as well');
is($node->safe_psql('restored', q{SELECT count(*) FROM readings WHERE id < 10}), '10', 'with its rows');

# A copy of the database is another database.
$node->safe_psql('postgres', 'CREATE DATABASE copied TEMPLATE restored');
is($node->safe_psql('copied', q{SELECT count(*) FROM mosaic.partition_issues() WHERE code = 'cluster_changed'}), '1', 'a copy waits for its own word');
is($node->safe_psql('postgres', q{SELECT count(*) FROM mosaic.partition_issues() WHERE code = 'cluster_changed'}), '0', 'the original does not');

# A restart is no change.
$node->restart;
is($node->safe_psql('postgres', q{SELECT count(*) FROM mosaic.partition_issues() WHERE code LIKE 'cl%'}), '0', 'nor does a restart matter');

$node->stop;
done_testing();
