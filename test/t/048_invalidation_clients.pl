# The listeners in examples/ keep a real Redis clean: keys, rows, tables, more
# than fits into notifications, a listener that was away, a token of another
# history.  And a pooler, through which one polls but does not listen.
# Programs that are not installed are skipped, and the test says so.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use IPC::Run;
use MosaicInvalidation;
use PostgreSQL::Test::Utils;
use Test::More;

my $examples = "$FindBin::RealBin/../../examples";
my $work = PostgreSQL::Test::Utils::tempdir_short;

sub installed { my ($program) = @_; return grep { -x "$_/$program" } split(/:/, $ENV{PATH}), '/usr/sbin' }

# Each way to start a listener, or why there is none.
sub python
{
	return 'no psycopg2' if system(q{python3 -c 'import psycopg2' 2>/dev/null});
	return ['python3', '-B', "$examples/python/cache_listener.py"];
}

sub node
{
	return 'no node' unless installed('node');
	return 'no package pg for node' if system(q{node -e 'require("pg")' 2>/dev/null});
	return ['node', "$examples/javascript/cache_listener.cjs"];
}

sub go
{
	my $sources = '/usr/share/gocode';
	return 'no go' unless installed('go');
	return "no github.com/lib/pq in $sources" unless -d "$sources/src/github.com/lib/pq";
	local @ENV{qw(GO111MODULE GOPATH GOCACHE GOFLAGS)} = ('off', $sources, "$work/gocache", '');
	is(system("cd $examples/go/listener && go build -o $work/listener ."), 0, 'the Go listener builds');
	return ["$work/listener"];
}

my $node = start_node('clients', 'mosaic.max_payloads' => 2);
local $ENV{PGHOST} = $node->host;
local $ENV{PGPORT} = $node->port;
local $ENV{PGDATABASE} = 'postgres';
local $ENV{PGUSER} = getpwuid $<; # what libpq would take; other drivers ask the environment
sub sql { return $node->safe_psql('postgres', $_[0]) }

sql(q{
	CREATE TABLE users (id bigint PRIMARY KEY, n int);
	CREATE TABLE classic (id bigint PRIMARY KEY, n int);
	CREATE TABLE pairs (a int, b text, PRIMARY KEY (a, b));
	SELECT mosaic.watch('users'), mosaic.watch('classic', payload => 'row'), mosaic.watch('pairs', payload => 'row')});

sub redis { my (@words) = @_; my ($out, $err) = run_command(['redis-cli', '-s', "$work/redis", @words]); return $out }
sub remember { redis('SET', $_, 'x') for @_; return }
sub remembered { return join ' ', sort split /\n/, redis('KEYS', '*') }

sub becomes
{
	my ($expected, $what) = @_;
	try_until(sub { remembered() eq $expected });
	return is(remembered(), $expected, $what);
}

sub start_listener
{
	my ($command, $token) = @_;
	my %listener = (out => '', err => '');
	$listener{run} = IPC::Run::start([@$command, $command->[0] =~ /listener$/ ? '-redis' : '--redis', "$work/redis", $command->[0] =~ /listener$/ ? '-token' : '--token', $token],
		'>', \$listener{out}, '2>', \$listener{err});
	try_until(sub { $listener{run}->pump_nb; $listener{out} =~ /listening/ || !$listener{run}->pumpable }) && $listener{out} =~ /listening/
		or die "the listener did not start: $listener{err}";
	return \%listener;
}

sub end_listener { my ($listener) = @_; $listener->{run}->kill_kill; return }

