// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/cli/verify_log.h"
#include "userspace/evidence/notes.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"
#include "userspace/policy/key.h"
#include "userspace/reader/field.h"
#include "userspace/reader/time.h"

struct keys {
	const char *option;
	struct seki_verifier *v;
	size_t *n, max;
	uint8_t type;
};

static bool add(struct keys *k, const struct seki_verifier *v)
{
	if (*k->n == k->max) {
		seki_warnx("%s: more than %zu keys", k->option, k->max);
		return false;
	}
	if (v->type != k->type) {
		seki_warnx("%s %s: is a key of a %s", k->option, v->name,
			   v->type == SEKI_NOTE_COSIGNATURE ? "witness; give it with --witness" :
							      "log; give it with --key");
		return false;
	}
	k->v[(*k->n)++] = *v;
	return true;
}

/* A file of verifier keys, as "keys" beside the log. */
static bool add_lines(struct keys *k, const char *text)
{
	struct seki_verifier v;
	bool any = false;

	while (*text) {
		size_t len = strcspn(text, "\n");

		if (len && (seki_verifier_parse(text, len, &v) || !add(k, &v)))
			return false;
		any |= len > 0;
		text += len + (text[len] == '\n');
	}
	return any;
}

static bool add_keys(struct keys *k, const char *text)
{
	seki_autofree char *data = NULL;
	struct seki_verifier v = { .type = SEKI_NOTE_ED25519 };
	struct seki_pubkey pem;
	size_t size;
	int err;

	if (!seki_verifier_parse(text, strlen(text), &v))
		return add(k, &v);
	err = seki_file_read(text, SEKI_KEY_FILE_MAX, &data, &size);
	if (err) {
		seki_warnx("%s %s: %s; right would be a %sverifier key", k->option, text,
			   strerror(-err), k->type == SEKI_NOTE_ED25519 ? ".pub file or a " : "");
		return false;
	}
	/* Without a name it is that of the log; a witness has one. */
	if (k->type == SEKI_NOTE_ED25519 && !seki_key_public(data, size, &pem)) {
		memcpy(v.raw, pem.raw, sizeof(v.raw));
		return add(k, &v);
	}
	if (add_lines(k, data))
		return true;
	seki_warnx("%s %s: holds no %sverifier keys", k->option, text,
		   k->type == SEKI_NOTE_ED25519 ? "Ed25519 public key in PEM and no " : "");
	return false;
}

bool seki_log_task_key(struct seki_log_task *t, const char *text)
{
	struct keys k = { "--key", t->o.key, &t->o.keys, SEKI_VERIFY_KEYS, SEKI_NOTE_ED25519 };

	return add_keys(&k, text);
}

bool seki_log_task_witness(struct seki_log_task *t, const char *text)
{
	struct keys k = { "--witness", t->witness, &t->witnesses, SEKI_WITNESSES,
			  SEKI_NOTE_COSIGNATURE };

	return add_keys(&k, text);
}

bool seki_log_task_held(struct seki_log_task *t, const char *path)
{
	seki_autofree char *text = NULL;
	size_t size = 0;
	char *all;
	int err = t->held_files == SEKI_HELD_FILES ?
			  -E2BIG :
			  seki_file_read(path, SEKI_NOTES_MAX, &text, &size);

	all = err ? NULL : realloc(t->held, t->o.held_size + size + 1);
	if (!all) {
		seki_warnx("--checkpoint %s: %s", path, strerror(err ? -err : ENOMEM));
		return false;
	}
	memcpy(all + t->o.held_size, text, size + 1);
	t->held_file[t->held_files++] = path;
	t->o.held = t->held = all;
	t->o.held_size += size;
	return true;
}

bool seki_log_task_time(const char *option, const char *text, uint64_t *ret)
{
	if (seki_time_parse(text, ret))
		return true;
	seki_warnx("%s: not a time: %s; right would be 2026-01-31T12:00:00+09:00", option, text);
	return false;
}

bool seki_log_task_number(const char *option, const char *text, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 10);
	if (text[0] >= '0' && text[0] <= '9' && !*end && !errno)
		return true;
	seki_warnx("%s: not the number of a record: %s", option, text);
	return false;
}

static void say_wrong(void *of, const char *text)
{
	(void)of;
	printf("WRONG        ");
	seki_print_safe(stdout, text);
	putchar('\n');
}

static void take(void *of, uint64_t index, const char *data, size_t size)
{
	struct seki_log_task *t = of;

	seki_window_add(&t->w, index, data, size);
	if (!t->record || index != t->o.record)
		return;
	free(t->kept);
	t->kept = malloc(size + 1); /* all its bytes, and shown up to a NUL of its own */
	if (t->kept) {
		memcpy(t->kept, data, size);
		t->kept[size] = '\0';
	}
	t->kept_size = size;
}

static void held_fits(void *of, const struct seki_note *n, const struct seki_checkpoint *c)
{
	seki_vouch_cosigned(of, n, c);
}

void seki_log_task_begin(struct seki_log_task *t)
{
	*t = (struct seki_log_task){ .w.to = UINT64_MAX, .w.beat = 150, .o.dir = -1 };
	t->o.wrong = say_wrong;
	t->o.seen = take;
	t->o.held_fits = held_fits;
	t->o.of = t;
}

/* The id of each record begins with the digits of its host, and the origin ends
 * with them.
 */
static void judge_host(const struct seki_log_task *t, struct seki_verified *ret)
{
	const char *slash = strrchr(ret->origin, '/');

	if (t->w.foreign) {
		printf("WRONG        record %llu is of another host than those before it, %llu such "
		       "in all\n",
		       (unsigned long long)t->w.foreign_at, (unsigned long long)t->w.foreign);
		ret->wrong++;
	}
	if (t->w.host[0] && slash && strlen(slash + 1) == 16 && strcmp(slash + 1, t->w.host)) {
		printf("WRONG        record %llu is of host %s, the log of %s\n",
		       (unsigned long long)t->w.low, t->w.host, slash + 1);
		ret->wrong++;
	}
}

int seki_log_task_run(struct seki_log_task *t, struct seki_verified *ret)
{
	int err;

	t->o.dir = open(t->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = t->o.dir < 0 ? -errno : 0;
	if (!err)
		err = seki_verify_log(&t->o, ret);
	if (!err)
		err = seki_window_end(&t->w);
	if (err == -ENOENT)
		seki_warnx("%s: no records of a log; right would be the directory with records.*",
			   t->dir);
	else if (err)
		seki_warnx("%s: %s", t->dir, strerror(-err));
	if (!err) {
		judge_host(t, ret);
		seki_vouch_end(t);
		ret->wrong += t->unvouched;
	}
	/* The record of a deletion comes first: it may have stopped before it was done. */
	if (!err && t->part && ret->first)
		printf("part         records below %llu are not here, and not judged\n",
		       (unsigned long long)ret->first);
	else if (!err && !t->o.one && ret->first > t->w.deleted) {
		printf("WRONG        records below %llu are gone, and no record says that they were "
		       "deleted\n",
		       (unsigned long long)ret->first);
		ret->wrong++;
	}
	if (!err && t->w.sequence.twice) {
		printf("WRONG        %llu events are there twice\n",
		       (unsigned long long)t->w.sequence.twice);
		ret->wrong++;
	}
	return err;
}

void seki_log_task_end(struct seki_log_task *t)
{
	seki_window_free(&t->w);
	free(t->kept);
	free(t->held);
	if (t->vouched)
		fclose(t->vouched);
	free(t->vouched_text);
	if (t->o.dir >= 0)
		close(t->o.dir);
}
