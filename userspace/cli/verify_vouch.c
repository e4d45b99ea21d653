// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verify_vouch.c - what others say of checkpoints kept elsewhere: cosignatures of
 * witnesses in the notes, a time stamp in FILE.tsr beside FILE.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/verify_log.h"
#include "userspace/evidence/notes.h"
#include "userspace/evidence/stamp.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/reader/field.h"
#include "userspace/reader/time.h"

__attribute__((format(printf, 2, 3))) static void wrong(struct seki_log_task *t, const char *fmt,
							...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	t->unvouched++;
	t->o.wrong(t->o.of, text);
}

static FILE *vouched(struct seki_log_task *t)
{
	if (!t->vouched)
		t->vouched = open_memstream(&t->vouched_text, &t->vouched_size);
	return t->vouched ?: stdout;
}

void seki_vouch_cosigned(struct seki_log_task *t, const struct seki_note *n,
			 const struct seki_checkpoint *c)
{
	unsigned long long size = c->size;
	bool any = false;
	char when[SEKI_UTC_TEXT];

	for (size_t i = 0; i < t->witnesses; i++) {
		int64_t got = seki_note_verify(n, &t->witness[i]);

		if (got == -EKEYREJECTED)
			wrong(t,
			      "checkpoint kept elsewhere, of size %llu: the cosignature of %s does "
			      "not fit",
			      size, t->witness[i].name);
		if (got < 0)
			continue;
		any = true;
		fprintf(vouched(t), "cosigned     size %llu by %s at %s\n", size,
			t->witness[i].name, seki_utc_text((uint64_t)got, when));
	}
	if (t->witnesses && !any)
		fprintf(vouched(t), "not cosigned size %llu by a witness given\n", size);
	t->cosigned += any;
}

static int check_answer(struct seki_log_task *t, const char *path, const char *answer, size_t size,
			uint64_t *ret_time, char why[SEKI_STAMP_WHY])
{
	seki_autofree char *text = NULL;
	size_t text_size;
	int err = seki_file_read(path, SEKI_NOTES_MAX, &text, &text_size);

	if (err) {
		snprintf(why, SEKI_STAMP_WHY, "%s", strerror(-err));
		return err;
	}
	return seki_stamp_check(answer, size, text, text_size, t->tsa, ret_time, why);
}

/* "FILE.tsr": what a time stamping authority answered for the bytes of FILE. */
static void judge_stamp(struct seki_log_task *t, const char *path)
{
	seki_autofree char *answer = NULL;
	char name[4096], why[SEKI_STAMP_WHY], when[SEKI_UTC_TEXT];
	uint64_t time;
	size_t size;
	int err;

	snprintf(name, sizeof(name), "%s.tsr", path);
	err = seki_file_read(name, SEKI_STAMP_MAX, &answer, &size);
	if (err)
		snprintf(why, sizeof(why), "%s", strerror(-err));
	else
		err = check_answer(t, path, answer, size, &time, why);
	if (err) {
		wrong(t, "%s: %s", name, why);
		return;
	}
	fprintf(vouched(t), "stamped      ");
	seki_print_safe(vouched(t), path);
	fprintf(vouched(t), " at %s\n", seki_utc_text(time, when));
}

void seki_vouch_end(struct seki_log_task *t)
{
	for (size_t i = 0; t->tsa && i < t->held_files; i++)
		judge_stamp(t, t->held_file[i]);
	if (t->witnesses && !t->cosigned)
		wrong(t, "no checkpoint kept elsewhere is cosigned by a witness given");
}
