#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: qemu-vnf.sh [--list] [NAME]...
#
# What an operator with root tries on a network function in a QEMU guest, and what
# must go on working. attempt.sh says what is printed.

set -u
. "${BASH_SOURCE[0]%/*}/attempt.sh"
data=/var/lib/vnf
# On its disk, and read into its memory by vnf.S.
secret=5ec0f00d5ec0f00d5ec0f00d

vnf() {
	systemctl show -P MainPID vnf | grep -v '^0$' || echo none
}

# The function inside the guest answers.
ping_vnf() {
	local _
	for _ in {1..150}; do
		{ echo; sleep 0.5; } | nc -N -w 2 127.0.0.1 7000 2>/dev/null | grep -qa pong && return
		sleep 0.2
	done
	return 1
}

twin vnf_ping 'the function in the QEMU guest answers'
do_vnf_ping() { ping_vnf; }

attempt vnf_image 'QEMU: read the image' vnf.data 'open for reading' grep
do_vnf_image() { grep -qa "$secret" $data/disk.img; }

attempt vnf_write 'QEMU: write into the image' vnf.data 'open for writing' dd
do_vnf_write() { echo mine | dd of=$data/disk.img bs=512 seek=100 conv=notrunc status=none && grep -qa mine $data/disk.img; }

attempt vnf_loop 'QEMU: the image as a loop device' vnf.data 'open for reading|open for reading and writing' losetup
do_vnf_loop() {
	local loop
	loop=$(losetup -f -r --show $data/disk.img) || return 1
	grep -qa "$secret" "$loop"
	losetup -d "$loop"
}

attempt vnf_memory 'QEMU: read the file behind its memory' vnf.data 'open for reading' grep
do_vnf_memory() { grep -qa "$secret" $data/memory/ram; }

attempt vnf_mem 'QEMU: /proc/PID/mem' proc.vnf 'reach into a process' try operator EACCES
do_vnf_mem() { "$try" mem "$(vnf)"; }

attempt vnf_mapped 'QEMU: its memory by /proc/PID/map_files' proc.vnf 'inspect a process' 'grep|qemu-vnf.sh|readlink' operator EACCES
do_vnf_mapped() {
	local map
	for map in "/proc/$(vnf)/map_files/"*; do
		[[ $(readlink "$map") == $data/memory/ram ]] && break
	done
	[[ -e $map ]] || map=${map%/*}/7f0000000000-7f0001000000 # as it might be named
	grep -qa "$secret" "$map"
}

attempt vnf_gdb 'QEMU: gdb -p' proc.vnf 'reach into a process|inspect a process' gdb
do_vnf_gdb() { gdb_into "$(vnf)"; }

attempt vnf_stop 'QEMU: kill -STOP' proc.vnf 'send a signal' kill
do_vnf_stop() { stop_it "$(vnf)"; }
undo_vnf_stop() { /bin/kill -CONT "$(vnf)"; }

attempt vnf_qmp 'QEMU: write its memory to a file by QMP' vnf.management 'connect to a local socket' nc
do_vnf_qmp() {
	{
		echo '{"execute":"qmp_capabilities"}'
		echo '{"execute":"human-monitor-command","arguments":{"command-line":"x /40cb 0x7e00"}}'
		sleep 2
	} | nc -v -N -w 5 -U $data/qmp >out
	grep -q "'s' 'u' 'b' 's' 'c' 'r' 'i' 'b'" out
}

attempt vnf_gdbstub 'QEMU: read its memory by the gdbstub' vnf.management connect gdb
do_vnf_gdbstub() {
	gdb -q -batch -nx -ex 'target remote 127.0.0.1:1234' -ex 'x/s 0x7e00' -ex detach >out
	grep -q "$secret" out
}

attempt vnf_tap 'QEMU: tcpdump of its tap' net.capture 'open a capture socket' tcpdump
do_vnf_tap() { timeout -s INT 2 tcpdump -n -i vnf0 -Z root >/dev/null 2>err; cat err >&2; grep -q listening err; }

attempt vnf_down 'QEMU: cut its tap off' net.admin 'use a capability' ip
do_vnf_down() { ip link set vnf0 down && ! ip link show vnf0 | grep -q '[<,]UP'; }
undo_vnf_down() { ip link set vnf0 up; }

attempt vnf_tun 'QEMU: a tap of the own beside it' net.admin 'open for reading and writing' ip
do_vnf_tun() { ip tuntap add dev e2e0 mode tap && ip link del e2e0; }

# The network card's other half is a thread of the kernel in QEMU's process. It waits: the
# firmware has no driver for the card.
twin vnf_vhost_on 'its network card has its vhost'
do_vnf_vhost_on() { cat "/proc/$(vnf)/task/"*/comm | tee /dev/stderr | grep -qx "vhost-$(vnf)"; }

attempt vnf_attach 'QEMU: take its tap while it is stopped' net.admin 'open for reading and writing' try
do_vnf_attach() {
	local rc
	systemctl stop vnf
	"$try" tap vnf0
	rc=$?
	systemctl start vnf && return $rc
}

attempt vnf_vhost 'QEMU: a vhost device of the own' net.admin 'open for reading and writing' try
do_vnf_vhost() { "$try" vhost /dev/vhost-net; }

attempt vnf_vhost_node 'QEMU: a vhost device by another node' net.admin 'open for reading and writing' try
do_vnf_vhost_node() { mknod vhost c 10 238 && "$try" vhost vhost; }

attempt vnf_vhost_fd 'QEMU: its vhost device by /proc/PID/fd' proc.vnf 'inspect a process' 'readlink|try' operator EACCES
do_vnf_vhost_fd() {
	local fd
	for fd in "/proc/$(vnf)/fd/"*; do
		[[ $(readlink "$fd") == /dev/vhost-net ]] && break
	done
	[[ -e $fd ]] || fd=${fd%/*}/9 # as it might be named
	"$try" vhost "$fd"
}

attempt vnf_vhost_getfd 'QEMU: its vhost device by pidfd_getfd' proc.vnf 'reach into a process' try
do_vnf_vhost_getfd() { "$try" getfd "$(vnf)" /dev/vhost-net; }

attempt vnf_tap_getfd 'QEMU: its end of the tap by pidfd_getfd' proc.vnf 'reach into a process' try
do_vnf_tap_getfd() { "$try" getfd "$(vnf)" /dev/net/tun; }

attempt vnf_config 'QEMU: give it another machine' vnf.data 'rename or move|open for reading' 'mv|sed'
do_vnf_config() { sed -i -e '$a# changed' /etc/vnf/vnf.conf; grep -q '^# changed' /etc/vnf/vnf.conf; }

attempt vnf_copy 'QEMU: start it by hand with a monitor of the own' vnf.exec 'start a program|open to start it' 'bash|env|timeout|qemu-vnf.sh'
do_vnf_copy() {
	timeout 10 qemu-system-x86_64 -nodefaults -display none -S -machine none -monitor stdio <<<quit >out
	grep -q 'QEMU' out
}

twin vnf_same 'it was not disturbed, and answers'
do_vnf_same() { [[ $(systemctl show -P NRestarts vnf) == 0 ]] && ping_vnf; }

twin vnf_restart 'it restarts and answers'
do_vnf_restart() { systemctl restart vnf && ping_vnf; }

attempts_main "$@"
