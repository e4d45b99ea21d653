// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Item by item: the judged ones and those the host supports in a table per
 * catalogue, those outside of its reach by their reason.
 */
#include "userspace/report/html.h"

#include <string.h>

static void example(const struct seki_paper *p, const struct seki_example *e, FILE *out)
{
	const char *const parts[] = { e->login, e->from, e->comm, seki_act_text(p, e->act),
				      e->label, e->path, e->err };
	char when[48];

	seki_when_text(p->k.s, e->when, false, when);
	fprintf(out, "<div class=\"ex\">#%llu %s", (unsigned long long)e->record, when);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!*parts[i])
			continue;
		fputs(" · ", out);
		seki_html_text(out, parts[i]);
	}
	fputs("<br>", out);
	seki_html_text(out, e->id);
	fputs("</div>", out);
}

static void reasons(const struct seki_paper *p, const struct seki_opinion *v, FILE *out)
{
	char text[640];

	fputs("<ul class=\"why\">", out);
	for (unsigned int i = 0; i < v->reasons; i++) {
		seki_reason_text(&p->k, &v->reason[i], text, sizeof(text));
		fputs("<li>", out);
		seki_html_text(out, text);
		fputs("</li>", out);
	}
	fputs("</ul>", out);
}

static void labelled(const struct seki_paper *p, enum seki_phrase what, const char *text, FILE *out)
{
	if (!*text)
		return;
	fputs("<div class=\"note\">", out);
	seki_html_phrase(p, out, what);
	fputs(": ", out);
	seki_html_text(out, text);
	fputs("</div>", out);
}

static void item(const struct seki_paper *p, const struct seki_opinion *v, FILE *out)
{
	char value[256];

	seki_paper_value(p, v, value, sizeof(value));
	fprintf(out, "<tr id=\"%s\"><td><span class=\"id\">%s</span><br>",
		seki_paper_cell(p, v, ITEM_ID), seki_paper_cell(p, v, ITEM_ID));
	seki_html_text(out, seki_paper_title(p, v));
	fprintf(out, "<div class=\"note\">%s</div></td>", seki_role_title(p, v->role));
	fprintf(out, "<td><span class=\"v %s\">%s</span>", seki_judgement_word(v->judgement),
		seki_verdict_title(p, v->judgement));
	reasons(p, v, out);
	labelled(p, SEKI_SAY_VALUE, value, out);
	labelled(p, SEKI_SAY_NOT_SHOWN, seki_paper_map(p, v, MAP_NOTE), out);
	fprintf(out, "</td><td class=\"n\" data-h=\"%s\">%llu</td><td>",
		seki_say(p, SEKI_SAY_EVIDENCE), (unsigned long long)v->records);
	for (unsigned int i = 0; i < v->examples && i < 2; i++)
		example(p, v->example[i], out);
	fputs("</td></tr>\n", out);
}

static bool is_of(const struct seki_paper *p, const struct seki_opinion *v, const char *catalogue)
{
	return !strcmp(seki_paper_cell(p, v, ITEM_CATALOGUE), catalogue);
}

/* With this reason, in one line of ids. */
static void outside(const struct seki_paper *p, const char *catalogue, size_t reason, FILE *out)
{
	const struct seki_sheet *s = &p->k.c->sheet[SEKI_SHEET_REASONS];
	bool any = false;

	for (size_t i = 0; i < p->verdicts; i++) {
		const struct seki_opinion *v = &p->verdict[i];

		if (v->judgement != SEKI_OUTSIDE || !is_of(p, v, catalogue) ||
		    strcmp(seki_paper_map(p, v, MAP_REASON),
			   seki_sheet_cell(s, reason, REASON_ID)) != 0)
			continue;
		if (!any) {
			fputs("<p class=\"note\"><b>", out);
			seki_html_text(out, seki_sheet_cell(s, reason,
							    p->k.japanese ? REASON_JA : REASON_EN));
			fputs("</b> ", out);
		}
		fprintf(out, "%s%s", any ? ", " : "", seki_paper_cell(p, v, ITEM_ID));
		any = true;
	}
	if (any)
		fputs("</p>\n", out);
}

static void table(const struct seki_paper *p, const char *catalogue, FILE *out)
{
	static const enum seki_phrase heads[] = { SEKI_SAY_ITEM, SEKI_SAY_VERDICT,
						  SEKI_SAY_EVIDENCE, SEKI_SAY_EXAMPLES };
	static const char *const widths[] = { "24%", "42%", "7%", "27%" };
	bool any = false;

	for (size_t i = 0; i < p->verdicts; i++) {
		const struct seki_opinion *v = &p->verdict[i];

		if (v->judgement == SEKI_OUTSIDE || !is_of(p, v, catalogue))
			continue;
		if (!any) {
			fputs("<table class=\"wide\"><thead><tr>", out);
			for (size_t h = 0; h < 4; h++)
				fprintf(out, "<th style=\"width:%s\">%s</th>", widths[h],
					seki_say(p, heads[h]));
			fputs("</tr></thead><tbody>\n", out);
		}
		any = true;
		item(p, v, out);
	}
	if (any)
		fputs("</tbody></table>\n", out);
}

void seki_html_items(const struct seki_paper *p, FILE *out)
{
	const struct seki_sheet *s = &p->k.c->sheet[SEKI_SHEET_CATALOGUES];

	for (size_t row = 0; row < s->rows; row++) {
		const char *id = seki_sheet_cell(s, row, CATALOGUE_ID);

		fputs("<h3>", out);
		seki_html_text(out, seki_sheet_cell(s, row,
						    p->k.japanese ? CATALOGUE_JA : CATALOGUE_EN));
		fputs("</h3>\n", out);
		table(p, id, out);
		for (size_t r = 0; r < p->k.c->sheet[SEKI_SHEET_REASONS].rows; r++)
			outside(p, id, r, out);
	}
}
