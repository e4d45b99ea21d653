#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dracut module: the loader, where /etc/sekisho/initramfs says so; see sekisho-load(8).
# dracut calls these functions.

check() {
	require_binaries sekisho-load || return 1
	[[ -e ${dracutsysrootdir-}/etc/sekisho/initramfs ]] || return 255 # only where asked by name
}

depends() {
	echo base
}

install() {
	inst_binary /usr/sbin/sekisho-load
	# After SELinux has its policy (50).
	inst_hook pre-pivot 90 "${moddir:?}/sekisho-load.sh"
}
