#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: run.sh BUILD   (make bench-collector; ROUNDS=5 SECONDS_EACH=3 BENCH_DIR=dir)
#
# The collector beside a bare line, rsyslog and journald, by turns, with the same
# record: medians of ROUNDS. Each consumer has processor 0, who sends to it the others.
# rsyslog and journald sync by themselves or never; nothing makes them do it each 100 ms.
#
# Wall clock is what other work on the machine leaves; processor time of the consumer
# is nearer to what a record costs. The table has both, and how far the rounds differ.

set -euo pipefail
here=$(dirname "$0")
build=$1
rounds=${ROUNDS:-5}
each=${SECONDS_EACH:-3}
dir=${BENCH_DIR:-$build/bench/collector}
daemon=
others=$(($(nproc) > 1 ? 1 : 0))-$(($(nproc) - 1))
mkdir -p "$dir"
dir=$(realpath "$dir")
# shellcheck disable=SC2317
clean() {
	[[ -z $daemon ]] || kill "$daemon" 2>/dev/null || true
	rm -rf "$dir/work" "$dir/tiles"
}
trap clean EXIT
: >"$dir/rows"

# Tiles are thousands of small files. While ext4 without a journal remembers as many that were
# deleted, making one costs ten times as much: they stay to the end.
fresh() {
	mkdir -p "$dir/tiles"
	[[ ! -d $dir/work/tile ]] || mv "$dir/work/tile" "$dir/tiles/$SECONDS.$RANDOM"
	rm -rf "$dir/work"
	mkdir -p "$dir/work"
	sync -f "$dir"
}

row() { # NAME "RECORDS WALL CPU BYTES RSS"
	echo "$1 $2" >>"$dir/rows"
	echo "# $1: $2"
}

ours() {
	fresh
	row "$1" "$(taskset -c 0 "$build/bench/collector_bench" "$dir/work" "$each" "$1")"
	[[ $1 == collector ]] || return 0
	tail -qn 1 "$dir"/work/*.jsonl | tail -n 1 >"$dir/record"
	[[ -s $dir/packed ]] ||
		awk 'NR <= 100000; NR > 100000 { exit }' "$dir"/work/*.jsonl | zstd -q -3 -c | wc -c >"$dir/packed"
}

cpu() { awk -v hz="$(getconf CLK_TCK)" '{ printf "%.2f", ($14 + $15) / hz }' "/proc/$1/stat"; }

# The daemon is up when its socket is there.
await() {
	for ((i = 0; i < 100; i++)); do
		[[ ! -S $1 ]] || return 0
		sleep 0.05
	done
	echo "run.sh: $1 does not appear" >&2
	exit 1
}

# What has been sent is in the file when the file does not grow any more.
settled() {
	local before=-1 now
	while now=$(du -sb "$1" | cut -f1) && [[ $now != "$before" ]]; do
		before=$now
		sleep 0.1
	done
}

peer() { # NAME SOCKET DATAGRAM OUTPUT LINES
	local begin end before sent
	await "$2"
	begin=$(date +%s.%N)
	before=$(cpu "$daemon")
	sent=$(taskset -c "$others" "$build/bench/peer_send" "$2" "$each" "$3")
	settled "$4"
	end=$(date +%s.%N)
	row "$1" "$sent $(awk -v a="$begin" -v b="$end" -v c="$before" -v d="$(cpu "$daemon")" -v n="$sent" \
		-v bytes="$(du -sb "$4" | cut -f1)" -v rss="$(awk '/VmHWM/ { print $2 }' "/proc/$daemon/status")" \
		'BEGIN { printf "%.3f %.3f %.0f %d", b - a, d - c, bytes / n, rss }')"
	[[ $($5) -eq $sent ]] || echo "# $1: $sent sent, $($5) kept"
	kill "$daemon"
	wait "$daemon" 2>/dev/null || true
	daemon=
}

kept_lines() { wc -l <"$dir/work/out"; }
kept_entries() { journalctl -q -D "$dir/work/journal" -o cat --output-fields=PRIORITY 2>/dev/null | wc -l; }

rsyslog() {
	fresh
	cat >"$dir/work/conf" <<-END
		module(load="imuxsock" SysSock.Use="off")
		input(type="imuxsock" Socket="$dir/work/s" CreatePath="on" RateLimit.Interval="0")
		template(name="line" type="string" string="%msg:2:\$%\n")
		*.* action(type="omfile" file="$dir/work/out" template="line")
	END
	{ printf '<134>Nov 21 00:00:00 sekisho: '; tr -d '\n' <"$dir/record"; } >"$dir/datagram"
	taskset -c 0 rsyslogd -n -f "$dir/work/conf" -i "$dir/work/pid" >"$dir/rsyslog.err" 2>&1 &
	daemon=$!
	: >"$dir/work/out"
	peer rsyslog "$dir/work/s" "$dir/datagram" "$dir/work/out" kept_lines
}

# In a mount namespace of its own: it takes its places from no option.
journald() {
	fresh
	mkdir -p "$dir/work/journal"
	{ printf 'MESSAGE='; tr -d '\n' <"$dir/record"; printf '\nPRIORITY=6\n'; } >"$dir/datagram"
	taskset -c 0 unshare -m bash "$here/journald.sh" "$dir/work/journal" >"$dir/journald.err" 2>&1 &
	daemon=$!
	peer journald "/proc/$daemon/root/run/systemd/journal/socket" "$dir/datagram" "$dir/work/journal" kept_entries
}

rm -f "$dir/packed"
for ((round = 0; round < rounds; round++)); do
	ours bare
	ours collector
	rsyslog
	journald
done

awk -v packed="$(($(cat "$dir/packed") / 100000))" -v each="$each" -v load="$(cut -d' ' -f2 /proc/loadavg)" '
	function median(of, name, n,   i, j, v, t) {
		for (i = 1; i <= n; i++) v[i] = of[name, i]
		for (i = 2; i <= n; i++)
			for (j = i; j > 1 && v[j] + 0 < v[j - 1] + 0; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
		return v[int((n + 1) / 2)]
	}
	{
		n[$1]++
		if (n[$1] == 1) order[++names] = $1
		rate[$1, n[$1]] = $2 / $3
		cost[$1, n[$1]] = 1e6 * $4 / $2
		if (n[$1] == 1 || $2 / $3 < least[$1]) least[$1] = $2 / $3
		if ($2 / $3 > most[$1]) most[$1] = $2 / $3
		bytes[$1, n[$1]] = $5
		rss[$1, n[$1]] = $6 / 1024
	}
	END {
		base = median(rate, "collector", n["collector"])
		own = median(cost, "collector", n["collector"])
		print "| consumer | records/s | least to most | us of processor a record | bytes a record | resident MB | collector is | by processor |"
		print "|---|--:|--:|--:|--:|--:|--:|--:|"
		for (i = 1; i <= names; i++) {
			k = order[i]
			r = median(rate, k, n[k])
			c = median(cost, k, n[k])
			printf "| %s | %d | %d to %d | %.2f | %d | %.0f | %.2f | %.2f |\n", k, r, least[k], most[k], c,
				median(bytes, k, n[k]), median(rss, k, n[k]), base / r, c / own
		}
		printf "\nmedians of %d runs of %d s, load %s; a record of the collector compressed (zstd -3): %d bytes\n",
			n["collector"], each, load, packed
	}' "$dir/rows" | tee "$dir/table.md"
