# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Shared by the demo and the stories: what the guests are given, how a guest is
# run, how what was tried is joined with what was recorded, and TAP.
# Sourced, never run.

# The sourcing scripts read these:
# shellcheck disable=SC2034
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$ROOT/$BUILD ;; esac
export BUILD
KERNELS=${KERNELS:-6.1 6.12}
E2E=$BUILD/e2e
me=${0##*/}
lib=/usr/local/lib/e2e	# where our programs are in the guest
cores=(container-hlr kamailio qemu-vnf osmo-stp)	# a policy and a list of attempts each, beside osmo-hlr

die() {
	echo "$me: $*" >&2
	exit 1
}

# ---- what the guests are given ---------------------------------------------

# Our programs and a few files of the site; the same with and without Sekisho.
# Each script its own tree: several may run at once.
make_site() {
	local tree=$1 deb list
	rm -rf "$tree"
	install -D -m 755 -t "$tree$lib" "$E2E/try" "$E2E/gsup" "$E2E/m3ua" "$E2E/preload.so"
	# What the operator's own container begins with.
	install -D -m 644 "$ROOT/tests/e2e/guest/container-hlr.json" "$tree$lib/container.json"
	for list in attempt attempts "${cores[@]}"; do
		install -m 755 -t "$tree$lib" "$ROOT/tests/e2e/$list.sh"
	done
	install -D -m 644 "$ROOT/tests/e2e/guest/osmo-hlr.cfg" "$tree/etc/osmocom/osmo-hlr.cfg"
	install -D -m 644 "$ROOT/tests/e2e/guest/osmo-hlr.logrotate" "$tree/etc/logrotate.d/osmo-hlr"
	install -D -m 644 -t "$tree/etc/systemd/system" "$ROOT/tests/e2e/guest/hlr-backup.service"
	mkdir -p "$tree/var/backups/hlr" "$tree/var/log/osmocom"

	# A package of one file, for the operator to install.
	deb=$tree.deb
	rm -rf "$deb"
	mkdir -p "$deb/DEBIAN" "$deb/usr/bin"
	printf '%s\n' 'Package: sekisho-e2e-tiny' 'Version: 1' 'Architecture: all' \
		'Maintainer: Sekisho <root@localhost>' 'Description: a package to install' >"$deb/DEBIAN/control"
	printf '#!/bin/sh\necho installed\n' >"$deb/usr/bin/sekisho-e2e-tiny"
	chmod 755 "$deb/usr/bin/sekisho-e2e-tiny"
	dpkg-deb --root-owner-group --build "$deb" "$tree$lib/tiny.deb" >/dev/null
	rm -rf "$deb"
}

# usage: make_boot TREE KERNEL...	what kexec(8) loads
make_boot() {
	local tree=$1 kernel
	for kernel in "${@:2}"; do
		# shellcheck disable=SC2016  # for a shell of its own: common.sh has other names
		bash -euc '. "$1/tests/vm/common.sh"; find_kernel "$2"
			install -D -m 644 "$KDIR/vmlinuz" "$3/boot/vmlinuz-$KVER"' "$0" "$ROOT" "$kernel" "$tree"
	done
}

# The other core functions, in a tree of make_site: configured and enabled. Those
# of a package are enabled by their links, the others by being there.
make_cores() {
	local tree=$1 from=$ROOT/tests/e2e/guest units=etc/systemd/system
	install -D -m 644 "$from/kamailio.cfg" "$tree/etc/kamailio/kamailio.cfg"
	install -D -m 644 "$from/vnf.conf" "$tree/etc/vnf/vnf.conf"
	install -D -m 644 "$E2E/vnf.bin" "$tree/var/lib/vnf/firmware.bin"
	printf '%512ssubscriber key 5ec0f00d5ec0f00d5ec0f00d' '' >"$tree/var/lib/vnf/disk.img"
	truncate -s 1M "$tree/var/lib/vnf/disk.img"
	chmod 666 "$tree/var/lib/vnf/disk.img" # in a directory of the function's user
	install -D -m 644 "$from/container-hlr.json" "$tree/var/lib/container-hlr/config.json"
	install -D -m 644 "$from/container-hlr.cfg" "$tree/var/lib/container-hlr/lower/etc/osmocom/osmo-hlr.cfg"
	install -D -m 644 -t "$tree/$units" "$from"/{vnf,container-hlr}.service "$from"/*.mount
	install -D -m 644 -t "$tree/etc/systemd/network" "$from"/vnf0.{netdev,network}
	install -D -m 644 "$from/cores.modules" "$tree/etc/modules-load.d/cores.conf"
	mkdir -p "$tree/$units/multi-user.target.wants"
	ln -s /lib/systemd/system/{kamailio,osmo-stp}.service "$tree/$units/multi-user.target.wants"
}

# One policy of several that ship: functions, domains and rules of all, the powers
# of all, each domain once. Comments go.
merge_policies() {
	awk '
	FNR == 1 { section = "" }
	/^ *#/ || /^ *$/ { next }
	/^[a-z]/ { section = $1; name = "" }
	section !~ /^(functions|domains|rules|kernel):$/ { next }
	/^[a-z]/ { next }
	section == "kernel:" {
		word = $1
		sub(/ *#.*/, "")
		if (!(word in power)) { powers[++n] = word; power[word] = $2 }
		value = $0
		sub(/^ *[a-z]*: */, "", value)
		if (value ~ /^\[/) {
			gsub(/[][]/, "", value)
			k = split(value, who, / *, */)
			for (i = 1; i <= k; i++)
				if (!seen[word, who[i]]++)
					list[word] = list[word] (list[word] ? ", " : "") who[i]
		}
		next
	}
	section == "domains:" && /^  [a-z]/ { skip = named[$1]++ }
	section != "domains:" || !skip { text[section] = text[section] $0 "\n" }
	END {
		print "sekisho: 1\nname: core-host\nversion: 1\nmode: enforce"
		printf "functions:\n%sdomains:\n%srules:\n%skernel:\n", text["functions:"], text["domains:"], text["rules:"]
		for (i = 1; i <= n; i++)
			printf "  %s %s\n", powers[i], list[powers[i]] ? "[" list[powers[i]] "]" : power[powers[i]]
	}' "$@"
}

