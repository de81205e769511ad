# Ladle. `make` builds build/ladle, `make demo` shows it, `make test` proves it; `make help` lists the rest.
#
# VARIANT picks the flags and the folder: release (build/), asan (build/asan/), tsan, fuzz. Every layer of engine/
# becomes one archive, and a unit test links only its own layer and those above it in LAYERS.

VERSION := 0.1.0
VARIANT ?= release
CC      ?= cc
PREFIX  ?= /usr/local

# From the lowest layer up: a file uses its own layer and those before it (spec/support/layers.sh checks).
LAYERS := base format crypto net store service script recipe run trigger admin cli

PACKAGES := lua5.4 lua5.4-cjson libcurl yaml-0.1 jansson libuv libmicrohttpd sqlite3 openssl libsodium
PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
# lua-cjson is linked in; the rest comes from the system's shared libraries.
PKG_LIBS := -Wl,-Bstatic -llua5.4-cjson -Wl,-Bdynamic $(shell pkg-config --libs $(filter-out lua5.4-cjson,$(PACKAGES)) 2>/dev/null) -lm

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla \
        -Wformat=2 -Wundef -Wwrite-strings -Wno-unused-parameter
CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
CFLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DLADLE_SANITIZED
CFLAGS_tsan := -O1 -g -fsanitize=thread -fno-omit-frame-pointer -DLADLE_SANITIZED
CFLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -DLADLE_SANITIZED
B ?= $(if $(filter release,$(VARIANT)),build,build/$(VARIANT))

CPPFLAGS += -D_GNU_SOURCE -DLADLE_VERSION='"$(VERSION)"' -Iengine -I$(B)/gen $(PKG_CFLAGS)
CFLAGS   += -std=c11 -pthread $(WARN) $(CFLAGS_$(VARIANT)) $(EXTRA_CFLAGS)
LDFLAGS  += -pthread -Wl,-z,relro,-z,now

layer_srcs = $(wildcard engine/$1/*.c)
layer_objs = $(patsubst engine/%.c,$(B)/obj/%.o,$(call layer_srcs,$1))
ARCHIVES := $(foreach l,$(LAYERS),$(B)/lib/$l.a)
# The archives that a test of layer $1 may use, highest first.
reverse = $(if $1,$(call reverse,$(wordlist 2,$(words $1),$1)) $(firstword $1))
upto = $(if $(filter $1,$(firstword $2)),$1,$(firstword $2) $(call upto,$1,$(wordlist 2,$(words $2),$2)))
archives_of = $(foreach l,$(call reverse,$(call upto,$1,$(LAYERS))),$(B)/lib/$l.a)

# Flags of the packages are read when make starts, so what `deps` installs counts from the next make on.
.PHONY: all
all: deps
	@$(MAKE) --no-print-directory $(B)/ladle

$(B)/ladle: $(B)/obj/main.o $(call reverse,$(ARCHIVES))
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(B)/obj/main.o -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(PKG_LIBS)

$(B)/obj/%.o: engine/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

define layer_rule
$(B)/lib/$1.a: $(call layer_objs,$1) $(if $(filter script,$1),$(B)/obj/script/embedded_files.o)
	@mkdir -p $$(@D)
	@rm -f $$@
	ar rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call layer_rule,$l)))

# Files that are built into the program; engine/script/embed.c finds them.
EMBEDDED := $(sort $(shell find scripts recipes -name '*.lua' -o -name '*.yaml' -o -name '*.json' -o -name '*.pem' 2>/dev/null))
$(B)/gen/embedded_files.S: $(EMBEDDED) spec/support/embed.sh Makefile
	@mkdir -p $(@D)
	sh spec/support/embed.sh $(EMBEDDED) > $@.new && mv $@.new $@
$(B)/obj/script/embedded_files.o: $(B)/gen/embedded_files.S
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

# --- tests ---------------------------------------------------------------------------------------

UNIT_SRCS := $(wildcard $(foreach l,$(LAYERS),spec/engine/$l/*_test.c))
UNIT_BINS := $(patsubst spec/engine/%.c,$(B)/spec/%,$(UNIT_SRCS))
define unit_rule
$(B)/spec/$1/%_test: spec/engine/$1/%_test.c $(call archives_of,$1)
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS) -Ispec/support $$(CFLAGS) $$(LDFLAGS) -MMD -MP -o $$@ $$< -Wl,--start-group $(call archives_of,$1) -Wl,--end-group -lcmocka $$(PKG_LIBS)
endef
$(foreach l,$(LAYERS),$(eval $(call unit_rule,$l)))

.PHONY: units
units: $(UNIT_BINS)

# make unit-base, unit-net …: builds and runs the unit tests of one layer.
unit-%: FORCE
	@$(MAKE) --no-print-directory VARIANT=$(VARIANT) B=$(B) $(patsubst spec/engine/%.c,$(B)/spec/%,$(wildcard spec/engine/$*/*_test.c))
	@set -e; for t in $(patsubst spec/engine/%.c,$(B)/spec/%,$(wildcard spec/engine/$*/*_test.c)); do $$t; done

.PHONY: test
test: deps
	@$(MAKE) --no-print-directory VARIANT=asan B=build/asan build/asan/ladle units
	@sh spec/support/run.sh build/asan

.PHONY: FORCE
FORCE:

# --- what people ask for ---------------------------------------------------------------------------

.PHONY: demo
demo: all
	@$(B)/ladle demo

.PHONY: deps
deps:
	@sh spec/support/deps.sh

.PHONY: layers
layers:
	@sh spec/support/layers.sh

.PHONY: lint
lint:
	@sh spec/support/deps.sh lint
	@sh spec/support/lint.sh

# Unit tests, Lua, flow, layers and lint: what has to pass before a commit.
.PHONY: check
check: lint test

.PHONY: format
format:
	@sh spec/support/deps.sh lint
	clang-format -i $(wildcard engine/*.[ch] engine/*/*.[ch] spec/engine/*/*.[ch] spec/support/*.[ch] spec/bench/*.[ch])

.PHONY: bench
bench: all
	@$(MAKE) --no-print-directory B=$(B) $(patsubst spec/bench/%.c,$(B)/bench/%,$(wildcard spec/bench/*.c))
	@sh spec/bench/run.sh $(B)

$(B)/bench/%: spec/bench/%.c $(ARCHIVES)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(PKG_LIBS)

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
	@echo 'make bench      figures of this machine'
	@echo 'make format     clang-format'
	@echo 'make install    PREFIX=/usr/local DESTDIR='
	@echo 'make clean'

-include $(shell find $(B)/obj $(B)/spec -name '*.d' 2>/dev/null)
