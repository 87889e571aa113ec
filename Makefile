# CodeCourier.  `make help` lists what can be made.
#
# Variables: DATA and PORT for `run`; SAN=address,undefined and ARENA=malloc for any target, each with a build folder of its
# own; PREFIX and DESTDIR for `install`; WERROR=1 to stop at warnings (`check` does); V=1 to see the compiler's command lines.

CC       ?= cc
PREFIX   ?= /usr/local
DATA     ?= ./var
PORT     ?= 8080
SAN      ?=
ARENA    ?=

# `make all` compiles one file after another unless told -j; what people type first uses all processors.
PARALLEL := -j$(shell nproc 2>/dev/null || echo 1)
show      = $(if $(V),,@printf '  %-4s %s\n' $(1) $@;)

comma    := ,
B        := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))$(if $(ARENA),/arena-$(ARENA))$(if $(VARIANT),/$(VARIANT))

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual \
            -Wwrite-strings -Wformat=2 -Wundef -Wvla $(if $(WERROR),-Werror)
CPPFLAGS += -D_GNU_SOURCE $(if $(filter malloc,$(ARENA)),-DCC_ARENA_MALLOC)
CFLAGS   ?= -O2 -g
ALL_CFLAGS = -std=c17 $(WARNINGS) -fvisibility=hidden -fno-strict-aliasing $(CFLAGS)
# noseparate-code: fewer pages to touch at a start, which plain CGI pays on every request.
LDFLAGS  += -Wl,-O1,--as-needed,-z,relro,-z,noexecstack,-z,noseparate-code

ifneq ($(SAN),)
# -fPIC: the tests link the sanitized library into the Python extension as well.
ALL_CFLAGS += -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer -fPIC
LDFLAGS    += -fsanitize=$(SAN)
endif

# Libraries that have a static form are linked that way: each shared one costs a CGI start a tenth of a millisecond.
static_or_shared = $(if $(filter /%,$(shell $(CC) -print-file-name=lib$(1).a)),-Wl$(comma)-Bstatic -l$(1) -Wl$(comma)-Bdynamic,-l$(1))
LIBS_CORE := $(call static_or_shared,sodium) $(call static_or_shared,sqlite3) $(call static_or_shared,utf8proc) -lcjson -lm -lz -lpthread -ldl
LIBS_FCGI := $(call static_or_shared,fcgi)
LIBS_CMD  := $(or $(shell pkg-config --libs libcurl 2>/dev/null),-lcurl)

LIB      := $(B)/libcodecourier.a
COMMAND  := $(B)/codecourier
WEB      := $(B)/codecourier.cgi

