// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/cli/verify_log.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"
#include "userspace/policy/key.h"
#include "userspace/reader/field.h"
#include "userspace/reader/time.h"

static bool add(struct seki_log_task *t, const struct seki_verifier *v)
{
	if (t->o.keys == SEKI_VERIFY_KEYS) {
		seki_warnx("--key: more than %d keys", SEKI_VERIFY_KEYS);
		return false;
	}
	t->o.key[t->o.keys++] = *v;
	return true;
}

/* A file of verifier keys, as "keys" beside the log. */
static bool add_lines(struct seki_log_task *t, const char *text)
{
	struct seki_verifier v;
	bool any = false;

	while (*text) {
		size_t len = strcspn(text, "\n");

		if (len && (seki_verifier_parse(text, len, &v) || !add(t, &v)))
			return false;
		any |= len > 0;
		text += len + (text[len] == '\n');
	}
	return any;
}

bool seki_log_task_key(struct seki_log_task *t, const char *text)
{
	seki_autofree char *data = NULL;
	struct seki_verifier v = { .type = SEKI_NOTE_ED25519 };
	struct seki_pubkey k;
	size_t size;
	int err;

	if (!seki_verifier_parse(text, strlen(text), &v))
		return add(t, &v);
	err = seki_file_read(text, SEKI_KEY_FILE_MAX, &data, &size);
	if (err) {
		seki_warnx("--key %s: %s; right would be a .pub file or a verifier key", text,
			   strerror(-err));
		return false;
	}
	if (!seki_key_public(data, size, &k)) {
		memcpy(v.raw, k.raw, sizeof(v.raw)); /* no name: that of the log */
		return add(t, &v);
	}
	if (add_lines(t, data))
		return true;
	seki_warnx("--key %s: neither an Ed25519 public key in PEM nor verifier keys", text);
	return false;
}

bool seki_log_task_held(struct seki_log_task *t, const char *path)
{
	int err = seki_file_read(path, SEKI_NOTE_MAX, &t->held, &t->o.held_size);

	if (err)
		seki_warnx("--checkpoint %s: %s", path, strerror(-err));
	t->o.held = t->held;
	return !err;
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
	t->kept = strndup(data, size);
	t->kept_size = size;
}

void seki_log_task_begin(struct seki_log_task *t)
{
	*t = (struct seki_log_task){ .w.to = UINT64_MAX, .w.beat = 150, .o.dir = -1 };
	t->o.wrong = say_wrong;
	t->o.seen = take;
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
	if (err == -ENOENT)
		seki_warnx("%s: no records of a log; right would be the directory with records.*",
			   t->dir);
	else if (err)
		seki_warnx("%s: %s", t->dir, strerror(-err));
	if (!err)
		judge_host(t, ret);
	/* The record of a deletion comes first: it may have stopped before it was done. */
	if (!err && !t->o.one && ret->first > t->w.deleted) {
		printf("WRONG        records below %llu are gone, and no record says that they were "
		       "deleted\n",
		       (unsigned long long)ret->first);
		ret->wrong++;
	}
	if (!err && t->w.twice) {
		printf("WRONG        %llu events are there twice\n",
		       (unsigned long long)t->w.twice);
		ret->wrong++;
	}
	return err;
}

void seki_log_task_end(struct seki_log_task *t)
{
	seki_window_free(&t->w);
	free(t->kept);
	free(t->held);
	if (t->o.dir >= 0)
		close(t->o.dir);
}
