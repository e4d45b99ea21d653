// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho incident - accidents, until when they are to be told, and their records.
 */
#define _GNU_SOURCE
#include "userspace/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "userspace/cli/incident_bundle.h"
#include "userspace/cli/incident_text.h"
#include "userspace/cli/records.h"
#include "userspace/cli/report_paper.h"
#include "userspace/controls/pattern.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"
#include "userspace/reader/time.h"

#define STORE "/var/lib/sekisho-incidents.jsonl"
#define NS 1000000000ull

enum { LATE = 3 };

struct options {
	const char *store, *controls, *class, *began, *known, *done, *log, *out, *users, *minutes;
	const char *key[SEKI_WITNESSES];
	size_t keys;
	uint64_t from, to, now;
	bool json;
	char **words;
	int count;
};

struct work {
	struct options *o;
	struct seki_sheet classes;
	struct seki_incidents all;
	struct seki_incident one;
};

static const struct option table[] = {
	{ "class", required_argument, NULL, 'C' },    { "began", required_argument, NULL, 'b' },
	{ "known", required_argument, NULL, 'n' },    { "users", required_argument, NULL, 'u' },
	{ "minutes", required_argument, NULL, 'm' },  { "done", required_argument, NULL, 'd' },
	{ "log", required_argument, NULL, 'l' },      { "key", required_argument, NULL, 'k' },
	{ "from", required_argument, NULL, 'f' },     { "to", required_argument, NULL, 't' },
	{ "output", required_argument, NULL, 'o' },   { "store", required_argument, NULL, 's' },
	{ "controls", required_argument, NULL, 'c' }, { "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },	      { 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho incident open --class CLASS [--began TIME] [--known TIME]\n"
		"                             [--users N] [--minutes N] TEXT\n"
		"       sekisho incident note [--done STEP] [--users N] [--minutes N] ID TEXT\n"
		"       sekisho incident close ID TEXT\n"
		"       sekisho incident list [--json]\n"
		"       sekisho incident export --key PUB [--log DIR] [--from TIME] [--to TIME] -o DIR ID\n"
		"Keep the clocks of an accident, and gather the records of its time for others.\n\n"
		"  --class CLASS      serious, serious-equipment, quarterly, equipment-leak, secrecy\n"
		"  --began TIME       when it began (now)\n"
		"  --known TIME       when it became known (when it began)\n"
		"  --users N          users affected, as far as known\n"
		"  --minutes N        how long it lasts, as far as known\n"
		"  --done STEP        prompt, written, quarterly: that report was made\n"
		"  --key PUB          verify the log: public key, PEM or verifier key; may be repeated\n"
		"  --log DIR          the log (" SEKI_LOG_DIR ")\n"
		"  --from, --to TIME  records of this time (from its begin to its end)\n"
		"  -o, --output DIR   of the bundle; it must not be there yet\n"
		"  --store FILE       of the incidents (" STORE ")\n"
		"  --controls DIR     the tables (" SEKI_CONTROLS_DIR ")\n"
		"  --json             as JSON\n\n"
		"Exit of list 0: no report is late; 3: one is, or is due at once and not made.\n");
}

static int complain(const char *text)
{
	seki_warnx("%s", text);
	return SEKI_EXIT_FAILED;
}

/* Of this host's own file: a directory service may be what failed. */
static const char *name_of(unsigned int uid)
{
	static char name[64];
	FILE *f = fopen("/etc/passwd", "re");
	struct passwd *p = NULL;

	while (f && (p = fgetpwent(f)) && p->pw_uid != uid)
		;
	if (p)
		snprintf(name, sizeof(name), "%s", p->pw_name);
	else
		snprintf(name, sizeof(name), "uid %u", uid);
	if (f)
		fclose(f);
	return name;
}

/* The login, not what sudo made of it; the kernel keeps it. */
static const char *login(void)
{
	unsigned int uid = getuid();
	FILE *f = fopen("/proc/self/loginuid", "re");

	if (f && (fscanf(f, "%u", &uid) != 1 || uid == (unsigned int)-1))
		uid = getuid();
	if (f)
		fclose(f);
	return name_of(uid);
}

