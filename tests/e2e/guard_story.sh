#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: guard_story.sh
#
# What root can ask PID 1 to do to Sekisho's processes: stop, kill, restart, freeze,
# limit. Each is refused with a record; what systemd needs goes on, and so does
# the end of the host. The policy comes from the initramfs here, which
# initramfs-tools makes as on a host. Before that: what a
# change outside a ticket does, the ticket of a session, and an accident's bundle.

# Single quotes hold the guest's variables:
# shellcheck disable=SC2016
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# Another unit, for the same acts.
stand_in='systemctl reset-failed stand-in 2>/dev/null; systemd-run --quiet --collect --unit stand-in --service-type exec sleep 1000'
alive='pgrep -d " " -x sekishod'

# usage: recorded LABEL ACT
recorded() {
	sh_root "$settle; $lib/news | tee /dev/stderr | grep -qF '$1|$2|EPERM|init|'"
}

# A reload makes PID 1 write once more the limits that it set when the unit began:
# refused like any other, and of no consequence. So is its look into a directory of the
# data before it mounts over it.
unrefused() {
	sh_root "$settle; new=\$($lib/news | grep -v -e '^sekisho.cgroup|.*/sekishod.service/\(cpu\|memory\|pids\|io\)\.' -e '|/var/lib/osmocom/spool$'); echo \"\$new\"; [[ -z \$new ]]"
}

ended() {
	sh_root 'systemctl poweroff' || true
	for _ in {1..600}; do
		"$ROOT/tests/vm/host.sh" list | grep -q "^$guest: pid" || return 0
		sleep 0.1
	done
	return 1
}

# usage: refused WHAT LABEL ACT COMMAND; a collector lives all the time, and a record says what PID 1 tried
refused() {
	check "$kernel: $1: the collector lives on" sh_root "$4
		for i in {1..15}; do [[ -n \$($alive) ]] || exit 1; sleep 0.2; done; $alive; sekisho status"
	check "$kernel: $1: recorded" recorded "$2" "$3"
}

manager=/sys/fs/cgroup/user.slice/user-0.slice/user@0.service
# usage: job NAME COMMAND; by the systemd of root's logins, told through its own socket
# shellcheck disable=SC2016
manager_job='export XDG_RUNTIME_DIR=/run/user/0; mkdir -p /run/user/0/systemd/user
	job() {
		printf "[Service]\nType=oneshot\nExecStart=/bin/sh -c \"%s\"\n" "$2" >"/run/user/0/systemd/user/$1.service"
		systemctl --user daemon-reload && systemctl --user start "$1.service"
	}'
base=/var/lib/baseline.json
odd=/usr/local/bin/odd		# a change: set-id
unit=/etc/systemd/system/odd.service # and one of the units
# usage: effect SECTION EFFECT [TICKET]; the last record of such a change
effect() {
	sh_root "$settle; sekisho query --class change --json | jq -c 'select(.section == \"$1\")' | tail -n 1 | tee /dev/stderr |
		jq -e '.effect == \"$2\" and (.ticket // \"\") == \"${3-}\" and (.sev == \"high\") == (\"$2\" != \"finding\")'"
}
# Its unit tries again by itself: a start would join a try that began before what held it
# up was gone.
again='systemctl reset-failed osmo-hlr; systemctl restart osmo-hlr && systemctl is-active osmo-hlr ||
	{ journalctl -b --no-pager -o cat -n 40 -u osmo-hlr; exit 1; }'
# All that it listens on is of the baseline.
listens='{ for i in {1..300}; do
		[[ $(ss -Hltn "sport = :4222 or sport = :4258 or sport = :4259" | wc -l) -eq 3 ]] && break; sleep 0.1
	done; ss -Hltn; [[ $i -lt 300 ]]; }'
