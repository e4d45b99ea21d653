// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/cli/report_paper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/cli/cli.h"
#include "userspace/cli/oscal_files.h"
#include "userspace/cli/records.h"
#include "userspace/forward/watch.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"
#include "userspace/report/oscal_report.h"
#include "userspace/report/paper.h"

#define WRONG_SHOWN 5
#define OSCAL "oscal" /* a directory of documents */
#define WORK "work"
#define DRAFT "draft-" /* and the name of one */

/* clang-format off */
static const struct {
	const char *name;
	int (*write)(const struct seki_paper *p, FILE *out);
} formats[] = {
	{ "json", seki_write_json },
	{ "csv", seki_write_csv },
	{ "md", seki_write_md },
	{ "html", seki_write_html },
	{ WORK, seki_write_work },
};
/* clang-format on */
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

bool seki_paper_format(const char *name)
{
	if (!strcmp(name, OSCAL) || !strncmp(name, DRAFT, strlen(DRAFT)))
		return true;
	for (size_t i = 0; i < FORMATS; i++)
		if (!strcmp(formats[i].name, name))
			return true;
	seki_warnx("--format: %s; right would be html, json, csv, md, work, oscal or "
		   "draft-NAME",
		   name);
	return false;
}

/* ---- one log --------------------------------------------------------------------------- */

static void take(void *of, uint64_t index, const char *data, size_t size)
{
	seki_sums_add(of, index, data, size);
}

static void wrong(void *of, const char *text)
{
	const struct seki_sums *s = of;

	if (s->source[s->sources - 1].wrong++ < WRONG_SHOWN)
		seki_warnx("%s: %s", s->source[s->sources - 1].path, text);
}

static int read_lines(struct seki_sums *s, const char *path)
{
	struct seki_lines l;
	char *line;
	size_t len;
	int err = seki_lines_open(&l, path), got = 0;

	while (!err && (got = seki_lines_each(&l, &line, &len)) > 0)
		seki_sums_add(s, l.number, line, len);
	seki_lines_close(&l);
	return err ? err : got;
}

/* Records and their signatures in one pass. */
static int read_verified(struct seki_sums *s, const struct seki_paper_ask *a, const char *path)
{
	seki_autoclose int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct seki_verify_options o = a->task.o;
	struct seki_source_sum *sum = &s->source[s->sources - 1];
	struct seki_verified v;
	int err;

	if (dir < 0)
		return -errno;
	o.dir = dir;
	o.of = s;
	o.seen = take;
	o.wrong = wrong;
	err = seki_verify_log(&o, &v);
	if (err)
		return err;
	sum->verified = true;
	sum->signed_ = v.signed_;
	sum->checkpoints = v.checkpoints;
	sum->wrong = v.wrong > sum->wrong ? v.wrong : sum->wrong;
	/* The record of a deletion comes before it. */
	if (!a->task.part && v.first > sum->deleted)
		wrong(s, "its first records are gone, and no record says that they were deleted");
	snprintf(sum->origin, sizeof(sum->origin), "%s", v.origin);
	return 0;
}

static int read_log(struct seki_sums *s, const struct seki_paper_ask *a, const char *path)
{
	struct stat st;
	bool dir = !stat(path, &st) && S_ISDIR(st.st_mode);
	int err = seki_sums_source(s, path);

	if (!err)
		err = dir && a->task.o.keys ? read_verified(s, a, path) : read_lines(s, path);
	if (err)
		seki_warnx("%s: %s", path, strerror(-err));
	else
		seki_sums_source_end(s);
	return err;
}

static int read_logs(struct seki_sums *s, const struct seki_paper_ask *a)
{
	static char path[] = SEKI_LOG_DIR, *standard[] = { path, NULL };
	int err = 0;

	for (char **log = *a->logs ? a->logs : standard; !err && *log; log++)
		err = read_log(s, a, *log);
	seki_sums_end(s);
	return err;
}

