# What listeners get from the ticker, in each form, and that writers do not
# pay for it.
use strict;
use warnings;
use utf8;
use Encode;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use JSON::PP;
use MosaicInvalidation;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time sleep);

my $node = start_node('delivery');
sub sql { return $node->safe_psql('postgres', $_[0]) }
sub has { my ($want) = @_; return sub { keys_of(@_) eq $want } }

sql(q{
	CREATE TABLE users (id bigint PRIMARY KEY, email text, name text, org_id int, seen timestamptz);
	CREATE TABLE prices (id int PRIMARY KEY, amount numeric);
	SELECT mosaic.watch('users', ARRAY['user:{id}', 'org:{org_id}:users']);
	SELECT mosaic.watch('prices')});
my $listener = listen_on($node);

# Keys
sql('INSERT INTO users (id, org_id) VALUES (1, 5), (2, 5)');
my @heard = collect_until($listener, has('org:5:users user:1 user:2'));
is(keys_of(@heard), 'org:5:users user:1 user:2', 'a transaction\'s keys are heard, each once');
is(scalar @heard, 1, 'in one notification');
is($heard[0]{pid}, ticker_pid($node), 'sent by the ticker, whom invalidation_status() names');
is(sql('SELECT ticker_pid FROM mosaic.invalidation_status()'), $heard[0]{pid}, 'indeed');
my $json = $heard[0]{json};
is_deeply([sort keys %$json], [qw(c e lsn of part pos prev v xmax)], 'a notification has its documented members');
is("$json->{e}:$json->{pos}", sql('SELECT mosaic.token()'), '"e" and "pos" are a token');
is($json->{prev}, 0, 'nothing before');
is(sql("SELECT pg_current_wal_flush_lsn() >= '$json->{lsn}'"), 't', '"lsn" is in the WAL');
is_deeply($json->{c}[0]{r}, 'public.users', '"r" names the table');

sql('INSERT INTO prices VALUES (1, 1); TRUNCATE users');
@heard = collect_until($listener, sub { all_of(@_) eq 'public.users:truncate' && keys_of(@_) eq 'prices:1' });
is(all_of(@heard), 'public.users:truncate', 'TRUNCATE reports the table');
is($heard[0]{json}{prev}, $json->{pos}, '"prev" is the position before');
my $last = $heard[-1]{json};

sql('BEGIN; INSERT INTO prices VALUES (2, 1); ROLLBACK');
is(scalar collect_for($listener, 1), 0, 'what is rolled back is not heard');

# SERIALIZABLE: one of two fails at commit, and is not heard
sql('INSERT INTO prices VALUES (11, 1), (12, 1)');
collect_until($listener, has('prices:11 prices:12'));
my @writers = map { $node->background_psql('postgres', on_error_stop => 0) } 1, 2;
$_->query('BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT sum(amount) FROM prices') for @writers;
$writers[0]->query('UPDATE prices SET amount = 2 WHERE id = 11');
$writers[1]->query('UPDATE prices SET amount = 2 WHERE id = 12');
$_->query('COMMIT') for @writers;
@heard = collect_until($listener, has('prices:11'));
is(keys_of(@heard, collect_for($listener, 0.5)), 'prices:11', 'of two serializable transactions only the survivor is heard');
$_->quit for @writers;

# Prepared
sql(q{BEGIN; INSERT INTO prices VALUES (20, 1); PREPARE TRANSACTION 'p'});
is(scalar collect_for($listener, 1), 0, 'a prepared transaction is not heard');
sql(q{COMMIT PREPARED 'p'});
is(keys_of(collect_until($listener, has('prices:20'))), 'prices:20', 'until it commits');

# Any text, in pure ASCII, for a listener of any encoding
sql(q{CREATE TABLE texts (k text PRIMARY KEY); SELECT mosaic.watch('texts', ARRAY['{k}'], channel => 'texts')});
my $texts = listen_on($node, 'texts');
my $latin1 = listen_on($node, 'texts', encoding => 'LATIN1');
my $odd = "quote \" back \\ colon : {} ' euro € 漢字 emoji 😀 sep \x{2028} line\nend {}.";
sql(encode('UTF-8', "INSERT INTO texts VALUES (\$k\$$odd\$k\$)"));
@heard = collect_until($texts, sub { @_ > 0 });
is($heard[0]{json}{c}[0]{k}[0], $odd, 'a key of odd characters is intact');
unlike($heard[0]{payload}, qr/[^\x20-\x7e]/, 'and its notification pure ASCII');
@heard = collect_until($latin1, sub { @_ > 0 });
is($heard[0]{json}{c}[0]{k}[0], $odd, 'for a LATIN1 listener, too, which survives');
is($latin1->query('SELECT 2'), '2', 'indeed');
$latin1->quit;

