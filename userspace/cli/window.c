// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/gaps.h"
#include "userspace/reader/field.h"
#include "userspace/reader/time.h"
#include "userspace/reader/whole.h"

/* A boot counts its time anew, and its events. */
static void look_at_id(struct seki_window *w, uint64_t index, json_t *r)
{
	const char *id = seki_field(r, "id");

	if (strlen(id) < 30 || id[16] != ':')
		return;
	if (!w->host[0])
		memcpy(w->host, id, 16);
	if (memcmp(id, w->host, 16) && !w->foreign++)
		w->foreign_at = index;
	if (!memcmp(id + 17, w->boot, 12))
		return;
	memcpy(w->boot, id + 17, 12);
	w->boots++;
}

static void look_at_policy(struct seki_window *w, json_t *r)
{
	const char *digest = seki_field(r, "policy.digest");
	struct seki_window_policy *p = w->policy;

	if (!*digest)
		return;
	for (size_t i = 0; i < w->policies; i++, p++)
		if (!strncmp(p->digest, digest, sizeof(p->digest) - 1)) {
			p->records++;
			return;
		}
	if (w->policies == SEKI_WINDOW_POLICIES)
		return;
	w->policies++;
	*p = (struct seki_window_policy){
		.records = 1, .version = (uint64_t)seki_field_int(r, "policy.version")
	};
	snprintf(p->name, sizeof(p->name), "%s", seki_field(r, "policy.name"));
	snprintf(p->digest, sizeof(p->digest), "%s", digest);
}

/* Whatever the time asked for: it tells why the log begins where it does. */
static void look_at_deletion(struct seki_window *w, json_t *r)
{
	uint64_t end = (uint64_t)(seki_field_int(r, "first") + seki_field_int(r, "count"));

	if (!strcmp(seki_field(r, "act"), "log segment deleted") && end > w->deleted)
		w->deleted = end;
}

static void look_at_kind(struct seki_window *w, json_t *r)
{
	const char *class = seki_field(r, "class"), *act = seki_field(r, "act");
	const char *verdict = seki_field(r, "verdict");

	w->denied += !strcmp(verdict, "denied");
	w->would_deny += !strcmp(verdict, "would-deny");
	w->allowed += !strcmp(verdict, "allowed");
	w->sessions += !strcmp(act, "operator session begins");
	if (strcmp(class, "loss"))
		return;
	w->losses++;
	w->lost += (uint64_t)seki_field_int(r, "count");
}

/* Whatever the time asked for: its first gap may have begun before it. */
static int look_at_life(struct seki_window *w, uint64_t index, const char *data, size_t size)
{
	int err = 0;

	if (!w->life.sources) {
		w->life.from = w->from;
		w->life.to = w->to;
		w->life.beat = w->beat;
		err = seki_sums_open(&w->life, NULL) ?: seki_sums_source(&w->life, "log");
	}
	if (!err)
		seki_sums_add_life(&w->life, index, data, size);
	return err;
}

void seki_window_add(struct seki_window *w, uint64_t index, const char *data, size_t size)
{
	json_t *r = seki_whole_read(NULL, data, size);
	const char *t = seki_field(r, "t");
	uint64_t when = 0;

	if (!index)
		w->sequence.whole = true;
	look_at_deletion(w, r);
	w->failed |= look_at_life(w, index, data, size) != 0;
	if (!seki_time_parse(t, &when))
		when = 0;
	/* What a span covers may be older than it, and than the time asked for. */
	seki_sequence_add(&w->sequence, r, when >= w->from && when <= w->to);
	if (!json_is_object(r) || !when) {
		w->bad++;
	} else if (when >= w->from && when <= w->to) {
		if (!w->records++) {
			w->low = index;
			snprintf(w->first, sizeof(w->first), "%s", t);
		}
		w->high = index;
		snprintf(w->last, sizeof(w->last), "%s", t);
		look_at_id(w, index, r);
		look_at_policy(w, r);
		look_at_kind(w, r);
	}
	json_decref(r);
}

int seki_window_end(struct seki_window *w)
{
	if (w->failed)
		return -ENOMEM;
	if (w->life.sources) {
		seki_sums_source_end(&w->life);
		seki_sums_end(&w->life);
	}
	return 0;
}

void seki_window_free(struct seki_window *w)
{
	seki_sums_close(&w->life);
	seki_sequence_free(&w->sequence);
}

static void line(FILE *out, const char *what, uint64_t n, const char *none)
{
	if (n)
		fprintf(out, "%-12s %llu\n", what, (unsigned long long)n);
	else
		fprintf(out, "%-12s none: %s\n", what, none);
}

void seki_window_print(struct seki_window *w, FILE *out)
{
	if (!w->records) {
		fprintf(out, "records      none in this time\n");
		seki_gaps_print(&w->life, out);
		return;
	}
	fprintf(out, "records      %llu, numbers %llu to %llu, %s to %s\n",
		(unsigned long long)w->records, (unsigned long long)w->low,
		(unsigned long long)w->high, w->first, w->last);
	line(out, "refused", w->denied, "no access was refused");
	line(out, "would-deny", w->would_deny, "no access was let through in audit mode");
	line(out, "allowed", w->allowed, "no access that leaves a record was allowed");
	line(out, "sessions", w->sessions, "no operator session began");
	line(out, "lost", w->lost,
	     "no loss record; every kernel number is a record or was unwanted");
	line(out, "twice", w->sequence.twice, "no event is there twice");
	seki_sequence_print(&w->sequence, out);
	seki_gaps_print(&w->life, out);
	fprintf(out, "heartbeats   %llu, longest silence %llu s\n",
		(unsigned long long)w->life.heartbeats, (unsigned long long)w->life.longest);
	fprintf(out, "boots        %llu, starts %llu, clean stops %llu\n",
		(unsigned long long)w->boots, (unsigned long long)w->life.starts,
		(unsigned long long)w->life.stops);
	for (size_t i = 0; i < w->policies; i++) {
		fprintf(out, "policy       ");
		seki_print_safe(out, w->policy[i].name);
		fprintf(out, " version %llu, digest ", (unsigned long long)w->policy[i].version);
		seki_print_safe(out, w->policy[i].digest);
		fprintf(out, ", named in %llu records\n", (unsigned long long)w->policy[i].records);
	}
	if (w->bad)
		fprintf(out, "malformed    %llu records\n", (unsigned long long)w->bad);
}
