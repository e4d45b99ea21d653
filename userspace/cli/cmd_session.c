// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho session - what one person did in one session, as a story.
 */
#include "userspace/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "userspace/cli/find.h"
#include "userspace/cli/records.h"
#include "userspace/cli/story.h"
#include "userspace/lib/log.h"

static const struct option table[] = {
	{ "lang", required_argument, NULL, 'l' },
	{ "json", no_argument, NULL, 'j' },
	{ "log", required_argument, NULL, 'd' },
	{ "index", required_argument, NULL, 'x' },
	{ "rebuild", no_argument, NULL, 'R' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho session [--lang en|ja] [--json] [--log DIR] [--index FILE]\n"
		"                       [--rebuild] SESSION\n"
		"Tell one operator session: who, from where, the commands, what was refused and\n"
		"reached.  SESSION is the id that records show, or the audit session's number.\n");
}

static int take(void *to, uint64_t n, const char *line, size_t size, json_t *record)
{
	(void)line;
	(void)size;
	return seki_story_add(to, n, record) ? 0 : -ENOMEM;
}

static int tell(struct seki_story *s, const char *id, bool json, bool japanese)
{
	json_t *j;

	if (!s->count) {
		seki_warnx("no record of a session %s; 'sekisho query --class session' lists them",
			   id);
		return SEKI_EXIT_FAILED;
	}
	if (!json) {
		seki_story_tell(s, japanese, stdout);
		return seki_flush_stdout();
	}
	j = seki_story_json(s);
	json_dumpf(j, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(j);
	return seki_flush_stdout();
}

int cmd_session(int argc, char **argv)
{
	struct seki_find find = { .log = SEKI_LOG_DIR };
	struct seki_question q = { .to = UINT64_MAX };
	struct seki_story story = { 0 };
	bool json = false, japanese = false;
	int opt, code;

	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		switch (opt) {
		case 'l':
			japanese = !strcmp(optarg, "ja");
			if (!japanese && strcmp(optarg, "en")) {
				seki_warnx("--lang: en or ja, not %s", optarg);
				return SEKI_EXIT_USAGE;
			}
			break;
		case 'j':
			json = true;
			break;
		case 'd':
			find.log = optarg;
			break;
		case 'x':
			find.index = optarg;
			break;
		case 'R':
			find.rebuild = true;
			break;
		case 'h':
			usage(stdout);
			return SEKI_EXIT_OK;
		default:
			return SEKI_EXIT_USAGE;
		}
	}
	if (optind + 1 != argc) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	q.session = argv[optind];
	code = seki_find(&find, &q, take, &story);
	if (code == SEKI_EXIT_OK)
		code = tell(&story, q.session, json, japanese);
	seki_story_free(&story);
	return code;
}
