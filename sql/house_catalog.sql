-- What every object of the extension owes its users, read from the catalogs.
-- Each query lists offenders and has to come out empty.
\set VERBOSITY terse
SET search_path = pg_catalog;
CREATE TEMPORARY VIEW member AS
SELECT d.classid, d.objid
FROM pg_depend d
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'pg_mosaic' AND d.deptype = 'e';
CREATE TEMPORARY VIEW member_function AS
SELECT p.*, l.lanname, p.oid::regprocedure AS signature
FROM pg_proc p
JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
JOIN pg_language l ON l.oid = p.prolang;
CREATE TEMPORARY VIEW member_relation AS
SELECT c.*
FROM pg_class c
JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid;

-- Members without a comment: the comment is the reference.
SELECT pg_describe_object(m.classid, m.objid, 0) AS uncommented
FROM member m
LEFT JOIN pg_description t ON t.classoid = m.classid AND t.objoid = m.objid AND t.objsubid = 0
LEFT JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
LEFT JOIN pg_type y ON m.classid = 'pg_type'::regclass AND y.oid = m.objid
WHERE t.description IS NULL
  AND c.relkind IS DISTINCT FROM 'S'                    -- a sequence serves a column that has its own
  AND NOT (y.oid IS NOT NULL AND (y.typrelid <> 0 OR y.typcategory = 'A'))	-- row and array types
ORDER BY 1;

-- Columns without a comment, in the tables that users fill.
SELECT c.oid::regclass AS relation, a.attname AS uncommented
FROM member_relation c
JOIN pg_extension e ON e.extname = 'pg_mosaic' AND c.oid = ANY (e.extconfig)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND col_description(c.oid, a.attnum) IS NULL
ORDER BY c.oid::regclass::text, a.attnum;

-- Anything outside the extension's schema, or, of what lies in no schema, not
-- called after it, and anything in the schema that is nobody's.
SELECT pg_describe_object(m.classid, m.objid, 0) AS outside
FROM member m
CROSS JOIN pg_identify_object(m.classid, m.objid, 0) o
WHERE COALESCE(o.schema <> 'mosaic', NOT starts_with(COALESCE(o.name, o.identity), 'pg_mosaic') AND o.identity <> 'mosaic')
ORDER BY 1;
SELECT p.oid::regprocedure::text AS stray
FROM pg_proc p
WHERE p.pronamespace = 'mosaic'::regnamespace AND p.oid NOT IN (SELECT oid FROM member_function)
UNION ALL
SELECT c.oid::regclass::text
FROM pg_class c
WHERE c.relnamespace = 'mosaic'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'S', 'f') AND c.oid NOT IN (SELECT oid FROM member_relation)
ORDER BY 1;

-- A body in a language with names to look up pins its search path: the
-- caller's would let him plant what we call.  SQL-standard bodies have theirs
-- resolved, and procedures that commit, which cannot pin it, are in C.
SELECT signature AS unpinned, proconfig
FROM member_function
WHERE lanname IN ('sql', 'plpgsql') AND prosqlbody IS NULL
  AND NOT coalesce(proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)
ORDER BY signature::text;

-- Functions that lend the rights of their owner pin what names mean, and whoever
-- may call those that write was granted that.
SELECT signature AS security_definer
FROM member_function
WHERE prosecdef AND (proconfig IS NULL OR NOT proconfig @> '{"search_path=pg_catalog, pg_temp"}'
	OR provolatile = 'v' AND prorettype <> 'trigger'::regtype AND EXISTS (SELECT FROM aclexplode(COALESCE(proacl, acldefault('f', proowner))) WHERE grantee = 0))
ORDER BY signature::text;

-- What everybody may call although it may write, this one list being the claim:
-- each looks itself whether the caller owns what he names, or tells of what is
-- his own or nobody's.
SELECT DISTINCT proname COLLATE "C" AS for_everybody
FROM member_function
WHERE provolatile = 'v' AND prorettype <> ALL ('{trigger,event_trigger}'::regtype[])
  AND EXISTS (SELECT FROM aclexplode(COALESCE(proacl, acldefault('f', proowner))) WHERE grantee = 0)
ORDER BY 1;

-- C functions outside our library, or whose symbol is not called like them.
SELECT signature AS not_ours, prosrc, probin
FROM member_function
WHERE lanname = 'c' AND (probin <> '$libdir/pg_mosaic' OR prosrc !~ '^mosaic_')
   OR lanname NOT IN ('c', 'sql', 'plpgsql')
ORDER BY signature::text;

