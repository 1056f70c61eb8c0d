# Slots move while eight write by the map: no write is lost, none is on the wrong
# side, and all that a writer ever hears of it is 40001.
#
# Half of them ask the map before each write and try it until it succeeds.  The
# others keep what they have read of the map until they are refused, as clients
# with an exported map do, and turn to another write then: so that there are some
# with an old map when it changes.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicSession;
use MosaicShard;
use Test::More;

my %server = start_shards();
my $moving = '{[0,2),[4,5)}';

# The writers are sessions in front of the shards, and write down what came of
# each write.  Keys below 256 are there to be updated by all; others have one
# writer each, and of its million the upper half is there to be deleted.
front(q{
	CREATE EXTENSION dblink;
	CREATE VIEW server AS SELECT node, format('host=%s port=%s dbname=app', host, port) AS address FROM mosaic.shard_node;
	CREATE TABLE given AS SELECT generate_series(0, 255)::bigint AS id
		UNION ALL SELECT writer * 1000000 + 500000 + n FROM unnest('{5,6,7,8}'::bigint[]) writer, generate_series(0, 19999) n;
	SELECT dblink_exec(address, format('INSERT INTO accounts SELECT id, 100 FROM unnest(%L::bigint[]) id', (SELECT array_agg(id) FROM given WHERE (mosaic.shard_location('accounts', id)).node_name = node)))
		FROM server;
	CREATE TABLE journal (n bigserial, writer integer, op text, id bigint, node text, outcome text);
	CREATE TABLE stopped (at timestamptz);
	CREATE FUNCTION nodes_of_slots() RETURNS text[] LANGUAGE sql AS $$
		SELECT array_agg(s.node ORDER BY l.slot) FROM mosaic.shard_slot l JOIN mosaic.shard s USING (map, shard_id) WHERE map = 'accounts'
	$$;
	CREATE FUNCTION next_write(kind text, writer integer, n integer, OUT op text, OUT id bigint, OUT command text) LANGUAGE plpgsql AS $$
	BEGIN
		op := CASE kind WHEN 'mixed' THEN (ARRAY['INSERT', 'UPDATE', 'DELETE'])[1 + n % 3] ELSE kind END;
		id := CASE op WHEN 'INSERT' THEN writer * 1000000 + n WHEN 'UPDATE' THEN hashint4(n) & 255 ELSE writer * 1000000 + 500000 + n END;
		command := CASE op WHEN 'INSERT' THEN format('INSERT INTO accounts VALUES (%s, 100)', id)
			WHEN 'UPDATE' THEN format('UPDATE accounts SET balance = balance + 1 WHERE id = %s', id)
			ELSE format('DELETE FROM accounts WHERE id = %s', id) END;
	END$$;
	CREATE PROCEDURE write_by_map(writer integer, kind text, asks boolean) LANGUAGE plpgsql AS $$
	DECLARE
		nodes text[] := nodes_of_slots();
		write record;
		node text;
		outcome text;
	BEGIN
		PERFORM dblink_connect(s.node, s.address) FROM server s;
		FOR n IN 0 .. 19999 LOOP
			write := next_write(kind, writer, n);
			LOOP
				node := CASE WHEN asks THEN (mosaic.shard_location('accounts', write.id)).node_name ELSE nodes[1 + mosaic.shard_slot_for('accounts', write.id)] END;
				BEGIN
					outcome := replace(dblink_exec(node, write.command), 'INSERT 0', 'INSERT');
				EXCEPTION WHEN OTHERS THEN
					outcome := SQLSTATE;
				END;
				INSERT INTO journal (writer, op, id, node, outcome) VALUES (writer, write.op, write.id, node, outcome);
				COMMIT;
				IF EXISTS (SELECT FROM stopped) THEN RETURN; END IF;
				PERFORM pg_sleep(0.01);
				EXIT WHEN outcome <> '40001';
				nodes := nodes_of_slots();
				EXIT WHEN NOT asks;
			END LOOP;
		END LOOP;
	END$$});

my @writers;
for my $kind ('INSERT', 'UPDATE', 'DELETE', 'mixed')
{
	for my $asks ('true', 'false')
	{
		my ($session) = begin_statement($server{east}, sprintf(q{CALL write_by_map(%d, '%s', %s)}, @writers + 1, $kind, $asks), 'front');
		push @writers, $session;
	}
}

# Waits until each writer has since had what counts; without that the rest would
# only be waited for in vain.
sub each_has
{
	my ($what, $condition) = @_;
	my $since = front('SELECT coalesce(max(n), 0) FROM journal');
	ok($server{east}->poll_query_until('front', "SELECT count(DISTINCT writer) = 8 FROM journal WHERE n > $since AND $condition"), "each of eight $what") or die 'there is no going on';
	return;
}
my $in_slots = "mosaic.shard_slot_for('accounts', id) <@ '$moving'::int4multirange";
my $done = "outcome LIKE '%1'";

my @steps = plan_move($moving, 1);
each_has('writes', $done);
take_step($_, @steps) for 1 .. 2;
each_has('writes while rows are copied', $done);
take_step($_, @steps) for 3 .. 8;
each_has('is refused', "outcome = '40001'");
take_step($_, @steps) for 9 .. 10;
each_has('follows the map', "node = 'west' AND $in_slots AND $done");
take_step($_, @steps) for 11 .. 13;
each_has('writes when the old rows are gone', $done);
take_step(14, @steps);
each_has('writes when it is over', "node = 'west' AND $in_slots AND $done");
front('INSERT INTO stopped VALUES (now())');
$_->query_safe('SELECT 1'), $_->quit for @writers;

is(front(q{SELECT string_agg(DISTINCT outcome, ' ' ORDER BY outcome) FROM journal}), '40001 DELETE 1 INSERT 1 UPDATE 1', 'a write succeeds or is refused by 40001');
is(front(qq{SELECT count(*) FROM journal WHERE outcome = '40001' AND NOT $in_slots}), '0', 'other rows are not fenced');

# What is to be there by the journal, and where by the map, against what is.
is(front(q{
	WITH wanted AS (
		SELECT id, 100 + count(*) FILTER (WHERE op = 'UPDATE') AS balance, (mosaic.shard_location('accounts', id)).node_name AS node
		FROM (SELECT id, 'given' AS op FROM given UNION ALL SELECT id, op FROM journal WHERE outcome <> '40001') made
		GROUP BY id HAVING count(*) FILTER (WHERE op = 'DELETE') = 0),
	present AS (
		SELECT s.node, rows.* FROM server s, dblink(s.address, 'SELECT id, balance FROM accounts') rows (id bigint, balance bigint))
	SELECT string_agg(format('%s: wanted %s on %s, is %s on %s', coalesce(w.id, p.id), w.balance, w.node, p.balance, p.node), '; ')
	FROM wanted w FULL JOIN present p ON p.id = w.id AND p.node = w.node AND p.balance = w.balance WHERE w.id IS NULL OR p.id IS NULL}),
	'', 'each row is on the side of the map, once, with all that was written');
cmp_ok(front(q{SELECT count(*) FROM journal WHERE outcome <> '40001'}), '>', 100, 'and much was');

$_->stop for values %server;
done_testing();
