#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: demo.sh [--kernel LINE] [--keep DIR]
#
# An operator logs in by ssh, becomes root by sudo, and tries what root can do to a
# subscriber register, a SIP registrar, a network function in QEMU and a container:
# first on a host without Sekisho, then on the same host with it, there also while
# a signed update of the policy takes effect. Exit 0 if each attempt went through
# before, is refused now and left a record, and all that must go on works on both.
#
# At the end build/demo has the report on the control items, made of the log of that
# guest: report-ja.html, report-en.html, CSV and OSCAL.
#
# Nothing of the table is written here: outcomes come from attempts.sh in the
# guests, records from /var/log/sekisho.

# Single quotes hold awk's fields and the guest's variables:
# shellcheck disable=SC2016
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# 6.12: before it files of a container's overlay can't be told apart.
kernel=6.12 keep=
# Of the other core functions' lists; cores_story.sh has all of them.
some=(
	"kamailio sip_register sip_read sip_password sip_ctl sip_capture sip_restart"
	"qemu-vnf vnf_ping vnf_image vnf_memory vnf_mem vnf_qmp vnf_gdbstub vnf_tap vnf_same"
	"container-hlr box_lookup box_volume box_layer box_exec box_nsenter box_vty box_other"
)
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

try_all() {
	local list name names
	try_lists attempts
	for list in "${some[@]}"; do
		read -r name names <<<"$list"
		as_root "$lib/$name.sh" "$names"
	done
}

# The database, opened as often as root can, while the next policy takes effect.
under_way='
	/usr/local/lib/e2e/try hammer /var/lib/osmocom/hlr.db 60 >/tmp/hammer 2>&1 & hammer=$!
	sleep 1
	cp /srv/next/policy.bundle /var/lib/sekisho-incoming/policy.bundle
	systemctl reload sekisho; rc=$?
	sleep 1
	kill -TERM $hammer; wait $hammer
	cat /tmp/hammer
	sekisho status --json | jq -r "\"policy version \(.policy.version)\",
		\"since the load \(.counters.denied) refused, records of \(.loss // {} | add // 0) events lost, counted\""
	exit $rc'

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

# The log out of the guest. It grows meanwhile: checkpoints come first, and a copy
# that does not verify is taken again.
take_log() { # DIR
	local _
	for _ in 1 2 3 4 5; do
		rm -rf "$1" && mkdir -p "$1"
		as_root "sh -c 'cd /var/log/sekisho && tar -cf - keys checkpoint *.notes tile records.*.jsonl*'" |
			tar -C "$1" -xf - || true
		"$BUILD/sekisho" verify --key "$1/keys" "$1" >"$1.verified" 2>&1 && return
		sleep 3
	done
	cat "$1.verified"
	return 1
}

# What that log shows of the control items.
make_reports() { # DIR
	local lang to
	rm -rf "$1" && mkdir -p "$1"
	for lang in ja en; do
		"$BUILD/sekisho" report --controls "$ROOT/policies/controls" --key "$work/log/keys" --posture "$work/posture" \
			--pattern 1 --lang "$lang" --format html -o "$1/report-$lang.html" "$work/log"
	done
	for to in "csv report.csv" "json report.json" "oscal oscal"; do
		"$BUILD/sekisho" report --controls "$ROOT/policies/controls" --key "$work/log/keys" --posture "$work/posture" \
			--pattern 1 --format "${to% *}" -o "$1/${to#* }" "$work/log" >/dev/null
	done
	jq -r '"\(.totals.records) records, \(.gaps | length) times without protection; of 152 items " +
		"\([.items[] | select(.role == "enforce" or .role == "evidence") | .verdict] | group_by(.) |
		   map("\(length) \(.[0])") | join(", "))"' "$1/report.json"
}

