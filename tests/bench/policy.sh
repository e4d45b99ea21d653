#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: policy.sh rules|paths N
#
# Print the bench's policy with N rules, or with N data paths of one function.
# Whatever N, core and book are what is measured; the others only fill tables.

set -euo pipefail

[[ $# -eq 2 ]] || {
	sed -n '3p' "$0" >&2
	exit 2
}

awk -v kind="$1" -v n="$2" '
function fill(i) { return sprintf("f%03d", i) }

# Functions enough that the pairs (function, label of another) give n rules.
function functions_for(n,   k) {
	for (k = 0; 2 * k * (k - 1) < n; k++)
		;
	return k
}

function filler(k,   i) {
	for (i = 0; i < k; i++) {
		printf "  %s:\n    core-function: 1\n    exec: /srv/prog/%s\n", fill(i), fill(i)
		printf "    data: { path: /srv/fill/%s.data, optional: true }\n", fill(i)
		printf "    keys: { path: /srv/fill/%s.keys, optional: true }\n", fill(i)
	}
}

function rule(who, on) { printf "  - { allow: %s, to: [read], on: %s }\n", who, on }

function rules(n, k,   i, j) {
	for (i = 0; i < k && n > 0; i++)
		for (j = 0; j < k && n > 0; j++) {
			if (i == j)
				continue
			rule(fill(i), fill(j) ".data")
			n--
			if (n > 0) {
				rule(fill(i), fill(j) ".keys")
				n--
			}
		}
}

BEGIN {
	extra = kind == "rules" ? n - 1 : 0
	k = functions_for(extra)
	print "# One function and what it may read; the rest fills the tables."
	print "sekisho: 1\nname: bench\nversion: 1\nmode: enforce\nfunctions:"
	print "  core:\n    core-function: 4\n    exec: /usr/bin/core\n    unit: core.service"
	print "    data: [/srv/data]\n    management: [tcp:127.0.0.1:4258]"
	print "  book:\n    core-function: 3\n    exec: /srv/prog/book\n    data: [/srv/book]"
	filler(k)
	if (kind == "paths") {
		print "  bulk:\n    core-function: 1\n    exec: /srv/prog/bulk\n    data:"
		for (i = 0; i < n; i++)
			printf "      - /srv/bulk/%03d/%06d\n", i / 1000, i
	}
	print "rules:"
	rule("core", "book.data")
	rules(extra, k)
}'
