// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdict_test.c - a verdict for each item to enforce or to prove, from records
 * that the collector's stages made of events: with its evidence, without it, and
 * with the protection down.  The rows are tests/controls/verdicts.tsv.
 */
#define _GNU_SOURCE
#include "tests/unit/window.h"

#include <sys/wait.h>

#include "userspace/lib/file.h"
#include "userspace/report/paper.h"

#define TABLES "policies/controls"
#define ROWS "tests/controls/verdicts.tsv"

static struct seki_catalogue catalogue;
static struct seki_controls rules;

static void must(int error)
{
	if (!error)
		return;
	printf("# the test could not be set up\n");
	exit(1);
}

/* ---- a window, and what is made of it ---------------------------------------------- */

struct looking {
	struct window w;
	struct seki_sums s;
};

static void take(void *of, uint64_t index, const char *data, size_t size)
{
	seki_sums_add(of, index, data, size);
}

static uint64_t at(unsigned int minutes)
{
	return (WINDOW_BEGIN + 60ull * minutes) * WINDOW_NS;
}

/* The window is minutes 10 to 40; the host runs since minute 0. */
static struct looking *look(unsigned int from, unsigned int to)
{
	struct looking *l = calloc(1, sizeof(*l));

	l->w.line = take;
	l->w.of = &l->s;
	l->s.from = at(from);
	l->s.to = at(to);
	l->s.beat = 150;
	must(seki_sums_open(&l->s, &rules));
	must(seki_sums_source(&l->s, "a-log"));
	must(window_open(&l->w));
	seki_clock_tick(&l->w.c.clock);
	must(window_happen(&l->w, "load-policy"));
	seki_notice_start(&l->w.c);
	window_read(&l->w);
	return l;
}

static void look_end(struct looking *l)
{
	seki_sums_source_end(&l->s);
	seki_sums_end(&l->s);
}

static void look_close(struct looking *l)
{
	window_close(&l->w);
	seki_sums_close(&l->s);
	free(l);
}

static void prepare(void)
{
	struct seki_complaint why;
	char err[256];

	if (seki_catalogue_load(&catalogue, TABLES, &why))
		printf("# %s\n", why.text);
	must(seki_controls_rules(TABLES "/mapping.json", &rules, err, sizeof(err)));
}

/* ---- one row ------------------------------------------------------------------------- */

struct row {
	char *item, *role, *form, *things, *posture, *with, *without, *without_is, *worse,
		*worse_is;
};

static json_t *posture(const char *ids, const char *state)
{
	json_t *list = json_array();
	const char *id;
	size_t len;

	while ((len = seki_next_id(&ids, &id)))
		json_array_append_new(list, json_pack("{ss% ss}", "id", id, len, "state", state));
	return json_pack("{so}", "items", list);
}

static void happen_all(struct looking *l, const char *things_)
{
	const char *id;
	size_t len;

	while ((len = seki_next_id(&things_, &id))) {
		char name[32];

		snprintf(name, sizeof(name), "%.*s", (int)len, id);
		if (window_happen(&l->w, name)) {
			printf("# no such thing: %s\n", name);
			must(1);
		}
	}
}

/* Ten minutes of each way to be worse; heartbeats go on unless they are the matter. */
static void be_worse(struct looking *l, const char *how)
{
	struct seki_collector *c = &l->w.c;

	if (!strcmp(how, "silence")) {
		window_pass(600000);
		return;
	}
	if (!strcmp(how, "lost")) {
		c->canary.state = SEKI_CANARY_LOST;
		seki_notice_canary(c, "enforcement-lost", true, "0", -1);
	} else if (!strcmp(how, "unsynced")) {
		window_unsynced = true;
	}
	window_read(&l->w);
	window_beats(&l->w, 10);
	if (!strcmp(how, "lost")) {
		c->canary.state = SEKI_CANARY_HELD;
		seki_notice_canary(c, "enforcement-restored", true, "1", 0);
		window_read(&l->w);
	}
}

static struct looking *run(const struct row *r, const char *how)
{
	struct looking *l = look(10, 40);
	bool quiet = !strcmp(how, "quiet");

	if (!strcmp(how, "empty")) {
		window_beats(&l->w, 8);
		happen_all(l, r->things);
	} else {
		window_beats(&l->w, 12);
		if (!quiet)
			happen_all(l, r->things);
		be_worse(l, how);
		window_beats(&l->w, 30);
	}
	l->s.source[0].verified = strcmp(how, "unverified") != 0;
	l->s.source[0].signed_ = UINT64_MAX;
	l->s.source[0].wrong = !strcmp(how, "wrong");
	look_end(l);
	return l;
}

static bool expect(const struct row *r, const char *how, const char *is)
{
	const char *state = !strcmp(how, "bad") ? "bad" : "good";
	bool blind = !strcmp(how, "no-posture");
	json_t *p = blind ? NULL : posture(r->posture, state);
	struct looking *l = run(r, how);
	struct seki_case k = { &catalogue, &l->s, p, false, 0, NULL };
	struct seki_opinion v;
	size_t row = 0;
	bool ok;

	must(!seki_sheet_find(&catalogue.sheet[SEKI_SHEET_ITEMS], r->item, strlen(r->item), &row));
	seki_judge(&k, row, &v);
	ok = !strcmp(seki_judgement_word(v.judgement), is) && v.reasons;
	/* What is met rests on something that was counted. */
	if (v.judgement == SEKI_MET && *r->things)
		ok = ok && v.records && v.examples;
	ok = ok && !strcmp(seki_roles[v.role], r->role) &&
	     !strcmp(r->form, seki_sheet_cell(&catalogue.sheet[SEKI_SHEET_MAPPING], row, MAP_FORM));
	if (!ok)
		printf("# %s, %s: is %s (%s), right would be %s\n", r->item, how,
		       seki_judgement_word(v.judgement),
		       v.reasons ? seki_reason_word(&v.reason[0]) : "no reason", is);
	json_decref(p);
	look_close(l);
	return ok;
}

static bool judge_row(const struct row *r)
{
	bool ok = expect(r, "with", r->with);

	ok &= expect(r, r->without, r->without_is);
	ok &= expect(r, r->worse, r->worse_is);
	return ok;
}

/* ---- the table ------------------------------------------------------------------------- */

static bool split(char *line, struct row *r)
{
	char **cell[] = { &r->item, &r->role,	 &r->form,	 &r->things, &r->posture,
			  &r->with, &r->without, &r->without_is, &r->worse,  &r->worse_is };

	for (size_t i = 0; i < sizeof(cell) / sizeof(cell[0]); i++) {
		*cell[i] = strsep(&line, "\t");
		if (!*cell[i])
			return false;
	}
	return !line;
}

/* A row in a child: clocks and state begin anew. */
static bool run_row(const struct row *r)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		exit(!judge_row(r));
	return waitpid(pid, &status, 0) == pid && !status;
}

int main(void)
{
	char *text = NULL, *at, *line;
	size_t size;
	int n = 0, failed = 0;

	setenv("TZ", "UTC", 1);
	prepare();
	must(seki_file_read(ROWS, 1 << 20, &text, &size));
	printf("TAP version 13\n");
	at = strchr(text, '\n') + 1; /* behind the head */
	while (*at && (line = strsep(&at, "\n"))) {
		struct row r;
		bool ok = split(line, &r) && run_row(&r);

		printf("%s %d - verdict of %s\n", ok ? "ok" : "not ok", ++n, r.item);
		failed += !ok;
	}
	printf("1..%d\n", n);
	free(text);
	return failed || n != 152;
}
