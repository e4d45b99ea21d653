// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/report/tally.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct seki_counted *make(struct seki_tally *t, const char *text)
{
	struct seki_counted *c, **more;

	if (t->count == t->most)
		return NULL;
	if (t->count == t->room) {
		more = reallocarray(t->list, t->room ? 2 * t->room : 64, sizeof(*more));
		if (!more)
			return NULL;
		t->list = more;
		t->room = t->room ? 2 * t->room : 64;
	}
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	snprintf(c->text, sizeof(c->text), "%s", text);
	seki_table_add(&t->table, c->text, strlen(c->text), (uint32_t)t->count, NULL);
	t->list[t->count++] = c;
	return c;
}

struct seki_counted *seki_tally_add(struct seki_tally *t, const char *text, uint64_t when,
				    uint64_t record)
{
	size_t len = strnlen(text, SEKI_TALLY_TEXT - 1);
	struct seki_counted *c;
	uint32_t at;

	if (seki_table_find(&t->table, text, len, &at)) {
		c = t->list[at];
	} else {
		c = make(t, text);
		if (!c) {
			t->beyond++;
			return NULL;
		}
		c->first = when;
		c->record = record;
	}
	c->count++;
	c->first = when < c->first ? when : c->first;
	c->last = when > c->last ? when : c->last;
	return c;
}

static int by_count(const void *a, const void *b)
{
	const struct seki_counted *x = *(struct seki_counted *const *)a;
	const struct seki_counted *y = *(struct seki_counted *const *)b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->text, y->text);
}

void seki_tally_sort(struct seki_tally *t)
{
	if (t->count)
		qsort(t->list, t->count, sizeof(struct seki_counted *), by_count);
}

void seki_tally_free(struct seki_tally *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->list[i]);
	free(t->list);
	seki_table_free(&t->table);
	*t = (struct seki_tally){ .most = t->most };
}

/* Text stands as it does in a record: with escapes. */
static void plain(const char *at, size_t len, char *ret, size_t size)
{
	char quoted[SEKI_TALLY_TEXT + 2];
	json_t *text;

	snprintf(quoted, sizeof(quoted), "\"%.*s\"", (int)len, at);
	text = json_loads(quoted, JSON_DECODE_ANY, NULL);
	snprintf(ret, size, "%s", json_is_string(text) ? json_string_value(text) : "?");
	json_decref(text);
}

const char *seki_tally_part(const struct seki_counted *c, unsigned int n, char *ret, size_t size)
{
	const char *at = c->text;

	for (; n && at; n--) {
		at = strchr(at, '\t');
		at = at ? at + 1 : NULL;
	}
	ret[0] = '\0';
	if (at && *at)
		plain(at, strcspn(at, "\t"), ret, size);
	return ret;
}
