-- Partitions that differ from what their parent or set says, usually because
-- somebody changed the one and not the other.  From the catalogs alone, without
-- a lock on any table, so that it works behind DDL and on a standby.  One row a
-- set and kind, however many partitions it is about.
--
-- What the planner expects of such queries is far from what they find, and has
-- them compiled for seconds where they run a millisecond: hence SET jit = off,
-- here and in other views of the catalogs.

CREATE FUNCTION mosaic.partition_tree(root oid)
RETURNS TABLE (partition oid, parent oid)
LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH RECURSIVE tree (partition, parent) AS (
		SELECT i.inhrelid, i.inhparent FROM pg_catalog.pg_inherits i WHERE i.inhparent = partition_tree.root
		UNION ALL
		SELECT i.inhrelid, i.inhparent FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.partition
	)
	SELECT t.partition, t.parent FROM tree t;
END;
COMMENT ON FUNCTION mosaic.partition_tree(oid) IS 'The partitions below a table on every level, each with its own parent; without a lock on any of them';

-- What a storage option of a set means for the table itself (toast: for its
-- TOAST table).
CREATE FUNCTION mosaic.options_for(options text[], toast boolean)
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN ARRAY(
	SELECT CASE WHEN options_for.toast THEN pg_catalog.substr(o.option, 7) ELSE o.option END
	FROM pg_catalog.unnest(options_for.options) o(option)
	WHERE pg_catalog.starts_with(o.option, 'toast.') = options_for.toast
	ORDER BY 1);
COMMENT ON FUNCTION mosaic.options_for(text[], boolean) IS 'The storage options of a set that are for a partition itself, or for its TOAST table, sorted';