static json_t *line_of(const struct work *w, const char *act, const char *id, const char *text)
{
	json_t *line = json_object(), *said = json_string(text);
	char now[SEKI_UTC_TEXT];

	seki_utc_text(w->o->now / NS, now);
	json_object_set_new(line, "v", json_integer(1));
	json_object_set_new(line, "t", json_string(now));
	json_object_set_new(line, "by", json_string(login()));
	json_object_set_new(line, "act", json_string(act));
	json_object_set_new(line, "incident", json_string(id));
	json_object_set_new(line, "text", said ? said : json_string("(no UTF-8)"));
	if (w->o->users)
		json_object_set_new(line, "users", json_integer(atoll(w->o->users)));
	if (w->o->minutes)
		json_object_set_new(line, "minutes", json_integer(atoll(w->o->minutes)));
	return line;
}

/* The digest is for another place: a file that was cut shorter fits its own chain. */
static int add(struct work *w, json_t *line, const char *id)
{
	int err = seki_incidents_add(&w->all, line);

	if (err)
		return complain(strerror(-err));
	seki_incident_find(&w->all, id, &w->one);
	printf("%s, line %llu, digest %s\n", id, (unsigned long long)w->all.lines, w->all.head);
	seki_incident_clock(&w->classes, &w->one, w->o->now, stdout);
	return seki_flush_stdout();
}

/* ---- open, note, close -------------------------------------------------------------- */

static int run_open(struct work *w)
{
	const struct options *o = w->o;
	json_t *line, *each;
	char id[32], now[SEKI_UTC_TEXT];
	size_t row, i, n = 1;

	if (!o->class || !seki_sheet_find(&w->classes, o->class, strlen(o->class), &row)) {
		seki_warnx("--class: %s; 'sekisho incident --help' names the classes",
			   o->class ? o->class : "none was given");
		return SEKI_EXIT_USAGE;
	}
	json_array_foreach(w->all.list, i, each)
		n += !strcmp(seki_field(each, "act"), "open");
	snprintf(id, sizeof(id), "INC-%zu", n);
	seki_utc_text(o->now / NS, now);
	line = line_of(w, "open", id, o->words[0]);
	json_object_set_new(line, "class", json_string(o->class));
	json_object_set_new(line, "began", json_string(o->began ? o->began : now));
	json_object_set_new(line, "known",
			    json_string(o->known ? o->known :
					o->began ? o->began :
						   now));
	return add(w, line, id);
}

static int find(struct work *w, const char *id)
{
	if (seki_incident_find(&w->all, id, &w->one))
		return 0;
	seki_warnx("no incident '%s'; 'sekisho incident list' names them", id);
	return SEKI_EXIT_FAILED;
}

static int find_open(struct work *w, const char *id)
{
	int ret = find(w, id);

	if (ret || !w->one.close)
		return ret;
	seki_warnx("%s was closed at %s by %s; open another one", id, seki_field(w->one.close, "t"),
		   seki_field(w->one.close, "by"));
	return SEKI_EXIT_FAILED;
}

static int run_note(struct work *w)
{
	const char *id = w->o->words[0], *done = w->o->done;
	size_t class;
	enum seki_step step = 0;
	json_t *line;

	if (find_open(w, id))
		return SEKI_EXIT_FAILED;
	class = seki_incident_class(&w->classes, &w->one);
	while (done && step < SEKI_STEPS && strcmp(seki_step_word(step), done) != 0)
		step++;
	if (done && (step == SEKI_STEPS ||
		     !seki_step_due(&w->classes, class, step, w->one.began, w->one.known))) {
		seki_warnx("--done: %s; class %s does not ask for that", done,
			   seki_field(w->one.open, "class"));
		return SEKI_EXIT_USAGE;
	}
	line = line_of(w, "note", id, w->o->words[1]);
	if (done)
		json_object_set_new(line, "done", json_string(done));
	return add(w, line, id);
}

static int run_close(struct work *w)
{
	const char *id = w->o->words[0];

	if (find_open(w, id))
		return SEKI_EXIT_FAILED;
	return add(w, line_of(w, "close", id, w->o->words[1]), id);
}

/* ---- list ---------------------------------------------------------------------------- */

static void show(const struct work *w, const char *id)
{
	printf("%s %s, %s, began %s: ", id, seki_field(w->one.open, "class"),
	       w->one.close ? "closed" : "open", seki_field(w->one.open, "began"));
	seki_print_safe(stdout, seki_field(w->one.open, "text"));
	putchar('\n');
	seki_incident_clock(&w->classes, &w->one, w->o->now, stdout);
}

