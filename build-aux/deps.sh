#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: deps.sh GROUP...   (build vm demo evidence controls sinks peers oscal page check)
#
# Install the Debian packages a group of make targets needs. Silent and
# without apt when they are there already.

set -euo pipefail

packages() {
	case $1 in
	build)
		echo gcc make libc6-dev clang llvm bpftool pkg-config libbpf-dev libelf-dev zlib1g-dev \
			libzstd-dev libssl-dev libfyaml-dev libjansson-dev \
			libseccomp-dev libcurl4-openssl-dev libnats-dev libsqlite3-dev
		# Elsewhere it is not, and OpenSSL hashes alone.
		[[ $(dpkg --print-architecture) != amd64 ]] || echo libipsec-mb-dev
		;;
	vm)
		# QEMU itself may come from backports later; this one brings its libraries.
		echo qemu-system-x86 busybox-static cpio lz4 zstd xz-utils kmod \
			debian-archive-keyring
		;;
	demo)
		packages vm
		echo mmdebstrap e2fsprogs openssh-client sqlite3 jq
		;;
	evidence)
		echo python3 zstd openssl
		;;
	controls)
		echo jq
		;;
	sinks)
		# The far sides that the forwarder is tested against.
		echo rsyslog rsyslog-gnutls rsyslog-openssl nats-server openssl python3
		;;
	peers)
		# What the collector is measured beside.
		echo rsyslog systemd zstd
		;;
	oscal)
		# Not only Debian packages these two.
		command -v node >/dev/null && command -v npm >/dev/null || echo nodejs npm
		;;
	page)
		echo chromium fonts-noto-cjk jq
		;;
	check)
		echo clang clang-format libclang-rt-dev shellcheck mandoc
		;;
	*)
		echo "deps.sh: unknown group $1: known are build vm demo evidence controls sinks peers oscal page check" >&2
		exit 2
		;;
	esac
}

[[ $# -gt 0 ]] || packages ''
# Two groups may be asked for at once.
exec {lock}<"$0"
flock "$lock"
missing=()
for group; do
	list=$(packages "$group")
	for package in $list; do
		[[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
			missing+=("$package")
	done
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

if [[ $(id -u) -ne 0 ]]; then
	echo "deps.sh: missing packages; as root: apt-get install ${missing[*]}" >&2
	exit 1
fi
echo "deps.sh: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
install=(apt-get -q -q -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "${missing[@]}")
# Lists may be absent (a fresh container) or too old to name what is served.
"${install[@]}" >/dev/null 2>&1 || {
	apt-get -q -q -o DPkg::Lock::Timeout=600 update
	"${install[@]}" >/dev/null
}
