// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Everything a report says, for programs.
 */
#include <string.h>

#include "userspace/report/paper.h"

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static void set(json_t *to, const char *key, json_t *value)
{
	json_object_set_new(to, key, value);
}

static json_t *when(const struct seki_paper *p, uint64_t ns)
{
	char text[48];

	seki_when_text(p->k.s, ns, true, text);
	return json_string(text);
}

static json_t *outcomes(const uint64_t out[SEKI_OUTS])
{
	return json_pack("{so so so so}", "denied", number(out[SEKI_OUT_DENIED]), "would_deny",
			 number(out[SEKI_OUT_WOULD]), "allowed", number(out[SEKI_OUT_ALLOWED]),
			 "other", number(out[SEKI_OUT_NONE]));
}

/* ---- the window -------------------------------------------------------------------- */

static json_t *window_json(const struct seki_paper *p)
{
	const struct seki_sums *s = p->k.s;
	json_t *w = json_object();

	set(w, "from", s->from ? when(p, s->from) : json_null());
	set(w, "to", s->to != UINT64_MAX ? when(p, s->to) : json_null());
	set(w, "first_record", s->records ? when(p, s->first) : json_null());
	set(w, "last_record", s->records ? when(p, s->last) : json_null());
	set(w, "silence_limit_s", number(s->beat));
	return w;
}

static json_t *verified_json(const struct seki_source_sum *o)
{
	if (!o->verified)
		return json_null();
	return json_pack("{ss so so so}", "origin", o->origin, "signed_records", number(o->signed_),
			 "checkpoints", number(o->checkpoints), "wrong", number(o->wrong));
}

static json_t *hosts_json(const struct seki_paper *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->k.s->sources; i++) {
		const struct seki_source_sum *o = &p->k.s->source[i];
		json_t *h = json_pack("{ss ss ss so so}", "log", o->path, "host", o->host, "name",
				      o->name, "records", number(o->records), "records_in_log",
				      number(o->all));

		if (o->records) {
			set(h, "first", when(p, o->first));
			set(h, "last", when(p, o->last));
			set(h, "numbers", json_pack("[oo]", number(o->low), number(o->high)));
		}
		if (o->all) {
			set(h, "log_first", when(p, o->all_first));
			set(h, "log_last", when(p, o->all_last));
		}
		set(h, "verified", verified_json(o));
		json_array_append_new(list, h);
	}
	return list;
}

static json_t *totals_json(const struct seki_sums *s)
{
	json_t *t = outcomes(s->out);
	const struct {
		const char *key;
		uint64_t n;
	} rows[] = {
		{ "records", s->records },
		{ "outside_window", s->outside },
		{ "malformed", s->bad },
		{ "newer_version", s->newer },
		{ "lost", s->lost },
		{ "lost_unexplained", s->unexplained },
		{ "lost_by_disk", s->disk_lost },
		{ "integrity", s->integrity },
		{ "high", s->high },
		{ "heartbeats", s->heartbeats },
		{ "canary_looks", s->canaries },
		{ "canary_held", s->held },
		{ "starts", s->starts },
		{ "stops", s->stops },
		{ "boots", s->boots },
		{ "sessions", s->sessions },
		{ "programs", s->execs },
		{ "selftest", s->probes },
		{ "clock_checks", s->ntp },
		{ "clock_synchronised", s->synced },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		set(t, rows[i].key, number(rows[i].n));
	return t;
}

static json_t *gaps_json(const struct seki_paper *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->k.s->gaps; i++) {
		const struct seki_gap *g = &p->k.s->gap[i];

		json_array_append_new(list,
				      json_pack("{ss ss ss so so so s[oo] sb sb}", "kind",
						seki_gap_word(g->kind), "what",
						seki_gap_title(g->kind, p->k.japanese), "host",
						p->k.s->source[g->source].host, "from",
						when(p, g->from), "to", when(p, g->to), "seconds",
						number(g->seconds), "records", number(g->low),
						number(g->high), "held", g->held, "open", g->open));
	}
	return list;
}