static int run_list(struct work *w)
{
	bool late = false;
	json_t *line;
	size_t i;
	int err;

	json_array_foreach(w->all.list, i, line) {
		const char *id = seki_field(line, "incident");

		if (strcmp(seki_field(line, "act"), "open") != 0 ||
		    !seki_incident_find(&w->all, id, &w->one))
			continue;
		late |= seki_incident_late(&w->classes, &w->one, w->o->now);
		if (!w->o->json)
			show(w, id);
	}
	if (w->o->json)
		json_dumpf(w->all.list, stdout, JSON_INDENT(1) | JSON_SORT_KEYS), putchar('\n');
	else
		printf("%llu lines, digest %s\n", (unsigned long long)w->all.lines, w->all.head);
	err = seki_flush_stdout();
	return err ? err : late ? LATE : SEKI_EXIT_OK;
}

/* ---- export -------------------------------------------------------------------------- */

static int below(char ret[PATH_MAX], const char *dir, const char *name)
{
	return snprintf(ret, PATH_MAX, "%s/%s", dir, name) >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int put_summary(struct work *w, const char *dir, bool japanese)
{
	char path[PATH_MAX], *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int err;

	if (!out)
		return -ENOMEM;
	seki_incident_summary(&w->classes, &w->all, w->o->words[0], w->o->from, w->o->to, japanese,
			      out);
	err = fclose(out) ? -ENOMEM :
			    below(path, dir, japanese ? "summary-ja.md" : "summary-en.md");
	if (!err)
		err = seki_file_write(path, text, size, 0600);
	free(text);
	return err;
}

/* Of the copy: what is handed over is what was looked at. */
static int put_report(struct work *w, const char *dir, bool japanese)
{
	char log[PATH_MAX], path[PATH_MAX];
	struct seki_paper_ask a = { .format = "html",
				    .controls = w->o->controls,
				    .from = w->o->from,
				    .to = w->o->to,
				    .japanese = japanese };

	if (below(log, dir, "log") ||
	    below(path, dir, japanese ? "report-ja.html" : "report-en.html"))
		return -ENAMETOOLONG;
	a.out = path;
	a.logs = (char *[]){ log, NULL };
	seki_log_task_begin(&a.task);
	a.task.part = true;
	for (size_t i = 0; i < w->o->keys; i++)
		if (!seki_log_task_key(&a.task, w->o->key[i]))
			return -EINVAL;
	return seki_report_paper(&a) ? -ENODATA : 0;
}

static int put_store(const struct work *w, const char *dir)
{
	char path[PATH_MAX], *text;
	size_t size;
	int err = seki_file_read(w->o->store, 64u << 20, &text, &size);

	if (err)
		return err;
	err = below(path, dir, "incidents.jsonl");
	if (!err)
		err = seki_file_write(path, text, size, 0600);
	free(text);
	return err;
}

static int put_all(struct work *w, const char *dir)
{
	int err;

	err = seki_bundle_log(w->o->log, w->o->from, dir);
	if (err)
		seki_warnx("%s: %s", w->o->log, err == -ENODATA ? "no signed log" : strerror(-err));
	for (int ja = 0; !err && ja < 2; ja++) {
		err = put_report(w, dir, ja);
		if (!err)
			err = put_summary(w, dir, ja);
	}
	if (!err)
		err = put_store(w, dir);
	if (!err)
		err = seki_bundle_manifest(dir, json_pack("{si ss ss ss}", "v", 1, "kind",
							  "sekisho-incident", "incident",
							  w->o->words[0], "chain", w->all.head));
	return err;
}

static void choose_window(struct work *w)
{
	struct options *o = w->o;

	if (!o->from)
		o->from = w->one.began;
	if (o->to == UINT64_MAX)
		o->to = o->now;
	if (w->one.close && o->to == o->now)
		seki_time_parse(seki_field(w->one.close, "t"), &o->to);
}

static int run_export(struct work *w)
{
	const struct options *o = w->o;
	char part[PATH_MAX];
	int err;

	if (!o->out || !o->keys) {
		seki_warnx("give -o DIR and the public key of the log, --key PUB");
		return SEKI_EXIT_USAGE;
	}
	if (find(w, o->words[0]))
		return SEKI_EXIT_FAILED;
	choose_window(w);
	if (!access(o->out, F_OK)) {
		seki_warnx("%s: is there already; name a directory that is not", o->out);
		return SEKI_EXIT_FAILED;
	}
	if (snprintf(part, sizeof(part), "%s.part", o->out) > PATH_MAX - 64) {
		seki_warnx("-o: too long a name");
		return SEKI_EXIT_USAGE;
	}
	if (mkdir(part, 0700)) {
		seki_warnx("%s: %s", part, strerror(errno));
		return SEKI_EXIT_FAILED;
	}
	err = put_all(w, part);
	if (!err && rename(part, o->out))
		err = -errno;
	if (!err) {
		printf("%s\n", o->out);
		return seki_flush_stdout();
	}
	seki_bundle_remove(part);
	seki_warnx("%s: not made: %s", o->out, strerror(-err));
	return SEKI_EXIT_FAILED;
}

/* ---- order ---------------------------------------------------------------------------- */

/* clang-format off */
static const struct part {
	const char *name;
	int (*run)(struct work *w);
	int words;
	bool writes;
} parts[] = {
	{ "open", run_open, 1, true },
	{ "note", run_note, 2, true },
	{ "close", run_close, 2, true },
	{ "list", run_list, 0, false },
	{ "export", run_export, 1, false },
};
/* clang-format on */

static bool read_count(const char *option, const char *text)
{
	if (*text && strlen(text) < 12 && strspn(text, "0123456789") == strlen(text))
		return true;
	seki_warnx("%s: not a number: %s", option, text);
	return false;
}

static bool take_text(int opt, struct options *o)
{
	static const struct {
		int opt;
		size_t at;
	} texts[] = {
		{ 'C', offsetof(struct options, class) },
		{ 'd', offsetof(struct options, done) },
		{ 'l', offsetof(struct options, log) },
		{ 'o', offsetof(struct options, out) },
		{ 's', offsetof(struct options, store) },
		{ 'c', offsetof(struct options, controls) },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].opt == opt) {
			*(const char **)((char *)o + texts[i].at) = optarg;
			return true;
		}
	return false;
}

