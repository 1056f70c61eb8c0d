-- Cache invalidation: event triggers, for what fires no trigger on a table, and
-- functions that look at the state of things.

CREATE FUNCTION mosaic.on_ddl() RETURNS event_trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_on_ddl';
COMMENT ON FUNCTION mosaic.on_ddl() IS 'Event trigger: partitions that came or went, renamed columns';
CREATE EVENT TRIGGER pg_mosaic_ddl ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE')
    EXECUTE FUNCTION mosaic.on_ddl();
COMMENT ON EVENT TRIGGER pg_mosaic_ddl IS 'pg_mosaic: watched tables whose partitions change';

CREATE FUNCTION mosaic.on_drop() RETURNS event_trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_on_drop';
COMMENT ON FUNCTION mosaic.on_drop() IS 'Event trigger: watched tables, partitions and triggers that were dropped';
CREATE EVENT TRIGGER pg_mosaic_drop ON sql_drop EXECUTE FUNCTION mosaic.on_drop();
COMMENT ON EVENT TRIGGER pg_mosaic_drop IS 'pg_mosaic: watched tables that are dropped';

CREATE FUNCTION mosaic.on_rewrite() RETURNS event_trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_on_rewrite';
COMMENT ON FUNCTION mosaic.on_rewrite() IS 'Event trigger: watched tables that ALTER TABLE rewrites';
CREATE EVENT TRIGGER pg_mosaic_rewrite ON table_rewrite EXECUTE FUNCTION mosaic.on_rewrite();
COMMENT ON EVENT TRIGGER pg_mosaic_rewrite IS 'pg_mosaic: watched tables that are rewritten';

CREATE FUNCTION mosaic.selftest(channel name DEFAULT 'cache_invalidation') RETURNS text
LANGUAGE plpgsql STRICT VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF channel NOT IN (SELECT pg_listening_channels()) THEN
        RETURN format('not listening on "%s": LISTEN was not executed in this session, or a pooler has given the client another one since; '
                      'listen through a connection of its own, or poll mosaic.changes_since()', channel);
    END IF;
    PERFORM pg_notify(channel, format('{"v":1,"selftest":%s}', pg_backend_pid()));
    RETURN 'ok';
END
$$;
COMMENT ON FUNCTION mosaic.selftest(name) IS 'To be called by a listener after LISTEN: "ok" if this session listens, and a notification with "selftest" comes; else what is wrong, as behind a pooler in transaction mode';

CREATE FUNCTION mosaic.invalidation_status(OUT ticker_pid integer, OUT token text, OUT pos bigint, OUT ticked_at timestamptz,
                                           OUT waiting bigint, OUT lag interval, OUT outbox_bytes bigint, OUT oldest_pos bigint,
                                           OUT queue_usage double precision, OUT watches bigint)
RETURNS SETOF record LANGUAGE c STRICT VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_invalidation_status';
COMMENT ON FUNCTION mosaic.invalidation_status() IS 'How deliveries stand, one row: process of the ticker, position, transactions waiting and for how long at most, size of the outbox, oldest position that can be asked for, fill of the notification queue (0 to 1), number of watches';

CREATE FUNCTION mosaic.check_watches(OUT problem text, OUT rel regclass) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH expected AS (
        SELECT w.watch_id, w.rel, w.always, w.rel AS member,
               'zz_mosaic_' || w.watch_id || s.suffix AS trigger_name
          FROM mosaic.watch w,
               LATERAL (SELECT '_row' AS suffix WHERE w."when" IS NULL AND w.ops <> 't'
                        UNION ALL SELECT '_insert' WHERE w."when" IS NOT NULL AND w.ops LIKE '%i%'
                        UNION ALL SELECT '_update' WHERE w."when" IS NOT NULL AND w.ops LIKE '%u%'
                        UNION ALL SELECT '_delete' WHERE w."when" IS NOT NULL AND w.ops LIKE '%d%') s
        UNION ALL
        SELECT w.watch_id, w.rel, w.always, m.relid, 'zz_mosaic_' || w.watch_id || '_truncate'
          FROM mosaic.watch w
          JOIN pg_class root ON root.oid = w.rel,
               LATERAL (SELECT p.relid FROM pg_partition_tree(w.rel) p
                        UNION SELECT w.rel WHERE root.relkind <> 'p') m
          JOIN pg_class c ON c.oid = m.relid AND c.relkind IN ('r', 'p')
         WHERE w.ops LIKE '%t%'
    ), found AS (
        SELECT e.*, t.oid AS trigger_oid, t.tgenabled
          FROM expected e LEFT JOIN pg_trigger t ON t.tgrelid = e.member AND t.tgname = e.trigger_name
    )
    SELECT format('trigger "%s" is missing', f.trigger_name), f.member FROM found f
     WHERE f.trigger_oid IS NULL AND EXISTS (SELECT FROM pg_class c WHERE c.oid = f.member)
    UNION ALL
    SELECT format('trigger "%s" is disabled', f.trigger_name), f.member FROM found f
     WHERE f.tgenabled = 'D' OR f.tgenabled = 'R' OR (f.always AND f.tgenabled = 'O')
    UNION ALL
    SELECT format('watch %s is of a table that does not exist', w.watch_id), w.rel FROM mosaic.watch w
     WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = w.rel)
    UNION ALL
    SELECT format('column "%s" of watch %s does not exist: every change reports the whole table', k.column_name, w.watch_id), w.rel
      FROM mosaic.watch w JOIN pg_class c ON c.oid = w.rel, unnest(ARRAY(SELECT unnest(w.key_columns) UNION ALL SELECT unnest(w.columns))) AS k(column_name)
     WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = w.rel AND a.attname = k.column_name AND NOT a.attisdropped)
    UNION ALL
    SELECT format('rows of "%s", which inherits from it, change without being reported', i.inhrelid::regclass), w.rel
      FROM mosaic.watch w JOIN pg_class c ON c.oid = w.rel AND c.relkind = 'r' JOIN pg_inherits i ON i.inhparent = w.rel
    UNION ALL
    SELECT format('event trigger "%s" is disabled: partitions and rewrites go unnoticed', e.evtname), NULL::regclass
      FROM pg_event_trigger e WHERE e.evtname IN ('pg_mosaic_ddl', 'pg_mosaic_drop', 'pg_mosaic_rewrite') AND e.evtenabled IN ('D', 'R');
END;
COMMENT ON FUNCTION mosaic.check_watches() IS 'Watches that miss changes, and why; empty if all is well';
