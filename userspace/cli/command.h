/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command.h - the table of subcommands, main.c. */
#ifndef SEKI_COMMAND_H
#define SEKI_COMMAND_H

#include <stddef.h>

struct seki_command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

extern const struct seki_command seki_commands[];
extern const size_t seki_commands_count;

#endif /* SEKI_COMMAND_H */
