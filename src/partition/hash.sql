-- HASH sets: finer remainders.

CREATE PROCEDURE mosaic.hash_set_modulus(parent regclass, modulus integer)
LANGUAGE c AS 'MODULE_PATHNAME', 'mosaic_hash_set_modulus';
COMMENT ON PROCEDURE mosaic.hash_set_modulus(regclass, integer) IS
'Divides the partitions of a HASH set, or of the HASH level of a set, so that they have a greater modulus: each partition in a transaction of its own, which makes the finer partitions, moves the rows and drops the old one. Rows are seen exactly once at any time. The parent and the partition are locked exclusively while that partition''s rows move. A call that was cut off leaves partitions of both moduli, which is a whole set; the next call with the same modulus goes on. modulus: a multiple of the present one.
Errors: 42704 not a managed parent, 42501 not its owner, 42809 no HASH level, 22023 no multiple, 0A000 foreign keys that point to the table, further levels below, or repeatable read, 2D000 inside a transaction block, 55P03 locks that did not come, 53200 more partitions at once than the lock table holds.';
