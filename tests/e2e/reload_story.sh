#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: reload_story.sh
#
# What the operator can do with the units: stop changes nothing, reload puts the
# same policy in force again without a gap, the loader by hand is refused, and the
# next policy is one that the enrolled key signed; on trial it stays only if it is
# confirmed, and a signed order goes back to the one before.  The last ones have a role for
# his logins, from the network that they come from and from another.

# Single quotes hold the guest's variables:
# shellcheck disable=SC2016
set -euo pipefail
. "$(dirname "$0")/lib.sh"

refused='out=$(cat /var/lib/osmocom/hlr.db 2>&1 >/dev/null); echo "$out"; [[ $out == *"Operation not permitted"* ]]'
policy='sekisho status --json | jq -r "[.policy.digest, .policy.generation, .policy.programs] | join(\" \")"'

begin_work
make_site "$work/site"
make_policy "$work/policy"
install -D -m 644 -t "$work/policy/etc/systemd/system/osmo-hlr.service.d" "$ROOT/policies/osmo-hlr.service.d/sekisho.conf"

# The engineer's key never comes to the host; the policy is signed with it.
"$BUILD/sekisho" keygen -o "$work/site-key" >&2
"$BUILD/sekisho" keygen -o "$work/stranger" >&2
install -D -m 644 "$work/site-key.pub" "$work/policy/etc/sekisho/keys/site.pub"
"$BUILD/sekisho" sign --key "$work/site-key.key" "$work/policy/etc/sekisho/policy.bundle"
sed 's/^version: 1$/version: 2/' "$ROOT/policies/osmo-hlr.yaml" >"$work/next.yaml"
mkdir -p "$work/policy/srv/next"
"$BUILD/sekisho" compile --offline "$work/next.yaml" -o "$work/policy/srv/next/unsigned"
sed 's/^version: 1$/version: 5/; s/^mode: enforce$/mode: audit/' "$ROOT/policies/osmo-hlr.yaml" >"$work/audit.yaml"
"$BUILD/sekisho" compile --offline "$work/audit.yaml" -o "$work/policy/srv/next/audit"
"$BUILD/sekisho" sign --key "$work/site-key.key" "$work/policy/srv/next/audit"
"$BUILD/sekisho" sign --key "$work/stranger.key" -o "$work/policy/srv/next/stranger" "$work/policy/srv/next/unsigned"
"$BUILD/sekisho" sign --key "$work/site-key.key" -o "$work/policy/srv/next/signed" "$work/policy/srv/next/unsigned"
cp "$work/policy/etc/sekisho/policy.bundle" "$work/policy/srv/next/old"
sed "s/^version: 1\$/version: 6/
s/^domains:\$/operators:\n  dba: { uid: 1000, through: sshd, network: 10.0.2.0\/24 }\n&/
s/^rules:\$/  sshd: { exec: \/usr\/sbin\/sshd, unit: ssh.service }\n&\n  - { allow: dba, to: read, on: hlr.data }/" "$ROOT/policies/osmo-hlr.yaml" >"$work/role.yaml"
"$BUILD/sekisho" compile --offline "$work/role.yaml" -o "$work/policy/srv/next/role"
"$BUILD/sekisho" sign --key "$work/site-key.key" "$work/policy/srv/next/role"
sed 's/^version: 6$/version: 7/; s/network: 10.0.2.0/network: 192.0.2.0/; s,^    data:$,&\n      - /mnt/store,' "$work/role.yaml" >"$work/elsewhere.yaml"
"$BUILD/sekisho" compile --offline "$work/elsewhere.yaml" -o "$work/policy/srv/next/elsewhere"
"$BUILD/sekisho" sign --key "$work/site-key.key" "$work/policy/srv/next/elsewhere"
for version in 3 4; do
	sed "s/^version: 1\$/version: $version/" "$ROOT/policies/osmo-hlr.yaml" >"$work/next.yaml"
	"$BUILD/sekisho" compile --offline "$work/next.yaml" -o "$work/policy/srv/next/$version"
	"$BUILD/sekisho" sign --key "$work/site-key.key" "$work/policy/srv/next/$version"
done

drop() { # usage: drop NAME; exit status of the reload
	sh_root "cp /srv/next/$1 /var/lib/sekisho-incoming/policy.bundle; systemctl reload sekisho"
}

in_force='sekisho status --json | jq -e ".policy | .names and .version == $version and (.trial_s != null) == $trial"'

