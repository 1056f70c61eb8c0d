# Many writers, and a ticker that dies: everything committed is told, in
# exactly one position, and nothing else is.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use IPC::Run qw(start);
use MosaicCrash;
use MosaicInvalidation;
use MosaicSession;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $node = start_node('writers', 'mosaic.tick_interval' => '5ms');
sub sql { return $node->safe_psql('postgres', $_[0]) }

# The consumer writes down what it hears, page by page.  `delivered` is not
# watched; `told` collects what ticks alone say, by position.
sql(q{
	CREATE SEQUENCE ids;
	CREATE TABLE items (id bigint PRIMARY KEY);
	SELECT mosaic.watch('items', ARRAY['{id}']);
	CREATE TABLE delivered (id bigint);
	CREATE TABLE stop ();
	CREATE PROCEDURE consume(beyond boolean) LANGUAGE plpgsql AS $$
	DECLARE
		t text := mosaic.token();
		done boolean := false;
	BEGIN
		LOOP
			CREATE TEMP TABLE IF NOT EXISTS page (token text, key text, reset boolean);
			TRUNCATE page;
			INSERT INTO page SELECT c.token, c.key, c.reset FROM mosaic.changes_since(t, autotick => beyond) c;
			IF EXISTS (SELECT FROM page WHERE reset) THEN RAISE 'reset'; END IF;
			INSERT INTO delivered SELECT key::bigint FROM page WHERE key IS NOT NULL;
			EXIT WHEN done AND NOT EXISTS (SELECT FROM page WHERE key IS NOT NULL);
			SELECT token INTO t FROM page LIMIT 1;
			COMMIT;
			done := to_regclass('stop') IS NOT NULL;
			PERFORM pg_sleep(0.01);
		END LOOP;
		DROP TABLE page;
	END $$});

# Transactions of random length, some in subtransactions, some rolled back.
my $writer = $node->basedir . '/writer.sql';
PostgreSQL::Test::Utils::append_to_file($writer, <<'SQL');
\set pause random(0, 30)
\set end random(1, 10)
BEGIN;
INSERT INTO items VALUES (nextval('ids'));
\sleep :pause ms
SAVEPOINT s;
INSERT INTO items VALUES (nextval('ids'));
\if :end <= 2
ROLLBACK TO s;
\endif
\if :end = 10
ROLLBACK;
\else
COMMIT;
\endif
SQL

sub write_for
{
	my ($seconds, $meanwhile) = @_;
	my ($out, $err) = ('', '');
	local $ENV{PGHOST} = $node->host;
	local $ENV{PGPORT} = $node->port;
	my $h = start(['pgbench', '--no-vacuum', '--client=24', '--jobs=2', "--time=$seconds", "--file=$writer", 'postgres'], '>', \$out, '2>', \$err);
	$meanwhile->() if $meanwhile;
	$h->finish;
	return $out;
}

sub consumer
{
	my ($beyond) = @_;
	sql('TRUNCATE delivered; DROP TABLE stop');
	my ($in, $out, $err) = ('', '', '');
	my $h = start(['psql', '-XAtq', '-c', 'SET client_min_messages = warning', '-c', "CALL consume($beyond)", $node->connstr('postgres')], '<', \$in, '>', \$out, '2>', \$err);
	# It has taken its token when it shows up as running.
	$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE 'CALL consume%' AND wait_event = 'PgSleep'});
	return sub {
		tick_until_quiet($node);
		sql('CREATE TABLE stop ()');
		$h->finish;
		is($err, '', 'the consumer had no trouble');
	};
}

my $first = 1;
sub is_complete
{
	my ($what) = @_;
	cmp_ok(sql("SELECT count(*) FROM items WHERE id >= $first"), '>', 100, "$what: there was something to tell");
	is(sql("SELECT count(*) FROM items i WHERE id >= $first AND NOT EXISTS (SELECT FROM delivered d WHERE d.id = i.id)"), 0, "$what: nothing is lost");
	is(sql('SELECT count(*) FROM delivered d WHERE NOT EXISTS (SELECT FROM items i WHERE i.id = d.id)'), 0, "$what: nothing is told that is not so");
	is(sql('SELECT count(*) FROM (SELECT id FROM delivered GROUP BY id HAVING count(*) > 1) x'), 0, "$what: nothing is told twice");
	$first = sql(q{SELECT nextval('ids')});
}

sub positions_are_dense
{
	is(sql('SELECT count(*) - (max(pos) - min(pos) + 1) FROM mosaic.tick'), 0, 'positions have no gaps');
	is(sql(q{SELECT count(*) FROM (SELECT key FROM mosaic.changes_since((SELECT split_part(mosaic.token(), ':', 1) || ':0'), max_ticks => 1000000)
		WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1) x}), 0, 'and no change is in two of them');
}

