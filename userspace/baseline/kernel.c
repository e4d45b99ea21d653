// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel.c - the kernel that runs, what it was told, and the code that joined it.
 */
#define _GNU_SOURCE
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "userspace/baseline/baseline.h"

void seki_baseline_kernel(struct seki_section *s)
{
	static const struct {
		const char *name, *path;
	} facts[] = {
		{ "hostname", "/proc/sys/kernel/hostname" },
		{ "lockdown", "/sys/kernel/security/lockdown" },
		{ "lsm", "/sys/kernel/security/lsm" },
		{ "release", "/proc/sys/kernel/osrelease" },
		{ "tainted", "/proc/sys/kernel/tainted" },
		{ "version", "/proc/sys/kernel/version" },
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		const char *text;
		int err = seki_posture_read(s->p, facts[i].path, &text);

		if (!err)
			seki_section_put(s, facts[i].name, "%s", text);
		else if (!seki_posture_absent(s->p, facts[i].path))
			seki_section_unseen(s, facts[i].path, err);
	}
}

/* "console=tty0 console=ttyS0": what a parameter has, in its order. */
void seki_baseline_cmdline(struct seki_section *s)
{
	int err = seki_posture_words(s->p);

	if (err) {
		seki_section_unseen(s, "/proc/cmdline", err);
		return;
	}
	for (size_t i = 0; i < s->p->words; i++) {
		const char *word = s->p->word[i];
		size_t n = strcspn(word, "=");
		char *key = seki_arena_copy(&s->p->arena, word, n);

		seki_section_put(s, key, "%s", word[n] ? word + n + 1 : "set");
	}
}

/* How often a module is used changes all day; what it is does not. */
static void module(struct seki_section *s, const char *line, size_t len)
{
	const char *taint = memrchr(line, '(', len), *version = "";
	char *name = seki_arena_copy(&s->p->arena, line, strcspn(line, " "));
	const char *path = seki_arena_printf(&s->p->arena, "/sys/module/%s/srcversion", name);

	if (seki_posture_read(s->p, path, &version))
		version = "";
	seki_section_put(s, name, "loaded%s%s%s%.*s", *version ? ", source " : "", version,
			 taint ? " " : "", taint ? (int)(line + len - taint) : 0, taint ?: "");
}

void seki_baseline_modules(struct seki_section *s)
{
	const char *text;
	size_t n;
	int err = seki_posture_read(s->p, "/proc/modules", &text);

	if (err && !seki_posture_absent(s->p, "/proc/modules"))
		seki_section_unseen(s, "/proc/modules", err);
	for (; !err && *text; text += n + !!text[n]) {
		n = strcspn(text, "\n");
		if (n)
			module(s, text, n);
	}
}

/* Numbers of programs are new after each boot: how many of a name and type. */
void seki_baseline_programs(struct seki_section *s)
{
	struct seki_posture_programs list;
	int err = seki_posture_all_programs(s->p, &list);

	if (err == -EOPNOTSUPP)
		s->why = "a tree has no BPF programs";
	else if (err)
		seki_section_unseen(s, "bpf(2)", err);
	for (size_t i = 0; !err && i < list.count; i++) {
		const struct seki_posture_program *a = &list.program[i];
		const char *type = libbpf_bpf_prog_type_str(a->type) ?: "unknown";
		const char *key = seki_arena_printf(&s->p->arena, "%s %s", type, a->name);
		size_t n = 0;

		for (size_t j = 0; j < list.count; j++)
			n += list.program[j].type == a->type &&
			     !strcmp(list.program[j].name, a->name);
		if (!json_object_get(s->values, key))
			seki_section_put(s, key, "%zu", n);
	}
}
