// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * html.c - the first page: what was asked, whether the protection was up, who came,
 * what was refused and reached, what is open, and what the method cannot show.
 */
#define _GNU_SOURCE
#include "userspace/report/html.h"

#include <stdlib.h>
#include <string.h>

#include "userspace/lib/cleanup.h"
#include "userspace/reader/field.h"

#define ROWS 15 /* of a list on the first pages; JSON has all */

void seki_html_text(FILE *out, const char *text)
{
	seki_autofree char *safe = NULL;
	size_t size;
	FILE *f = open_memstream(&safe, &size);

	if (!f)
		return;
	seki_print_safe(f, text);
	fclose(f);
	for (const char *c = safe; *c; c++) {
		if (*c == '&')
			fputs("&amp;", out);
		else if (*c == '<')
			fputs("&lt;", out);
		else if (*c == '>')
			fputs("&gt;", out);
		else if (*c == '"')
			fputs("&quot;", out);
		else
			fputc(*c, out);
	}
}

void seki_html_phrase(const struct seki_paper *p, FILE *out, enum seki_phrase what)
{
	seki_html_text(out, seki_say(p, what));
}

static void head(const struct seki_paper *p, FILE *out, enum seki_phrase what)
{
	fputs("<h2>", out);
	seki_html_phrase(p, out, what);
	fputs("</h2>\n", out);
}

/* ---- what was asked ------------------------------------------------------------------- */

static void host(const struct seki_paper *p, const struct seki_source_sum *o, FILE *out)
{
	char first[48], last[48];

	seki_html_text(out, *o->name ? o->name : o->path);
	fprintf(out, " (%s): ", o->host);
	if (o->all) {
		seki_when_text(p->k.s, o->all_first, false, first);
		seki_when_text(p->k.s, o->all_last, false, last);
		fprintf(out, "%s %llu / %llu, %s – %s; ", seki_say(p, SEKI_SAY_RECORDS),
			(unsigned long long)o->records, (unsigned long long)o->all, first, last);
	}
	fprintf(out, "%s: %s<br>", seki_say(p, SEKI_SAY_VERIFIED),
		seki_say(p, !o->verified ? SEKI_SAY_VERIFIED_NO :
			    o->wrong	 ? SEKI_SAY_VERIFIED_WRONG :
					   SEKI_SAY_VERIFIED_YES));
}

static void policies(const struct seki_paper *p, FILE *out)
{
	const struct seki_tally *t = &p->k.s->policies;
	char part[SEKI_TALLY_TEXT];

	for (size_t i = 0; i < t->count; i++) {
		if (i)
			fputs("<br>", out);
		seki_html_text(out, seki_tally_part(t->list[i], 0, part, sizeof(part)));
		fputs(" ", out);
		seki_html_text(out, seki_tally_part(t->list[i], 1, part, sizeof(part)));
		fputs(" (", out);
		seki_html_text(out, seki_tally_part(t->list[i], 2, part, sizeof(part)));
		fputs(")", out);
	}
	if (!t->count)
		fputs("–", out);
}

static void facts(const struct seki_paper *p, FILE *out)
{
	char from[48], to[48];

	seki_paper_window(p, from, to);
	fprintf(out, "<dl class=\"facts\"><dt>%s</dt><dd>%s – %s</dd><dt>%s</dt><dd>",
		seki_say(p, SEKI_SAY_WINDOW), from, to, seki_say(p, SEKI_SAY_HOSTS));
	for (size_t i = 0; i < p->k.s->sources; i++)
		host(p, &p->k.s->source[i], out);
	fprintf(out, "</dd><dt>%s</dt><dd>", seki_say(p, SEKI_SAY_POLICIES));
	policies(p, out);
	fprintf(out, "</dd><dt>%s</dt><dd>", seki_say(p, SEKI_SAY_PATTERN));
	if (p->k.pattern)
		fprintf(out, "%u", p->k.pattern);
	else
		seki_html_phrase(p, out, SEKI_SAY_NO_PATTERN);
	fputs("</dd></dl>\n", out);
}

