#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: mutate.sh [PROGRAM]...
#
# Take one BPF program away at a time and run the hook and lock tests: they must turn
# red, and the names of the red ones say whether exactly its tests did.  Without
# arguments every attached program has its turn.  One line each:
#
#   hook_task_kill: 12 red: stop hangup pidfd_signal thread_signal
#
# A program nobody misses makes the exit status 1.

set -euo pipefail
cd "$(dirname "$0")/.."
tree=build/mutant
kernel=${KERNEL:-6.1}
programs=("$@")
if [[ ${#programs[@]} -eq 0 ]]; then
	mapfile -t programs < <(sed -n '/^SEC("lsm/{n;s/^int BPF_PROG(\(hook_[a-z0-9_]*\).*/\1/p}' bpf/*.bpf.c)
fi

# The program's own section line becomes an optional one, which nobody asks for.
mutate() {
	local file
	file=$(grep -l "(${1}\b" "$tree"/bpf/*.bpf.c)
	sed -i -z "s/SEC(\"\(lsm[^\"]*\)\")\nint BPF_PROG($1\b/SEC(\"?\1\")\nint BPF_PROG($1/" "$file"
}

unmissed=0
for p in "${programs[@]}"; do
	rm -rf "$tree"
	mkdir -p "$tree"
	cp -r Makefile bpf build-aux loader userspace tests policies "$tree"
	mutate "$p"
	make -s -C "$tree" build/sekisho-load build/hook/hook_test build/hook/lock_test build/hook/enforce.bundle \
		build/hook/audit.bundle build/hook/disk.ext4 >"$tree/make.log" 2>&1
	out=
	for t in hook_test lock_test; do
		mapfile -t args < <(tr ' ' '\n' <"tests/hook/$t.args" | sed "s#^build/#$tree/build/#")
		out+=$(tests/vm/quick.sh --init "$tree/build/hook/$t" "$kernel" "${args[@]}" 2>/dev/null)$'\n' || true
	done
	red=$(grep -c '^not ok' <<<"$out") || true
	names=$(sed -n 's/^not ok [0-9]* - \([a-z0-9_]*\).*/\1/p' <<<"$out" | sort -u | tr '\n' ' ')
	printf '%s: %d red: %s\n' "$p" "$red" "$names"
	[[ $red -gt 0 ]] || unmissed=1
done
rm -rf "$tree"
exit $unmissed
