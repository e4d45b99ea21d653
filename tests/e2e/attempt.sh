# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the lists of attempts share: how one is written down, run and told. A list
# sources this, describes its attempts, and ends with `attempts_main "$@"`.
# Runs in the guest as root, in the session of the operator who called sudo.
#
# usage of a list: NAME.sh [--list] [ATTEMPT]...
#
# For each attempt it prints one line, fields separated by tabs:
#	kind name title begin end outcome errno expected label acts comms mark text
# begin and end are times since boot in ns, the clock of the records. outcome
# is "ok" if it reached what it wanted, "refused" if not. errno is what the
# program said, if it did; expected is what it must be. label, acts, comms and
# mark tell which record must be there: the first three are lists with "|"; mark
# is "operator", or "job" for a process that PID 1 started.

set -u
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
# The lists read this:
# shellcheck disable=SC2034
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
try=$here/try
work=/var/tmp/e2e/${0##*/}
kinds=() names=() titles=() labels=() acts=() comms=() marks=() errnos=()

# usage: attempt NAME TITLE LABEL ACTS COMMS [MARK [ERRNO]]
attempt() {
	kinds+=(attempt) names+=("$1") titles+=("$2") labels+=("$3") acts+=("$4") comms+=("$5")
	marks+=("${6:-operator}") errnos+=("${7:-EPERM}")
}

# An attempt on something that only exists with Sekisho.
own() {
	attempt "$@"
	kinds[-1]=own
}

twin() {
	kinds+=(twin) names+=("$1") titles+=("$2") labels+=("") acts+=("") comms+=("") marks+=("") errnos+=("")
}

job() {
	systemd-run --quiet --collect --wait --pipe "$@"
}

# usage: gdb_into PID	attach a debugger and read a register
gdb_into() {
	# shellcheck disable=SC2016  # gdb's register
	gdb -q -batch -nx -iex 'set auto-solib-add off' -p "$1" -ex 'p/x $rip' >out
	grep -q '= 0x' out
}

# usage: stop_it PID	stop a process by its signal; /proc must say so
stop_it() {
	/bin/kill -STOP "$1" || return 1
	for _ in {1..50}; do [[ $(cut -d ' ' -f 3 "/proc/$1/stat") == T ]] && return; sleep 0.1; done
	return 1
}

# usage: capture FILTER COMMAND...	what COMMAND sends over lo, in the file out
capture() {
	local pid filter=$1
	shift
	tcpdump -n -i lo --immediate-mode -Z root -U -w out "$filter" 2>err &
	pid=$!
	for _ in {1..50}; do grep -q listening err && break; kill -0 $pid 2>/dev/null || break; sleep 0.1; done
	"$@" >/dev/null
	sleep 0.5
	kill -INT $pid 2>/dev/null
	wait $pid
	cat err >&2
}

# The errno a program told in words, as its name.
errno_of() {
	sed -n 's/.*Operation not permitted.*/EPERM/p; s/.*Permission denied.*/EACCES/p
		s/.*Invalid cross-device link.*/EXDEV/p; s/.*Resource temporarily unavailable.*/EAGAIN/p' "$1" | head -n 1
}

run() {
	local i=$1 name=${names[$1]} begin end outcome text
	rm -rf "${work:?}/$name"
	mkdir -p "$work/$name"
	begin=$("$try" now)
	# A process of its own: the records show it as an ancestor.
	(cd "$work/$name" && "do_$name") >"$work/$name.out" 2>"$work/$name.err" </dev/null && outcome=ok || outcome=refused
	end=$("$try" now)
	if [[ $outcome == ok && $(type -t "undo_$name") == function ]]; then
		(cd "$work" && "undo_$name") >/dev/null 2>&1 </dev/null
	fi
	text=$(grep -v '^$' "$work/$name.err" | tail -n 1 | tr '\t' ' ')
	[[ $outcome == ok ]] && text=$(tail -n 1 "$work/$name.out" | tr '\t' ' ')
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "${kinds[i]}" "$name" "${titles[i]}" \
		"$begin" "$end" "$outcome" "$([[ $outcome == ok ]] || errno_of "$work/$name.err")" \
		"${errnos[i]}" "${labels[i]}" "${acts[i]}" "${comms[i]}" "${marks[i]}" "$text"
}

# usage: attempts_main [--list] [ATTEMPT]...
attempts_main() {
	local i
	if [[ ${1:-} == --list ]]; then
		for i in "${!names[@]}"; do printf '%s\t%s\t%s\n' "${kinds[i]}" "${names[i]}" "${titles[i]}"; done
		return
	fi
	rm -rf "$work"
	mkdir -p "$work"
	[[ $(type -t prepare) != function ]] || prepare
	for i in "${!names[@]}"; do
		[[ $# -eq 0 || " $* " == *" ${names[i]} "* ]] || continue
		# Without Sekisho there is nothing of it to attack.
		[[ ${kinds[i]} == own && ! -d /sys/fs/bpf/sekisho ]] || run "$i"
	done
}