/* ---- was the protection up? --------------------------------------------------------------- */

static enum seki_phrase answer(const struct seki_sums *s, const char **ret_class)
{
	enum seki_phrase up = seki_paper_up(s);

	*ret_class = up == SEKI_SAY_UP_YES			      ? "met" :
		     up == SEKI_SAY_UP_GAPS || up == SEKI_SAY_UP_LOST ? "partly" :
									"not-met";
	return up;
}

static void tile(const struct seki_paper *p, FILE *out, enum seki_phrase what, uint64_t n)
{
	fprintf(out, "<div><b>%llu</b><span>%s</span></div>", (unsigned long long)n,
		seki_say(p, what));
}

static void state(const struct seki_paper *p, FILE *out)
{
	const struct seki_sums *s = p->k.s;
	const char *class;
	enum seki_phrase said = answer(s, &class);

	fprintf(out, "<div class=\"state %s\"><strong>%s</strong>", class,
		seki_say(p, SEKI_SAY_UP));
	seki_html_phrase(p, out, said);
	fputs("</div>\n<div class=\"tiles\">", out);
	tile(p, out, SEKI_SAY_DENIED, s->out[SEKI_OUT_DENIED]);
	tile(p, out, SEKI_SAY_WOULD, s->out[SEKI_OUT_WOULD]);
	tile(p, out, SEKI_SAY_ALLOWED, s->out[SEKI_OUT_ALLOWED]);
	tile(p, out, SEKI_SAY_SESSIONS, s->visits);
	tile(p, out, SEKI_SAY_GAPS, s->gaps);
	tile(p, out, SEKI_SAY_LOSSES, s->lost + s->disk_lost);
	tile(p, out, SEKI_SAY_RECORDS, s->records);
	fputs("</div>\n", out);
}

static void gaps(const struct seki_paper *p, FILE *out)
{
	char from[48], to[48];

	if (!p->k.s->gaps)
		return;
	head(p, out, SEKI_SAY_GAPS);
	fprintf(out,
		"<table class=\"wide\"><thead><tr><th>%s</th><th>%s</th><th>%s</th><th>%s</th>"
		"<th>%s</th></tr></thead><tbody>\n",
		seki_say(p, SEKI_SAY_WHAT), seki_say(p, SEKI_SAY_FROM), seki_say(p, SEKI_SAY_TO),
		seki_say(p, SEKI_SAY_SECONDS), seki_say(p, SEKI_SAY_RECORDS));
	for (size_t i = 0; i < p->k.s->gaps; i++) {
		const struct seki_gap *g = &p->k.s->gap[i];

		seki_when_text(p->k.s, g->from, true, from);
		seki_when_text(p->k.s, g->to, true, to);
		fprintf(out,
			"<tr><td>%s%s%s</td><td data-h=\"%s\">%s</td><td data-h=\"%s\">%s</td>"
			"<td class=\"n\" data-h=\"%s\">%llu</td><td data-h=\"%s\">#%llu – #%llu</td></tr>\n",
			seki_gap_title(g->kind, p->k.japanese), g->held ? "; " : "",
			g->held ? seki_say(p, SEKI_SAY_HELD) : "", seki_say(p, SEKI_SAY_FROM), from,
			seki_say(p, SEKI_SAY_TO), to, seki_say(p, SEKI_SAY_SECONDS),
			(unsigned long long)g->seconds, seki_say(p, SEKI_SAY_RECORDS),
			(unsigned long long)g->low, (unsigned long long)g->high);
	}
	fputs("</tbody></table>\n", out);
}

/* ---- who, what ------------------------------------------------------------------------------ */

