# pg_upgrade to the server that is tested from an older one: sets, levels,
# detached partitions, shard maps and watches come along, and so do the changes
# that nobody had delivered yet.
#
# The older server is the one whose programs are in OLD_BINDIR, or any that
# Debian's packages have installed, with pg_mosaic in it.
use strict;
use warnings;
use FindBin;
use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

sub config { my ($bindir, $what) = @_; chomp(my $value = qx("$bindir/pg_config" --$what)); return $value }

sub major { my ($bindir) = @_; return config($bindir, 'version') =~ /^PostgreSQL (\d+)/ ? $1 : 0 }

sub has_extension { my ($bindir) = @_; return -e config($bindir, 'sharedir') . '/extension/pg_mosaic.control' && -e config($bindir, 'pkglibdir') . '/pg_mosaic.so' }

chomp(my $new_bindir = qx(pg_config --bindir));
my @older = sort { major($b) <=> major($a) } grep { -x "$_/postgres" && major($_) >= 15 && major($_) < major($new_bindir) && has_extension($_) }
  $ENV{OLD_BINDIR} ? $ENV{OLD_BINDIR} : glob('/usr/lib/postgresql/*/bin');
plan skip_all => 'there is no older server with pg_mosaic to upgrade from: set OLD_BINDIR' unless @older;
my $old_bindir = pop @older;    # the oldest: the longest way
note "from $old_bindir to $new_bindir";

sub node
{
	my ($name, $bindir) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name, install_path => dirname($bindir));
	$node->init(extra => [ '--data-checksums', '--locale=C', '--encoding=UTF8' ]);
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_mosaic'\nmosaic.naptime = '1s'\nmosaic.enabled = off");
	return $node;
}

# A minor release may mark columns in a way that the newer server's, made before
# it, does not know.  Then no table can be upgraded, whoever made it.
sub unknown_mark
{
	my ($old, $new) = @_;
	my $mark = $old->safe_psql('postgres', q{CREATE TABLE plain (i integer); SELECT attoptions[1] FROM pg_attribute WHERE attrelid = 'plain'::regclass AND attname = 'i'});
	$old->safe_psql('postgres', 'DROP TABLE plain');
	return '' if $mark eq '';
	$new->start;
	my $status = $new->psql('postgres', "BEGIN; CREATE TABLE plain (i integer); ALTER TABLE plain ALTER i SET ($mark); ROLLBACK");
	$new->stop;
	return $status ? $mark : '';
}

my $old = node('old', $old_bindir);
my $new = node('new', $new_bindir);
$old->start;
if (my $mark = unknown_mark($old, $new))
{
	plan skip_all => config($new_bindir, 'version') . ' does not know the ' . $mark . ' that ' . config($old_bindir, 'version') . ' gives every column: try a later minor release';
}
$old->safe_psql('postgres', q{CREATE ROLE listener; CREATE DATABASE shop});
$old->safe_psql('shop', q{
	CREATE EXTENSION pg_mosaic;
	CREATE SCHEMA attic;
	CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
	SELECT count(*) FROM mosaic.create_parent('orders', '1 month', 3, '3 months', start_at => '2024-01-31', time_zone => 'America/New_York', reference_time => '2024-06-15 12:00+00');
	INSERT INTO orders (at, note) SELECT '2024-02-10'::date + n, md5(n::text) FROM generate_series(1, 100) n;
	UPDATE mosaic.partition_set SET retention_action = 'detach';
	SELECT count(*) FROM mosaic.run_maintenance('orders', '2024-06-15 12:00+00');
	CREATE TABLE events (region text, id integer, UNIQUE (region, id)) PARTITION BY LIST (region);
	SELECT count(*) FROM mosaic.create_parent('events', lists => '{"eu": ["DE"], "na": ["US", null]}', default_partition => true);
	CREATE TABLE visits (at date NOT NULL, tenant integer NOT NULL) PARTITION BY RANGE (at);
	SELECT count(*) FROM mosaic.create_parent('visits', '1 day', 2, '2 days', reference_time => '2024-06-10 12:00+00');
	SELECT count(*) FROM mosaic.create_sub_parent('visits', 'HASH (tenant)', modulus => 2, reference_time => '2024-06-10 12:00+00');
	UPDATE mosaic.partition_set SET retention_action = 'move', retention_schema = 'attic' WHERE parent = 'visits'::regclass;
	INSERT INTO events VALUES ('DE', 1), (NULL, 2), ('FR', 3);
	INSERT INTO visits SELECT '2024-06-10', n FROM generate_series(1, 20) n;
	SELECT count(*) FROM mosaic.run_maintenance('visits', '2024-06-13 12:00+00');
	CREATE TABLE users (id bigint PRIMARY KEY, name text);
	SELECT mosaic.watch('users', ARRAY['user:{id}']), mosaic.watch('orders', channel => 'orders', payload => 'row');
	INSERT INTO mosaic.channel_acl VALUES ('orders', 'listener'::regrole);
	SELECT mosaic.shard_map_create('users', shards => 5), mosaic.shard_node_add('a', 'a.example.org'), mosaic.shard_place('users', 1, 'a');
	SELECT mosaic.shard_map_create('places', 'list', 'text', shards => 2, default_shard => 1), mosaic.shard_assign_keys('places', 0, '{Wien}');
	SELECT mosaic.tick()});
my $token = $old->safe_psql('shop', 'SELECT mosaic.token()');
$old->safe_psql('shop', q{INSERT INTO users VALUES (1, 'told by nobody yet')});

