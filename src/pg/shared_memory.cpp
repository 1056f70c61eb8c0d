// shared_memory.cpp: memory that all processes of the cluster share.
#include <iterator>

#include "pg/shared_memory.hpp"

namespace pg {

namespace {

constinit shared_area areas[8] = {};
constinit int count = 0;
constinit shmem_request_hook_type next_request = nullptr;
constinit shmem_startup_hook_type next_startup = nullptr;

void on_request()
{
	if (next_request != nullptr)
		next_request();
	for (int i = 0; i < count; ++i)
	{
		RequestAddinShmemSpace(areas[i].size());
		RequestNamedLWLockTranche(areas[i].name, 1);
	}
}

void on_startup()
{
	if (next_startup != nullptr)
		next_startup();
	for (int i = 0; i < count; ++i)
	{
		const Size size = areas[i].size();
		bool found;
		LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
		void *memory = ShmemInitStruct(areas[i].name, size, &found);
		if (!found)
			memset(memory, 0, size);
		areas[i].attach(memory, &GetNamedLWLockTranche(areas[i].name)->lock);
		LWLockRelease(AddinShmemInitLock);
	}
}

} // namespace

void request_shared_area(const shared_area &area)
{
	Assert(process_shared_preload_libraries_in_progress && count < static_cast<int>(std::size(areas)));
	if (count == 0)
	{
		next_request = shmem_request_hook;
		shmem_request_hook = on_request;
		next_startup = shmem_startup_hook;
		shmem_startup_hook = on_startup;
	}
	areas[count++] = area;
}

void before_leaving_shared_memory(void (*fn)())
{
	call([=] {
		before_shmem_exit(
			[](int, Datum argument) {
				boundary([argument] { reinterpret_cast<void (*)()>(DatumGetPointer(argument))(); });
			},
			PointerGetDatum(reinterpret_cast<void *>(fn)));
	});
}

} // namespace pg
