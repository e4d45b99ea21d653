// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Markdown: the first page, and a table per catalogue.
 */
#include <string.h>

#include "userspace/report/md.h"

#define ROWS 20 /* of a list; JSON has all */

static void head(const struct seki_paper *p, FILE *out, enum seki_phrase what)
{
	fprintf(out, "\n## %s\n\n", seki_say(p, what));
}

static void column(const struct seki_paper *p, FILE *out, enum seki_phrase what)
{
	fprintf(out, "| %s ", seki_say(p, what));
}

static void line(FILE *out, int columns)
{
	fputs("|\n", out);
	for (int i = 0; i < columns; i++)
		fputs("|---", out);
	fputs("|\n", out);
}

static void hosts(const struct seki_paper *p, FILE *out)
{
	char first[48], last[48];

	for (size_t i = 0; i < p->k.s->sources; i++) {
		const struct seki_source_sum *o = &p->k.s->source[i];

		seki_when_text(p->k.s, o->all_first, false, first);
		seki_when_text(p->k.s, o->all_last, false, last);
		fputs("- ", out);
		seki_md_text(out, *o->name ? o->name : o->path);
		fprintf(out, " (%s): %llu / %llu, %s - %s; %s: %s\n", o->host,
			(unsigned long long)o->records, (unsigned long long)o->all,
			o->all ? first : "", o->all ? last : "", seki_say(p, SEKI_SAY_VERIFIED),
			seki_say(p, !o->verified ? SEKI_SAY_VERIFIED_NO :
				    o->wrong	 ? SEKI_SAY_VERIFIED_WRONG :
						   SEKI_SAY_VERIFIED_YES));
	}
}

static void front(const struct seki_paper *p, FILE *out)
{
	char from[48], to[48];

	seki_paper_window(p, from, to);
	fprintf(out, "# %s\n\n%s\n\n%s: %s - %s\n\n%s: ", seki_say(p, SEKI_SAY_TITLE),
		seki_say(p, SEKI_SAY_SUBTITLE), seki_say(p, SEKI_SAY_WINDOW), from, to,
		seki_say(p, SEKI_SAY_PATTERN));
	if (p->k.pattern)
		fprintf(out, "%u\n\n", p->k.pattern);
	else
		fprintf(out, "%s\n\n", seki_say(p, SEKI_SAY_NO_PATTERN));
	hosts(p, out);
}

static void gaps(const struct seki_paper *p, FILE *out)
{
	char from[48], to[48];

	if (!p->k.s->gaps)
		return;
	head(p, out, SEKI_SAY_GAPS);
	column(p, out, SEKI_SAY_WHAT);
	column(p, out, SEKI_SAY_FROM);
	column(p, out, SEKI_SAY_TO);
	column(p, out, SEKI_SAY_SECONDS);
	column(p, out, SEKI_SAY_RECORDS);
	line(out, 5);
	for (size_t i = 0; i < p->k.s->gaps; i++) {
		const struct seki_gap *g = &p->k.s->gap[i];

		seki_when_text(p->k.s, g->from, true, from);
		seki_when_text(p->k.s, g->to, true, to);
		fprintf(out, "| %s%s%s | %s | %s | %llu | %llu - %llu |\n",
			seki_gap_title(g->kind, p->k.japanese), g->held ? "; " : "",
			g->held ? seki_say(p, SEKI_SAY_HELD) : "", from, to,
			(unsigned long long)g->seconds, (unsigned long long)g->low,
			(unsigned long long)g->high);
	}
}

static void tally(const struct seki_paper *p, FILE *out, const struct seki_tally *t,
		  enum seki_phrase what, enum seki_phrase none, const enum seki_phrase *columns,
		  unsigned int count)
{
	char part[SEKI_TALLY_TEXT];

	head(p, out, what);
	if (!t->count) {
		fprintf(out, "%s\n", seki_say(p, none));
		return;
	}
	for (unsigned int i = 0; i < count; i++)
		column(p, out, columns[i]);
	column(p, out, SEKI_SAY_COUNT);
	line(out, (int)count + 1);
	for (size_t i = 0; i < t->count && i < ROWS; i++) {
		for (unsigned int k = 0; k < count; k++) {
			fputs("| ", out);
			seki_tally_part(t->list[i], k, part, sizeof(part));
			seki_md_text(out,
				     columns[k] == SEKI_SAY_ACT ? seki_act_text(p, part) : part);
			fputc(' ', out);
		}
		fprintf(out, "| %llu |\n", (unsigned long long)t->list[i]->count);
	}
	if (t->count > ROWS)
		fprintf(out, "\n%s %zu\n", seki_say(p, SEKI_SAY_MORE), t->count - ROWS);
}

