# SPDX-License-Identifier: GPL-2.0-or-later
# Sekisho. "make" prints the targets; "make V=1 ..." shows the commands.
# Everything made is under $(BUILD).

BUILD   ?= build
PREFIX  ?= /usr
SYSCONF ?= /etc
# "undefined" is what -R leaves of the built-in CC in a make below this one.
ifneq ($(filter default undefined,$(origin CC)),)
CC      := gcc
endif
CLANG   ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
KERNELS ?= 6.1 6.12
MATRIX  ?= 6.1 6.12 6.18 7
FUZZ_SECONDS ?= 60
SWAPS   ?= 1000

# Make's export is for the scripts under tests/.
export BUILD KERNELS
MAKEFLAGS += -rR --no-print-directory
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' $(1) $(patsubst $(BUILD)/%,%,$@))
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := help
.SUFFIXES:

# Sources.
# The file that defines the maps comes first: libbpf 1.1 links an extern map to
# offset 0 when it meets the declaration before the definition.
BPF       := bpf/maps.bpf.c $(filter-out bpf/maps.bpf.c,$(sort $(wildcard bpf/*.bpf.c)))
LIB       := $(sort $(wildcard userspace/lib/*.c))
POLICY    := $(sort $(wildcard userspace/policy/*.c))
BUNDLE    := $(sort $(wildcard userspace/policy/bundle*.c)) $(addprefix userspace/policy/,container.c container_host.c key.c order.c signature.c)
EVIDENCE  := $(sort $(wildcard userspace/evidence/*.c))
COLLECTOR := $(sort $(wildcard userspace/collector/*.c))
INDEX     := $(sort $(wildcard userspace/index/*.c))
READER    := $(sort $(wildcard userspace/reader/*.c))
FORWARD   := $(sort $(wildcard userspace/forward/*.c))
POSTURE   := $(sort $(wildcard userspace/posture/*.c))
BASELINE  := $(sort $(wildcard userspace/baseline/*.c userspace/incident/*.c))
JUDGE     := $(sort $(wildcard userspace/judge/*.c))
REPORT    := $(sort $(wildcard userspace/report/*.c))
# What the tools share with the collector: words, and which items a record serves.
TOOLS     := $(JUDGE) $(REPORT) $(addprefix userspace/collector/,control.c ticket.c words.c) \
	$(addprefix userspace/forward/,config.c limits.c)
# What the collector reads of the control items.
MAPPING   := $(addprefix userspace/,controls/mapping.c controls/pattern.c controls/sheet.c policy/accept.c policy/diag.c policy/text.c)
CONTROLS  := $(sort $(wildcard userspace/controls/*.c))
CLI       := $(sort $(wildcard userspace/cli/*.c))
LOADER    := $(sort $(wildcard loader/*.c))
SINKS     := $(patsubst tests/sinks/%.py,%,$(sort $(wildcard tests/sinks/*_test.py)))
UNIT      := $(patsubst tests/unit/%.c,%,$(sort $(wildcard tests/unit/*_test.c)))
HOOK      := $(patsubst tests/hook/%.c,%,$(filter-out %/scale_test.c,$(sort $(wildcard tests/hook/*_test.c))))
HOOKLIB   := $(filter-out %_test.c %/swap.c,$(sort $(wildcard tests/hook/*.c)))
ATTACK    := $(sort $(wildcard tests/attack/*.c))
STORIES   := $(patsubst tests/e2e/%.sh,%,$(sort $(wildcard tests/e2e/*_story.sh)))
FUZZ      := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/*_fuzz.c)))
E2E       := $(patsubst tests/e2e/%.c,$(BUILD)/e2e/%,$(filter-out %/preload.c,$(sort $(wildcard tests/e2e/*.c)))) \
	$(BUILD)/e2e/preload.so $(BUILD)/e2e/vnf.bin
BENCH     := $(filter-out %.bpf.c,$(sort $(wildcard tests/bench/*.c)))
SHELL_SRC := $(sort $(wildcard build-aux/*.sh tests/*.sh tests/tap-sum tests/run-tap \
	tests/*/*.sh share/initramfs/* share/dracut/* tests/golden/run tests/controls/run tests/controls/report tests/controls/incident tests/controls/page tests/vm/*-init)) .ci/run

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wundef -Wvla -Wformat=2 -Wimplicit-fallthrough -Werror
# "bpf/sekisho.skel.h" is generated: a system header, so that warnings and
# analysers look at our code only.
INC  := -I. -isystem $(BUILD)
DEP   = -MMD -MP
CFLAGS  ?= -O2 -g -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
BASE    := -std=gnu11 $(WARN) $(INC)
SANFLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
# clang -target bpf does not know the machine's header directory (asm/types.h).
BPFFLAGS := -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 $(BASE) -Wno-unused-parameter -Wno-missing-prototypes \
	-idirafter /usr/include/x86_64-linux-gnu

# Only where Debian has it (amd64); lanes.c asks the same.
LIBS_LANES   = $(shell echo '\#include <intel-ipsec-mb.h>' | $(CC) -E - >/dev/null 2>&1 && echo -lIPSec_MB)
LIBS_LOADER := -ljansson -lbpf -lelf -lcrypto -lzstd -lz
LIBS_FORWARD := -Wl,--as-needed -lfyaml -ljansson -lcurl -lnats -lssl -lcrypto -lzstd -lm
LIBS_USER    = -Wl,--as-needed $(LIBS_LANES) -lfyaml -ljansson -lsqlite3 -lbpf -lelf -lcrypto -lseccomp -lzstd -lz -lm

obj    = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
sanobj = $(patsubst %.c,$(BUILD)/san/%.o,$(1))
fuzobj = $(patsubst %.c,$(BUILD)/fuzz/obj/%.o,$(1))
nomain = $(filter-out %/main.c,$(1))
USERLIB := $(LIB) $(POLICY) $(JUDGE) $(REPORT) $(BASELINE) $(POSTURE) $(CONTROLS) $(EVIDENCE) $(INDEX) $(READER) $(call nomain,$(COLLECTOR))
# What of the forwarder needs no far side, for the unit tests and the fuzzers.
FORMS   := $(addprefix userspace/forward/,config.c cursor.c limits.c ocsf.c otlp.c syslog.c)
USERLIB += $(FORMS)
# The forwarder speaks of itself and reads its file as the others do.
FORWARDER := $(FORWARD) $(READER) $(EVIDENCE) $(LIB) \
	$(addprefix userspace/policy/,accept.c diag.c key.c suggest.c text.c yaml.c) \
	$(addprefix userspace/collector/,buf.c clock.c host.c notify.c server.c words.c) \
	$(addprefix userspace/controls/,pattern.c sheet.c)
SKEL    := $(BUILD)/bpf/sekisho.skel.h
PROGRAMS := $(if $(LOADER),$(BUILD)/sekisho-load) \
	$(if $(COLLECTOR),$(BUILD)/sekishod $(BUILD)/static/sekishod) \
	$(if $(CLI),$(BUILD)/sekisho $(BUILD)/static/sekisho) \
	$(if $(FORWARD),$(BUILD)/sekisho-forward)

.PHONY: help all test test-unit test-golden test-controls test-evidence test-sinks test-hook attack test-e2e test-matrix demo tutorial flood scale bench bench-collector bench-compile bench-report fuzz \
	analyze format check-format install uninstall clean

help: ## this list
	@echo 'make TARGET [V=1] [CC=clang] [BUILD=dir] [KERNELS="6.1 6.12"]'
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

all: $(PROGRAMS) ## the programs, with the BPF objects inside

# Debian packages by group; deps.sh does nothing when they are there.
$(BUILD)/deps-%: build-aux/deps.sh
	@mkdir -p $(@D)
	$(Q)build-aux/deps.sh $* && touch $@

# BPF: each file an object, one linked object, one skeleton.
$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c | $(BUILD)/deps-build
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(CLANG) $(BPFFLAGS) $(DEP) -c $< -o $@

$(BUILD)/bpf/sekisho.o: $(BPF:bpf/%.c=$(BUILD)/bpf/%.o)
	$(call say,BPFLINK)
	$(Q)$(BPFTOOL) gen object $@ $^

$(SKEL): $(BUILD)/bpf/sekisho.o
	$(call say,SKEL)
	$(Q)$(BPFTOOL) gen skeleton $< name sekisho_bpf > $@

# User space: once as shipped, once with sanitizers, once for the fuzzers.
$(BUILD)/obj/%.o: %.c | $(BUILD)/deps-build
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(BASE) $(CFLAGS) $(DEP) -c $< -o $@

$(BUILD)/san/%.o: %.c | $(BUILD)/deps-build
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(BASE) $(SANFLAGS) $(DEP) -c $< -o $@

$(BUILD)/fuzz/obj/%.o: %.c | $(BUILD)/deps-check $(BUILD)/deps-build
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CLANG) $(BASE) $(SANFLAGS) -fsanitize=fuzzer-no-link $(DEP) -c $< -o $@

# The .d files leave system headers out.
$(call obj,$(LOADER) $(wildcard tests/hook/*.c) $(ATTACK)): $(SKEL)

$(BUILD)/sekisho-load: $(call obj,$(LOADER) $(BUNDLE) $(LIB))
	$(call say,LD)
	$(Q)$(CC) -static $(LDFLAGS) $^ -o $@ $(LIBS_LOADER)

$(BUILD)/sekishod: $(call obj,$(COLLECTOR) $(MAPPING) $(EVIDENCE) $(BUNDLE) $(LIB))
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ -o $@ $(LIBS_USER)

# The library would triple it.
$(BUILD)/static/sekishod: $(call obj,$(COLLECTOR) $(MAPPING) $(EVIDENCE) $(BUNDLE) $(LIB))
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -static $(LDFLAGS) $(filter-out %/lanes.o,$^) -o $@ $(LIBS_USER)

$(BUILD)/sekisho: $(call obj,$(CLI) $(TOOLS) $(INDEX) $(READER) $(EVIDENCE) $(BASELINE) $(POSTURE) $(CONTROLS) $(POLICY) $(LIB))
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ -o $@ $(LIBS_USER)

$(BUILD)/sekisho-forward: $(call obj,$(FORWARDER))
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ -o $@ $(LIBS_FORWARD)

$(BUILD)/san/sekisho-forward: $(call sanobj,$(FORWARDER))
	$(call say,LD)
	$(Q)$(CC) $(SANFLAGS) $^ -o $@ $(LIBS_FORWARD)

$(BUILD)/static/sekisho: $(call obj,$(CLI) $(TOOLS) $(INDEX) $(READER) $(EVIDENCE) $(BASELINE) $(POSTURE) $(CONTROLS) $(POLICY) $(LIB))
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -static $(LDFLAGS) $^ -o $@ $(LIBS_USER)

$(BUILD)/san/sekisho: $(call sanobj,$(CLI) $(TOOLS) $(INDEX) $(READER) $(EVIDENCE) $(BASELINE) $(POSTURE) $(CONTROLS) $(POLICY) $(LIB))
	$(call say,LD)
	$(Q)$(CC) $(SANFLAGS) $^ -o $@ $(LIBS_USER)

$(BUILD)/san/mklog: $(call sanobj,tests/evidence/mklog.c $(EVIDENCE) $(BUNDLE) $(LIB))
	$(call say,LD)
	$(Q)$(CC) $(SANFLAGS) $^ -o $@ $(LIBS_USER)

# Without sanitizers: it also writes the millions of records of a measurement.
$(BUILD)/controls/mkwindow: $(call obj,tests/controls/mkwindow.c $(USERLIB))
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ -o $@ $(LIBS_USER)

$(BUILD)/san/%_test: $(BUILD)/san/tests/unit/%_test.o $(call sanobj,$(USERLIB))
	$(call say,LD)
	$(Q)$(CC) $(SANFLAGS) $^ -o $@ $(LIBS_USER)

$(BUILD)/san/settle_test: $(call sanobj,userspace/cli/ask.c userspace/cli/settle.c)

$(BUILD)/hook/%_test: $(call obj,tests/hook/%_test.c $(HOOKLIB) $(BUNDLE) $(LIB))
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -static $(LDFLAGS) $^ -o $@ $(LIBS_LOADER)

# It swaps policies as the loader does, a thousand times.
$(BUILD)/hook/sign_test: $(call obj,tests/hook/swap.c $(call nomain,$(LOADER)))

$(BUILD)/attack/attack: $(call obj,$(ATTACK) $(HOOKLIB) $(BUNDLE) $(LIB))
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -static $(LDFLAGS) $^ -o $@ $(LIBS_LOADER)

$(BUILD)/bench/guest: $(call obj,$(BENCH) userspace/lib/libelf_static.c)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -static -Wl,-e,bench_start $(LDFLAGS) $^ -o $@ $(LIBS_LOADER)

$(BUILD)/bench/collector_bench: $(call obj,tests/bench/native/collector_bench.c $(USERLIB))
$(BUILD)/bench/peer_send: $(call obj,tests/bench/native/peer_send.c)
$(BUILD)/bench/collector_bench $(BUILD)/bench/peer_send:
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ -o $@ $(LIBS_USER)

$(BUILD)/bench/%.bpf.o: tests/bench/%.bpf.c | $(BUILD)/deps-build
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(CLANG) $(BPFFLAGS) $(DEP) -c $< -o $@

# What the guests of the demo run.
$(BUILD)/e2e/%: $(BUILD)/obj/tests/e2e/%.o
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -static $(LDFLAGS) $^ -o $@

$(BUILD)/e2e/preload.so: tests/e2e/preload.c | $(BUILD)/deps-build
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(BASE) $(CFLAGS) -shared -fPIC $< -o $@

$(BUILD)/e2e/vnf.bin: tests/e2e/guest/vnf.S | $(BUILD)/deps-build
	@mkdir -p $(@D)
	$(call say,AS)
	$(Q)$(CC) -m32 -c $< -o $@.o && ld -m elf_i386 -Ttext 0 --oformat binary $@.o -o $@

$(BUILD)/fuzz/%_fuzz: $(BUILD)/fuzz/obj/tests/fuzz/%_fuzz.o $(call fuzobj,$(USERLIB))
	$(call say,LD)
	$(Q)$(CLANG) $(SANFLAGS) -fsanitize=fuzzer $^ -o $@ $(LIBS_USER)

# Tests. A run-* target leaves TAP in $(BUILD)/results and never fails;
# tap-sum judges, so one failure hides no other. $(BUILD)/results/GROUP-*.tap.
results = $(BUILD)/results
tap     = @tests/run-tap $(results)/$(1).tap
GROUPS_ := unit golden controls evidence sinks hook attack e2e
.PHONY: $(GROUPS_:%=clear-%) $(GROUPS_:%=run-%) $(UNIT:%=unit/%) golden/all golden/ids controls/cli controls/page controls/oscal $(STORIES:%=e2e/%)

$(GROUPS_:%=clear-%): clear-%:
	@rm -f $(results)/$*-*

$(UNIT:%=unit/%): unit/%: $(BUILD)/san/% | clear-unit
	$(call tap,unit-$*) $<

golden/all: $(BUILD)/san/sekisho | clear-golden
	$(call tap,golden-all) env SEKISHO=$(abspath $<) tests/golden/run

golden/ids: $(BUILD)/attack/attack | clear-golden
	$(call tap,golden-ids) tests/attack/ids.sh $< docs/threat-model.md policies/controls/mapping.tsv

controls/cli: $(BUILD)/san/sekisho $(BUILD)/controls/mkwindow | clear-controls $(BUILD)/deps-controls
	$(call tap,controls-cli) env SEKISHO=$(abspath $<) tests/controls/run
	$(call tap,controls-report) env SEKISHO=$(abspath $<) MKWINDOW=$(abspath $(BUILD)/controls/mkwindow) \
		tests/controls/report
	$(call tap,controls-incident) env SEKISHO=$(abspath $<) MKWINDOW=$(abspath $(BUILD)/controls/mkwindow) \
		tests/controls/incident

# NIST's schemas are not part of the project: OSCAL_SCHEMAS names their folder.
AJV := $(BUILD)/ajv/node_modules/.package-lock.json
$(AJV): tests/controls/package.json | $(BUILD)/deps-oscal
	@mkdir -p $(BUILD)/ajv && cp $< $(BUILD)/ajv/
	$(Q)npm install --silent --no-fund --no-audit --prefix $(BUILD)/ajv && touch $@

controls/oscal: $(BUILD)/sekisho $(BUILD)/controls/mkwindow $(AJV) | clear-controls
	$(Q)rm -rf $(BUILD)/oscal-* && mkdir -p $(BUILD)/oscal-log/keys
	$(Q)$(BUILD)/controls/mkwindow $(BUILD)/oscal-log $(BUILD)/oscal-log/keys login start-tool read-data \
		beat:5 lost:10 capture beat:5 >$(BUILD)/oscal-log/keys.pub
	$(Q)for l in en ja; do $< report --controls policies/controls --lang $$l --format oscal -o $(BUILD)/oscal-$$l \
		--key $(BUILD)/oscal-log/keys.pub $(BUILD)/oscal-log >/dev/null || exit 1; done
	$(call tap,controls-oscal) env NODE_PATH=$(abspath $(BUILD)/ajv/node_modules) \
		node tests/controls/validate.js $(OSCAL_SCHEMAS) $(BUILD)/oscal-en/*.json $(BUILD)/oscal-ja/*.json

# In a browser, with its fonts: far more to install than the rest needs.
controls/page: $(BUILD)/sekisho $(BUILD)/controls/mkwindow $(BUILD)/deps-page | clear-controls
	$(call tap,controls-page) env SEKISHO=$(abspath $<) MKWINDOW=$(abspath $(BUILD)/controls/mkwindow) \
		tests/controls/page $(BUILD)/page

# What the guests get: the loader, a policy in both modes, a disk to guard.
HOOKDATA := $(BUILD)/sekisho-load $(BUILD)/hook/enforce.bundle $(BUILD)/hook/audit.bundle \
	    $(BUILD)/hook/disk.ext4
$(BUILD)/hook/enforce.bundle: tests/hook/policy.yaml $(BUILD)/sekisho
	@mkdir -p $(@D)
	$(Q)$(BUILD)/sekisho compile --offline $< -o $@
$(BUILD)/hook/audit.bundle: tests/hook/policy.yaml $(BUILD)/sekisho
	@mkdir -p $(@D)
	$(Q)sed 's/^version: 1/version: 2/; s/^mode: enforce/mode: audit/; s/brokers: deny/brokers: record/' $< >$(@D)/audit.yaml
	$(Q)$(BUILD)/sekisho compile --offline $(@D)/audit.yaml -o $@
$(BUILD)/hook/disk.ext4: | $(BUILD)/deps-vm
	@mkdir -p $(@D)
	$(Q)truncate -s 32M $@ && mkfs.ext4 -qF $@

# `make test` spreads over the kernels what they hardly change: the loader's own logic,
# and all stories but that of the attempts, each on one of them. test-hook and test-e2e
# run all on each. 6.12 takes four times as long to load: what loads often is for 6.1.
FIRST_ONLY := fault_test load_test sign_test collector_story dracut_story ftrace_story reload_story
LAST_ONLY  := cores_story guard_story tutorial_story
ifdef SPREAD
on = $(if $(filter $(FIRST_ONLY),$(1)),$(firstword $(KERNELS)),$(if $(filter $(LAST_ONLY),$(1)),$(lastword $(KERNELS)),$(KERNELS)))
else
on = $(KERNELS)
endif

# One guest per test program and kernel; tests/hook/NAME.args holds further
# options of quick.sh, as text.
hook_kernels := $(sort $(KERNELS) $(MATRIX))
define hook_rule
.PHONY: hook/$(1)/$(2)
hook/$(1)/$(2): $(BUILD)/hook/$(2) $(HOOKDATA) | clear-hook $(BUILD)/deps-vm
	$$(call tap,hook-$(1)-$(2)) tests/vm/quick.sh --init $$< $(1) \
		$(if $(filter sign_test,$(2)),--append swaps=$(SWAPS)) \
		$$(subst build/,$(BUILD)/,$$(file <tests/hook/$(2).args))
endef
$(foreach k,$(hook_kernels),$(foreach t,$(HOOK) scale_test,$(eval $(call hook_rule,$(k),$(t)))))

# Every technique in one guest per kernel.
define attack_rule
.PHONY: attack/$(1)
attack/$(1): $(BUILD)/attack/attack $(HOOKDATA) | clear-attack $(BUILD)/deps-vm
	$$(call tap,attack-$(1)) tests/vm/quick.sh --init $$< $(1) \
		$$(subst build/,$(BUILD)/,$$(file <tests/attack/attack.args))
endef
$(foreach k,$(hook_kernels),$(eval $(call attack_rule,$(k))))

# Most of it is waiting for far sides, so the files run beside each other.
run-sinks: $(BUILD)/san/sekisho-forward $(BUILD)/san/sekisho $(BUILD)/san/mklog | clear-sinks $(BUILD)/deps-sinks
	@for t in $(SINKS); do \
		FORWARD=$< SEKISHO=$(BUILD)/san/sekisho MKLOG=$(BUILD)/san/mklog PYTHONDONTWRITEBYTECODE=1 tests/run-tap $(results)/sinks-$$t.tap \
			python3 tests/sinks/$$t.py & \
	done; wait

$(STORIES:%=e2e/%): e2e/%: stage $(E2E) | clear-e2e $(BUILD)/deps-demo
	$(call tap,e2e-$*) env KERNELS="$(call on,$*)" tests/e2e/$*.sh

.PHONY: run-matrix run-scale stage sum run-evidence evidence/tamper
evidence/tamper: $(BUILD)/san/sekisho $(BUILD)/san/mklog | clear-evidence $(BUILD)/deps-evidence
	$(call tap,evidence-tamper) env SEKISHO=$(abspath $(BUILD)/san/sekisho) \
		MKLOG=$(abspath $(BUILD)/san/mklog) python3 tests/evidence/tamper_test.py
run-unit: $(UNIT:%=unit/%) ; @:
run-evidence: evidence/tamper ; @:
run-golden: $(if $(wildcard tests/golden/run),golden/all) golden/ids ; @:
run-controls: controls/cli controls/page $(if $(OSCAL_SCHEMAS),controls/oscal) ; @:
run-hook: $(foreach t,$(HOOK),$(foreach k,$(call on,$(t)),hook/$(k)/$(t))) ; @:
run-attack: $(foreach k,$(KERNELS),attack/$(k)) ; @:
run-e2e: $(STORIES:%=e2e/%) ; @:
run-scale: $(foreach k,$(KERNELS),hook/$(k)/scale_test) ; @:
run-matrix: $(foreach k,$(MATRIX),$(HOOK:%=hook/$(k)/%)) ; @:

# The sums are commands of their own make, so that their $(wildcard) sees files
# made just now.
#
# A guest keeps one processor busy: as many at once as there are processors.
JOBS ?= $(shell nproc)
jobs  = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS)) -Otarget
define tests_then_sum
	+@$(MAKE) $(jobs) $(1)
	+@$(MAKE) sum GROUP="$(2)"
endef
sum:
	@tests/tap-sum $(sort $(wildcard $(GROUP:%=$(results)/%[-.]*tap)))

# The longest first, so that the short ones fill what is left of the last.
test: all ## every test, on kernel 6.1 or 6.12 or both; last line "N passed, N failed"
	$(call tests_then_sum,SPREAD=1 run-e2e run-hook run-sinks run-controls run-evidence run-unit run-golden,$(filter-out attack,$(GROUPS_)))

test-unit: ## unit tests, with address and undefined-behaviour sanitizers
	$(call tests_then_sum,run-unit,unit)

test-golden: ## policies and their exact output or diagnostics
	$(call tests_then_sum,run-golden,golden)

# Unit tests of the tables are counted here too.
CONTROLS_UNIT := $(addprefix unit,-catalogue_test -oscal_test -control_test -verdict_test -gap_test)
test-controls: ## control items, their mapping and OSCAL; OSCAL_SCHEMAS=dir has NIST's JSON schemas
	$(call tests_then_sum,$(CONTROLS_UNIT:unit-%=unit/%) run-controls,controls $(CONTROLS_UNIT))

test-sinks: ## records off the host: to rsyslogd, nats-server and an OTLP receiver
	$(call tests_then_sum,run-sinks,sinks)

# The crash matrix is one of the unit tests. A link is cut for a minute here, for four
# seconds in "make test".
test-evidence: ## the log: altered in every way, killed at every step; its copies off the host, links cut for a minute
	+@SINKS_CUT=60 $(MAKE) $(jobs) run-evidence run-sinks unit/crash_test unit/log_test unit/note_test unit/tree_test
	+@$(MAKE) sum GROUP="evidence sinks unit"

test-hook: ## the BPF programs in quick guests, KERNELS="6.1 6.12"
	$(call tests_then_sum,run-hook,hook)

attack: ## every way in that we know, without Sekisho and with it, KERNELS="6.1 6.12"
	$(call tests_then_sum,run-attack,attack)

test-e2e: ## stories on a guest with a whole Debian, KERNELS="6.1 6.12"
	$(call tests_then_sum,run-e2e,e2e)

test-matrix: ## the hook tests on 6.1, 6.12, 6.18 and the newest 7.x
	$(call tests_then_sum,run-matrix,hook)

scale: ## 10,000 tasks and 1,000,000 files in a guest, KERNELS="6.1 6.12"
	$(call tests_then_sum,run-scale,hook)

demo: stage $(E2E) $(BUILD)/deps-demo ## an operator with root, without Sekisho and with it
	@tests/e2e/demo.sh

tutorial: stage $(E2E) $(BUILD)/deps-demo ## the guest of docs/tutorial.md
	@tests/e2e/tutorial.sh

flood: stage $(E2E) $(BUILD)/deps-demo ## 10 million records' worth of flood in a guest, six minutes
	@tests/e2e/flood.sh $(EVENTS)

bench: $(BUILD)/sekisho $(BUILD)/sekisho-load $(BUILD)/bench/guest $(BUILD)/bench/empty.bpf.o $(BUILD)/deps-vm ## guest instructions per operation
	@tests/bench/run.sh

# On one processor, the log on the disk that holds the build.
bench-collector: $(BUILD)/bench/collector_bench $(BUILD)/bench/peer_send | $(BUILD)/deps-peers ## records per second, beside a bare line, rsyslog and journald; SECONDS_EACH=60 for runs of a minute
	$(Q)tests/bench/native/run.sh $(BUILD)

# The memory of both is bounded by force: 224 and 200 MiB of address space.
COMPILE_RULES ?= 100000
bench-compile: $(BUILD)/sekisho $(BUILD)/deps-evidence ## a policy of 100,000 rules to its bundle: time, in 224 MiB
	$(Q)mkdir -p $(BUILD)/bench && tests/bench/policy.sh rules $(COMPILE_RULES) >$(BUILD)/bench/compile.yaml
	$(Q)tests/bench/timed.py 224 $< compile --offline $(BUILD)/bench/compile.yaml -o $(BUILD)/bench/compile.bundle \
		2>$(BUILD)/bench/compile.log || { cat $(BUILD)/bench/compile.log; exit 1; }
	$(Q)$< show $(BUILD)/bench/compile.bundle | grep -c '^  *[0-9]* line [0-9]*: allow ' | sed 's/$$/ rules/'
	$(Q)rm $(BUILD)/bench/compile.yaml $(BUILD)/bench/compile.bundle

REPORT_RECORDS ?= 10000000
bench-report: $(BUILD)/sekisho $(BUILD)/controls/mkwindow $(BUILD)/deps-controls $(BUILD)/deps-evidence ## a report over 10 million records of a signed log: time, in 200 MB
	$(Q)rm -rf $(BUILD)/bench/report && mkdir -p $(BUILD)/bench/report/log $(BUILD)/bench/report/keys
	$(Q)$(BUILD)/controls/mkwindow $(BUILD)/bench/report/log $(BUILD)/bench/report/keys login start-tool beat:5 \
		many:$(REPORT_RECORDS) >$(BUILD)/bench/report/pub
	$(Q)tests/bench/timed.py 200 $< report --controls policies/controls --format json \
		--key $(BUILD)/bench/report/pub -o $(BUILD)/bench/report/report.json $(BUILD)/bench/report/log
	$(Q)jq -r '"\(.totals.records) records, \(.hosts[0].verified.checkpoints) checkpoints verified"' $(BUILD)/bench/report/report.json
	$(Q)rm -rf $(BUILD)/bench/report/log

fuzz: $(FUZZ:%=$(BUILD)/fuzz/%) ## the parsers against made-up input, FUZZ_SECONDS=60 each
	$(Q)for f in $(FUZZ); do \
		mkdir -p $(BUILD)/fuzz/corpus/$$f tests/fuzz/corpus/$$f && \
		$(BUILD)/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
			-artifact_prefix=$(BUILD)/fuzz/ $(BUILD)/fuzz/corpus/$$f tests/fuzz/corpus/$$f \
			$$([ $$f != policy_fuzz ] || echo tests/golden policies) || exit 1; \
	done

# What clang says about the generated skeleton is not ours to mend. Neither analyser follows
# what the cleanup attribute frees or an owner inside another struct: leaks are the
# sanitizers' in the tests.
ANALYZED = $(LIB) $(POLICY) $(JUDGE) $(REPORT) $(BASELINE) $(POSTURE) $(CONTROLS) $(EVIDENCE) $(INDEX) $(READER) $(COLLECTOR) $(FORWARD) $(CLI) $(LOADER)
analyze: $(BUILD)/deps-check $(BUILD)/deps-build $(SKEL) ## gcc -fanalyzer, clang --analyze, shellcheck, mandoc -Tlint
	$(Q)printf '%s\n' $(ANALYZED) | xargs -P 2 -I @ sh -c 'echo "  ANALYZE @" && \
		gcc $(BASE) -O1 -fanalyzer -Wno-analyzer-malloc-leak -Wno-analyzer-use-of-uninitialized-value -c @ -o /dev/null && \
		said=$$(clang $(BASE) --analyze --analyzer-output text @ 2>&1) && \
		! printf "%s\n" "$$said" | grep -v "^$(BUILD)/" | grep "warning:" | grep -v "Potential leak"'
	$(Q)shellcheck -x -P tests/vm:tests/e2e:tests $(SHELL_SRC)
	$(Q)$(if $(MAN),mandoc -Tlint -Wwarning $(MAN))

FORMATTED = $(shell git ls-files '*.c' '*.h')
format: $(BUILD)/deps-check ## clang-format over all C
	$(Q)$(if $(FORMATTED),clang-format -i $(FORMATTED))

check-format: $(BUILD)/deps-check ## fails where "make format" would change a line
	$(Q)$(if $(FORMATTED),clang-format --dry-run -Werror $(FORMATTED))

# The program says its own completion.
COMPLETION := $(BUILD)/completion/sekisho $(BUILD)/completion/_sekisho
$(BUILD)/completion/sekisho: SHELL_OF = bash
$(BUILD)/completion/_sekisho: SHELL_OF = zsh
$(COMPLETION): $(BUILD)/sekisho
	@mkdir -p $(@D)
	$(call say,SHELL)
	$(Q)$< completion $(SHELL_OF) > $@

# What goes onto a host. DESTDIR/usr/lib, since /lib is a link there.
MAN      := $(sort $(wildcard loader/*.[0-9] userspace/*/*.[0-9] policies/*.[0-9] docs/*.[0-9]))
INSTALLED = \
	$(foreach f,$(filter %/sekisho-load %/sekishod %/sekisho-forward,$(filter-out $(BUILD)/static/%,$(PROGRAMS))),755:$(f):$(PREFIX)/sbin/$(notdir $(f))) \
	$(foreach f,$(filter $(BUILD)/sekisho,$(PROGRAMS)),755:$(f):$(PREFIX)/bin/$(notdir $(f))) \
	$(foreach f,$(sort $(wildcard loader/*.service userspace/*/*.service userspace/*/*.timer)),644:$(f):/usr/lib/systemd/system/$(notdir $(f))) \
	$(foreach f,$(sort $(wildcard loader/*.sysusers userspace/*/*.sysusers)),644:$(f):/usr/lib/sysusers.d/$(notdir $(f:.sysusers=.conf))) \
	$(foreach f,$(sort $(wildcard loader/*.tmpfiles userspace/*/*.tmpfiles)),644:$(f):/usr/lib/tmpfiles.d/$(notdir $(f:.tmpfiles=.conf))) \
	$(foreach f,$(sort $(wildcard policies/*.yaml policies/*.json policies/tests/*.yaml policies/controls/* policies/*.service.d/*)),644:$(f):$(PREFIX)/share/sekisho/$(f)) \
	755:share/initramfs/hook:/usr/share/initramfs-tools/hooks/sekisho \
	755:share/initramfs/init-bottom:/usr/share/initramfs-tools/scripts/init-bottom/sekisho \
	$(foreach f,$(wildcard share/dracut/*),755:$(f):/usr/lib/dracut/modules.d/90sekisho/$(notdir $(f))) \
	644:$(BUILD)/completion/sekisho:$(PREFIX)/share/bash-completion/completions/sekisho \
	644:$(BUILD)/completion/_sekisho:$(PREFIX)/share/zsh/vendor-completions/_sekisho \
	$(foreach f,$(MAN),644:$(f):$(PREFIX)/share/man/man$(patsubst .%,%,$(suffix $(f)))/$(notdir $(f)))

install: all $(COMPLETION) ## DESTDIR= PREFIX=/usr
	$(Q)install -d -m 755 $(DESTDIR)$(SYSCONF)/sekisho
	$(Q)for f in $(INSTALLED); do \
		dest=$${f##*:}; src=$${f#*:}; src=$${src%:*}; \
		install -D -m $${f%%:*} $$src $(DESTDIR)$$dest || exit 1; \
	done

uninstall: ## the same files; /etc/sekisho and /var/lib/sekisho stay
	$(Q)rm -f $(foreach f,$(INSTALLED),$(DESTDIR)$(lastword $(subst :, ,$(f))))

# What the host guest is given.
stage: all
	$(Q)rm -rf $(BUILD)/stage
	$(Q)$(MAKE) install DESTDIR=$(abspath $(BUILD)/stage)

clean: ## remove build/ but not the kernels and images in build/vm
	$(Q)find $(BUILD) -mindepth 1 -maxdepth 1 ! -name vm -exec rm -rf {} + 2>/dev/null || true

-include $(shell find $(BUILD)/obj $(BUILD)/san $(BUILD)/fuzz/obj $(BUILD)/bpf -name '*.d' 2>/dev/null)
