// module.cpp: the library's entry.
#include "pg/error.hpp"

#include "invalidation/pending.hpp"
#include "invalidation/settings.hpp"
#include "partition/settings.hpp"
#include "pg/settings.hpp"
#include "shard/settings.hpp"
#include "worker/settings.hpp"
#include "worker/worker.hpp"

extern "C" {
PG_MODULE_MAGIC;
PGDLLEXPORT void _PG_init(void);
}

// Loading late, by LOAD or by pg_upgrade, must work: then all SQL works and
// only what needs shared memory is absent.
void _PG_init(void)
{
	pg::boundary([] {
		partition::define_settings();
		invalidation::define_settings();
		invalidation::start_collecting();
		worker::define_settings();
		shard::define_settings();
		pg::reserve_setting_prefix();
		worker::start();
	});
}