begin_work
make_site "$work/site"
make_policy "$work/policy"
touch "$work/policy/etc/sekisho/initramfs"
echo 1 >"$work/policy/etc/sekisho/service-pattern"
install -D -m 644 -t "$work/policy/etc/systemd/system/osmo-hlr.service.d" "$ROOT/policies/osmo-hlr.service.d/sekisho.conf"
# A baseline is made on the host, and this one is locked before its first login.
ln -s "$base" "$work/policy/etc/sekisho/baseline.json"
printf '%s\n' 'setid stop' 'units refuse' 'packages alert' >"$work/policy/etc/sekisho/baseline-effects"
mkdir -p "$work/policy/var/lib/osmocom/spool" # mounted between the two loads
printf '%s\n' '/dev/vda / ext4 defaults 0 0' 'spool /var/lib/osmocom/spool tmpfs defaults 0 0' >"$work/policy/etc/fstab"
# What PID 1 was refused since the last look; the log's clock tells.
cat >"$work/site$lib/news" <<'END'
#!/bin/bash
cursor=$(cat /tmp/cursor 2>/dev/null || echo 0)
sekisho log cat --whole >/tmp/log
jq -s 'map(.bt // 0) | max' /tmp/log >/tmp/cursor
jq -r --argjson from "$cursor" 'select(.bt > $from and .verdict == "denied" and .proc.pid == 1) |
	[.obj.label, .act, .err, .proc.domain, .obj.path] | join("|")' /tmp/log
