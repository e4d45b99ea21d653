#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: attempts.sh [--list] [NAME]...
#
# What an operator with root tries on the subscriber register and on Sekisho
# itself, and what must go on working. attempt.sh says what is printed.

set -u
. "${BASH_SOURCE[0]%/*}/attempt.sh"
db=/var/lib/osmocom/hlr.db
# A disk below several functions has the label of the first.
disk='hlr.device|container-hlr.device'
imsi=001010000000001
# The secret of that subscriber, as the image's recipe makes it.
key=$(printf '2%031x' 2654435761)

hlr() {
	systemctl show -P MainPID osmo-hlr
}

# The secret is in a file that the attempt made.
got_key() {
	grep -qaF "$key" out
}

# ---- read -----------------------------------------------------------------

attempt read 'read the database' hlr.data 'open for reading' cat
do_read() { cat "$db" >out; got_key; }

attempt copy 'copy it' hlr.data 'open for reading' cp
do_copy() { cp "$db" out && got_key; }

attempt query 'ask it by SQL' hlr.data 'open for reading|open for reading and writing' sqlite3
do_query() { sqlite3 "file:$db?mode=ro" "SELECT ki FROM auc_2g WHERE subscriber_id = 1" >out; got_key; }

attempt symlink 'read by symbolic link' hlr.data 'open for reading' cat
do_symlink() { ln -s "$db" link && cat link >out; got_key; }

attempt bind 'read by bind mount' hlr.data 'open for reading' cat
do_bind() {
	mkdir mnt && mount --bind "${db%/*}" mnt && cat mnt/hlr.db >out
	umount mnt
	got_key
}

attempt hardlink 'read by hard link' hlr.data 'give a second name' ln
do_hardlink() { ln "$db" hard && cat hard >out && got_key; }

attempt procroot 'read by /proc/PID/root of osmo-hlr' proc.hlr 'inspect a process' cat operator EACCES
do_procroot() { cat "/proc/$(hlr)/root$db" >out; got_key; }

attempt procroot1 'read by /proc/1/root' hlr.data 'open for reading' cat
do_procroot1() { cat "/proc/1/root$db" >out; got_key; }

attempt procfd 'read by descriptor of osmo-hlr' proc.hlr 'inspect a process' cat operator EACCES
do_procfd() {
	local fd pid
	pid=$(hlr)
	for fd in 3 4 5 6 7 8 9; do
		[[ $(readlink "/proc/$pid/fd/$fd") == "$db" ]] && break
	done 2>/dev/null
	cat "/proc/$pid/fd/$fd" >out
	got_key
}

attempt handle 'open_by_handle_at' hlr.data 'open for reading' try
do_handle() { "$try" handle "$db" "$key"; }

attempt chroot 'read in a chroot' hlr.data 'open for reading' cat
do_chroot() { mkdir root && mount --bind / root && chroot root cat "$db" >out; umount root; got_key; }

attempt namespace 'read in an own mount namespace' kernel.namespace 'use a capability' unshare
do_namespace() { unshare -m cat "$db" >out; got_key; }

attempt device 'scan the raw disk' "$disk" 'open for reading' try
do_device() { "$try" scan /dev/vda "$key"; }

attempt node 'scan it by an own device node' "$disk" 'open for reading' try
do_node() {
	local number
	number=$(cat /sys/block/vda/dev)
	mknod node b "${number%:*}" "${number#*:}" && "$try" scan node "$key"
}

attempt loop 'read the disk by a loop device' "$disk" 'open for reading|open for reading and writing' losetup
do_loop() {
	local loop
	loop=$(losetup -f -r --show /dev/vda) || return 1
	"$try" scan "$loop" "$key"
	local rc=$?
	losetup -d "$loop"
	return $rc
}

attempt run 'read by a job of PID 1 (systemd-run)' hlr.data 'open for reading' cat job
do_run() { job cat "$db" >out; got_key; }

attempt timer 'read by a timer of PID 1' hlr.data 'open for reading' cat job
do_timer() {
	systemd-run --quiet --collect --unit e2e-timer --on-active=100ms --timer-property=AccuracySec=10ms \
		/bin/sh -c "cat $db >$PWD/out 2>$PWD/timer.err; touch $PWD/timer.done" || return 1
	for _ in {1..100}; do [[ -e timer.done ]] && break; sleep 0.1; done
	cat timer.err >&2
	got_key
}

