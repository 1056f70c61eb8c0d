-- Whatever a search_path offers under the names of the server's own operators
-- and functions, nothing of ours takes it: a schema that others may create in
-- is in many superusers' paths.
\set VERBOSITY terse
CREATE SCHEMA shadows;
SET search_path = pg_catalog;
DO $$
DECLARE
	types CONSTANT text[] := '{regclass,oid,text,name,"char",integer,bigint,boolean,interval,timestamptz,jsonb,text[],name[],regproc,regrole}';
	l text;
	r text;
	op text;
BEGIN
	FOREACH l IN ARRAY types LOOP
		FOREACH r IN ARRAY types LOOP
			FOREACH op IN ARRAY '{=,<>,<,>,<=,>=}'::text[] LOOP
				EXECUTE format('CREATE FUNCTION shadows.%I(%s, %s) RETURNS boolean LANGUAGE plpgsql AS $f$ BEGIN RAISE ''shadow %s of %s and %s''; END $f$', 'f' || op, l, r, op, replace(l, '"', ''), replace(r, '"', ''));
				EXECUTE format('CREATE OPERATOR shadows.%s (FUNCTION = shadows.%I, LEFTARG = %s, RIGHTARG = %s)', op, 'f' || op, l, r);
			END LOOP;
			EXECUTE format('CREATE FUNCTION shadows.f(%s, %s) RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RAISE ''shadow || of %s and %s''; END $f$', l, r, replace(l, '"', ''), replace(r, '"', ''));
			EXECUTE format('CREATE OPERATOR shadows.|| (FUNCTION = shadows.f, LEFTARG = %s, RIGHTARG = %s)', l, r);
		END LOOP;
	END LOOP;
	-- every function of the server with a name that a query of ours could use
	FOR l IN SELECT DISTINCT format('CREATE FUNCTION shadows.%I(%s) RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RAISE ''shadow %s''; END $f$', proname, pg_get_function_identity_arguments(oid), proname)
			FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f'
			AND proname IN ('now', 'clock_timestamp', 'format', 'quote_ident', 'concat', 'left', 'right', 'lower', 'upper', 'length', 'substr', 'replace', 'md5', 'random', 'power', 'current_setting', 'set_config',
				'pg_notify', 'pg_has_role', 'has_table_privilege', 'to_regclass', 'pg_get_expr', 'pg_total_relation_size', 'array_length', 'cardinality', 'pg_current_snapshot', 'pg_snapshot_xmax', 'pg_snapshot_xmin',
				'pg_current_xact_id', 'pg_xact_status', 'generate_series', 'jsonb_typeof', 'date_trunc', 'pg_table_size', 'pg_is_in_recovery', 'octet_length', 'starts_with', 'array_position')
			AND NOT 'internal'::regtype = ANY (proargtypes) AND proargnames IS NULL LOOP
		BEGIN
			EXECUTE l;
		EXCEPTION WHEN feature_not_supported OR invalid_function_definition THEN NULL; -- of any type
		END;
	END LOOP;
END
$$;