END
chmod 755 "$work/site$lib/news"
for kernel in $KERNELS; do
	boot e2e-guard "$kernel" --initramfs initramfs-tools --product "$BUILD/stage" --product "$work/policy" --product "$work/site"
	check "$kernel: the host is locked, all is well" sh_root 'sekisho status | tee /dev/stderr | grep -q "^locked *yes"'
	before=$(sh_root "$alive")
	check "$kernel: the policy was in force before the host's init ran" early
	check "$kernel: the host mounted all that it has, its root read-write" sh_root \
		'! systemctl --failed --plain --no-legend | grep -E "mount|remount|fs" && systemctl is-active local-fs.target && touch /var/tmp/written'
	check "$kernel: what it mounted in the data since is data too" sh_root \
		'findmnt /var/lib/osmocom/spool 2>/dev/null || grep spool /proc/mounts && ! touch /var/lib/osmocom/spool/x && ! ls /var/lib/osmocom/spool'
	check "$kernel: the next image is made in force, with the loader" sh_root \
		'mkdir -p /var/tmp/image/usr/sbin && ln -s usr/sbin /var/tmp/image/sbin && DESTDIR=/var/tmp/image verbose=n sh /usr/share/initramfs-tools/hooks/sekisho && find /var/tmp/image | grep -w sbin/sekisho-load'
	check "$kernel: mounts are closed to it now" sh_root '! mount -o remount,rw / && ! mount -t tmpfs none /var/lib/osmocom'
	check "$kernel: posture knows of the BPF programs of others, without bpf(2)" sh_root \
		'sekisho posture --json | jq -c "[.. | objects | select(.id? == \"posture.bpf-programs\")][0]" | tee /dev/stderr |
			jq -e ".state == \"good\""; ! cat /var/log/sekisho/records*.jsonl | jq -c "select(.obj.label == \"kernel.bpf\")" | grep sekisho'
	check "$kernel: the host's service pattern is told" sh_root \
		'sekisho status | grep "^service pattern *1, heartbeats each 60 s" && ! rm /etc/sekisho/service-pattern'

	# The baseline: what differs from it outside a ticket does what is said of its section.
	check "$kernel: without the baseline that has to be kept no function starts" sh_root \
		'! systemctl is-active osmo-hlr && ! rm /etc/sekisho/baseline-effects && journalctl -b --no-pager -u osmo-hlr | grep -m 1 "baseline.json"'
	check "$kernel: a baseline sees all sections, and is refused nothing" sh_root \
		"refused() { sekisho log cat --whole | jq -c 'select(.verdict == \"denied\" and .proc.comm == \"sekisho\") | [.id, .act, .obj]'; }
		before=\$(refused); sekisho baseline take -o $base && jq -c '[.not_seen, (.sections | map_values(length))]' $base &&
			jq -e '.not_seen == {} and (.sections | all(.[]; length > 0))' $base &&
			$settle && [[ \$(refused) == \"\$before\" ]]"
	check "$kernel: then the function starts, and is part of the next baseline" sh_root "$again && $listens && sekisho baseline take -o $base"
	check "$kernel: against which the host has not changed" sh_root 'systemctl start sekisho-baseline && sekisho baseline check'
	check "$kernel: which is on record, too" sh_root \
		"$settle; sekisho query --class change --json | tail -n 1 | tee /dev/stderr | jq -e '.act == \"baseline compared\" and .changes == 0 and .who.uid == 0'"
	check "$kernel: stop: with a new set-id file it does not" sh_root \
		"install -m 4755 /usr/bin/true $odd && ! systemctl restart osmo-hlr && ! systemctl is-active osmo-hlr"
	check "$kernel: with a record that alarms" effect setid stop
	check "$kernel: and does without it" sh_root \
		"rm $odd; $again"
	check "$kernel: refuse: with another unit the next policy is not taken" sh_root \
		"printf '[Service]\nExecStart=/bin/true\n' >$unit; ! systemctl reload sekisho && journalctl --sync && journalctl -b --no-pager -o cat -u sekisho | tail -n 5 |
			tee /dev/stderr | grep 'outside a ticket: refuse'"
	check "$kernel: with a record that alarms" effect units refuse
	check "$kernel: but functions start" sh_root 'systemctl restart osmo-hlr && systemctl is-active osmo-hlr'
	check "$kernel: alert: another package holds up nothing" sh_root \
		"rm $unit; dpkg -i $lib/tiny.deb && sekisho baseline check refuse && systemctl restart osmo-hlr && systemctl start sekisho-baseline"
	check "$kernel: and alarms" effect packages alert
	check "$kernel: a session says its ticket, and its records have it" sh_root \
		"sekisho ticket CHG-7 && install -m 4755 /usr/bin/true $odd && cat /var/lib/osmocom/hlr.db; sekisho ticket none && $settle
		session=\$(sekisho query --ticket CHG-7 --json | jq -r .who.session | sort -u | tee /dev/stderr) && [[ \$session == +([0-9a-f]) ]] &&
			sekisho query --ticket CHG-7 --json | jq -r '.class + \" \" + (.verdict // \"\")' | sort | uniq -c | tee /tmp/of-ticket &&
			grep 'session ' /tmp/of-ticket && grep exec /tmp/of-ticket && grep 'access denied' /tmp/of-ticket &&
			sekisho session \$session | grep '^Ticket said CHG-7'"
	check "$kernel: nobody else's have" sh_root \
		'sekisho query --ticket CHG-7 --json | jq -e -s "(map(.who.session) | unique | length) == 1 and (map(select(.proc.pid == 1)) | length) == 0"'
	check "$kernel: a change under a ticket is a finding" sh_root "sekisho baseline check; [[ \$? -eq 4 ]] && systemctl restart osmo-hlr"
	check "$kernel: and names it" effect setid finding CHG-7
	check "$kernel: the host is as it was" sh_root "rm $odd; dpkg -P sekisho-e2e-tiny && $listens && sekisho baseline check"

	# An accident, from its begin to the bundle for others.
	check "$kernel: an accident is opened, noted and closed" sh_root \
		'sekisho incident open --class serious --users 40000 --began "$(date -u -d -10min +%FT%TZ)" "no service" && sekisho incident note --done prompt INC-1 "told by telephone" &&
			sekisho incident close INC-1 "restarted" && sekisho incident list | tee /dev/stderr | grep INC-1'
	check "$kernel: its bundle verifies and has the reports" sh_root \
		"$settle; sekisho incident export --key /var/log/sekisho/keys -o /tmp/bundle INC-1 && ls /tmp/bundle &&
			sekisho verify --part /tmp/bundle/log --key /var/log/sekisho/keys && grep -c . /tmp/bundle/report-ja.html"
	check "$kernel: the machine id is closed" sh_root \
		'! echo x >/etc/machine-id; ! rm /etc/machine-id && ! mount --bind /etc/passwd /etc/machine-id && grep -qE "^[0-9a-f]{32}$" /etc/machine-id'

	# What must go on.
	check "$kernel: PID 1 was refused nothing during the boot" unrefused
	check "$kernel: daemon-reload" sh_root 'systemctl daemon-reload && systemctl is-active sekishod && sekisho status'
	check "$kernel: daemon-reexec" sh_root 'systemctl daemon-reexec && systemctl is-active sekishod && sekisho status'
	check "$kernel: a unit starts and stops" sh_root 'systemctl restart cron && systemctl is-active cron'
	check "$kernel: the systemd of a login as root starts, and runs a job in a cgroup of its own" sh_root \
		"systemctl start user@0 && systemctl is-active user@0 && $manager_job
		job own 'echo 0 >$manager/init.scope/cgroup.procs'; rc=\$?
		journalctl -b --no-pager -u user@0 | tail -n 9; exit \$rc"
	check "$kernel: but moves no core function into it" sh_root \
		"$manager_job
		hlr=\$(pgrep -x osmo-hlr | head -n 1)
		! job taken \"echo \$hlr >$manager/init.scope/cgroup.procs\" && grep osmo-hlr.service /proc/\$hlr/cgroup"
	check "$kernel: PID 1 was refused nothing by these" unrefused
	check "$kernel: the same processes work" test "$before" = "$(sh_root "$alive")"

	refused 'systemctl kill' proc.sekisho 'send a signal' \
		'! systemctl kill sekishod || exit 1'
	refused 'systemctl kill -s KILL' proc.sekisho 'send a signal' \
		'! systemctl kill -s KILL sekishod || exit 1'
	refused 'systemctl kill -s STOP' proc.sekisho 'send a signal' '! systemctl kill -s STOP sekishod || exit 1'
	refused 'systemctl freeze' sekisho.cgroup 'open for writing' '! systemctl freeze sekishod || exit 1'
	for limit in MemoryMax=1M MemoryHigh=1M TasksMax=1 CPUQuota=1% CPUWeight=1; do
		refused "systemctl set-property $limit" sekisho.cgroup 'open for writing' \
			"systemctl set-property --runtime sekishod $limit; systemctl set-property sekishod $limit"
	done
	refused 'a scope with its processes' proc.sekisho 'move a process to another cgroup' \
		'for pid in $(pgrep -x sekishod); do
			busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager StartTransientUnit \
				"ssa(sv)a(sa(sv))" "taken-$pid.scope" fail 1 PIDs au 1 "$pid" 0
			sleep 0.5; grep -q sekishod.service "/proc/$pid/cgroup" || exit 1
		done'
	check "$kernel: no limit is in its cgroup" sh_root \
		'cd /sys/fs/cgroup/sekishod.service; grep -H . memory.max memory.high pids.max cpu.max 2>/dev/null; ! grep -l "^1048576\|^1 \|^1000 " memory.max memory.high cpu.max 2>/dev/null'
	check "$kernel: nor stored for its next start" sh_root \
		'! find /etc/systemd/system.control /run/systemd/system.control -path "*sekishod*" -name "*.conf" | grep .'
	check "$kernel: after all that the same processes work" test "$before" = "$(sh_root "$alive")"

	refused 'systemctl stop' proc.sekisho 'send a signal' 'systemctl stop sekishod'
	check "$kernel: and systemd watches over it again" sh_root \
		'for i in {1..100}; do systemctl is-active --quiet sekishod && break; sleep 0.1; done; systemctl is-active sekishod && sekisho status'
	refused 'systemctl restart' proc.sekisho 'send a signal' 'systemctl restart sekishod'
	check "$kernel: the collector that was started took over, without a loss" sh_root \
		'[[ $(pgrep -c -x sekishod) -eq 2 ]] && sekisho status && sekisho status --json | jq -e ".links_held == .policy.programs"'
	check "$kernel: it is systemd's main process" sh_root \
		'[[ " $(pgrep -d " " -x sekishod) " == *" $(systemctl show -P MainPID sekishod) "* ]]'
	refused 'a unit that conflicts with it' proc.sekisho 'send a signal' \
		'systemd-run --quiet --collect -p Conflicts=sekishod.service sleep 1'
	check "$kernel: and it is watched over again" sh_root \
		'for i in {1..100}; do systemctl is-active --quiet sekishod && break; sleep 0.1; done; systemctl is-active sekishod && sekisho status'
	check "$kernel: nothing was lost or told twice" balanced

	check "$kernel: another unit is limited, frozen, thawed, killed, stopped" sh_root "$stand_in
		systemctl set-property --runtime stand-in MemoryMax=64M CPUQuota=50% TasksMax=10 &&
		grep -qx 67108864 /sys/fs/cgroup/system.slice/stand-in.service/memory.max &&
		systemctl freeze stand-in && systemctl thaw stand-in && systemctl stop stand-in && ! systemctl is-active --quiet stand-in"
	check "$kernel: and killed" sh_root "$stand_in && systemctl kill -s KILL stand-in
		for i in {1..100}; do systemctl is-active --quiet stand-in || exit 0; sleep 0.1; done; exit 1"
	check "$kernel: after all that daemon-reload and daemon-reexec" sh_root \
		'systemctl daemon-reload && systemctl daemon-reexec && systemctl is-active sekishod && sekisho status'
	check "$kernel: stopping the loader's units does nothing" sh_root \
		"systemctl stop sekisho sekisho-lock; [[ -n \$($alive) ]] && sekisho status && sekisho status | grep -q '^locked *yes' && ! cat /var/lib/osmocom/hlr.db"
	check "$kernel: starting them again works" sh_root 'systemctl start sekisho sekisho-lock && sekisho status'
	check "$kernel: systemctl poweroff ends the host in time" ended
	halt
done
plan
