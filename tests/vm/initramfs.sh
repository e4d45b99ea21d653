#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: initramfs.sh initramfs-tools|dracut LINE PRODUCT.tar DIR
#
# Make DIR/root.ext4, the image's Debian with a kernel's files and the product on it, and
# DIR/initrd, the initramfs that the maker makes there: by the commands of sekisho-load(8),
# on the build machine's processor.

set -euo pipefail
. "$(dirname "$0")/common.sh"

[[ $# -eq 4 ]] || die "usage: initramfs.sh initramfs-tools|dracut LINE PRODUCT.tar DIR"
[[ $(id -u) -eq 0 ]] || die "making an initramfs needs root (chroot, mount)"
# These leave an image where Debian's packages expect it, if there was one.
case $1 in
initramfs-tools) make=(update-initramfs -u -k all) ;;
dracut) make=(dracut --force --regenerate-all) ;;
*) die "unknown maker $1: known are initramfs-tools dracut" ;;
esac
find_kernel "$2"
product=$3 dir=$4
image=$("$ROOT/tests/vm/image.sh")
mkdir -p "$dir"
root=$(mktemp -d "$dir/tree.XXXXXX")
trap 'rm -rf "$root"' EXIT

lz4 -qdc "$image/root.tar.lz4" | tar -C "$root" --xattrs -xf -
install -m 644 "$KDIR/vmlinuz" "$root/boot/vmlinuz-$KVER"
install -m 644 "$KDIR/config" "$root/boot/config-$KVER"
: >"$root/boot/initrd.img-$KVER"
mkdir -p "$root/usr/lib/modules"
cp -r "$KDIR/lib/modules/$KVER" "$root/usr/lib/modules/$KVER"
tar -xf "$product" -C "$root" --keep-directory-symlink

# Mounts of its own, which end with it; "/" is no mount where the build itself is in a
# chroot, and a container may not mount a proc or sysfs that its host has covered.
# shellcheck disable=SC2016  # for the inner shell
in_root() {
	unshare -m --propagation unchanged bash -c '
		root=$1
		shift
		mount --make-rprivate / 2>/dev/null
		mount --rbind /dev "$root/dev" &&
			{ mount -t proc proc "$root/proc" || mount --rbind /proc "$root/proc"; } &&
			{ mount -t sysfs -o ro sysfs "$root/sys" || mount --rbind /sys "$root/sys"; } &&
			mount -t tmpfs tmpfs "$root/run" && mount -t tmpfs tmpfs "$root/tmp" || exit 1
		exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "$@"' - "$root" "$@"
}
run() {
	in_root "$@" >>"$dir/log" 2>&1 || die "$*: $(tail -n 5 "$dir/log")"
}
run systemd-sysusers
run systemd-tmpfiles --create --prefix=/var
run "${make[@]}"
cp "$root/boot/initrd.img-$KVER" "$dir/initrd"
[[ -s $dir/initrd ]] || die "no image: $(tail -n 5 "$dir/log")"

size=$(stat -c %s "$image/root.ext4")
truncate -s "$size" "$dir/root.ext4"
mkfs.ext4 -q -F -O ^has_journal -L root -d "$root" "$dir/root.ext4"
