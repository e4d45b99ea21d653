#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: ids.sh PROGRAM DOCUMENT MAPPING
#
# TAP: every test that a document, or the mapping of control items, names is there. `class/name` is a row of the
# attack tables (PROGRAM --list), `unit/NAME`, `hook/NAME`, `e2e/NAME` and `controls/NAME` are
# programs under tests/, `posture.NAME` is an item of "sekisho posture".

program=$1
document=$2
mapping=$3
root=$(dirname "$0")/../..
n=0

there() {
	case $1 in
	posture.*) grep -qF "\"$1\"" "$root"/userspace/posture/*.c ;;
	unit/* | hook/*) [ -e "$root/tests/$1.c" ] ;;
	e2e/*) [ -e "$root/tests/$1.sh" ] ;;
	sinks/*) [ -e "$root/tests/$1.py" ] ;;
	controls/*) [ -x "$root/tests/$1" ] ;;
	*) printf '%s\n' "$list" | grep -qxF "$1" ;;
	esac
}

list=$("$program" --list) || exit 1
echo "TAP version 13"
# Spans of code that look like an id.
# shellcheck disable=SC2016
for id in $(grep -oE '`([a-z][a-z-]*/[a-z0-9_]+|posture\.[a-z-]+)`' "$document" | tr -d '`' | sort -u) \
	$(tail -n +2 "$mapping" | cut -f9 | tr ' ' '\n' | sort -u); do
	n=$((n + 1))
	if there "$id"; then
		echo "ok $n - $id"
	else
		echo "not ok $n - $id, named in $document or $mapping, is no test"
	fi
done
echo "1..$n"
[ "$n" -gt 0 ]
