// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verify_consistency.c - sekisho verify of a .tlog-consistency: two checkpoints
 * are of one log, without the log.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "userspace/cli/cli.h"
#include "userspace/cli/verify_log.h"
#include "userspace/evidence/consistency.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"
#include "userspace/reader/field.h"

static const char *judge(const struct seki_log_task *t, const struct seki_checkpoint *old,
			 const struct seki_consistency *c)
{
	const char *why = seki_verify_signed(t, &c->note, &c->c);

	if (why)
		return why;
	if (strcmp(old->origin, c->c.origin))
		return "its checkpoint is of another host or log than the older one";
	if (c->old != old->size)
		return "it begins at another size than the older checkpoint has";
	if (c->old > c->c.size)
		return "its checkpoint is the older one";
	if (!seki_consistency_check(c, &old->root))
		return "a fork: the log of its checkpoint does not begin with that of the older one";
	return NULL;
}

static void say(const struct seki_checkpoint *old, const struct seki_consistency *c)
{
	printf("log          ");
	seki_print_safe(stdout, c->c.origin);
	printf("\nproven       The log of %llu records begins with the %llu records of the older "
	       "checkpoint: none of them was altered, removed or moved since.\n"
	       "not proven   What the records say: the log itself tells.\n\nOK\n",
	       (unsigned long long)c->c.size, (unsigned long long)old->size);
}

int seki_verify_consistency(struct seki_log_task *t, const char *path)
{
	seki_autofree char *text = NULL;
	struct seki_consistency c;
	struct seki_checkpoint old;
	struct seki_note note;
	const char *why;
	size_t size;
	int err = seki_file_read(path, SEKI_CONSISTENCY_MAX, &text, &size);

	if (err) {
		seki_warnx("%s: %s", path, strerror(-err));
		return SEKI_EXIT_FAILED;
	}
	if (t->held_files != 1 || seki_note_parse(t->held, t->o.held_size, &note) ||
	    seki_checkpoint_parse(&note, &old)) {
		seki_warnx("%s: name the older checkpoint, one, with --checkpoint", path);
		return SEKI_EXIT_USAGE;
	}
	why = seki_verify_signed(t, &note, &old);
	if (why) {
		seki_warnx("%s: %s", t->held_file[0], why);
		return SEKI_EXIT_FAILED;
	}
	why = "not of the form of an add-checkpoint request of c2sp.org/tlog-witness";
	if (!seki_consistency_parse(text, size, &c))
		why = judge(t, &old, &c);
	if (why) {
		seki_warnx("%s: %s", path, why);
		return SEKI_EXIT_FAILED;
	}
	say(&old, &c);
	return seki_flush_stdout();
}
