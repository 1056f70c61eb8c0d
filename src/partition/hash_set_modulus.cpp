// hash_set_modulus.cpp: mosaic.hash_set_modulus(), finer remainders.
//
// The settings change first, then one partition a transaction.  PostgreSQL
// lets partitions of a modulus and of its multiple lie side by side, so at any
// moment between two of them the set is whole, and a call that was cut off is
// taken up by the next one.
#include "partition/analyze.hpp"
#include "partition/room.hpp"
#include "partition/split_remainder.hpp"
#include "partition/tree.hpp"
#include "partition/validate.hpp"
#include "pg/identity.hpp"
#include "pg/transaction.hpp"

namespace partition {

namespace {

// Where in the set, and what is to be divided.
struct division {
	std::vector<Oid> tables;
	int modulus;
};

int require_hash_level(const set &whole)
{
	if (const int level = hash_level(whole); level > 0)
		return level;
	throw pg::failure(ERRCODE_WRONG_OBJECT_TYPE, "\"" + pg::qualified_name(whole.parent) + "\" has no HASH level",
					  "It is partitioned by " + pg::upper_case(whole.strategy) + ".", "A modulus belongs to tables made with PARTITION BY HASH (column).");
}

void require_multiple(int modulus, int present)
{
	if (modulus >= present && modulus % present == 0)
		return;
	throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "modulus " + std::to_string(modulus) + " is no multiple of " + std::to_string(present),
					  "A partition can be divided into finer ones, but not take rows of another.",
					  "Use a multiple of " + std::to_string(present) + ", such as " + std::to_string(2 * static_cast<int64>(present)) + ".");
}

void require_procedure(FunctionCallInfo fcinfo)
{
	if (!pg::may_commit(fcinfo))
		throw pg::failure(ERRCODE_INVALID_TRANSACTION_TERMINATION, "mosaic.hash_set_modulus() cannot run inside a transaction block",
						  "It commits after each partition.", "CALL it by itself.");
	// An old snapshot would not see every row that is to be moved.
	if (IsolationUsesXactSnapshot())
		throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, "mosaic.hash_set_modulus() needs the isolation level read committed",
						  "Rows committed after its snapshot would be left behind.", "SET default_transaction_isolation = 'read committed';");
}

division set_modulus(Oid parent, int modulus)
{
	const set whole = lock_set(parent);
	const int level = require_hash_level(whole);
	const std::vector<Oid> tables = tables_of_level(whole, level);
	const int present = *level_numbered(whole, level).modulus;
	require_multiple(modulus, present);
	for (const Oid table : tables)
		require_divisible(level_of(whole, table));
	require_room(parent, modulus / present);
	if (modulus != present)
		store_modulus(parent, level, modulus);
	return {tables, modulus};
}

void divide_all(pg::transaction_driver &driver, Oid parent, const division &what)
{
	for (const Oid table : what.tables)
	{
		driver.begin();
		const std::vector<Oid> partitions = coarser_partitions(table, what.modulus);
		driver.commit();
		for (const Oid partition : partitions)
		{
			pg::check_for_interrupts();
			driver.begin();
			split_remainder(level_of(lock_set(parent), table), partition, what.modulus);
			driver.commit();
		}
	}
}

} // namespace

PG_FUNCTION(mosaic_hash_set_modulus)
{
	const pg::arguments arguments(fcinfo);
	arguments.require(0, "parent");
	arguments.require(1, "modulus");
	const Oid parent = arguments.oid(0);
	const int modulus = DatumGetInt32(arguments.datum(1));
	require_primary("mosaic.hash_set_modulus()");
	require_procedure(fcinfo);
	pg::require_relation(parent);
	require_set(parent);
	pg::require_ownership(parent);
	pg::procedure_transactions driver;
	const division what = set_modulus(parent, modulus);
	driver.commit();
	divide_all(driver, parent, what);
	analyze_parent(parent);
	return Datum(0);
}

} // namespace partition
