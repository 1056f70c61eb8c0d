-- What names nothing, or something of another kind, is an error of the caller
-- and never an internal one.
\set VERBOSITY sqlstate
SELECT count(*) FROM mosaic.partitions(0::regclass);
SELECT count(*) FROM mosaic.partitions(4294967295::regclass);
SELECT count(*) FROM mosaic.partition_bounds(1::regclass);
SELECT mosaic.partition_for(0::regclass, 1);
SELECT mosaic.partition_for(4294967295::regclass, 1);
SELECT mosaic.shard_make_id(0, 0::regclass);
SELECT mosaic.watch(0::regclass);
SELECT mosaic.watch(1::regclass, ARRAY['x:{id}']);
SELECT mosaic.unwatch(0::regclass);
SELECT mosaic.invalidate_table(1::regclass);
SELECT mosaic.create_parent(0::regclass, '1 day');
SELECT mosaic.create_sub_parent(0::regclass, 'HASH (id)');
SELECT mosaic.list_assign(1::regclass, 'a', '{b}');
SELECT count(*) FROM mosaic.plan(1::regclass);
SELECT mosaic.drop_parent(1::regclass);
SELECT mosaic.confirm_retention(1::regclass);