CREATE FUNCTION mosaic.partition_differences(
	OUT set regclass, OUT severity text, OUT code text, OUT partition regclass, OUT detail text, OUT hint text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
	WITH part AS (
		SELECT s.parent AS set, root.relowner AS set_owner, root.relrowsecurity AS secured,
			   -- a set of several levels has the options of the lowest level that has some
			   COALESCE((SELECT l.table_options FROM mosaic.partition_level l
						 WHERE l.parent::oid = s.parent::oid AND l.table_options IS NOT NULL ORDER BY l.level DESC LIMIT 1), s.table_options) AS options,
			   up.relreplident AS parent_identity, up.reltablespace AS parent_tablespace, up.relpersistence AS parent_persistence, up.oid AS parent,
			   c.oid, c.relname, c.relnamespace, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relreplident, c.reltablespace, c.relpersistence,
			   ARRAY(SELECT o.option FROM unnest(c.reloptions) o(option) ORDER BY 1) AS own_options,
			   ARRAY(SELECT o.option FROM pg_class t, unnest(t.reloptions) o(option) WHERE t.oid = c.reltoastrelid ORDER BY 1) AS toast_options,
			   c.reltoastrelid
		FROM mosaic.partition_set s
		JOIN pg_class root ON root.oid = s.parent::oid
		CROSS JOIN LATERAL mosaic.partition_tree(s.parent) t
		JOIN pg_class c ON c.oid = t.partition
		JOIN pg_class up ON up.oid = t.parent
	)
	SELECT p.set, 'warning', 'owner_differs', p.oid::regclass, 'Owned by another role than the parent, whose owner cannot maintain it',
		   format('ALTER TABLE %s OWNER TO %I;', p.oid::regclass, pg_get_userbyid(p.set_owner))
	FROM part p WHERE p.relowner <> p.set_owner
	UNION ALL
	SELECT p.set, 'warning', 'row_security_bypassed', p.oid::regclass,
		   'Grants by which roles read or change rows past the row security of the parent',
		   format('REVOKE ALL ON %s FROM %s;', p.oid::regclass,
			   (SELECT string_agg(DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ')
				FROM (SELECT g.grantee FROM aclexplode(p.relacl) g UNION ALL
					  SELECT g.grantee FROM pg_attribute t, aclexplode(t.attacl) g WHERE t.attrelid = p.oid) a WHERE a.grantee <> p.relowner))
	FROM part p
	WHERE p.secured AND NOT p.relrowsecurity AND EXISTS (
		SELECT FROM aclexplode(p.relacl) g WHERE g.grantee <> p.relowner UNION ALL
		SELECT FROM pg_attribute t, aclexplode(t.attacl) g WHERE t.attrelid = p.oid AND g.grantee <> p.relowner)
	UNION ALL
	SELECT p.set, 'warning', 'replica_identity_differs', p.oid::regclass, 'Another replica identity than the parent''s',
		   format('ALTER TABLE %s REPLICA IDENTITY %s;', p.oid::regclass,
			   CASE p.parent_identity WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' WHEN 'd' THEN 'DEFAULT'
			   ELSE 'USING INDEX ' || COALESCE((
				   SELECT quote_ident(x.relname) FROM pg_index i JOIN pg_inherits h ON h.inhparent = i.indexrelid
				   JOIN pg_class x ON x.oid = h.inhrelid JOIN pg_index own ON own.indexrelid = x.oid
				   WHERE i.indrelid = p.parent AND i.indisreplident AND own.indrelid = p.oid), '...') END)
	FROM part p
	WHERE p.relkind IN ('r', 'p') AND (p.relreplident <> p.parent_identity OR p.parent_identity = 'i' AND NOT EXISTS (
		SELECT FROM pg_index i JOIN pg_inherits h ON h.inhparent = i.indexrelid JOIN pg_index own ON own.indexrelid = h.inhrelid
		WHERE i.indrelid = p.parent AND i.indisreplident AND own.indrelid = p.oid AND own.indisreplident))
	UNION ALL
	SELECT p.set, 'warning', 'partition_unlogged', p.oid::regclass, 'Unlogged, unlike the parent, and empty after a crash',
		   format('ALTER TABLE %s SET LOGGED;', p.oid::regclass)
	FROM part p WHERE p.relkind = 'r' AND p.relpersistence = 'u' AND p.parent_persistence <> 'u'
	UNION ALL
	SELECT p.set, 'info', 'options_differ', p.oid::regclass, 'Other storage options than the set''s',
		   format('ALTER TABLE %s SET (%s);', p.oid::regclass, array_to_string(p.options, ', '))
	FROM part p
	WHERE p.relkind = 'r' AND p.options IS NOT NULL
	  AND (p.own_options <> mosaic.options_for(p.options, false) OR p.reltoastrelid <> 0 AND p.toast_options <> mosaic.options_for(p.options, true))
	UNION ALL
	SELECT p.set, 'info', 'tablespace_differs', p.oid::regclass, 'In another tablespace than new partitions will be',
		   format('ALTER TABLE %s SET TABLESPACE %I;', p.oid::regclass, COALESCE(
			   (SELECT t.spcname FROM pg_tablespace t WHERE t.oid = p.parent_tablespace),
			   (SELECT t.spcname FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = current_database())))
	FROM part p WHERE p.relkind = 'r' AND p.reltablespace <> p.parent_tablespace
	UNION ALL
	-- Only an index that is not valid can lack one of a partition's.
	SELECT p.set, 'warning', 'index_missing', p.oid::regclass, format('No index for %s, which is therefore not valid', i.indexrelid::regclass),
		   format('CREATE %1$sINDEX %2$s%3$I ON %4$s %5$s; ALTER INDEX %6$s ATTACH PARTITION %7$I.%3$I;',
			   CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, CASE p.relkind WHEN 'r' THEN 'CONCURRENTLY ' ELSE '' END,
			   "left"(p.relname || '_' || x.relname, 63), p.oid::regclass,
			   -- what follows the name of the table
			   substr(pg_get_indexdef(i.indexrelid), length(format('CREATE %sINDEX %I ON ONLY %I.%I ', CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END,
				   x.relname, up.nspname, o.relname)) + 1),
			   i.indexrelid::regclass, n.nspname)
	FROM part p JOIN pg_index i ON i.indrelid = p.parent JOIN pg_class x ON x.oid = i.indexrelid
	JOIN pg_class o ON o.oid = p.parent JOIN pg_namespace up ON up.oid = o.relnamespace JOIN pg_namespace n ON n.oid = p.relnamespace
	WHERE p.relkind IN ('r', 'p') AND NOT i.indisvalid
	  AND NOT EXISTS (SELECT FROM pg_inherits h JOIN pg_index own ON own.indexrelid = h.inhrelid WHERE h.inhparent = i.indexrelid AND own.indrelid = p.oid)
	UNION ALL
	SELECT p.set, 'warning', 'index_invalid', p.oid::regclass, format('Index %s is not valid and not used', i.indexrelid::regclass),
		   format('REINDEX INDEX CONCURRENTLY %s;', i.indexrelid::regclass)
	FROM part p JOIN pg_index i ON i.indrelid = p.oid WHERE p.relkind = 'r' AND NOT i.indisvalid;
END;
COMMENT ON FUNCTION mosaic.partition_differences() IS
'Partitions that differ from their parent or set in owner, grants past row security, replica identity, persistence, storage options, tablespace or indexes, one row a difference, and the statement that mends it. A role sees the sets whose parents it owns, a member of pg_monitor all.';

CREATE FUNCTION mosaic.partition_drift(OUT severity text, OUT code text, OUT set regclass, OUT object text, OUT detail text, OUT hint text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
	SELECT d.severity, d.code, d.set, (array_agg(d.partition::text ORDER BY d.partition::text COLLATE "C"))[1],
		   d.detail || ': ' || count(*) || CASE count(*) WHEN 1 THEN ' partition.' ELSE ' partitions.' END,
		   (array_agg(d.hint ORDER BY d.partition::text COLLATE "C"))[1] ||
			   CASE WHEN count(*) > 1 THEN format(' All of them: SELECT partition, hint FROM mosaic.partition_differences() WHERE code = %L;', d.code) ELSE '' END
	FROM mosaic.partition_differences() d
	GROUP BY d.severity, d.code, d.set, d.detail;
END;
COMMENT ON FUNCTION mosaic.partition_drift() IS 'The rows of mosaic.partition_differences() as rows of mosaic.issues, one a set and kind';
