// pure.hpp: included last by every file of core/, which must not see the
// server's headers: what is pure can be tested and fuzzed without a server.
#ifdef POSTGRES_H
#error "core/ must not see the server's headers"
#endif
