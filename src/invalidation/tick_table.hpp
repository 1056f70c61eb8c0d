// tick_table.hpp: mosaic.tick.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/snapshot.hpp"
#include "pg/error.hpp"

namespace invalidation {

struct tick_row {
	int64 position = 0;
	core::snapshot seen{1, 1, {}};
	uint32 timeline = 0;
	uint64 lsn = 0;
	// For each channel the position at which it last had something.
	std::vector<std::string> channels;
	std::vector<int64> positions;
};

// All of these need an active snapshot that is not older than the question.
namespace tick_table {

// Whose ticks count: those of the current transaction may yet roll back.
enum class made_by { anybody, others };

std::optional<tick_row> last(made_by whom);
std::optional<tick_row> at(int64 position, made_by whom);
std::vector<tick_row> after(int64 position, int64 most, made_by whom);
void insert(const tick_row &row, std::size_t transactions, std::size_t keys);

// What the active snapshot sees, its own transaction left out.
core::snapshot current_snapshot();

} // namespace tick_table

} // namespace invalidation
