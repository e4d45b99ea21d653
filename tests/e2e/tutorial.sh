#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: tutorial.sh
#
# The guest of docs/tutorial.md: a subscriber register that a timer backs up,
# Sekisho installed, no policy. It runs until "tests/vm/host.sh stop tutorial".

set -euo pipefail
. "$(dirname "$0")/lib.sh"

begin_work
make_site "$work/site"
install -D -m 644 -t "$work/site/etc/systemd/system" "$ROOT/tests/e2e/guest/hlr-backup.timer"
boot tutorial 6.12 --product "$BUILD/stage" --product "$work/site"
guest= # stays
