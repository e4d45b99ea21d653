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

set -euo pipefail
. "$(dirname "$0")/lib.sh"

kernel=6.12
begin_work
make_site "$work/site"
make_cores "$work/site"
make_policy "$work/policy" "${cores[@]}" osmo-hlr
boot cores-without "$kernel" --product "$work/site"
try_without "${cores[@]}"
boot cores-with "$kernel" --product "$BUILD/stage" --product "$work/policy" --product "$work/site"
try_with "$kernel" "${cores[@]}"
plan