/* ---- what belongs to the records ----------------------------------------------------------- */

static int read_list(const char *path, const char *list, const char *right, json_t **ret)
{
	json_error_t at;

	*ret = NULL;
	if (!path)
		return 0;
	*ret = json_load_file(path, JSON_REJECT_DUPLICATES, &at);
	if (*ret && json_is_array(json_object_get(*ret, list)))
		return 0;
	seki_warnx("%s:%d: %s%s; right would be what 'sekisho %s --json' prints", path,
		   *ret ? 1 : at.line, *ret ? "no list of " : "", *ret ? list : at.text, right);
	return -EINVAL;
}

static int read_rules(const char *dir, struct seki_controls *ret)
{
	char path[512], why[256];
	int err;

	snprintf(path, sizeof(path), "%s/mapping.json", dir);
	err = seki_controls_rules(path, ret, why, sizeof(why));
	if (err)
		seki_warnx("%s: %s", path, why);
	return err;
}

/* Before a log is read for one that there is not. */
static int check_draft(const struct seki_catalogue *c, const char *format)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_DRAFTS];
	char names[256] = "";

	if (strncmp(format, DRAFT, strlen(DRAFT)) != 0)
		return 0;
	for (size_t row = 0; row < s->rows; row++) {
		const char *name = seki_sheet_cell(s, row, DRAFT_NAME);
		size_t len = strlen(names);

		if (!strcmp(name, format + strlen(DRAFT)))
			return 0;
		if (!strcmp(seki_sheet_cell(s, row, DRAFT_SHOW), "title"))
			snprintf(names + len, sizeof(names) - len, " " DRAFT "%s", name);
	}
	seki_warnx("--format: %s; right would be one of%s", format, names);
	return -EINVAL;
}

/* ---- the report ------------------------------------------------------------------------------ */

static int print(const struct seki_paper *p, const char *format, FILE *out)
{
	if (!strncmp(format, DRAFT, strlen(DRAFT)))
		return seki_write_draft(p, format + strlen(DRAFT), out);
	for (size_t i = 0; i < FORMATS; i++)
		if (!strcmp(formats[i].name, format))
			return formats[i].write(p, out);
	return -EINVAL;
}

static int put_oscal(const struct seki_paper *p, const char *dir)
{
	struct seki_oscal_files f = { .count = 0 };
	int ret;

	seki_oscal_files_tables(&f, p->k.c, p->k.japanese);
	seki_oscal_files_add(&f, "profile.json", seki_oscal_profile(p));
	seki_oscal_files_add(&f, "component-definition.json", seki_oscal_components(p));
	/* What it would say of no window would be of 1970. */
	if (p->k.s->records) {
		seki_oscal_files_add(&f, "assessment-plan.json", seki_oscal_plan(p));
		seki_oscal_files_add(&f, "assessment-results.json", seki_oscal_results(p));
	}
	ret = seki_oscal_files_put(&f, p->k.c, dir);
	seki_oscal_files_free(&f);
	return ret ? -EIO : 0;
}

/* Whole or not at all. */
static int put_text(const struct seki_paper *p, const struct seki_paper_ask *a)
{
	seki_autofree char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int err = out ? print(p, a->format, out) : -ENOMEM;

	if (out && fclose(out))
		err = -ENOMEM;
	if (!err && a->out)
		err = seki_file_write(a->out, text, size, 0644);
	else if (!err)
		fwrite(text, 1, size, stdout);
	if (err)
		seki_warnx("%s: %s", a->out ? a->out : "report", strerror(-err));
	return err;
}

static int put(const struct seki_paper *p, const struct seki_paper_ask *a)
{
	return strcmp(a->format, OSCAL) ? put_text(p, a) : put_oscal(p, a->out);
}

