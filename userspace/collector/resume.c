// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/collector/resume.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/evidence/segment.h"
#include "userspace/lib/cleanup.h"

/* The heads are our own writing (seki_record_head()): fixed order, and before
 * any text that somebody else chose.
 */
struct line {
	const char *text;
	size_t len;
};

static const char *after(const struct line *l, size_t from, const char *key)
{
	const char *p = memmem(l->text + from, l->len - from, key, strlen(key));

	return p ? p + strlen(key) : NULL;
}

/* Digits at p, inside the line; strtoull() would run on over its end. */
static uint64_t digits(const struct line *l, const char *p, const char **ret_end)
{
	uint64_t n = 0;

	for (; p < l->text + l->len && *p >= '0' && *p <= '9'; p++)
		n = n * 10 + (uint64_t)(*p - '0');
	if (ret_end)
		*ret_end = p;
	return n;
}

static bool of_boot(const struct line *l, const char *boot)
{
	const char *id = after(l, 0, "\"id\":\"");

	return id && id + 16 + 1 + 12 < l->text + l->len && !memcmp(id + 17, boot, 12);
}

static int compare(const void *a, const void *b)
{
	const struct seki_resume_key *x = a, *y = b;

	if (x->bt != y->bt)
		return x->bt < y->bt ? -1 : 1;
	if (x->cseq != y->cseq)
		return x->cseq < y->cseq ? -1 : 1;
	return x->cpu < y->cpu ? -1 : x->cpu > y->cpu;
}

static int remember(struct seki_resume *r, const struct line *l)
{
	/* Beside each other, or as two numbers in one list. */
	const char *both = after(l, 0, ",\"cseq\":["), *bt = after(l, 0, ",\"bt\":");
	const char *cpu = both ?: after(l, 0, ",\"cpu\":");
	const char *cseq = both ? after(l, (size_t)(both - l->text), ",") :
				  after(l, 0, ",\"cseq\":");
	struct seki_resume_key *more;

	/* Own records have no cpu at their head. */
	if (!cpu || !cseq || !bt || cpu > cseq || cseq > bt || cpu - l->text > 100)
		return 0;
	if (!(r->count & (r->count - 1))) {
		more = reallocarray(r->keys, r->count ? 2 * r->count : 1, sizeof(*more));
		if (!more)
			return -ENOMEM;
		r->keys = more;
	}
	r->keys[r->count++] = (struct seki_resume_key){
		.bt = digits(l, bt, NULL),
		.cseq = digits(l, cseq, NULL),
		.cpu = (uint32_t)digits(l, cpu, NULL),
	};
	return 0;
}

/* "state":[[base,seen,told...],...] of heartbeat, loss, start, stop, file records;
 * these hold no text of others before it.
 */
static bool read_state(struct seki_resume *r, const struct line *l)
{
	const char *p = after(l, 0, ",\"state\":["), *end = l->text + l->len;

	if (after(l, 0, ",\"cseq\":") || !p)
		return false;
	for (r->cpus = 0; p < end && *p == '[' && r->cpus < SEKI_CPU_MAX; r->cpus++) {
		uint64_t n[2 + SEKI_LOSS_COUNT];

		for (int i = 0; i < 2 + SEKI_LOSS_COUNT; i++)
			/* One before knew fewer causes. */
			n[i] = p < end && *p != ']' ? digits(l, p + 1, &p) : 0;
		r->cpu[r->cpus].base = n[0];
		r->cpu[r->cpus].seen = n[1];
		memcpy(r->cpu[r->cpus].told, n + 2, sizeof(r->cpu[0].told));
		p += p < end && *p == ']';
		p += p < end && *p == ',';
	}
	return true;
}

static void know_ticket(struct seki_resume *r, const char *session, const char *text)
{
	uint64_t id = session ? strtoull(session, NULL, 16) : 0;

	if (id && r->tickets.count < SEKI_TICKETS && !seki_tickets_know(&r->tickets, id) &&
	    (!*text || seki_ticket_fits(text)))
		seki_tickets_set(&r->tickets, id, text);
}

/* What was said since the last state, and then what that holds: a later word wins, and
 * it is read first.
 */
static void read_tickets(struct seki_resume *r, const struct line *l)
{
	bool said = after(l, 0, ",\"act\":\"" SEKI_TICKET_SAID "\"");
	bool ends = after(l, 0, ",\"act\":\"" SEKI_TICKET_ENDS "\"");
	json_t *record, *one;
	const char *session;

	/* A ticket in an argument is not one that was said. */
	if (after(l, 0, ",\"cseq\":") || !(said || ends || after(l, 0, ",\"tickets\":{")))
		return;
	record = json_loadb(l->text, l->len, 0, NULL);
	session = json_string_value(json_object_get(json_object_get(record, "who"), "session"));
	if (said)
		know_ticket(r, session, json_string_value(json_object_get(record, "ticket")) ?: "");
	else if (ends)
		know_ticket(r, session, "");
	json_object_foreach(json_object_get(record, "tickets"), session, one)
		know_ticket(r, session, json_string_value(one) ?: "");
	json_decref(record);
}

