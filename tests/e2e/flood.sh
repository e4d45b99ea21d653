#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: flood.sh [EVENTS]
#
# An operator floods the records with accesses that he is allowed, and tries the
# database beside it: each try is a record, and what is lost of the flood is counted,
# told, and just what is missing in the numbers.  10 million events by themselves;
# ftrace_story.sh has a small flood too.

# Single quotes hold the guest's variables:
# shellcheck disable=SC2016

# The policy of osmo-hlr, and one more rule: a record of each look at a program.
flood_policy() { # TREE
	make_policy "$1"
	sed -i '/^rules:/a\  - { allow: other, to: read, on: hlr.exec, record: best-effort }' "$1.yaml"
	"$BUILD/sekisho" compile --offline "$1.yaml" -o "$1/etc/sekisho/policy.bundle"
	# So that the numbers are told soon.
	mkdir -p "$1/etc/systemd/system/sekishod.service.d"
	printf '[Service]\nExecStart=\nExecStart=/usr/sbin/sekishod --heartbeat 5\n' \
		>"$1/etc/systemd/system/sekishod.service.d/heartbeat.conf"
}

flood_checks() { # KERNEL EVENTS
	local tries=1000 pause=$(($2 / 120)) lost='[.loss // {} | .[]] | add // 0'
	[[ $pause -lt 100000 ]] || pause=100000
	check "$1: an operator's $2 allowed accesses, each to be recorded if there is room" sh_root \
		"sekisho status --json | jq '$lost' >/tmp/lost; rm -f /tmp/flood
		($lib/try opens /usr/bin/osmo-hlr $2 0 >/tmp/flood.new; mv /tmp/flood.new /tmp/flood) &
		$lib/try opens /var/lib/osmocom/hlr.db $tries $pause >/tmp/tries; cp /tmp/flood /tmp/early 2>/dev/null; wait
		cat /tmp/flood; grep ': $2 opened, 0 refused, 0 other errors' /tmp/flood"
	check "$1: $tries tries at the database meanwhile, all refused" sh_root \
		"cat /tmp/tries; ! cat /tmp/early 2>/dev/null && grep ': 0 opened, $tries refused, 0 other errors' /tmp/tries"
	# The log is gigabytes, nearly all of it the flood: one pass, and fixed strings only.
	sh_root "$settle; export LC_ALL=C; cd /tmp; rm -f log.pipe; mkfifo log.pipe
		own=\"\\\"proc\\\":{\\\"pid\\\":\$(sed 's/pid \\([0-9]*\\):.*/\\1/' flood),\"
		grep -vF '\"verdict\":\"allowed\"' <log.pipe >rest &
		all=\$(sekisho log cat | tee log.pipe | grep -cF \"\$own\")
		wait
		echo \$((all - \$(grep -cF \"\$own\" rest))) >kept
		grep -F '\"class\":\"loss\"' rest >losses
		grep -F '\"verdict\":\"denied\"' rest >denied"
	check "$1: are $tries records" sh_root \
		"pid=\$(sed 's/pid \\([0-9]*\\):.*/\\1/' /tmp/tries)
		n=\$(jq -r \"select(.proc.pid == \$pid and .obj.label == \\\"hlr.data\\\") | .id\" /tmp/denied | sort -u | wc -l)
		echo \"\$n\"; [[ \$n -eq $tries ]]"
	check "$1: each of the flood is a record or a told loss" sh_root \
		"n=\$(cat /tmp/kept); lost=\$((\$(sekisho status --json | jq '$lost') - \$(cat /tmp/lost)))
		told=\$(jq -s 'map(.count) | add // 0' /tmp/losses)
		echo \"flood: \$n records, \$lost lost since, \$told told\"
		[[ \$((n + lost)) -ge $2 && \$((n + lost)) -le \$(($2 + 200)) && \$told -ge \$lost ]]"
	check "$1: and the numbers of the kernel have no other gap" sh_root \
		"sleep 10; sekisho verify --key /var/log/sekisho/keys /var/log/sekisho >/tmp/verified; rc=\$?
		grep -A 2 '^numbers' /tmp/verified; [[ \$rc -eq 0 ]] && grep -q '^numbers .* 0 missing\$' /tmp/verified"
	sh_root "cat /tmp/flood /tmp/tries; grep -A 2 '^numbers' /tmp/verified
		sekisho status --json | jq -c '[.loss, .counters]'" | sed 's/^/# /'
}

[[ ${BASH_SOURCE[0]} == "$0" ]] || return 0
set -euo pipefail
. "$(dirname "$0")/lib.sh"
events=${1:-10000000}
begin_work
make_site "$work/site"
flood_policy "$work/policy"
# 900 bytes an event, on a disk of its own.
truncate -s 16G "$work/log.img"
mkfs.ext4 -qF "$work/log.img"
mkdir -p "$work/policy/etc/systemd/system"
cat >"$work/policy/etc/systemd/system/var-log-sekisho.mount" <<'UNIT'
[Mount]
What=/dev/vdc
Where=/var/log/sekisho
[Install]
WantedBy=local-fs.target
UNIT
for kernel in ${KERNELS##* }; do
	boot e2e-flood "$kernel" --product "$BUILD/stage" --product "$work/policy" --product "$work/site" --disk "$work/log.img"
	flood_checks "$kernel" "$events"
	halt
done
plan
