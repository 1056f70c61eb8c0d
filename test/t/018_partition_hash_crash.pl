# A backend dies while it divides the partitions of a HASH set: what it had
# committed stays, the rest is as it was, every row is there once and found,
# and the next call finishes.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicCrash;
use MosaicSession;
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('hash_crash', 'mosaic.enabled' => 'off');
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_mosaic;
	CREATE TABLE customers (id bigint PRIMARY KEY, name text) PARTITION BY HASH (id);
	CREATE INDEX ON customers (name);
	SELECT * FROM mosaic.create_parent('customers', modulus => 4);
	INSERT INTO customers SELECT n, 'c' || n FROM generate_series(1, 2000) n});

my $rows  = q{SELECT count(*), sum(id), count(*) FILTER (WHERE mosaic.partition_for('customers', id) IS DISTINCT FROM tableoid::regclass) FROM customers};
my $whole = '2000|2001000|0';
my $bounds = q{SELECT string_agg(upper_bound, ' ' ORDER BY lower_bound, upper_bound) FROM mosaic.partition_bounds('customers')};
my $orphans = q{SELECT count(*) FROM pg_class c WHERE relname LIKE 'customers\_%' AND relkind IN ('r', 'p') AND NOT relispartition};
is($node->safe_psql('postgres', $rows), $whole, 'a set of four');

# Each time held at another statement of the third partition, and killed there.
my $killed = 0;
for my $moment ([ 'CREATE TABLE', '_p6' ], [ 'CREATE TABLE', '_router' ], [ 'ALTER TABLE', 'public.customers' ])
{
	my ($tag, $suffix) = @$moment;
	$node->safe_psql('postgres', qq{
		CREATE FUNCTION public.hold() RETURNS event_trigger LANGUAGE plpgsql AS \$\$
		BEGIN
			IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity LIKE '%$suffix')
				AND EXISTS (SELECT FROM mosaic.partition_log WHERE action = 'split') THEN
				PERFORM pg_sleep(600);
			END IF;
		END\$\$;
		CREATE EVENT TRIGGER hold ON ddl_command_end WHEN TAG IN ('$tag') EXECUTE FUNCTION public.hold()});
	crash_in_the_middle_of($node, q{CALL mosaic.hash_set_modulus('customers', 8)}, "$tag of $suffix");
	$node->safe_psql('postgres', 'DROP EVENT TRIGGER hold; DROP FUNCTION public.hold()');

	my $where = "killed at $tag of $suffix";
	is($node->safe_psql('postgres', $rows), $whole, "$where: every row once, where the server looks for it");
	like($node->safe_psql('postgres', $bounds), qr/modulus 4.*modulus 8|modulus 8.*modulus 4/, "$where: moduli side by side");
	is($node->safe_psql('postgres', $orphans), '0', "$where: nothing is left over");
	is($node->safe_psql('postgres', q{SELECT count(*) FROM mosaic.plan()}), '0', "$where: and nothing is missing");
	is($node->safe_psql('postgres', q{SELECT count(*) FROM mosaic.issues WHERE code = 'mixed_moduli'}), '1', "$where: an issue says so");
	++$killed;
}
is($killed, 3, 'killed three times');

is($node->safe_psql('postgres', q{CALL mosaic.hash_set_modulus('customers', 8)} . ";$rows"), $whole, 'the next call finishes');
is($node->safe_psql('postgres', $bounds), join(' ', ('modulus 8') x 8), 'all are finer now');
is($node->safe_psql('postgres', q{SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 'customers'::regclass}), 't', 'the indexes are whole');

# A writer that goes on meanwhile loses nothing and finds its rows.
$node->safe_psql('postgres', q{CREATE TABLE written (id bigint)});
my ($writer) = begin_statement($node, q{
	DO $$ BEGIN
		FOR n IN 2001 .. 3000 LOOP
			INSERT INTO customers VALUES (n, 'w');
			INSERT INTO written VALUES (n);
			COMMIT;
		END LOOP;
	END $$});
$node->poll_query_until('postgres', 'SELECT count(*) > 0 FROM written');
$node->safe_psql('postgres', q{CALL mosaic.hash_set_modulus('customers', 16)});
$writer->query_safe('SELECT 1');
$writer->quit;
is($node->safe_psql('postgres', q{SELECT count(*) FROM written}), '1000', 'a writer went on');
is($node->safe_psql('postgres', $rows), '3000|4501500|0', 'and its rows are all there');

$node->stop;
done_testing();
