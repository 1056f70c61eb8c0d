-- list_assign() for a level that has no table yet: the keys are checked all
-- the same, against a table that is made for it and leaves nothing behind.
CREATE SCHEMA partition_list_later;
SET search_path = partition_list_later;
CREATE TABLE visits (day date NOT NULL, region integer, PRIMARY KEY (day, region)) PARTITION BY RANGE (day);
SELECT count(*) FROM mosaic.create_parent('visits', '1 day', premake => 0, reference_time => '2024-01-01');
SELECT count(*) FROM mosaic.create_sub_parent('visits', 'LIST (region)', lists => '{"one": [1]}', reference_time => '2024-01-01');
DROP TABLE visits_p20240101;
SELECT * FROM mosaic.list_assign('visits', 'bad', '{x}');
SELECT * FROM mosaic.list_assign('visits', 'bad', '{99999999999}');
SELECT * FROM mosaic.list_assign('visits', 'bad', '{2, 02}');
SELECT * FROM mosaic.list_assign('visits', 'bad', '{01}');
SELECT * FROM mosaic.list_assign('visits', 'bad', '{}');
SELECT lists FROM mosaic.partition_level WHERE parent = 'visits'::regclass;
SELECT * FROM mosaic.list_assign('visits', 'two', '{2, 22}');
SELECT lists FROM mosaic.partition_level WHERE parent = 'visits'::regclass;
SELECT relname FROM pg_class WHERE relnamespace = 'partition_list_later'::regnamespace AND relkind IN ('r', 'p');
SELECT count(*) FROM mosaic.run_maintenance('visits', '2024-01-02');
SELECT partition, kind, lower_bound FROM mosaic.partitions('visits');
SELECT mosaic.drop_parent('visits');
SET client_min_messages = warning;
DROP SCHEMA partition_list_later CASCADE;
