# SPDX-License-Identifier: GPL-2.0-or-later
# usage: awk -f report.awk -v kernels= -v sets= -v rows=DIR -v json=FILE
#
# The rows of all guests into a table on standard output and a JSON file.
# An extra is against the same boot with the control: the first phase of a boot
# warms the kernel's caches and is shown only as what an operation costs at all.

# Several rows of one operation come from several processes: the middle one.
function middle(key,   n, v, i, j, x) {
	n = split(values[key], v, " ")
	for (i = 2; i <= n; i++) {
		x = v[i] + 0
		for (j = i - 1; j > 0 && v[j] + 0 > x; j--)
			v[j + 1] = v[j]
		v[j + 1] = x
	}
	return v[int((n + 1) / 2)] + 0
}

function read_rows(kernel, set,   file, line, f, key) {
	file = rows "/" kernel "." set ".1"
	while ((getline line < file) > 0) {
		split(line, f, "\t")
		if (f[1] == "SEED" && f[2] != 1)
			reseeded = reseeded "\n- Kernel " kernel ", " set ": the guest panicked; seed " f[2] " was taken."
		if (f[1] != "ROW")
			continue
		key = f[4] SUBSEP f[3]
		if (!(key in known)) {
			known[key] = 1
			order[++n_order] = key
		}
		key = kernel SUBSEP set SUBSEP f[2] SUBSEP key
		values[key] = values[key] " " f[5]
	}
	close(file)
}

function level(kernel, set, phase, key) { return middle(kernel SUBSEP set SUBSEP phase SUBSEP key) }

function extra(kernel, set, phase, key) {
	return level(kernel, set, phase, key) - level(kernel, set, "control", key)
}

# What DESIGN promises: "x N", a multiple of the empty program, or "N" more.
function target(op) {
	if (op ~ /unlabelled|not guarded/) return "x 1.5"
	if (op ~ /^open, labelled/) return "x 3.1"
	if (op ~ /^open, allowed, recorded/) return "x 5.5"
	if (op ~ /^open, denied/) return "x 13.5"
	if (op ~ /^connect/) return "500"
	if (op ~ /fork|exec/) return "1300"
	if (op ~ /^stat|^read/) return "0"
	return ""
}

function met(goal, worst, empty) {
	if (goal == "") return ""
	if (goal ~ /^x/) return worst <= substr(goal, 3) * empty + 0.5 ? "yes" : "no"
	return worst <= goal + 0 ? "yes" : "no"
}

function ratio(x, empty) { return empty > 0 ? sprintf("%.2f", x / empty) : "-" }

function table(kernel,   i, s, key, part, empty, x, worst, least, line, goal) {
	printf "\n### Kernel %s (%s)\n\n", kernel, version(kernel)
	line = "| operation | as | without | empty |"
	for (s = 1; s <= n_sets; s++)
		line = line " " set[s] " |"
	print line " spread | ratio | target | met |"
	line = "|---|---|--:|--:|"
	for (s = 1; s <= n_sets; s++)
		line = line "--:|"
	print line "--:|--:|---|---|"
	for (i = 1; i <= n_order; i++) {
		key = order[i]
		split(key, part, SUBSEP)
		empty = extra(kernel, "empty-0", "empty", key)
		goal = target(part[1])
		line = sprintf("| %s | %s | %d | %d |", part[1], part[2], level(kernel, "empty-0", "control", key), empty)
		for (s = 1; s <= n_sets; s++) {
			x = extra(kernel, set[s], "sekisho", key)
			if (s == 1 || x > worst) worst = x
			if (s == 1 || x < least) least = x
			line = line " " x " |"
			record(kernel, part, set[s], x, empty, goal)
		}
		print line sprintf(" %d | %s | %s | %s |", worst - least, ratio(worst, empty), goal, met(goal, worst, empty))
		n_met[met(goal, worst, empty)]++
	}
}

function version(kernel,   v) {
	getline v < (vm "/kernel/" kernel "/version")
	return v
}

function record(kernel, part, set, x, empty, goal) {
	printf "%s\n  {\"kernel\": \"%s\", \"operation\": \"%s\", \"subject\": \"%s\", \"policy\": \"%s\", " \
		"\"without\": %d, \"extra\": %d, \"empty\": %d, \"target\": \"%s\", \"met\": \"%s\"}",
		comma, kernel, part[1], part[2], set, level(kernel, set, "control", part[1] SUBSEP part[2]),
		x, empty, goal, met(goal, x, empty) > json
	comma = ","
}

BEGIN {
	n_kernels = split(kernels, kernel, " ")
	n_sets = split(sets, set, " ")
	for (k = 1; k <= n_kernels; k++) {
		read_rows(kernel[k], "empty-0")
		for (s = 1; s <= n_sets; s++)
			read_rows(kernel[k], set[s])
	}
	printf "[" > json
	for (k = 1; k <= n_kernels; k++)
		table(kernel[k])
	print "\n]" > json
	printf "\n%d rows meet their target, %d do not.\n", n_met["yes"], n_met["no"]
	if (reseeded != "")
		print reseeded
}
