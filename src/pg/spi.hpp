// spi.hpp: SQL from inside, always with parameters, never by splicing.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>

#include "pg/value.hpp"

namespace pg {

// A statement whose plan is kept for the life of the backend.  Define it
// constinit: it has no destructor, and the plan belongs to the server.
class statement {
public:
	constexpr explicit statement(const char *sql) noexcept : sql_(sql) {}

private:
	friend class spi;
	const char *sql_;
	SPIPlanPtr plan_ = nullptr;
};

// One row of the last result.
class row {
public:
	row(HeapTuple tuple, TupleDesc description) : tuple_(tuple), description_(description) {}

	// Columns count from 1, as SPI's do.
	bool null(int column) const;
	Datum datum(int column) const; // of a column that is not null
	Oid oid(int column) const { return DatumGetObjectId(datum(column)); }
	int32 int4(int column) const { return DatumGetInt32(datum(column)); }
	int64 int8(int column) const { return DatumGetInt64(datum(column)); }
	bool boolean(int column) const { return DatumGetBool(datum(column)); }
	std::string text(int column) const { return to_string(datum(column)); }
	std::optional<std::string> optional_text(int column) const
	{
		return null(column) ? std::nullopt : std::optional<std::string>(text(column));
	}
	// Any type, through its output function; empty for NULL.
	std::string output(int column) const;

private:
	HeapTuple tuple_;
	TupleDesc description_;
};

// An SPI connection for a scope.  Results are valid until the next execute or
// the end of the scope.
class spi {
public:
	spi() { call([] { SPI_connect(); }); }
	~spi()
	{
		if (!unwinding_)
			SPI_finish();
	}
	spi(const spi &) = delete;
	spi &operator=(const spi &) = delete;

	// read_only: with the active snapshot, for whoever chose it.  From within a
	// function that does not show what was written earlier in the same call, or
	// in the statement around it; read_latest does, and what others committed.
	enum class access { read_write, read_only, read_latest };

	// Runs a one-off statement.
	uint64 execute(const std::string &sql, std::initializer_list<value> parameters = {}, access mode = access::read_write);
	// Runs a statement whose plan is kept.
	uint64 execute(statement &kept, std::initializer_list<value> parameters = {}, access mode = access::read_write);

	uint64 size() const { return SPI_processed; }
	row operator[](uint64 n) const { return row(SPI_tuptable->vals[n], SPI_tuptable->tupdesc); }

private:
	unwinding unwinding_;
};

} // namespace pg
