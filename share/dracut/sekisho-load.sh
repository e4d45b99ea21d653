#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Read by dracut as its last step before the host's init, the host's root mounted and
# nothing of it run yet: put the policy in force. Where that fails the boot goes on, and
# sekisho.service tries again and fails visibly.

# NEWROOT is dracut's.
if [ -e "${NEWROOT:?}/etc/sekisho/policy.bundle" ]; then
	/usr/sbin/sekisho-load --root "$NEWROOT" ||
		warn "sekisho: not in force yet, sekisho.service will try again"
fi
