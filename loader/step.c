// SPDX-License-Identifier: GPL-2.0-or-later
/* step.c - the steps of a load have names: to be shown, and for tests to end after. */
#define _GNU_SOURCE
#include "loader/loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool seki_verbose;

void seki_step(const char *name)
{
	const char *last = secure_getenv("SEKISHO_TEST_DIE_AFTER");

	if (seki_verbose)
		fprintf(stderr, "sekisho-load: %s\n", name);
	if (last && !strcmp(last, name))
		_exit(70);
}
