// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "userspace/cli/ask.h"
#include "userspace/cli/policy_view.h"
#include "userspace/judge/restore.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"
#include "userspace/policy/policy.h"
#include "userspace/reader/field.h"

enum { NOT_RUNNING = 3 };

static const struct option options[] = {
	{ "policy", no_argument, NULL, 'p' },
	{ "loaded", no_argument, NULL, 'l' },
	{ "socket", required_argument, NULL, 's' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho show [--policy] [--loaded] [--socket PATH] [BUNDLE]\n"
		"Print the domains, labels, paths and allowed accesses of a bundle, or without\n"
		"one of the policy that is loaded.  Exit 3: no collector tells which that is.\n\n"
		"  --policy       a policy that compiles to the same meaning\n"
		"  --loaded       nothing, unless it is the policy that is loaded\n"
		"  --socket PATH  of the collector (" SEKI_CONTROL_SOCKET ")\n");
}

static int show_policy(const struct seki_bundle *b, const char *path)
{
	seki_autofree char *text = NULL;
	struct seki_view v;
	size_t size;
	int err;

	if (seki_view_open(b, &v))
		seki_diex("out of memory");
	err = seki_restore(&v, &text, &size, stderr);
	seki_view_close(&v);
	if (err) {
		seki_warnx("%s: holds what no policy text says, see above; print it without "
			   "--policy",
			   path);
		return SEKI_EXIT_FAILED;
	}
	fwrite(text, 1, size, stdout);
	return SEKI_EXIT_OK;
}

static void print(const struct seki_bundle *b)
{
	char digest[SEKI_DIGEST_TEXT], key[SEKI_KEY_ID_TEXT];

	printf("sha256 %s\n", seki_bundle_digest_text(b, digest));
	if (b->trailer) {
		seki_key_id_text(b->trailer->key, key);
		printf("signed by key %s, host %.32s\n", key,
		       b->trailer->host[0] ? b->trailer->host : "any");
	}
	seki_bundle_print(b, stdout);
}

struct what {
	const char *path, *socket;
	bool policy, loaded;
};

/* The kernel's own word on what it holds, by the collector: its maps are closed to us. */
static int confirm(const struct seki_bundle *b, const struct what *w)
{
	static char text[SEKI_ANSWER_MAX];
	char digest[SEKI_DIGEST_TEXT];
	int err = seki_ask_status(w->socket, text, sizeof(text)), code = SEKI_EXIT_OK;
	json_t *s = err ? NULL : json_loads(text, 0, NULL);
	const char *loaded = seki_field(s, "policy.digest");

	if (!s) {
		seki_warnx("%s: no collector tells what the kernel holds (%s); start "
			   "sekishod.service, or name a bundle",
			   w->socket, err ? strerror(-err) : "the answer is no JSON");
		code = NOT_RUNNING;
	} else if (!*loaded) {
		seki_warnx("no policy is loaded");
		code = SEKI_EXIT_FAILED;
	} else if (strcmp(loaded, seki_bundle_digest_text(b, digest))) {
		seki_warnx("%s: has the digest %s, the policy in the kernel %s; it is another one",
			   w->path, digest, loaded);
		code = SEKI_EXIT_FAILED;
	}
	json_decref(s);
	return code;
}

static int show(const struct what *w)
{
	int code = SEKI_EXIT_OK;
	struct seki_bundle b;
	const char *why;

	if (seki_bundle_read(w->path, &b, &why)) {
		seki_warnx("%s: %s", w->path, why);
		return SEKI_EXIT_FAILED;
	}
	if (w->loaded)
		code = confirm(&b, w);
	if (!code && w->policy)
		code = show_policy(&b, w->path);
	else if (!code)
		print(&b);
	seki_bundle_close(&b);
	return code;
}

int cmd_show(int argc, char **argv)
{
	struct what w = { .path = SEKI_POLICY_IN_FORCE, .socket = SEKI_CONTROL_SOCKET };
	int opt, code;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else if (opt == 'p')
			w.policy = true;
		else if (opt == 'l')
			w.loaded = true;
		else if (opt == 's')
			w.socket = optarg;
		else
			return SEKI_EXIT_USAGE;
	}
	if (argc - optind > 1) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	if (optind < argc)
		w.path = argv[optind];
	else
		w.loaded = true;
	code = show(&w);
	return code ? code : seki_flush_stdout();
}
