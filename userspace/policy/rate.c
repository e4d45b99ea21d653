// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rate.c - how many records a rule may make in a time: "10/s".
 *
 * Only what may happen without a record can be thinned: refusals leave theirs, and so
 * does what "always" promises.
 */
#include "userspace/policy/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *word;
	__u32 seconds;
} units[] = { { "s", 1 }, { "min", 60 }, { "h", 3600 } };

static __u32 seconds_of(const char *word)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(word, units[i].word))
			return units[i].seconds;
	return 0;
}

const char *seki_rate_text(struct seki_rate_said rate, char ret[SEKI_RATE_TEXT])
{
	const char *word = "?";

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (rate.seconds == units[i].seconds)
			word = units[i].word;
	snprintf(ret, SEKI_RATE_TEXT, "%u/%s", rate.records, word);
	return ret;
}

void seki_read_rate(struct seki_model *m, const struct seki_node *n, void *field)
{
	struct seki_rate *r = field;
	const char *s = n->text;
	__u32 records = 0;

	if (n->kind != SEKI_NODE_SCALAR || (!*s && !n->quoted)) {
		seki_wrong_type(m, n, "a rate such as 10/s");
		return;
	}
	for (; *s >= '0' && *s <= '9' && records <= SEKI_RATE_RECORDS_MAX; s++)
		records = records * 10 + (__u32)(*s - '0');
	if (*s != '/' || !seconds_of(s + 1) || !records || records > SEKI_RATE_RECORDS_MAX ||
	    n->text[0] == '0') {
		seki_error(m->diag, n->pos,
			   "'%.32s' is not a rate; write a number from 1 to %u and s, min or h, "
			   "such as 10/s",
			   n->text, SEKI_RATE_RECORDS_MAX);
		return;
	}
	*r = (struct seki_rate){ { records, seconds_of(s + 1) }, n->pos };
}

void seki_check_rate(struct seki_compilation *c, const struct seki_rule *r)
{
	if (!r->rate.said.records || r->lendable.n)
		return;
	if (r->deny.n)
		seki_error(c->diag, r->rate.pos,
			   "'rate' in a deny rule; refusals are always recorded, remove it");
	else if (r->record.n == SEKI_RECORD_NEVER)
		seki_error(c->diag, r->rate.pos,
			   "'rate' with 'record: never'; there is no record to leave out, "
			   "remove one of them");
	else if (r->record.n != SEKI_RECORD_BEST_EFFORT)
		seki_error(c->diag, r->rate.pos,
			   "'rate' of accesses that always leave a record; "
			   "write 'record: best-effort' too, or remove it");
}