wait_for() { # usage: wait_for VERSION TRIAL; until it is in force, on trial or not
	sh_root "version=$1 trial=$2; for i in {1..300}; do $in_force && exit 0; sleep 0.2; done; sekisho status; exit 1"
}

try_next() { # usage: try_next NAME TIME
	sh_root "cp /srv/next/$1 /var/lib/sekisho-incoming/policy.bundle; systemctl start sekisho-trial@$2"
}

# The engineer is told boot and load, and sends the order.
roll_back() { # usage: roll_back NAME
	local host id load digest
	read -r host id load < <(sh_root 'echo $(</etc/machine-id) $(</proc/sys/kernel/random/boot_id) $(sekisho status --json | jq .policy.loaded_ns)')
	read -r _ digest < <("$BUILD/sekisho" show "$work/policy/srv/next/$1")
	"$BUILD/sekisho" sign --rollback --digest "$digest" --key "$work/site-key.key" \
		--host "$host" --boot "$id" --load "$load" -o "$work/order" || return 1
	sh_root "base64 -d <<<$(base64 -w 0 "$work/order") >/var/lib/sekisho-incoming/signed.order; systemctl start sekisho-order"
}

refused_next() { # usage: refused_next NAME; nothing changes, and a record says so
	local before after
	before=$(sh_root "$policy; sha256sum </etc/sekisho/policy.bundle")
	! drop "$1" || return 1
	after=$(sh_root "rm /var/lib/sekisho-incoming/policy.bundle; $settle; $policy; sha256sum </etc/sekisho/policy.bundle")
	printf '%s\n%s\n' "$before" "$after"
	[[ $before == "$after" ]] && sh_root "sekisho log cat | grep -F 'bundle refused' |
		jq -c 'select(.act == \"bundle refused\") | [.reason, .controls]' | tail -n 1 | tee /dev/stderr | grep '$2.*MIC3-II.4.5.3'"
}

# The begin of the database, by a login of its own.
fresh() { # usage: fresh USER COMMAND...
	"$ROOT/tests/vm/host.sh" ssh --fresh "$guest" "$@" </dev/null
}
begin='head -c 15 /var/lib/osmocom/hlr.db'
reads() {
	fresh "$@" | grep "SQLite format 3"
}
refused_to() {
	local out
	out=$(fresh "$@" 2>&1)
	echo "$out"
	[[ $out == *"Operation not permitted"* ]]
}

# One login that reads before and after a change of policy.
begin_session() {
	fresh oper "sudo $begin; touch /tmp/begun; until [ -e /tmp/go ]; do sleep 0.2; done; sudo $begin" \
		>"$work/session" 2>&1 &
	sh_root 'for i in {1..100}; do [[ -e /tmp/begun ]] && break; sleep 0.2; done'
}
session_lost() {
	sh_root 'touch /tmp/go'
	for _ in {1..100}; do
		grep -q 'not permitted' "$work/session" && break
		sleep 0.2
	done
	cat "$work/session"
	[[ $(<"$work/session") == 'SQLite format 3'*'Operation not permitted'* ]]
}

