// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/gaps.h"

#include "userspace/report/judge.h"

static void print_gap(const struct seki_sums *s, const struct seki_gap *g, FILE *out)
{
	char from[48], to[48];

	seki_when_text(s, g->from, true, from);
	seki_when_text(s, g->to, true, to);
	fprintf(out, "gap          %s to %s, %llu s, records %llu to %llu: %s%s\n", from, to,
		(unsigned long long)g->seconds, (unsigned long long)g->low,
		(unsigned long long)g->high, seki_gap_title(g->kind, false),
		g->held ? "; the kernel went on refusing" : "");
}

void seki_gaps_print(const struct seki_sums *s, FILE *out)
{
	if (!s->gaps)
		fprintf(out, "gap          none: signs of life throughout, and none says that "
			     "enforcement was lost or not proven\n");
	for (size_t i = 0; i < s->gaps; i++)
		print_gap(s, &s->gap[i], out);
	if (s->more_gaps)
		fprintf(out, "gap          %llu more\n", (unsigned long long)s->more_gaps);
}

json_t *seki_gaps_json(const struct seki_sums *s)
{
	json_t *list = json_array();
	char from[48], to[48];

	for (size_t i = 0; i < s->gaps; i++) {
		const struct seki_gap *g = &s->gap[i];

		seki_when_text(s, g->from, true, from);
		seki_when_text(s, g->to, true, to);
		json_array_append_new(
			list,
			json_pack("{ss ss ss ss sI s[II] sb sb}", "kind", seki_gap_word(g->kind),
				  "what", seki_gap_title(g->kind, false), "from", from, "to", to,
				  "seconds", (json_int_t)g->seconds, "records", (json_int_t)g->low,
				  (json_int_t)g->high, "held", g->held, "open", g->open));
	}
	return list;
}
