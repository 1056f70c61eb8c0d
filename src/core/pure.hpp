// pure.hpp: included last by every .cpp of core/, which must not see the server.
#ifdef POSTGRES_H
#error "core/ is plain C++ and must not include a server header"
#endif
