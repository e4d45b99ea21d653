#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: run.sh
#
# Guest instructions per operation: without Sekisho, with an empty program on
# each hook, with Sekisho under small and large policies. Every guest is booted
# RUNS=2 times; figures that differ between two runs fail the bench.
#
# KERNELS="6.1 6.12"   SETS="rules-1 ..."   RUNS=2   JOBS=processors
#
# Leaves $BUILD/bench/result.json and table.md.

set -euo pipefail
cd "$(dirname "$0")/../.."

BUILD=${BUILD:-build}
KERNELS=${KERNELS:-6.1 6.12}
SETS=${SETS:-rules-1 rules-1000 rules-100000 paths-1000 paths-100000}
RUNS=${RUNS:-2}
JOBS=${JOBS:-$(nproc)}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
OUT=$BUILD/bench
IMAGE=$OUT/image
# What the published baselines ran with; no module of the list but bpf costs
# anything that the difference to the same boot would not cancel.
LSM=landlock,lockdown,yama,integrity,bpf
SEEDS=5

say() {
	echo "bench: $*" >&2
}

# One image for all guests of a kernel, or their figures could not be compared.
make_image() {
	local set kind n
	rm -rf "$IMAGE" "$OUT/rows" "$OUT/console"
	mkdir -p "$IMAGE" "$OUT/rows" "$OUT/console" "$OUT/policy"
	cp "$BUILD/sekisho-load" "$OUT/empty.bpf.o" "$IMAGE"
	for set in $SETS; do
		kind=${set%-*}
		n=${set#*-}
		tests/bench/policy.sh "$kind" "$n" >"$OUT/policy/$set.yaml"
		"$BUILD/sekisho" compile --offline "$OUT/policy/$set.yaml" -o "$IMAGE/$set.bundle" \
			2>"$OUT/policy/$set.log" || {
			cat "$OUT/policy/$set.log" >&2
			exit 1
		}
	done
}

# The guest's random numbers come from what it executes, unpacking included: its
# initramfs must not have the time of the build in it.
make_reproducible() {
	mkdir -p "$OUT/bin"
	cat >"$OUT/bin/cpio" <<-EOF
		#!/bin/sh
		find . -exec touch -h -d @0 {} +
		exec $(command -v cpio) --reproducible "\$@"
	EOF
	chmod +x "$OUT/bin/cpio"
}

guest() {
	PATH=$OUT/bin:$PATH tests/vm/quick.sh --init "$OUT/guest" --icount "$3" --mem 1024 --timeout 1800 \
		--append "lsm=$LSM bench=$2" "$1" "$IMAGE"
}

# Emulated guests die of emulator bugs now and then, the same seed always the
# same way: a panic says nothing about Sekisho and the next seed is taken.
boot() {
	local kernel=$1 set=$2 run=$3 seed name=$1.$2.$3 log
	log=$OUT/console/$name
	for ((seed = 1; seed <= SEEDS; seed++)); do
		if guest "$kernel" "$set" "$seed" >"$log" 2>&1; then
			{
				printf 'SEED\t%s\n' "$seed"
				grep -aE '^(ROW|COUNT)' "$log"
			} >"$OUT/rows/$name"
			say "kernel $kernel, $set, run $run: done"
			return
		fi
		grep -qaE 'Kernel panic|Oops:|BUG: ' "$log" || break
		say "kernel $kernel, $set, run $run: the guest panicked with seed $seed"
	done
	tail -n 20 "$log" >&2
	say "kernel $kernel, $set, run $run failed; $log has its console"
	return 255 # xargs stops
}

# A row that met a full ring measured something cheaper than a record.
lossless() {
	if grep -H '^COUNT' "$OUT"/rows/* | grep -v 'lost 0$' >&2; then
		say "records were lost in the guests above"
		return 1
	fi
}

# Both runs of every guest must agree to the last instruction.
compare() {
	local kernel set run differ=0
	for kernel in $KERNELS; do
		for set in empty-0 $SETS; do
			for ((run = 2; run <= RUNS; run++)); do
				diff -u "$OUT/rows/$kernel.$set.1" "$OUT/rows/$kernel.$set.$run" || differ=1
			done
		done
	done
	if [[ $differ -ne 0 ]]; then
		say "figures differ between runs"
		return 1
	fi
	[[ $RUNS -lt 2 ]] || say "$(cat "$OUT"/rows/*.1 | grep -c ^ROW) figures, each the same in $RUNS runs"
}

if [[ ${1:-} == --boot ]]; then
	boot "$2" "$3" "$4"
	exit
fi

make_image
make_reproducible
for kernel in $KERNELS; do
	tests/vm/kernels.sh "$kernel" >/dev/null
	for ((run = 1; run <= RUNS; run++)); do
		for set in empty-0 $SETS; do
			printf '%s %s %s\n' "$kernel" "$set" "$run"
		done
	done
done | BUILD=$BUILD SETS=$SETS xargs -P "$JOBS" -L 1 tests/bench/run.sh --boot

lossless
compare
awk -f tests/bench/report.awk -v kernels="$KERNELS" -v sets="$SETS" -v rows="$OUT/rows" -v vm="${SEKISHO_VM:-build/vm}" \
	-v json="$OUT/result.json" >"$OUT/table.md"
cat "$OUT/table.md"