for kernel in $KERNELS; do
	boot e2e-reload "$kernel" --product "$BUILD/stage" --product "$work/policy" --product "$work/site"
	read -r digest generation programs < <(sh_root "$policy")

	check "$kernel: osmo-hlr starts with its drop-in, which waits for a policy" sh_root \
		'systemctl show -P DropInPaths osmo-hlr | grep sekisho.conf && systemctl is-active osmo-hlr'
	check "$kernel: systemctl stop sekisho" sh_root 'systemctl stop sekisho'
	check "$kernel: leaves the policy in force" sh_root "$refused"
	check "$kernel: and the collector, which holds every link" sh_root \
		'systemctl is-active sekishod && sekisho status --json | tee /dev/stderr | jq -e ".links_held == .policy.programs"'
	check "$kernel: caches dropped, too" sh_root "sync; echo 3 >/proc/sys/vm/drop_caches; $refused"
	check "$kernel: and osmo-hlr serves" as_root "$lib/gsup" 001010000000001
	check "$kernel: systemctl start sekisho sekishod" sh_root 'systemctl start sekisho sekishod'
	check "$kernel: what was refused between is recorded" balanced

	check "$kernel: the loader by hand is refused" sh_root \
		'out=$(sekisho-load 2>&1); rc=$?; echo "$rc $out"; [[ $rc -ne 0 ]]'
	check "$kernel: and changes nothing" sh_root "$refused; sekisho status"

	read -r digest1 generation1 programs1 < <(sh_root "$policy")
	check "$kernel: start loaded the same policy again ($generation, $generation1)" \
		test "$digest $((generation + 1)) $programs" = "$digest1 $generation1 $programs1"
	# Two at once, by path and by a second process, while policies change.
	check "$kernel: three reloads while the database is tried all the time" sh_root \
		"$lib/try hammer /var/lib/osmocom/hlr.db 60 >/tmp/hammer 2>&1 & hammer=\$!
		sleep 0.5
		for i in 1 2 3; do systemctl reload sekisho || exit 1; done
		sleep 0.5
		kill -TERM \$hammer; wait \$hammer; cat /tmp/hammer; grep -q '^[1-9][0-9]* tries, 0 opened, 0 other' /tmp/hammer"
	read -r digest2 generation2 programs2 < <(sh_root "$settle; $policy")
	check "$kernel: the same policy, three generations on" \
		test "$digest1 $((generation1 + 3)) $programs1" = "$digest2 $generation2 $programs2"
	# The collector looks twice a second: of two changes it may tell the last.
	check "$kernel: a record tells of the change" sh_root \
		"sekisho log cat | grep -F 'policy changes' | jq -c 'select(.act == \"policy changes\") | .policy' | tail -n 3 |
			tee /dev/stderr | tail -n 1 | grep '\"gen\":${generation2}[,}]'"
	check "$kernel: refusals are counted under it" sh_root \
		"$refused; sekisho status --rules --json | tee /dev/stderr |
			jq -e '.policy.generation == $generation2 and any(.labels[]; .label == \"hlr.data\" and .denied > 0)'"
	check "$kernel: show prints the loaded policy, as text that compiles to the same" sh_root \
		'sekisho show --policy | tee /tmp/shown.yaml && sekisho compile --offline /tmp/shown.yaml -o /tmp/shown &&
			sekisho diff /run/sekisho/policy.bundle /tmp/shown | grep "they mean the same"'
	check "$kernel: and prints no other bundle as the loaded one" sh_root \
		'! sekisho show --loaded /tmp/shown && sekisho show --loaded /run/sekisho/policy.bundle >/dev/null'
	check "$kernel: and nothing the loader does is refused" sh_root \
		"! sekisho log cat | grep -F sekisho.loader | jq -c 'select(.verdict == \"denied\" and .proc.domain == \"sekisho.loader\") | [.act, .obj]' | grep ."
	check "$kernel: an unsigned next policy is refused" refused_next unsigned unsigned
	check "$kernel: so is one that a stranger signed" refused_next stranger unknown-key
	check "$kernel: one that the enrolled key signed takes effect" drop signed
	check "$kernel: and is installed for the next boot" sh_root \
		"cmp /srv/next/signed /etc/sekisho/policy.bundle && [[ ! -e /var/lib/sekisho-incoming/policy.bundle ]] &&
		$settle && sekisho status --json | jq -e '.policy.version == 2'"
	check "$kernel: the old one is refused then" refused_next old old-version
	check "$kernel: a third one goes on trial" try_next 3 20s
	check "$kernel: and is in force" wait_for 3 true
	check "$kernel: nobody confirms it, so the one before is back" wait_for 2 false
	check "$kernel: and the service of the trial ends" sh_root \
		'for i in {1..100}; do systemctl is-active -q sekisho-trial@20s || exit 0; sleep 0.2; done; exit 1'
	check "$kernel: a fourth one goes on trial" try_next 4 10m
	check "$kernel: and is in force, not installed" eval 'wait_for 4 true && sh_root "cmp /srv/next/signed /etc/sekisho/policy.bundle"'
	check "$kernel: confirmed it stays, and is installed" eval \
		'sh_root "systemctl start sekisho-confirm && cmp /srv/next/4 /etc/sekisho/policy.bundle" && wait_for 4 false'
	check "$kernel: a signed order goes back to the one before" eval 'roll_back signed && wait_for 2 false'
	check "$kernel: the same order again is refused" sh_root '! systemctl start sekisho-order'
	check "$kernel: and history tells it all" sh_root \
		"$settle; sekisho history | tee /dev/stderr | grep -v '^ ' | sed 's/^[^ ]*  //' | tail -n 7 | diff - <(printf '%s\n' \
			'policy takes effect on trial' 'policy on trial not confirmed, the one before is back' \
			'policy takes effect' 'policy takes effect on trial' 'policy on trial confirmed' \
			'policy before is back by a signed order' 'order refused: other-load')"
	check "$kernel: osmo-hlr serves" as_root "$lib/gsup" 001010000000001
	check "$kernel: the backup runs" sh_root 'systemctl start hlr-backup.service'
	check "$kernel: osmo-hlr, started anew, serves" sh_root \
		"systemctl restart osmo-hlr; for i in {1..50}; do ss -Hltn 'sport = 4222' | grep -q . && break; sleep 0.1; done; $lib/gsup 001010000000001"

	# The daily self-test: by the unit of the timer, and in mode audit it must fail.
	check "$kernel: the self-test's unit: all it tries is refused and recorded" sh_root \
		'systemctl start sekisho-selftest; rc=$?
		journalctl -b --no-pager -o cat -u sekisho-selftest | tail -n 40; exit $rc'
	check "$kernel: each kind of asset among it" sh_root \
		'journalctl -b --no-pager -o cat -u sekisho-selftest >/tmp/selftest
		for label in hlr.data hlr.exec hlr.unit hlr.management hlr.device proc.hlr proc.sekisho sekisho.config \
			sekisho.log sekisho.bpf sekisho.secret net.capture kernel.bpf; do
			grep "^refused  *$label " /tmp/selftest || { echo "no $label"; exit 1; }
		done; ! grep ^FAIL /tmp/selftest'
	check "$kernel: its records are told from an operator's acts" sh_root \
		'sekisho report --format json --controls /usr/share/sekisho/policies/controls /var/log/sekisho >/tmp/report.json
		jq -c ".totals.selftest, (.items[] | select(.id == \"TTS-S2-02\") | .reasons)" /tmp/report.json | tee /dev/stderr >/tmp/out
		jq -e ".totals.selftest > 12 and ([.items[] | select(.id == \"TTS-S2-02\") | .reasons[].code] | index(\"probed\") != null)" /tmp/report.json'
	check "$kernel: the timer of the self-test can be enabled" sh_root \
		'systemctl enable --now sekisho-selftest.timer && systemctl is-active sekisho-selftest.timer && systemctl disable --now sekisho-selftest.timer'
	check "$kernel: a policy in mode audit takes effect" drop audit
	check "$kernel: then the self-test fails and says what was let through" sh_root \
		"$settle; sekisho selftest >/tmp/selftest 2>&1; rc=\$?; cat /tmp/selftest
		[[ \$rc -eq 1 ]] && grep '^FAIL  *hlr.data .*/var/lib/osmocom, let through, record [0-9]*\$' /tmp/selftest &&
			grep '^FAIL  *hlr.management .*let through' /tmp/selftest && grep '^refused  *sekisho.config ' /tmp/selftest"

	# What opens learnt of a filesystem lies in the slot of a policy, which the second after it takes.
	check "$kernel: files of a filesystem that no policy names are read" sh_root \
		'mount -t tmpfs none /mnt && echo data >/mnt/store && cat /mnt/store /mnt/store'

	# sshd runs in its domain from its next start on.
	check "$kernel: a policy with a role takes effect" drop role
	check "$kernel: sshd starts anew" sh_root 'systemctl restart ssh'
	check "$kernel: a login of the role through it, from its network, reads the database" reads oper sudo "$begin"
	check "$kernel: and the record names the role" sh_root \
		"$settle; sekisho log cat | grep -F dba | jq -c 'select(.verdict == \"allowed\" and .proc.domain == \"dba\") | [.who, .obj]' |
			tee /dev/stderr | grep '\"auid\":1000'"
	check "$kernel: a login from before does not" sh_root "$refused"
	check "$kernel: nor one of another, as that user neither" refused_to root "su oper -c 'sudo $begin'"
	check "$kernel: nor a service that begins a login as him" sh_root \
		"out=\$(systemd-run -q --wait -P sh -c 'echo 1000 >/proc/self/loginuid && cat /proc/self/loginuid && $begin' 2>&1)
		echo \"\$out\"; [[ \$out == 1000*'Operation not permitted'* ]]"
	begin_session
	check "$kernel: a policy takes effect that gives the role to another network" drop elsewhere
	check "$kernel: and names a file of that filesystem, which is closed" sh_root \
		'out=$(cat /mnt/store 2>&1); echo "$out"; [[ $out == *"Operation not permitted"* ]]'
	check "$kernel: then the same login does not read" refused_to oper "sudo $begin"
	check "$kernel: and a session from before reads no more" session_lost
	halt
done
plan
