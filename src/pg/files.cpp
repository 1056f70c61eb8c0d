// files.cpp: files of our own outside the data directory.
//
// Compression is zlib's, in this process: no program, whose path, environment
// and end somebody would have to vouch for, and no shell.  Its streams write
// and read uncompressed files as well, so there is one way for both.
#include "pg/files.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

extern "C" {
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "storage/fd.h"
}

namespace pg {

namespace {

constexpr std::size_t block = 128 * 1024;
constexpr mode_t owner_only = S_IRUSR | S_IWUSR;

[[noreturn]] void refuse(const char *doing, const std::string &path, int error = errno)
{
	call([&] {
		errno = error;
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not %s \"%s\": %m", doing, path.c_str())));
	});
	pg_unreachable();
}

// A descriptor for a scope.
class descriptor {
public:
	descriptor(const std::string &path, int flags, const char *doing) : fd_(open(path.c_str(), flags | O_CLOEXEC, owner_only))
	{
		if (fd_ < 0)
			refuse(doing, path);
	}
	~descriptor()
	{
		if (fd_ >= 0)
			::close(fd_);
	}
	descriptor(const descriptor &) = delete;
	descriptor &operator=(const descriptor &) = delete;

	int get() const { return fd_; }
	int release() { return std::exchange(fd_, -1); }

private:
	int fd_;
};

// Feeds the file in blocks, from the offset on.
template <typename Fn>
void each_block(const file_part &part, Fn &&consume)
{
	const descriptor file(part.path, O_RDONLY, "open file");
	int64 left = file_size(part.path) - part.from - part.without_last;
	if (lseek(file.get(), part.from, SEEK_SET) < 0)
		refuse("read file", part.path);
	std::string buffer(block, '\0');
	while (left > 0)
	{
		check_for_interrupts();
		const ssize_t got = ::read(file.get(), buffer.data(), std::min<int64>(left, block));
		if (got < 0)
			refuse("read file", part.path);
		if (got == 0)
			break;
		consume(buffer.data(), static_cast<std::size_t>(got));
		left -= got;
	}
}

// zlib says errno of its own calls, or nothing.
int error_of(gzFile stream)
{
	int code;
	gzerror(stream, &code);
	return code == Z_ERRNO ? errno : EIO;
}

gzFile stream_of(void *stream) { return static_cast<gzFile>(stream); }

} // namespace

void require_writable_directory(const std::string &path)
{
	struct stat about;
	if (stat(path.c_str(), &about) != 0)
		refuse("open directory", path);
	if (!S_ISDIR(about.st_mode))
		refuse("open directory", path, ENOTDIR);
	if (access(path.c_str(), W_OK | X_OK) != 0)
		refuse("write to directory", path);
}

bool file_exists(const std::string &path)
{
	struct stat about;
	return lstat(path.c_str(), &about) == 0;
}

int64 file_size(const std::string &path)
{
	struct stat about;
	if (stat(path.c_str(), &about) != 0)
		refuse("open file", path);
	return about.st_size;
}

void create_file(const std::string &path)
{
	const descriptor made(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, "create file");
	// What an earlier attempt left may be of other rights.
	if (fchmod(made.get(), owner_only) != 0)
		refuse("set permissions of file", path);
}

void remove_file(const std::string &path) noexcept
{
	unlink(path.c_str());
}

void rename_durably(const std::string &from, const std::string &to)
{
	call([&] { durable_rename(from.c_str(), to.c_str(), ERROR); });
}

std::string file_sha256(const std::string &path)
{
	const auto checked = [](pg_cryptohash_ctx *context, int status) {
		if (status < 0)
			ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute SHA-256: %s", pg_cryptohash_error(context))));
	};
	pg_cryptohash_ctx *const context = call([&] {
		pg_cryptohash_ctx *made = pg_cryptohash_create(PG_SHA256);
		checked(made, pg_cryptohash_init(made));
		return made;
	});
	each_block({path}, [&](const char *bytes, std::size_t size) {
		call([&] { checked(context, pg_cryptohash_update(context, reinterpret_cast<const uint8 *>(bytes), size)); });
	});
	uint8 digest[PG_SHA256_DIGEST_LENGTH];
	call([&] {
		checked(context, pg_cryptohash_final(context, digest, sizeof(digest)));
		pg_cryptohash_free(context);
	});
	std::string hex;
	for (const uint8 byte : digest)
		for (const int nibble : {byte >> 4, byte & 0xf})
			hex.push_back("0123456789abcdef"[nibble]);
	return hex;
}

file_joiner::file_joiner(const std::string &path, compression how) : path_(path)
{
	descriptor file(path, O_WRONLY | O_TRUNC | O_NOFOLLOW, "open file");
	// "T" writes without compressing.
	stream_ = gzdopen(file.get(), how == compression::gzip ? "wb1" : "wbT");
	if (stream_ == nullptr)
		throw std::bad_alloc();
	file.release();
	gzbuffer(stream_of(stream_), block);
}

file_joiner::~file_joiner()
{
	if (stream_ != nullptr)
		gzclose(stream_of(stream_));
}

void file_joiner::append(const file_part &part)
{
	each_block(part, [this](const char *bytes, std::size_t size) {
		if (gzwrite(stream_of(stream_), bytes, static_cast<unsigned>(size)) != static_cast<int>(size))
			refuse("write file", path_, error_of(stream_of(stream_)));
	});
}

void file_joiner::close()
{
	const int result = gzclose(stream_of(std::exchange(stream_, nullptr)));
	if (result != Z_OK)
		refuse("write file", path_, result == Z_ERRNO ? errno : EIO);
}

file_reader::file_reader(const std::string &path) : path_(path)
{
	descriptor file(path, O_RDONLY, "open file");
	stream_ = gzdopen(file.get(), "rb");
	if (stream_ == nullptr)
		throw std::bad_alloc();
	file.release();
	gzbuffer(stream_of(stream_), block);
}

file_reader::~file_reader()
{
	gzclose(stream_of(stream_));
}

int file_reader::read(void *buffer, int most)
{
	const int got = gzread(stream_of(stream_), buffer, static_cast<unsigned>(most));
	if (got < 0)
	{
		int code;
		const char *why = gzerror(stream_of(stream_), &code);
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("could not read file \"%s\": %s", path_.c_str(), why)));
	}
	return got;
}

} // namespace pg