static void sessions(const struct seki_paper *p, FILE *out)
{
	static const enum seki_phrase heads[] = { SEKI_SAY_PERSON, SEKI_SAY_PLACE,    SEKI_SAY_FROM,
						  SEKI_SAY_TO,	   SEKI_SAY_PROGRAMS, SEKI_SAY_ACTS,
						  SEKI_SAY_DENIED };
	char from[48], to[48];

	head(p, out, SEKI_SAY_WHO);
	if (!p->k.s->visits) {
		fprintf(out, "<p>%s</p>\n", seki_say(p, SEKI_SAY_WHO_NONE));
		return;
	}
	fputs("<table class=\"wide\"><thead><tr>", out);
	for (size_t h = 0; h < sizeof(heads) / sizeof(heads[0]); h++)
		fprintf(out, "<th>%s</th>", seki_say(p, heads[h]));
	fputs("</tr></thead><tbody>\n", out);
	for (size_t i = 0; i < p->k.s->visits && i < ROWS; i++) {
		const struct seki_visit *v = &p->k.s->visit[i];

		seki_when_text(p->k.s, v->first, false, from);
		seki_when_text(p->k.s, v->last, false, to);
		fputs("<tr><td>", out);
		seki_html_text(out, *v->login ? v->login : "?");
		if (*v->ticket) {
			fprintf(out, "<br><small>%s: ", seki_say(p, SEKI_SAY_TICKET));
			seki_html_text(out, v->ticket);
			fputs("</small>", out);
		}
		fprintf(out, "</td><td data-h=\"%s\">", seki_say(p, SEKI_SAY_PLACE));
		seki_html_text(out, *v->from ? v->from : v->tty);
		fprintf(out,
			"</td><td data-h=\"%s\">%s</td><td data-h=\"%s\">%s</td>"
			"<td class=\"n\" data-h=\"%s\">%llu</td><td class=\"n\" data-h=\"%s\">%llu</td>"
			"<td class=\"n\" data-h=\"%s\">%llu</td></tr>\n",
			seki_say(p, SEKI_SAY_FROM), from, seki_say(p, SEKI_SAY_TO), to,
			seki_say(p, SEKI_SAY_PROGRAMS), (unsigned long long)v->programs,
			seki_say(p, SEKI_SAY_ACTS), (unsigned long long)v->acts,
			seki_say(p, SEKI_SAY_DENIED), (unsigned long long)v->refused);
	}
	fputs("</tbody></table>\n", out);
	if (p->k.s->visits > ROWS)
		fprintf(out, "<p class=\"note\">%s %zu</p>\n", seki_say(p, SEKI_SAY_MORE),
			p->k.s->visits - ROWS);
}

static void tally(const struct seki_paper *p, const struct seki_tally *t, enum seki_phrase what,
		  enum seki_phrase none, const enum seki_phrase *columns, unsigned int count,
		  FILE *out)
{
	char part[SEKI_TALLY_TEXT];

	head(p, out, what);
	if (!t->count) {
		fprintf(out, "<p>%s</p>\n", seki_say(p, none));
		return;
	}
	fputs("<table class=\"wide\"><thead><tr>", out);
	for (unsigned int k = 0; k < count; k++)
		fprintf(out, "<th>%s</th>", seki_say(p, columns[k]));
	fprintf(out, "<th>%s</th></tr></thead><tbody>\n", seki_say(p, SEKI_SAY_COUNT));
	for (size_t i = 0; i < t->count && i < ROWS; i++) {
		fputs("<tr>", out);
		for (unsigned int k = 0; k < count; k++) {
			fprintf(out, "<td data-h=\"%s\">", seki_say(p, columns[k]));
			seki_tally_part(t->list[i], k, part, sizeof(part));
			seki_html_text(out,
				       columns[k] == SEKI_SAY_ACT ? seki_act_text(p, part) : part);
			fputs("</td>", out);
		}
		fprintf(out, "<td class=\"n\" data-h=\"%s\">%llu</td></tr>\n",
			seki_say(p, SEKI_SAY_COUNT), (unsigned long long)t->list[i]->count);
	}
	fputs("</tbody></table>\n", out);
	if (t->count > ROWS)
		fprintf(out, "<p class=\"note\">%s %zu</p>\n", seki_say(p, SEKI_SAY_MORE),
			t->count - ROWS);
}

