-- Rebalancing: the fewest moves that give every shard its share.
DELETE FROM mosaic.shard_map_history; -- maps of other tests had these names
\set VERBOSITY terse
CREATE FUNCTION pg_temp.shares(wanted text) RETURNS text LANGUAGE sql
	AS $$SELECT string_agg(n::text, ',' ORDER BY shard_id) FROM (SELECT s.shard_id, count(o.slot) AS n
		FROM mosaic.shard s LEFT JOIN mosaic.shard_slot o USING (map, shard_id) WHERE map = wanted GROUP BY shard_id) c$$;

-- a new map is balanced, also where the shares are not equal
SELECT n, pg_temp.shares('even') AS shares, (SELECT count(*) FROM mosaic.shard_rebalance_plan('even')) AS moves, mosaic.shard_map_drop('even')
FROM (SELECT n, mosaic.shard_map_create('even', shards => n, slots => 16) FROM unnest('{1,2,3,5,7,16}'::int[]) n OFFSET 0) m;
-- and its slots are contiguous
SELECT mosaic.shard_map_create('users', shards => 3);
SELECT shard_id, min(slot), max(slot), count(*) FROM mosaic.shard_slot WHERE map = 'users' GROUP BY shard_id ORDER BY shard_id;
SELECT mosaic.shard_map_drop('users');

-- scenario 29: balanced, nothing to do, and applying that changes no epoch
SELECT mosaic.shard_map_create('users', shards => 4);
SELECT count(*) FROM mosaic.shard_rebalance_plan('users');
SELECT mosaic.shard_rebalance_apply('users') AS "3";

-- scenario 26: a fifth shard
SELECT mosaic.shard_add('users', 'shard4');
SELECT from_shard, to_shard, count(*) AS "51", min(slot), max(slot) FROM mosaic.shard_rebalance_plan('users') GROUP BY from_shard, to_shard ORDER BY 1, 2;
SELECT count(*) AS "204", bool_and(step = n) AS numbered FROM (SELECT step, row_number() OVER () AS n FROM mosaic.shard_rebalance_plan('users')) p;
-- scenario 29: a shorter plan is the beginning of the plan
SELECT count(*) AS "10", count(*) FILTER (WHERE a = b) AS "10" FROM mosaic.shard_rebalance_plan('users', max_moves => 10) a JOIN mosaic.shard_rebalance_plan('users') b USING (step);
SELECT count(*) FROM mosaic.shard_rebalance_plan('users', max_moves => 0);
BEGIN;
SELECT mosaic.shard_rebalance_apply('users') AS "5";
SELECT pg_temp.shares('users') AS "205,205,205,205,204", (SELECT count(*) FROM mosaic.shard_rebalance_plan('users')) AS "0";
SELECT count(*) FILTER (WHERE shard <> shard_before) BETWEEN 19000 AND 21000 AS a_fifth_moves, bool_and(shard = 4) FILTER (WHERE shard <> shard_before) AS only_to_the_new
FROM (SELECT mosaic.shard_for('users', k) AS shard, mosaic.shard_native(k, 1024) / 256 AS shard_before FROM generate_series(1, 100000) k) k;
ROLLBACK;
-- scenario 27: with twice the weight
SELECT mosaic.shard_set_weight('users', 4, 2);
SELECT count(*) AS "341" FROM mosaic.shard_rebalance_plan('users');
SELECT mosaic.shard_rebalance_apply('users', max_moves => 100) AS epoch \gset
SELECT pg_temp.shares('users');
SELECT mosaic.shard_rebalance_apply('users') - :epoch AS "1";
SELECT pg_temp.shares('users') AS "171,171,171,170,341";
SELECT detail FROM mosaic.shard_map_history WHERE change = 'rebalance' ORDER BY change_id;
SELECT mosaic.shard_map_drop('users');

-- scenario 28: draining
SELECT mosaic.shard_map_create('users', shards => 4);
SELECT mosaic.shard_drain('users', 3);
SELECT code, detail FROM mosaic.shard_problems('users');
SELECT count(*) AS "256", bool_and(from_shard = 3) AS only_from_it, min(reason) FROM mosaic.shard_rebalance_plan('users');
SELECT mosaic.shard_rebalance_apply('users') > 0 AS applied;
SELECT pg_temp.shares('users') AS "342,341,341,0";
SELECT mosaic.shard_drop('users', 3);
SELECT mosaic.shard_drain('users', s) FROM generate_series(0, 2) s;
SELECT mosaic.shard_rebalance_plan('users');
SELECT mosaic.shard_set_weight('users', 0, 1);
SELECT count(*) FROM mosaic.shard_rebalance_plan('users');
SELECT mosaic.shard_map_drop('users');

