#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: kernels.sh LINE[=VERSION]...
#
# Fetch Debian's cloud kernels by line (6.1, 6.12, 6.18, 7) into
# build/vm/kernel/LINE/: vmlinuz, config, version, lib/modules/VERSION.
# The newest version the archive has is taken; old ones leave it, so a version
# can be asked for (6.1=6.1.0-53) but is never built in here.
# Prints one directory per line.

set -euo pipefail
. "$(dirname "$0")/common.sh"

# Suites that may hold a line, so that only these lists are read.
suites() {
	case $1 in
	6.1) echo bookworm bookworm-security ;;
	6.12) echo bookworm-security bookworm-backports trixie trixie-security ;;
	6.18) echo trixie-backports ;;
	7*) echo trixie-backports forky ;;
	*) die "unknown kernel line $1: known are 6.1 6.12 6.18 7" ;;
	esac
}

# Candidate versions, oldest first: as linux-image (to 6.18) or as the split
# linux-binary with linux-modules (7.x).
candidates() {
	local line=${1//./\\.} want=${2//./\\.}
	want=${want//+/\\+}
	sed -nE 's/^linux-(image|binary)-(unsigned-)?([0-9].*-cloud-amd64)$/\3/p' <<<"$names" |
		grep -E "^$line\.[0-9]" | grep -E "^$want" | grep -v -- '-rc' | sort -uV || true
}

fetch() {
	local line=$1 want=$2 dir=$VM/kernel/$1 ver known tmp name names pkgs=()
	read -ra known <<<"$(suites "$line")"
	apt_private "kernel-$line" "${known[@]}"
	# "search" leaves out names that other packages only mention.
	names=$(apt-cache "${APT[@]}" search --names-only '^linux-(image|binary|modules|base)-' | cut -d ' ' -f 1)
	ver=$(candidates "$line" "$want" | tail -n 1)
	[[ -n $ver ]] || die "no cloud kernel $line${want:+ with version $want} in ${known[*]};" \
		"there are: $(candidates "$line" "" | tail -n 5 | tr '\n' ' ')"
	for name in linux-image linux-binary linux-binary-unsigned linux-modules linux-base; do
		if grep -qxF "$name-$ver" <<<"$names"; then
			# The signed and the unsigned binary hold the same kernel.
			[[ $name == linux-binary-unsigned && " ${pkgs[*]} " == *" linux-binary-$ver "* ]] && continue
			pkgs+=("$name-$ver")
		fi
	done
	say "fetching ${pkgs[*]}"
	tmp=$dir.new
	rm -rf "$tmp"
	apt_unpack "$tmp" "${pkgs[@]}"
	if [[ ! -d $tmp/lib/modules ]]; then
		mkdir -p "$tmp/lib"
		mv "$tmp/usr/lib/modules" "$tmp/lib/modules"
	fi
	for name in boot/vmlinuz-$ver lib/modules/$ver/vmlinuz lib/modules/$ver/vmlinuz.unsigned; do
		[[ -e $tmp/$name ]] && cp "$tmp/$name" "$tmp/vmlinuz" && break
	done
	[[ -e $tmp/vmlinuz ]] || die "no vmlinuz in ${pkgs[*]}"
	for name in boot/config-$ver lib/modules/$ver/config; do
		[[ -e $tmp/$name ]] && cp "$tmp/$name" "$tmp/config" && break
	done
	rm -rf "${tmp:?}/usr" "${tmp:?}/boot"
	depmod -b "$tmp" "$ver"
	echo "$ver" >"$tmp/version"
	rm -rf "$dir"
	mv "$tmp" "$dir"
}

[[ $# -gt 0 ]] || die "usage: kernels.sh LINE[=VERSION]..."
for arg; do
	line=${arg%%=*}
	want=
	[[ $arg == *=* ]] && want=${arg#*=}
	dir=$VM/kernel/$line
	lock "kernel-$line"
	if [[ ! -e $dir/version || -n $want && $(cat "$dir/version") != "$want"* ]]; then
		fetch "$line" "$want"
	fi
	unlock
	echo "$dir"
done
