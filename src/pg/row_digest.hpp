// row_digest.hpp: what a table's rows come to, in whatever order they are.
//
// The number and the sum that anybody can ask the server for:
//
//   SELECT count(*), sum(hashtextextended(t::text, 0)) FROM partition t
//
// (without generated columns, which no archive holds, and with the settings of
// stable_text).  It is computed here because t::text is the table owner's to
// redefine, and because row security would hide rows from the query.
#pragma once

#include <string>
#include <vector>

#include "pg/resources.hpp"

namespace pg {

struct row_digest {
	int64 rows = 0;
	__int128 sum = 0;

	bool operator==(const row_digest &other) const { return rows == other.rows && sum == other.sum; }
	row_digest &operator+=(const row_digest &other)
	{
		rows += other.rows;
		sum += other.sum;
		return *this;
	}
	std::string sum_text() const;
};

// Within it values have one text, whoever's session it is.  In an acting_as or
// setting_scope, with which it ends.
void use_stable_text();

// Columns that an archive holds: those that are not generated, in order.
std::vector<std::string> stored_columns(Oid table);

// Takes up rows one by one, as a table with these columns has them.
class row_digester {
public:
	row_digester(Relation table, const std::vector<std::string> &columns);

	// All columns of the table, as a server function yields them.  For use
	// inside a server call; leaves memory behind for the caller to reset.
	void add(const Datum *values, const bool *nulls);
	const row_digest &result() const { return result_; }

private:
	int count_;
	const int *attributes_; // of the table, from 0
	TupleDesc row_;
	Datum *values_;
	bool *nulls_;
	FmgrInfo output_;
	row_digest result_;
};

// Of the rows that the active snapshot sees.
row_digest digest_of_table(Oid table, const std::vector<std::string> &columns);

} // namespace pg
