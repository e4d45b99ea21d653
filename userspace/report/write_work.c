// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A form per session of an operator, for signing: when, who, escort, what was done,
 * what was changed, and the state of the host before and after it.  What no record shows is
 * left blank and says so.
 */
#include <string.h>

#include "userspace/report/md.h"

/* Parts of a counted text. */
enum { SESSION, KIND, OUTCOME, LABEL, WHAT, ACT };

static void head(const struct seki_paper *p, enum seki_phrase what, FILE *out)
{
	fprintf(out, "| %s | ", seki_say(p, what));
}

static void outcome(const struct seki_paper *p, const char *verdict, FILE *out)
{
	if (!strcmp(verdict, "denied"))
		fprintf(out, " (%s)", seki_say(p, SEKI_SAY_WORK_REFUSED));
	else if (!strcmp(verdict, "would-deny"))
		fprintf(out, " (%s)", seki_say(p, SEKI_SAY_WORK_WOULD));
	else if (!strcmp(verdict, "allowed"))
		fprintf(out, " (%s)", seki_say(p, SEKI_SAY_WORK_ALLOWED));
}

static void one(const struct seki_paper *p, const struct seki_counted *c, FILE *out)
{
	char part[SEKI_TALLY_TEXT];

	seki_tally_part(c, ACT, part, sizeof(part));
	seki_md_text(out, seki_act_text(p, part));
	fputs(": ", out);
	seki_tally_part(c, WHAT, part, sizeof(part));
	seki_md_text(out, *part ? part : seki_tally_part(c, LABEL, part, sizeof(part)));
	outcome(p, seki_tally_part(c, OUTCOME, part, sizeof(part)), out);
	fprintf(out, " × %llu, #%llu<br>", (unsigned long long)c->count,
		(unsigned long long)c->record);
}

/* How many were told. */
static size_t list(const struct seki_paper *p, const char *session, const char *kind, FILE *out)
{
	const struct seki_tally *t = &p->k.s->work;
	char part[SEKI_TALLY_TEXT];
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(seki_tally_part(t->list[i], SESSION, part, sizeof(part)), session) !=
			    0 ||
		    strcmp(seki_tally_part(t->list[i], KIND, part, sizeof(part)), kind) != 0)
			continue;
		one(p, t->list[i], out);
		n++;
	}
	return n;
}

static void check(const struct seki_paper *p, FILE *out)
{
	size_t good = 0, weak = 0, bad = 0, unseen = 0, i;
	json_t *item;

	if (!p->k.posture) {
		fputs(seki_say(p, SEKI_SAY_WORK_NO_CHECK), out);
		return;
	}
	json_array_foreach(json_object_get(p->k.posture, "items"), i, item) {
		const char *state = json_string_value(json_object_get(item, "state"));

		if (!state || !strcmp(state, "not-observable"))
			unseen++;
		else if (!strcmp(state, "bad"))
			bad++;
		else if (!strcmp(state, "weak"))
			weak++;
		else
			good++;
	}
	fprintf(out,
		p->k.japanese ? "良好又は非該当 %zu、弱い %zu、不良 %zu、確認不能 %zu" :
				"good or not applicable %zu, weak %zu, bad %zu, not observable %zu",
		good, weak, bad, unseen);
}

/* What the log itself shows: a whole posture stands in no record. */
static void beat(const struct seki_paper *p, const struct seki_beat *b, FILE *out)
{
	char when[48];

	if (!b->any) {
		fputs(seki_say(p, SEKI_SAY_WORK_NO_BEAT), out);
		return;
	}
	seki_when_text(p->k.s, b->when, false, when);
	fprintf(out, "%s #%llu, %s: %s ", seki_say(p, SEKI_SAY_WORK_BY_BEAT),
		(unsigned long long)b->record, when, seki_say(p, SEKI_SAY_WORK_MODE));
	seki_md_text(out, *b->mode ? b->mode : "-");
	fprintf(out, ", %s ", seki_say(p, SEKI_SAY_WORK_CANARY));
	seki_md_text(out, *b->canary ? b->canary : "-");
	fprintf(out, ", %s ", seki_say(p, SEKI_SAY_POLICIES));
	seki_md_text(out, *b->digest ? b->digest : "-");
	if (b->clock)
		fprintf(out, ", %s: %s", seki_say(p, SEKI_SAY_WORK_CLOCK),
			seki_say(p, b->synced ? SEKI_SAY_WORK_SYNCED : SEKI_SAY_WORK_UNSYNCED));
}

static void form(const struct seki_paper *p, const struct seki_visit *v, FILE *out)
{
	char from[48], to[48];

	seki_when_text(p->k.s, v->first, false, from);
	seki_when_text(p->k.s, v->last, false, to);
	fprintf(out, "\n## %s ", seki_say(p, SEKI_SAY_WORK_SESSION));
	seki_md_text(out, v->session);
	fputs("\n\n| | |\n|---|---|\n", out);
	head(p, SEKI_SAY_WORK_DATE, out);
	fprintf(out, "%s – %s |\n", from, to);
	head(p, SEKI_SAY_WORK_PERSON, out);
	seki_md_text(out, *v->login ? v->login : "?");
	fputs(", ", out);
	seki_md_text(out, *v->from ? v->from : v->tty);
	fputs(" |\n", out);
	if (*v->ticket) {
		head(p, SEKI_SAY_TICKET, out);
		seki_md_text(out, v->ticket);
		fputs(" |\n", out);
	}
	head(p, SEKI_SAY_WORK_ESCORT, out);
	fprintf(out, "%s |\n", seki_say(p, SEKI_SAY_WORK_BLANK));
	head(p, SEKI_SAY_WORK_DONE, out);
	if (!(list(p, v->session, "program", out) + list(p, v->session, "act", out)))
		fputs(seki_say(p, SEKI_SAY_WORK_NOTHING), out);
	fputs(" |\n", out);
	head(p, SEKI_SAY_WORK_PARTS, out);
	if (!list(p, v->session, "change", out))
		fputs(seki_say(p, SEKI_SAY_WORK_NO_CHANGE), out);
	fputs(" |\n", out);
	head(p, SEKI_SAY_WORK_BEFORE, out);
	beat(p, &v->before, out);
	fputs(" |\n", out);
	head(p, SEKI_SAY_WORK_AFTER, out);
	beat(p, &v->after, out);
	fputs(" |\n", out);
	head(p, SEKI_SAY_WORK_CHECK, out);
	check(p, out);
	fputs(" |\n", out);
	head(p, SEKI_SAY_WORK_SIGN, out);
	fprintf(out, "%s |\n", seki_say(p, SEKI_SAY_WORK_BLANK));
}

int seki_write_work(const struct seki_paper *p, FILE *out)
{
	char from[48], to[48];

	seki_paper_window(p, from, to);
	fprintf(out, "# %s\n\n%s: %s – %s\n", seki_say(p, SEKI_SAY_WORK_TITLE),
		seki_say(p, SEKI_SAY_WINDOW), from, to);
	for (size_t i = 0; i < p->k.s->visits; i++)
		form(p, &p->k.s->visit[i], out);
	if (!p->k.s->visits)
		fprintf(out, "\n%s\n", seki_say(p, SEKI_SAY_WHO_NONE));
	if (p->k.s->work.beyond)
		fprintf(out, "\n%s: %llu\n", seki_say(p, SEKI_SAY_WORK_MORE),
			(unsigned long long)p->k.s->work.beyond);
	return 0;
}
