// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/report/oscal_report.h"

#include <stdio.h>
#include <string.h>

#include "userspace/controls/uuid.h"
#include "userspace/reader/time.h"

#define NS 1000000000ull

/* ---- what all documents need --------------------------------------------------------- */

static void set(json_t *to, const char *key, json_t *value)
{
	json_object_set_new(to, key, value);
}

static void set_text(json_t *to, const char *key, const char *text)
{
	set(to, key, json_string(text));
}

/* Of the window and the hosts: below it each thing has a name. */
static void base_of(const struct seki_paper *p, char ret[SEKI_UUID_TEXT])
{
	const struct seki_sums *s = p->k.s;

	seki_uuid_of(ret, "report/%llu/%llu/%llu/%llu/%llu/%u/%d", (unsigned long long)s->from,
		     (unsigned long long)s->to, (unsigned long long)s->first,
		     (unsigned long long)s->last, (unsigned long long)s->records, p->k.pattern,
		     p->k.japanese);
	for (size_t i = 0; i < s->sources; i++) {
		char name[128];

		snprintf(name, sizeof(name), "%s/%s/%llu/%llu", ret, s->source[i].host,
			 (unsigned long long)s->source[i].low,
			 (unsigned long long)s->source[i].high);
		seki_uuid_of(ret, "%s", name);
	}
}

static void uuid_of(const struct seki_paper *p, const char *kind, const char *name,
		    char ret[SEKI_UUID_TEXT])
{
	char base[SEKI_UUID_TEXT];

	base_of(p, base);
	seki_uuid_of(ret, "%s/%s/%s", base, kind, name);
}

static void set_uuid(const struct seki_paper *p, json_t *to, const char *key, const char *kind,
		     const char *name)
{
	char uuid[SEKI_UUID_TEXT];

	uuid_of(p, kind, name, uuid);
	set_text(to, key, uuid);
}

/* Of a table: the same in every report. */
static void set_lasting_uuid(json_t *to, const char *kind, const char *a, const char *b)
{
	char uuid[SEKI_UUID_TEXT];

	if (!seki_uuid_of(uuid, "%s/%s/%s", kind, a, b))
		set_text(to, "uuid", uuid);
}

static uint64_t begin_of(const struct seki_paper *p)
{
	return p->k.s->from ? p->k.s->from : p->k.s->first;
}

static uint64_t end_of(const struct seki_paper *p)
{
	return p->k.s->to != UINT64_MAX ? p->k.s->to : p->k.s->last;
}

static json_t *metadata(const struct seki_paper *p, enum seki_phrase title)
{
	char text[256], modified[SEKI_UTC_TEXT];

	seki_utc_text((p->k.s->records ? p->k.s->last : end_of(p)) / NS, modified);
	snprintf(text, sizeof(text), "%s", seki_say(p, title));
	return seki_oscal_metadata(text, modified, modified);
}

static json_t *lasting_metadata(const struct seki_paper *p, enum seki_phrase title)
{
	const char *revised = seki_oscal_revised(p->k.c);
	char modified[64];

	snprintf(modified, sizeof(modified), "%.40sT00:00:00Z", revised);
	return seki_oscal_metadata(seki_say(p, title), revised, modified);
}

static const char *id_of(const struct seki_paper *p, const struct seki_opinion *v)
{
	return seki_paper_cell(p, v, ITEM_ID);
}

/* One line that begins and ends with a letter, whatever the text. */
static json_t *line(const char *text)
{
	char one[4096];
	size_t len = strnlen(text, sizeof(one) - 1);

	while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	memcpy(one, text, len);
	while (len && one[len - 1] == ' ')
		len--;
	one[len] = '\0';
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)one[i] < ' ')
			one[i] = ' ';
	return json_string(*one ? one + strspn(one, " ") : "-");
}

static json_t *reviewed(const struct seki_paper *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->verdicts; i++)
		if (seki_verdict_judged(&p->verdict[i]))
			json_array_append_new(list, json_pack("{ss}", "control-id",
							      id_of(p, &p->verdict[i])));
	return json_pack("{s[{so}]}", "control-selections", "include-controls", list);
}

/* ---- the plan -------------------------------------------------------------------------- */

/* What a plan must import; hosts of this kind have none in OSCAL. */
static json_t *no_ssp(const struct seki_paper *p)
{
	json_t *r = json_object();

	set_uuid(p, r, "uuid", "resource", "ssp");
	set_text(r, "description", seki_say(p, SEKI_SAY_OSCAL_SSP));
	return json_pack("{s[o]}", "resources", r);
}

