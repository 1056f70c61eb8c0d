-- Everything lives in schema mosaic, made here and nowhere else: adopting a
-- schema that somebody made before would leave it theirs.
CREATE SCHEMA mosaic;
COMMENT ON SCHEMA mosaic IS 'pg_mosaic: partitions, shard maps and cache invalidation';
GRANT USAGE ON SCHEMA mosaic TO PUBLIC;
