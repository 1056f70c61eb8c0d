# Builds, installs and ships pg_mosaic by PGXS.
#   make, make install, make installcheck   as for any PGXS extension
#   make demo, make test, make bench        on a fresh machine, see README.md

MODULE_big = pg_mosaic
EXTENSION = pg_mosaic
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(srcdir)/pg_mosaic.control)

OBJS = $(patsubst $(srcdir)/%.cpp,%.o,$(sort $(wildcard $(srcdir)/src/*.cpp $(srcdir)/src/*/*.cpp)))

# The install script is put together from the .sql beside each area.
SHARD_SQL = $(addprefix shard/,pure catalog lookup admin members assign exchange problems move engines)
AREAS = schema \
	partition/partition \
	partition/default \
	partition/drift \
	partition/hash \
	partition/retention \
	partition/import_partman \
	partition/set_relations \
	$(SHARD_SQL) \
	invalidation/invalidation \
	invalidation/invalidation_ddl \
	worker/worker \
	monitoring \
	metrics \
	library
AREAS_SQL = $(foreach area,$(AREAS),$(srcdir)/src/$(area).sql)
DATA_built = pg_mosaic--$(EXTVERSION).sql
# From one release to the next, written by hand and never changed afterwards.
DATA = $(wildcard $(srcdir)/src/upgrade/pg_mosaic--*--*.sql)
EXTRA_CLEAN = $(OBJS:.o=.d) build

override with_llvm := no
PG_CPPFLAGS = -I$(srcdir)/src -DPG_MOSAIC_VERSION='"$(EXTVERSION)"' -DBOOST_ENABLE_ASSERT_HANDLER
PG_CXXFLAGS = -std=c++20 -fvisibility=hidden -fvisibility-inlines-hidden -Wno-volatile -MMD -MP $(EXTRA_CXXFLAGS)
SHLIB_LINK += -lstdc++ -lcrypto -lz $(if $(filter linux,$(PORTNAME)),-Wl$(comma)--version-script=$(srcdir)/src/exports.map)
comma = ,

REGRESS = $(patsubst $(srcdir)/sql/%.sql,%,$(sort $(wildcard $(srcdir)/sql/*.sql)))
REGRESS_OPTS = --load-extension=pg_mosaic
ISOLATION = $(patsubst $(srcdir)/test/specs/%.spec,%,$(sort $(wildcard $(srcdir)/test/specs/*.spec)))
ISOLATION_OPTS = --inputdir=$(srcdir)/test --load-extension=pg_mosaic
TAP_TESTS = 1
PROVE_TESTS = test/t/*.pl

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifneq ($(wildcard $(PGXS)),)
include $(PGXS)

pg_mosaic--$(EXTVERSION).sql: $(AREAS_SQL) $(srcdir)/pg_mosaic.control $(srcdir)/Makefile
	printf '%s\n' '\echo Use "CREATE EXTENSION pg_mosaic" to load this file. \quit' | cat - $(AREAS_SQL) > $@

$(shlib): $(srcdir)/src/exports.map
# A build outside the source tree starts without the directories.  They are
# named in full, lest VPATH finds those of the sources.
OBJDIRS = $(addprefix $(CURDIR)/,$(sort $(dir $(OBJS))))
$(OBJS): | $(OBJDIRS)
$(OBJDIRS):
	mkdir -p $@
-include $(OBJS:.o=.d)
else
srcdir = .
all install uninstall installcheck clean:
	@echo "$(PG_CONFIG) does not lead to PGXS: install the server's development files or set PG_CONFIG" >&2; exit 1
endif

# These install what is missing, and use clusters of their own.  ONLY picks
# parts: make test ONLY="static regress=partition_*", make demo ONLY=01*.
# SOAK_SECONDS bounds the soak, FUZZ_SECONDS each fuzz target.
.PHONY: test demo bench soak fuzz
test demo bench soak fuzz:
	+@$(srcdir)/test/$(if $(filter test,$@),run $(if $(WERROR),--werror) $(ONLY),$@/run $(ONLY))

# The page of all objects, from their comments as installed.
.PHONY: reference
reference: install
	$(srcdir)/docs/make-reference >reference.new && mv reference.new $(srcdir)/docs/reference.md
