# Maintenance among an application's transactions: it waits for nobody for
# long, nobody waits for it for long, and there is never a deadlock.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('contention', 'mosaic.enabled' => 'off', log_lock_waits => 'on');
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_mosaic;
	CREATE TABLE customers (id integer PRIMARY KEY, orders integer NOT NULL DEFAULT 0);
	INSERT INTO customers SELECT n FROM generate_series(1, 100) n;
	CREATE TABLE orders (
		id bigint GENERATED ALWAYS AS IDENTITY,
		at timestamptz NOT NULL,
		customer_id integer NOT NULL REFERENCES customers,
		PRIMARY KEY (id, at)
	) PARTITION BY RANGE (at);
	CREATE INDEX ON orders (customer_id);
	SELECT count(*) FROM mosaic.create_parent('orders', '1 day', start_at => '2024-01-01', reference_time => '2024-01-10 12:00+00', time_zone => 'UTC')});

# As pg_dump does: ACCESS SHARE on everything, for long
my $dump = $node->background_psql('postgres');
$dump->query_safe(q{
	BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
	SELECT count(*) FROM orders;
	LOCK TABLE customers, orders IN ACCESS SHARE MODE});
is($node->safe_psql('postgres', q{
	SET mosaic.lock_budget = 0;
	SELECT string_agg(partition || ' ' || outcome, ', ') FROM mosaic.run_maintenance('orders', '2024-01-12 12:00+00')}),
	'public.orders_p20240115 done, public.orders_p20240116 done', 'behind pg_dump partitions are made at the first try');
is($node->safe_psql('postgres', q{
	SET mosaic.lock_budget = 0;
	UPDATE mosaic.partition_set SET retention = '5 days';
	SELECT action || ' ' || outcome FROM mosaic.run_maintenance('orders', '2024-01-12 12:00+00') LIMIT 1}),
	'drop deferred', 'and none is dropped');
is($node->safe_psql('postgres', q{SET statement_timeout = '5s'; INSERT INTO orders (at, customer_id) VALUES ('2024-01-10', 1) RETURNING customer_id}),
	'1', 'and a writer goes on');
$dump->query_safe('COMMIT');
$dump->quit;

# An application that updates a customer and inserts an order, over and over.
# Every one of its transactions has the lock on customers that a new
# partition's foreign key needs, and then asks for orders.
my $dir = $node->basedir;
append_to_file("$dir/order.sql", <<'SQL');
\set customer random(1, 100)
BEGIN;
UPDATE customers SET orders = orders + 1 WHERE id = :customer;
INSERT INTO orders (at, customer_id) VALUES (:at, :customer);
COMMIT;
SQL

# Runs the application, whose orders are all of one day, while the pass of each
# of the fifteen days after it is made.  Yields how many passes left something
# undone, how many clients are still there, and what pgbench says.
sub among_orders
{
	my ($date, $pass) = @_;
	my $output = '';
	my $application = IPC::Run::start(
		[ 'pgbench', '-n', '-c', 4, '-T', 300, '-D', "at='$date 06:00+00'", '-f', "$dir/order.sql", $node->connstr('postgres') . ' application_name=application' ],
		'>', \$output, '2>&1');
	$node->poll_query_until('postgres', q{SELECT count(*) = 4 FROM pg_stat_activity WHERE application_name = 'application'}) or die 'no application';
	my $failed = 0;
	for my $day (1 .. 15)
	{
		my $outcomes = $pass->($day);
		$failed++ if $outcomes ne 'done';
	}
	my $clients = $node->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE application_name = 'application'});
	$application->kill_kill;
	return ($failed, $clients, $output);
}

my $log = -s $node->logfile;
for my $action ('drop', 'detach')
{
	# Partitions made before, in the same transaction, bring the lock that a
	# detach needs on customers after the one on orders: the other way round
	# than the application.
	my $alone = $action eq 'detach' ? 'true' : 'false';
	my $rows = $node->safe_psql('postgres', 'SELECT sum(orders) FROM customers');
	my $date = $action eq 'drop' ? '2024-01-12' : '2024-01-27';
	$node->safe_psql('postgres', "UPDATE mosaic.partition_set SET retention_action = '$action', retention = '15 days', create_paused = $alone");
	my ($failed, $clients, $output) = among_orders($date, sub {
		my ($day) = @_;
		return $node->safe_psql('postgres', qq{
			SELECT string_agg(DISTINCT outcome, ',') FROM mosaic.run_maintenance('orders', timestamptz '$date 12:00+00' + interval '$day days')});
	});
	is($failed, 0, "fifteen passes ($action), each did its work");
	cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM mosaic.partition_log WHERE action = '$action' AND outcome = 'done'"), '>=', 10,
		'which was to retire partitions');
	is($clients, 4, 'and no client of the application met an error');
	unlike($output, qr/ERROR|FATAL|aborted/, 'nor complained');
	cmp_ok($node->safe_psql('postgres', 'SELECT sum(orders) FROM customers'), '>', $rows, 'while it worked');
}
my $said = slurp_file($node->logfile, $log);
unlike($said, qr/deadlock detected|detected deadlock/, 'there was no deadlock');
unlike($said, qr/still waiting for/, 'and nobody waited for a second');

$node->stop;
done_testing();
