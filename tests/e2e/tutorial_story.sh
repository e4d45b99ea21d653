#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: tutorial_story.sh [--show]
#
# docs/tutorial.md as a new user types it: each command of its console blocks in
# turn, "$ " on this machine and "oper$ " in the guest, and what each prints against
# what stands there, but for the number of blanks. <word> stands for text without
# blanks that differs from run to run, "..." for any text, a line "..." for any lines.
# --show prints what the commands print.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

show=
[[ ${1-} != --show ]] || show=1
tutorial=$ROOT/docs/tutorial.md
begin_work
guest=tutorial

# One file for each command and one for what it must print: 01.command, 01.want.
commands() {
	awk -v dir="$1" '
		/^```console$/ { on = 1; next }
		/^```/ { on = 0; next }
		!on { next }
		/^(oper)?\$ / {
			n++
			file = sprintf("%s/%02d.", dir, n)
			print > (file "command")
			printf "" > (file "want")
			more = /<<'\''END'\''/
			next
		}
		more { print > (file "command"); more = $0 != "END"; next }
		{ print > (file "want") }' "$tutorial"
}

# The guest is built already, and others use what it was built of.
run() { # FILE
	local text
	text=$(cat "$1")
	case $text in
	'$ make tutorial') (cd "$ROOT" && env -u MAKEFLAGS -u MAKELEVEL make -o stage tutorial) ;;
	'$ '*) (cd "$ROOT" && bash -c "${text#\$ }") ;;
	*) printf '%s\n' "${text#oper\$ }" | "$ROOT/tests/vm/host.sh" ssh "$guest" oper bash ;;
	esac 2>&1
}

alike() { # WANT GOT
	awk '
		function plain(line) {
			gsub(/[ \t]+/, " ", line)
			gsub(/^ | $/, "", line)
			return line
		}
		function pattern(line,   out) {
			out = line
			gsub(/[][\\.^$*+?(){}|]/, "\\\\&", out)
			gsub(/<[a-z-]+>/, "[^ ]+", out)
			gsub(/\\\.\\\.\\\./, ".*", out)
			return "^" out "$"
		}
		FILENAME == ARGV[1] { want[++n] = plain($0); next }
		{ got[++m] = plain($0) }
		END {
			for (i = j = 1; i <= n; i++) {
				if (want[i] == "...") {
					if (i == n) j = m + 1
					while (i < n && j <= m && got[j] !~ pattern(want[i + 1])) j++
					continue
				}
				if (j > m || got[j] !~ pattern(want[i])) {
					print "wanted: " want[i]
					print "got:    " (j > m ? "nothing more" : got[j])
					exit 1
				}
				j++
			}
			if (j <= m) {
				print "unwanted: " got[j]
				exit 1
			}
		}' "$1" "$2"
}

# What needs a host that nothing is closed on yet.
# shellcheck disable=SC2016 # for the guest's shell
before_load() {
	check "check tells of data on an overlay" sh_root \
		'mkdir -p /tmp/o/{l,u,w,m} && mount -t overlay o -o lowerdir=/tmp/o/l,upperdir=/tmp/o/u,workdir=/tmp/o/w /tmp/o/m &&
		sed "s,- /var/lib/osmocom$,- /tmp/o/m," ~oper/hlr.yaml >/tmp/o/p.yaml &&
		sekisho check /tmp/o/p.yaml 2>&1 | tee /dev/stderr | grep "an overlay, .*\[W18\]"; rc=$?; umount /tmp/o/m; exit $rc'
}

commands "$work"
check "the tutorial has commands" test -e "$work/20.command"
for command in "$work"/*.command; do
	run "$command" >"$work/got" || true # what it says counts
	if [[ $show ]]; then cat "$command" "$work/got"; fi
	[[ $(cat "$command") != 'oper$ sekisho check hlr.yaml' ]] || before_load
	check "$(head -n 1 "$command")" alike "${command%command}want" "$work/got"
done
plan
