#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: container-hlr.sh [--list] [NAME]...
#
# What an operator with root tries on a core function in a container, and what must
# go on working. attempt.sh says what is printed.

set -u
. "${BASH_SOURCE[0]%/*}/attempt.sh"
base=/var/lib/container-hlr
imsi=001010000000001
# The secret of that subscriber, as the image's recipe makes it.
key=$(printf '2%031x' 2654435761)

# The register in the container: crun's child.
inside() {
	pgrep -P "$(systemctl show -P MainPID container-hlr)" -x osmo-hlr || echo none
}

got_key() {
	grep -qaF "$key" out
}

serves() {
	local _
	for _ in {1..100}; do
		"$here/gsup" "$imsi" 127.0.0.2 2>/dev/null && return
		sleep 0.2
	done
	return 1
}

twin box_lookup 'the register in the container serves a lookup'
do_box_lookup() { serves; }

attempt box_volume 'container: read its volume' container-hlr.data 'open for reading' cat
do_box_volume() { cat $base/volume/hlr.db >out; got_key; }

attempt box_layer 'container: read the upper layer' container-hlr.data 'open for reading|read a directory' ls
do_box_layer() { ls -R $base/upper >out && grep -q . out; }

attempt box_root 'container: read its root' container-hlr.data 'open for reading' cat
do_box_root() { cat $base/rootfs/etc/osmocom/osmo-hlr.cfg >out && grep -q gsup out; }

attempt box_plant 'container: put a program into a layer' container-hlr.data 'create a file' cp
do_box_plant() { cp /usr/bin/busybox $base/rootfs/usr/bin/busybox; }
undo_box_plant() { rm $base/rootfs/usr/bin/busybox; }

attempt box_config 'container: change what it runs' container-hlr.data 'open for writing' container-hlr.s
do_box_config() { echo >>$base/config.json; }

attempt box_exec 'container: crun exec' container-hlr.data 'open for reading' memfd:crun_clon
do_box_exec() { crun --root /run/container-hlr exec hlr /usr/bin/osmo-hlr --version >out; grep -q 'OsmoHLR' out; }

attempt box_again 'container: crun run of the same layers' container-hlr.data 'open for reading' memfd:crun_clon
do_box_again() {
	# It finds the ports taken, but has then begun.
	timeout -k 1 10 crun --root /run/e2e --cgroup-manager=disabled run --bundle $base again >out 2>&1
	grep -v 'hlr starting' out >&2
	grep -q 'hlr starting' out
}

attempt box_nsenter 'container: nsenter into its namespaces' proc.container-hlr 'inspect a process' nsenter operator EACCES
do_box_nsenter() { nsenter -t "$(inside)" -m /usr/bin/osmo-hlr --version >out; grep -q OsmoHLR out; }

attempt box_procroot 'container: read by /proc/PID/root' proc.container-hlr 'inspect a process' cat operator EACCES
do_box_procroot() { cat "/proc/$(inside)/root/var/lib/osmocom/hlr.db" >out; got_key; }

attempt box_overlay 'container: mount its layers elsewhere' container-hlr.data 'open for reading' cat
do_box_overlay() {
	mkdir m && mount -t overlay -o lowerdir=$base/volume:$base/lower none m && cat m/hlr.db >out
	umount m
	got_key
}

attempt box_mount 'container: mount over its volume' container-hlr.data 'mount' mount
do_box_mount() { mount -t tmpfs none $base/volume && umount $base/volume; }

attempt box_umount 'container: unmount its root' container-hlr.data 'unmount' umount
do_box_umount() { umount -l $base/rootfs; }
undo_box_umount() { systemctl start 'var-lib-container\x2dhlr-rootfs.mount'; }

attempt box_mem 'container: /proc/PID/mem' proc.container-hlr 'reach into a process' try operator EACCES
do_box_mem() { "$try" mem "$(inside)"; }

attempt box_stop 'container: kill -STOP' proc.container-hlr 'send a signal' kill
do_box_stop() { stop_it "$(inside)"; }
undo_box_stop() { /bin/kill -CONT "$(inside)"; }

attempt box_vty 'container: VTY, a subscriber with keys' container-hlr.management connect nc
do_box_vty() {
	{ printf 'enable\r\nsubscriber imsi %s show\r\n' "$imsi"; sleep 0.7; } | nc -v -N -w 5 127.0.0.2 4258 >out
	grep -qa "KI=$key" out
}

twin box_other 'operator: a container of the own'
do_box_other() {
	mkdir -p box/root/{bin,dev,proc} && cp "$try" box/root/bin && cd box || return 1
	jq '.process.args = ["/bin/try", "now"] | .root.path = "root" | .mounts = []' "$here/container.json" >config.json
	/usr/local/bin/crun --root /run/e2e --cgroup-manager=disabled run own >../out
	grep -q '^[1-9]' ../out
}

twin box_restart 'the container restarts and serves'
do_box_restart() { systemctl restart container-hlr && serves; }

attempts_main "$@"