static bool take_option(int opt, struct options *o)
{
	uint64_t t;

	switch (opt) {
	case 'b':
		o->began = optarg;
		return seki_log_task_time("--began", optarg, &t);
	case 'n':
		o->known = optarg;
		return seki_log_task_time("--known", optarg, &t);
	case 'u':
		o->users = optarg;
		return read_count("--users", optarg);
	case 'm':
		o->minutes = optarg;
		return read_count("--minutes", optarg);
	case 'k':
		if (o->keys == SEKI_WITNESSES)
			return false;
		o->key[o->keys++] = optarg;
		return true;
	case 'f':
		return seki_log_task_time("--from", optarg, &o->from);
	case 't':
		return seki_log_task_time("--to", optarg, &o->to);
	case 'j':
		return o->json = true;
	default:
		return take_text(opt, o);
	}
}

static int work(const struct part *p, struct options *o)
{
	struct work w = { .o = o };
	struct seki_complaint why;
	int ret = SEKI_EXIT_FAILED;

	w.all.fd = -1;
	if (seki_sheet_read(&w.classes, &seki_accident_form, o->controls, &why) ||
	    seki_incidents_open(&w.all, o->store, p->writes, &why))
		seki_warnx("%s", why.text);
	else
		ret = p->run(&w);
	seki_incidents_close(&w.all);
	seki_sheet_free(&w.classes);
	return ret;
}

int cmd_incident(int argc, char **argv)
{
	static struct options o = {
		.store = STORE, .controls = SEKI_CONTROLS_DIR, .log = SEKI_LOG_DIR, .to = UINT64_MAX
	};
	int opt;

	o.now = (uint64_t)time(NULL) * NS;
	while ((opt = getopt_long(argc, argv, "o:h", table, NULL)) != -1) {
		if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		if (!take_option(opt, &o))
			return SEKI_EXIT_USAGE;
	}
	for (size_t i = 0; optind < argc && i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!strcmp(parts[i].name, argv[optind]) && argc - optind - 1 == parts[i].words) {
			o.words = argv + optind + 1;
			return work(&parts[i], &o);
		}
	usage(stderr);
	return SEKI_EXIT_USAGE;
}
