#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: kamailio.sh [--list] [NAME]...
#
# What an operator with root tries on a SIP registrar, and what must go on
# working. attempt.sh says what is printed.

set -u
. "${BASH_SOURCE[0]%/*}/attempt.sh"
data=/var/lib/kamailio
# The telephone's password, as the image's recipe makes it.
password=$(printf '5ec%029x' 2654435761)

sip() {
	systemctl show -P MainPID kamailio | grep -v "^0$" || echo none
}

# Another program with a socket of its own: a telephone.
register() {
	sipsak -U -C sip:phone1@127.0.0.1:6060 -u phone1 -a "$password" -s sip:phone1@127.0.0.1:5060 -vvv
}

wait_for_sip() {
	local _
	for _ in {1..100}; do
		sipsak -s sip:ping@127.0.0.1:5060 >/dev/null 2>&1 && return
		sleep 0.1
	done
	return 1
}

twin sip_register 'a telephone registers at kamailio'
do_sip_register() { wait_for_sip && register >out && grep -q '^SIP/2.0 200' out; }

attempt sip_read 'kamailio: read its database' kamailio.data 'open for reading' cat
do_sip_read() { cat $data/kamailio.db >out; grep -qaF "$password" out; }

attempt sip_query 'kamailio: ask for passwords by SQL' kamailio.data 'open for reading|open for reading and writing' sqlite3
do_sip_query() { sqlite3 "file:$data/kamailio.db?mode=ro" 'SELECT password FROM subscriber' >out; grep -qF "$password" out; }

attempt sip_password 'kamailio: set a password' kamailio.data 'open for reading|open for reading and writing' sqlite3
do_sip_password() {
	sqlite3 -cmd '.timeout 5000' $data/kamailio.db "UPDATE subscriber SET password = 'mine' WHERE username = 'phone90'"
	[[ $(sqlite3 $data/kamailio.db "SELECT password FROM subscriber WHERE username = 'phone90'") == mine ]]
}

attempt sip_config 'kamailio: change its configuration' kamailio.data 'open for reading|open for writing|create a file' sed
do_sip_config() { sed -i -e '$a# changed' /etc/kamailio/kamailio.cfg; grep -q '^# changed' /etc/kamailio/kamailio.cfg; }

attempt sip_ctl 'kamailio: kamcmd ul.dump' kamailio.management 'connect to a local socket' kamcmd
do_sip_ctl() { kamcmd -s unix:$data/ctl ul.dump >out; cat out >&2; grep -q 'AoR: phone1' out; }

attempt sip_rpc 'kamailio: the same by datagrams' kamailio.management 'connect to a local socket|send to a local socket' nc
do_sip_rpc() {
	umask 0
	rm -f /tmp/e2e-rpc
	{ printf '{"jsonrpc":"2.0","method":"ul.dump","id":1}'; sleep 1; } | nc -v -uU -s /tmp/e2e-rpc -w 1 $data/rpc.sock >out
	grep -q phone1 out
}

attempt sip_fifo 'kamailio: the same by its FIFO' kamailio.data 'open for writing' kamailio.sh
do_sip_fifo() {
	umask 0
	mkfifo /tmp/e2e-reply && exec 3<>/tmp/e2e-reply
	timeout 5 cat <&3 >out &
	echo '{"jsonrpc":"2.0","method":"ul.dump","reply_name":"e2e-reply","id":1}' >$data/rpc.fifo
	wait
	rm -f /tmp/e2e-reply
	grep -q phone1 out
}

attempt sip_gdb 'kamailio: gdb -p' proc.kamailio 'reach into a process|inspect a process' gdb
do_sip_gdb() { gdb_into "$(sip)"; }

attempt sip_mem 'kamailio: /proc/PID/mem' proc.kamailio 'reach into a process' try operator EACCES
do_sip_mem() { "$try" mem "$(sip)"; }

attempt sip_stop 'kamailio: kill -STOP' proc.kamailio 'send a signal' kill
do_sip_stop() { stop_it "$(sip)"; }
undo_sip_stop() { /bin/kill -CONT "$(sip)"; }

attempt sip_capture 'kamailio: tcpdump of SIP on lo' net.capture 'open a capture socket' tcpdump
do_sip_capture() {
	capture 'udp port 5060' register
	grep -qa 'REGISTER sip' out
}

attempt sip_unit 'kamailio: change how it is started (drop-in)' kamailio.unit 'create a directory' mkdir
do_sip_unit() { mkdir /run/systemd/system/kamailio.service.d; }
undo_sip_unit() { rmdir /run/systemd/system/kamailio.service.d; }

twin sip_restart 'kamailio restarts, a telephone registers anew'
do_sip_restart() { systemctl restart kamailio && wait_for_sip && register >out && grep -q '^SIP/2.0 200' out; }

twin sip_rotate 'its journal is rotated, it writes on'
do_sip_rotate() {
	journalctl --rotate && register >/dev/null || return 1
	for _ in {1..30}; do
		journalctl -q --boot --since -5s -u kamailio | grep -q 'registration of phone1' && return
		sleep 0.1
	done
	return 1
}

attempts_main "$@"
