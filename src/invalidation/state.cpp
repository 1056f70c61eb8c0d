// state.cpp: what is this installation's own.
#include <algorithm>

#include "invalidation/state.hpp"

#include "core/position_token.hpp"
#include "pg/identity.hpp"
#include "pg/resources.hpp"
#include "pg/spi.hpp"
#include "pg/wal.hpp"

namespace invalidation {

namespace {

constinit pg::statement read_state{"SELECT installation, hash_secret FROM mosaic.invalidation_state"};

std::string state_text(int column)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	const pg::latest_snapshot now;
	pg::spi spi;
	if (spi.execute(read_state, {}, pg::spi::access::read_only) != 1)
		throw pg::failure(ERRCODE_DATA_CORRUPTED, "mosaic.invalidation_state does not have one row", "",
						  "Restore it: INSERT INTO mosaic.invalidation_state DEFAULT VALUES;");
	return spi[0].text(column);
}

} // namespace

std::string installation()
{
	return state_text(1) + "-" + std::to_string(MyDatabaseId);
}

std::string current_epoch()
{
	return core::print_epoch(installation(), pg::current_timeline());
}

std::string hash_secret() { return state_text(2); }

std::string secret_if_needed(const coalesced &changes)
{
	const auto &parts = changes.parts();
	const bool needed = std::any_of(parts.begin(), parts.end(),
									[](const coalesced::part &p) { return p.payload == core::payload_kind::hashed; });
	return needed ? hash_secret() : std::string();
}

} // namespace invalidation
