// crash_mark.cpp: remembering across a crash who was at work.
#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "pg/crash_mark.hpp"

extern "C" {
#include "common/file_perm.h"
}

namespace pg {

namespace {

// Beyond these the wait is the longest anyway.
constexpr int most_crashes = 1000;

using file_name = std::array<char, MAXPGPATH>;

// The directory is the server's for what may be lost, and left out of base
// backups.  Relative to the data directory, where every process is.
file_name name_of(const char *work, Oid database)
{
	file_name name;
	snprintf(name.data(), name.size(), "%s/pg_mosaic_%s.%u", PG_STAT_TMP_DIR, work, database);
	return name;
}

} // namespace

int read_crash_mark(const char *work, Oid database)
{
	const int file = open(name_of(work, database).data(), O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return 0;
	std::array<char, 16> content;
	const ssize_t size = read(file, content.data(), content.size());
	close(file);

	// A mark that was cut off while it was written still tells of one crash.
	int crashes = 1;
	if (size > 0)
		std::from_chars(content.data(), content.data() + size, crashes);
	return std::clamp(crashes, 1, most_crashes);
}

void write_crash_mark(const char *work, Oid database, int crashes)
{
	std::array<char, 16> content;
	const char *end = std::to_chars(content.data(), content.data() + content.size(), crashes).ptr;
	const std::string_view written(content.data(), static_cast<std::size_t>(end - content.data()));

	const file_name name = name_of(work, database);
	const int file = open(name.data(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, pg_file_create_mode);
	const bool complete = file >= 0 && write(file, written.data(), written.size()) == static_cast<ssize_t>(written.size());
	if (file >= 0)
		close(file);
	if (!complete)
		notice(LOG, "could not write a mark of work in progress", name.data());
}

void remove_crash_mark(const char *work, Oid database) noexcept
{
	unlink(name_of(work, database).data());
}

} // namespace pg