attempt start 'start osmo-hlr with LD_PRELOAD' hlr.exec 'start a program|open to start it' 'bash|env|attempts.sh'
do_start() {
	LD_PRELOAD=$here/preload.so /usr/bin/osmo-hlr -c /etc/osmocom/osmo-hlr.cfg -l "$db" >out
	grep -q 'SQLite format 3' out
}

attempt startjob 'the same by PID 1' hlr.exec 'map executable' osmo-hlr job
do_startjob() {
	job -E "LD_PRELOAD=$here/preload.so" /usr/bin/osmo-hlr -c /etc/osmocom/osmo-hlr.cfg -l "$db" >out
	cat out >&2
	grep -q 'SQLite format 3' out
}

# ---- change ---------------------------------------------------------------

attempt update 'alter it by SQL' hlr.data 'open for reading|open for reading and writing' sqlite3
do_update() {
	sqlite3 -cmd '.timeout 5000' "$db" "UPDATE auc_2g SET ki = '$(printf '9%031x' 1)' WHERE subscriber_id = 5000" &&
		[[ $(sqlite3 -cmd '.timeout 5000' "$db" 'SELECT ki FROM auc_2g WHERE subscriber_id = 5000') == 9* ]]
}

attempt truncate 'truncate it' hlr.data 'cut to another length|open for writing' try
do_truncate() {
	local size
	size=$(stat -c %s "$db")
	"$try" truncate "$db" $((size + 4096)) && "$try" truncate "$db" "$size"
}

attempt acl 'give it an access list' hlr.data 'set an access list|set an extended attribute' setfacl
do_acl() { setfacl -m u:alice:rw "$db" && getfacl "$db" 2>/dev/null | grep -q alice; }

attempt rename 'overwrite it by rename' hlr.data 'rename or move' mv
do_rename() {
	# Not the same bytes, so that success shows.
	cp "$here/other.db" new.db && mv -f new.db "$db" && cmp "$here/other.db" "$db"
}
undo_rename() { systemctl stop osmo-hlr; rm -f "$db"*; cp saved.db "$db"; systemctl start osmo-hlr; }

attempt program 'replace the program' hlr.exec 'rename or move' mv
do_program() { cp /usr/bin/osmo-hlr new && mv -f new /usr/bin/osmo-hlr && [[ ! -e new ]]; }

attempt unit 'change how it is started (drop-in)' hlr.unit 'create a directory' mkdir
do_unit() { mkdir /etc/systemd/system/osmo-hlr.service.d; }
undo_unit() { rmdir /etc/systemd/system/osmo-hlr.service.d; }

# ---- memory and process ---------------------------------------------------

attempt gdb 'gdb -p' proc.hlr 'reach into a process|inspect a process' gdb
do_gdb() { gdb_into "$(hlr)"; }

attempt strace 'strace -p' proc.hlr 'reach into a process|inspect a process' strace
do_strace() { timeout -s INT 2 strace -p "$(hlr)" -o /dev/null; [[ $? -ne 1 ]]; }

attempt vm 'process_vm_readv' proc.hlr 'reach into a process' try
do_vm() { "$try" vm "$(hlr)"; }

attempt mem '/proc/PID/mem' proc.hlr 'reach into a process' try operator EACCES
do_mem() { "$try" mem "$(hlr)"; }

attempt environ '/proc/PID/environ and maps' proc.hlr 'inspect a process' cat operator EACCES
do_environ() { cat "/proc/$(hlr)/environ" "/proc/$(hlr)/maps" >out; grep -q '\[heap\]' out; }

attempt stop 'kill -STOP' proc.hlr 'send a signal' kill
do_stop() { stop_it "$(hlr)"; }
undo_stop() { /bin/kill -CONT "$(hlr)"; }

# ---- network --------------------------------------------------------------

attempt capture 'tcpdump of GSUP on lo' net.capture 'open a capture socket' tcpdump
do_capture() {
	capture 'port 4222' "$here/gsup" "$imsi"
	[[ -s out ]] && tcpdump -n -r out 2>/dev/null | grep -q 4222
}

attempt raw 'a raw socket' net.capture 'open a capture socket' try
do_raw() { "$try" raw; }

