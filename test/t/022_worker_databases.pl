# Databases come and go, are copied and closed, while passes work in them; and
# one extension is dropped under its pass.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = start_node('databases', 'mosaic.naptime' => '1s', 'mosaic.max_workers' => 2);
$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(shop plain closed);
make_set($node, 'shop');
make_set($node, 'closed');
launcher_rounds($node, 'closed');

# Several, of which one has no extension
lose_partition($node, 'shop');
lose_partition($node, 'closed');
has_partition($node, 'shop', 'one process serves one database');
has_partition($node, 'closed', 'and then another');
is($node->safe_psql('plain', q{SELECT count(*) FROM pg_namespace WHERE nspname = 'mosaic'}), '0', 'a database without the extension stays as it is');

# Refusing connections
$node->safe_psql('postgres', 'ALTER DATABASE closed ALLOW_CONNECTIONS false');
lose_partition($node, 'shop');
has_partition($node, 'shop', 'a database that refuses connections does not stop the others');

# Somebody wants the database a pass is in
hold_passes($node, 'shop');
lose_partition($node, 'shop');
for my $want (
	[ 'shop', 'copied', 'CREATE DATABASE copied TEMPLATE shop' ],
	[ 'shop', 'renamed', 'ALTER DATABASE shop RENAME TO store' ],
	[ 'store', 'renamed back', 'ALTER DATABASE store RENAME TO shop' ])
{
	my ($database, $what, $sql) = @$want;
	running_pass($node, $database);
	my $start = time;
	$node->safe_psql('postgres', $sql);
	cmp_ok(time - $start, '<', 4.5, "a database is $what with a pass inside it");
}
running_pass($node, 'shop');
running_pass($node, 'copied');
is($node->safe_psql('shop', q{SELECT count(*) FROM mosaic.worker_issues() WHERE code = 'pass_failing'}), '0', 'a pass that made way has not failed');
$node->safe_psql('postgres', 'DROP DATABASE copied');
pass('a copy is dropped, although its own pass is held too');
$node->safe_psql('postgres', 'DROP DATABASE shop');
pass('a database is dropped with a pass inside it');
unlike(slurp_file($node->logfile), qr/database "?\w+"? does not exist/, 'no process was sent into a database that had gone');

# Opened again
$node->safe_psql('postgres', 'ALTER DATABASE closed ALLOW_CONNECTIONS true');
lose_partition($node, 'closed');
has_partition($node, 'closed', 'what opens again is served again');

# A template is in nobody's way, and says so
$node->safe_psql('postgres', 'ALTER DATABASE closed IS_TEMPLATE true');
ok($node->poll_query_until('closed', q{SELECT string_agg(code, ',') = 'database_not_served' FROM mosaic.worker_issues()}), 'a template is not served, which is an issue');
$node->safe_psql('postgres', 'ALTER DATABASE closed IS_TEMPLATE false');
ok($node->poll_query_until('closed', q{SELECT count(*) = 0 FROM mosaic.worker_issues()}), 'and no longer when it is none');

# The extension is dropped while a pass is at work
hold_passes($node, 'closed', 2);
$node->safe_psql('closed', "DROP TABLE readings_p$_") for 20, 30, 40;
running_pass($node, 'closed');
my $offset = -s $node->logfile;
$node->safe_psql('closed', 'DROP EXTENSION pg_mosaic CASCADE');
is($node->safe_psql('closed', q{SELECT count(*) < 5 AND count(*) > 2 FROM pg_inherits}), 't', 'DROP EXTENSION waits for one step of a pass and not for all');
ok($node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'pg_mosaic maintenance' AND datname = 'closed'}), 'the pass ends');
unlike(slurp_file($node->logfile, $offset), qr/pg_mosaic maintenance.*(ERROR|FATAL)|exited with exit code/, 'without an error');
release_passes($node, 'closed');
$node->safe_psql('closed', q{CREATE EXTENSION pg_mosaic; SELECT * FROM mosaic.create_parent('readings', '10', 4)});
lose_partition($node, 'closed');
has_partition($node, 'closed', 'installed again, the database is served again');

# A release that the library does not know
$node->safe_psql('closed', q{UPDATE pg_extension SET extversion = '99.0.0' WHERE extname = 'pg_mosaic'});
$node->safe_psql('closed', q{SELECT mosaic.wake_worker()});
is(issue_codes($node, 'closed'), 'version_mismatch', 'another release of the extension is an issue');
lose_partition($node, 'closed');
$node->safe_psql('closed', q{SELECT mosaic.wake_worker()});
launcher_rounds($node, 'closed');
is($node->safe_psql('closed', q{SELECT to_regclass('readings_p40')}), '', 'the library leaves it alone');
like(slurp_file($node->logfile, $offset), qr/extension has version 99\.0\.0/, 'and tells the log');
$node->safe_psql('closed', q{UPDATE pg_extension SET extversion = (SELECT default_version FROM pg_available_extensions WHERE name = 'pg_mosaic') WHERE extname = 'pg_mosaic'});
$node->safe_psql('closed', q{SELECT mosaic.wake_worker()});
has_partition($node, 'closed', 'until it is one that it knows');

$node->stop;
done_testing();
