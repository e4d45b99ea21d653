#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: reload_story.sh
#
# What the operator can do with the units: stop changes nothing, reload puts the
# same policy in force again without a gap, the loader by hand is refused.

# Single quotes hold the guest's variables:
# shellcheck disable=SC2016
set -euo pipefail
. "$(dirname "$0")/lib.sh"

refused='out=$(cat /var/lib/osmocom/hlr.db 2>&1 >/dev/null); echo "$out"; [[ $out == *"Operation not permitted"* ]]'
policy='sekisho status --json | jq -r "[.policy.digest, .policy.generation, .policy.programs] | join(\" \")"'

begin_work
make_site "$work/site"
make_policy "$work/policy"
install -D -m 644 -t "$work/policy/etc/systemd/system/osmo-hlr.service.d" "$ROOT/policies/osmo-hlr.service.d/sekisho.conf"
for kernel in $KERNELS; do
	boot e2e-reload "$kernel" --product "$BUILD/stage" --product "$work/policy" --product "$work/site"
	read -r digest generation programs < <(sh_root "$policy")

	check "$kernel: osmo-hlr starts with its drop-in, which waits for a policy" sh_root \
		'systemctl show -P DropInPaths osmo-hlr | grep sekisho.conf && systemctl is-active osmo-hlr'
	check "$kernel: systemctl stop sekisho" sh_root 'systemctl stop sekisho'
	check "$kernel: leaves the policy in force" sh_root "$refused"
	check "$kernel: caches dropped, too" sh_root "sync; echo 3 >/proc/sys/vm/drop_caches; $refused"
	check "$kernel: and osmo-hlr serves" as_root "$lib/gsup" 001010000000001
	check "$kernel: systemctl start sekisho sekishod" sh_root 'systemctl start sekisho sekishod'
	check "$kernel: what was refused between is recorded" balanced

	check "$kernel: the loader by hand is refused" sh_root \
		'out=$(sekisho-load 2>&1); rc=$?; echo "$rc $out"; [[ $rc -ne 0 ]]'
	check "$kernel: and changes nothing" sh_root "$refused; sekisho status"

	read -r digest1 generation1 programs1 < <(sh_root "$policy")
	check "$kernel: start loaded the same policy again ($generation, $generation1)" \
		test "$digest $((generation + 1)) $programs" = "$digest1 $generation1 $programs1"
	# Two at once, by path and by a second process, while policies change.
	check "$kernel: three reloads while the database is tried all the time" sh_root \
		"$lib/try hammer /var/lib/osmocom/hlr.db 60 >/tmp/hammer 2>&1 & hammer=\$!
		sleep 0.5
		for i in 1 2 3; do systemctl reload sekisho || exit 1; done
		sleep 0.5
		kill -TERM \$hammer; wait \$hammer; cat /tmp/hammer; grep -q '^[1-9][0-9]* tries, 0 opened, 0 other' /tmp/hammer"
	read -r digest2 generation2 programs2 < <(sh_root "$settle; $policy")
	check "$kernel: the same policy, three generations on" \
		test "$digest1 $((generation1 + 3)) $programs1" = "$digest2 $generation2 $programs2"
	# The collector looks twice a second: of two changes it may tell the last.
	check "$kernel: a record tells of the change" sh_root \
		"cat /var/log/sekisho/records*.jsonl | jq -c 'select(.act == \"policy changes\") | .policy' | tail -n 3 |
			tee /dev/stderr | tail -n 1 | grep '\"gen\":${generation2}[,}]'"
	check "$kernel: osmo-hlr serves" as_root "$lib/gsup" 001010000000001
	check "$kernel: the backup runs" sh_root 'systemctl start hlr-backup.service'
	check "$kernel: osmo-hlr, started anew, serves" sh_root \
		"systemctl restart osmo-hlr; for i in {1..50}; do ss -Hltn 'sport = 4222' | grep -q . && break; sleep 0.1; done; $lib/gsup 001010000000001"
	halt
done
plan
