# Caches in front of replicas: a standby that is polled is never stale, a
# token survives a failover or is told that it did not, and changes applied by
# logical replication are heard where the watch says so.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicInvalidation;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = start_node('primary', wal_level => 'logical', 'mosaic.tick_interval' => '5ms');
my $backup = $primary->backup('b');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'b', has_streaming => 1);
$standby->start;
sub on_primary { return $primary->safe_psql('postgres', $_[0]) }
sub on_standby { return $standby->safe_psql('postgres', $_[0]) }

on_primary(q{
	CREATE TABLE users (id bigint PRIMARY KEY, n int);
	INSERT INTO users SELECT i, 0 FROM generate_series(1, 10) i;
	SELECT mosaic.watch('users')});
on_primary('UPDATE users SET n = 1 WHERE id = 1');
tick_until_quiet($primary);
$primary->wait_for_catchup($standby);

# Polling the standby
my $token = on_standby('SELECT mosaic.token()');
like($token, qr/\/1:\d+$/, 'a standby gives tokens');
is($token, on_primary('SELECT mosaic.token()'), 'the primary\'s');
on_primary('UPDATE users SET n = 2 WHERE id = 2');
tick_until_quiet($primary);
$primary->wait_for_catchup($standby);
is(on_standby("SELECT key FROM mosaic.changes_since('$token')"), 'users:2', 'and answers what has changed');
isnt(($standby->psql('postgres', 'SELECT mosaic.tick()'))[0], 0, 'but cannot tick');

# Whatever it says is readable there, at once
on_primary(q{CREATE TABLE version (n int); INSERT INTO version VALUES (0)});
$primary->wait_for_catchup($standby);
my $stale = 0;
my $seen = 0;
$token = on_standby('SELECT mosaic.token()');
my $bench = $primary->background_psql('postgres');
$bench->query_until(qr/go/, q{\echo go
DO $$ BEGIN FOR i IN 1..1500 LOOP UPDATE users SET n = 1000 + i WHERE id = 5; PERFORM mosaic.invalidate(ARRAY['n:' || 1000 + i]); COMMIT; PERFORM pg_sleep(0.002); END LOOP; END $$;
});
for (1 .. 40)
{
	my $answer = on_standby(qq{
		SELECT token FROM mosaic.changes_since('$token') LIMIT 1;
		SELECT coalesce(max(substr(key, 3)::int), 0) FROM mosaic.changes_since('$token') WHERE key LIKE 'n:%';
		SELECT n FROM users WHERE id = 5});
	my ($next, $told, $read) = split /\n/, $answer;
	$seen++ if $told;
	$stale++ if $read < $told;
	$token = $next;
}
$bench->query('SELECT 1');
$bench->quit;
cmp_ok($seen, '>', 3, "a standby that is written to through and through was polled ($seen times with news)");
is($stale, 0, 'what it told was never older than what it shows');

# Waiting for the replica on notifications of the primary
on_standby('SELECT pg_wal_replay_pause()');
on_primary('UPDATE users SET n = 4711 WHERE id = 3');
tick_until_quiet($primary);
my ($lsn, $xid) = split /\|/, on_primary('SELECT lsn, xid FROM mosaic.tick ORDER BY pos DESC LIMIT 1');
is(on_standby("SELECT mosaic.wait_replica('$lsn', '100 ms')"), 'f', 'wait_replica() gives up');
is(on_standby("SELECT mosaic.replica_has('$xid')"), 'f', 'replica_has() says no of a transaction to come');
on_standby('SELECT pg_wal_replay_resume()');
is(on_standby("SELECT mosaic.wait_replica('$lsn', '30 s'); SELECT n FROM users WHERE id = 3"), "t\n4711", 'wait_replica() waits until it can be read');
$primary->wait_for_catchup($standby);
is(on_standby("SELECT mosaic.replica_has('$xid')"), 't', 'and replica_has() says yes');
my $open = $primary->background_psql('postgres');
my $running = $open->query_safe('BEGIN; UPDATE users SET n = 0 WHERE id = 4; SELECT pg_current_xact_id()');
on_primary('UPDATE users SET n = 0 WHERE id = 6; CHECKPOINT');
$primary->wait_for_catchup($standby);
is(on_standby("SELECT mosaic.replica_has('$running')"), 'f', 'a transaction that runs is not there, though later ones are');
is(on_standby('SELECT mosaic.fill_token()'), $running, 'and holds the fill token back');
$open->query_safe('COMMIT');
$open->quit;
tick_until_quiet($primary);
$primary->wait_for_catchup($standby);