-- scenario 30: small maps to the last slot
SELECT mosaic.shard_map_create('small', shards => 2, slots => 16);
SELECT mosaic.shard_add('small', 'third');
SELECT step, slot, from_shard, to_shard, bytes, reason FROM mosaic.shard_rebalance_plan('small');
SELECT mosaic.shard_rebalance_apply('small') > 0 AS applied;
SELECT pg_temp.shares('small') AS "6,5,5";
SELECT mosaic.shard_map_drop('small');
SELECT mosaic.shard_map_create('small', shards => 1, slots => 16);
SELECT mosaic.shard_add('small', 'heavy', weight => 3);
SELECT count(*) AS "12" FROM mosaic.shard_rebalance_plan('small');
SELECT mosaic.shard_rebalance_apply('small') > 0 AS applied;
SELECT pg_temp.shares('small') AS "4,12";
SELECT mosaic.shard_map_drop('small');

-- scenario 31: by bytes
SELECT mosaic.shard_map_create('big', shards => 2, slots => 16);
SELECT count(*) AS without_sizes FROM mosaic.shard_rebalance_plan('big', 'bytes');
SELECT mosaic.shard_report_sizes('big', ARRAY(SELECT generate_series(0, 15)), '{100,90,80,70,60,50,40,30,10,10,10,10,10,10,10,10}');
SELECT mosaic.shard_map_epoch('big') AS "1";
SELECT step, slot, from_shard, to_shard, bytes, sum(bytes) OVER (ORDER BY step) AS "220" FROM mosaic.shard_rebalance_plan('big', 'bytes') ORDER BY step;
-- a draining shard gives all, whatever the sizes
SELECT mosaic.shard_drain('big', 1);
SELECT count(*) AS "8", bool_and(to_shard = 0) AS to_the_other FROM mosaic.shard_rebalance_plan('big', 'bytes');
SELECT mosaic.shard_map_drop('big');

-- sizes that were not reported count as the average
SELECT mosaic.shard_map_create('big', shards => 2, slots => 16);
SELECT mosaic.shard_report_sizes('big', '{0,1}', '{100,300}');
SELECT mosaic.shard_drain('big', 1), mosaic.shard_add('big', 'third');
SELECT to_shard, count(*), count(bytes) AS known FROM mosaic.shard_rebalance_plan('big', 'bytes') GROUP BY 1 ORDER BY 1;
SELECT mosaic.shard_map_drop('big');

-- sizes whose sum would overflow
SELECT mosaic.shard_map_create('big', shards => 2, slots => 4);
SELECT mosaic.shard_report_sizes('big', '{0,1}', '{9223372036854775807,1}');
SELECT mosaic.shard_rebalance_plan('big', 'bytes');
SELECT count(*) AS "0" FROM mosaic.shard_rebalance_plan('big', 'count');
SELECT mosaic.shard_report_sizes('big', '{0,1,2,3}', '{500000000000000000,1,2,3}');
SELECT slot, from_shard, to_shard FROM mosaic.shard_rebalance_plan('big', 'bytes');
SELECT mosaic.shard_map_drop('big');

-- a map that began without shards: a plan deals its slots out
SELECT mosaic.shard_map_create('empty', slots => 16);
SELECT mosaic.shard_rebalance_plan('empty');
SELECT mosaic.shard_for('empty', 1);
SELECT mosaic.shard_add('empty', 'first'), mosaic.shard_add('empty', 'second', weight => 3);
SELECT * FROM mosaic.shard_rebalance_plan('empty', max_moves => 2);
SELECT mosaic.shard_rebalance_apply('empty') > 0 AS applied;
SELECT shard_id, min(slot), max(slot), count(*) FROM mosaic.shard_slot WHERE map = 'empty' GROUP BY shard_id ORDER BY shard_id;
SELECT mosaic.shard_for('empty', 1) AS "1";
SELECT mosaic.shard_map_drop('empty');
