# Databases that go, move and are copied while a ticker is in them; dumps;
# encodings.
use strict;
use warnings;
use utf8;
use Encode;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicInvalidation;
use PostgreSQL::Test::Utils;
use Test::More;

# (each database with watches takes a worker slot)
my $node = start_node('databases', max_worker_processes => 20);
sub sql { return $node->safe_psql($_[1] // 'postgres', $_[0]) }

sub database_with_ticker
{
	my ($name, $options) = @_;
	sql("CREATE DATABASE $name " . ($options // ''));
	sql(q{
		CREATE EXTENSION pg_mosaic;
		CREATE TABLE users (id bigint PRIMARY KEY, name text);
		SELECT mosaic.watch('users');
		INSERT INTO users VALUES (1)}, $name);
	return ticker_pid($node, $name);
}

# It stands aside.  (While it does not, the server refuses: the database is
# being accessed by other users.)
sub works
{
	my ($statement, $what) = @_;
	my ($status, undef, $error) = $node->psql('postgres', $statement);
	is("$status $error", '0 ', $what);
	return;
}
database_with_ticker('one');
works('CREATE DATABASE copy TEMPLATE one', 'a database with a ticker can be copied');
ok(ticker_pid($node, 'one'), 'and has one afterwards');
works('ALTER DATABASE one RENAME TO uno', 'be renamed');
ok(ticker_pid($node, 'uno'), 'and has one afterwards');
sql(qq{SET allow_in_place_tablespaces = on; CREATE TABLESPACE space LOCATION ''});
works('ALTER DATABASE uno SET TABLESPACE space', 'be moved');
ok(ticker_pid($node, 'uno'), 'and has one afterwards');
works('DROP DATABASE uno', 'be dropped');

# A copy has a history of its own
my $token = sql('SELECT mosaic.token()', 'copy');
sql('INSERT INTO users VALUES (2)', 'copy');
ticker_pid($node, 'copy');
tick_until_quiet($node, 'copy');
is(sql("SELECT string_agg(key, ' ') FROM mosaic.changes_since('$token')", 'copy'), 'users:2', 'a copy\'s tokens are good in the copy');
my ($of_original) = $token =~ s/-\d+\//-1\//r;
is(sql("SELECT reset FROM mosaic.changes_since('$of_original')", 'copy'), 't', 'those of the original are not');

# DROP EXTENSION with a ticker, and with changes pending elsewhere
my $ticker = database_with_ticker('two');
my $session = $node->background_psql('two', on_error_stop => 0);
$session->query_safe(q{BEGIN; SELECT mosaic.invalidate(ARRAY['k'])});
$node->safe_psql('two', 'DROP EXTENSION pg_mosaic');
is(sql('SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal', 'two'), 0, 'DROP EXTENSION takes the triggers along');
$session->query('COMMIT');
is($session->query("INSERT INTO users VALUES (3) RETURNING id"), '3', 'a session with changes pending goes on');
like($session->{stderr}, qr/WARNING:  changes for caches are lost/, 'with a warning');
ok($node->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = $ticker"), 'the ticker leaves');
sql(q{CREATE EXTENSION pg_mosaic; SELECT mosaic.watch('users'); INSERT INTO users VALUES (4)}, 'two');
ticker_pid($node, 'two');
pass('and comes when the extension does');

# What a session knows of the former outbox
$session->{stderr} = '';
$session->query_safe('INSERT INTO users VALUES (5)');
sql(q{DROP EXTENSION pg_mosaic; CREATE EXTENSION pg_mosaic; SELECT mosaic.watch('users')}, 'two');
my $at = sql('SELECT mosaic.token()', 'two');
$session->query_safe('INSERT INTO users VALUES (6)');
$session->quit;
is(sql("SELECT string_agg(key, ' ') FROM mosaic.changes_since('$at')", 'two'), 'users:6', 'a session that wrote to the outbox of a former CREATE EXTENSION writes to the present one');

# In a session that was there before the extension, from within a subtransaction that fails
sql('CREATE DATABASE three');
sql('CREATE TABLE t (id int PRIMARY KEY)', 'three');
$session = $node->background_psql('three', on_error_stop => 0);
$session->query_safe('SELECT 1');
sql(q{CREATE EXTENSION pg_mosaic; SELECT mosaic.watch('t')}, 'three');
$session->query_safe('BEGIN; INSERT INTO t VALUES (1); SAVEPOINT a; INSERT INTO t VALUES (2); ROLLBACK TO a');
is($session->query_safe('SELECT string_agg(key, \' \') FROM mosaic.pending()'), 't:1', 'a session that was there before the extension collects');
$session->query_safe('COMMIT');
$session->query_safe('BEGIN; SAVEPOINT a; INSERT INTO t VALUES (3); ROLLBACK TO a; INSERT INTO t VALUES (4); COMMIT');
$session->quit;

# Nothing to watch any more: the ticker leaves when all has been told and forgotten
sql(q{DROP TABLE t; DELETE FROM mosaic.outbox}, 'three');
ok($node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'pg_mosaic ticker' AND datname = 'three'}), 'a ticker that nobody needs leaves');

# Dump and restore
sql(q{
	CREATE TABLE events (day date, id int, PRIMARY KEY (day, id)) PARTITION BY RANGE (day);
	CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
	SELECT mosaic.watch('events', always => true);
	SELECT mosaic.watch('users', ARRAY['u:{id}'], "when" => '{row}.id > 0', channel => 'cond')}, 'two');
my $file = $node->basedir . '/two.sql';
$node->command_ok(['pg_dump', '--file', $file, '--dbname', $node->connstr('two')], 'a database with watches is dumped');
sql('CREATE DATABASE restored');
$node->command_ok(['psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '--file', $file, '--dbname', $node->connstr('restored')], 'and restored');
is(sql('SELECT rel, keys, "when" FROM mosaic.watch ORDER BY watch_id', 'restored'), sql('SELECT rel, keys, "when" FROM mosaic.watch ORDER BY watch_id', 'two'), 'with its watches');
is(sql('SELECT * FROM mosaic.check_watches()', 'restored'), '', 'which are whole');
is(sql('SELECT count(*), max(pos) FROM mosaic.tick', 'restored'), '1|0', 'and a new history');
is(sql("SELECT reset FROM mosaic.changes_since('" . sql('SELECT mosaic.token()', 'two') . "')", 'restored'), 't', 'where old tokens are told to flush');
$token = sql('SELECT mosaic.token()', 'restored');
sql(q{INSERT INTO events VALUES ('2026-05-01', 7); UPDATE users SET name = 'x' WHERE id = 4}, 'restored');
is(sql("SELECT string_agg(key, ' ' ORDER BY key) FROM mosaic.changes_since('$token')", 'restored'), 'events:2026-05-01:7 u:4 users:4', 'and changes are collected');
is(sql(q{SELECT mosaic.watch('events', channel => 'more') > max(watch_id) FROM mosaic.watch}, 'restored'), 't', 'watch numbers go on');
like(($node->psql('restored', 'ALTER TABLE events DROP COLUMN id'))[2], qr/cannot drop column "id" of table public\.events because other objects depend on it/, 'key columns are held as before');

# Encodings
sub heard_in
{
	my ($name, $options, $key) = @_;
	sql("CREATE DATABASE $name TEMPLATE template0 LOCALE 'C' $options");
	sql(q{CREATE EXTENSION pg_mosaic; CREATE TABLE texts (k text PRIMARY KEY);
		SELECT mosaic.watch('texts', ARRAY['{k}', '{k|url}'])}, $name);
	my $listener = listen_on($node, undef, database => $name);
	my $at = sql('SELECT mosaic.token()', $name);
	sql("INSERT INTO texts VALUES ($key)", $name);
	my @heard = collect_until($listener, sub { @_ > 0 });
	unlike($heard[0]{payload}, qr/[^\x20-\x7e]/, "$name: ASCII only");
	is(sql("SELECT count(*) FROM mosaic.changes_since('$at') JOIN texts ON k = key", $name), 1, "$name: changes_since() says it in the database's encoding");
	$listener->quit;
	return $heard[0]{json};
}
my $json = heard_in('latin', "ENCODING 'LATIN1'", q{convert_from('\xe9fc', 'LATIN1')});
is_deeply($json->{c}[0]{k}, ["\xe9\xfc", '%C3%A9%C3%BC'], 'LATIN1: keys are Unicode, URLs UTF-8');
$json = heard_in('euc', "ENCODING 'EUC_JP'", q{convert_from('\xb4c1', 'EUC_JP')});
is_deeply($json->{c}[0]{k}, ['漢', '%E6%BC%A2'], 'EUC_JP: the same');
$json = heard_in('ascii', "ENCODING 'SQL_ASCII'", q{convert_from('\xe282ac', 'SQL_ASCII')});
is_deeply([$json->{raw} ? 1 : 0, $json->{c}[0]{k}], [1, ["\xe2\x82\xac", '%E2%82%AC']], 'SQL_ASCII: bytes as they are, and it says so');

$node->stop;
done_testing();
