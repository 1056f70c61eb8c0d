# Coming and going of the extension: created, dropped, dumped and restored, and
# refused where it would take over something that is somebody else's.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('house');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_mosaic'");
$node->start;

# Runs SQL that has to fail in a database, as a role; yields the error's text.
sub error_of
{
	my ($sql, %how) = @_;
	my ($status, undef, $stderr) = $node->psql(
		$how{database} // 'postgres',
		"\\set VERBOSITY verbose\n$sql",
		on_error_stop => 1,
		extra_params => $how{role} ? [ '-U', $how{role} ] : []);
	isnt($status, 0, "refused: $sql");
	return $stderr;
}

# Everything in a database that is the extension's or in its schema.
my $everything = <<'SQL';
SELECT string_agg(pg_describe_object(classid, objid, 0), E'\n' ORDER BY pg_describe_object(classid, objid, 0) COLLATE "C")
FROM (SELECT classid, objid FROM pg_depend WHERE refclassid = 'pg_extension'::regclass
		AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_mosaic')
	UNION SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relnamespace = to_regnamespace('mosaic')
	UNION SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE pronamespace = to_regnamespace('mosaic')
	UNION SELECT 'pg_namespace'::regclass, oid FROM pg_namespace WHERE nspname = 'mosaic') o
SQL

# Created, dropped, created again
$node->safe_psql('postgres', 'CREATE EXTENSION pg_mosaic');
my $members = $node->safe_psql('postgres', $everything);
like($members, qr/^schema mosaic$/m, 'CREATE EXTENSION makes schema mosaic');
is($node->safe_psql('postgres', "SELECT extversion = (SELECT default_version FROM pg_available_extensions WHERE name = 'pg_mosaic') FROM pg_extension WHERE extname = 'pg_mosaic'"),
	't', 'the installed version is the control file\'s');
$node->safe_psql('postgres', 'DROP EXTENSION pg_mosaic');
is($node->safe_psql('postgres', $everything), '', 'DROP EXTENSION leaves nothing behind');
$node->safe_psql('postgres', 'CREATE EXTENSION pg_mosaic');
is($node->safe_psql('postgres', $everything), $members, 'created again, it is the same');

# Not relocatable, not twice
like(error_of('CREATE EXTENSION pg_mosaic'), qr/42710/, 'a second CREATE EXTENSION');
like(error_of('ALTER EXTENSION pg_mosaic SET SCHEMA public'), qr/0A000/, 'moving it to another schema');
like(error_of('DROP SCHEMA mosaic'), qr/2BP01/, 'its schema goes with the extension only');

# Dumped and restored
$node->safe_psql('postgres', 'CREATE DATABASE restored');
my $dump = $node->basedir . '/empty.sql';
$node->command_ok([ 'pg_dump', '-f', $dump, $node->connstr('postgres') ], 'pg_dump of an empty installation');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, $node->connstr('restored') ], 'and its restore');
is($node->safe_psql('restored', $everything), $members, 'restored, it is the same');
my $again = $node->basedir . '/again.sql';
$node->command_ok([ 'pg_dump', '-f', $again, $node->connstr('restored') ], 'pg_dump of what was restored');
# \restrict lines carry a key made for each dump.
my ($first, $second) = map { join '', grep { !/^\\(?:un)?restrict / } split /^/, slurp_file($_) } $dump, $again;
is($second, $first, 'a dump of the restored database is the same dump');

# Only a superuser installs code that runs in the server
$node->safe_psql('postgres', 'CREATE ROLE owner LOGIN; CREATE DATABASE owned OWNER owner');
like(error_of('CREATE EXTENSION pg_mosaic', database => 'owned', role => 'owner'),
	qr/42501.*permission denied to create extension/s, 'the owner of a database is not enough');

# Whoever made schema mosaic would keep it, and could add to it what we call
$node->safe_psql('owned', 'CREATE SCHEMA mosaic', extra_params => [ '-U', 'owner' ]);
like(error_of('CREATE EXTENSION pg_mosaic', database => 'owned'), qr/42P06.*schema "mosaic" already exists/s, 'a schema of that name');
is($node->safe_psql('owned', "SELECT count(*) FROM pg_extension WHERE extname = 'pg_mosaic'"), '0', 'refused, it left nothing');
$node->safe_psql('owned', 'DROP SCHEMA mosaic; CREATE EXTENSION pg_mosaic');
is($node->safe_psql('owned', "SELECT nspowner = extowner FROM pg_namespace, pg_extension WHERE nspname = 'mosaic' AND extname = 'pg_mosaic'"),
	't', 'its schema belongs to the extension\'s owner');
like(error_of('CREATE TABLE mosaic.planted ()', database => 'owned', role => 'owner'),
	qr/42501.*permission denied for schema mosaic/s, 'nobody else adds to its schema');

# Without the library preloaded, and loaded in the middle of a session
$node->adjust_conf('postgresql.conf', 'shared_preload_libraries', "''");
$node->restart;
$node->safe_psql('postgres', 'CREATE DATABASE late');
$node->safe_psql('late', 'CREATE EXTENSION pg_mosaic');
is($node->safe_psql('late', $everything), $members, 'created without the library preloaded');
is($node->safe_psql('late', "LOAD 'pg_mosaic'; SHOW mosaic.lock_timeout"), '50ms', 'LOAD in a session defines the settings');
like(error_of("LOAD 'pg_mosaic'; SET mosaic.no_such_setting = 1"), qr/42602/, 'an unknown setting is a mistake');

$node->stop;
done_testing();
