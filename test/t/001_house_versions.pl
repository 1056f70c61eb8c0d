# One version of the extension after another: an update gives what a fresh
# installation gives, and a library and SQL objects that do not go together say
# so, while what applications do at every moment goes on.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicServer;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $server = copy_of_server(PostgreSQL::Test::Utils::tempdir());
my $version = installed_version($server);
(my $patch = $version) =~ s/\d+$/9/;       # of the same series
(my $later = $version) =~ s/\d+\.\d+$/9.0/;    # of another one

my $node = PostgreSQL::Test::Cluster->new('versions', install_path => $server->{path});
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_mosaic'\nmosaic.naptime = '1s'");
$node->start;
is($node->safe_psql('postgres', 'SHOW data_directory') ne '' && $node->config_data('--bindir'), "$server->{path}/bin", 'the server is a copy that can be changed');

my $data = q{
	CREATE TABLE readings (id integer PRIMARY KEY) PARTITION BY RANGE (id);
	SELECT count(*) FROM mosaic.create_parent('readings', '10', 4);
	CREATE TABLE users (id integer PRIMARY KEY, name text);
	SELECT mosaic.watch('users');
	SELECT mosaic.shard_map_create('users', shards => 4)};
$node->safe_psql('postgres', $_) for 'CREATE DATABASE updated', 'CREATE DATABASE fresh', 'CREATE DATABASE waiting';
$node->safe_psql($_, "CREATE EXTENSION pg_mosaic; $data") for 'updated', 'waiting';

sub error_of
{
	my ($database, $sql) = @_;
	my ($status, undef, $stderr) = $node->psql($database, "\\set VERBOSITY verbose\n$sql", on_error_stop => 1);
	isnt($status, 0, "refused: $sql");
	return $stderr;
}

# Everything that the extension has made, as the catalogs have it: definitions,
# comments, grants, what is dumped; but for OIDs.
sub definitions
{
	my ($database) = @_;
	my $members = q{(SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'pg_mosaic' AND d.deptype = 'e')};
	return $node->safe_psql($database, qq{
		SET search_path = pg_catalog;
		SELECT pg_describe_object(classid, objid, 0), obj_description(objid, classid::regclass::name) FROM $members m ORDER BY 1;
		SELECT oid::regprocedure::text AS name, pg_get_functiondef(oid), proacl FROM pg_proc WHERE oid IN (SELECT objid FROM $members m WHERE classid = 'pg_proc'::regclass) ORDER BY 1;
		SELECT c.oid::regclass::text AS name, relkind, relacl, relrowsecurity, reloptions, CASE relkind WHEN 'v' THEN pg_get_viewdef(c.oid) END,
			array_position(e.extconfig, c.oid), e.extcondition[array_position(e.extconfig, c.oid)]
			FROM pg_class c, pg_extension e WHERE e.extname = 'pg_mosaic' AND c.relnamespace = 'mosaic'::regnamespace ORDER BY 1;
		SELECT attrelid::regclass::text AS name, attnum, attname, format_type(atttypid, atttypmod), attnotnull, attacl, attidentity, pg_get_expr(d.adbin, d.adrelid), col_description(attrelid, attnum)
			FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = attrelid AND d.adnum = attnum JOIN pg_class c ON c.oid = attrelid
			WHERE relnamespace = 'mosaic'::regnamespace AND attnum > 0 ORDER BY 1, 2;
		SELECT conrelid::regclass::text AS name, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'mosaic'::regnamespace ORDER BY 1, 2;
		SELECT tgrelid::regclass::text AS name, tgname, pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'mosaic'::regnamespace) AND NOT tgisinternal ORDER BY 1, 2;
		SELECT * FROM pg_policies WHERE schemaname = 'mosaic' ORDER BY tablename, policyname;
		SELECT evtname, evtevent, evtfoid::regprocedure, evttags, evtenabled FROM pg_event_trigger ORDER BY 1;
		SELECT nspacl FROM pg_namespace WHERE nspname = 'mosaic';
		SELECT extversion FROM pg_extension WHERE extname = 'pg_mosaic'});
}

# To a version whose script has nothing to do
add_version($server, $version, $patch);
is($node->safe_psql('updated', "SELECT version, installed FROM pg_available_extension_versions WHERE name = 'pg_mosaic' ORDER BY 1"), "$version|t\n$patch|f", 'there is a second version');
$node->safe_psql('updated', 'ALTER EXTENSION pg_mosaic UPDATE');
$node->safe_psql('fresh', 'CREATE EXTENSION pg_mosaic');
my $fresh = definitions('fresh');
like($fresh, qr/^$patch$/m, 'a fresh installation is of the second version');
is(definitions('updated'), $fresh, 'an update gives what a fresh installation gives');
$node->safe_psql('updated', 'ALTER TABLE mosaic.watch ALTER COLUMN keys SET NOT NULL; COMMENT ON FUNCTION mosaic.owns(regclass) IS NULL');
isnt(definitions('updated'), $fresh, 'and a difference would be seen');
is($node->safe_psql('updated', q{SELECT count(*) FROM mosaic.partition_set; SELECT count(*) FROM mosaic.watch; SELECT mosaic.shard_for('users', 7) IS NOT NULL}), "1\n1\nt", 'what users have made stays');
$node->safe_psql('updated', q{DROP TABLE readings_p40});
ok($node->poll_query_until('updated', q{SELECT to_regclass('readings_p40') IS NOT NULL}), 'the worker goes on, with a library of the same series');

