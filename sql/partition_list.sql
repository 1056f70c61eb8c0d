-- LIST sets: keys of every type, lists that grow, repair, and what is refused.
CREATE SCHEMA partition_list;
SET search_path = partition_list;

-- A list a partition; each row in the partition of its list.
CREATE TABLE orders (region text, id bigint) PARTITION BY LIST (region);
SELECT * FROM mosaic.create_parent('orders', lists => '{"na": ["US", "CA", "MX"], "eu": ["DE", "FR"], "none": [null]}');
INSERT INTO orders VALUES ('US', 1), ('MX', 2), ('DE', 3), (NULL, 4);
SELECT tableoid::regclass, * FROM orders ORDER BY id;
SELECT partition, kind, lower_bound, upper_bound FROM mosaic.partitions('orders');
SELECT strategy, lists, name_pattern, premake FROM mosaic.partition_set WHERE parent = 'orders'::regclass;
-- Nothing more is due, and the plan says so.
SELECT * FROM mosaic.plan('orders');
SELECT * FROM mosaic.run_maintenance('orders');
SELECT code FROM mosaic.partition_issues() WHERE code <> 'missed_rows' AND set = 'orders'::regclass;

-- Every other type of key; keys come back as the type writes them.
CREATE TYPE colour AS ENUM ('red', 'green', 'blue');
CREATE DOMAIN country AS char(2);
CREATE FUNCTION keys_of(type regtype, lists jsonb) RETURNS TABLE (partition text, lower_bound text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE probe (k %s) PARTITION BY LIST (k)', type);
	PERFORM mosaic.create_parent('probe', lists => keys_of.lists);
	RETURN QUERY SELECT p.partition::text, p.lower_bound FROM mosaic.partitions('probe') p ORDER BY 1;
	PERFORM mosaic.drop_parent('probe');
	DROP TABLE probe;
END $$;
SELECT * FROM keys_of('varchar(8)', '{"a": ["x", "yy"], "b": ["z"]}');
SELECT * FROM keys_of('colour', '{"warm": ["red"], "cold": ["green", "blue"]}');
SELECT * FROM keys_of('integer', '{"low": [1, 2, -3], "high": ["100"], "none": [null]}');
SELECT * FROM keys_of('bigint', '{"huge": [9223372036854775807, -9223372036854775808]}');
SELECT * FROM keys_of('smallint', '{"a": [1]}');
SELECT * FROM keys_of('numeric', '{"a": [1.50], "b": ["1e3"]}');
SELECT * FROM keys_of('uuid', '{"a": ["018CC251-F400-0000-0000-000000000000"]}');
SELECT * FROM keys_of('boolean', '{"yes": [true], "no": ["f"]}');
SELECT * FROM keys_of('country', '{"na": ["US"], "eu": ["DE"]}');
SELECT * FROM keys_of('date', '{"new_year": ["2024-01-01"]}');
-- Texts that look like something else, and names that need quotes.
SELECT * FROM keys_of('text', '{"It''s \"na\"": ["a,b", "NULL", "", "it''s", "{x}", "back\\slash", " "]}');
SELECT octet_length(partition) <= 63 + 2, partition, lower_bound FROM keys_of('text', jsonb_build_object(repeat('é', 40), '["a"]'::jsonb, repeat('é', 40) || 'x', '["b"]'::jsonb));

-- A date means the same to whoever reads it: the session that gives it, one
-- with another DateStyle, and maintenance.
SET DateStyle = 'SQL, DMY';
CREATE TABLE holidays (day date) PARTITION BY LIST (day);
SELECT * FROM mosaic.create_parent('holidays', lists => '{"spring": ["2024-03-04"]}', time_zone => 'UTC');
SET DateStyle = 'SQL, MDY';
SELECT * FROM mosaic.plan('holidays');
SELECT partition, lower_bound FROM mosaic.partitions('holidays');
RESET DateStyle;

-- More keys for a list are one more partition, since no row may move; a list
-- that is new gets its first.
SELECT * FROM mosaic.list_assign('orders', 'eu', ARRAY['IT', 'ES']);
SELECT * FROM mosaic.list_assign('orders', 'asia', '{JP}');
INSERT INTO orders VALUES ('IT', 5), ('JP', 6);
SELECT tableoid::regclass, region FROM orders WHERE id > 4 ORDER BY id;
SELECT lists FROM mosaic.partition_set WHERE parent = 'orders'::regclass;
SELECT * FROM mosaic.plan('orders');

-- Refused, with the partition and the number of rows in the way.
\set VERBOSITY sqlstate
SELECT * FROM mosaic.list_assign('orders', 'eu', '{US}');
\set VERBOSITY default
SELECT * FROM mosaic.list_assign('orders', 'eu', '{US}');
SELECT * FROM mosaic.list_assign('orders', 'eu', '{DE}');
SELECT * FROM mosaic.list_assign('orders', 'other', '{NULL}');
SELECT * FROM mosaic.list_assign('orders', 'eu', '{PL,PL}');
SELECT * FROM mosaic.list_assign('orders', 'eu', '{}');
SELECT * FROM mosaic.list_assign('orders', '', '{PL}');
SELECT * FROM mosaic.list_assign('holidays', 'none', '{someday}');
SELECT lists FROM mosaic.partition_set WHERE parent = 'orders'::regclass;
CREATE TABLE shades (c colour) PARTITION BY LIST (c);
SELECT * FROM mosaic.create_parent('shades', lists => '{"warm": ["red"]}');
SELECT * FROM mosaic.list_assign('shades', 'cold', '{purple}');
CREATE TABLE events (at date) PARTITION BY RANGE (at);
SELECT * FROM mosaic.list_assign('events', 'a', '{x}');
SELECT count(*) FROM mosaic.create_parent('events', '1 day', premake => 0, reference_time => '2024-01-01');
SELECT * FROM mosaic.list_assign('events', 'a', '{x}');
SELECT * FROM mosaic.list_assign('orders_na', 'a', '{x}');
CREATE ROLE mosaic_list_stranger;
GRANT USAGE ON SCHEMA partition_list TO mosaic_list_stranger;
SET ROLE mosaic_list_stranger;
SELECT * FROM mosaic.list_assign('orders', 'eu', '{PL}');
RESET ROLE;

-- A default partition: a list may take keys of its rows; the partition is made
-- with them, by draining the default.
CREATE TABLE visits (page text, id integer) PARTITION BY LIST (page);
SELECT * FROM mosaic.create_parent('visits', lists => '{"home": ["/"], "default": ["/default"]}', default_partition => true);
INSERT INTO visits VALUES ('/a', 1), ('/a', 2), (NULL, 3), ('/b', 4);
SELECT tableoid::regclass, count(*) FROM visits GROUP BY 1 ORDER BY 1;
SELECT * FROM mosaic.list_assign('visits', 'shop', '{/a,/c}');
SELECT * FROM mosaic.list_assign('visits', 'shop', '{/d}');
SELECT severity, code, object, detail, hint FROM mosaic.partition_issues() WHERE set = 'visits'::regclass;
CALL mosaic.drain_default('visits');
SELECT * FROM mosaic.list_assign('visits', 'none', '{NULL}');
CALL mosaic.drain_default('visits');
SELECT tableoid::regclass, count(*) FROM visits GROUP BY 1 ORDER BY 1;
SELECT partition, kind, lower_bound FROM mosaic.partitions('visits');

-- Scenario 29: a new value goes into the default partition where there is one,
-- and is refused without; NULL is in one list only.
INSERT INTO visits VALUES ('de', 5);
SELECT tableoid::regclass FROM visits WHERE id = 5;
INSERT INTO orders VALUES ('de', 7);

-- Scenarios 63 and 66: a partition of the user's own is adopted, one that was
-- dropped or detached comes back.
CREATE TABLE orders_poland PARTITION OF orders FOR VALUES IN ('PL');
SELECT * FROM mosaic.list_assign('orders', 'east', '{PL,CZ}');
DROP TABLE orders_na;
ALTER TABLE orders DETACH PARTITION orders_asia;
SELECT severity, code, detail, hint FROM mosaic.partition_issues() WHERE code <> 'missed_rows' AND set = 'orders'::regclass;
SELECT step, action, partition, lower_bound, reason, command FROM mosaic.plan('orders');
SELECT action, partition, lower_bound, outcome FROM mosaic.run_maintenance('orders');
SELECT partition, lower_bound FROM mosaic.partitions('orders');
SELECT code FROM mosaic.partition_issues() WHERE code <> 'missed_rows' AND set = 'orders'::regclass;
-- Of a list whose keys are partly taken, the others.
CREATE TABLE adopted (k integer) PARTITION BY LIST (k);
CREATE TABLE adopted_two PARTITION OF adopted FOR VALUES IN (2, NULL);
SELECT * FROM mosaic.create_parent('adopted', lists => '{"a": [1, 2, 3], "n": [null]}');
SELECT partition, lower_bound FROM mosaic.partitions('adopted') ORDER BY 2;

-- Scenario 67: what the parent got in the meantime, the new partition has.
ALTER TABLE orders ADD COLUMN note text DEFAULT 'new' CHECK (note <> '');
CREATE INDEX orders_id ON orders (id);
SELECT * FROM mosaic.list_assign('orders', 'south', '{BR}');
\d orders_south
-- Scenario 64: parent and key column renamed, another schema.
CREATE SCHEMA partition_list_two;
ALTER TABLE orders SET SCHEMA partition_list_two;
ALTER TABLE partition_list_two.orders RENAME TO purchases;
ALTER TABLE partition_list_two.purchases RENAME COLUMN region TO country;
SELECT * FROM mosaic.list_assign('partition_list_two.purchases', 'oceania', '{AU}');
-- name_pattern, and pausing.
UPDATE mosaic.partition_set SET name_pattern = '{bound}_of_{parent}', create_paused = true WHERE parent = 'shades'::regclass;
SELECT * FROM mosaic.list_assign('shades', 'cold', '{blue}');
UPDATE mosaic.partition_set SET create_paused = false WHERE parent = 'shades'::regclass;
SELECT action, partition FROM mosaic.run_maintenance('shades');

-- auto_lists: a set may begin without a list; what it makes of rows that
-- found no partition is the worker's.
CREATE TABLE any_value (k text) PARTITION BY LIST (k);
SELECT * FROM mosaic.create_parent('any_value', auto_lists => true);
SELECT * FROM mosaic.run_maintenance('any_value');
SELECT lists, auto_lists FROM mosaic.partition_set WHERE parent = 'any_value'::regclass;
SELECT * FROM mosaic.list_assign('any_value', 'a', '{x,y}');
UPDATE mosaic.partition_set SET auto_lists = false WHERE parent = 'any_value'::regclass;

-- A key that the server can list but that is an expression.
CREATE TABLE mail (address text) PARTITION BY LIST (lower(address));
SELECT * FROM mosaic.create_parent('mail', lists => '{"us": ["me@example.com", "you@example.com"]}', default_partition => true);
INSERT INTO mail VALUES ('ME@example.com'), ('Her@example.com');
SELECT tableoid::regclass, * FROM mail ORDER BY 2;
SELECT * FROM mosaic.list_assign('mail', 'them', '{her@example.com}');
CALL mosaic.drain_default('mail');
SELECT tableoid::regclass, * FROM mail ORDER BY 2;

-- Bad input: one error, and nothing left behind.
CREATE TABLE bad (k integer) PARTITION BY LIST (k);
CREATE PROCEDURE refused(call text) LANGUAGE plpgsql AS $$
DECLARE state text; message text; detail text; hint text;
BEGIN
	BEGIN
		EXECUTE 'SELECT * FROM mosaic.create_parent(''bad'', ' || call || ')';
		RAISE EXCEPTION 'accepted';
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	END;
	RAISE NOTICE E'% %\n  DETAIL: %\n  HINT: %', state, message, detail, hint;
	IF EXISTS (SELECT FROM mosaic.partition_set WHERE parent = 'bad'::regclass) OR EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'bad'::regclass) THEN
		RAISE EXCEPTION 'something was left behind';
	END IF;
