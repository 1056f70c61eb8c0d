// The set of a transaction's keys, against a model that copies everything at
// each savepoint.
#include "core/key_set.hpp"

#include <map>
#include <string>

#include "bytes.hpp"

namespace {

struct model_group {
	std::map<std::string, core::row_operation> keys;
	core::all_reason all = core::all_reason::none;
	bool for_good = false;
};

using model = std::vector<model_group>;

constexpr std::size_t cap = 5;

void add(model_group &group, const std::string &key, core::row_operation operation)
{
	if (group.all != core::all_reason::none || group.for_good)
		return;
	if (group.keys.size() >= cap && !group.keys.contains(key))
		group.all = core::all_reason::overflow;
	else
		group.keys[key] = operation;
}

void compare(const core::key_set &set, const model &expected)
{
	for (core::key_set::group g = 0; g < expected.size(); ++g)
	{
		if (expected[g].for_good)
			fuzz::hold(set.all(g) != core::all_reason::none, "for good is for good");
		else
			fuzz::hold(set.all(g) == expected[g].all, "a group is whole exactly when it should be");
		if (expected[g].for_good || expected[g].all != core::all_reason::none)
			continue;
		std::map<std::string, core::row_operation> found;
		for (const core::key_set::entry &entry : set.entries())
			if (entry.owner == g)
				fuzz::hold(found.emplace(set.key(entry), entry.operation).second, "each key is there once");
		fuzz::hold(found == expected[g].keys, "the keys and their operations are those of the model");
		fuzz::hold(set.size(g) == found.size(), "and are counted");
	}
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	fuzz::bytes input(data, size);
	core::key_set set(std::pmr::get_default_resource());
	std::vector<model> levels(1); // the innermost last; what each level began with lies below it
	levels.back().resize(2);
	for (int g = 0; g < 2; ++g)
		set.add_group();
	constexpr core::row_operation operations[] = {core::row_operation::insert, core::row_operation::update, core::row_operation::remove};
	while (!input.empty())
	{
		const int level = static_cast<int>(levels.size());
		const core::key_set::group group = input.byte() % 2;
		switch (input.byte() % 8)
		{
			case 0:
				if (level < 20)
					levels.push_back(levels.back());
				break;
			case 1:
				if (level > 1)
				{
					levels.pop_back();
					set.roll_back_level(level);
				}
				break;
			case 2:
				if (level > 1)
				{
					levels[levels.size() - 2] = levels.back();
					levels.pop_back();
					set.release_level(level);
				}
				break;
			case 3:
				set.set_all(group, core::all_reason::truncate, level);
				if (levels.back()[group].all == core::all_reason::none)
					levels.back()[group].all = core::all_reason::truncate;
				break;
			case 4:
				if (input.byte() == 0)
				{
					set.set_all_for_good(group);
					for (model &each : levels)
						each[group].for_good = true;
				}
				break;
			default:
			{
				const std::string key(input.text(3));
				const core::row_operation operation = operations[input.byte() % 3];
				set.add(group, key, operation, level, cap);
				add(levels.back()[group], key, operation);
			}
		}
		compare(set, levels.back());
	}
	return 0;
}