/* A report of nothing is made, and says so; who asked by a timer must notice. */
static int tell_empty(const struct seki_sums *s)
{
	if (s->records)
		return 0;
	for (size_t i = 0; i < s->sources; i++) {
		const struct seki_source_sum *o = &s->source[i];
		char first[48], last[48];

		seki_when_text(s, o->all_first, false, first);
		seki_when_text(s, o->all_last, false, last);
		if (o->all)
			seki_warnx("%s: no record in this window; the log has %s to %s", o->path,
				   first, last);
		else
			seki_warnx("%s: no record at all", o->path);
	}
	return -ENODATA;
}

/* Seconds without a sign of life that are silence: two and a half heartbeats. */
static uint64_t silence_of(const struct seki_catalogue *c, unsigned int pattern)
{
	uint64_t beat = pattern ? seki_pattern_value(&c->sheet[SEKI_SHEET_PATTERNS],
						     SEKI_PATTERN_LIVENESS, pattern) :
				  60;

	return beat * 5 / 2;
}

/* What the file weakens of the pattern's time to a notice. */
static int read_forward(struct seki_sums *s, const struct seki_paper_ask *a)
{
	struct seki_forward_config c;
	struct seki_complaint why;
	struct seki_limits l;
	int err = seki_forward_file(a->forward, &c) ? 0 : -EINVAL;

	if (err)
		return err;
	c.pattern = a->pattern;
	err = seki_watch_limits(&c, a->controls, &l, &why);
	if (err)
		seki_warnx("%s", why.text);
	for (unsigned int i = 0; !err && i < l.findings; i++) {
		s->notice[i].key = l.weak[i].key;
		s->notice[i].set = l.weak[i].set;
		s->notice[i].asked = l.weak[i].asked;
		s->notices++;
	}
	seki_forward_config_free(&c);
	return err;
}

static int report(const struct seki_paper_ask *a, const struct seki_catalogue *c,
		  const struct seki_controls *rules, const json_t *posture, const json_t *baseline)
{
	struct seki_sums s = { .from = a->from,
			       .to = a->to,
			       .keep_work = !strcmp(a->format, WORK),
			       .beat = a->beat ? a->beat : silence_of(c, a->pattern) };
	struct seki_paper p = { .k = { c, &s, posture, a->japanese, a->pattern, baseline } };
	int err = seki_sums_open(&s, rules);

	if (!err && a->forward && a->pattern)
		err = read_forward(&s, a);
	if (!err)
		err = read_logs(&s, a);
	if (!err)
		err = seki_paper_make(&p);
	if (!err)
		err = put(&p, a);
	if (!err)
		err = tell_empty(&s);
	seki_paper_free(&p);
	seki_sums_close(&s);
	return err;
}

int seki_report_paper(struct seki_paper_ask *a)
{
	struct seki_catalogue c = { 0 };
	struct seki_complaint why;
	struct seki_controls rules = { 0 };
	json_t *posture = NULL, *baseline = NULL;
	int err;

	if (!strcmp(a->format, OSCAL) && !a->out) {
		seki_warnx("--format oscal: give -o DIR");
		return SEKI_EXIT_USAGE;
	}
	err = seki_catalogue_load(&c, a->controls, &why);
	if (err)
		seki_warnx("%s", why.text);
	if (!err && check_draft(&c, a->format)) {
		seki_catalogue_free(&c);
		return SEKI_EXIT_USAGE;
	}
	if (!err)
		err = read_rules(a->controls, &rules);
	if (!err)
		err = read_list(a->posture, "items", "posture", &posture);
	if (!err)
		err = read_list(a->baseline, "sections", "baseline compare", &baseline);
	if (!err)
		err = report(a, &c, &rules, posture, baseline);
	json_decref(posture);
	json_decref(baseline);
	seki_controls_free(&rules);
	seki_catalogue_free(&c);
	if (err)
		return fflush(stdout), SEKI_EXIT_FAILED;
	return seki_flush_stdout();
}