json_t *seki_oscal_plan(const struct seki_paper *p)
{
	json_t *root = json_object();
	char uuid[SEKI_UUID_TEXT], href[SEKI_UUID_TEXT + 1];

	uuid_of(p, "resource", "ssp", uuid);
	snprintf(href, sizeof(href), "#%s", uuid);
	set_uuid(p, root, "uuid", "document", "assessment-plan");
	set(root, "metadata", metadata(p, SEKI_SAY_OSCAL_PLAN));
	set(root, "import-ssp", json_pack("{ss}", "href", href));
	set(root, "reviewed-controls", reviewed(p));
	set(root, "assessment-subjects",
	    json_pack("[{ss ss s{}}]", "type", "component", "description",
		      seki_say(p, SEKI_SAY_OSCAL_SUBJECT), "include-all"));
	set(root, "back-matter", no_ssp(p));
	return json_pack("{so}", "assessment-plan", root);
}

/* ---- the results ------------------------------------------------------------------------ */

static json_t *reasons(const struct seki_paper *p, const struct seki_opinion *v)
{
	char all[4096] = "", text[640];
	size_t len = 0;

	for (unsigned int i = 0; i < v->reasons && len < sizeof(all); i++) {
		seki_reason_text(&p->k, &v->reason[i], text, sizeof(text));
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s", i ? " " : "", text);
	}
	return line(all);
}

