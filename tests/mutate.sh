#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: mutate.sh [PROGRAM[,PROGRAM]...]...
#
# Take one BPF program away at a time (those with a comma between them together) and
# run the hook and lock tests: they must turn red, and the names of the red ones say
# whether exactly its tests did.  Without arguments every program that is attached has
# its turn.  One line each:
#
#   hook_task_kill: 12 red: stop hangup pidfd_signal thread_signal
#
# It stays attached and answers nothing.  The kernel is 6.1, or KERNEL; programs that
# only later ones have are tried on the first that has them.  A program nobody misses
# makes the exit status 1.

set -euo pipefail
cd "$(dirname "$0")/.."
tree=build/mutant
if [[ $# -eq 0 ]]; then
	# The second line of a program that a hook of the kernel, or of cgroups, runs.
	mapfile -t found < <(sed -n '/^SEC("\(?\{0,1\}lsm\|cgroup\)/{n;s/^int \(BPF_PROG(\)\{0,1\}\(hook_[a-z0-9_]*\).*/\2/p}' bpf/*.bpf.c)
	set -- "${found[@]}"
fi

kernel_of() {
	case $1 in
	*hook_capable* | *hook_inode_file_setattr*) echo 6.18 ;;
	*hook_inode_setattr_6_1*) echo 6.1 ;;
	*hook_inode_setattr* | *hook_inode_*_acl* | *hook_file_ioctl_compat*) echo 6.12 ;;
	*) echo "${KERNEL:-6.1}" ;;
	esac
}

# Its first statement becomes the answer: an LSM hook lets through with 0, a cgroup's with 1.
mutate() {
	local file answer=0
	file=$(grep -lE "^int (BPF_PROG\()?$1\b" "$tree"/bpf/*.bpf.c)
	[[ $1 != hook_cgroup_* ]] || answer=1
	sed -i -z -E "s/(\nint (BPF_PROG\()?$1\b[^{]*\{\n)/\1\treturn $answer;\n/" "$file"
	! cmp -s "$file" "bpf/${file##*/}" || { echo "$0: $1 not changed in $file" >&2; exit 2; }
}

rm -rf "$tree"
mkdir -p "$tree"
cp -rp Makefile bpf build-aux loader userspace tests policies share "$tree"
# What is built already need not be built again.
mkdir "$tree/build"
for part in build/{obj,bpf,hook,deps-*}; do [[ ! -e $part ]] || cp -rp "$part" "$tree/build"; done
unmissed=0
for mutant; do
	for file in bpf/*.bpf.c; do cmp -s "$file" "$tree/$file" || cp "$file" "$tree/$file"; done
	for program in ${mutant//,/ }; do mutate "$program"; done
	make -s -C "$tree" BUILD=build build/sekisho-load build/hook/hook_test build/hook/lock_test build/hook/enforce.bundle \
		build/hook/audit.bundle build/hook/disk.ext4 >"$tree/make.log" 2>&1 || { tail -n 20 "$tree/make.log" >&2; exit 2; }
	out=
	for t in hook_test lock_test; do
		mapfile -t args < <(tr ' ' '\n' <"tests/hook/$t.args" | sed "s#^build/#$tree/build/#")
		out+=$(tests/vm/quick.sh --init "$tree/build/hook/$t" "$(kernel_of "$mutant")" "${args[@]}" 2>/dev/null)$'\n' || true
	done
	printf '# %s\n%s\n' "$mutant" "$out" >>"$tree/tap"
	red=$(grep -c '^not ok' <<<"$out") || true
	names=$(sed -n 's/^not ok [0-9]* - \([A-Za-z0-9_]*\).*/\1/p' <<<"$out" | sort -u | tr '\n' ' ')
	printf '%s: %d red: %s\n' "$mutant" "$red" "$names"
	[[ $red -gt 0 ]] || unmissed=1
done
exit $unmissed