SET search_path = shadows, pg_catalog, public;
CREATE TABLE public.shadowed (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE public.shadowed_list (code text) PARTITION BY LIST (code);
CREATE TABLE public.shadowed_keys (id integer PRIMARY KEY, at date);
SELECT count(*) FROM mosaic.create_parent('shadowed', '1 month', 1, '3 months', start_at => '2024-01-01', time_zone => 'UTC', default_partition => true, reference_time => '2024-05-05');
SELECT count(*) FROM mosaic.create_parent('shadowed_list', lists => '{"a": ["x", "y"]}');
SELECT partition FROM mosaic.list_assign('shadowed_list', 'b', '{z}');
SELECT count(*) FROM mosaic.create_sub_parent('shadowed_list', 'HASH (code)', modulus => 2);
UPDATE mosaic.partition_set SET premake = 2, retain_partitions = 3, table_options = '{fillfactor=70}' WHERE strategy OPERATOR(pg_catalog.~) 'range';
SELECT count(*) OPERATOR(pg_catalog.>) 0 AS planned FROM mosaic.plan('shadowed', '2024-12-01');
SELECT DISTINCT outcome FROM mosaic.run_maintenance('shadowed', '2024-12-01');
SELECT DISTINCT outcome FROM mosaic.run_maintenance(reference_time => '2024-12-01') WHERE outcome OPERATOR(pg_catalog.~) 'failed';
CALL mosaic.maintain('shadowed_list');
SELECT count(*) FROM mosaic.partitions('shadowed');
SELECT mosaic.partition_for('shadowed', '2024-12-05'), mosaic.hold_partition('shadowed_p20241201'), mosaic.release_partition('shadowed_p20241201'), mosaic.confirm_retention('shadowed');
SELECT count(*) OPERATOR(pg_catalog.>=) 0 FROM mosaic.issues;
SELECT count(*) OPERATOR(pg_catalog.>=) 0 FROM mosaic.partition_status;
SELECT count(*) OPERATOR(pg_catalog.>=) 0 FROM mosaic.metrics;
SELECT status OPERATOR(pg_catalog.>=) 0 FROM mosaic.health();
SELECT mosaic.watch('shadowed_keys', "when" => '{row}.id IS NOT NULL') IS NOT NULL AS watched;
SELECT mosaic.watch('shadowed', ARRAY['s:{at}'], ops => 'iudt', payload => 'row') IS NOT NULL AS watched;
INSERT INTO public.shadowed_keys VALUES (1, '2024-01-01');
BEGIN;
UPDATE public.shadowed_keys SET at = '2024-01-02';
SELECT key FROM mosaic.pending();
COMMIT;
ALTER TABLE public.shadowed_keys RENAME at TO since;
SELECT count(*) OPERATOR(pg_catalog.>=) 0 FROM mosaic.changes_since(mosaic.token());
SELECT mosaic.ack('shadowed', mosaic.token()), mosaic.invalidate_table('shadowed_keys'), mosaic.invalidate('{k}');
SELECT watches OPERATOR(pg_catalog.>=) 2 FROM mosaic.invalidation_status();
SELECT count(*) FROM mosaic.check_watches() WHERE rel OPERATOR(pg_catalog.=) 'public.shadowed_keys'::regclass::oid;
SELECT mosaic.shard_map_create('shadowed', shards => 3), mosaic.shard_map_create('shadowed_ranges', 'range', 'date', shards => 2);
SELECT mosaic.shard_node_add('shadowed', 'h'), mosaic.shard_place('shadowed', 1, 'shadowed'), mosaic.shard_assign_slots('shadowed', 2, '{[0,5)}'), mosaic.shard_report_sizes('shadowed', '{1}', '{7}');
SELECT mosaic.shard_assign_range('shadowed_ranges', 1, NULL, '2024-01-01');
SELECT mosaic.shard_for('shadowed_ranges', '2023-01-01') AS "1";
SELECT mosaic.shard_for('shadowed', 42) IS NOT NULL, mosaic.shard_rebalance_apply('shadowed') IS NOT NULL, mosaic.shard_map_import(mosaic.shard_map_export('shadowed')) IS NOT NULL;
SELECT count(*) OPERATOR(pg_catalog.>=) 0 FROM mosaic.shard_problems();
SELECT count(*) OPERATOR(pg_catalog.>=) 0 FROM mosaic.partition_differences();
SELECT mosaic.shard_map_drop('shadowed'), mosaic.shard_map_drop('shadowed_ranges'), mosaic.shard_node_drop('shadowed'), mosaic.unwatch('shadowed_keys'), mosaic.drop_parent('shadowed'), mosaic.drop_parent('shadowed_list');
DROP TABLE public.shadowed, public.shadowed_list, public.shadowed_keys;

RESET search_path;
DELETE FROM mosaic.subscriber WHERE name = 'shadowed';
SET client_min_messages = warning;
DROP SCHEMA shadows CASCADE;
