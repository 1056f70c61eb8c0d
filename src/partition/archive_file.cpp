// archive_file.cpp: archives as files of the server's COPY.
//
// Where the file goes a superuser decides, by mosaic.archive_directory; what
// it is called follows from names that the table's owner chose, so all but
// letters, digits and a few signs become an underscore, and a random token of
// the ledger makes the name unique.  The owner needs no right to write files,
// and gets to read none.
//
// The file is written under another name, read back, and renamed when it is on
// disk.  What a crash leaves has the same name in the next attempt.
#include "partition/archive_file.hpp"

#include "partition/settings.hpp"
#include "partition/write_block.hpp"
#include "pg/database.hpp"
#include "pg/files.hpp"
#include "pg/identity.hpp"

namespace partition {

namespace {

constexpr std::size_t most_bytes_of_a_name = 48;

// A dot is for what stands between the parts.
std::string safe(const std::string &name)
{
	std::string result;
	for (const char c : name.substr(0, most_bytes_of_a_name))
	{
		const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
		result.push_back(plain ? c : '_');
	}
	return result;
}

std::string file_name(const departure &one)
{
	return safe(pg::database_name(MyDatabaseId)) + "." + safe(one.schema) + "." + safe(one.name) + "." + one.token + "." + one.format +
		   (one.compression == "gzip" ? ".gz" : "");
}

void write_rows(const departure &one, const std::string &path)
{
	const std::vector<Oid> leaves = leaves_of(one.relation);
	pg::copy_layout layout = layout_of(one);
	if (leaves.size() == 1 && one.compression != "gzip")
		return pg::copy_out(leaves.front(), layout, path);
	pg::file_joiner whole(path, one.compression == "gzip" ? pg::file_joiner::compression::gzip : pg::file_joiner::compression::none);
	for (std::size_t n = 0; n < leaves.size(); ++n)
	{
		const pg::scratch_file rows(path + ".rows");
		pg::copy_out(leaves[n], layout, rows.path());
		whole.append({rows.path(), n == 0 ? 0 : pg::head_of(layout), n + 1 == leaves.size() ? 0 : pg::tail_of(layout)});
		layout.header = false;
	}
	whole.close();
}

void require_same(const departure &one, const std::string &path)
{
	if (leaves_of(one.relation).empty())
		return;
	const pg::row_digest read = pg::digest_of_file(one.relation, layout_of(one), path);
	if (read.rows != *one.rows || read.sum_text() != one.hash)
		throw pg::failure(ERRCODE_DATA_CORRUPTED, "the archive of \"" + one.qualified() + "\" is not what the table holds",
						  "The file has " + std::to_string(read.rows) + " rows with hash " + read.sum_text() + "; the table has " +
							  std::to_string(*one.rows) + " with hash " + one.hash + ".",
						  "It is not dropped, and archived again with the next pass.");
}

} // namespace

std::string require_archive_directory()
{
	const std::string directory = settings::archive_directory != nullptr ? settings::archive_directory : "";
	if (directory.empty())
		throw pg::failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "mosaic.archive_directory is not set",
						  "It is where partitions are archived that have no archive_callback.",
						  "As a superuser: ALTER SYSTEM SET mosaic.archive_directory = '/path'; SELECT pg_reload_conf();");
	pg::require_writable_directory(directory);
	return directory;
}

pg::copy_layout layout_of(const departure &one)
{
	return {one.columns, one.format == "binary" ? pg::copy_format::binary : pg::copy_format::csv, true};
}

void archive_to_file(const set &settings, departure &one)
{
	one.format = settings.archive_format;
	one.compression = settings.archive_compression;
	one.location = require_archive_directory() + "/" + file_name(one);
	const pg::scratch_file draft(one.location + ".tmp");
	write_rows(one, draft.path());
	require_same(one, draft.path());
	one.bytes = pg::file_size(draft.path());
	one.checksum = pg::file_sha256(draft.path());
	pg::rename_durably(draft.path(), one.location);
}

} // namespace partition
