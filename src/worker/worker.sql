-- Background processes: who is there, what is wrong, and how to tell them.

CREATE FUNCTION mosaic.worker_processes(
	OUT pid        integer,
	OUT kind       text,
	OUT database   text,
	OUT state      text,
	OUT activity   text,
	OUT since      timestamptz,
	OUT passes     bigint,
	OUT errors     bigint,
	OUT last_error text
) RETURNS SETOF record
LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_worker_processes';
COMMENT ON FUNCTION mosaic.worker_processes() IS 'The rows of mosaic.worker_status';

CREATE VIEW mosaic.worker_status AS SELECT * FROM mosaic.worker_processes();
COMMENT ON VIEW mosaic.worker_status IS 'One row a background process of pg_mosaic in the whole cluster; none where the library is not preloaded';
COMMENT ON COLUMN mosaic.worker_status.pid IS 'Process ID; NULL while it is being started';
COMMENT ON COLUMN mosaic.worker_status.kind IS 'launcher (one, decides what is due), maintenance (one pass over a database), ticker (one a database with outbox watches)';
COMMENT ON COLUMN mosaic.worker_status.database IS 'Database that it works in; NULL for the launcher, which is in none';
COMMENT ON COLUMN mosaic.worker_status.state IS 'starting, idle, running, or leaving (asked to end, because somebody else needs the database)';
COMMENT ON COLUMN mosaic.worker_status.activity IS 'What it is doing';
COMMENT ON COLUMN mosaic.worker_status.since IS 'When the state began';
COMMENT ON COLUMN mosaic.worker_status.passes IS 'Passes over its database since the server started; for the launcher, over all of them';
COMMENT ON COLUMN mosaic.worker_status.errors IS 'Errors that ended a pass over its database since the server started; for the launcher, over any';
COMMENT ON COLUMN mosaic.worker_status.last_error IS 'Message of the last of those';
-- It tells of other databases, their names and errors: GRANT pg_monitor to who may know.
REVOKE ALL ON FUNCTION mosaic.worker_processes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mosaic.worker_processes() TO pg_monitor;
GRANT SELECT ON mosaic.worker_status TO pg_monitor;

CREATE FUNCTION mosaic.worker_issues(
	OUT severity text,
	OUT code     text,
	OUT set      regclass,
	OUT object   text,
	OUT detail   text,
	OUT hint     text
) RETURNS SETOF record
LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_worker_issues';
COMMENT ON FUNCTION mosaic.worker_issues() IS 'What keeps maintenance of the current database from running by itself: the worker''s rows of mosaic.issues';

CREATE FUNCTION mosaic.last_pass() RETURNS timestamptz
LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_last_pass';
COMMENT ON FUNCTION mosaic.last_pass() IS 'When the worker last completed a pass over the current database since the server started; NULL: not yet, or the library is not preloaded';

-- What is changed takes effect at once and not after mosaic.naptime.

CREATE FUNCTION mosaic.wake_worker() RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'mosaic_wake_worker';
COMMENT ON FUNCTION mosaic.wake_worker() IS 'Has the next maintenance pass over this database begin when the transaction commits; does nothing where the library is not preloaded';
-- Somebody could keep passes running without end: GRANT it to operators only.
REVOKE ALL ON FUNCTION mosaic.wake_worker() FROM PUBLIC;

CREATE FUNCTION mosaic.wake_worker_on_change() RETURNS trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'mosaic_wake_worker_on_change';
COMMENT ON FUNCTION mosaic.wake_worker_on_change() IS 'Trigger function: has a maintenance pass follow the change';
CREATE TRIGGER wake_worker AFTER INSERT OR UPDATE OR DELETE ON mosaic.partition_set
	FOR EACH STATEMENT EXECUTE FUNCTION mosaic.wake_worker_on_change();
CREATE TRIGGER wake_worker AFTER INSERT OR UPDATE OR DELETE ON mosaic.partition_level
	FOR EACH STATEMENT EXECUTE FUNCTION mosaic.wake_worker_on_change();

SELECT mosaic.wake_worker();