# What a host gets by "sekisho compile"; here the files are in the guest, so the
# directory of libraries is sealed as a whole, under the name of one function.
# usage: make_policy TREE [NAME...]   of policies/; osmo-hlr if none is given
make_policy() {
	local tree=$1 name files=()
	shift
	mkdir -p "$tree/etc/sekisho"
	for name in "${@:-osmo-hlr}"; do files+=("$ROOT/policies/$name.yaml"); done
	if [[ ${#files[@]} -gt 1 ]]; then merge_policies "${files[@]}"; else cat "${files[@]}"; fi |
		sed 's,^    exec: /usr/bin/osmo-hlr$,&\n    code: [/usr/lib/x86_64-linux-gnu],' >"$tree.yaml"
	"$BUILD/sekisho" compile --offline "$tree.yaml" -o "$tree/etc/sekisho/policy.bundle"
}

# ---- guests ------------------------------------------------------------------

guest=
# usage: boot NAME KERNEL OPTION...
boot() {
	guest=$1
	"$ROOT/tests/vm/host.sh" start --name "$1" --kernel "$2" "${@:3}" >&2
}

halt() {
	[[ -z $guest ]] || "$ROOT/tests/vm/host.sh" stop "$guest" 2>/dev/null || true
	guest=
}

# The operator: by ssh, with a login uid, then root by sudo.
operator() {
	"$ROOT/tests/vm/host.sh" ssh "$guest" oper "$@" </dev/null
}
as_root() {
	operator sudo "$@"
}

work=
begin_work() {
	work=$(mktemp -d "${TMPDIR:-/tmp}/sekisho-e2e.XXXXXX")
	trap 'halt; rm -rf "$work"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# Commands of one line for the guest's root, as the operator gives them.
sh_root() {
	printf '%s\n' "$1" | "$ROOT/tests/vm/host.sh" ssh "$guest" oper sudo bash
}

# Until the collector has written what the kernel has told.
# shellcheck disable=SC2016  # for the guest's shell
settle='for i in $(seq 150); do
	status=$(sekisho status --json 2>/dev/null) && break
	[[ $status == *backlog* ]] && break
	sleep 0.2
done
for i in $(seq 150); do
	[[ $(sekisho status --json | jq "[.rings[].backlog] | add") == 0 ]] && break
	sleep 0.2
done
sleep 0.6'

# Kernel's counters and the log, which must agree:
# denied, recorded and lost of the kernel; denied, allowed and ids twice of the log.
balance() {
	sh_root "$settle
		sekisho status --json | jq -r '[.counters.denied, .counters.recorded, (.loss // {} | add // 0)] | join(\" \")' |
			{ read -r a b c; printf 'kernel: %s denied, %s recorded, %s lost\n' \$a \$b \$c; }
		sekisho log cat | jq -sr 'map(select(.class == \"access\" and .obj.label != \"sekisho.canary\")) |
			[(map(select(.verdict == \"denied\")) | length), (map(select(.verdict == \"allowed\")) | length),
			 (length - (map(.id) | unique | length))] | join(\" \")' |
			{ read -r a b c; printf 'log: %s denied, %s recorded, %s twice\n' \$a \$b \$c; }"
}

# usage: balanced [LOST_MAX]
# A record for each refusal, once; of those missing each is a counted loss. The
# evidence ring also carries entries into domains, so a loss may be one of them.
balanced() {
	local text
	text=$(balance)
	echo "$text"
	awk -v most="${1:-0}" '
		$1 == "kernel:" { kernel = $2 + $4; lost = $6 }
		$1 == "log:" { log_ = $2 + $4; twice = $6; got = 1 }
		END {
			missing = kernel - log_
			exit !(got && kernel && !twice && missing >= 0 && missing <= lost && lost - missing <= 50 && lost <= most)
		}' <<<"$text"
}

# Denials of the guest's log, one a line: what join needs.
records() {
	sh_root "$settle"
	as_root "sh -c 'sekisho log cat'" >"$1.jsonl"
	# shellcheck disable=SC2016
	operator 'sudo sh -c "sekisho log cat --whole" | jq -r '\''select(.verdict == "denied") |
		[.bt, .id, .obj.label // "-", .act, .proc.comm, .err // "-",
		 (if .who.mark then "operator" else "job" end), .who.name // "-", .who.from // "-",
		 (.controls // [] | join(" "))] | @tsv'\''' >"$1"
}

# In a guest whose initramfs loads: the first load is older than the host's init, the
# second is of its unit.
# shellcheck disable=SC2016  # for the guest's shell
early() {
	sh_root "$settle"'; init=$(systemctl show -P UserspaceTimestampMonotonic)
		cat /var/log/sekisho/records*.jsonl | jq -s --argjson init "$init" "
			map(select(.act == \"policy takes effect\") | .bt / 1000 < \$init)" | tee /dev/stderr | jq -e ". == [true, false]"'
}

# ---- the lists of attempts -----------------------------------------------------

# usage: try_lists LIST...   as the operator
try_lists() {
	local list
	for list; do as_root "$lib/$list.sh"; done
}

# usage: all_ran ROWS LIST...
all_ran() {
	local rows=$1 list
	shift
	[[ $(wc -l <"$rows") -eq $(for list; do "$ROOT/tests/e2e/$list.sh" --list; done | wc -l) ]]
}

# ---- what was tried, joined with what was recorded ----------------------------

# usage: join WITHOUT WITH RECORDS
# One row a line, fields separated by tabs:
#	good kind name title without with errno record controls who why
join() {
	awk -F '\t' -v OFS='\t' '
	FILENAME == ARGV[1] { before[$2] = $6; before_text[$2] = $13; next }
	FILENAME == ARGV[3] {
		n++
		bt[n] = $1 + 0; id[n] = $2; label[n] = $3; act[n] = $4; comm[n] = $5
		err[n] = $6; mark[n] = $7; who[n] = $8 " from " $9; controls[n] = $10
		next
	}
	{ row[++rows] = $0 }
	function listed(word, list,   i, w, k) {
		k = split(list, w, "|")
		for (i = 1; i <= k; i++)
			if (w[i] == word)
				return 1
		return 0
	}
	END {
		for (r = 1; r <= rows; r++) {
			split(row[r], f, "\t")
			kind = f[1]; name = f[2]; found = 0; near = ""
			for (i = 1; i <= n && kind != "twin"; i++) {
				if (bt[i] < f[4] + 0 || bt[i] > f[5] + 0)
					continue
				if (listed(label[i], f[9]) && listed(act[i], f[10]) && listed(comm[i], f[11]) && mark[i] == f[12]) {
					found = i
					break
				}
				near = near " [" label[i] ", " act[i] ", " comm[i] ", " mark[i] "]"
			}
			was = kind == "own" ? "-" : before[name] ? before[name] : "not run"
			why = ""
			if (was != "ok" && kind != "own")
				why = "without: " before_text[name]
			if (kind == "twin" && f[6] != "ok")
				why = why " with: " f[13]
			if (kind != "twin" && f[6] == "ok")
				why = why " went through"
			if (kind != "twin" && !found)
				why = why " no record; there were:" near
			# Not every program tells; the record always does.
			if (found && f[7] == "")
				f[7] = err[found]
			if (kind != "twin" && f[7] != f[8])
				why = why " errno " f[7] ", not " f[8] ": " f[13]
			print (why == ""), kind, name, f[3], was, f[6], f[7], found ? id[found] : "", found ? controls[found] : "", found ? who[found] : "", why
		}
	}' "$1" "$2" "$3"
}

# ---- TAP -------------------------------------------------------------------------

tests=0 failed=0
# usage: check "description" COMMAND...
check() {
	local what=$1 out
	shift
	tests=$((tests + 1))
	if out=$("$@" 2>&1); then
		echo "ok $tests - $what"
	else
		failed=$((failed + 1))
		echo "not ok $tests - $what"
		[[ -z $out ]] || head -n 20 <<<"$out" | sed 's/^/# /'
	fi
}

row() {
	[[ $1 == 1 ]] || { echo "$2"; return 1; }
}

# usage: check_table KERNEL TABLE   a test for each row of join
check_table() {
	local good kind name title was now errno _ why
	while IFS=$'\t' read -r good kind name title was now errno _ why; do
		check "$1: $kind $name: $title ($was, $now${errno:+ }$errno)" row "$good" "$why"
	done < <(awk -F '\t' -v OFS='\t' '{ print $1, $2, $3, $4, $5, $6, $7 == "" ? " " : $7, ".", $11 }' "$2")
}

# The tools judge what was recorded as the kernel did: by the same policy nothing
# would end otherwise.
# usage: same_verdicts BUNDLE RECORDS
same_verdicts() {
	local out
	out=$("$BUILD/sekisho" replay --all "$1" "$2") || return 1
	echo "$out"
	awk '/acts judged/ { acts = $3 } /^(let through|refused) before/ { other = 1 } END { exit !(acts > 30 && !other) }' <<<"$out"
}

# What a guest without Sekisho lets through: the attempts are worth something.
# usage: try_without LIST...   in the guest that runs, which halts
try_without() {
	try_lists "$@" >"$work/without"
	halt
}

# usage: try_with KERNEL LIST...   the same; a test for each attempt and for the host
# shellcheck disable=SC2016  # for the guest's shell
try_with() {
	local kernel=$1
	shift
	try_lists "$@" >"$work/with"
	records "$work/records"
	check "$kernel: no service failed" sh_root 'failed=$(systemctl --failed --plain --no-legend); echo "$failed"; [[ -z $failed ]]'
	check "$kernel: each refusal has one record" balanced
	halt
	check "$kernel: the tools judge as the kernel did" same_verdicts \
		"$work/policy/etc/sekisho/policy.bundle" "$work/records.jsonl"
	join "$work/without" "$work/with" "$work/records" >"$work/table"
	check_table "$kernel" "$work/table"
	check "$kernel: every attempt ran" all_ran "$work/with" "$@"
}

plan() {
	echo "1..$tests"
	[[ $failed -eq 0 ]]
}
