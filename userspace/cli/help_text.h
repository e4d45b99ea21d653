/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * help_text.h - what the help of a subcommand says, taken apart: so completion knows
 * what people are told, and no second list can differ from it.
 */
#ifndef SEKI_HELP_TEXT_H
#define SEKI_HELP_TEXT_H

#include "userspace/cli/command.h"
#include "userspace/lib/arena.h"

struct seki_help_option {
	const char *name;  /* "--log" */
	const char *value; /* "FILE", "en|ja"; "" if it has none */
	const char *text;  /* "" if only the usage names it */
};

struct seki_help {
	struct seki_help_option option[48];
	size_t options;
	const char *word[16]; /* first words that choose what it does: list, show */
	size_t words;
};

/* Runs the subcommand for its help.  0 or -1 with errno. */
int seki_help_read(const struct seki_command *c, struct seki_arena *arena, struct seki_help *ret);

#endif /* SEKI_HELP_TEXT_H */
