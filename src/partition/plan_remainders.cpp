// plan_remainders.cpp: which partitions a HASH set lacks.
//
// Partitions of several moduli may live side by side, each modulus a factor of
// the next larger one.  Seen from the greatest, every remainder must be taken
// by one of them; missing ones are made with the set's modulus where all of
// its remainders are free, else with the greatest.
#include "partition/name.hpp"
#include "partition/plan.hpp"

namespace partition {

namespace {

void require_fitting_modulus(int modulus, const pg::partition_table &table)
{
	for (int n = 0; n < table.count(); ++n)
	{
		const int other = table.hash(n).modulus;
		if (std::max(modulus, other) % std::min(modulus, other) != 0)
			throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "modulus " + std::to_string(modulus) + " does not fit the existing partitions",
							  "Partition \"" + pg::qualified_name(table.partition(n)) + "\" has modulus " + std::to_string(other) +
								  "; every modulus must divide the next larger one.",
							  "Use modulus " + std::to_string(other) + ", or a multiple or factor of it.");
	}
}

bool all_free(const std::vector<bool> &taken, int modulus, int remainder)
{
	for (std::size_t slot = remainder; slot < taken.size(); slot += modulus)
		if (taken[slot])
			return false;
	return true;
}

void take(std::vector<bool> &taken, int modulus, int remainder)
{
	for (std::size_t slot = remainder; slot < taken.size(); slot += modulus)
		taken[slot] = true;
}

} // namespace

plan plan_remainders(const set &settings, const pg::partition_table &table)
{
	plan steps;
	names planned;
	if (!settings.modulus)
		return steps;
	const int modulus = *settings.modulus;
	require_fitting_modulus(modulus, table);
	const pg::vector<int> slots = table.hash_slots();
	const int greatest = std::max(modulus, static_cast<int>(slots.size()));
	std::vector<bool> taken(greatest, false);
	for (int slot = 0; slot < greatest && !slots.empty(); ++slot)
		taken[slot] = slots[slot % slots.size()] >= 0;

	for (int slot = 0; slot < greatest; ++slot)
	{
		if (taken[slot])
			continue;
		const bool fits = all_free(taken, modulus, slot % modulus);
		const int with = fits ? modulus : greatest;
		const int remainder = slot % with;
		take(taken, with, remainder);
		const std::string name = free_name(settings.parent, settings.name_pattern, std::to_string(remainder), planned);
		planned.insert(name);
		steps.push_back({action::create, InvalidOid, name,
						 "remainder " + std::to_string(remainder), "modulus " + std::to_string(with),
						 "FOR VALUES WITH (MODULUS " + std::to_string(with) + ", REMAINDER " + std::to_string(remainder) + ")",
						 "no partition takes the remainder"});
	}
	return steps;
}

} // namespace partition