/* ---- what is open -------------------------------------------------------------------------- */

static void open_items(const struct seki_paper *p, FILE *out)
{
	size_t shown = 0;

	head(p, out, SEKI_SAY_OPEN);
	for (int j = SEKI_NOT_MET; j >= SEKI_PARTLY; j--)
		for (size_t i = 0; i < p->verdicts; i++) {
			const struct seki_opinion *v = &p->verdict[i];

			if ((int)v->judgement != j)
				continue;
			if (!shown++)
				fputs("<p>", out);
			fprintf(out, "<a href=\"#%s\"><span class=\"v %s\">%s</span></a> ",
				seki_paper_cell(p, v, ITEM_ID), seki_judgement_word(v->judgement),
				seki_paper_cell(p, v, ITEM_ID));
		}
	fputs(shown ? "</p>\n" : "", out);
	if (!shown)
		fprintf(out, "<p>%s</p>\n", seki_say(p, SEKI_SAY_OPEN_NONE));
}

static void limits(const struct seki_paper *p, FILE *out)
{
	fputs("<section class=\"limits\">", out);
	head(p, out, SEKI_SAY_LIMITS);
	fputs("<ul>", out);
	for (size_t i = 0; seki_paper_limit(p, i); i++) {
		fputs("<li>", out);
		seki_html_text(out, seki_paper_limit(p, i));
		fputs("</li>", out);
	}
	fputs("</ul></section>\n", out);
}

static bool verified(const struct seki_sums *s)
{
	for (size_t i = 0; i < s->sources; i++)
		if (!s->source[i].verified || s->source[i].wrong)
			return false;
	return s->sources > 0;
}

static void begin(const struct seki_paper *p, FILE *out)
{
	fprintf(out,
		"<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'\">\n<title>%s</title>\n<style>\n%s</style>\n</head>\n"
		"<body>\n<h1>%s</h1>\n<p class=\"sub\">%s</p>\n",
		p->k.japanese ? "ja" : "en", seki_say(p, SEKI_SAY_TITLE), seki_html_style,
		seki_say(p, SEKI_SAY_TITLE), seki_say(p, SEKI_SAY_SUBTITLE));
}

int seki_write_html(const struct seki_paper *p, FILE *out)
{
	static const enum seki_phrase refused[] = { SEKI_SAY_ASSET, SEKI_SAY_ACT, SEKI_SAY_PERSON };
	static const enum seki_phrase reached[] = { SEKI_SAY_ASSET, SEKI_SAY_PROGRAM, SEKI_SAY_ACT,
						    SEKI_SAY_NUMBER, SEKI_SAY_RULE };

	begin(p, out);
	facts(p, out);
	state(p, out);
	seki_html_timeline(p, out);
	head(p, out, SEKI_SAY_VERDICTS);
	seki_html_verdicts(p, out);
	limits(p, out);
	gaps(p, out);
	open_items(p, out);
	sessions(p, out);
	tally(p, &p->k.s->refused, SEKI_SAY_REFUSED, SEKI_SAY_REFUSED_NONE, refused, 3, out);
	if (p->k.s->probes)
		fprintf(out, "<p class=\"note\">%s: %llu</p>\n", seki_say(p, SEKI_SAY_PROBES),
			(unsigned long long)p->k.s->probes);
	tally(p, &p->k.s->allowed, SEKI_SAY_REACHED, SEKI_SAY_REACHED_NONE, reached, 5, out);
	fputs("<div class=\"page\"></div>\n", out);
	head(p, out, SEKI_SAY_ITEMS);
	seki_html_items(p, out);
	fprintf(out, "<p class=\"note\">%s</p>\n</body>\n</html>\n",
		seki_say(p, verified(p->k.s) ? SEKI_SAY_PAGE_MADE : SEKI_SAY_PAGE_UNVERIFIED));
	return 0;
}