-- Labels that contradict each other: what writes runs in no parallel worker,
-- and what is immutable has nothing to hide from one.
SELECT signature AS mislabelled, provolatile, proparallel
FROM member_function
WHERE prokind = 'f' AND (provolatile = 'i' AND proparallel <> 's' OR prorettype = 'trigger'::regtype AND provolatile <> 'v')
ORDER BY signature::text;

-- Arguments without a name cannot be given by name.
SELECT signature AS nameless
FROM member_function
WHERE pronargs > 0 AND (proargnames IS NULL OR '' = ANY (proargnames[1:pronargs]))
  AND prorettype <> ALL ('{trigger,event_trigger}'::regtype[])
ORDER BY signature::text;

-- Columns of types that pg_upgrade refuses.
SELECT a.attrelid::regclass AS relation, a.attname AS refused_by_pg_upgrade, a.atttypid::regtype
FROM member_relation c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p', 'm')
  AND a.atttypid = ANY ('{regproc,regprocedure,regoper,regoperator,regconfig,regdictionary,regnamespace,regcollation}'::regtype[])
ORDER BY 1, 2;

-- Tables that everybody may change although no row security holds them back,
-- and those that let everybody hang a trigger on them.
SELECT c.oid::regclass AS open_to_all, x.privilege_type
FROM member_relation c
CROSS JOIN aclexplode(c.relacl) x
WHERE x.grantee = 0 AND c.relkind IN ('r', 'p')
  AND (x.privilege_type IN ('TRIGGER', 'TRUNCATE', 'REFERENCES') OR x.privilege_type <> 'SELECT' AND NOT c.relrowsecurity)
ORDER BY 1, 2;

-- Tables and views of which nobody has said who may read them: what only a
-- superuser needs says so by REVOKE.
SELECT oid::regclass AS unsaid
FROM member_relation
WHERE relkind IN ('r', 'p', 'v', 'm') AND relacl IS NULL
ORDER BY oid::regclass::text;

-- Views that read, with the rights of their owner, tables that are not for
-- everybody who may read the view.
SELECT DISTINCT v.oid::regclass AS view, t.oid::regclass AS lent
FROM member_relation v
JOIN pg_rewrite r ON r.ev_class = v.oid
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
JOIN member_relation t ON t.oid = d.refobjid
WHERE v.relkind = 'v' AND NOT COALESCE(v.reloptions @> '{security_invoker=true}', false)
  AND (t.relrowsecurity OR t.relkind <> 'v' AND NOT has_table_privilege('pg_monitor', t.oid, 'SELECT'))
ORDER BY 1, 2;

-- A dumped table whose sequence is not, or the reverse, restores to a sequence
-- that hands out numbers again.
SELECT s.oid::regclass AS sequence, t.oid::regclass AS table_of_it
FROM member_relation s
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
JOIN member_relation t ON t.oid = d.refobjid
JOIN pg_extension e ON e.extname = 'pg_mosaic'
WHERE s.relkind = 'S' AND (s.oid = ANY (e.extconfig)) IS DISTINCT FROM (t.oid = ANY (e.extconfig))
ORDER BY 1;

-- Settings are documented in a sentence.
SELECT name AS undocumented, short_desc
FROM pg_settings
WHERE name LIKE 'mosaic.%' AND short_desc !~ '^[A-Z].*\.$'
ORDER BY 1;

-- Functions that say they can do with more parallelism than what they call,
-- by themselves or through a view.
WITH RECURSIVE uses (caller, classid, objid) AS (
	SELECT f.oid, d.refclassid, d.refobjid
	FROM member_function f JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = f.oid
	WHERE f.prosqlbody IS NOT NULL
	UNION
	SELECT u.caller, d.refclassid, d.refobjid
	FROM uses u JOIN pg_rewrite r ON u.classid = 'pg_class'::regclass AND r.ev_class = u.objid
	JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
)
SELECT f.signature, f.proparallel, callee.signature AS calls, callee.proparallel AS of_it
FROM uses u JOIN member_function f ON f.oid = u.caller
JOIN member_function callee ON u.classid = 'pg_proc'::regclass AND callee.oid = u.objid
WHERE strpos('sru', f.proparallel::text) < strpos('sru', callee.proparallel::text)
ORDER BY f.signature::text, callee.signature::text;

-- A volatile function in one of these languages begins commands, which a query
-- with workers may not.
SELECT signature, proparallel
FROM member_function
WHERE lanname IN ('sql', 'plpgsql') AND provolatile = 'v' AND prokind = 'f' AND proparallel <> 'u'
ORDER BY signature::text;
