#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: collector_story.sh
#
# Enforcement needs no process, and what happens while the collector is dead,
# or its disk is full, is told afterwards: kernel counters equal records plus
# counted losses.

# Single quotes hold the guest's variables:
# shellcheck disable=SC2016
set -euo pipefail
. "$(dirname "$0")/lib.sh"

refused='out=$(cat /var/lib/osmocom/hlr.db 2>&1 >/dev/null); [[ $out == *"Operation not permitted"* ]]'

# Nobody may kill the collector, so in this guest the kernel does, when it has used
# its processor time; systemd then waits long enough for a look around.
tire="$lib/try tire /run/sekisho/control 60 && for i in {1..50}; do [[ -z \$(pgrep sekisho) ]] && break; sleep 0.1; done; [[ -z \$(pgrep sekisho) ]]"
back='for i in {1..150}; do out=$(sekisho status 2>&1) && break; sleep 0.2; done; echo "$out" | head -n 3; sekisho status >/dev/null'

begin_work
make_site "$work/site"
make_policy "$work/policy"
mkdir -p "$work/policy/etc/systemd/system/sekishod.service.d"
# A start hashes its segment anew: a full one of 64M is more than the time it has here.
printf '[Service]\nExecStart=\nExecStart=/usr/sbin/sekishod --max-size 16M\nLimitCPU=3\nRestartSec=6\n' >"$work/policy/etc/systemd/system/sekishod.service.d/test.conf"
for kernel in $KERNELS; do
	boot e2e-collector "$kernel" --product "$BUILD/stage" --product "$work/policy" --product "$work/site"

	check "$kernel: the collector runs as its own user" sh_root '[[ -n $(pgrep -u sekisho -x sekishod) ]]'
	check "$kernel: no process of it has a capability" sh_root \
		'for pid in $(pgrep -x sekishod); do grep -H -E "Cap(Inh|Prm|Eff|Amb)" /proc/$pid/status; done |
			tee /tmp/caps; [[ $(wc -l </tmp/caps) -ge 8 ]] && ! grep -v ":[[:space:]]*0000000000000000$" /tmp/caps'
	check "$kernel: sekisho status: all is well" sh_root 'sekisho status'

	check "$kernel: every process of Sekisho ends by SIGKILL" sh_root "$tire"
	check "$kernel: then, caches dropped, the database is refused, also to a job of PID 1" sh_root \
		"sync; echo 3 >/proc/sys/vm/drop_caches; $refused
		! systemd-run --quiet --collect --wait --pipe cat /var/lib/osmocom/hlr.db </dev/null >/dev/null || exit 1
		pids=\$(pgrep sekisho); echo \"\$pids\"; [[ -z \$pids ]]"
	check "$kernel: and osmo-hlr serves" as_root "$lib/gsup" 001010000000001
	check "$kernel: systemd starts the collector again" sh_root "$back"
	check "$kernel: all that was refused meanwhile is recorded, once" balanced

	check "$kernel: killed four times under load, refusals go on" sh_root \
		"touch /tmp/go; (while [[ -e /tmp/go ]]; do cat /var/lib/osmocom/hlr.db && touch /tmp/got; done) >/dev/null 2>&1 &
		for i in 1 2 3 4; do $tire || exit 1; $back || exit 1; done
		rm /tmp/go; wait; [[ ! -e /tmp/got ]]"
	check "$kernel: nothing of it is lost or twice" balanced

	# The collector may not use the blocks that ext4 keeps for root.
	check "$kernel: the operator fills the disk" sh_root \
		'i=0; for size in 256M 32M 4M 256k 4k; do
			while fallocate -l $size /var/tmp/fill.$i 2>/dev/null; do i=$((i + 1)); done; done
		df --output=avail /var/log/sekisho; [[ $(df --output=avail /var/log/sekisho | tail -n 1) -eq 0 ]]'
	check "$kernel: refusals go on" sh_root "for i in {1..40}; do $refused || exit 1; done"
	check "$kernel: sekisho status names the trouble" sh_root \
		'for i in $(seq 50); do out=$(sekisho status 2>&1) || break; sleep 0.2; done; rc=$?
		echo "$out"; grep -q "^problem .*log can.t be written" <<<"$out"'
	check "$kernel: with room again it writes all that waited" sh_root \
		'rm -f /var/tmp/fill.*; for i in $(seq 100); do sekisho status >/dev/null && break; sleep 0.2; done; sekisho status'
	check "$kernel: nothing of it is lost or twice" balanced

	check "$kernel: a flood that kills it, and goes on, is refused" sh_root \
		"before=\$(systemctl show -P NRestarts sekishod)
		$lib/try hammer /var/lib/osmocom/hlr.db 15 || exit 1
		$back; after=\$(systemctl show -P NRestarts sekishod); echo \"\$before \$after\"; [[ \$after -gt \$before ]]"
	check "$kernel: what did not fit is counted" balanced 1000000000
	check "$kernel: and the records tell exactly that" sh_root "$settle"'
		lost=$(sekisho status --json | jq ".loss // {} | add // 0")
		loss=$(sekisho log cat | grep -F loss | jq -c "select(.class == \"loss\") | [.id, .count, .lost]")
		told=$(jq -s "map(.[1]) | add // 0" <<<"$loss")
		echo "kernel: $lost, records: $told"; echo "$loss"
		[[ $lost -gt 0 && $told -eq $lost && $loss != *unexplained* ]]'
	halt
done
plan
