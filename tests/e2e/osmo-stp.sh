#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: osmo-stp.sh [--list] [NAME]...
#
# What an operator with root tries on a signalling transfer point, and what must go
# on working. attempt.sh says what is printed.

set -u
. "${BASH_SOURCE[0]%/*}/attempt.sh"
config=/etc/osmocom/osmo-stp.cfg

stp() {
	systemctl show -P MainPID osmo-stp | grep -v '^0$' || echo none
}

# Another program as its peer.
comes_up() {
	local _
	for _ in {1..50}; do
		"$here/m3ua" 127.0.0.1 && return
		sleep 0.2
	done
	return 1
}

twin stp_up 'a node comes up at the transfer point'
do_stp_up() { comes_up; }

attempt stp_config 'STP: read its configuration' stp.data 'open for reading' cat
do_stp_config() { cat $config >out; grep -q accept-asp-connections out; }

attempt stp_route 'STP: change its configuration' stp.data 'open for writing' osmo-stp.sh
do_stp_route() { echo '! mine' >>$config; grep -q '^! mine' $config; }

attempt stp_vty 'STP: set a route by its VTY' stp.management connect nc
do_stp_vty() {
	{ printf 'enable\r\nconfigure terminal\r\ncs7 instance 0\r\nshow cs7 instance 0 asp\r\n'; sleep 1; } |
		nc -v -N -w 5 127.0.0.1 4239 >out
	grep -q '(config-cs7)#' out
}

attempt stp_capture 'STP: tcpdump of M3UA on lo' net.capture 'open a capture socket' tcpdump
do_stp_capture() {
	capture 'sctp port 2905' "$here/m3ua" 127.0.0.1
	[[ -s out ]] && tcpdump -n -r out 2>/dev/null | grep -q 2905
}

attempt stp_gdb 'STP: gdb -p' proc.stp 'reach into a process|inspect a process' gdb
do_stp_gdb() { gdb_into "$(stp)"; }

attempt stp_mem 'STP: /proc/PID/mem' proc.stp 'reach into a process' try operator EACCES
do_stp_mem() { "$try" mem "$(stp)"; }

attempt stp_stop 'STP: kill -STOP' proc.stp 'send a signal' kill
do_stp_stop() { stop_it "$(stp)"; }
undo_stp_stop() { /bin/kill -CONT "$(stp)"; }

twin stp_restart 'the transfer point restarts, a node comes up'
do_stp_restart() { systemctl restart osmo-stp && comes_up; }

attempts_main "$@"
