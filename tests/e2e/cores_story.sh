#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: cores_story.sh
#
# The other core functions with the policies that ship for them, all on one host:
# each serves, each attempt succeeds without Sekisho, is refused with its errno and
# leaves its record with it.
#
# On 6.12 only: a guest with all of them is slow, and nothing here asks the kernel
# what the hook tests do not ask on each.

# Single quotes hold the guest's variables:
# shellcheck disable=SC2016
set -euo pipefail
. "$(dirname "$0")/lib.sh"

kernel=6.12
begin_work
make_site "$work/site"
make_cores "$work/site"
make_policy "$work/policy" "${cores[@]}" osmo-hlr
boot cores-without "$kernel" --product "$work/site"
try_lists "${cores[@]}" >"$work/without"
halt
boot cores-with "$kernel" --product "$BUILD/stage" --product "$work/policy" --product "$work/site"
try_lists "${cores[@]}" >"$work/with"
records "$work/records"
check "$kernel: no service failed" sh_root 'failed=$(systemctl --failed --plain --no-legend); echo "$failed"; [[ -z $failed ]]'
check "$kernel: each refusal has one record" balanced
halt
join "$work/without" "$work/with" "$work/records" >"$work/table"
check_table "$kernel" "$work/table"
check "$kernel: every attempt ran" all_ran "$work/with" "${cores[@]}"
plan