# Many keys: several parts; very many: fetch the rest
sql('INSERT INTO users (id) SELECT generate_series(1, 5000)');
my $size = 0;
@heard = collect_until($listener, sub { scalar(split / /, keys_of(@_)) == 5000 });
is(scalar(split / /, keys_of(@heard)), 5000, '5,000 keys are heard');
is(join(',', map { $_->{json}{part} } @heard), join(',', 1 .. @heard), 'in parts');
is_deeply([map { $_->{json}{of} } @heard], [(scalar @heard) x @heard], 'that say how many there are');
cmp_ok(length $_->{payload}, '<=', 7999, 'none is too long') for @heard[0, -1];
my $token = sql('SELECT mosaic.token()');
sql('UPDATE users SET id = id + 1000000 WHERE id <= 4900');
@heard = collect_until($listener, sub { @_ > 0 });
is($heard[0]{json}{more}, JSON::PP::true, 'more than fits into mosaic.max_payloads says "more"');
is(sql("SELECT count(DISTINCT key) FROM mosaic.changes_since('$token')"), 9800, 'and can be asked for');
sql('INSERT INTO users (id) SELECT generate_series(20000001, 20010001)');
@heard = collect_until($listener, sub { all_of(@_) });
is(all_of(@heard), 'public.users:overflow', 'more than 10,000 keys are the table');

# Rows, as the classic trigger sends them
sql(q{
	CREATE TABLE classic (id int PRIMARY KEY, name text);
	SELECT mosaic.watch('classic', payload => 'row', channel => 'classic')});
my $classic = listen_on($node, 'classic');
sql('INSERT INTO classic VALUES (123); UPDATE classic SET name = $$x$$; DELETE FROM classic');
my @payloads = map { $_->{payload} } collect_until($classic, sub { @_ && $_[-1]{payload} =~ /DELETE/ });
is($payloads[-1], '{"table": "classic", "id": 123, "operation": "DELETE"}', 'a row, a notification');
sql('BEGIN; INSERT INTO classic VALUES (1); UPDATE classic SET name = $$x$$; COMMIT');
is_deeply([map { $_->{payload} } collect_until($classic, sub { @_ > 0 })], ['{"table": "classic", "id": 1, "operation": "UPDATE"}'], 'with the last operation on it');
sql('TRUNCATE classic');
is((collect_until($classic, sub { @_ > 0 }))[0]{payload}, '{"table": "classic", "id": null, "operation": "TRUNCATE"}', 'a table as a whole has id null');

# Hashed, and doorbell
sql(q{
	CREATE TABLE secret (id int PRIMARY KEY);
	SELECT mosaic.watch('secret', ARRAY['patient:{id}'], payload => 'hashed', channel => 'secret');
	SELECT mosaic.watch('secret', ARRAY['patient:{id}'], payload => 'doorbell', channel => 'bell')});
