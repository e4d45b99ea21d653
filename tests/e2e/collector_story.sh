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

begin_work
make_site "$work/site"
make_policy "$work/policy"
for kernel in $KERNELS; do
	boot e2e-collector "$kernel" --product "$BUILD/stage" --product "$work/policy" --product "$work/site"

	check "$kernel: the collector runs as its own user" sh_root '[[ -n $(pgrep -u sekisho -x sekishod) ]]'
	check "$kernel: no process of it has a capability" sh_root \
		'for pid in $(pgrep -x sekishod); do grep -H -E "Cap(Inh|Prm|Eff|Amb)" /proc/$pid/status; done |
			tee /tmp/caps; [[ $(wc -l </tmp/caps) -ge 8 ]] && ! grep -v ":[[:space:]]*0000000000000000$" /tmp/caps'
	check "$kernel: sekisho status: all is well" sh_root 'sekisho status'

	# systemctl stop, or systemd would have a new one in a second.
	check "$kernel: every Sekisho process ends by SIGKILL" sh_root \
		'systemctl kill -s KILL sekishod; systemctl stop sekishod; [[ -z $(pgrep sekisho) ]]'
	check "$kernel: then, caches dropped, the database is refused" sh_root \
		"sync; echo 3 >/proc/sys/vm/drop_caches; $refused"
	check "$kernel: also to a job of PID 1" sh_root \
		'! systemd-run --quiet --collect --wait --pipe cat /var/lib/osmocom/hlr.db </dev/null >/dev/null'
	check "$kernel: and osmo-hlr serves" as_root "$lib/gsup" 001010000000001
	check "$kernel: the collector starts again" sh_root 'systemctl start sekishod && sekisho status'
	check "$kernel: all that was refused meanwhile is recorded, once" balanced

	check "$kernel: killed, systemd restarts it" sh_root \
		'old=$(systemctl show -P MainPID sekishod); systemctl kill -s KILL sekishod
		for i in $(seq 100); do new=$(systemctl show -P MainPID sekishod); [[ $new != 0 && $new != "$old" ]] && break; sleep 0.2; done
		echo "$old $new"; [[ $new != 0 && $new != "$old" ]]'
	check "$kernel: killed five times under load, refusals go on" sh_root \
		"end=\$((SECONDS + 12))
		(while [[ \$SECONDS -lt \$end ]]; do cat /var/lib/osmocom/hlr.db && touch /tmp/got; done) >/dev/null 2>&1 &
		for i in 1 2 3 4 5; do sleep 1.\$((RANDOM % 10)); systemctl kill -s KILL sekishod; done
		wait; [[ ! -e /tmp/got ]]"
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

	check "$kernel: a flood while it is killed is refused" sh_root \
		"$lib/try hammer /var/lib/osmocom/hlr.db 4 & sleep 1.\$((RANDOM % 10)); systemctl kill -s KILL sekishod; wait \$!"
	check "$kernel: what did not fit is counted" balanced 1000000000
	# A collector killed in a flood may tell a loss again when it returns: more
	# than the kernel counted, never fewer.
	check "$kernel: and the records tell no fewer" sh_root \
		'lost=$(sekisho status --json | jq ".loss // {} | add // 0")
		loss=$(cat /var/log/sekisho/records*.jsonl | jq -c "select(.class == \"loss\") | [.id, .count, .lost]")
		told=$(jq -s "map(.[1]) | add // 0" <<<"$loss")
		echo "kernel: $lost, records: $told"; echo "$loss"
		[[ $told -ge $lost ]]'
	halt
done
plan
