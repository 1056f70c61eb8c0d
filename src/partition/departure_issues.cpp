// departure_issues.cpp: partitions on their way out that do not get on.
#include "partition/departure_issues.hpp"

#include "pg/identity.hpp"

namespace partition {

namespace {

std::optional<departure_issue> issue_of(const set &settings, const departure &one, const leaving &out)
{
	if (!OidIsValid(pg::owner_of(one.relation)))
		return std::nullopt;
	const std::string name = pg::qualified_name(one.relation);
	if (one.at != stage::detached && one.failed)
		return departure_issue{"archive_failing", name,
							   "It could not be archived, in " + std::to_string(one.attempts) + (one.attempts == 1 ? " attempt" : " attempts") +
								   ", and stays: " + one.last_error + ".",
							   "It is tried again by itself. To keep it: SELECT mosaic.hold_partition(" + pg::quoted_literal(name.c_str()) + ");"};
	if (one.at != stage::detached || out.is_held(one.relation))
		return std::nullopt;
	const std::string why = why_kept(settings, one, out);
	if (why.empty())
		return std::nullopt;
	return departure_issue{"detached_kept", name, "It was detached to be dropped, and is kept: " + why + ".",
						   "To keep it: SELECT mosaic.hold_partition(" + pg::quoted_literal(name.c_str()) + "); to be rid of it: DROP TABLE " + name + ";"};
}

} // namespace

std::vector<departure_issue> issues_of_departures(const set &settings)
{
	std::vector<departure_issue> issues;
	const leaving out = leaving_of_set(settings);
	for (const departure &one : out.open)
		if (std::optional<departure_issue> issue = issue_of(find_level(settings, one.parent).value_or(settings), one, out))
			issues.push_back(*std::move(issue));
	return issues;
}

} // namespace partition
