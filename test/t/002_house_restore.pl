# pg_dump and restore of everything at once: sets with levels, shard maps,
# watches.  Nothing is lost, in whatever way it is restored, and maintenance
# waits until it is over: a partition made before the indexes are there would
# have none of them, and the parent's would stay invalid for ever.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('restore', 'mosaic.naptime' => '1s', 'mosaic.enabled' => 'off', max_worker_processes => 20);
$node->safe_psql('postgres', q{CREATE ROLE listener; CREATE DATABASE shop});
$node->safe_psql('shop', q{
	CREATE EXTENSION pg_mosaic;
	CREATE SCHEMA store;
	CREATE TABLE store.orders (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL, customer bigint, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
	CREATE INDEX orders_note ON store.orders (note);
	SELECT count(*) FROM mosaic.create_parent('store.orders', '1 month', 3, time_zone => 'Asia/Tokyo');
	CREATE TABLE store.events (region text, id integer, UNIQUE (region, id)) PARTITION BY LIST (region);
	SELECT count(*) FROM mosaic.create_parent('store.events', lists => '{"eu": ["DE"], "na": ["US", null]}');
	SELECT count(*) FROM mosaic.create_sub_parent('store.events', 'HASH (id)', modulus => 2);
	CREATE TABLE readings (id integer PRIMARY KEY) PARTITION BY RANGE (id);
	SELECT count(*) FROM mosaic.create_parent('readings', '10', 4);
	CREATE TABLE users (id bigint PRIMARY KEY, name text, org integer);
	INSERT INTO users SELECT n, 'user ' || n, n % 7 FROM generate_series(1, 500) n;
	INSERT INTO store.orders (at, customer, note) SELECT now() + n * '2 hours'::interval, n, md5(n::text) FROM generate_series(1, 1000) n;
	INSERT INTO store.events SELECT (ARRAY['DE', 'US', NULL])[1 + n % 3], n FROM generate_series(1, 300) n;
	INSERT INTO readings VALUES (5);
	SELECT mosaic.watch('users', ARRAY['user:{id}', 'org:{org}:users'], columns => '{name,org}');
	SELECT mosaic.watch('store.orders', channel => 'orders', "when" => '{row}.customer > 10', payload => 'row');
	INSERT INTO mosaic.channel_acl VALUES ('orders', 'listener'::regrole);
	SELECT mosaic.shard_map_create('users', shards => 4);
	SELECT mosaic.shard_assign_slots('users', 3, '{[0,100)}');
	SELECT mosaic.shard_node_add('a', 'a.example.org'), mosaic.shard_node_add('b', 'b.example.org', role => 'replica', primary_node => 'a');
	SELECT mosaic.shard_place('users', 0, 'a');
	SELECT mosaic.shard_map_create('places', 'list', 'text', shards => 2, default_shard => 1);
	SELECT mosaic.shard_assign_keys('places', 0, '{Wien,Graz}');
	SELECT mosaic.shard_map_create('days', 'range', 'date', shards => 2);
	SELECT mosaic.shard_assign_range('days', 0, NULL, '2025-01-01'), mosaic.shard_assign_range('days', 1, '2025-01-01', NULL);
	SELECT mosaic.shard_map_create('tenants', 'tenant', 'text', shards => 1);
	SELECT mosaic.shard_assign_tenant('tenants', 0, 'acme', 'acme_schema', 'acme_db')});

# Everything that somebody has said to the extension, and all rows.
my @saying = (
	[ 'sets' => q{SELECT parent::text, to_jsonb(s) - 'parent' FROM mosaic.partition_set s ORDER BY 1} ],
	[ 'levels' => q{SELECT parent::text, level, to_jsonb(l) - 'parent' FROM mosaic.partition_level l ORDER BY 1, 2} ],
	[ 'partitions' => q{SELECT p.relid::text, pg_get_expr(c.relpartbound, c.oid) FROM mosaic.partition_set s, pg_partition_tree(s.parent) p JOIN pg_class c ON c.oid = p.relid ORDER BY 1} ],
	[ 'plan' => q{SELECT parent::text, step, action, partition, lower_bound FROM mosaic.plan() ORDER BY 1, 2} ],
	[ 'watches' => q{SELECT rel::text, to_jsonb(w) - 'rel' FROM mosaic.watch w ORDER BY watch_id} ],
	[ 'channels' => q{SELECT * FROM mosaic.channel_acl ORDER BY 1} ],
	[ 'triggers' => q{SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE tgname LIKE 'zz_mosaic%' ORDER BY 1, 2} ],
	[ 'nodes' => q{SELECT * FROM mosaic.shard_node ORDER BY node} ],
	# a change each that is brought by a transaction of its own may add to a map's epoch
	(map { my $map = $_; [ "map $map" => "SELECT mosaic.shard_map_export('$map') - 'epoch', mosaic.shard_map_fingerprint('$map')" ] } qw(users places days tenants)),
	[ 'history' => 'SELECT map, epoch, change, detail, changed_by FROM mosaic.shard_map_history ORDER BY change_id' ],
	[ 'lookups' => q{SELECT count(*), sum(mosaic.shard_for('users', n) * n), max(mosaic.shard_for('places', n::text)) FROM generate_series(1, 2000) n} ],
	[ 'rows' => join(' UNION ALL ', map { "SELECT '$_', tableoid::regclass::text, count(*)::text, md5(string_agg(t::text, ',' ORDER BY t::text)) FROM $_ t GROUP BY 2" } qw(users store.orders store.events readings) ) . ' ORDER BY 1, 2' ]);

my $epoch;
sub sayings { my ($database) = @_; return map { $_->[0] => $node->safe_psql($database, $_->[1]) } @saying }

sub same_sayings
{
	my ($database, $how, %want) = @_;
	my %got = sayings($database);
	is($got{$_}, $want{$_}, "$how: $_") for map { $_->[0] } @saying;
	cmp_ok($node->safe_psql($database, "SELECT mosaic.shard_map_epoch('users')"), '>=', $epoch, "$how: no epoch goes back");
	is($node->safe_psql($database, q{SELECT count(*) FROM mosaic.check_watches()}), '0', "$how: no watch misses anything");
	is($node->safe_psql($database, q{SELECT count(*) FROM pg_index WHERE NOT indisvalid}), '0', "$how: every index is valid");
	return;
}

my %before = sayings('shop');
$epoch = $node->safe_psql('shop', "SELECT mosaic.shard_map_epoch('users')");
isnt($before{$_}, '', "there are $_") for grep { $_ ne 'plan' } map { $_->[0] } @saying;

my $at = $node->basedir;
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$at/custom", $node->connstr('shop') ], 'pg_dump, custom format');
$node->command_ok([ 'pg_dump', '-Fd', '-j', '2', '-f', "$at/directory", $node->connstr('shop') ], 'pg_dump by two processes');
for my $restore (
	[ 'one process' => '-1', "$at/custom" ],
	[ 'four processes' => '-j', '4', "$at/custom" ],
	[ 'a directory, two processes' => '-j', '2', "$at/directory" ])
{
	my ($how, @arguments) = @$restore;
	$node->safe_psql('postgres', $_) for 'DROP DATABASE IF EXISTS restored', 'CREATE DATABASE restored';
	$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('restored'), @arguments ], "restored by $how");
	same_sayings('restored', $how, %before);
}