begin_work
[[ -z $keep ]] || { mkdir -p "$keep"; trap 'halt; cp -a "$work/." "$keep"; rm -rf "$work"' EXIT; }
make_site "$work/site"
make_boot "$work/site" "$kernel"
make_cores "$work/site"
functions=(container-hlr kamailio qemu-vnf osmo-stp osmo-hlr)
say "one policy of policies/{$(IFS=,; echo "${functions[*]}")}.yaml, version 1, and version 2 to follow, signed"
make_policy "$work/policy" "${functions[@]}"
# The key stays with whoever writes policies.
"$BUILD/sekisho" keygen -o "$work/site-key" >/dev/null
install -D -m 644 "$work/site-key.pub" "$work/policy/etc/sekisho/keys/site.pub"
"$BUILD/sekisho" sign --key "$work/site-key.key" "$work/policy/etc/sekisho/policy.bundle"
mkdir -p "$work/policy/srv/next"
sed 's/^version: 1$/version: 2/' "$work/policy.yaml" >"$work/next.yaml"
"$BUILD/sekisho" compile --offline "$work/next.yaml" -o "$work/policy/srv/next/policy.bundle"
"$BUILD/sekisho" sign --key "$work/site-key.key" "$work/policy/srv/next/policy.bundle"

say "a host without Sekisho (kernel $kernel)"
boot demo-without "$kernel" --product "$work/site"
try_all >"$work/without"
as_root "$lib/try" hammer /var/lib/osmocom/hlr.db 1 >"$work/hammer-without" 2>&1 || true
halt

say "the same host with Sekisho"
boot demo-with "$kernel" --product "$BUILD/stage" --product "$work/policy" --product "$work/site"
try_all >"$work/with"
records "$work/records"
as_root sekisho status >"$work/status" 2>&1 || true
as_root sekisho report >"$work/report" 2>&1 || true
sh_root "$under_way" >"$work/hammer-with" 2>&1 || true
as_root sekisho posture --json >"$work/posture" 2>/dev/null || true
take_log "$work/log" || say "no copy of the log verifies"
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
echo 'The database, opened again and again by root: without Sekisho for a second, and'
echo 'with it while a signed update of the policy took effect:'
sed 's/^/    without  /' "$work/hammer-without"
sed 's/^/    with     /' "$work/hammer-with"
echo
echo '$ sekisho status'
cat "$work/status"
echo
echo '$ sekisho report | head -n 40'
head -n 40 "$work/report"

echo
echo "What its log shows of the control items ($BUILD/demo/report-ja.html, report-en.html, report.csv, oscal/):"
make_reports "$BUILD/demo" || say "no report"

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
	On kernel $kernel, an operator with root by ssh and sudo made $attempts attempts on a subscriber register, a SIP
	registrar, a network function in QEMU, a container and Sekisho itself. Without Sekisho $before of $(count '$2 == "attempt"') went through (the others need Sekisho to be there). With it
	$refused of $attempts were refused and $recorded of them left a record that names the control items. Of $all_twins things that must
	go on, $twins worked both times. The policy was in force $early sshd started. $wrong rows are not as they must be.
END
[[ $wrong -eq 0 && $attempts -gt 0 && $all_twins -gt 0 && $early == before ]] && rc=0 || rc=1
all=$("$ROOT/tests/e2e/attempts.sh" --list | wc -l)
for list in "${some[@]}"; do all=$((all + $(wc -w <<<"$list") - 1)); done
[[ $(wc -l <"$work/with") -eq $all ]] || { say "not all attempts ran"; rc=1; }
grep -q '[1-9][0-9]* opened' "$work/hammer-without" || { say "without Sekisho the database was not opened"; rc=1; }
if ! grep -q '^[1-9][0-9]* tries, 0 opened, 0 other' "$work/hammer-with" || ! grep -qx 'policy version 2' "$work/hammer-with"; then
	say "the update under way was not as it must be"
	rc=1
fi
# Stored communications data: refused and on record, in a log that verifies. The flood
# of the hammer loses records, which are counted: partly met is what is right then.
jq -e '(.hosts[0].verified.wrong == 0) and .gaps == [] and .totals.lost_unexplained == 0 and
	([.items[] | select(.id == "TTS-S2-02")][0] |
	 .outcomes.denied > 0 and .outcomes.would_deny == 0 and (.verdict == "met" or .verdict == "partly"))' \
	"$BUILD/demo/report.json" >/dev/null || { say "the report is not as it must be"; rc=1; }
say "$([[ $rc -eq 0 ]] && echo 'all as it must be' || echo FAILED), $SECONDS s"
exit "$rc"
