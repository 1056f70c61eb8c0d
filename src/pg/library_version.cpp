// library_version.cpp: the version that is built in, at one place of the file
// and in no instruction.
namespace pg {

extern const char library_version[];
const char library_version[] = PG_MOSAIC_VERSION;

} // namespace pg
