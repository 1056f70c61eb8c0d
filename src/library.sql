-- Every script of the extension ends with this call.

CREATE FUNCTION mosaic.require_library() RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_require_library';
COMMENT ON FUNCTION mosaic.require_library() IS 'internal: refuses, with 55000, where the library that is loaded is older than the extension';

SELECT mosaic.require_library();