static void sums(const struct seki_paper *p, FILE *out)
{
	head(p, out, SEKI_SAY_VERDICTS);
	column(p, out, SEKI_SAY_ROLE);
	for (int j = 0; j < SEKI_JUDGEMENTS; j++)
		fprintf(out, "| %s ", seki_verdict_title(p, (enum seki_judgement)j));
	line(out, 1 + SEKI_JUDGEMENTS);
	for (int r = 0; r < SEKI_ROLES; r++) {
		fprintf(out, "| %s ", seki_role_title(p, (enum seki_role)r));
		for (int j = 0; j < SEKI_JUDGEMENTS; j++)
			fprintf(out, "| %zu ", p->sum[r][j]);
		fputs("|\n", out);
	}
}

static void item(const struct seki_paper *p, const struct seki_opinion *v, FILE *out)
{
	char reason[640];

	fprintf(out, "| %s | ", seki_paper_cell(p, v, ITEM_ID));
	seki_md_text(out, seki_paper_title(p, v));
	fprintf(out, " | %s | %s | ", seki_role_title(p, v->role),
		seki_verdict_title(p, v->judgement));
	for (unsigned int i = 0; i < v->reasons; i++) {
		seki_reason_text(&p->k, &v->reason[i], reason, sizeof(reason));
		seki_md_text(out, reason);
		fputc(' ', out);
	}
	fprintf(out, "| %llu | ", (unsigned long long)v->records);
	seki_md_text(out, v->examples ? v->example[0]->id : "");
	fputs(" | ", out);
	seki_md_text(out, seki_paper_map(p, v, MAP_NOTE));
	fputs(" |\n", out);
}

static void catalogue(const struct seki_paper *p, size_t row, FILE *out)
{
	const struct seki_sheet *s = &p->k.c->sheet[SEKI_SHEET_CATALOGUES];

	fprintf(out, "\n### %s\n\n",
		seki_sheet_cell(s, row, p->k.japanese ? CATALOGUE_JA : CATALOGUE_EN));
	column(p, out, SEKI_SAY_ITEM);
	column(p, out, SEKI_SAY_TITLE_OF);
	column(p, out, SEKI_SAY_ROLE);
	column(p, out, SEKI_SAY_VERDICT);
	column(p, out, SEKI_SAY_REASON);
	column(p, out, SEKI_SAY_RECORDS);
	column(p, out, SEKI_SAY_EXAMPLES);
	column(p, out, SEKI_SAY_NOT_SHOWN);
	line(out, 8);
	for (size_t i = 0; i < p->verdicts; i++)
		if (p->verdict[i].judgement != SEKI_OUTSIDE &&
		    !strcmp(seki_paper_cell(p, &p->verdict[i], ITEM_CATALOGUE),
			    seki_sheet_cell(s, row, CATALOGUE_ID)))
			item(p, &p->verdict[i], out);
}

int seki_write_md(const struct seki_paper *p, FILE *out)
{
	static const enum seki_phrase refused[] = { SEKI_SAY_ASSET, SEKI_SAY_ACT, SEKI_SAY_PERSON };
	static const enum seki_phrase reached[] = { SEKI_SAY_ASSET, SEKI_SAY_PROGRAM,
						    SEKI_SAY_ACT };

	front(p, out);
	if (!p->k.s->records)
		fprintf(out, "\n**%s**\n", seki_say(p, SEKI_SAY_NO_DATA));
	head(p, out, SEKI_SAY_LIMITS);
	for (size_t i = 0; seki_paper_limit(p, i); i++)
		fprintf(out, "- %s\n", seki_paper_limit(p, i));
	sums(p, out);
	gaps(p, out);
	tally(p, out, &p->k.s->refused, SEKI_SAY_REFUSED, SEKI_SAY_REFUSED_NONE, refused, 3);
	if (p->k.s->probes)
		fprintf(out, "\n%s: %llu\n", seki_say(p, SEKI_SAY_PROBES),
			(unsigned long long)p->k.s->probes);
	tally(p, out, &p->k.s->allowed, SEKI_SAY_REACHED, SEKI_SAY_REACHED_NONE, reached, 3);
	head(p, out, SEKI_SAY_ITEMS);
	for (size_t i = 0; i < p->k.c->sheet[SEKI_SHEET_CATALOGUES].rows; i++)
		catalogue(p, i, out);
	return 0;
}