# Without data there are no sets; partitions are adopted and watches say what is wrong
$node->safe_psql('postgres', 'CREATE DATABASE bare');
$node->command_ok([ 'pg_dump', '--schema-only', '-f', "$at/schema.sql", $node->connstr('shop') ], 'pg_dump --schema-only');
$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', "$at/schema.sql", $node->connstr('bare') ], 'and its restore');
is($node->safe_psql('bare', q{SELECT count(*) FROM mosaic.partition_set}), '0', 'no set without data');
is($node->safe_psql('bare', q{SELECT count(*) FROM mosaic.create_parent('store.orders', '1 month', 3, time_zone => 'Asia/Tokyo')}), '0', 'the partitions are adopted');
my ($status, undef, $stderr) = $node->psql('bare', q{INSERT INTO users VALUES (1, 'x', 1)});
isnt($status, 0, 'a trigger without its watch does not pass changes by in silence');
like($stderr, qr/ERROR: .*watch/, 'but says that it has none');

# One schema alone: tables and rows, for the extension is not in it
$node->safe_psql('postgres', 'CREATE DATABASE part');
$node->command_ok([ 'pg_dump', '-n', 'store', '-f', "$at/store.sql", $node->connstr('shop') ], 'pg_dump of one schema');
$node->safe_psql('part', 'CREATE EXTENSION pg_mosaic');
$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', "$at/store.sql", $node->connstr('part') ], 'and its restore');
is($node->safe_psql('part', 'SELECT count(*) FROM store.orders'), '1000', 'has all rows');
is($node->safe_psql('part', q{SELECT count(*) FROM mosaic.create_parent('store.orders', '1 month', 3, time_zone => 'Asia/Tokyo')}), '0', 'and its table can be managed again');

