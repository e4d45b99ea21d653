// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/cli/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "userspace/cli/records.h"
#include "userspace/controls/mapping.h"
#include "userspace/lib/cleanup.h"

/* ---- items --------------------------------------------------------------- */

static struct seki_item *item(struct seki_report *r, const char *id)
{
	struct seki_item *more;

	for (size_t i = 0; i < r->n_items; i++)
		if (!strcmp(r->items[i].id, id))
			return &r->items[i];
	more = reallocarray(r->items, r->n_items + 1, sizeof(*more));
	if (!more)
		return NULL;
	r->items = more;
	more = &r->items[r->n_items++];
	memset(more, 0, sizeof(*more));
	snprintf(more->id, sizeof(more->id), "%s", id);
	return more;
}

/* Only these can be told to be without records: the others are in none. */
static int mark_stamped(struct seki_report *r, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct seki_complaint why;
	struct seki_sheet s;
	char dir[256];
	int err;

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	err = seki_sheet_read(&s, &seki_mapping_form, dir, &why);
	for (size_t row = 0; !err && row < s.rows; row++) {
		struct seki_item *i = NULL;

		if (strcmp(seki_sheet_cell(&s, row, MAP_STAMP), "yes") != 0)
			continue;
		i = item(r, seki_sheet_cell(&s, row, MAP_ITEM));
		if (i)
			i->served = true;
		else
			err = -ENOMEM;
	}
	seki_sheet_free(&s);
	return err;
}

int seki_report_items(struct seki_report *r, const char *path)
{
	seki_autofclose FILE *f = fopen(path, "re");
	char line[8192];

	if (!f || !fgets(line, sizeof(line), f))
		return f ? -ENODATA : -errno;
	while (fgets(line, sizeof(line), f)) {
		char *rest = line, *id = strsep(&rest, "\t"), *ja = strsep(&rest, "\t");
		char *en = strsep(&rest, "\t\n");
		struct seki_item *i;

		if (!en)
			return -EINVAL;
		i = item(r, id);
		if (!i)
			return -ENOMEM;
		snprintf(i->title_ja, sizeof(i->title_ja), "%s", ja);
		snprintf(i->title_en, sizeof(i->title_en), "%s", en);
	}
	return mark_stamped(r, path);
}

void seki_report_end(struct seki_report *r)
{
	seki_sums_end(&r->life);
}

void seki_report_free(struct seki_report *r)
{
	seki_sums_close(&r->life);
	free(r->items);
	r->items = NULL;
	r->n_items = 0;
}

/* ---- records ------------------------------------------------------------- */

static void count(const char *verdict, uint64_t *denied, uint64_t *would_deny, uint64_t *allowed,
		  uint64_t *other)
{
	if (!strcmp(verdict, "denied"))
		(*denied)++;
	else if (!strcmp(verdict, "would-deny"))
		(*would_deny)++;
	else if (!strcmp(verdict, "allowed"))
		(*allowed)++;
	else
		(*other)++;
}

static void copy(char ret[SEKI_TIME_MAX], const char *text)
{
	snprintf(ret, SEKI_TIME_MAX, "%s", text);
}

/* Refusals are written before allowed acts: files are not in order of time. */
static void latest(char ret[SEKI_TIME_MAX], uint64_t *ns, const char *t, uint64_t when)
{
	if (*ret && when < *ns)
		return;
	*ns = when;
	copy(ret, t);
}

static int add_items(struct seki_report *r, json_t *record, uint64_t when)
{
	const char *verdict = seki_field(record, "verdict"), *t = seki_field(record, "t");
	json_t *id;
	size_t n;

	json_array_foreach(json_object_get(record, "controls"), n, id) {
		struct seki_item *i;

		if (!json_is_string(id))
			continue;
		i = item(r, json_string_value(id));
		if (!i)
			return -ENOMEM;
		count(verdict, &i->denied, &i->would_deny, &i->allowed, &i->other);
		latest(i->last, &i->last_ns, t, when);
	}
	return 0;
}

static bool starts_with(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static void add_class(struct seki_report *r, json_t *record)
{
	const char *class = seki_field(record, "class"), *act = seki_field(record, "act");

	r->high += !strcmp(seki_field(record, "sev"), "high");
	if (!strcmp(class, "loss"))
		r->lost += (uint64_t)seki_field_int(record, "count");
	if (!strcmp(class, "integrity")) {
		r->integrity++;
		r->canary_bad += starts_with(act, "enforcement-lost") ||
				 starts_with(act, "enforcement-unproven");
	}
	r->sessions += !strcmp(class, "session");
	if (!strcmp(class, "heartbeat"))
		snprintf(r->canary, sizeof(r->canary), "%s", seki_field(record, "canary"));
}

static int add(struct seki_report *r, json_t *record, uint64_t when)
{
	if (when < r->from || when > r->to) {
		r->outside++;
		return 0;
	}
	r->records++;
	if (!r->first[0] || when < r->first_ns) {
		r->first_ns = when;
		copy(r->first, seki_field(record, "t"));
	}
	latest(r->last, &r->last_ns, seki_field(record, "t"), when);
	count(seki_field(record, "verdict"), &r->denied, &r->would_deny, &r->allowed, &r->other);
	add_class(r, record);
	return add_items(r, record, when);
}

static void bad(struct seki_report *r, const char *path, unsigned long line)
{
	if (r->bad < SEKI_BAD_LINES) {
		snprintf(r->bad_line[r->bad].file, sizeof(r->bad_line[0].file), "%s", path);
		r->bad_line[r->bad].line = line;
	}
	r->bad++;
}

static bool is_newer(json_t *record)
{
	uint64_t when;

	return seki_field_int(record, "v") > 2 && seki_time_parse(seki_field(record, "t"), &when);
}

static int life_of(struct seki_report *r, const char *path)
{
	struct seki_sums *s = &r->life;

	s->from = r->from;
	s->to = r->to;
	return s->life		       ? seki_sums_source(s, path) :
	       seki_sums_open(s, NULL) ?:
					 seki_sums_source(s, path);
}

int seki_report_file(struct seki_report *r, const char *path)
{
	struct seki_lines l;
	char *line;
	size_t len;
	int err = life_of(r, path), got = 0;

	if (!err)
		err = seki_lines_open(&l, path);
	if (err)
		return err;
	while (!err && (got = seki_lines_each(&l, &line, &len)) > 0) {
		json_t *record = seki_lines_whole(&l, line, len);
		uint64_t when;

		/* Those of a newer version are counted in .life. */
		if (json_is_object(record) && seki_field_int(record, "v") >= 1 &&
		    seki_field_int(record, "v") <= 2 &&
		    seki_time_parse(seki_field(record, "t"), &when))
			err = add(r, record, when);
		else if (!is_newer(record))
			bad(r, path, l.number);
		seki_sums_add_life(&r->life, l.number, line, len);
		json_decref(record);
	}
	seki_lines_close(&l);
	seki_sums_source_end(&r->life);
	return err ? err : got;
}
