// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Drafts of documents of the self-confirmation: which sections a draft has, what each
 * shows and what the host can't state is data, drafts.tsv.
 */
#include <errno.h>
#include <string.h>

#include "userspace/report/md.h"

static const char *cell(const struct seki_paper *p, size_t row, size_t column)
{
	return seki_sheet_cell(&p->k.c->sheet[SEKI_SHEET_DRAFTS], row, column);
}

static const char *text_of(const struct seki_paper *p, size_t row)
{
	return cell(p, row, p->k.japanese ? DRAFT_TEXT_JA : DRAFT_TEXT_EN);
}

static void show_title(const struct seki_paper *p, size_t row, FILE *out)
{
	fprintf(out, "%s\n", text_of(p, row));
}

static void show_text(const struct seki_paper *p, size_t row, FILE *out)
{
	fprintf(out, "%s\n", text_of(p, row));
}

static void show_blank(const struct seki_paper *p, size_t row, FILE *out)
{
	(void)row;
	fprintf(out, "%s\n", seki_say(p, SEKI_SAY_WORK_BLANK));
}

/* ---- which hosts, and whether they were protected ---------------------------------- */

static void policies(const struct seki_paper *p, FILE *out)
{
	const struct seki_tally *t = &p->k.s->policies;
	char part[SEKI_TALLY_TEXT];

	fprintf(out, "- %s:", seki_say(p, SEKI_SAY_POLICIES));
	for (size_t i = 0; i < t->count; i++) {
		fputs(i ? ", " : " ", out);
		seki_md_text(out, seki_tally_part(t->list[i], 0, part, sizeof(part)));
		fputc(' ', out);
		seki_md_text(out, seki_tally_part(t->list[i], 1, part, sizeof(part)));
		fputs(" (", out);
		seki_md_text(out, seki_tally_part(t->list[i], 2, part, sizeof(part)));
		fputc(')', out);
	}
	fprintf(out, "%s\n", t->count ? "" : " -");
}

static void show_hosts(const struct seki_paper *p, size_t row, FILE *out)
{
	char from[48], to[48];

	(void)row;
	seki_paper_window(p, from, to);
	fprintf(out, "- %s: %s - %s\n", seki_say(p, SEKI_SAY_WINDOW), from, to);
	for (size_t i = 0; i < p->k.s->sources; i++) {
		const struct seki_source_sum *o = &p->k.s->source[i];

		fprintf(out, "- %s: ", seki_say(p, SEKI_SAY_HOSTS));
		seki_md_text(out, *o->name ? o->name : o->path);
		fprintf(out, " (%s), %s: %llu, %s: %s\n", o->host, seki_say(p, SEKI_SAY_RECORDS),
			(unsigned long long)o->records, seki_say(p, SEKI_SAY_VERIFIED),
			seki_say(p, !o->verified ? SEKI_SAY_VERIFIED_NO :
				    o->wrong	 ? SEKI_SAY_VERIFIED_WRONG :
						   SEKI_SAY_VERIFIED_YES));
	}
	policies(p, out);
}

static void show_up(const struct seki_paper *p, size_t row, FILE *out)
{
	const struct seki_sums *s = p->k.s;
	char from[48], to[48];

	(void)row;
	fprintf(out, "%s\n", seki_say(p, seki_paper_up(s)));
	for (size_t i = 0; i < s->gaps; i++) {
		seki_when_text(s, s->gap[i].from, true, from);
		seki_when_text(s, s->gap[i].to, true, to);
		fprintf(out, "%s- %s - %s, %s: %llu, %s%s%s\n", i ? "" : "\n", from, to,
			seki_say(p, SEKI_SAY_SECONDS), (unsigned long long)s->gap[i].seconds,
			seki_gap_title(s->gap[i].kind, p->k.japanese), s->gap[i].held ? "; " : "",
			s->gap[i].held ? seki_say(p, SEKI_SAY_HELD) : "");
	}
	if (s->lost)
		fprintf(out, "\n- %s: %llu\n", seki_say(p, SEKI_SAY_LOSSES),
			(unsigned long long)s->lost);
}