my @saying = (
	q{SELECT parent::text, to_jsonb(s) - 'parent' FROM mosaic.partition_set s ORDER BY 1},
	q{SELECT parent::text, to_jsonb(s) - 'parent' FROM mosaic.partition_level s ORDER BY 1},
	q{SELECT c.oid::regclass::text, relkind, relispartition, pg_get_expr(relpartbound, c.oid) FROM pg_class c WHERE relname ~ '^(orders|events|visits)' AND relkind IN ('r', 'p') ORDER BY 1},
	q{SELECT parent::text, step, action, partition, lower_bound, upper_bound, command FROM mosaic.plan(reference_time => '2024-09-20 12:00+00') ORDER BY 1, 2},
	q{SELECT parent::text, action, partition, outcome FROM mosaic.partition_log ORDER BY id},
	q{SELECT rel::text, to_jsonb(w) - 'rel' FROM mosaic.watch w ORDER BY watch_id},
	q{SELECT * FROM mosaic.channel_acl},
	q{SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE tgname LIKE 'zz_mosaic%' ORDER BY 1, 2},
	q{SELECT mosaic.shard_map_export('users'), mosaic.shard_map_export('places'), mosaic.shard_map_fingerprint('users')},
	q{SELECT string_agg(mosaic.shard_for('users', n)::text, ' ' ORDER BY n) || mosaic.shard_for('places', 'Wien') FROM generate_series(1, 500) n},
	q{SELECT mosaic.partition_for('orders', '2024-05-01'), mosaic.partition_for('visits', '2024-06-13', 7), mosaic.partition_for('events', 'FR')},
	q{SELECT tableoid::regclass::text, count(*), md5(string_agg(o::text, ',' ORDER BY id)) FROM orders o GROUP BY 1 ORDER BY 1},
	q{SELECT * FROM events ORDER BY 2},
	q{SELECT tableoid::regclass::text, count(*) FROM visits GROUP BY 1 ORDER BY 1},
	q{SELECT * FROM mosaic.check_watches()});
my %before = map { $_ => $old->safe_psql('shop', $_) } @saying;
like($before{ $saying[2] }, qr/^orders_p\d+\|r\|f/m, 'there are detached partitions');
like($before{ $saying[2] }, qr/^attic\.visits_p\d+\|p\|f/m, 'and partitioned ones that were moved away');
like($before{ $saying[3] }, qr/create.*(?:detach|move)/s, 'something is to come');
$old->stop;

my @upgrade = ("$new_bindir/pg_upgrade", '--no-sync', '-d', $old->data_dir, '-D', $new->data_dir, '-b', $old_bindir, '-B', $new_bindir,
	'-s', $new->host, '-p', $old->port, '-P', $new->port);
chdir PostgreSQL::Test::Utils::tempdir() or die $!;
command_ok([ @upgrade, '--check' ], 'pg_upgrade --check finds nothing to object to');
command_ok(\@upgrade, 'pg_upgrade');
$new->start;

is($new->safe_psql('shop', $_), $before{$_}, "the same afterwards: $_") for @saying;
is($new->safe_psql('shop', "SELECT string_agg(key, ' ' ORDER BY key), bool_or(reset) FROM mosaic.changes_since('$token')"), 'user:1|f', 'what nobody had delivered is delivered, and tokens hold');
is($new->safe_psql('shop', q{SELECT string_agg(DISTINCT code, ' ') FROM mosaic.issues WHERE severity = 'critical' AND code <> 'not_covered'}), '', 'nothing is wrong but that the sets live in 2024');
is($new->safe_psql('shop', q{SELECT string_agg("set"::text, ' ' ORDER BY "set"::text) FROM mosaic.issues WHERE code = 'cluster_changed'}), 'orders visits', 'and that the cluster is another one');
is($new->safe_psql('shop', q{SELECT count(*) FROM mosaic.run_maintenance(reference_time => '2024-09-20 12:00+00') WHERE outcome <> 'done'}), '0', 'maintenance goes on');
is($new->safe_psql('shop', q{SELECT count(*) FILTER (WHERE reason NOT LIKE 'held%'), count(*) > 0 FROM mosaic.plan(reference_time => '2024-09-20 12:00+00')}), '0|t', 'and makes all that was to come, but retires nothing');
$new->safe_psql('shop', q{SELECT mosaic.confirm_retention('orders'), mosaic.confirm_retention('visits'); SELECT count(*) FROM mosaic.run_maintenance(reference_time => '2024-09-20 12:00+00')});
is($new->safe_psql('shop', q{SELECT count(*) FROM mosaic.plan(reference_time => '2024-09-20 12:00+00')}), '0', 'until somebody says that it should');
$new->safe_psql('shop', q{INSERT INTO users VALUES (2, 'b'); SELECT mosaic.shard_assign_slots('users', 0, '{[0,1024)}')});
is($new->safe_psql('shop', q{SELECT DISTINCT mosaic.shard_for('users', n) FROM generate_series(1, 100) n}), '0', 'maps can be changed');
$new->append_conf('postgresql.conf', 'mosaic.enabled = on');
$new->reload;
$new->safe_psql('shop', q{CREATE TABLE readings (id integer) PARTITION BY RANGE (id); SELECT count(*) FROM mosaic.create_parent('readings', '10', 4); DROP TABLE readings_p40});
ok($new->poll_query_until('shop', q{SELECT to_regclass('readings_p40') IS NOT NULL}), 'the worker works');
ok($new->poll_query_until('shop', q{SELECT count(*) = 1 FROM mosaic.worker_status WHERE kind = 'ticker'}), 'and so does the ticker');

$new->stop;
done_testing();
