-- Coming from pg_partman.

CREATE FUNCTION mosaic.import_partman(parent regclass DEFAULT NULL, disable boolean DEFAULT false)
RETURNS TABLE (parent regclass, setting text, value text, outcome text, detail text)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_import_partman';
COMMENT ON FUNCTION mosaic.import_partman(regclass, boolean) IS
'Manages from now on a set of pg_partman (4 or 5), or with NULL all of them, by the settings that it has there. Adopts the partitions where they are: no table is changed, none made, and no lock taken beyond ACCESS SHARE. Returns a row a setting: parent, the column of part_config (with sub_ of part_config_sub), its value, and as outcome taken over, no equivalent or refused, with the reason. disable: whether automatic_maintenance is set to off in pg_partman; else both maintain the set.
With NULL a set that cannot be imported has one row, refused, and does not stop the others; a named one raises its error. A set that is managed already is refused, and with disable left to pg_mosaic all the same.
Errors: 42704 pg_partman not installed, or the table not in its configuration; 42501 not the table''s owner, or no privilege on part_config (SELECT, for disable UPDATE); 42809 a level of another set; 0A000 a set without an equivalent here.';