LIB_SRC  := $(wildcard core/*.c core/*/*.c)
WEB_SRC  := $(filter cgi/main.c cgi/cgi.c cgi/fastcgi.c cgi/clock.c cgi/web_%.c,$(wildcard cgi/*.c))
CMD_SRC  := cgi/clock.c $(filter-out $(WEB_SRC),$(wildcard cgi/*.c))
UNIT_SRC := $(wildcard tests/unit/*_test.c)
FUZZ_SRC := $(wildcard tests/fuzz/*.c)

# Where sanitizers report.  Not below build/: programs under test run under an account that cannot enter every checkout, and
# the sanitizers' options take no path with a space.
REPORTS  := /tmp/codecourier-reports-$(shell printf %s '$(CURDIR)' | cksum | tr ' ' -)

obj       = $(patsubst %.c,$(B)/obj/%.o,$(1))
SAN_OBJ  := $(if $(SAN),$(call obj,tests/unit/sanitizer.c))
UNIT     := $(patsubst tests/unit/%.c,$(B)/tests/%,$(UNIT_SRC))
FUZZ     := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(filter-out tests/fuzz/replay.c,$(FUZZ_SRC)))

.PHONY: FORCE floors all reports run test test-cluster pairs check oom fuzz bench help install clean headers symbols generate generated columns format py wheel docs docs-catalogue pictures editable warnings clang tools unit-programs fuzz-programs
.DELETE_ON_ERROR:

all: $(COMMAND) $(WEB) $(LIB)  ## Build the command, the web program and the library into build/

help:  ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: packages-run  ## Build, then serve ./var on http://127.0.0.1:8080 (DATA= and PORT= change that)
	@$(MAKE) --no-print-directory $(PARALLEL) all
	@mkdir -p build/docs; command -v python3 >/dev/null && nice python3 www/docs/build.py --if-old & \
	    exec $(COMMAND) serve --data "$(DATA)" --port "$(PORT)"

test: packages-test  ## Run every test, sanitized; ends with "N passed, N failed"
	@$(MAKE) --no-print-directory $(PARALLEL) tools editable all build/tests/play build/tests/codecourier build/tests/codecourier.cgi
	@$(MAKE) --no-print-directory $(PARALLEL) SAN=address,undefined all unit-programs fuzz-programs build/san-address-undefined/tests/oom build/san-address-undefined/tests/play
	@CC_REPORTS=$(REPORTS) build/venv/bin/python tests/run.py $(TESTS)

pairs: packages-test  ## Send every two writing routes to the same objects at once, on both engines (PAIRS=runs.cancel,runs.delete: those two)
	@$(MAKE) --no-print-directory $(PARALLEL) tools all
	@cd tests/web && CC_BUILD="$(CURDIR)/build" CC_PAIRS="$(or $(PAIRS),all)" $(CURDIR)/build/venv/bin/python -m pytest -q -p no:schemathesis -p no:cacheprovider test_pairs.py

check: warnings headers symbols floors generated columns format test  ## All that must hold before a merge: test, and no warning from gcc or clang

oom: packages-run  ## Fail the first, second, third ... allocation of a set of requests until all pass
	@$(MAKE) --no-print-directory SAN=address,undefined build/san-address-undefined/tests/oom
	build/san-address-undefined/tests/oom

fuzz: packages-fuzz  ## Let clang's libFuzzer look for new inputs (SECONDS= per target, 60)
	@$(MAKE) --no-print-directory VARIANT=fuzz CC=clang SAN=address,undefined FUZZER=1 fuzz-programs
	@for f in build/san-address-undefined/fuzz/fuzz/*; do case $$f in *.d) continue;; esac; name=$$(basename $$f); \
	    mkdir -p build/fuzz-found/$$name; echo "== $$name"; \
	    ASAN_OPTIONS=log_path=stderr UBSAN_OPTIONS=log_path=stderr $$f -max_total_time=$(or $(SECONDS),60) -print_final_stats=0 -verbosity=0 -artifact_prefix=build/fuzz-found/$$name- \
	        build/fuzz-found/$$name tests/fuzz/corpus/$$name || exit 1; done

test-cluster: packages-cluster build/venv/.ready  ## Hurt each part of a PostgreSQL cluster while clients use it (ROUNDS=, 8)
	@$(MAKE) --no-print-directory $(PARALLEL) all
	@CC_BUILD="$(CURDIR)/build" PYTHONDONTWRITEBYTECODE=1 build/venv/bin/python tests/cluster/run.py $(if $(ROUNDS),--rounds "$(ROUNDS)") $(if $(FIRST),--first "$(FIRST)")

editable: build/venv-py/.ready
	@build/venv-py/bin/pip install --quiet --disable-pip-version-check --editable .

bench: packages-bench editable  ## Measure against the floor (JOBS= ROUNDS= DURATION=)
	@$(MAKE) --no-print-directory all build/bench/floor build/bench/hello build/bench/seed
	@python3 tests/bench/bench.py $(if $(JOBS),--jobs "$(JOBS)") $(if $(ROUNDS),--rounds "$(ROUNDS)") $(if $(DURATION),--duration "$(DURATION)")

py: all editable  ## Build the Python package into build/venv-py and run its tests (PYTEST= for more words)
	@build/venv-py/bin/python -m pytest -q -p no:cacheprovider tests/py $(PYTEST)

wheel: packages-run build/venv-py/.ready  ## Make the self-contained Python wheel in dist/
	@pyext/wheel build/venv-py/bin/python

docs: all  ## Build the documentation into build/docs, in English and in each language of www/words
	@python3 www/docs/build.py

pictures: all tools  ## Take the documentation's pictures of the dashboard anew, into www/docs/pictures
	@cd tests/browser && CC_BUILD="$(CURDIR)/build" CC_PICTURES=1 PYTHONDONTWRITEBYTECODE=1 $(CURDIR)/build/venv/bin/python -m pytest -q \
	    -p no:cacheprovider "test_pages.py::test_pages" "test_tutorial.py::test_tutorial_by_clicking" -k "tutorial or (light and 1280)"

docs-catalogue: all  ## Take all texts as they are now into www/words/*.po, and say which are to be translated
	@python3 www/words/words.py --update

install: all  ## Copy the programs, the dashboard and example configurations below $(PREFIX)
	@umask 022; $(MAKE) --no-print-directory install-files

# Readable for all, whatever the modes of this checkout; the web program is to be run and not to be read, so that a web server
# which is set up badly cannot send it.
COPY  := cp -R --no-preserve=mode
SHARE  = $(DESTDIR)$(PREFIX)/share

.PHONY: install-files
install-files:
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/lib/codecourier" "$(SHARE)/codecourier/www" "$(SHARE)/doc/codecourier/conf"
	install -m 755 $(COMMAND) "$(DESTDIR)$(PREFIX)/bin/codecourier"
	install -m 711 $(WEB) "$(DESTDIR)$(PREFIX)/lib/codecourier/codecourier.cgi"
	$(COPY) www/app/. "$(SHARE)/codecourier/www"
	$(COPY) cgi/conf/. "$(SHARE)/doc/codecourier/conf"
	[ ! -e build/docs/.ready ] || { install -d "$(SHARE)/doc/codecourier/html" && $(COPY) build/docs/. "$(SHARE)/doc/codecourier/html"; }

clean:  ## Remove build/ (never the data)
	rm -rf build

# ---- the programs ------------------------------------------------------------------------------------------------------

$(LIB): $(call obj,$(LIB_SRC))
	@rm -f $@
	$(call show,AR) $(AR) rcs $@ $^

$(WEB): $(call obj,$(WEB_SRC)) $(SAN_OBJ) $(LIB)
	$(call show,LD) $(CC) $(LDFLAGS) -o $@ $^ $(LIBS_FCGI) $(LIBS_CORE)

$(COMMAND): $(call obj,$(CMD_SRC)) $(SAN_OBJ) $(LIB)
	$(call show,LD) $(CC) $(LDFLAGS) -o $@ $^ $(LIBS_CMD) $(LIBS_CORE)

# Lists of what lies in a folder.  Always looked at, because a file that was taken away is no prerequisite; written if they differ.
GATHERED := $(shell for d in $$(find core -type d -name resources); do echo $$d/gathered.h $$d/scopes.h; done) \
            $(addsuffix /gathered.h,$(shell find core -type d -name migrations))

$(GATHERED): FORCE
	@core/gather.sh
FORCE:

$(B)/obj/%.o: %.c | $(GATHERED)
	@mkdir -p $(@D)
	$(call show,CC) $(CC) $(CPPFLAGS) $(ALL_CFLAGS) -Icore -MMD -MP -c -o $@ $<

# serve.c's neighbour takes the web server's configuration into the program.
$(B)/obj/cgi/lighttpd.o: cgi/conf/lighttpd-fastcgi.conf
$(patsubst %,$(B)/obj/cgi/%.o,deliver forge forge_http forge_github forge_gitlab forge_gitea mail outside provider): CPPFLAGS += $(shell pkg-config --cflags libcurl 2>/dev/null)

$(B)/obj/tests/unit/sanitizer.o: CPPFLAGS += -DCC_SAN_LOG='"$(REPORTS)/report"'

# ---- the tests' programs -----------------------------------------------------------------------------------------------

unit-programs: $(UNIT) $(B)/tests/disk.so $(B)/tests/codecourier $(B)/tests/codecourier.cgi $(B)/tests/proxy $(B)/tests/statements
fuzz-programs: $(FUZZ)

$(UNIT): $(B)/tests/%: $(B)/obj/tests/unit/%.o $(SAN_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(call show,LD) $(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS_CORE)

# It looks at every statement that is declared in the library, used or not.
$(B)/tests/db_test: LDFLAGS += -Wl,--whole-archive $(LIB) -Wl,--no-whole-archive

# Never sanitized: it stands in front of the sanitizer's own library.
$(B)/tests/disk.so: tests/engine/disk.c
	@mkdir -p $(@D)
	$(call show,LD) $(CC) -std=c17 -D_GNU_SOURCE -O2 $(WARNINGS) -shared -fPIC -o $@ $<

# Our programs, with a clock that the tests move.
TEST_CLOCK := $(call obj,tests/engine/clock.c)

$(TEST_CLOCK): CPPFLAGS += -Icgi

$(B)/tests/codecourier.cgi: $(filter-out %/cgi/clock.o,$(call obj,$(WEB_SRC))) $(TEST_CLOCK) $(SAN_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(call show,LD) $(CC) $(LDFLAGS) -o $@ $^ $(LIBS_FCGI) $(LIBS_CORE)

$(B)/tests/codecourier: $(filter-out %/cgi/clock.o,$(call obj,$(CMD_SRC))) $(TEST_CLOCK) $(SAN_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(call show,LD) $(CC) $(LDFLAGS) -o $@ $^ $(LIBS_CMD) $(LIBS_CORE)

$(B)/tests/play: $(B)/obj/tests/unit/play.o $(SAN_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(call show,LD) $(CC) $(LDFLAGS) -Wl,--wrap=crypto_pwhash_str_verify -o $@ $^ $(LIBS_CORE)

# Every file of the library, for the statements that each declares.
$(B)/tests/statements: $(B)/obj/tests/unit/statements.o $(SAN_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(call show,LD) $(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--whole-archive $(LIB) -Wl,--no-whole-archive $(LIBS_CORE)

$(B)/tests/proxy: $(B)/obj/tests/unit/proxy.o $(SAN_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(call show,LD) $(CC) $(LDFLAGS) -Wl,--wrap=getaddrinfo -o $@ $^ $(LIBS_CORE)

$(B)/tests/oom: $(B)/obj/tests/unit/oom.o $(SAN_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(call show,LD) $(CC) $(LDFLAGS) $(foreach f,malloc calloc realloc strdup aligned_alloc posix_memalign,-Wl,--wrap=$(f)) -o $@ $^ $(LIBS_CORE)

# With clang (FUZZER=1) libFuzzer brings main; otherwise replay.c plays the corpus once.
$(FUZZ): $(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(if $(FUZZER),,$(call obj,tests/fuzz/replay.c)) $(call obj,cgi/web_request.c) $(SAN_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(call show,LD) $(CC) $(LDFLAGS) $(if $(FUZZER),-fsanitize=fuzzer) -o $@ $^ $(LIBS_FCGI) $(LIBS_CORE)

ifneq ($(FUZZER),)
ALL_CFLAGS += -fsanitize=fuzzer-no-link
endif

build/bench/floor: tests/bench/floor.c
	@mkdir -p $(@D)
	$(call show,LD) $(CC) -std=c17 -D_GNU_SOURCE -O2 $(WARNINGS) -o $@ $< -lfcgi

build/bench/hello: tests/bench/hello.c
	@mkdir -p $(@D)
	$(call show,LD) $(CC) -std=c17 -D_GNU_SOURCE -O2 $(WARNINGS) -o $@ $<

build/bench/seed: $(B)/obj/tests/bench/seed.o $(LIB)
	@mkdir -p $(@D)
	$(call show,LD) $(CC) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS_CORE)

# ---- what the tests need ------------------------------------------------------------------------------------------------

packages-%:
	@tests/packages $*

reports: # for tests/run.py, when it is started by itself
	@echo $(REPORTS)

tools: build/venv/.ready build/venv-py/.ready build/node/.ready

build/venv/.ready: tests/requirements.txt
	@mkdir -p build
	python3 -m venv --clear build/venv
	build/venv/bin/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

build/venv-py/.ready: tests/py/requirements.txt
	@mkdir -p build
	python3 -m venv build/venv-py
	build/venv-py/bin/pip install --quiet --disable-pip-version-check -r tests/py/requirements.txt
	@touch $@

build/node/.ready: tests/package.json tests/package-lock.json
	@mkdir -p build/node
	cp tests/package.json tests/package-lock.json build/node/
	cd build/node && npm ci --loglevel=error --no-audit --no-fund
	@touch $@

# ---- what `check` adds --------------------------------------------------------------------------------------------------

warnings: packages-fuzz  ## Compile everything with gcc and clang; a warning is an error
	@for cc in gcc clang; do \
	    $(MAKE) --no-print-directory $(PARALLEL) VARIANT=check-$$cc CC=$$cc WERROR=1 compile-all || exit 1; done

clang:  ## Let clang read everything; a warning is an error (`warnings` has it compile as well, which shows few more)
	@for f in $(LIB_SRC) $(WEB_SRC) $(CMD_SRC) $(UNIT_SRC) $(FUZZ_SRC); do echo $$f; done | xargs -n 8 -P $(PARALLEL:-j%=%) \
	    clang -std=c17 $(CPPFLAGS) $(WARNINGS) -Werror -Icore -fsyntax-only

.PHONY: compile-all
compile-all: $(call obj,$(LIB_SRC) $(WEB_SRC) $(CMD_SRC) $(UNIT_SRC) $(FUZZ_SRC) $(wildcard tests/unit/*.c tests/bench/*.c) tests/engine/clock.c)

headers:  ## Compile each header alone
	@for h in $(filter-out %/gathered.h %/scopes.h,$(wildcard core/*.h core/*/*.h cgi/*.h)); do \
	    $(CC) -std=c17 $(CPPFLAGS) $(WARNINGS) -Icore -fsyntax-only -x c $$h || exit 1; done

generate: $(COMMAND)  ## Write what is made anew: from the table, Python client and dashboard's table; from www/words, texts
	@python3 pyext/generate.py && python3 www/generate.py && python3 www/words/words.py

generated: $(COMMAND)  ## What `generate` writes is fresh, and every text is translated
	@core/gather.sh --check
	@python3 pyext/generate.py --check && python3 www/generate.py --check && python3 www/words/words.py --check

columns:  ## Lines of the dashboard have at most 120 columns
	@! LC_ALL=C.UTF-8 grep -rnE '.{121}' --include='*.js' www/app

# Each version of clang-format breaks lines in its own way, so it is this one or none.
FORMAT   := clang-format-14

format:  ## C is laid out as .clang-format says, but for what .clang-format-ignore names
	@command -v $(FORMAT) >/dev/null || { echo "format: not looked at, $(FORMAT) is not here"; exit 0; }; \
	    find core cgi pyext tests -name '*.[ch]' | while read -r f; do \
	        while read -r pattern; do case $$f in $$pattern) continue 2;; esac; done <.clang-format-ignore; echo "$$f"; \
	    done | xargs $(FORMAT) --dry-run -Werror

symbols: $(LIB)  ## Every symbol the library exports begins with cc_
	@! nm -g --defined-only $(LIB) | awk 'NF == 3 && $$3 !~ /^_*cc_/ {print "exported without cc_: " $$3; bad = 1} END {exit !bad}'

floors: $(LIB)  ## The floors of the core call downward only (core/floors)
	@python3 tests/floors.py $(B)/obj/core

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
