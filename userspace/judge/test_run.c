// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "userspace/judge/test_file.h"

struct run {
	const struct seki_view *v;
	const struct seki_controls *controls;
	struct seki_test_result r;
	char wrong[512];
};

static const char *rule_text(const struct seki_view *v, __u32 rule)
{
	const struct seki_bundle_rule *r = seki_bundle_rule(v->b, rule);

	return r ? seki_bundle_string(v->b, r->text) : "default";
}

static bool wrong_verdict(struct run *run, const struct seki_decision *d)
{
	static const char *const words[] = {
		[SEKI_DENIED] = "denied", [SEKI_WOULD_DENY] = "would-deny", [SEKI_ALLOWED] = "allowed"
	};
	const struct seki_test *t = run->r.test;

	if (d->verdict == t->expect.n)
		return false;
	snprintf(run->wrong, sizeof(run->wrong), "%s by %s, not %s", seki_decision_word(d),
		 rule_text(run->v, d->rule), words[t->expect.n]);
	return true;
}

static bool wrong_rule(struct run *run, const struct seki_decision *d)
{
	const struct seki_test *t = run->r.test;
	const char *text = rule_text(run->v, d->rule);

	if (!t->rule.s || (!strcmp(t->rule.s, "default") ? !d->rule : !!strstr(text, t->rule.s)))
		return false;
	snprintf(run->wrong, sizeof(run->wrong), "%s by %s, not by %s", seki_decision_word(d), text,
		 t->rule.s);
	return true;
}

static bool wrong_record(struct run *run, const struct seki_decision *d)
{
	const struct seki_test *t = run->r.test;

	static const __u8 wanted[] = { [SEKI_RECORD_ALWAYS] = SEKI_LEAVES_RECORD,
				       [SEKI_RECORD_BEST_EFFORT] = SEKI_LEAVES_IF_ROOM,
				       [SEKI_RECORD_NEVER] = SEKI_LEAVES_NOTHING };
	static const char *const words[] = { "without a record", "with a record",
					     "with a record if there is room" };

	if (!t->record.n || d->record == wanted[t->record.n])
		return false;
	snprintf(run->wrong, sizeof(run->wrong), "%s %s", seki_decision_word(d), words[d->record]);
	return true;
}

static bool has(const struct seki_ids *ids, const char *id)
{
	for (size_t i = 0; i < ids->count; i++)
		if (strlen(id) == ids->id[i].len && !memcmp(ids->id[i].text, id, ids->id[i].len))
			return true;
	return false;
}

static bool wrong_items(struct run *run, const struct seki_case *c, const struct seki_decision *d)
{
	const struct seki_texts *want = &run->r.test->controls;
	struct seki_ids ids;

	seki_case_controls(c, d, &ids);
	for (unsigned int i = 0; i < want->n; i++)
		if (!has(&ids, want->v[i].s)) {
			snprintf(run->wrong, sizeof(run->wrong),
				 "the record is no evidence for %s%s", want->v[i].s,
				 run->controls->count ? "" : " (no tables of control items)");
			return true;
		}
	return false;
}

static bool unknown(struct run *run, const char *key, const char *word, const char *why)
{
	snprintf(run->wrong, sizeof(run->wrong), "%s '%.100s': %s", key, word, why);
	return true;
}

static bool is_wrong(struct run *run)
{
	struct seki_case c = { .v = run->v, .controls = run->controls };
	struct seki_decision *d = &run->r.got;
	const char *why;

	*d = (struct seki_decision){ 0 };
	if (!seki_subject_find(run->v, run->r.who, &c.who, &why))
		return unknown(run, "who", run->r.who, why);
	if (!seki_act_find(run->r.act, &c.want, &why))
		return unknown(run, "act", run->r.act, why);
	if (!seki_target_find(run->v, run->r.on, &c.on, &why))
		return unknown(run, "on", run->r.on, why);
	seki_subject_decide(run->v, &c.who, c.on.label, c.want, d);
	return wrong_verdict(run, d) || wrong_rule(run, d) || wrong_record(run, d) ||
	       wrong_items(run, &c, d);
}

static void run_one(struct run *run, bool *met, seki_test_taker *take, void *to)
{
	run->r.wrong = is_wrong(run) ? run->wrong : NULL;
	if (met)
		met[run->r.got.rule] = true;
	take(to, &run->r);
}

void seki_test_run(const struct seki_test_file *f, const struct seki_view *v,
		   const struct seki_controls *controls, bool *met, seki_test_taker *take, void *to)
{
	struct run run = { .v = v, .controls = controls };

	for (unsigned int i = 0; i < f->n; i++) {
		const struct seki_test *t = run.r.test = &f->test[i];

		for (unsigned int w = 0; w < t->who.n; w++)
			for (unsigned int a = 0; a < t->act.n; a++)
				for (unsigned int o = 0; o < t->on.n; o++) {
					run.r.who = t->who.v[w].s;
					run.r.act = t->act.v[a].s;
					run.r.on = t->on.v[o].s;
					run_one(&run, met, take, to);
				}
	}
}
