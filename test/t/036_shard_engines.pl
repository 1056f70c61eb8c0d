# What the extension writes for other engines is carried out: slots move from
# one server to another by logical replication while somebody writes, PL/Proxy
# routes as the map says, PgBouncer has a database for each shard.  The last two
# are skipped where they are not installed.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use IPC::Run;
use MosaicShard;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my %server = start_shards();

# Rows where the map wants them.
my %node_of = (0 => 'east', 1 => 'west', 2 => 'east');
for my $line (split /\n/, front(q{SELECT shard_id, array_to_string(keys, ',') FROM mosaic.shard_split('accounts', ARRAY(SELECT generate_series(1::bigint, 2000)))}))
{
	my ($shard, $keys) = split /\|/, $line;
	$server{ $node_of{$shard} }->safe_psql('app', "INSERT INTO accounts SELECT id, 100 FROM unnest('{$keys}'::bigint[]) id");
}
sub keys_on { my ($name) = @_; return $server{$name}->safe_psql('app', q{SELECT count(*) || ' ' || sum(balance) FROM accounts}) }
sub keys_by_map { my ($name) = @_; return front(qq{SELECT count(*) FROM generate_series(1, 2000) n WHERE (mosaic.shard_location('accounts', n)).node_name = '$name'}) }

# A move, step by step.
my $slots = '{[0,2),[4,5)}';
my @steps = plan_move($slots, 1);
is(scalar @steps, 14, 'a plan of fourteen steps');
my ($moving, $staying) = map { front("SELECT min(n) FROM generate_series(1, 2000) n WHERE mosaic.shard_for('accounts', n) = 0 AND (mosaic.shard_slot_for('accounts', n) <@ '$slots'::int4multirange) = $_") } qw(true false);

sub take { my ($number) = @_; return take_step($number, @steps) }

take($_) for 1 .. 3;
$server{east}->safe_psql('app', "UPDATE accounts SET balance = balance + 7 WHERE id IN ($moving, $staying); DELETE FROM accounts WHERE id IN (SELECT id FROM accounts WHERE id <> $moving AND " . front("SELECT mosaic.shard_slot_condition('accounts', '{[4,5)}', 'id')") . ' ORDER BY id LIMIT 1)');

# A writer that was there before the fence is waited for, and what it wrote comes along.
my $writer = $server{east}->background_psql('app', on_error_stop => 1);
$writer->query_safe("BEGIN; UPDATE accounts SET balance = balance + 1000 WHERE id = $moving;");
take($_) for 4 .. 5;
my ($code, undef, $stderr) = $server{east}->psql('app', "SET lock_timeout = '50ms'; $steps[5]{command}");
like($stderr, qr/lock timeout/, 'the fence waits for writers');
my $late = $server{west}->background_psql('app', on_error_stop => 1);
$late->query_safe('BEGIN; LOCK TABLE accounts IN SHARE MODE;');
$writer->query_safe('COMMIT');
$writer->quit;
take($_) for 6 .. 8;
is($server{east}->safe_psql('app', $steps[8]{command}), 'f', 'the map waits for what the other server has not applied yet');
$late->query_safe('COMMIT');
$late->quit;
for my $write ("UPDATE accounts SET balance = 0 WHERE id = $moving", "DELETE FROM accounts WHERE id = $moving", "INSERT INTO accounts VALUES ($moving, 0)", "UPDATE accounts SET id = $moving WHERE id = $staying")
{
	($code, undef, $stderr) = $server{east}->psql('app', "\\set VERBOSITY sqlstate\n$write");
	like($stderr, qr/40001/, "fenced: $write");
}
$server{east}->safe_psql('app', "UPDATE accounts SET balance = balance + 1 WHERE id = $staying");
($code, undef, $stderr) = $server{east}->psql('front', "\\set VERBOSITY sqlstate\nSELECT mosaic.shard_check('accounts', $moving, 1000)");
like($stderr, qr/40001/, 'and who asks the map is told, too');
take($_) for 9 .. 10;
is(front("SELECT mosaic.shard_for('accounts', $moving)"), '1', 'the map has it there');
take($_) for 11 .. 14;
is($server{west}->safe_psql('app', "SELECT balance FROM accounts WHERE id = $moving"), '1107', 'with all that was written');
is($server{east}->safe_psql('app', "SELECT balance FROM accounts WHERE id = $staying"), '108', 'others stay');
is(join(' ', map { (split / /, keys_on($_))[0] } qw(east west)), join(' ', keys_by_map('east'), keys_by_map('west') - 1), 'each row is where the map says, but for the one deleted meanwhile');
for my $name (qw(east west))
{
	is($server{$name}->safe_psql('app', q{SELECT (SELECT count(*) FROM pg_publication) + (SELECT count(*) FROM pg_subscription) + (SELECT count(*) FROM pg_replication_slots) + (SELECT count(*) FROM pg_proc WHERE proname ~ 'mosaic') + (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal)}),
		'0', "nothing is left of it on $name");
}

