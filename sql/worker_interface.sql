-- What the background processes show and who may see it.  Whether any runs
-- depends on the server that the test is run against, so no rows are shown.
\d mosaic.worker_status
\d mosaic.issues

-- Health is one row, whose message says what its status says
SELECT count(*), bool_and(status BETWEEN 0 AND 2) AS known,
       bool_and(split_part(message, ' ', 1) = (ARRAY['OK', 'WARNING', 'CRITICAL'])[status + 1]) AS agree
FROM mosaic.health();
-- and is no better than the worst issue
SELECT (SELECT status FROM mosaic.health()) =
       COALESCE((SELECT max(CASE severity WHEN 'critical' THEN 2 WHEN 'warning' THEN 1 ELSE 0 END) FROM mosaic.issues), 0) AS as_bad_as_the_worst;

-- Every issue says what is wrong and what to do
SELECT count(*) FROM mosaic.worker_issues() WHERE severity NOT IN ('info', 'warning', 'critical') OR code IS NULL OR detail IS NULL OR hint IS NULL;

-- Names and errors of other databases are not for everybody
CREATE ROLE regress_worker_anybody;
CREATE ROLE regress_worker_monitor;
GRANT pg_monitor TO regress_worker_monitor;
SELECT r AS role, has_table_privilege(r, 'mosaic.worker_status', 'SELECT') AS worker_status,
       has_function_privilege(r, 'mosaic.worker_processes()', 'EXECUTE') AS worker_processes,
       has_function_privilege(r, 'mosaic.wake_worker()', 'EXECUTE') AS wake_worker,
       has_table_privilege(r, 'mosaic.issues', 'SELECT') AS issues,
       has_function_privilege(r, 'mosaic.health()', 'EXECUTE') AS health
FROM unnest(ARRAY['regress_worker_anybody', 'regress_worker_monitor']) r ORDER BY 1;
SET ROLE regress_worker_anybody;
SELECT * FROM mosaic.worker_status;
SELECT mosaic.wake_worker();
SELECT count(*) FROM mosaic.health();
RESET ROLE;
DROP ROLE regress_worker_anybody, regress_worker_monitor;

-- Waking is harmless where nobody is there to wake
SELECT mosaic.wake_worker();

-- Settings: units, limits, and where they may be changed
SELECT name, boot_val, unit, context, min_val, max_val FROM pg_settings
WHERE name IN ('mosaic.enabled', 'mosaic.naptime', 'mosaic.max_workers') ORDER BY name;
SET mosaic.naptime = 5;
SET mosaic.enabled = off;