attempt vty 'VTY: show a subscriber with keys' hlr.management connect nc
do_vty() {
	{ printf 'enable\r\nsubscriber imsi %s show\r\n' "$imsi"; sleep 0.7; } | nc -v -N -w 5 127.0.0.1 4258 >out
	grep -qa "KI=$key" out
}

attempt ctrl 'CTRL: the same' hlr.management connect nc
do_ctrl() {
	local ask="GET 1 subscriber.by-imsi-$imsi.info-all"
	# shellcheck disable=SC2059  # the format holds the frame's bytes
	{ printf "\\x00\\x$(printf %02x $((${#ask} + 1)))\\xee\\x00$ask"; sleep 0.7; } | nc -v -N -w 5 127.0.0.1 4259 >out
	grep -qaF "aud2g.ki	$key" out
}

# ---- the mechanism --------------------------------------------------------

switched_off() {
	[[ $(cat /proc/sys/kernel/ftrace_enabled) == 0 ]]
}

attempt ftrace 'sysctl kernel.ftrace_enabled=0' kernel.ftrace 'open for writing|change a kernel setting' sysctl
do_ftrace() { sysctl -qw kernel.ftrace_enabled=0; switched_off; }
undo_ftrace() { sysctl -qw kernel.ftrace_enabled=1; }

attempt procfs 'the same by an own procfs mount' kernel.ftrace 'open for writing|change a kernel setting' try
do_procfs() {
	mkdir proc && mount -t proc proc proc && "$try" write proc/sys/kernel/ftrace_enabled 0
	umount proc
	switched_off
}
undo_procfs() { undo_ftrace; }

attempt ftracejob 'the same by a job of PID 1' kernel.ftrace 'open for writing|change a kernel setting' sysctl job
do_ftracejob() { job sysctl -qw kernel.ftrace_enabled=0; switched_off; }
undo_ftracejob() { undo_ftrace; }

# ---- the kernel and Sekisho itself, by the tools that an administrator has --

attempt modprobe 'load a kernel module' kernel.module 'load a file into the kernel|load code into the kernel|use a capability' modprobe
do_modprobe() { modprobe dummy && grep -q '^dummy ' /proc/modules; }
undo_modprobe() { rmmod dummy; }

attempt kexec 'load another kernel' kernel.kexec 'load a file into the kernel|load code into the kernel|use a capability|reach into the kernel or the hardware' kexec
do_kexec() { kexec -s -l "/boot/vmlinuz-$(uname -r)" && [[ $(cat /sys/kernel/kexec_loaded) == 1 ]]; }
undo_kexec() { kexec -s -u; }

attempt cgkill 'cgroup.kill osmo-hlr' 'kernel.cgroup|hlr.unit' 'open for writing' tee
do_cgkill() {
	local before
	before=$(hlr)
	echo 1 | tee /sys/fs/cgroup/system.slice/osmo-hlr.service/cgroup.kill >out || return 1
	for _ in {1..50}; do [[ $(hlr) != "$before" ]] && return; sleep 0.1; done
	return 1
}
undo_cgkill() { systemctl restart osmo-hlr; }

own mapid 'bpftool map dump, by name' kernel.bpf 'use the bpf call' bpftool
do_mapid() { bpftool map dump name seki_matrix >out && [[ -s out ]]; }

own mappin 'bpftool map dump, by pin' kernel.bpf 'use the bpf call' bpftool
do_mappin() { bpftool map dump pinned /sys/fs/bpf/sekisho/seki_matrix >out && [[ -s out ]]; }

own unpinall 'rm -r /sys/fs/bpf/sekisho' sekisho.bpf 'open for reading|delete a directory' rm
do_unpinall() { rm -r /sys/fs/bpf/sekisho; }

own umountbpf 'umount /sys/fs/bpf' sekisho.bpf 'unmount' umount
do_umountbpf() { umount -l /sys/fs/bpf; }

own cover 'mount --bind over sekishod' sekisho.config 'mount' mount
do_cover() { mount --bind /bin/true /usr/sbin/sekishod; }

own ownkill 'cgroup.kill the collector' sekisho.cgroup 'open for writing' tee
do_ownkill() { echo 1 | tee /sys/fs/cgroup/sekishod.service/cgroup.kill >out && sleep 0.5 && ! pgrep -x sekishod; }

