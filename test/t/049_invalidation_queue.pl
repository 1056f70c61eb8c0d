# Listeners that do not listen: one hundred that idle, and one that is stuck in
# a transaction and keeps the server's notification queue from being emptied.
# No writer fails for them, and what cannot be notified can be asked for.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicInvalidation;
use PostgreSQL::Test::Utils;
use Test::More;

# (the smallest queue that can be set, where it can be set; else 8 GB.  A page
# of the small one is over a percent of it, and may stay in use until somebody
# notifies again.)
my $small_queue = PostgreSQL::Test::Cluster->new('version')->pg_version >= 17;
my $highwater = $small_queue ? 5 : 1;
my $node = start_node('queue', max_connections => 150, 'mosaic.notify_highwater' => $highwater, $small_queue ? (max_notify_queue_pages => 64) : ());
sub sql { return $node->safe_psql('postgres', $_[0]) }

sql(q{
	CREATE TABLE users (id bigint PRIMARY KEY, n int);
	INSERT INTO users SELECT i, 0 FROM generate_series(0, 31) i;
	CREATE TABLE classic (LIKE users INCLUDING ALL);
	SELECT mosaic.watch('users'), mosaic.watch('classic', payload => 'row')});

sub write_with_many
{
	my ($name) = @_;
	return $node->pgbench('--no-vacuum --client=8 --transactions=200', 0, [qr/processed: 1600\/1600/], [qr/^$/], $name,
		{"049_$name" =~ s/\W/_/gr => 'UPDATE users SET n = n + 1 WHERE id = :client_id;'});
}

# One hundred that idle
my @idle = map { listen_on($node, 'somewhere else') } 1 .. 50;
push @idle, map { listen_on($node) } 1 .. 50;
write_with_many('one hundred idle listeners fail no writer');
tick_until_quiet($node);
my $heard = sub { keys_of(@_) =~ /users:7/ };
like(keys_of(collect_until($idle[$_], $heard)), qr/users:7/, 'those of the channel hear') for 50, 99;
is(scalar collect_for($idle[0], 0.1), 0, 'the others do not');
$_->quit for @idle;

# One that is stuck.  From 19 on it holds up only what it is to hear.
my $listener = listen_on($node);
my $stuck = listen_on($node, 'filler');
$stuck->query_safe('BEGIN; SELECT 1');
write_with_many('a listener that is stuck fails no writer');
like(keys_of(collect_until($listener, $heard)), qr/users:7/, 'and others hear');

# Above the high-water mark less is said
my $fill = ($highwater + 0.1) / 100;
my $some = $small_queue ? 1 : 1000;
sql("SELECT pg_notify('filler', rpad(i::text, 7900, 'x')) FROM generate_series(1, $some) i")
	while sql('SELECT pg_notification_queue_usage()') < $fill;
collect_for($listener, 0.2);
my $token = sql('SELECT mosaic.token()');
sql('UPDATE users SET n = -1 WHERE id IN (1, 2)');
my @payloads = collect_until($listener, sub { @_ > 0 });
is_deeply([sort keys %{ $payloads[0]{json} }], [qw(e lsn pos prev v xmax)], 'when the queue fills, only positions are sent');
is(sql("SELECT string_agg(key, ' ' ORDER BY key) FROM mosaic.changes_since('$token')"), 'users:1 users:2', 'and can be asked for');
sql('INSERT INTO classic VALUES (1), (2)');
@payloads = collect_until($listener, sub { @_ > 0 });
is($payloads[0]{payload}, '{"table": "classic", "id": null, "operation": "OVERFLOW"}', 'rows, which have no position, become the table');

# Full: whoever notifies fails, and so nobody here does
SKIP:
{
	skip 'the queue cannot be made small before PostgreSQL 17', 4 unless $small_queue;
	my $status;
	do { ($status) = $node->psql('postgres', q{SELECT pg_notify('filler', repeat('x', 7900))}) } until $status;
	$token = sql('SELECT mosaic.token()');
	my $offset = -s $node->logfile;
	write_with_many('a full queue fails no writer');
	ok(tick_until_quiet($node), 'and stops no tick');
	ok(try_until(sub { slurp_file($node->logfile, $offset) =~ /listeners are not notified because the notification queue is full/ }), 'the log says so');
	like(sql("SELECT string_agg(DISTINCT key, ' ') FROM mosaic.changes_since('$token')"), qr/users:7/, 'positions can be asked for');
}

# When the stuck one goes, all is as before
$stuck->quit;
ok(try_until(sub { sql('SELECT pg_notification_queue_usage()') < $highwater / 100 }), 'the queue is emptied when who kept it has gone');
sql('UPDATE users SET n = 0 WHERE id = 9');
like(keys_of(collect_until($listener, sub { keys_of(@_) =~ /users:9/ })), qr/users:9/, 'when the queue is empty again keys are told');

$listener->quit;
$node->stop;
done_testing();