sql('DROP TABLE stop; CREATE TABLE stop ()');
for my $beyond ('false', 'true')
{
	my $finish = consumer($beyond);
	write_for(6);
	$finish->();
	is_complete($beyond eq 'true' ? 'polling, ahead of ticks' : 'polling ticks');
}
positions_are_dense();

# The ticker is ended again and again, at any moment
my $finish = consumer('false');
my $listener = listen_on($node);
my $ends = 0;
my @heard;
my $start = sql('SELECT pos FROM mosaic.invalidation_status()');
write_for(8, sub {
	my $end = time() + 8;
	while (time() < $end)
	{
		$ends += sql(q{SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'pg_mosaic ticker'});
		push @heard, MosaicInvalidation::take($listener);
		sleep 0.15;
	}
});
$finish->();
cmp_ok($ends, '>=', 2, "the ticker was ended $ends times");
is_complete('with a ticker that dies');
positions_are_dense();

# A ticker that starts says the last tick again, so that listeners miss none
push @heard, collect_for($listener, 1);
my %heard = map { $_->{json}{pos} => $_->{json}{prev} } @heard;
is(join(' ', grep { !exists $heard{$_} } $start + 1 .. sql('SELECT pos FROM mosaic.invalidation_status()')), '', 'listeners heard every position');
is(join(' ', grep { $heard{$_} != $_ - 1 } keys %heard), '', 'and of each the one before');
$listener->quit;

# So are a hundred sessions that tick beside it
sql(q{CREATE PROCEDURE tick_on() LANGUAGE plpgsql AS $$ BEGIN LOOP PERFORM mosaic.tick(); COMMIT; END LOOP; END $$});
$finish = consumer('false');
my $killed = 0;
my $killer = $node->background_psql('postgres');
my $writers = start(['pgbench', '--no-vacuum', '--client=24', '--jobs=2', '--time=300', "--file=$writer", $node->connstr('postgres')], '>', '/dev/null', '2>', '/dev/null');
my $give_up = time() + 120;
while ($killed < 100 && time() < $give_up)
{
	my $ticking = start(['psql', '-XAtq', '-c', 'CALL tick_on()', $node->connstr('postgres')], '<', '/dev/null', '>', '/dev/null', '2>', '/dev/null');
	my $pid = "FROM pg_stat_activity WHERE query = 'CALL tick_on()'";
	sleep 0.005 until $killer->query_safe("SELECT count(*) $pid") || time() > $give_up;
	sleep rand 0.03;
	$killed += $killer->query_safe("SELECT count(pg_terminate_backend(pid)) $pid");
	$ticking->finish;
}
$writers->signal('TERM');
$writers->finish;
$killer->quit;
$finish->();
is($killed, 100, 'a hundred sessions that tick were ended');
is_complete('with ticks that are cut off');
positions_are_dense();

# The server crashes between commit and tick
my $token = sql('SELECT mosaic.token()');
my $position = sql('SELECT pos FROM mosaic.invalidation_status()');
my $victim = $node->background_psql('postgres', on_error_stop => 0);
my $pid = $victim->query_safe('SELECT pg_backend_pid()');
write_for(1);
crash_server($node, $pid);
abandon_session($victim);
$node->psql('postgres', q{INSERT INTO items VALUES (nextval('ids'))});
crash_server($node, ticker_pid($node));
# (nobody writes now: a maintenance pass finds that the database needs its ticker)
ok(tick_until_quiet($node), 'after a crash the ticker comes back by itself');
is(sql("SELECT count(*) FROM items i WHERE id >= $first AND NOT EXISTS (SELECT FROM mosaic.changes_since('$token') c WHERE c.key = i.id::text)"), 0, 'and what was committed is told');
cmp_ok(sql('SELECT pos FROM mosaic.invalidation_status()'), '>', $position, 'positions go on');
positions_are_dense();

# A restart, with something left to tell
sql(q{ALTER SYSTEM SET mosaic.enabled = off});
sql('SELECT pg_reload_conf()');
$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'pg_mosaic ticker'});
$token = sql('SELECT mosaic.token()');
sql(q{INSERT INTO items VALUES (0)});
sql(q{ALTER SYSTEM RESET mosaic.enabled});
$node->restart;
ok(tick_until_quiet($node), 'after a restart the ticker comes back by itself');
is(sql("SELECT key FROM mosaic.changes_since('$token', autotick => false)"), '0', 'and tells what is left');

$node->stop;
done_testing();
