// directory.hpp: the keys of a directory asked for last, in bounded memory.
//
// A directory can have more keys than a backend has memory.  So it is never
// laid out: found keys are kept until the budget is spent, then the one not
// asked for longest goes.  A key that was not found is not kept, since any
// number of them can be asked for.
#pragma once

#include "shard/map.hpp"

namespace shard {

class directory {
public:
	// Made in, and freed with, the map's context.
	static directory *make(MemoryContext parent, Size budget);

	// Null where the key is not kept, which says nothing about the catalog.
	const entry *find(const key &k);
	void remember(const key &k, const entry &found);

private:
	struct kept;
	struct table;

	directory(MemoryContext own, Size budget) : context_(own), budget_(budget) { start_over(); }

	void start_over();
	bool make_room(Size needed);
	void forget_oldest();

	MemoryContext const context_;
	Size const budget_;
	Size left_;
	table *table_;
};

} // namespace shard
