// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A row per item, for people with a spreadsheet (RFC 4180).
 */
#include <string.h>

#include "userspace/report/paper.h"

/* What a spreadsheet would take for a formula gets a ' before it. */
static void cell(FILE *out, const char *text, bool last)
{
	fputs(*text && strchr("=+-@\t", *text) ? "\"'" : "\"", out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
	}
	fputs(last ? "\"\r\n" : "\",", out);
}

static void number(FILE *out, uint64_t n)
{
	fprintf(out, "%llu,", (unsigned long long)n);
}

static void reasons(const struct seki_paper *p, const struct seki_opinion *v, FILE *out)
{
	char all[4096] = "", text[640];
	size_t len = 0;

	for (unsigned int i = 0; i < v->reasons && len < sizeof(all); i++) {
		seki_reason_text(&p->k, &v->reason[i], text, sizeof(text));
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s", i ? " " : "", text);
	}
	cell(out, *all ? all : seki_paper_means(p, v), false);
}

static void row(const struct seki_paper *p, const struct seki_opinion *v, FILE *out)
{
	char first[48] = "", last[48] = "", value[256];

	if (v->records) {
		seki_when_text(p->k.s, v->first, true, first);
		seki_when_text(p->k.s, v->last, true, last);
	}
	seki_paper_value(p, v, value, sizeof(value));
	cell(out, seki_paper_cell(p, v, ITEM_ID), false);
	cell(out, seki_paper_cell(p, v, ITEM_CATALOGUE), false);
	cell(out, seki_paper_title(p, v), false);
	cell(out, seki_roles[v->role], false);
	cell(out, seki_judgement_word(v->judgement), false);
	reasons(p, v, out);
	number(out, v->records);
	number(out, v->out[SEKI_OUT_DENIED]);
	number(out, v->out[SEKI_OUT_WOULD]);
	number(out, v->out[SEKI_OUT_ALLOWED]);
	cell(out, first, false);
	cell(out, last, false);
	cell(out, v->examples ? v->example[0]->id : "", false);
	cell(out, v->examples > 1 ? v->example[1]->id : "", false);
	cell(out, value, false);
	cell(out, seki_paper_map(p, v, MAP_EXTENT), false);
	cell(out, seki_paper_map(p, v, MAP_NOTE), true);
}

int seki_write_csv(const struct seki_paper *p, FILE *out)
{
	/* Spreadsheets need the mark to read it as UTF-8. */
	fputs("\xef\xbb\xbfitem,catalogue,title,role,verdict,reason,records,denied,would_deny,"
	      "allowed,first,last,example_1,example_2,pattern_value,extent,not_shown\r\n",
	      out);
	for (size_t i = 0; i < p->verdicts; i++)
		row(p, &p->verdict[i], out);
	return 0;
}