static json_t *clock_json(const struct seki_paper *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->k.s->clocks; i++) {
		const struct seki_clock_set *c = &p->k.s->clock[i];

		json_array_append_new(list,
				      json_pack("{so ss so}", "at", when(p, c->at), "direction",
						c->back ? "back" : "forward", "ms", number(c->ms)));
	}
	return list;
}

/* ---- lists ------------------------------------------------------------------------------ */

static json_t *tally_json(const struct seki_paper *p, const struct seki_tally *t,
			  const char *const *keys, size_t count)
{
	json_t *list = json_array();
	char text[SEKI_TALLY_TEXT];

	for (size_t i = 0; i < t->count; i++) {
		const struct seki_counted *c = t->list[i];
		json_t *one = json_object();

		for (unsigned int k = 0; k < count; k++)
			set(one, keys[k], json_string(seki_tally_part(c, k, text, sizeof(text))));
		set(one, "count", number(c->count));
		set(one, "first", when(p, c->first));
		set(one, "last", when(p, c->last));
		set(one, "record", number(c->record));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *sessions_json(const struct seki_paper *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->k.s->visits; i++) {
		const struct seki_visit *v = &p->k.s->visit[i];
		json_t *one = json_pack("{ss ss ss ss so so sb so so so}", "session", v->session,
					"person", v->login, "from", v->from, "terminal", v->tty,
					"first", when(p, v->first), "last", when(p, v->last),
					"start_recorded", v->begun > 0, "programs",
					number(v->programs), "acts", number(v->acts), "refused",
					number(v->refused));

		if (*v->ticket)
			json_object_set_new(one, "ticket_said", json_string(v->ticket));
		json_array_append_new(list, one);
	}
	return list;
}

/* ---- items ------------------------------------------------------------------------------ */

static json_t *reasons_json(const struct seki_paper *p, const struct seki_opinion *v)
{
	json_t *list = json_array();
	char text[640];

	for (unsigned int i = 0; i < v->reasons; i++) {
		const struct seki_cause *r = &v->reason[i];
		json_t *one = json_object(), *gaps = json_array();

		seki_reason_text(&p->k, r, text, sizeof(text));
		set(one, "code", json_string(seki_reason_word(r)));
		set(one, "text", json_string(text));
		for (size_t g = 0; g < r->gap_count && g < 3; g++)
			json_array_append_new(gaps, number(r->gaps[g]));
		if (r->gap_count)
			set(one, "gaps", gaps);
		else
			json_decref(gaps);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *examples_json(const struct seki_paper *p, const struct seki_opinion *v)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < v->examples; i++) {
		const struct seki_example *e = v->example[i];

		json_array_append_new(list,
				      json_pack("{so ss so ss ss ss ss ss ss ss}", "record",
						number(e->record), "id", e->id, "t",
						when(p, e->when), "act", e->act, "person", e->login,
						"from", e->from, "program", e->comm, "label",
						e->label, "path", e->path, "err", e->err));
	}
	return list;
}

static json_t *rules_json(const struct seki_paper *p, const struct seki_opinion *v)
{
	const char *at = seki_paper_map(p, v, MAP_RULES), *id;
	json_t *map = json_object();
	char name[64];
	size_t len, n;

	while ((len = seki_next_id(&at, &id)))
		if (seki_controls_find(p->k.s->rules, id, len, &n)) {
			snprintf(name, sizeof(name), "%.*s", (int)len, id);
			set(map, name, number(seki_rule_count(p->k.s, n)));
		}
	return map;
}

static json_t *posture_json(const struct seki_paper *p, const struct seki_opinion *v)
{
	const char *at = seki_paper_map(p, v, MAP_POSTURE), *id, *state;
	json_t *map = json_object();
	char name[64];
	size_t len;

	while ((len = seki_next_id(&at, &id))) {
		state = seki_posture_state_of(p->k.posture, id, len);
		snprintf(name, sizeof(name), "%.*s", (int)len, id);
		set(map, name, state ? json_string(state) : json_null());
	}
	return map;
}

static json_t *words_json(const char *at)
{
	json_t *list = json_array();
	const char *id;
	size_t len;

	while ((len = seki_next_id(&at, &id)))
		json_array_append_new(list, json_stringn(id, len));
	return list;
}

static json_t *item_json(const struct seki_paper *p, const struct seki_opinion *v)
{
	json_t *i = json_object();
	char value[256];

	seki_paper_value(p, v, value, sizeof(value));
	set(i, "id", json_string(seki_paper_cell(p, v, ITEM_ID)));
	set(i, "catalogue", json_string(seki_paper_cell(p, v, ITEM_CATALOGUE)));
	set(i, "title", json_string(seki_paper_title(p, v)));
	set(i, "role", json_string(seki_roles[v->role]));
	set(i, "form", json_string(seki_paper_map(p, v, MAP_FORM)));
	set(i, "verdict", json_string(seki_judgement_word(v->judgement)));
	set(i, "means", json_string(seki_paper_means(p, v)));
	set(i, "reasons", reasons_json(p, v));
	set(i, "pattern_value", json_string(value));
	set(i, "extent", json_string(seki_paper_map(p, v, MAP_EXTENT)));
	set(i, "not_shown", json_string(seki_paper_map(p, v, MAP_NOTE)));
	if (v->judgement == SEKI_OUTSIDE)
		return i;
	set(i, "records", number(v->records));
	set(i, "outcomes", outcomes(v->out));
	if (v->records) {
		set(i, "first", when(p, v->first));
		set(i, "last", when(p, v->last));
	}
	set(i, "examples", examples_json(p, v));
	set(i, "rules", rules_json(p, v));
	set(i, "posture", posture_json(p, v));
	set(i, "statements", words_json(seki_paper_map(p, v, MAP_STATEMENTS)));
	return i;
}

static json_t *summary_json(const struct seki_paper *p)
{
	json_t *all = json_object();

	for (int r = 0; r < SEKI_ROLES; r++) {
		json_t *role = json_object();

		for (int j = 0; j < SEKI_JUDGEMENTS; j++)
			if (p->sum[r][j])
				set(role, seki_judgement_word((enum seki_judgement)j),
				    number(p->sum[r][j]));
		set(all, seki_roles[r], role);
	}
	return all;
}

int seki_write_json(const struct seki_paper *p, FILE *out)
{
	static const char *const refused[] = { "asset", "act", "person" };
	static const char *const reached[] = { "asset", "domain", "act", "line", "rule" };
	static const char *const policies[] = { "name", "version", "digest" };
	json_t *root = json_pack("{si ss ss si}", "v", 1, "kind", "sekisho-report", "language",
				 p->k.japanese ? "ja" : "en", "pattern", (int)p->k.pattern);
	json_t *items = json_array(), *limits = json_array();
	int ret;

	for (size_t i = 0; seki_paper_limit(p, i); i++)
		json_array_append_new(limits, json_string(seki_paper_limit(p, i)));
	for (size_t i = 0; i < p->verdicts; i++)
		json_array_append_new(items, item_json(p, &p->verdict[i]));
	set(root, "window", window_json(p));
	set(root, "hosts", hosts_json(p));
	set(root, "summary", summary_json(p));
	set(root, "totals", totals_json(p->k.s));
	set(root, "gaps", gaps_json(p));
	set(root, "clock_set", clock_json(p));
	set(root, "policies", tally_json(p, &p->k.s->policies, policies, 3));
	set(root, "sessions", sessions_json(p));
	set(root, "refused", tally_json(p, &p->k.s->refused, refused, 3));
	set(root, "reached", tally_json(p, &p->k.s->allowed, reached, 5));
	set(root, "items", items);
	set(root, "limits", limits);
	ret = json_dumpf(root, out, JSON_INDENT(1));
	fputc('\n', out);
	json_decref(root);
	return ret;
}