/* ---- what was done ---------------------------------------------------------------------- */

static void example(const struct seki_paper *p, const struct seki_pile *pile, FILE *out)
{
	const struct seki_example *e = &pile->example[0];
	char when[48];

	seki_when_text(p->k.s, e->when, false, when);
	fprintf(out, "- #%llu, %s: ", (unsigned long long)e->record, when);
	seki_md_text(out, seki_act_text(p, e->act));
	fputs(", ", out);
	seki_md_text(out, *e->path ? e->path : e->label);
	fputs(", ", out);
	seki_md_text(out, *e->login ? e->login : e->comm);
	fprintf(out, " (%s)\n", e->id);
}

static void show_acts(const struct seki_paper *p, size_t row, FILE *out)
{
	const struct seki_sums *s = p->k.s;
	uint64_t rules = seki_controls_set(p->k.s->rules, cell(p, row, DRAFT_RULES)),
		 n[SEKI_OUTS] = { 0 }, probes = 0;

	for (size_t i = 0; i < s->piles; i++) {
		if (!(s->pile[i]->rules & rules))
			continue;
		n[s->pile[i]->outcome] += s->pile[i]->count;
		probes += s->pile[i]->probes;
	}
	fprintf(out, "%s: %llu, %s: %llu, %s: %llu, %s: %llu\n\n", seki_say(p, SEKI_SAY_DENIED),
		(unsigned long long)n[SEKI_OUT_DENIED], seki_say(p, SEKI_SAY_WOULD),
		(unsigned long long)n[SEKI_OUT_WOULD], seki_say(p, SEKI_SAY_ALLOWED),
		(unsigned long long)n[SEKI_OUT_ALLOWED], seki_say(p, SEKI_SAY_OTHER),
		(unsigned long long)n[SEKI_OUT_NONE]);
	if (probes)
		fprintf(out, "%s: %llu\n\n", seki_say(p, SEKI_SAY_PROBES),
			(unsigned long long)probes);
	if (!(n[SEKI_OUT_DENIED] + n[SEKI_OUT_WOULD] + n[SEKI_OUT_ALLOWED] + n[SEKI_OUT_NONE]))
		fprintf(out, "%s\n", seki_say(p, SEKI_SAY_DRAFT_NO_ACT));
	for (size_t i = 0; i < s->piles; i++)
		if (s->pile[i]->rules & rules && s->pile[i]->examples)
			example(p, s->pile[i], out);
}

/* Parts of the tally: label, domain, act, line and text of the rule, if one is named. */
static void reached(const struct seki_paper *p, const struct seki_counted *c, FILE *out)
{
	char part[SEKI_TALLY_TEXT];

	fputs("- ", out);
	for (unsigned int k = 0; k < 5; k++) {
		seki_tally_part(c, k, part, sizeof(part));
		if (!*part)
			continue;
		fputs(k ? ", " : "", out);
		seki_md_text(out, k == 2 ? seki_act_text(p, part) : part);
	}
	fprintf(out, " × %llu\n", (unsigned long long)c->count);
}

static void show_reached(const struct seki_paper *p, size_t row, FILE *out)
{
	const struct seki_tally *t = &p->k.s->allowed;

	(void)row;
	if (!t->count)
		fprintf(out, "%s\n", seki_say(p, SEKI_SAY_REACHED_NONE));
	for (size_t i = 0; i < t->count; i++)
		reached(p, t->list[i], out);
	if (t->beyond)
		fprintf(out, "- %s %llu\n", seki_say(p, SEKI_SAY_MORE),
			(unsigned long long)t->beyond);
}