static json_t *evidence(const struct seki_paper *p, const struct seki_opinion *v)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < v->examples; i++) {
		const struct seki_example *e = v->example[i];
		char text[512], when[48];
		json_t *one = json_object();

		seki_when_text(p->k.s, e->when, true, when);
		snprintf(text, sizeof(text), "#%llu %s %s %s %s %s", (unsigned long long)e->record,
			 when, e->act, e->login, e->label, e->err);
		set(one, "href", json_sprintf("urn:sekisho:record:%s", e->id));
		set(one, "description", line(text));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *observation_props(const struct seki_opinion *v)
{
	json_t *props = json_array();
	char count[24];

	snprintf(count, sizeof(count), "%llu", (unsigned long long)v->records);
	seki_oscal_prop(props, "verdict", seki_judgement_word(v->judgement), SEKI_OSCAL_NS);
	seki_oscal_prop(props, "records", count, SEKI_OSCAL_NS);
	snprintf(count, sizeof(count), "%llu", (unsigned long long)v->out[SEKI_OUT_DENIED]);
	seki_oscal_prop(props, "denied", count, SEKI_OSCAL_NS);
	return props;
}

static json_t *observation(const struct seki_paper *p, const struct seki_opinion *v)
{
	json_t *o = json_object(), *list = evidence(p, v);
	char collected[SEKI_UTC_TEXT];

	seki_utc_text((v->records ? v->last : end_of(p)) / NS, collected);
	set_uuid(p, o, "uuid", "observation", id_of(p, v));
	set(o, "title", line(seki_paper_title(p, v)));
	set(o, "description", reasons(p, v));
	set(o, "props", observation_props(v));
	set(o, "methods", json_pack("[s]", "EXAMINE"));
	if (json_array_size(list))
		set(o, "relevant-evidence", list);
	else
		json_decref(list);
	set_text(o, "collected", collected);
	return o;
}

static bool is_risk(const struct seki_opinion *v)
{
	return v->judgement == SEKI_NOT_MET || v->judgement == SEKI_PARTLY;
}

static json_t *risk(const struct seki_paper *p, const struct seki_opinion *v)
{
	json_t *r = json_object();

	set_uuid(p, r, "uuid", "risk", id_of(p, v));
	set(r, "title", line(seki_paper_title(p, v)));
	set(r, "description", reasons(p, v));
	set(r, "statement", line(seki_paper_means(p, v)));
	set_text(r, "status", "open");
	return r;
}

static json_t *target(const struct seki_paper *p, const struct seki_opinion *v)
{
	static const char *const words[][2] = {
		[SEKI_MET] = { "satisfied", "pass" },
		[SEKI_PARTLY] = { "not-satisfied", "other" },
		[SEKI_NOT_MET] = { "not-satisfied", "fail" },
	};
	bool part = *seki_paper_cell(p, v, ITEM_COULD);
	json_t *t = json_pack("{ss}", "type", "statement-id");

	/* The host's part of the control, as the catalogue has it. */
	set(t, "target-id", json_sprintf("%s%s", id_of(p, v), part ? "_host" : ""));
	set(t, "status",
	    json_pack("{ss ss}", "state", words[v->judgement][0], "reason",
		      words[v->judgement][1]));
	return t;
}

static json_t *finding(const struct seki_paper *p, const struct seki_opinion *v)
{
	json_t *f = json_object(), *of = json_object(), *by = json_object();

	set_uuid(p, f, "uuid", "finding", id_of(p, v));
	set(f, "title", line(seki_paper_title(p, v)));
	set(f, "description", line(seki_paper_means(p, v)));
	set(f, "target", target(p, v));
	set_uuid(p, of, "observation-uuid", "observation", id_of(p, v));
	set(f, "related-observations", json_pack("[o]", of));
	set_uuid(p, by, "risk-uuid", "risk", id_of(p, v));
	if (is_risk(v))
		set(f, "related-risks", json_pack("[o]", by));
	else
		json_decref(by);
	return f;
}

static json_t *result_props(const struct seki_paper *p)
{
	json_t *props = json_array();
	char n[24];

	snprintf(n, sizeof(n), "%llu", (unsigned long long)p->k.s->records);
	seki_oscal_prop(props, "records", n, SEKI_OSCAL_NS);
	snprintf(n, sizeof(n), "%zu", p->k.s->gaps);
	seki_oscal_prop(props, "gaps", n, SEKI_OSCAL_NS);
	snprintf(n, sizeof(n), "%llu", (unsigned long long)p->k.s->lost);
	seki_oscal_prop(props, "lost", n, SEKI_OSCAL_NS);
	for (size_t i = 0; i < p->k.s->sources; i++)
		seki_oscal_prop(props, "host", p->k.s->source[i].host, SEKI_OSCAL_NS);
	return props;
}

static void set_list(json_t *to, const char *key, json_t *list)
{
	if (json_array_size(list))
		set(to, key, list);
	else
		json_decref(list);
}

static json_t *result(const struct seki_paper *p)
{
	json_t *r = json_object(), *observations = json_array(), *risks = json_array();
	json_t *findings = json_array();
	char start[SEKI_UTC_TEXT], end[SEKI_UTC_TEXT];

	for (size_t i = 0; i < p->verdicts; i++) {
		const struct seki_opinion *v = &p->verdict[i];

		if (!seki_verdict_judged(v))
			continue;
		json_array_append_new(observations, observation(p, v));
		if (is_risk(v))
			json_array_append_new(risks, risk(p, v));
		/* Where nothing could be seen nothing is found, either way. */
		if (v->judgement != SEKI_NOT_OBSERVABLE)
			json_array_append_new(findings, finding(p, v));
	}
	seki_utc_text(begin_of(p) / NS, start);
	seki_utc_text(end_of(p) / NS, end);
	set_uuid(p, r, "uuid", "result", "window");
	set_text(r, "title", seki_say(p, SEKI_SAY_TITLE));
	set_text(r, "description", seki_say(p, SEKI_SAY_SUBTITLE));
	set_text(r, "start", start);
	set_text(r, "end", end);
	set(r, "props", result_props(p));
	set(r, "reviewed-controls", reviewed(p));
	set(r, "observations", observations);
	set_list(r, "risks", risks);
	set_list(r, "findings", findings);
	return r;
}

json_t *seki_oscal_results(const struct seki_paper *p)
{
	json_t *root = json_object();

	set_uuid(p, root, "uuid", "document", "assessment-results");
	set(root, "metadata", metadata(p, SEKI_SAY_TITLE));
	set(root, "import-ap", json_pack("{ss}", "href", "assessment-plan.json"));
	set(root, "results", json_pack("[o]", result(p)));
	return json_pack("{so}", "assessment-results", root);
}

/* ---- components --------------------------------------------------------------------------- */

/* Which module makes the evidence of a form. */
static const struct module {
	const char *id, *forms; /* parted by blanks */
	enum seki_phrase title, what;
} modules[] = {
	{ "programs", "refusal change", SEKI_SAY_MODULE_PROGRAMS, SEKI_SAY_MODULE_PROGRAMS_DOES },
	{ "collector", "record alive log window clock", SEKI_SAY_MODULE_COLLECTOR,
	  SEKI_SAY_MODULE_COLLECTOR_DOES },
	{ "posture", "setting", SEKI_SAY_MODULE_POSTURE, SEKI_SAY_MODULE_POSTURE_DOES },
	{ "report", "report", SEKI_SAY_MODULE_REPORT, SEKI_SAY_MODULE_REPORT_DOES },
};

static json_t *requirement(const struct seki_paper *p, const struct module *m,
			   const struct seki_opinion *v)
{
	json_t *r = json_object(), *props = json_array();
	const char *could = seki_paper_cell(p, v, ITEM_COULD);

	set_lasting_uuid(r, "requirement", m->id, id_of(p, v));
	set_text(r, "control-id", id_of(p, v));
	set(r, "description", line(*could ? could : seki_paper_title(p, v)));
	seki_oscal_prop(props, "extent", seki_paper_map(p, v, MAP_EXTENT), SEKI_OSCAL_NS);
	seki_oscal_prop(props, "tests", seki_paper_map(p, v, MAP_TESTS), SEKI_OSCAL_NS);
	seki_oscal_prop(props, "not-shown", seki_paper_map(p, v, MAP_NOTE), SEKI_OSCAL_NS);
	set(r, "props", props);
	return r;
}

/* NULL: the module answers for nothing of the catalogue. */
static json_t *implementation(const struct seki_paper *p, const struct module *m, size_t row)
{
	const char *catalogue =
		seki_sheet_cell(&p->k.c->sheet[SEKI_SHEET_CATALOGUES], row, CATALOGUE_ID);
	json_t *ret, *list = json_array();
	char file[80];

	for (size_t i = 0; i < p->verdicts; i++) {
		const struct seki_opinion *v = &p->verdict[i];

		if (v->role <= SEKI_ROLE_EVIDENCE && seki_mapping_shown(p->k.c, v->row) &&
		    seki_has_id(m->forms, seki_paper_map(p, v, MAP_FORM)) &&
		    !strcmp(seki_paper_cell(p, v, ITEM_CATALOGUE), catalogue))
			json_array_append_new(list, requirement(p, m, v));
	}
	if (!json_array_size(list)) {
		json_decref(list);
		return NULL;
	}
	seki_oscal_file(file, sizeof(file), catalogue);
	ret = json_object();
	set_lasting_uuid(ret, "implementation", m->id, catalogue);
	set_text(ret, "source", file);
	set_text(ret, "description", seki_say(p, SEKI_SAY_OSCAL_IMPLEMENTATION));
	set(ret, "implemented-requirements", list);
	return ret;
}

static json_t *component(const struct seki_paper *p, const struct module *m)
{
	json_t *c = json_object(), *list = json_array();

	for (size_t row = 0; row < p->k.c->sheet[SEKI_SHEET_CATALOGUES].rows; row++) {
		json_t *one = implementation(p, m, row);

		if (one)
			json_array_append_new(list, one);
	}
	set_lasting_uuid(c, "component", m->id, "");
	set_text(c, "type", "software");
	set_text(c, "title", seki_say(p, m->title));
	set_text(c, "description", seki_say(p, m->what));
	set(c, "control-implementations", list);
	return c;
}

json_t *seki_oscal_components(const struct seki_paper *p)
{
	json_t *root = json_object(), *list = json_array();

	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		json_array_append_new(list, component(p, &modules[i]));
	set_lasting_uuid(root, "component-definition", p->k.japanese ? "ja" : "en", "");
	set(root, "metadata", lasting_metadata(p, SEKI_SAY_OSCAL_COMPONENTS));
	set(root, "components", list);
	return json_pack("{so}", "component-definition", root);
}

/* ---- profile ---------------------------------------------------------------------------------- */

static json_t *import(const struct seki_paper *p, size_t row)
{
	const char *catalogue =
		seki_sheet_cell(&p->k.c->sheet[SEKI_SHEET_CATALOGUES], row, CATALOGUE_ID);
	json_t *ids = json_array();
	char file[80];

	for (size_t i = 0; i < p->verdicts; i++)
		if (seki_verdict_judged(&p->verdict[i]) &&
		    !strcmp(seki_paper_cell(p, &p->verdict[i], ITEM_CATALOGUE), catalogue))
			json_array_append_new(ids, json_string(id_of(p, &p->verdict[i])));
	if (!json_array_size(ids)) {
		json_decref(ids);
		return NULL;
	}
	seki_oscal_file(file, sizeof(file), catalogue);
	return json_pack("{ss s[{so}]}", "href", file, "include-controls", "with-ids", ids);
}

json_t *seki_oscal_profile(const struct seki_paper *p)
{
	json_t *root = json_object(), *imports = json_array();

	for (size_t row = 0; row < p->k.c->sheet[SEKI_SHEET_CATALOGUES].rows; row++) {
		json_t *one = import(p, row);

		if (one)
			json_array_append_new(imports, one);
	}
	set_lasting_uuid(root, "profile", p->k.japanese ? "ja" : "en", "");
	set(root, "metadata", lasting_metadata(p, SEKI_SAY_OSCAL_PROFILE));
	set(root, "imports", imports);
	return json_pack("{so}", "profile", root);
}
