// files.hpp: files of our own outside the data directory.
//
// Readable by the server's user alone, for they hold a table's rows.  Errors
// are the server's own for file access (58P01, 42501, 53100 ...).
#pragma once

#include <string>

#include "pg/error.hpp"

namespace pg {

// Refuses what is no directory, or one that the server cannot write to.
void require_writable_directory(const std::string &path);

bool file_exists(const std::string &path);
int64 file_size(const std::string &path);
// Makes an empty file, or empties one; never through a symbolic link.
void create_file(const std::string &path);
// Does nothing where there is none.
void remove_file(const std::string &path) noexcept;
// On disk under its new name, whatever happens to the machine.
void rename_durably(const std::string &from, const std::string &to);
// Hexadecimal SHA-256 of the whole file.
std::string file_sha256(const std::string &path);

// A file that goes when the scope ends, however that is.
class scratch_file {
public:
	explicit scratch_file(std::string path) : path_(std::move(path)) { create_file(path_); }
	~scratch_file() { remove_file(path_); }
	scratch_file(const scratch_file &) = delete;
	scratch_file &operator=(const scratch_file &) = delete;

	const std::string &path() const { return path_; }

private:
	std::string path_;
};

// Part of a file, from an offset on and without so many bytes at its end.
struct file_part {
	std::string path;
	int64 from = 0;
	int64 without_last = 0;
};

// Puts files together in one that is there already, compressed or not.
class file_joiner {
public:
	enum class compression { none, gzip };

	file_joiner(const std::string &path, compression how);
	~file_joiner();
	file_joiner(const file_joiner &) = delete;
	file_joiner &operator=(const file_joiner &) = delete;

	void append(const file_part &part);
	void close();

private:
	std::string path_;
	void *stream_;
};

// Reads a file, compressed or not, which it tells by its beginning.
class file_reader {
public:
	explicit file_reader(const std::string &path);
	~file_reader();
	file_reader(const file_reader &) = delete;
	file_reader &operator=(const file_reader &) = delete;

	// At most so many bytes; 0 at the end.  Raises by ereport: for use inside
	// a server call.
	int read(void *buffer, int most);

private:
	std::string path_;
	void *stream_;
};

} // namespace pg
