# pg_upgrade: watches, positions and tokens go along, and what had been
# committed but not told is told by the new server.  Upgrading to the same
# release takes the same steps as to a later one.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicInvalidation;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $old = start_node('old');
my $bindir = $old->config_data('--bindir');
plan skip_all => "no pg_upgrade in $bindir" unless -x "$bindir/pg_upgrade";

$old->safe_psql('postgres', q{
	CREATE TABLE users (id bigint PRIMARY KEY, name text);
	CREATE TABLE events (day date, id int, PRIMARY KEY (day, id)) PARTITION BY RANGE (day);
	CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
	SELECT mosaic.watch('users'), mosaic.watch('events', always => true);
	INSERT INTO users VALUES (1)});
tick_until_quiet($old);
my $token = $old->safe_psql('postgres', 'SELECT mosaic.token()');
$old->safe_psql('postgres', 'INSERT INTO users VALUES (2)');
tick_until_quiet($old);
$old->safe_psql('postgres', 'ALTER SYSTEM SET mosaic.enabled = off');
$old->restart;
$old->safe_psql('postgres', q{INSERT INTO events VALUES ('2026-05-01', 3)});
my $between = $old->safe_psql('postgres', "SELECT DISTINCT token FROM mosaic.changes_since('$token')");
$old->safe_psql('postgres', 'INSERT INTO users VALUES (4)');
my $position = $old->safe_psql('postgres', 'SELECT max(pos) FROM mosaic.tick');
$old->stop;

my $new = PostgreSQL::Test::Cluster->new('new');
$new->init;
$new->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_mosaic'\nmax_prepared_transactions = 10\nmosaic.naptime = '1s'");
chdir $new->basedir or die $!;
$new->command_ok(['pg_upgrade', '--no-sync', '--old-datadir', $old->data_dir, '--new-datadir', $new->data_dir, '--old-bindir', $bindir, '--new-bindir', $bindir,
	'--socketdir', $new->host, '--old-port', $old->port, '--new-port', $new->port], 'pg_upgrade');
$new->start;
sub sql { return $new->safe_psql('postgres', $_[0]) }

is(sql('SELECT rel FROM mosaic.watch ORDER BY watch_id'), "users\nevents", 'the watches are there');
is(sql('SELECT * FROM mosaic.check_watches()'), '', 'and whole');
ok(tick_until_quiet($new), 'the new ticker tells what was left');
is(sql("SELECT bool_or(reset), string_agg(key, ' ' ORDER BY key) FROM mosaic.changes_since('$token')"), 'f|events:2026-05-01:3 users:2 users:4', 'a token of before goes on');
is(sql("SELECT bool_or(reset OR key = 'users:4') FROM mosaic.changes_since('$between')"), 't', 'one with a snapshot goes on, or is told to flush');
cmp_ok(sql('SELECT max(pos) FROM mosaic.tick'), '>', $position, 'positions go on');
sql(q{UPDATE events SET id = 5; UPDATE users SET name = 'x' WHERE id = 1});
tick_until_quiet($new);
is(sql("SELECT string_agg(DISTINCT key, ' ' ORDER BY key) FROM mosaic.changes_since('$token')"), 'events:2026-05-01:3 events:2026-05-01:5 users:1 users:2 users:4',
	'and changes are collected');
cmp_ok(sql(q{SELECT mosaic.watch('users', channel => 'more')}), '==', 3, 'watch numbers go on');

$new->stop;
done_testing();
