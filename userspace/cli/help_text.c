// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/help_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/cli.h"
#include "userspace/lib/cleanup.h"

/* stdout is a variable in glibc: for one call it is memory. */
static char *help_of(const struct seki_command *c)
{
	char *argv[] = { (char *)c->name, (char[]){ "--help" }, NULL }, *text = NULL;
	FILE *real = stdout;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		return NULL;
	stdout = memory;
	optind = 0; /* getopt begins anew */
	c->run(2, argv);
	stdout = real;
	fclose(memory);
	return text;
}

static struct seki_help_option *option_named(struct seki_help *h, struct seki_arena *arena,
					     const char *name, size_t len)
{
	for (size_t i = 0; i < h->options; i++)
		if (strlen(h->option[i].name) == len && !memcmp(h->option[i].name, name, len))
			return &h->option[i];
	if (h->options == sizeof(h->option) / sizeof(*h->option))
		return NULL;
	h->option[h->options] =
		(struct seki_help_option){ seki_arena_copy(arena, name, len), "", "" };
	return &h->option[h->options++];
}

/* Behind a name and a blank, what is no further option: its value. */
static const char *value_at(struct seki_arena *arena, const char *at, const char *end)
{
	size_t n = 0;

	if (at == end || *at != ' ' || at + 1 == end || strchr(" -[(", at[1]))
		return "";
	for (at++; at + n < end && !strchr(" ],", at[n]); n++)
		;
	return seki_arena_copy(arena, at, n);
}

/* All names up to end, and the value of the last one; it is that of all if they share
 * a line of the list.
 */
static void read_options(struct seki_help *h, struct seki_arena *arena, const char *s,
			 const char *end, const char *text)
{
	const char *value = "";

	for (const char *at = s; (at = strstr(at, "--")) && at < end;) {
		size_t n = 2 + strspn(at + 2, "abcdefghijklmnopqrstuvwxyz-");
		struct seki_help_option *o = n > 2 ? option_named(h, arena, at, n) : NULL;

		value = value_at(arena, at + n, end);
		if (o && *value && (*text || !*o->value))
			o->value = value; /* the list knows better than a form */
		if (o && !*o->text)
			o->text = text;
		at += n;
	}
	for (size_t i = 0; *text && i < h->options; i++)
		if (h->option[i].text == text && !*h->option[i].value)
			h->option[i].value = value;
}

static void read_word(struct seki_help *h, struct seki_arena *arena, const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz");

	if (!n || (s[n] != ' ' && s[n] != '\n' && s[n]) ||
	    h->words == sizeof(h->word) / sizeof(*h->word))
		return;
	h->word[h->words++] = seki_arena_copy(arena, s, n);
}

/* "usage: sekisho NAME WORD ...", or a further form of it. */
static const char *form(const struct seki_command *c, const char *line)
{
	char begin[64];

	if (!strncmp(line, "usage: ", 7) || !strncmp(line, "       ", 7))
		line += 7;
	snprintf(begin, sizeof(begin), "sekisho %s ", c->name);
	return strncmp(line, begin, strlen(begin)) ? NULL : line + strlen(begin);
}

static void read_line(struct seki_help *h, struct seki_arena *arena, const struct seki_command *c,
		      const char *line)
{
	const char *first = line + strspn(line, " "), *end = line + strlen(line);
	const char *gap = strstr(first, "  "), *rest = form(c, line);

	if (rest)
		read_word(h, arena, rest);
	if (rest || *first == '[')
		read_options(h, arena, first, end, "");
	else if (*first == '-' && gap)
		read_options(h, arena, first, gap,
			     seki_arena_copy(arena, gap + strspn(gap, " "),
					     strlen(gap + strspn(gap, " "))));
}

int seki_help_read(const struct seki_command *c, struct seki_arena *arena, struct seki_help *ret)
{
	seki_autofree char *text = help_of(c);
	char *line, *save;

	*ret = (struct seki_help){ 0 };
	if (!text)
		return -1;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		read_line(ret, arena, c, line);
	return 0;
}
