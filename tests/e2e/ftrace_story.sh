#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: ftrace_story.sh
#
# Booted with kernel.ftrace_enabled=0 no BPF LSM program would run, though all
# load: so none is loaded, the unit fails with the remedy, and it works after
# the remedy: also in a flood of records.

# Single quotes hold the guest's variables:
# shellcheck disable=SC2016
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/flood.sh"

begin_work
make_site "$work/site"
flood_policy "$work/policy"
for kernel in $KERNELS; do
	boot e2e-ftrace "$kernel" --product "$BUILD/stage" --product "$work/policy" --product "$work/site" \
		--append sysctl.kernel.ftrace_enabled=0
	check "$kernel: the kernel took the setting" sh_root '[[ $(cat /proc/sys/kernel/ftrace_enabled) == 0 ]]'
	check "$kernel: the unit failed" sh_root 'systemctl show -P ActiveState sekisho | grep -x failed'
	check "$kernel: with an exit code" sh_root 'systemctl show -P ExecMainStatus sekisho | grep -x 1'
	check "$kernel: the journal has the remedy" sh_root \
		'journalctl -q -u sekisho; journalctl -q -u sekisho | grep "kernel.ftrace_enabled is 0" | grep "write 1 to /proc/sys/kernel/ftrace_enabled"'
	check "$kernel: nothing is pinned" sh_root '[[ -z $(ls -A /sys/fs/bpf | grep sekisho) ]]'
	check "$kernel: nothing is half enforced" sh_root 'cat /var/lib/osmocom/hlr.db >/dev/null'
	check "$kernel: sekisho status tells that nothing is loaded" sh_root \
		'out=$(sekisho status 2>&1); rc=$?; echo "$rc $out"; [[ $rc -eq 3 && $out == *"no policy is loaded"* ]]'
	check "$kernel: the loader by hand answers the same" sh_root \
		'out=$(sekisho-load 2>&1); rc=$?; echo "$rc $out"; [[ $rc -eq 1 && $out == *ftrace_enabled* ]]'
	check "$kernel: after the remedy it loads" sh_root \
		'echo 1 >/proc/sys/kernel/ftrace_enabled; systemctl reset-failed sekisho; systemctl start sekisho sekishod'
	check "$kernel: and refuses" sh_root \
		'out=$(cat /var/lib/osmocom/hlr.db 2>&1 >/dev/null); echo "$out"; [[ $out == *"Operation not permitted"* ]]'
	check "$kernel: and osmo-hlr, taken in as it ran, serves" as_root "$lib/gsup" 001010000000001
	flood_tries "$kernel" 60000
	flood_counts "$kernel" 60000 sh_root
	halt
done
plan
