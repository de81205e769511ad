# Ladle. `make` builds build/ladle, `make demo` shows it, `make test` proves it; `make help` lists the rest.
#
# VARIANT picks the flags and the folder: release (build/), asan (build/asan/), tsan, fuzz, mutants. Every layer of
# engine/ becomes one archive.

VERSION := 0.1.0
VARIANT ?= release
CC      ?= cc
PREFIX  ?= /usr/local

# From the lowest layer up: a file uses its own layer and those before it (spec/tools/layers.sh checks).
LAYERS := base format crypto net store script connector limit connection webhook token call service project recipe run trigger http daemon host cli

PACKAGES := lua5.4 lua5.4-cjson libcurl yaml-0.1 jansson libuv libmicrohttpd gnutls sqlite3 openssl libsodium
PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
# lua-cjson is linked in; the rest comes from the system's shared libraries.
PKG_LIBS := -Wl,-Bstatic -llua5.4-cjson -Wl,-Bdynamic $(shell pkg-config --libs $(filter-out lua5.4-cjson,$(PACKAGES)) 2>/dev/null) -lm

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla \
        -Wformat=2 -Wundef -Wwrite-strings -Wno-unused-parameter -Werror=implicit-function-declaration
# Backtraces and the sanitizers' reports name lines, not variables: -g1 takes a third less time. EXTRA_CFLAGS=-g is for
# a debugger.
CFLAGS_release := -O2 -g1 -D_FORTIFY_SOURCE=2 -fstack-protector-strong
CFLAGS_asan := -O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DLADLE_SANITIZED
CFLAGS_tsan := -O1 -g -fsanitize=thread -fno-omit-frame-pointer -DLADLE_SANITIZED
CFLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -DLADLE_SANITIZED
# What is compiled and linked a hundred times, and run once each.
CFLAGS_mutants := -O0
B ?= $(if $(filter release,$(VARIANT)),build,build/$(VARIANT))

CPPFLAGS += -D_GNU_SOURCE -DLADLE_VERSION='"$(VERSION)"' -Iengine -I$(B)/gen $(PKG_CFLAGS)
CFLAGS   += -std=c11 -pthread $(WARN) $(CFLAGS_$(VARIANT)) $(EXTRA_CFLAGS)
LDFLAGS  += -pthread $(LDFLAGS_$(VARIANT))
# What is tested is linked some 150 times: gold, where it is there, takes a third of the time, and symbols that are not
# used are not looked up when a program starts.
LDFLAGS_release := -Wl,-z,relro,-z,now
LDFLAGS_asan := -Wl,-z,relro $(if $(shell command -v ld.gold),-fuse-ld=gold)
LDFLAGS_mutants := $(LDFLAGS_asan)
# The tests' own code is not what takes time in them.
TEST_CFLAGS_asan := -O0 -g

# As many jobs as there are cores, where -j says nothing else. For the makes within recipes only: so the goals that
# were named, as in `make clean all`, still come one after another.
WITH_JOBS = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

# `make` says what it makes, `make V=1` how.
V ?= 0
say = $(if $(filter 0,$(V)),@echo '  $1 $2';)