END $$;
CALL refused($$lists => '[1, 2]'$$);
CALL refused($$lists => '"a"'$$);
CALL refused($$lists => 'null'$$);
CALL refused($$lists => '{}'$$);
CALL refused($$lists => '{"a": []}'$$);
CALL refused($$lists => '{"": [1]}'$$);
CALL refused($$lists => '{"a": 1}'$$);
CALL refused($$lists => '{"a": [[1]]}'$$);
CALL refused($$lists => '{"a": [{"k": 1}]}'$$);
CALL refused($$lists => '{"a": ["one"]}'$$);
CALL refused($$lists => '{"a": [1.5]}'$$);
CALL refused($$lists => '{"a": [3000000000]}'$$);
CALL refused($$lists => '{"a": [true]}'$$);
CALL refused($$lists => '{"a": [1, 1]}'$$);
CALL refused($$lists => '{"a": [1], "b": [2, "01"]}'$$);
CALL refused($$lists => '{"a": [null], "b": [null]}'$$);
CALL refused($$lists => NULL$$);
CALL refused($$lists => '{"a": [1]}', partition_interval => '1 day'$$);
CALL refused($$lists => '{"a": [1]}', premake => 9$$);
CALL refused($$lists => '{"a": [1]}', retention => '1 day'$$);
CALL refused($$lists => '{"a": [1]}', start_at => '2024-01-01'$$);
CALL refused($$lists => '{"a": [1]}', modulus => 4$$);
CALL refused($$lists => '{"a": [1]}', key_format => 'epoch_s'$$);
CALL refused($$lists => '{"a": [1]}', time_zone => 'Mars/Base'$$);
CALL refused($$lists => '{"a": [1]}', auto_lists => NULL$$);
CALL refused($$lists => '{"a": [1]}', auto_lists => true, default_partition => true$$);
-- UPDATE knows the same rules.
UPDATE mosaic.partition_set SET retention = '1 day' WHERE parent = 'shades'::regclass;
UPDATE mosaic.partition_set SET auto_lists = true WHERE parent = 'visits'::regclass;
SET ROLE mosaic_list_stranger;
UPDATE mosaic.partition_set SET lists = '{}' WHERE parent = 'partition_list.shades'::regclass;
RESET ROLE;

SELECT count(mosaic.drop_parent(parent)) FROM mosaic.partition_set;
SET client_min_messages = warning;
DROP SCHEMA partition_list, partition_list_two CASCADE;
DROP ROLE mosaic_list_stranger;