# PL/Proxy: three shards, which is no power of two.
SKIP:
{
	skip 'no PL/Proxy', 3 unless front(q{SELECT count(*) FROM pg_available_extensions WHERE name = 'plproxy'});
	front('CREATE EXTENSION plproxy');
	front(front(q{SELECT mosaic.shard_plproxy_ddl('accounts')}));
	front('CREATE USER MAPPING FOR PUBLIC SERVER accounts');
	$server{$_}->safe_psql('app', q{CREATE FUNCTION balance(key bigint) RETURNS bigint LANGUAGE sql AS 'SELECT balance FROM accounts WHERE id = key'}) for sort keys %server;
	front(q{CREATE FUNCTION balance(key bigint) RETURNS bigint LANGUAGE plproxy AS $$CLUSTER 'accounts'; RUN ON mosaic.shard_for('accounts', key);$$});
	is(front('SELECT count(*), count(balance(n)) FROM generate_series(1, 2000) n'), '2000|1999', 'PL/Proxy finds each row');
	front(q{SELECT mosaic.shard_assign_slots('accounts', 0, '{[0,1)}')});
	is(front(q{SELECT count(*) FROM generate_series(1, 2000) n WHERE balance(n) IS NULL AND mosaic.shard_slot_for('accounts', n) <> 0}), '1', 'and follows slots at once');
	front(q{SELECT mosaic.shard_assign_slots('accounts', 1, '{[0,1)}')});
	is(front(q{SELECT mosaic.shard_plproxy_ddl('accounts')}), '', 'without a change of the cluster');
}

# PgBouncer, as a user that it trusts.
SKIP:
{
	local $ENV{PATH} = "$ENV{PATH}:/usr/sbin";
	skip 'no PgBouncer', 3 unless grep { -x "$_/pgbouncer" } split /:/, $ENV{PATH};
	my $work = PostgreSQL::Test::Utils::tempdir_short();
	my ($user) = getpwuid $<;
	$server{west}->safe_psql('postgres', q{CREATE DATABASE "it's"});
	front(sprintf q{SELECT mosaic.shard_node_add('odd', '%s', %d, 'it''s'), mosaic.shard_map_create('Odd-1', shards => 1), mosaic.shard_place('Odd-1', 0, 'odd')}, $server{west}->host, $server{west}->port);
	append_to_file("$work/users", qq{"$user" ""\n});
	append_to_file("$work/pgbouncer.ini", join "\n", '[databases]', front(q{SELECT mosaic.shard_pgbouncer_ini('accounts') UNION ALL SELECT mosaic.shard_pgbouncer_ini('Odd-1', '.fdw', 'session')}),
		'[pgbouncer]', "unix_socket_dir = $work", 'listen_port = 6432', 'auth_type = trust', "auth_file = $work/users", 'ignore_startup_parameters = extra_float_digits,options', '');
	my $log = '';
	my $pooler = IPC::Run::start([ 'pgbouncer', "$work/pgbouncer.ini" ], '>&', \$log);
	for (1 .. 1800) { last if -S "$work/.s.PGSQL.6432"; $pooler->pump_nb; usleep(100_000) }
	for my $expected ([ 'accounts_shard0', 'app|' . $server{east}->port ], [ 'accounts_shard1', 'app|' . $server{west}->port ], [ 'Odd-1_shard0.fdw', "it's|" . $server{west}->port ])
	{
		my ($out, $err) = ('', '');
		IPC::Run::run([ 'psql', '-XAtq', '-h', $work, '-p', 6432, '-U', $user, '-d', $expected->[0], '-c', q{SELECT current_database(), current_setting('port')} ], '>', \$out, '2>', \$err);
		chomp $out;
		is($out, $expected->[1], "PgBouncer has $expected->[0]") or diag("$err$log");
	}
	$pooler->kill_kill;
}

$_->stop for values %server;
done_testing();