layer_srcs = $(wildcard engine/$1/*.c)
layer_objs = $(patsubst engine/%.c,$(B)/obj/%.o,$(call layer_srcs,$1))
ARCHIVES := $(foreach l,$(LAYERS),$(B)/lib/$l.a)

# Flags of the packages are read when make starts, so what `deps` installs counts from the next make on.
.PHONY: all
all: deps
	@$(MAKE) $(WITH_JOBS) --no-print-directory $(B)/ladle

$(B)/ladle: $(B)/obj/main.o $(ARCHIVES)
	$(call say,LD,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(B)/obj/main.o -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(PKG_LIBS)

$(B)/obj/%.o: engine/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

define layer_rule
$(B)/lib/$1.a: $(call layer_objs,$1) $(if $(filter script,$1),$(B)/obj/script/embedded_files.o)
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(call say,AR,$$@)ar rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call layer_rule,$l)))

# Files that are built into the program; engine/script/embed.c finds them.
EMBEDDED := $(sort $(shell find scripts recipes -path scripts/generate -prune -o \( -name '*.lua' -o -name '*.yaml' -o -name '*.json' -o -name '*.pem' \) -print 2>/dev/null))
$(B)/gen/embedded_files.S: $(EMBEDDED) spec/tools/embed.sh Makefile
	@mkdir -p $(@D)
	$(call say,GEN,$@)sh spec/tools/embed.sh $(EMBEDDED) > $@.new && mv $@.new $@
$(B)/obj/script/embedded_files.o: $(B)/gen/embedded_files.S
	@mkdir -p $(@D)
	$(call say,AS,$<)$(CC) -c -o $@ $<

# --- tests ---------------------------------------------------------------------------------------

UNIT_SRCS := $(wildcard $(foreach l,$(LAYERS),spec/engine/$l/*_test.c))
UNIT_BINS := $(patsubst spec/engine/%.c,$(B)/spec/%,$(UNIT_SRCS))
define unit_rule
$(B)/spec/$1/%_test: spec/engine/$1/%_test.c $(ARCHIVES)
	@mkdir -p $$(@D)
	$$(call say,CC,$$<)$$(CC) $$(CPPFLAGS) $$(CFLAGS) $$(TEST_CFLAGS_$$(VARIANT)) $$(LDFLAGS) -MMD -MP -o $$@ $$< -Wl,--start-group $(ARCHIVES) -Wl,--end-group -lcmocka $$(PKG_LIBS)
endef
$(foreach l,$(LAYERS),$(eval $(call unit_rule,$l)))

# The fuzz targets: with libFuzzer (make fuzz), and as tests that replay the corpus.
FUZZ_SRCS := $(wildcard spec/fuzz/*_fuzz.c)
FUZZ_HEADERS := $(wildcard spec/fuzz/*.h)
FUZZ_NAMES := $(patsubst spec/fuzz/%_fuzz.c,%,$(FUZZ_SRCS))
FUZZ_REPLAYS := $(FUZZ_NAMES:%=$(B)/spec/fuzz/%_test)
FUZZERS := $(FUZZ_NAMES:%=$(B)/fuzz/%)
FUZZ_LIBS := -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(PKG_LIBS)
$(B)/spec/fuzz/%_test: spec/fuzz/%_fuzz.c spec/support/fuzz_main.c $(FUZZ_HEADERS) $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) -Ispec/fuzz -DFUZZ_CORPUS='"spec/fuzz/corpus/$*"' $(CFLAGS) $(TEST_CFLAGS_$(VARIANT)) $(LDFLAGS) -o $@ $< spec/support/fuzz_main.c $(FUZZ_LIBS)

$(B)/fuzz/%: spec/fuzz/%_fuzz.c $(FUZZ_HEADERS) $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) -Ispec/fuzz $(CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $< $(FUZZ_LIBS)

.PHONY: units fuzzers
units: $(UNIT_BINS) $(FUZZ_REPLAYS)
fuzzers: $(FUZZERS)

# make unit-base, unit-net …: builds and runs the unit tests of one layer.
unit-%: FORCE
	@sh spec/tools/deps.sh test
	@$(MAKE) $(WITH_JOBS) --no-print-directory VARIANT=$(VARIANT) B=$(B) $(patsubst spec/engine/%.c,$(B)/spec/%,$(wildcard spec/engine/$*/*_test.c))
	@set -e; for t in $(patsubst spec/engine/%.c,$(B)/spec/%,$(wildcard spec/engine/$*/*_test.c)); do $$t; done

.PHONY: test
test:
	@sh spec/tools/deps.sh test
	@$(MAKE) $(WITH_JOBS) --no-print-directory VARIANT=asan B=build/asan build/asan/ladle units crash-tools judge-tools
	@sh spec/tools/run.sh build/asan

.PHONY: FORCE
FORCE:

# make fuzz SECONDS=60: each target for that long, one after another, up to the first finding.
SECONDS ?= 60
.PHONY: fuzz
fuzz:
	@sh spec/tools/deps.sh fuzz
	@$(MAKE) $(WITH_JOBS) --no-print-directory VARIANT=fuzz CC=clang B=build/fuzz fuzzers
	@sh spec/fuzz/run.sh build/fuzz/fuzz $(SECONDS) $(TARGETS)

# --- crashes, power cuts, long runs (spec/crash) ----------------------------------------------------

POWERLOSS_SRCS := $(addprefix spec/crash/,powerloss.c workload.c image.c recorder.c)
$(B)/crash/inspect: spec/crash/inspect.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(PKG_LIBS)
$(B)/crash/powerloss: $(POWERLOSS_SRCS) $(wildcard spec/crash/*.h) $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) -Ispec/crash $(CFLAGS) $(LDFLAGS) -o $@ $(POWERLOSS_SRCS) -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(PKG_LIBS)
SIM_SRCS := $(addprefix spec/crash/,sim.c sim_life.c sim_seams.c sim_wire.c)
# What the simulator puts in the place of the engine's own; sim_seams.c says why.
SIM_WRAPS := loop_run loop_stop loop_wake store_open store_submit store_submit_read service_new runner_new \
             router_new http_client_new
comma := ,
$(B)/crash/sim: $(SIM_SRCS) $(wildcard spec/crash/sim*.h) $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) -Ispec/crash $(CFLAGS) $(LDFLAGS) $(SIM_WRAPS:%=-Wl$(comma)--wrap=%) -o $@ $(SIM_SRCS) \
	    -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(PKG_LIBS)
.PHONY: crash-tools
crash-tools: $(B)/crash/inspect $(B)/crash/powerloss $(B)/crash/sim

# make crash: every scenario, with the engine killed, stopped or failing at every fault point and commit, as
# spec/crash/points.lua says. MODES="crash" and POINTS="--only 'replay'" pick some.
MODES ?= crash fail fail5 stop
.PHONY: crash powerloss soak
crash: all
	@$(MAKE) $(WITH_JOBS) --no-print-directory B=$(B) crash-tools
	@set -e; for mode in $(MODES); do \
	    LADLE=$(CURDIR)/$(B)/ladle $(B)/ladle lua spec/crash/points.lua --mode $$mode $(POINTS); done
powerloss: all
	@$(MAKE) $(WITH_JOBS) --no-print-directory B=$(B) crash-tools
	@$(B)/crash/powerloss && $(B)/crash/powerloss --self-check
# make soak SECONDS=60: load, faults and SIGKILL at random moments.
soak: all
	@$(MAKE) $(WITH_JOBS) --no-print-directory B=$(B) crash-tools
	@LADLE=$(CURDIR)/$(B)/ladle $(B)/ladle lua spec/crash/soak.lua $(SECONDS)

# make tsan: what has threads, under ThreadSanitizer.
.PHONY: tsan tsan-units
tsan-units: $(foreach l,net store daemon cli,$(patsubst spec/engine/%.c,$(B)/spec/%,$(wildcard spec/engine/$l/*_test.c)))
tsan:
	@sh spec/tools/deps.sh test
	@$(MAKE) $(WITH_JOBS) --no-print-directory VARIANT=tsan B=build/tsan build/tsan/ladle tsan-units
	@sh spec/tools/tsan.sh build/tsan

# make sim SEED=1 RUNS=100: the whole engine in virtual time, in a world that fails by the seed.
SEED ?= 1
RUNS ?= 100
.PHONY: sim
sim: all
	@$(MAKE) $(WITH_JOBS) --no-print-directory B=$(B) crash-tools
	@$(B)/crash/sim $(SEED) $(RUNS)

# make mutants: the core with one change at a time, each of which a test must notice. ONLY=token picks some (a Lua
# pattern, looked for in all that spec/mutants/*.txt says of one), JOBS=1 tries one after another.
.PHONY: mutants
mutants:
	@sh spec/tools/deps.sh test
	@$(MAKE) $(WITH_JOBS) --no-print-directory VARIANT=mutants B=build/mutants build/mutants/ladle
	@build/mutants/ladle lua spec/tools/mutants.lua --jobs $(or $(JOBS),$(shell nproc)) --only '$(ONLY)'

# --- judges that are not ours (spec/judge) --------------------------------------------------------------

$(B)/judge/%: spec/judge/%.c $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(PKG_LIBS)
# make judge: 1,000 cron expressions over 400 zones and ten years, against Python's zoneinfo and npm's croner.
.PHONY: judge judge-tools
judge-tools: $(B)/judge/timetable
judge: all
	@$(MAKE) --no-print-directory B=$(B) judge-tools
	@LADLE=$(CURDIR)/$(B)/ladle $(B)/ladle lua spec/judge/full.lua

# --- what people ask for ---------------------------------------------------------------------------

.PHONY: demo
demo: all
	@$(B)/ladle demo

.PHONY: deps
deps:
	@sh spec/tools/deps.sh

.PHONY: layers
layers:
	@sh spec/tools/layers.sh

.PHONY: lint
lint:
	@sh spec/tools/deps.sh lint
	@sh spec/tools/lint.sh

# Unit tests, Lua, flow, layers and lint: what has to pass before a commit.
.PHONY: check
check: lint
	@$(MAKE) --no-print-directory test

# make reference: the parts of the documentation that are written from the source.
$(B)/tools/settings_reference: spec/tools/settings_reference.c spec/tools/settings_reference.h $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(PKG_LIBS)
$(B)/tools/connector_reference: spec/tools/connector_reference.c spec/tools/connector_reference.h $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(PKG_LIBS)
.PHONY: reference
reference: all
	@$(MAKE) --no-print-directory B=$(B) $(B)/tools/settings_reference $(B)/tools/connector_reference
	@$(B)/tools/settings_reference
	@$(B)/tools/connector_reference
	@$(B)/ladle lua spec/tools/metrics.lua

.PHONY: format
format:
	@sh spec/tools/deps.sh lint
	clang-format -i $(wildcard engine/*.[ch] engine/*/*.[ch] spec/engine/*/*.[ch] spec/support/*.[ch] spec/tools/*.[ch] spec/bench/*.[ch])

BENCHES := $(patsubst spec/bench/%.c,$(B)/bench/%,$(filter-out %/allocations.c,$(wildcard spec/bench/*.c)))
.PHONY: bench
bench: all
	@$(MAKE) $(WITH_JOBS) --no-print-directory B=$(B) $(BENCHES) $(B)/bench/allocations.so
	@sh spec/bench/run.sh $(B)

$(B)/bench/allocations.so: spec/bench/allocations.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(CFLAGS) -shared -fPIC -o $@ $<

$(B)/bench/%: spec/bench/%.c $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(PKG_LIBS)

.PHONY: install
install: all
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(B)/ladle $(DESTDIR)$(PREFIX)/bin/ladle

.PHONY: clean
clean:
	rm -rf build

.PHONY: help
help:
	@echo 'make            build/ladle'
	@echo 'make demo       a sandbox, an engine and sample traffic, then a summary'
	@echo 'make test       all tests, under AddressSanitizer and UBSan'
	@echo 'make unit-base  the unit tests of one layer of engine/ (base, net, store, …)'
	@echo 'make lint       static checks of C and Lua, banned functions, layers'
	@echo 'make check      lint and test: what passes before each commit'
	@echo 'make fuzz       every fuzz target for SECONDS=60 (TARGETS="json url" picks some)'
	@echo 'make crash      kills, stops and fails the engine at every fault point and commit of every scenario'
	@echo 'make powerloss  what power cuts could leave of the store, opened and audited'
	@echo 'make soak       load, faults and SIGKILL for SECONDS=60'
	@echo 'make tsan       threads: the tests that have some, under ThreadSanitizer'
	@echo 'make sim        the engine in virtual time and a failing world: SEED=1 RUNS=100'
	@echo 'make mutants    the core with one change at a time, which a test must notice each (ONLY=token picks some)'
	@echo 'make judge      schedules against implementations of others, in full (half an hour)'
	@echo 'make bench      figures of this machine'
	@echo 'make reference  the parts of the documentation that are written from the source'
	@echo 'make format     clang-format'
	@echo 'make install    PREFIX=/usr/local DESTDIR='
	@echo 'make clean'

-include $(shell find $(B)/obj $(B)/spec -name '*.d' 2>/dev/null)
