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

# What was tried; leaves in $flood, $tries, $lost who tried and what was lost of it.
flood_tries() { # KERNEL EVENTS
	local many=1000 pause=$(($2 / 120)) sum='[.loss // {} | .[]] | add // 0' facts
	[[ $pause -lt 100000 ]] || pause=100000
	check "$1: an operator's $2 allowed accesses, each to be recorded if there is room" sh_root \
		"sekisho status --json | jq '$sum' >/tmp/lost; rm -f /tmp/flood
		($lib/try opens /usr/bin/osmo-hlr $2 0 >/tmp/flood.new; mv /tmp/flood.new /tmp/flood) &
		$lib/try opens /var/lib/osmocom/hlr.db $many $pause >/tmp/tries; cp /tmp/flood /tmp/early 2>/dev/null; wait
		cat /tmp/flood; grep ': $2 opened, 0 refused, 0 other errors' /tmp/flood"
	check "$1: $many tries at the database meanwhile, all refused" sh_root \
		"cat /tmp/tries; ! cat /tmp/early 2>/dev/null && grep ': 0 opened, $many refused, 0 other errors' /tmp/tries"
	# The last heartbeat tells what was lost last.
	facts=$(sh_root "$settle; sleep 10; sync; cat /tmp/flood /tmp/tries
		sekisho status --json | jq -c '[.loss, .counters]'
		echo \$(sed 's/pid \\([0-9]*\\):.*/\\1/' /tmp/flood /tmp/tries) \$((\$(sekisho status --json | jq '$sum') - \$(cat /tmp/lost)))")
	sed '$d; s/^/# /' <<<"$facts"
	read -r flood tries lost < <(tail -n 1 <<<"$facts")
}

# What is in the log, of the same acts.
# usage: flood_counts KERNEL EVENTS sh_root | flood_counts KERNEL EVENTS by_stranger
flood_counts() {
	# The log is gigabytes, nearly all of it the flood: one pass, and fixed strings only.
	local count="export LC_ALL=C; cd \$(mktemp -d); mkfifo log.pipe
		grep -vF '\"verdict\":\"allowed\"' <log.pipe >rest &
		all=\$(sekisho log cat \$log | tee log.pipe | grep -cF '\"proc\":{\"pid\":$flood,')
		wait
		echo kept \$((all - \$(grep -cF '\"proc\":{\"pid\":$flood,' rest)))
		grep -F '\"class\":\"loss\"' rest | jq -s 'map(.count) | add // 0' | sed 's/^/told /'
		grep -F '\"verdict\":\"denied\"' rest |
			jq -r 'select(.proc.pid == $tries and .obj.label == \"hlr.data\") | .id' | sort -u | wc -l | sed 's/^/denied /'
		rm -r \"\$PWD\"
		sekisho verify --key \$log/keys \$log; echo verify \$?"
	"$3" "log=\${log:-/var/log/sekisho}; $count" >"$work/counts" 2>&1 || true
	check "$1: are 1000 records" grep -x 'denied 1000' "$work/counts"
	check "$1: each of the flood is a record or a told loss" each_told "$2"
	check "$1: and the numbers of the kernel have no other gap" \
		awk '/^numbers/ { print; whole = / 0 missing$/ } /^verify / { good = $2 == 0 } END { exit !(whole && good) }' "$work/counts"
	grep -E '^(kept|told|denied|numbers|verify) ' "$work/counts" | sed 's/^/# /'
}

each_told() { # EVENTS
	awk -v events="$1" -v lost="$lost" '
		{ fact[$1] = $2 }
		END {
			all = fact["kept"] + lost
			printf "%d records, %d lost, %d told lost\n", fact["kept"], lost, fact["told"]
			exit !(all >= events && all <= events + 200 && fact["told"] >= lost)
		}' "$work/counts"
}

# Somebody who has a copy of the log and its public keys, on another machine.
by_stranger() {
	env "PATH=$E2E/..:$PATH" "log=$work/log" bash -c "$1"
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
	boot e2e-flood "$kernel" --product "$BUILD/stage" --product "$work/policy" --product "$work/site" \
		--disk "$work/log.img" --keep
	flood_tries "$kernel" "$events"
	halt
	# As after a power cut: the journal of the file system first.
	e2fsck -fy "$work/log.img" >/dev/null 2>&1 || [[ $? -eq 1 ]]
	mkdir "$work/log"
	debugfs -R "rdump / $work/log" "$work/log.img" 2>/dev/null
	flood_counts "$kernel" "$events" by_stranger
done
plan