own unpin 'unlink a pin of Sekisho' sekisho.bpf 'delete a file' rm
do_unpin() { rm -f /sys/fs/bpf/sekisho/link_hook_file_open; }

own bundle 'replace the policy' sekisho.config 'rename or move' mv
do_bundle() { echo >new && mv -f new /etc/sekisho/policy.bundle; }

own log 'delete the log' sekisho.log 'delete a file' rm
do_log() { rm /var/log/sekisho/records.000000000000.jsonl; }

own kill 'kill -9 the collector' proc.sekisho 'send a signal' kill
do_kill() { /bin/kill -9 "$(systemctl show -P MainPID sekishod)"; }

own initkill 'systemctl kill -s KILL' proc.sekisho 'send a signal' systemd job
do_initkill() { systemctl kill -s KILL sekishod; }

own initfreeze 'systemctl freeze' sekisho.cgroup 'open for writing' systemd job
do_initfreeze() { systemctl freeze sekishod; }

# Enforcement doesn't need the collector; PID 1 may not end it either.
attempt blind 'kill it by PID 1, drop caches, read' hlr.data 'open for reading' cat
do_blind() {
	if [[ -d /sys/fs/bpf/sekisho ]]; then
		systemctl kill -s KILL sekishod
		pgrep -x sekishod >/dev/null && sleep 0.2
	fi
	sync
	echo 3 >/proc/sys/vm/drop_caches
	cat "$db" >out
	got_key
}

# ---- what must go on ------------------------------------------------------

twin lookup 'osmo-hlr serves a lookup over GSUP'
do_lookup() { "$here/gsup" "$imsi"; }

twin rotate 'its log is rotated, it writes on'
do_rotate() {
	local log=/var/log/osmocom/osmo-hlr.log
	logrotate -f -s "$PWD/state" /etc/logrotate.d/osmo-hlr && [[ -s $log.1 && ! -s $log ]] || return 1
	# It tells of a client that ends the connection without a word.
	nc -N -w 2 127.0.0.1 4222 </dev/null >/dev/null
	for _ in {1..30}; do [[ -s $log ]] && return; sleep 0.1; done
	return 1
}

twin backup 'hlr-backup.service copies the database'
do_backup() {
	systemctl start hlr-backup.service && [[ $(stat -c %s /var/backups/hlr/hlr.db) -gt 1000000 ]]
}

attempt stolen 'read that backup' hlr.data 'open for reading' cat
do_stolen() { cat /var/backups/hlr/hlr.db >out; got_key; }

twin restart 'osmo-hlr restarts and serves'
do_restart() {
	systemctl restart osmo-hlr || return 1
	for _ in {1..50}; do ss -Hltn src 127.0.0.1:4222 | grep -q . && break; sleep 0.1; done
	"$here/gsup" "$imsi"
}

twin ps 'operator: ps aux'
do_ps() { ps aux >out; grep -q '[o]smo-hlr -c' out; }

twin net 'operator: ip, ss'
do_net() { ip addr | grep -q 127.0.0.1 && ss -ltn | grep -q 4222; }

twin package 'operator: installs a package'
do_package() { dpkg -i "$here/tiny.deb" >/dev/null && [[ $(sekisho-e2e-tiny) == installed ]]; }

twin edit 'operator: edits files of their own'
do_edit() {
	runuser -u oper -- sh -ec 'cd; echo a >note; sed -i s/a/b/ note; chmod 600 note; mv note note2
		ln note2 note3; grep -q b note3; rm note2 note3'
}

twin service 'operator: restarts another service'
do_service() { systemctl restart cron && systemctl is-active --quiet cron; }

twin own_strace 'operator: traces an own program'
do_own_strace() { strace -f -o out sh -c 'cat /etc/hostname >/dev/null'; grep -q execve out; }

twin journal 'operator: reads the journal'
do_journal() { journalctl -q -n 20 -u osmo-hlr | grep -q hlr; }

twin kernel 'operator: a mount of his own'
do_kernel() { mkdir t && mount -t tmpfs t t && umount t; }

# For undo_rename, where the database can be had at all.
prepare() {
	sqlite3 "$db" ".backup $work/saved.db" 2>/dev/null
	sqlite3 "$here/other.db" 'CREATE TABLE IF NOT EXISTS other (x)'
}

attempts_main "$@"