# Failover to a standby that lacks the last ticks
my $old = on_standby('SELECT mosaic.token()');
$standby->stop;
on_primary('UPDATE users SET n = 99 WHERE id = 7');
tick_until_quiet($primary);
my $lost = on_primary('SELECT mosaic.token()');
on_primary('UPDATE users SET n = 99 WHERE id = 8');
my $lost_between = on_primary("SELECT token FROM mosaic.changes_since('$old') LIMIT 1");
$primary->stop('immediate');
$standby->start;
$standby->promote;
is(on_standby('SELECT n FROM users WHERE id = 7') eq '99', '', 'a standby is promoted that lacks the last transactions');
is(on_standby("SELECT bool_or(reset) FROM mosaic.changes_since('$lost')"), 't', 'a token of what was lost: flush everything');
on_standby('UPDATE users SET n = 100 WHERE id = 9');
tick_until_quiet($standby);
is(on_standby("SELECT bool_or(reset), string_agg(key, ' ' ORDER BY key) FROM mosaic.changes_since('$old')"), 'f|users:9', 'a token of before goes on');
like(on_standby('SELECT mosaic.token()'), qr/\/2:\d+$/, 'tokens name the new timeline');
is(on_standby("SELECT reset, key IS NULL FROM mosaic.changes_since('$_')"), 't|t', 'a position of the old timeline that the new one made anew: flush everything')
	for $lost, $lost_between;
my $of_lost_history = $lost;
is(on_standby("SELECT reset FROM mosaic.changes_since((SELECT token FROM mosaic.changes_since('$of_lost_history'))) LIMIT 1"), 'f', 'once');
$standby->stop;

# Logical replication
$primary->start;
my $subscriber = start_node('subscriber');
on_primary('CREATE TABLE items (id int PRIMARY KEY, n int); CREATE PUBLICATION p FOR TABLE items');
my $connect = $primary->connstr . ' dbname=postgres';
$subscriber->safe_psql('postgres', qq{
	CREATE TABLE items (id int PRIMARY KEY, n int);
	SELECT mosaic.watch('items', ARRAY['item:{id}'], always => true);
	SELECT mosaic.watch('items', ARRAY['local:{id}']);
	CREATE SUBSCRIPTION s CONNECTION '$connect' PUBLICATION p});
$subscriber->wait_for_subscription_sync($primary, 's');
my $listener = listen_on($subscriber);
on_primary('INSERT INTO items VALUES (1), (2); UPDATE items SET n = 1 WHERE id = 1; DELETE FROM items WHERE id = 2');
my @heard = collect_until($listener, sub { keys_of(@_) =~ /item:1.*item:2/ });
like(keys_of(@heard), qr/item:1.*item:2/, 'changes that are applied are heard, without any other activity');
on_primary('UPDATE items SET id = 10 WHERE id = 1');
# (what came before may still be on its way)
sub tells_both { return grep { keys_of($_) =~ /item:1 item:10\b/ } @_ }
is(scalar tells_both(collect_until($listener, \&tells_both)), 1, 'with old and new key');
on_primary('TRUNCATE items');
is(all_of(collect_until($listener, sub { all_of(@_) })), 'public.items:truncate', 'and TRUNCATE');
unlike(keys_of(@heard), qr/local/, 'only by watches that are always on');
$listener->quit;

$subscriber->stop;
$primary->stop;
done_testing();
