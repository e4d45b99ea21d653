#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: attempts_story.sh
#
# The demo's table as TAP, on each of KERNELS: every attempt succeeds without
# Sekisho, is refused with its errno and leaves its record with it; what must go
# on does.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

# In force before anyone can come in, by systemd's own clock.
early() {
	local loaded unit at
	loaded=$(operator systemctl show -P ActiveEnterTimestampMonotonic sekisho)
	[[ $loaded -gt 0 ]] || return 1
	for unit in ssh cron systemd-logind osmo-hlr serial-getty@ttyS0; do
		at=$(operator systemctl show -P ExecMainStartTimestampMonotonic "$unit")
		[[ $at -gt $loaded ]] || { echo "$unit $at, sekisho $loaded"; return 1; }
	done
}

begin_work
make_site "$work/site"
# shellcheck disable=SC2086  # a list
make_boot "$work/site" $KERNELS
make_policy "$work/policy"
for kernel in $KERNELS; do
	boot e2e-without "$kernel" --product "$work/site"
	try_without attempts
	boot e2e-with "$kernel" --product "$BUILD/stage" --product "$work/policy" --product "$work/site"
	check "$kernel: the policy is in force before logins, cron and osmo-hlr" early
	try_with "$kernel" attempts
done
plan