static void last_line(struct seki_resume *r, const struct line *l, const char *boot)
{
	const char *id = after(l, 0, "\"id\":\"");

	if (id)
		snprintf(
			r->last_id, sizeof(r->last_id), "%.*s",
			(int)((const char *)memchr(id, '\n', (size_t)(l->text + l->len - id)) - id),
			id);
	r->last_id[strcspn(r->last_id, "\"")] = '\0';
	r->clean = of_boot(l, boot) && after(l, 0, ",\"act\":\"collector stops\"");
}

/* From the end backwards, until the window is passed and the state is found. */
static int walk(struct seki_resume *r, const char *text, size_t size, const char *boot)
{
	size_t end = size;
	int err = 0;

	while (end && !err && (size - end < SEKI_RESUME_WINDOW || !r->state)) {
		const char *before = memrchr(text, '\n', end - 1);
		size_t begin = before ? (size_t)(before + 1 - text) : 0;
		struct line l = { text + begin, end - begin };

		if (end == size)
			last_line(r, &l, boot);
		if (!of_boot(&l, boot)) {
			end = begin;
			if (size - end >= SEKI_RESUME_WINDOW)
				break; /* an older boot: no state of ours */
			continue;
		}
		if (size - end < SEKI_RESUME_WINDOW)
			err = remember(r, &l);
		if (!r->state) {
			read_tickets(r, &l);
			r->state = read_state(r, &l);
		}
		end = begin;
	}
	return err;
}

int seki_resume_read(int dir, const char *name, const char *boot, struct seki_resume *ret)
{
	seki_autoclose int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	memset(ret, 0, sizeof(*ret));
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	return seki_resume_read_fd(fd, boot, ret);
}

int seki_resume_log(int dir, const char *boot, struct seki_resume *ret, char ret_previous[64])
{
	char name[SEKI_SEGMENT_NAME];
	struct seki_segments s;
	int err = seki_segments_list(dir, &s);

	memset(ret, 0, sizeof(*ret));
	ret_previous[0] = '\0';
	if (!err && s.n) {
		seki_segment_name(s.v[s.n - 1].first, SEKI_SEGMENT_PLAIN, name);
		err = seki_resume_read(dir, name, boot, ret);
	}
	/* The writer leaves it uncompressed until the next turn. */
	if (!err && !ret->state && s.n > 1 && s.v[s.n - 2].has[SEKI_SEGMENT_PLAIN]) {
		seki_resume_free(ret);
		seki_segment_name(s.v[s.n - 2].first, SEKI_SEGMENT_PLAIN, ret_previous);
		err = seki_resume_read(dir, ret_previous, boot, ret);
	}
	seki_segments_free(&s);
	return err;
}

int seki_resume_read_fd(int fd, const char *boot, struct seki_resume *ret)
{
	struct stat st;
	char *text;
	int err;

	memset(ret, 0, sizeof(*ret));
	if (fstat(fd, &st))
		return -errno;
	if (!st.st_size)
		return 0;
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text == MAP_FAILED)
		return -errno;
	err = text[st.st_size - 1] == '\n' ? walk(ret, text, (size_t)st.st_size, boot) : -EBADMSG;
	munmap(text, (size_t)st.st_size);
	if (err)
		seki_resume_free(ret);
	else if (ret->count)
		qsort(ret->keys, ret->count, sizeof(*ret->keys), compare);
	return err;
}

bool seki_resume_has(const struct seki_resume *r, uint32_t cpu, uint64_t cseq, uint64_t bt)
{
	struct seki_resume_key key = { .bt = bt, .cseq = cseq, .cpu = cpu };

	return r->count && bsearch(&key, r->keys, r->count, sizeof(key), compare);
}

/* Counters below what was told: the maps were made anew in this boot. */
static bool anew(const struct seki_resume *r, const struct seki_track *t)
{
	for (unsigned int i = 0; t->stats && i < r->cpus && i < t->count; i++) {
		if (t->stats[i].events < r->cpu[i].base)
			return true;
		for (int j = 0; j < SEKI_LOSS_COUNT; j++)
			if (t->stats[i].loss[j] < r->cpu[i].told[j])
				return true;
	}
	return false;
}

void seki_resume_apply(const struct seki_resume *r, struct seki_track *t)
{
	if (!r->state || anew(r, t))
		return;
	for (unsigned int i = 0; i < r->cpus && i < t->count; i++) {
		memcpy(t->cpu[i].told, r->cpu[i].told, sizeof(t->cpu[i].told));
		/* Both 0: the one that stopped had not found its place either. */
		if (r->clean && (r->cpu[i].base || r->cpu[i].seen)) {
			t->cpu[i].base = t->cpu[i].shown = r->cpu[i].base;
			t->cpu[i].high = r->cpu[i].seen;
			t->cpu[i].known = true;
		}
	}
}

void seki_resume_free(struct seki_resume *r)
{
	free(r->keys);
	r->keys = NULL;
	r->count = 0;
}