sub check_listener
{
	my ($name, $command) = @_;
	my $token = "$work/token.$name";
	sql('TRUNCATE users, classic, pairs');
	sql('INSERT INTO users SELECT i, 0 FROM generate_series(1, 200) i; INSERT INTO classic VALUES (9007199254740993, 0), (2, 0); INSERT INTO pairs VALUES (1, $$x:y$$)');
	tick_until_quiet($node);

	redis('FLUSHALL');
	remember('left over');
	my $listener = start_listener($command, $token);
	becomes('', "$name: who has kept no token begins with an empty cache");

	remember('users:1', 'users:2', 'lease:users:1', 'other');
	sql('UPDATE users SET n = 1 WHERE id = 1');
	becomes('other users:2', "$name: a changed row is forgotten, with its lease");
	sql('DELETE FROM users WHERE id = 2');
	becomes('other', "$name: a deleted one, too");
	remember('classic:9007199254740993', 'classic:2', 'pairs:1:x:y');
	sql('UPDATE classic SET n = 1 WHERE id > 2; DELETE FROM pairs');
	becomes('classic:2 other', "$name: rows as the classic trigger sends them");
	remember('users:5', 'users:6');
	sql('TRUNCATE users; TRUNCATE classic');
	becomes('other', "$name: a table as a whole, and no other");

	remember(map { "users:$_" } 1, 2500, 5000);
	sql('INSERT INTO users SELECT i, 0 FROM generate_series(1, 5000) i');
	becomes('other', "$name: more keys than are notified");

	# Away
	end_listener($listener);
	remember(map { "users:$_" } 1, 50, 100, 101);
	sql("UPDATE users SET n = n + 1 WHERE id = $_") for 1 .. 100;
	is(remembered(), 'other users:1 users:100 users:101 users:50', "$name: nobody forgets while it is away");
	$listener = start_listener($command, $token);
	becomes('other users:101', "$name: when it is back it forgets exactly what it has missed");

	# Its connection ends: it goes on, or ends and is started again
	remember('users:7');
	sql(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query LIKE '%changes_since%' AND pid <> pg_backend_pid()});
	sql('UPDATE users SET n = n + 1 WHERE id = 7');
	try_until(sub { $listener->{run}->pump_nb; !$listener->{run}->pumpable || remembered() eq 'other users:101' });
	$listener = start_listener($command, $token) unless $listener->{run}->pumpable;
	becomes('other users:101', "$name: a connection that was lost loses nothing");
	end_listener($listener);

	# Another history
	unlink $token;
	append_to_file($token, 'deadbeef-1/1:3');
	$listener = start_listener($command, $token);
	becomes('', "$name: a token of another history empties the cache");
	remember('users:8');
	sql('UPDATE users SET n = n + 1 WHERE id = 8');
	becomes('', "$name: and leads on");
	end_listener($listener);
	return;
}

SKIP:
{
	skip 'no redis-server', 1 unless installed('redis-server');
	my $server = IPC::Run::start(['redis-server', '--port', 0, '--unixsocket', "$work/redis", '--save', '', '--dir', $work], '>', '/dev/null', '2>', '/dev/null');
	try_until(sub { -S "$work/redis" }) or die 'redis-server did not start';
	for (['python', \&python], ['node', \&node], ['go', \&go])
	{
		my ($name, $find) = @$_;
		my $command = $find->();
	  SKIP:
		{
			skip "$name: $command", 1 unless ref $command;
			check_listener($name, $command);
		}
	}
	$server->kill_kill;
}

# Behind a pooler in transaction mode
SKIP:
{
	skip 'no pgbouncer', 1 unless installed('pgbouncer');
	my ($user) = getpwuid $<;
	append_to_file("$work/users", qq{"$user" ""\n});
	append_to_file("$work/pgbouncer.ini", <<"INI");
[databases]
postgres = host=$ENV{PGHOST} port=$ENV{PGPORT} dbname=postgres
[pgbouncer]
unix_socket_dir = $work
listen_port = 6432
auth_type = trust
auth_file = $work/users
pool_mode = transaction
ignore_startup_parameters = extra_float_digits,options
INI
	local $ENV{PATH} = "$ENV{PATH}:/usr/sbin";
	my $log = '';
	my $pooler = IPC::Run::start(['pgbouncer', "$work/pgbouncer.ini"], '>&', \$log);
	try_until(sub { -S "$work/.s.PGSQL.6432" }) or die "pgbouncer did not start: $log";
	my $pooled = sub {
		my %session = (in => '', out => '', err => '');
		$session{run} = IPC::Run::start(['psql', '-XAtq', '-h', $work, '-p', 6432, '-U', $user, 'postgres'], '<', \$session{in}, '>', \$session{out}, '2>', \$session{err});
		return sub {
			my ($query) = @_;
			$session{out} = '';
			$session{in} .= "$query\n;\n\\echo done\n";
			try_until(sub { $session{run}->pump_nb; $session{out} =~ /^done$/m }) or die "no answer: $session{err}";
			# psql tells the notifications that came in between.
			return $session{out} =~ s/\n?done\n//r =~ s/\n?^Asynchronous notification .*$//mgr;
		};
	};
	my ($one, $two) = ($pooled->(), $pooled->());
	$one->('LISTEN cache_invalidation');
	$two->('BEGIN');
	$two->('SELECT 1'); # has taken the connection that listens
	like($one->('SELECT mosaic.selftest()'), qr/^not listening on "cache_invalidation".*pooler/, 'selftest() finds the pooler');
	my $token = $one->('SELECT mosaic.token()');
	$two->('COMMIT');
	sql('INSERT INTO users VALUES (1000000, 0)');
	is($two->("SELECT key FROM mosaic.changes_since('$token')"), 'users:1000000', 'polling works through it');
	$pooler->kill_kill;
}

$node->stop;
done_testing();
