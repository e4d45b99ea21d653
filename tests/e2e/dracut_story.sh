#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: dracut_story.sh
#
# The policy from an initramfs of dracut, made by the command of sekisho-load(8) with the
# module that we ship. The guard story boots from one of initramfs-tools.

# Single quotes hold the guest's variables:
# shellcheck disable=SC2016
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# usage: asked FILE; what the module answers dracut where FILE asks for it
asked() {
	(
		require_binaries() { :; }
		dracutsysrootdir=$1
		. "$ROOT/share/dracut/module-setup.sh"
		check
	)
}
only_where_asked() {
	asked "$work/policy" && { asked "$work/site" || [[ $? -eq 255 ]]; }
}

begin_work
make_site "$work/site"
make_policy "$work/policy"
touch "$work/policy/etc/sekisho/initramfs"
echo '/dev/vda / ext4 defaults 0 0' >"$work/policy/etc/fstab"
check 'the module is part of an image only where a file asks for it' only_where_asked
for kernel in $KERNELS; do
	boot e2e-dracut "$kernel" --initramfs dracut --product "$BUILD/stage" --product "$work/policy" --product "$work/site"
	check "$kernel: it booted by the systemd of the initramfs" sh_root \
		'[[ $(systemctl show -P InitRDTimestampMonotonic | tee /dev/stderr) -gt 0 ]]'
	check "$kernel: the policy was in force before the host's init ran" early
	check "$kernel: all is well, and locked" sh_root 'sekisho status | tee /dev/stderr | grep -q "^locked *yes"'
	check "$kernel: no service failed" sh_root '! systemctl --failed --plain --no-legend | grep .'
	check "$kernel: the root is read-write, and closed to mounts" sh_root 'touch /var/tmp/written && ! mount -o remount,rw /'
	check "$kernel: the function serves, and root does not read its data" sh_root \
		"for i in {1..100}; do $lib/gsup 001010000000001 && break; sleep 0.2; done; [[ \$i -lt 100 ]] && ! cat /var/lib/osmocom/hlr.db"
	check "$kernel: each refusal has one record" balanced
	check "$kernel: the next image is made in force, with the loader" sh_root \
		'dracut --force --modules "base sekisho" /var/tmp/next.img 2>&1 | tail -n 5; lsinitrd /var/tmp/next.img | grep -w usr/sbin/sekisho-load'
	halt
done
plan
