// replica.cpp: which server of a shard to talk to, and how to reach it.
#include "shard/replica.hpp"

#include "core/placement.hpp"

namespace shard {

namespace {

const node *replica_of(const map &m, std::string_view primary, const key &k)
{
	const uint64 key_hash = native_hash(k);
	const node *winner = nullptr;
	double best = 0;
	for (const node &n : m.nodes)
	{
		if (n.primary != primary || n.weight == 0)
			continue;
		const double score = core::weighted_rendezvous_score(key_hash, n.name_hash, static_cast<double>(n.weight));
		if (winner == nullptr || score > best)
		{
			winner = &n;
			best = score;
		}
	}
	return winner;
}

// A value as libpq's conninfo syntax wants it.
std::string quoted(std::string_view value)
{
	std::string text = "'";
	for (const char c : value)
	{
		if (c == '\'' || c == '\\')
			text += '\\';
		text += c;
	}
	return text + "'";
}

bool is_plain(std::string_view value)
{
	for (const char c : value)
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'))
			return false;
	return !value.empty();
}

} // namespace

const node &node_for(const map &m, const place &p, const key &k, std::string_view role)
{
	const owner &o = m.owners[p.owner];
	const auto refuse = [&](int sqlstate, const std::string &message, const std::string &hint) {
		throw pg::failure(sqlstate, message, "The key belongs to shard " + std::to_string(o.id) + " of map \"" + std::string(m.name) + "\".",
						  hint);
	};
	if (role != "primary" && role != "replica")
		refuse(ERRCODE_INVALID_PARAMETER_VALUE, "unrecognized role \"" + std::string(role) + "\"", "Use 'primary' or 'replica'.");
	if (o.node == none)
		refuse(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "shard \"" + std::string(o.name) + "\" has no node",
			   "SELECT mosaic.shard_place(map, shard, node) places it.");
	const node &home = m.nodes[o.node];
	if (role == "primary")
		return home;
	const node *replica = replica_of(m, home.name, k);
	if (replica == nullptr)
		refuse(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "node \"" + std::string(home.name) + "\" has no replica",
			   "Ask for role 'primary', or add one: SELECT mosaic.shard_node_add(..., role => 'replica', primary_node => ...).");
	return *replica;
}

std::string dsn_of(const node &n, const place &p)
{
	const std::string_view dbname = p.dbname.empty() ? n.dbname : p.dbname;
	return std::string(n.conninfo) + " dbname=" + (is_plain(dbname) ? std::string(dbname) : quoted(dbname));
}

} // namespace shard