static void show_people(const struct seki_paper *p, size_t row, FILE *out)
{
	const struct seki_sums *s = p->k.s;
	char from[48], to[48];

	(void)row;
	if (!s->visits)
		fprintf(out, "%s\n", seki_say(p, SEKI_SAY_WHO_NONE));
	for (size_t i = 0; i < s->visits; i++) {
		const struct seki_visit *v = &s->visit[i];

		seki_when_text(s, v->first, false, from);
		seki_when_text(s, v->last, false, to);
		fprintf(out, "- %s - %s: ", from, to);
		seki_md_text(out, *v->login ? v->login : "?");
		fputs(", ", out);
		seki_md_text(out, *v->from ? v->from : v->tty);
		fprintf(out, ", %s %llu, %s %llu\n", seki_say(p, SEKI_SAY_ACTS),
			(unsigned long long)v->acts, seki_say(p, SEKI_SAY_DENIED),
			(unsigned long long)v->refused);
	}
}

/* ---- judgements ---------------------------------------------------------------------------- */

static void one_item(const struct seki_paper *p, const struct seki_opinion *v, FILE *out)
{
	char reason[640];

	fprintf(out, "- %s ", seki_paper_cell(p, v, ITEM_ID));
	seki_md_text(out, seki_paper_title(p, v));
	fprintf(out, p->k.japanese ? ": %s。" : ": %s. ", seki_verdict_title(p, v->judgement));
	for (unsigned int i = 0; i < v->reasons; i++) {
		seki_reason_text(&p->k, &v->reason[i], reason, sizeof(reason));
		seki_md_text(out, reason);
		fputc(' ', out);
	}
	fputc('\n', out);
}

static void show_items(const struct seki_paper *p, size_t row, FILE *out)
{
	const char *at = cell(p, row, DRAFT_ITEMS), *id;
	size_t len, found;

	while ((len = seki_next_id(&at, &id)))
		if (seki_sheet_find(&p->k.c->sheet[SEKI_SHEET_ITEMS], id, len, &found))
			one_item(p, &p->verdict[found], out);
}

static void show_state(const struct seki_paper *p, size_t row, FILE *out)
{
	const char *at = cell(p, row, DRAFT_POSTURE), *id;
	size_t len;

	if (!p->k.posture)
		fprintf(out, "%s\n", seki_say(p, SEKI_SAY_WORK_NO_CHECK));
	while (p->k.posture && (len = seki_next_id(&at, &id)))
		fprintf(out, "- %.*s: %s\n", (int)len, id,
			seki_posture_state_of(p->k.posture, id, len) ?: "not-observable");
}

/* clang-format off */
static const struct {
	const char *word;
	void (*show)(const struct seki_paper *p, size_t row, FILE *out);
} shows[] = {
	{ "title", show_title },
	{ "text", show_text },
	{ "blank", show_blank },
	{ "hosts", show_hosts },
	{ "up", show_up },
	{ "acts", show_acts },
	{ "reached", show_reached },
	{ "people", show_people },
	{ "items", show_items },
	{ "state", show_state },
};
/* clang-format on */

static void section(const struct seki_paper *p, size_t row, unsigned int number, FILE *out)
{
	const char *what = cell(p, row, DRAFT_SHOW);
	const char *title = cell(p, row, p->k.japanese ? DRAFT_JA : DRAFT_EN);

	if (number)
		fprintf(out, "\n## %u. %s\n\n", number, title);
	else
		fprintf(out, "# %s\n\n", title);
	for (size_t i = 0; i < sizeof(shows) / sizeof(shows[0]); i++)
		if (!strcmp(shows[i].word, what))
			shows[i].show(p, row, out);
}

int seki_write_draft(const struct seki_paper *p, const char *draft, FILE *out)
{
	const struct seki_sheet *s = &p->k.c->sheet[SEKI_SHEET_DRAFTS];
	unsigned int number = 0;

	for (size_t row = 0; row < s->rows; row++)
		if (!strcmp(cell(p, row, DRAFT_NAME), draft))
			section(p, row, number++, out);
	return number ? 0 : -ENOENT;
}
