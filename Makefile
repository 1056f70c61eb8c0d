# Builds, installs and ships pg_mosaic by PGXS.
#   make, make install, make installcheck   as for any PGXS extension
#   make demo, make test, make bench        on a fresh machine, see README.md

MODULE_big = pg_mosaic
EXTENSION = pg_mosaic
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(srcdir)/pg_mosaic.control)

OBJS = $(patsubst $(srcdir)/%.cpp,%.o,$(sort $(wildcard $(srcdir)/src/*.cpp $(srcdir)/src/*/*.cpp)))

# The install script is put together from the .sql beside each area.
AREAS_SQL = $(wildcard $(foreach area,schema partition/partition shard/shard invalidation/invalidation invalidation/invalidation_ddl worker/worker,$(srcdir)/src/$(area).sql))
DATA_built = pg_mosaic--$(EXTVERSION).sql
EXTRA_CLEAN = $(OBJS:.o=.d)

override with_llvm := no
PG_CPPFLAGS = -I$(srcdir)/src
PG_CXXFLAGS = -std=c++20 -fvisibility=hidden -fvisibility-inlines-hidden -Wno-volatile -MMD -MP $(EXTRA_CXXFLAGS)
SHLIB_LINK += -lstdc++

REGRESS = $(patsubst $(srcdir)/sql/%.sql,%,$(sort $(wildcard $(srcdir)/sql/*.sql)))
REGRESS_OPTS = --load-extension=pg_mosaic
ISOLATION = $(patsubst $(srcdir)/test/specs/%.spec,%,$(sort $(wildcard $(srcdir)/test/specs/*.spec)))
ISOLATION_OPTS = --inputdir=$(srcdir)/test --load-extension=pg_mosaic
TAP_TESTS = 1
PROVE_TESTS = $(sort $(wildcard $(srcdir)/test/t/*.pl))

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

pg_mosaic--$(EXTVERSION).sql: $(AREAS_SQL) $(srcdir)/pg_mosaic.control $(srcdir)/Makefile
	printf '%s\n' '\echo Use "CREATE EXTENSION pg_mosaic" to load this file. \quit' | cat - $(AREAS_SQL) > $@

-include $(OBJS:.o=.d)