# While the worker works: something is due in what was dumped, and the session
# that restores it pauses after the data
$node->safe_psql('shop', 'DROP TABLE readings_p40; DROP TABLE store.events_na');
$node->command_ok([ 'pg_dump', "--section=$_", '-f', "$at/$_.sql", $node->connstr('shop') ], "pg_dump of the $_ section") for qw(pre-data data post-data);
$node->safe_psql('postgres', $_) for 'DROP DATABASE shop', 'DROP DATABASE bare', 'DROP DATABASE part', 'DROP DATABASE restored', 'CREATE DATABASE late',
	'ALTER SYSTEM SET mosaic.enabled = on', 'SELECT pg_reload_conf()';
make_set($node, 'postgres', 'witness');
my $session = $node->background_psql('late', on_error_stop => 1);
$session->query_safe("\\i $at/pre-data.sql");
$session->query_safe("\\i $at/data.sql");
for (1 .. 2)
{
	lose_partition($node, 'postgres', 'witness');
	has_partition($node, 'postgres', 'another database is served', 'witness');
	launcher_rounds($node);
}
like($node->safe_psql('late', q{SELECT string_agg(code, ' ') FROM mosaic.issues}), qr/\brestore_under_way\b/, 'mosaic.issues says why nothing happens');
is($node->safe_psql('late', q{SELECT to_regclass('readings_p40') IS NULL AND to_regclass('store.events_na') IS NULL}), 't', 'nothing is made while a restore is under way');
my ($refused) = $node->psql('late', 'INSERT INTO readings VALUES (45)');
isnt($refused, 0, 'nor for a row that finds no partition');
launcher_rounds($node);
is($node->safe_psql('late', q{SELECT to_regclass('readings_p40') IS NULL}), 't', 'not even then');
$session->query_safe("\\i $at/post-data.sql");
$session->quit;
ok($node->poll_query_until('late', q{SELECT to_regclass('readings_p40') IS NOT NULL AND to_regclass('store.events_na') IS NOT NULL}), 'once it is over, what is due is made');
is($node->safe_psql('late', q{SELECT count(*) FROM pg_index WHERE NOT indisvalid}), '0', 'and every index is valid');
is($node->safe_psql('late', q{SELECT count(*) FROM mosaic.partition_log WHERE outcome <> 'done'}), '0', 'nothing went wrong');
is($node->safe_psql('late', q{SELECT count(*) FROM mosaic.issues WHERE code = 'restore_under_way'}), '0', 'nor is anything waited for');

# What makes sets by itself is no restore
my $maker = $node->background_psql('late', on_error_stop => 1);
$maker->query_safe(q{CREATE TABLE more (id integer) PARTITION BY RANGE (id); SELECT count(*) FROM mosaic.create_parent('more', '10', 4)});
lose_partition($node, 'late', 'more');
has_partition($node, 'late', 'a session that has called mosaic.create_parent() holds nothing up', 'more');
$maker->quit;

# A restore that begins while a pass is at work: the pass ends after its step
hold_passes($node, 'late', 5);
$node->safe_psql('late', 'DROP TABLE readings_p30, readings_p40');
running_pass($node, 'late');
my $restorer = $node->background_psql('late', on_error_stop => 1);
$restorer->query_safe(q{
	CREATE TABLE brought (id integer) PARTITION BY RANGE (id);
	INSERT INTO mosaic.partition_set
		SELECT (jsonb_populate_record(s, jsonb_build_object('parent', 'brought'))).* FROM mosaic.partition_set s WHERE parent = 'readings'::regclass});
release_passes($node, 'late');
ok($node->poll_query_until('late', q{SELECT to_regclass('readings_p30') IS NOT NULL}), 'what a pass has begun before a restore it ends');
launcher_rounds($node);
is($node->safe_psql('late', q{SELECT to_regclass('readings_p40') IS NULL}), 't', 'and then nothing more');
$restorer->quit;
has_partition($node, 'late', 'until the restore is over');

$node->stop;
done_testing();
