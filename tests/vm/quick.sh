#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: quick.sh [OPTION]... KERNEL [SRC[:DEST]]...
#
# Boot a kernel line (6.1, 6.12, 6.18, 7) with an initramfs of busybox and the
# given files, and pass its console on. SRC a directory: its content goes to
# DEST or /; a file: it goes to DEST or /NAME.
#
#   --init FILE      this program is PID 1; mounts are its own business. Without
#                    it a small script mounts the usual and runs /tests.
#   --append ARGS    more kernel command line (may be repeated)
#   --mem MB         memory, 512        --smp N   processors, 2
#   --disk FILE      virtio disk, in order /dev/vda, vdb ... (may be repeated;
#                    changes are thrown away)
#   --net none|user  virtio network with QEMU's user stack, 10.0.2.15/24; none
#   --module NAME    kernel module for /modules (may be repeated)
#   --icount SEED    deterministic run: TSC counts executed instructions
#   --timeout S      end the guest after S seconds, 180
#   --name NAME      of the directory build/vm/run/NAME, else chosen; a
#                    failed run leaves console.log, initrd and command there
#   --keep           leave that directory always
#
# Modules for disk, net and --module lie decompressed in /modules; /modules/order
# names them in the order to insert. The script /init does; --init FILE must.
#
# The guest must end with a line "GUEST-EXIT n" and power off. Exit status: n;
# 124 after a timeout, 125 when the line never came or the kernel complained.

set -euo pipefail
. "$(dirname "$0")/common.sh"

args=("$@")
init='' append='' mem=512 smp=2 disks=() net=none modules=() seed='' timeout=180 name='' keep='' rest=()
while [[ $# -gt 0 ]]; do
	case $1 in
	--init) init=$2; shift 2 ;;
	--append) append+=" $2"; shift 2 ;;
	--mem) mem=$2; shift 2 ;;
	--smp) smp=$2; shift 2 ;;
	--disk) disks+=("$2"); shift 2 ;;
	--net) net=$2; shift 2 ;;
	--module) modules+=("$2"); shift 2 ;;
	--icount) seed=$2; shift 2 ;;
	--timeout) timeout=$2; shift 2 ;;
	--name) name=$2; shift 2 ;;
	--keep) keep=yes; shift ;;
	--help) sed -n '3,/^$/s/^# \{0,1\}//p' "$0"; exit 0 ;;
	-*) die "unknown option $1 (--help lists them)" ;;
	*) rest+=("$1"); shift ;;
	esac
done
[[ ${#rest[@]} -gt 0 ]] || die "no kernel line given (--help tells)"
kernel=${rest[0]}
files=("${rest[@]:1}")

"$ROOT/build-aux/deps.sh" vm
find_kernel "$kernel"
find_qemu

mkdir -p "$VM/run"
if [[ -n $name ]]; then
	run=$VM/run/$name
	rm -rf "$run"
	mkdir "$run"
else
	run=$(mktemp -d "$VM/run/quick.XXXXXX")
fi
tree=$run/tree
mkdir "$tree"

busybox_tree "$tree"
for spec in "${files[@]}"; do
	src=${spec%%:*}
	dest=/
	[[ $spec == *:* ]] && dest=${spec#*:}
	if [[ -d $src ]]; then
		mkdir -p "$tree$dest"
		cp -a "$src/." "$tree$dest"
	else
		[[ -e $src ]] || die "no such file: $src"
		[[ $dest == */ ]] && dest+=${src##*/}
		mkdir -p "$tree${dest%/*}"
		cp "$src" "$tree$dest"
	fi
done
[[ ${#disks[@]} -eq 0 ]] || modules=(virtio_pci virtio_blk ext4 "${modules[@]}")
[[ $net == none ]] || modules=(virtio_pci virtio_net "${modules[@]}")
collect_modules "$tree/modules" "$KDIR" "$KVER" "${modules[@]}"
if [[ -n $init ]]; then
	cp "$init" "$tree/init"
else
	cp "$ROOT/tests/vm/quick-init" "$tree/init"
fi
chmod 755 "$tree/init"
pack_initrd "$tree" "$run/initrd"
rm -rf "$tree"

accel=tcg,thread=multi
cpu=max
cmd=("${QEMU[@]}")
if [[ -n $seed ]]; then
	# One instruction is one tick. String moves that count each byte as an
	# instruction are switched off, or open(2) would measure its path's length.
	accel=tcg,thread=single
	smp=1
	cpu=max,erms=off,fsrm=off
	[[ $(qemu_major "${QEMU[@]}") -lt 10 ]] || cpu+=,fsrs=off,fzrm=off
	cmd+=(-icount "shift=0,sleep=off" -seed "$seed" -rtc "base=2026-01-01T00:00:00,clock=vm")
	append=" norandmaps$append"
fi
cmd+=(-accel "$accel" -cpu "$cpu" -M q35 -smp "$smp" -m "$mem"
	-nodefaults -no-user-config -display none -no-reboot -serial stdio
	-kernel "$KDIR/vmlinuz" -initrd "$run/initrd"
	-append "console=ttyS0 quiet panic=-1$append")
for i in "${!disks[@]}"; do
	cmd+=(-drive "if=none,id=d$i,file=${disks[i]},format=raw,snapshot=on" -device "virtio-blk-pci,drive=d$i")
done
[[ $net == none ]] || cmd+=(-netdev "user,id=n0" -device "virtio-net-pci,netdev=n0")
printf '%q ' "${cmd[@]}" >"$run/command"
echo >>"$run/command"

qemu_pid=
# Called by the trap.
# shellcheck disable=SC2317
finish() {
	[[ -z $qemu_pid ]] || kill "$qemu_pid" 2>/dev/null || true
	[[ -n $keep ]] || rm -rf "$run"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

: >"$run/console.log"
timeout -k 5 "$timeout" "${cmd[@]}" </dev/null >"$run/console.log" 2>&1 &
qemu_pid=$!
tail -s 0.05 --pid="$qemu_pid" -n +1 -f "$run/console.log" | sed -u 's/\r//g' &
tail_job=$!
rc=0
wait "$qemu_pid" || rc=$?
qemu_pid=
wait "$tail_job" || true

# A guest that trips over a kernel bug has passed nothing, whatever it printed.
guest=$(sed -n 's/\r//g; s/^GUEST-EXIT \([0-9]*\).*/\1/p' "$run/console.log" | tail -n 1)
oops=$(sed '/^GUEST-EXIT /,$d' "$run/console.log" |
	grep -aE '(BUG: (kernel|unable|KASAN|sleeping|scheduling)|Oops:|Kernel panic|WARNING: CPU|general protection)' | head -n 1 | tr -d '\r' || true)
if [[ $rc -eq 124 || $rc -eq 137 ]]; then
	say "$kernel: no end within $timeout s"
	rc=124
elif [[ -z $guest ]]; then
	say "$kernel: the guest ended without GUEST-EXIT (qemu status $rc)"
	rc=125
elif [[ -n $oops ]]; then
	say "$kernel: kernel complaint: $oops"
	rc=125
else
	rc=$guest
fi
if [[ $rc -ne 0 ]]; then
	keep=yes
	{
		echo "$me: failed with $rc. Kept: $run (console.log, initrd; command starts the same guest)"
		printf '%s: to reproduce: cd %q &&' "$me" "$PWD"
		printf ' %q' "$0" "${args[@]}"
		echo
	} >&2
fi
exit "$rc"
