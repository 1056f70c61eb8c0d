# Positions and tokens, exactly, on a server where no ticker runs: they are
# dense, nothing is in two of them, and no token depends on what may roll back.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicInvalidation;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('positions', shared_preload_libraries => '');
sub sql { return $node->safe_psql('postgres', $_[0]) }

my (undef, undef, $warning) = $node->psql('postgres', q{
	CREATE TABLE users (id bigint PRIMARY KEY, name text);
	CREATE TABLE other (id bigint PRIMARY KEY);
	SELECT mosaic.watch('users');
	SELECT mosaic.watch('other', channel => 'other')});
like($warning, qr/WARNING:  no worker delivers.*shared_preload_libraries.*mosaic\.tick\(\)/s, 'a watch that nobody delivers for says so, and what to do');

sub token { return sql('SELECT mosaic.token()') }
sub tick { return sql('SELECT mosaic.tick()') }
sub changes { my ($token, $more) = @_; return sql("SELECT pos, rel, key FROM mosaic.changes_since('$token'" . ($more // '') . ') ORDER BY 1, 3') }
sub next_token { my ($token, $more) = @_; return sql("SELECT DISTINCT token FROM mosaic.changes_since('$token'" . ($more // '') . ')') }

like(token(), qr/^[0-9a-f]{8}-\d+\/1:0$/, 'position 0, before anything has happened');
is(tick(), '', 'an idle database makes no tick');
my $start = token();
is(next_token($start), $start, 'and its token stays');

# Before any tick
sql('INSERT INTO users VALUES (1)');
is(changes($start), '1|public.users|users:1', 'what no tick has counted is heard');
is(changes($start, ', autotick => false'), '0||', 'unless only ticks are asked for');
my $after_1 = next_token($start);
isnt($after_1, $start, 'its token has moved');
is(next_token($after_1), $after_1, 'and stays there');
is(token(), $start, 'without a tick having been made');
sql('INSERT INTO users VALUES (2)');
is(changes($after_1), '1|public.users|users:2', 'a token between two ticks leads on');

# Ticks
is(tick(), 1, 'the first tick');
sql('INSERT INTO other VALUES (1)');
is(tick(), 2, 'the second');
sql('INSERT INTO users VALUES (3)');
is(tick(), 3, 'the third');
is(tick(), '', 'and then nothing');
is(changes($start), "1|public.users|users:1\n1|public.users|users:2\n2|public.other|other:1\n3|public.users|users:3", 'each change is in one position');
is(changes($start, ", 'other'"), '2|public.other|other:1', 'a channel alone');
is(changes($after_1), "1|public.users|users:2\n2|public.other|other:1\n3|public.users|users:3", 'the token between two ticks still is good');
(my $short = $start) =~ s/:0$/:2/;
is(changes($short), '3|public.users|users:3', 'a token made of "e" and "pos" of a notification');

# Pages
is(changes($start, ", 'other', 1"), '1||', 'a page without a change of the channel is one row');
my $page = next_token($start, ", 'other', 1");
is($page, $start =~ s/:0$/:1/r, 'that moves the token');
is(changes($page, ', NULL, 1'), '2|public.other|other:1', 'page by page');
is(next_token($page, ", 'other'"), token(), 'to the end');

# What rolls back leaves nothing behind
sql('INSERT INTO users VALUES (4)');
my $now = token();
is(sql("BEGIN; SELECT mosaic.tick(); SELECT mosaic.token() = '$now'; ROLLBACK"), "4\nt", 'a tick that may roll back is nobody\'s token');
is(changes($now), '4|public.users|users:4', 'and takes nothing along');
sql('BEGIN; INSERT INTO users VALUES (5); SELECT mosaic.tick(); INSERT INTO users VALUES (6); COMMIT');
is(changes($now), "4|public.users|users:4\n5|public.users|users:5\n5|public.users|users:6", 'a transaction that ticks comes after its tick');
is(tick(), 5, 'in the next one');
is(changes($now), "4|public.users|users:4\n5|public.users|users:5\n5|public.users|users:6", 'exactly there');

# A slow transaction
my $slow = $node->background_psql('postgres');
$slow->query_safe('BEGIN; INSERT INTO users VALUES (100)');
$now = token();
for my $id (7 .. 9)
{
	sql("INSERT INTO users VALUES ($id)");
	is(tick(), $id - 1, "a tick does not wait for it ($id)");
}
my $between = token();
$slow->query_safe('COMMIT');
sql('INSERT INTO users VALUES (10)');
is(tick(), 9, 'when it commits');
is(changes($between), "9|public.users|users:10\n9|public.users|users:100", 'it is in the tick after that');
is(changes($now), "6|public.users|users:7\n7|public.users|users:8\n8|public.users|users:9\n9|public.users|users:10\n9|public.users|users:100", 'and in no other');

# Prepared
sql(q{BEGIN; INSERT INTO users VALUES (11); PREPARE TRANSACTION 'p'});
sql(q{BEGIN; INSERT INTO users VALUES (12); PREPARE TRANSACTION 'q'});
is(tick(), '', 'a prepared transaction is not told');
$now = token();
sql(q{COMMIT PREPARED 'p'; ROLLBACK PREPARED 'q'});
is(tick(), 10, 'it is when it commits');
is(changes($now), '10|public.users|users:11', 'and not when it does not');
my ($status, undef, $error) = $node->psql('postgres', q{
	SELECT mosaic.watch('other', channel => 'direct', mode => 'direct');
	BEGIN; INSERT INTO other VALUES (2); PREPARE TRANSACTION 'r'});
like($error, qr/cannot PREPARE a transaction that has changed a table watched in direct mode.*mode => 'outbox'/s, 'a direct watch cannot be prepared, and says what can');

# Purge
sql(q{UPDATE mosaic.tick SET at = at - interval '2 hours'});
$now = token();
sql(q{INSERT INTO users VALUES (13); SELECT mosaic.ack('reader', '} . $short . q{'); SELECT mosaic.tick()});
is(changes($short, ', NULL, 1'), '3|public.users|users:3', 'a subscriber holds back what it has not acknowledged');
is(sql('SELECT min(pos) FROM mosaic.tick'), 2, 'and no more than that');
sql(q{UPDATE mosaic.subscriber SET last_seen = now() - interval '2 days'});
sql('SELECT mosaic.tick()');
is(sql('SELECT min(pos) FROM mosaic.tick'), 10, 'up to a limit');
is(sql(qq{SELECT reset, key IS NULL, token = mosaic.token() FROM mosaic.changes_since('$short')}), 't|t|t', 'who comes later is told to flush everything');
is(changes($now), '11|public.users|users:13', 'who is in time is not');
is(sql(q{SELECT count(*) FROM mosaic.outbox WHERE xid < (SELECT pg_snapshot_xmin(snap) FROM mosaic.tick ORDER BY pos LIMIT 1)}), 0, 'old rows are gone');

# A long backlog becomes several ticks, with nothing lost at the cuts
$now = token();
my $last = $now =~ s/.*://r;
sql('CREATE SEQUENCE ids START 1000');
$node->pgbench('--no-vacuum --client=4 --transactions=5500', 0, [qr/processed: 22000/], [qr/^$/], 'a backlog of 22,000 transactions',
	{'040_backlog' => q{INSERT INTO users VALUES (nextval('ids'))}});
is(sql('SELECT mosaic.tick() FROM generate_series(1, 5)'), join("\n", (map { $last + $_ } 1 .. 3), '', ''), 'a backlog is told in several ticks');
is(sql(qq{SELECT count(*), count(DISTINCT key) FROM mosaic.changes_since('$now')}), '22000|22000', 'and everything is in exactly one of them');
cmp_ok(sql('SELECT max(n_xacts) FROM mosaic.tick'), '<=', 10000, 'of bounded size');

# So does a page that would be long, and one transaction's changes become several rows
$now = token();
sql(q{SELECT mosaic.invalidate(array_agg('large:' || k || repeat('x', 900))) FROM generate_series(1, 9000) k});
cmp_ok(sql('SELECT count(*) FROM mosaic.outbox WHERE xid = (SELECT max(xid) FROM mosaic.outbox)'), '>', 1, 'the keys of a large transaction are several rows');
is(sql(q{SELECT reltoastrelid FROM pg_class WHERE oid = 'mosaic.outbox'::regclass}), 0, 'and none of them is in TOAST, which would take a snapshot at every commit');
sql(q{DO $$ BEGIN FOR t IN 1..70 LOOP PERFORM mosaic.invalidate(array_agg('many:' || t || ':' || k || repeat('x', 900))) FROM generate_series(1, 1000) k; COMMIT; END LOOP; END $$});
sub read_all
{
	my ($from) = @_;
	sql('DROP TABLE IF EXISTS told; CREATE TABLE told (key text)');
	for (my $pages = 0;; $pages++)
	{
		my $next = sql("WITH page AS MATERIALIZED (SELECT * FROM mosaic.changes_since('$from')), kept AS (INSERT INTO told SELECT key FROM page WHERE key IS NOT NULL)
			SELECT DISTINCT token FROM page");
		return $pages if $next eq $from;
		$from = $next;
	}
}
cmp_ok(read_all($now), '>', 1, 'more than fits into memory is several pages');
is(sql('SELECT count(*), count(DISTINCT key) FROM told'), '79000|79000', 'with everything in exactly one of them');
cmp_ok(sql('SELECT count(mosaic.tick()) FROM generate_series(1, 5)'), '>', 1, 'and several ticks');
cmp_ok(read_all($now), '>', 1, 'whose pages');
is(sql('SELECT count(*), count(DISTINCT key) FROM told'), '79000|79000', 'are as exact');

# Another extension that writes while the transaction commits, after us: it was
# loaded first.  With changes of our own before that, and without.
my $late = build_module($node, 'late_writer');
sub write_late
{
	my ($id, $before) = @_;
	$now = token();
	sql("LOAD '$late'; SELECT mosaic.token(); SET late_writer.statement = 'INSERT INTO users VALUES ($id)'; $before");
	return sql("SELECT string_agg(key, ' ' ORDER BY key) FROM mosaic.changes_since('$now')");
}
# (the SET itself commits, and so does nothing else)
is(write_late(501, ''), 'users:501', 'what is written while a transaction commits is told');
sql('SELECT mosaic.tick()');
is(write_late(502, "BEGIN; SET LOCAL late_writer.statement = ''; COMMIT"), 'users:502', 'once a transaction');
sql('SELECT mosaic.tick()');
is(write_late(503, "SET late_writer.statement = ''; BEGIN; INSERT INTO users VALUES (504); SET LOCAL late_writer.statement = 'INSERT INTO users VALUES (505)'; COMMIT"),
	'users:503 users:504 users:505', 'and so is what was changed before');

$slow->quit;
$node->stop;
done_testing();
