#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: demo.sh [--kernel LINE] [--keep DIR]
#
# An operator logs in by ssh, becomes root by sudo, and tries what root can do:
# first on a host without Sekisho, then on the same host with it. Exit 0 if each
# attempt went through before, is refused now and left a record, and all that
# must go on works on both.
#
# Nothing of the table is written here: outcomes come from attempts.sh in the
# guests, records from /var/log/sekisho.

# Single quotes hold awk's fields and the guest's variables:
# shellcheck disable=SC2016
set -euo pipefail
. "$(dirname "$0")/lib.sh"

kernel=6.1 keep=
while [[ $# -gt 0 ]]; do
	case $1 in
	--kernel) kernel=$2; shift 2 ;;
	--keep) keep=$2; shift 2 ;;
	*) sed -n '3,/^$/s/^# \{0,1\}//p' "$0"; exit 2 ;;
	esac
done

say() {
	echo "demo: $*"
}

print_table() {
	awk -F '\t' '
	function head(a, b, c, d, e, f) { printf "%-42s %-8s %-8s %-7s %-9s %s\n", a, b, c, d, e, f }
	BEGIN { head("what root tried", "without", "with", "errno", "record", "control items") }
	$2 == "twin" && !twins++ { print ""; head("what must go on", "without", "with", "", "", "") }
	{
		n = split($8, id, ":")
		head($4, $5, $6, $7, n ? "#" id[n] : "", $9)
		if (!$1)
			print "    WRONG: " $11
	}' <(grep -v $'\ttwin\t' "$1"; grep $'\ttwin\t' "$1")
}

begin_work
[[ -z $keep ]] || { mkdir -p "$keep"; trap 'halt; cp -a "$work/." "$keep"; rm -rf "$work"' EXIT; }
make_site "$work/site"
say "policy $(sed -n 's/^name: //p' "$ROOT/policies/osmo-hlr.yaml"): sekisho compile policies/osmo-hlr.yaml -o /etc/sekisho/policy.bundle"
make_policy "$work/policy"

say "a host without Sekisho (kernel $kernel)"
boot demo-without "$kernel" --product "$work/site"
as_root "$lib/attempts.sh" >"$work/without"
halt

say "the same host with Sekisho"
boot demo-with "$kernel" --product "$BUILD/stage" --product "$work/policy" --product "$work/site"
as_root "$lib/attempts.sh" >"$work/with"
records "$work/records"
as_root sekisho status >"$work/status" 2>&1 || true
as_root sekisho report >"$work/report" 2>&1 || true
# What was in force before anyone could log in, by systemd's own clock.
operator 'for unit in sekisho sekishod ssh; do
	printf "%s %s\n" $unit $(systemctl show -P ActiveEnterTimestampMonotonic $unit); done' >"$work/order"
halt

join "$work/without" "$work/with" "$work/records" >"$work/table"
echo
print_table "$work/table"
prefix=$(sed -n '1s/.*"id":"\([^"]*:\)[^":]*".*/\1/p' "$work/records.jsonl")
echo
echo "Record #n is \"id\":\"${prefix}n\" in /var/log/sekisho; one of them in full:"
first=$(awk -F '\t' '$8 != "" { print $8; exit }' "$work/table")
grep -F "\"id\":\"$first\"" "$work/records.jsonl" || true
echo
echo '$ sekisho status'
cat "$work/status"
echo
echo '$ sekisho report | head -n 40'
head -n 40 "$work/report"

count() {
	awk -F '\t' "$1 { n++ } END { print n + 0 }" "$work/table"
}
refused=$(count '$2 != "twin" && $6 == "refused"')
attempts=$(count '$2 != "twin"')
before=$(count '$2 == "attempt" && $5 == "ok"')
twins=$(count '$2 == "twin" && $5 == "ok" && $6 == "ok"')
all_twins=$(count '$2 == "twin"')
recorded=$(count '$8 != ""')
wrong=$(count '!$1')
early=$(awk '{ at[$1] = $2 } END { print at["sekisho"] && at["sekisho"] < at["ssh"] ? "before" : "AFTER" }' "$work/order")
echo
fmt -w 100 <<-END
	On kernel $kernel, an operator with root by ssh and sudo made $attempts attempts on the subscriber register and on
	Sekisho itself. Without Sekisho $before of $(count '$2 == "attempt"') went through (the others need Sekisho to be there). With it
	$refused of $attempts were refused and $recorded of them left a record that names the control items. Of $all_twins things that must
	go on, $twins worked both times. The policy was in force $early sshd started. $wrong rows are not as they must be.
END
[[ $wrong -eq 0 && $attempts -gt 0 && $all_twins -gt 0 && $early == before ]] && rc=0 || rc=1
[[ $(wc -l <"$work/with") -eq $("$ROOT/tests/e2e/attempts.sh" --list | wc -l) ]] || { say "not all attempts ran"; rc=1; }
say "$([[ $rc -eq 0 ]] && echo 'all as it must be' || echo FAILED), $SECONDS s"
exit "$rc"
