# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Shared by the scripts of tests/vm: where things are, Debian packages fetched
# without touching the machine's own apt state, and which QEMU to run.
# Sourced, never run.

# The sourcing scripts read these:
# shellcheck disable=SC2034
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# Absolute whatever the caller's directory; another build tree by BUILD=.
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$ROOT/$BUILD ;; esac
# Kernels and images are worth sharing between build trees.
VM=${SEKISHO_VM:-$ROOT/build/vm}

me=${0##*/}

die() {
	echo "$me: $*" >&2
	exit 1
}

say() {
	echo "$me: $*" >&2
}

# Field $2 of the machine's main Debian archive entries, release matching $1.
apt_uri() {
	# shellcheck disable=SC2016  # apt's own field names
	apt-get indextargets --format '$(RELEASE) $(REPO_URI)' \
		'Created-By: Packages' 'Component: main' |
		awk -v r="$1" '$1 ~ r && $2 ~ /\/debian(-security)?\/?$/ { print $2; exit }'
}

# One apt sources line for a suite, from the mirror this machine already uses:
# a site behind its own mirror must not need a second setting.
sources_line() {
	local suite=$1 uri
	if [[ $suite == *-security ]]; then
		uri=$(apt_uri '-security$')
		[[ -n $uri ]] || uri=$(apt_uri '^[a-z]+(-updates)?$' | sed 's,/debian/*$,/debian-security,')
	else
		uri=$(apt_uri '^[a-z]+(-updates)?$')
	fi
	[[ -n $uri ]] || die "no Debian archive in this machine's apt configuration; add one to /etc/apt/sources.list"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${uri%/} $suite main"
}

# apt with lists, cache and sources of its own: sets the array APT.
# $1 names the private state, the rest are suites.
apt_private() {
	local dir=$VM/apt/$1 suite
	shift
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	for suite; do sources_line "$suite"; done >"$dir/sources.list.new" || exit 1
	APT=(-q -q
		-o "Dir::Etc::sourcelist=$dir/sources.list"
		-o Dir::Etc::sourceparts=/dev/null
		-o Dir::Etc::preferencesparts=/dev/null
		-o Dir::Etc::preferences=/dev/null
		-o "Dir::State::Lists=$dir/lists"
		-o "Dir::Cache=$dir/cache"
		-o Acquire::Languages=none
		-o Acquire::Retries=3
		-o APT::Sandbox::User=root)
	# An hour-old list is new enough; kernels do not leave the archive faster.
	if ! cmp -s "$dir/sources.list.new" "$dir/sources.list" ||
		[[ -z $(find "$dir/stamp" -mmin -60 2>/dev/null) ]]; then
		mv "$dir/sources.list.new" "$dir/sources.list"
		apt-get "${APT[@]}" update >&2 || die "cannot read the package lists of: $*"
		touch "$dir/stamp"
	fi
	rm -f "$dir/sources.list.new"
}

# Download packages (names, or name=version) and unpack them into directory $1.
apt_unpack() {
	local into=$1 tmp deb
	shift
	tmp=$(mktemp -d "$VM/apt/debs.XXXXXX")
	(cd "$tmp" && apt-get "${APT[@]}" download "$@" >&2) || {
		rm -rf "$tmp"
		die "cannot download: $*"
	}
	mkdir -p "$into"
	for deb in "$tmp"/*.deb; do dpkg-deb -x "$deb" "$into"; done
	rm -rf "$tmp"
}

# Only one process builds a thing; the others wait and then find it there.
# $1 names it. The lock lives as long as this shell.
lock() {
	mkdir -p "$VM/lock"
	exec {LOCK_FD}>"$VM/lock/$1"
	flock "$LOCK_FD"
}

unlock() {
	exec {LOCK_FD}>&-
}

qemu_major() {
	"$@" --version 2>/dev/null | sed -n '1s/.*version \([0-9]*\).*/\1/p'
}

# Sets the array QEMU. Version 10 or newer: before it, cmpxchg16b was emulated
# with stale flags, and 6.12 kernels die of that within seconds.
find_qemu() {
	local sys=qemu-system-x86_64 dir=$VM/qemu major
	if [[ -n ${SEKISHO_QEMU:-} ]]; then
		read -ra QEMU <<<"$SEKISHO_QEMU"
		return
	fi
	major=$(qemu_major "$sys")
	if [[ ${major:-0} -ge 10 ]]; then
		QEMU=("$sys")
		return
	fi
	QEMU=("$dir/usr/bin/$sys" -L "$dir/usr/share/qemu" -L /usr/share/seabios -L /usr/lib/ipxe/qemu)
	[[ -e $dir/stamp ]] && return
	lock qemu
	if [[ ! -e $dir/stamp ]]; then
		say "the machine's QEMU is ${major:-missing}; fetching QEMU 10 from backports"
		apt_private backports "$(. /etc/os-release && echo "$VERSION_CODENAME")-backports"
		rm -rf "$dir"
		apt_unpack "$dir" qemu-system-x86 qemu-system-common qemu-system-data
		if ldd "$dir/usr/bin/$sys" | grep 'not found' >&2; then
			die "QEMU from backports lacks the libraries above; install them or set SEKISHO_QEMU"
		fi
		touch "$dir/stamp"
	fi
	unlock
}

# Kernel by line: sets KDIR, KVER, fetching it first if need be.
find_kernel() {
	"$ROOT/tests/vm/kernels.sh" "$1" >/dev/null || exit 1
	KDIR=$VM/kernel/${1%%=*}
	KVER=$(cat "$KDIR/version")
}

# Modules $4... with what they need, decompressed, into $1/; $1/order says in
# which order to insert them. Names built into the kernel are left out.
collect_modules() {
	local into=$1 kdir=$2 kver=$3 name path base
	shift 3
	mkdir -p "$into"
	touch "$into/order"
	for name; do
		modprobe -d "$kdir" -S "$kver" --show-depends "$name" 2>/dev/null ||
			die "kernel $kver has no module $name"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
		while read -r path; do
			base=${path##*/}
			base=${base%.xz}
			base=${base%.zst}
			[[ -e $into/$base ]] && continue
			case $path in
			*.xz) xz -dc "$path" >"$into/$base" ;;
			*.zst) zstd -qdc "$path" >"$into/$base" ;;
			*) cp "$path" "$into/$base" ;;
			esac
			echo "$base" >>"$into/order"
		done
}

# The busybox tree every initramfs starts from.
busybox_tree() {
	local dir=$1 bb applet
	bb=$(command -v busybox) || die "busybox is missing: build-aux/deps.sh vm"
	mkdir -p "$dir"/{bin,sbin,etc,proc,sys,dev,tmp,run,root,mnt}
	chmod 1777 "$dir/tmp"
	cp "$bb" "$dir/bin/busybox"
	for applet in $("$bb" --list); do
		[[ $applet == busybox ]] || ln -sf busybox "$dir/bin/$applet"
	done
}

pack_initrd() {
	(cd "$1" && find . -print0 | LC_ALL=C sort -z | cpio -0 -o -H newc --quiet -R 0:0) |
		lz4 -l -q -1 >"$2"
}
