#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: unshare -m journald.sh DIR   a journald of its own, which keeps to DIR

set -euo pipefail
mount --make-rprivate /
mount --bind "$1" /mnt
mount -t tmpfs none /run
mount -t tmpfs none /var/log
mkdir -p /run/systemd/journal /run/systemd/journald.conf.d /run/log /var/log/journal
mount --bind /mnt /var/log/journal
cat >/run/systemd/journald.conf.d/bench.conf <<END
[Journal]
Storage=persistent
Compress=no
RateLimitIntervalSec=0
RateLimitBurst=0
ForwardToSyslog=no
ReadKMsg=no
Audit=no
SystemMaxUse=16G
SystemMaxFileSize=4G
END
touch /run/systemd/journal/flushed
exec /lib/systemd/systemd-journald
