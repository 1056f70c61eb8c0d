// native.cpp: the server's own placement, as SQL functions: the remainder by
// which a HASH partition of modulus n is chosen.
#include "pg/array.hpp"
#include "pg/bytes.hpp"
#include "pg/native_hash.hpp"
#include "pg/routine.hpp"
#include "shard/numbers.hpp"

namespace {

Datum remainder_of(uint64 key_hash, int n)
{
	return Int32GetDatum(static_cast<int32>(pg::partition_row_hash(key_hash) % static_cast<uint64>(n)));
}

// Hash of one column value by its type's default hash operator class, as a
// partition key of that column has it.
uint64 column_hash(Oid type, Oid collation, Datum datum)
{
	const FmgrInfo *function = pg::call([=]() -> const FmgrInfo * {
		TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_HASH_EXTENDED_PROC_FINFO);
		return OidIsValid(entry->hash_extended_proc_finfo.fn_oid) ? &entry->hash_extended_proc_finfo : nullptr;
	});
	if (function == nullptr)
		throw pg::failure(ERRCODE_UNDEFINED_FUNCTION, "could not identify an extended hash function for type " + pg::format_type(type),
						  "A column of this type cannot be in a HASH partition key either.", "Cast the key to a type that can, such as text.");
	return pg::call([=] {
		return DatumGetUInt64(FunctionCall2Coll(const_cast<FmgrInfo *>(function), collation, datum, UInt64GetDatum(HASH_PARTITION_SEED)));
	});
}

} // namespace

PG_FUNCTION(mosaic_shard_native_bigint)
{
	return remainder_of(pg::partition_hash(PG_GETARG_INT64(0)), shard::require_count(PG_GETARG_INT32(1)));
}

PG_FUNCTION(mosaic_shard_native_text)
{
	shard::require_plain_collation(fcinfo);
	return remainder_of(pg::partition_hash(pg::bytes_of(PG_GETARG_DATUM(0))), shard::require_count(PG_GETARG_INT32(1)));
}

PG_FUNCTION(mosaic_shard_native_bytea)
{
	return remainder_of(pg::partition_hash(pg::bytes_of(PG_GETARG_DATUM(0))), shard::require_count(PG_GETARG_INT32(1)));
}

PG_FUNCTION(mosaic_shard_native_uuid)
{
	const char *bytes = reinterpret_cast<const char *>(PG_GETARG_UUID_P(0)->data);
	return remainder_of(pg::partition_hash(std::string_view(bytes, UUID_LEN)), shard::require_count(PG_GETARG_INT32(1)));
}

// VARIADIC "any": several columns as a key, each given as an argument or all
// in one VARIADIC array.
PG_FUNCTION(mosaic_shard_native_row)
{
	const int n = shard::require_count(PG_GETARG_INT32(0));
	// Bare literals bring no collation along.
	const Oid collation = OidIsValid(PG_GET_COLLATION()) ? PG_GET_COLLATION() : DEFAULT_COLLATION_OID;
	uint64 hash = 0;
	const auto add = [&](Oid type, Datum datum) { hash = hash_combine64(hash, column_hash(type, collation, datum)); };
	if (pg::call([fcinfo] { return get_fn_expr_variadic(fcinfo->flinfo); }))
	{
		const pg::array_elements columns = pg::elements_of(PG_GETARG_DATUM(1));
		for (int i = 0; i < columns.count; ++i)
		{
			if (columns.nulls[i])
			{
				fcinfo->isnull = true;
				return 0;
			}
			add(columns.type, columns.values[i]);
		}
	}
	else
		for (int i = 1; i < PG_NARGS(); ++i)
		{
			Oid type = pg::given_type(fcinfo, i);
			Datum datum = PG_GETARG_DATUM(i);
			if (type == UNKNOWNOID) // a literal, still as typed
			{
				datum = pg::text_value(std::string_view(DatumGetCString(datum))).datum;
				type = TEXTOID;
			}
			add(type, datum);
		}
	return Int32GetDatum(static_cast<int32>(hash % static_cast<uint64>(n)));
}