# SQL of a later series than the library that the server has loaded
add_version($server, $patch, $later);
my $refusal = qr/55000: extension "pg_mosaic" has version \Q$later\E, and the library that is loaded \Q$version\E.*HINT:  Install version \Q$later\E of the library where it is missing, and restart the server\./s;
like(error_of('updated', 'ALTER EXTENSION pg_mosaic UPDATE'), $refusal, 'an update before the library is there');
is($node->safe_psql('updated', q{SELECT extversion FROM pg_extension WHERE extname = 'pg_mosaic'}), $patch, 'it has changed nothing');
$node->safe_psql('fresh', 'DROP EXTENSION pg_mosaic');
like(error_of('fresh', 'CREATE EXTENSION pg_mosaic'), $refusal, 'a new installation before the library is there');

# The package has been replaced: the running server still has the former
# library, and after a restart the later one
set_library_version($server, $version, $later);
like(error_of('fresh', 'CREATE EXTENSION pg_mosaic'), $refusal, 'the library on disk is not the one that is loaded');
my $offset = -s $node->logfile;
$node->restart;
for my $administration (
	q{SELECT mosaic.plan()},
	q{SELECT mosaic.run_maintenance()},
	q{CALL mosaic.maintain()},
	q{SELECT mosaic.drop_parent('readings')},
	q{SELECT mosaic.create_parent('readings', '10')},
	q{SELECT mosaic.watch('readings')},
	q{SELECT mosaic.tick()},
	q{SELECT mosaic.shard_add('users', 'more')})
{
	like(error_of('waiting', $administration), qr/55000: extension "pg_mosaic" has version \Q$version\E, and the library that is loaded \Q$later\E.*HINT:  ALTER EXTENSION pg_mosaic UPDATE;/s,
		'administration by a later library');
}
is($node->safe_psql('waiting', q{INSERT INTO users VALUES (1, 'a'); SELECT key FROM mosaic.pending()}), '', 'writers of a watched table go on');
is($node->safe_psql('waiting', q{BEGIN; UPDATE users SET name = 'b'; SELECT key FROM mosaic.pending(); COMMIT}), 'users:1', 'and their changes are collected');
is($node->safe_psql('waiting', q{SELECT mosaic.shard_for('users', 7) IS NOT NULL, mosaic.partition_for('readings', 7)}), 't|readings_p0', 'lookups go on');
$node->safe_psql('waiting', 'CREATE TABLE more (id integer); ALTER TABLE users ADD COLUMN more integer; DROP TABLE more');
pass('and so does DDL');
is($node->safe_psql('waiting', q{SELECT severity, hint FROM mosaic.issues WHERE code = 'version_mismatch'}), 'critical|ALTER EXTENSION pg_mosaic UPDATE;', 'mosaic.issues says what to do');
like($node->safe_psql('waiting', 'SELECT * FROM mosaic.health()'), qr/^2\|CRITICAL.*version_mismatch/, 'and so does mosaic.health()');
ok($node->poll_query_until('waiting', q{SELECT state = 'idle' AND passes > 0 FROM mosaic.worker_status WHERE kind = 'launcher'}), 'the worker has looked');
like(slurp_file($node->logfile, $offset), qr/pg_mosaic skips a database whose extension has version \Q$version\E/, 'and has left the database alone');

# ... until it is updated, by two steps at once
$node->safe_psql('waiting', 'ALTER EXTENSION pg_mosaic UPDATE');
is($node->safe_psql('waiting', q{SELECT extversion FROM pg_extension WHERE extname = 'pg_mosaic'}), $later, 'two updates at once');
$node->safe_psql('waiting', 'SELECT mosaic.run_maintenance(); DROP TABLE readings_p40; SELECT mosaic.wake_worker()');
ok($node->poll_query_until('waiting', q{SELECT to_regclass('readings_p40') IS NOT NULL}), 'the worker is back');
ok($node->poll_query_until('waiting', q{SELECT count(*) = 0 FROM mosaic.outbox o WHERE NOT EXISTS (SELECT FROM mosaic.tick t WHERE pg_visible_in_snapshot(o.xid, t.snap))}), 'and delivers what was collected meanwhile');

# A session that has loaded the former library goes on without a crash
$node->adjust_conf('postgresql.conf', 'shared_preload_libraries', "''");
$node->restart;
my $session = $node->background_psql('waiting', on_error_stop => 0);
$session->query(q{SELECT mosaic.shard_for('users', 7)});
set_library_version($server, $later, $version);
is($session->query(q{SELECT mosaic.shard_for('users', 7) IS NOT NULL}), 't', 'a file that is replaced disturbs no session');
like(error_of('waiting', 'SELECT mosaic.plan()'), qr/55000: .*HINT:  Install version \Q$later\E of the library/s, 'a library that is older, as after a package that was put back');
$session->quit;

$node->stop;
done_testing();
