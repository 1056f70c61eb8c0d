# What a crash must not do: give a position that listeners have heard of, or a
# transaction number that a token has seen, a second meaning; lose anything of
# twenty-four writers.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use IPC::Run qw(start);
use MosaicInvalidation;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

# Commits that reach the disk ten seconds later, if nobody asks for it sooner
# (nor fills pages of WAL, nor needs a buffer)
my $node = start_node('crash', synchronous_commit => 'off', full_page_writes => 'off', shared_buffers => '16MB', wal_writer_delay => '10s', autovacuum => 'off', 'mosaic.enabled' => 'off', 'mosaic.tick_interval' => '5ms');
sub sql { return $node->safe_psql('postgres', $_[0]) }
sub crash { $node->stop('immediate'); $node->start; return }

sql(q{
	CREATE TABLE users (id bigint PRIMARY KEY);
	SELECT mosaic.watch('users');
	INSERT INTO users VALUES (1);
	CHECKPOINT});

# A token that has seen more than its tick
my $token = sql('SELECT mosaic.token()');
sql('INSERT INTO users VALUES (2)');
my $next = sql("SELECT DISTINCT token FROM mosaic.changes_since('$token')");
isnt($next, $token, 'a poll sees what is committed but not on disk');
crash();
sql("INSERT INTO users VALUES ($_)") for 3 .. 6;
is(sql("SELECT string_agg(key, ' ' ORDER BY key) FROM mosaic.changes_since('$next')"), 'users:3 users:4 users:5 users:6', 'after a crash its token hides nothing of what comes then');
is(sql("SELECT string_agg(key, ' ' ORDER BY key) FROM mosaic.changes_since('$token')"), sql(q{SELECT string_agg('users:' || id, ' ' ORDER BY id) FROM users}),
	'and the one before tells what is there');

# A position
sql('INSERT INTO users VALUES (10); SELECT mosaic.tick()');
my $position = sql('SELECT max(pos) FROM mosaic.tick');
sql('INSERT INTO users VALUES (11)');
cmp_ok(sql('SELECT mosaic.tick()'), '==', $position + 1, 'a tick whose transaction need not reach the disk');
crash();
is(sql('SELECT max(pos) FROM mosaic.tick'), $position + 1, 'does so');

# Twenty-four writers, a ticker, and crashes in the middle of it.  The consumer
# keeps its token with what it was told, in one transaction that is on disk.
sql(q{
	CREATE TABLE items (id text PRIMARY KEY);
	SELECT mosaic.watch('items', ARRAY['{id}'], channel => 'items');
	CREATE TABLE delivered (id text, pos bigint);
	CREATE TABLE kept AS SELECT mosaic.token() AS token;
	CREATE PROCEDURE consume() LANGUAGE plpgsql AS $$
	DECLARE
		page record;
	BEGIN
		SET synchronous_commit = local;
		LOOP
			CREATE TEMP TABLE page AS SELECT c.* FROM kept, mosaic.changes_since(kept.token, 'items', autotick => false) c;
			IF EXISTS (SELECT FROM page WHERE reset) THEN RAISE 'reset'; END IF;
			INSERT INTO delivered SELECT key, pos FROM page WHERE key IS NOT NULL;
			UPDATE kept SET token = (SELECT token FROM page LIMIT 1);
			DROP TABLE page;
			COMMIT;
			PERFORM pg_sleep(0.01);
		END LOOP;
	END $$;
	ALTER SYSTEM RESET mosaic.enabled});
$node->append_conf('postgresql.conf', "mosaic.enabled = on\nwal_writer_delay = '50ms'");
$node->restart;
ticker_pid($node);

my $writer = $node->basedir . '/writer.sql';
append_to_file($writer, <<'SQL');
\set pause random(0, 30)
BEGIN;
INSERT INTO items VALUES (gen_random_uuid());
\sleep :pause ms
INSERT INTO items VALUES (gen_random_uuid());
COMMIT;
SQL

sub in_background
{
	my @command = @_;
	my %process = (out => '');
	$process{run} = start([@command], '<', \'', '>&', \$process{out});
	return \%process;
}

for my $round (1 .. 3)
{
	local $ENV{PGHOST} = $node->host;
	local $ENV{PGPORT} = $node->port;
	my $before = sql('SELECT count(*) FROM items');
	my $consumer = in_background('psql', '-XAtq', '-c', 'CALL consume()', 'postgres');
	my $writers = in_background('pgbench', '--no-vacuum', '--client=24', '--jobs=2', '--time=60', "--file=$writer", 'postgres');
	$node->poll_query_until('postgres', "SELECT count(*) > $before + 1000 FROM items") or die 'nothing is written';
	sql(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'pg_mosaic ticker'}) if $round == 2;
	crash();
	$_->{run}->finish for $consumer, $writers;
	unlike($consumer->{out}, qr/reset/, "round $round: a crash with twenty-four writers at work");
}

# Once more in peace, for what is left
ticker_pid($node);
ok(tick_until_quiet($node), 'the ticker comes back');
sql(q{INSERT INTO delivered SELECT key, pos FROM kept, mosaic.changes_since(kept.token, 'items', max_ticks => 1000000, autotick => false) WHERE key IS NOT NULL});
cmp_ok(sql('SELECT count(*) FROM items'), '>', 3000, 'there was something to tell');
is(sql('SELECT count(*) FROM items i WHERE NOT EXISTS (SELECT FROM delivered d WHERE d.id = i.id)'), 0, 'nothing is lost');
is(sql('SELECT count(*) FROM (SELECT id FROM delivered GROUP BY id HAVING count(*) > 1) x'), 0, 'nothing is told twice');
is(sql('SELECT count(*) - (max(pos) - min(pos) + 1) FROM mosaic.tick'), 0, 'positions have no gaps');
# (a consumer whose own memory is as lasting as the data is told nothing that a crash then undoes)
is(sql('SELECT count(*) FROM delivered d WHERE NOT EXISTS (SELECT FROM items i WHERE i.id = d.id)'), 0, 'nothing is told that is not so');

$node->stop;
done_testing();