my ($secret, $bell) = (listen_on($node, 'secret'), listen_on($node, 'bell'));
sql('INSERT INTO secret VALUES (4711)');
@heard = collect_until($secret, sub { @_ > 0 });
unlike($heard[0]{payload}, qr/patient|4711"/, 'a hashed notification shows no key');
my $key = sql('SELECT hash_secret FROM mosaic.invalidation_state');
my $expected = do { require Digest::SHA; substr(Digest::SHA::hmac_sha256_hex('patient:4711', $key), 0, 32) };
is($heard[0]{json}{c}[0]{k}[0], $expected, 'but its HMAC');
@heard = collect_until($bell, sub { @_ > 0 });
is_deeply([sort keys %{ $heard[0]{json} }], [qw(e lsn pos prev v xmax)], 'a doorbell says where, not what');

# Beside keys on one channel the doorbell comes first, so that who asks misses nothing
sql(q{
	CREATE TABLE mixed (id int PRIMARY KEY);
	SELECT mosaic.watch('mixed', ARRAY['told:{id}'], channel => 'mixed');
	SELECT mosaic.watch('mixed', ARRAY['rung:{id}'], payload => 'doorbell', channel => 'mixed')});
my $mixed = listen_on($node, 'mixed');
sql('INSERT INTO mixed VALUES (1)');
@heard = collect_until($mixed, sub { @_ > 1 });
is_deeply([map { exists $_->{json}{c} ? keys_of($_) : 'bell' } @heard], ['bell', 'told:1'], 'a doorbell and keys on one channel');
is($heard[0]{json}{pos}, $heard[1]{json}{pos}, 'of one position');
$mixed->quit;

# Direct: with the commit, and once
sql(q{
	CREATE TABLE direct (id int PRIMARY KEY);
	SELECT mosaic.watch('direct', channel => 'direct', mode => 'direct')});
my $direct = listen_on($node, 'direct');
sql('INSERT INTO direct VALUES (1), (2)');
@heard = collect_until($direct, sub { @_ > 0 });
is(keys_of(@heard), 'direct:1 direct:2', 'a direct notification');
is_deeply([sort keys %{ $heard[0]{json} }], [qw(c e of part v xid)], 'has no position');
is(sql(q{SELECT count(*) FROM mosaic.changes_since('} . sql('SELECT mosaic.token()') . q{', 'direct') WHERE key IS NOT NULL}), 0, 'and cannot be asked for');
sql(q{SET mosaic.invalidation_mode = outbox; INSERT INTO direct VALUES (3)});
is((collect_until($direct, sub { @_ > 0 }))[0]{json}{pos} > 0, 1, 'unless the setting says otherwise');

# Coalescing over transactions: one row again and again
sql('INSERT INTO prices VALUES (99, 0)');
collect_until($listener, has('prices:99'));
my $ticks = sql('SELECT pos FROM mosaic.invalidation_status()');
my $start = time;
$node->pgbench('--no-vacuum --client=4 --transactions=500', 0, [qr/processed: 2000/], [qr/^$/], 'one row is updated 2,000 times',
	{'041_one_row' => 'UPDATE prices SET amount = amount + 1 WHERE id = 99'});
my $seconds = time - $start;
tick_until_quiet($node);
$ticks = sql('SELECT pos FROM mosaic.invalidation_status()') - $ticks;
cmp_ok($ticks, '<=', $seconds / 0.010 + 10, 'and heard at most every 10 ms');

# Writers with a short lock_timeout do not fail for it, and wait for no lock of NOTIFY's
$node->append_conf('postgresql.conf', qq{log_lock_waits = on\ndeadlock_timeout = 10ms});
$node->reload;
# (they write nothing but what is to be told, lest the extension of a table of theirs makes them wait)
my $offset = -s $node->logfile;
$node->pgbench('--no-vacuum --client=16 --transactions=300', 0, [qr/processed: 4800\/4800/], [qr/^$/], 'writers with a lock_timeout of 1 ms do not fail',
	{'041_timeouts' => q{SET lock_timeout = '1ms'; SELECT mosaic.invalidate(ARRAY['own:' || :client_id]);}});
my $log = slurp_file($node->logfile, $offset);
unlike($log, qr/waiting for AccessExclusiveLock on object 0 of class 1262/, 'and nobody waits for the lock of NOTIFY');

# A session that is gone from the pooler's connection
is(sql('SELECT mosaic.selftest()') =~ /^not listening/, 1, 'selftest() in another session than LISTEN\'s says so');
like($listener->query('SELECT mosaic.selftest()'), qr/^ok$/m, 'in the same it is well');

# Settings
like(($node->psql('postgres', 'SET mosaic.payload_max = 5'))[2], qr/cannot be changed now|outside the valid range/, 'payload_max is not a session\'s');
sql(q{ALTER SYSTEM SET mosaic.payload_max = 9000});
sql('SELECT pg_reload_conf()');
is(sql('SELECT current_setting(\'mosaic.payload_max\')'), '9000B', 'a larger payload_max than the server\'s is taken');
collect_for($listener, 0.2);
sql(q{SELECT mosaic.invalidate(array_agg('k:' || i || repeat('x', 900))) FROM generate_series(1, 20) i});
@heard = collect_until($listener, sub { scalar(split / /, keys_of(@_)) == 20 });
cmp_ok(length $_->{payload}, '<=', 7999, 'and bounded by it') for @heard;

$_->quit for $listener, $texts, $classic, $secret, $bell, $direct;
$node->stop;
done_testing();
