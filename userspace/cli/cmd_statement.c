// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho statement - what a log says of a time, also that there was nothing, as a
 * signed note that names the checkpoint it rests on.
 */
#define _GNU_SOURCE
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/key_file.h"
#include "userspace/cli/verify_log.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"

static const struct option table[] = {
	{ "key", required_argument, NULL, 'k' },  { "from", required_argument, NULL, 'f' },
	{ "to", required_argument, NULL, 't' },	  { "checkpoint", required_argument, NULL, 'c' },
	{ "sign", required_argument, NULL, 's' }, { "name", required_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },	  { 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho statement --from TIME --to TIME --key PUB --sign KEY [DIR]\n"
		"Verify the log and print what it says of a time, as a signed note.\n\n"
		"  --key PUB          public key of the log: PEM, or a verifier key; may be repeated\n"
		"  --sign NAME.key    private key of who makes the statement\n"
		"  --name NAME        name of that key in the note (statement)\n"
		"  --checkpoint FILE  a checkpoint kept elsewhere, that the log must go on from\n");
}

static void put_head(FILE *out, const struct seki_log_task *t, const struct seki_verified *v,
		     const char *from, const char *to)
{
	char root[64];

	seki_base64_text(&v->root, sizeof(v->root), root);
	fprintf(out, "sekisho statement\nlog          %s\nfrom         %s\nto           %s\n",
		v->origin, from, to);
	fprintf(out, "rests on     checkpoint of size %llu, root %s\n",
		(unsigned long long)v->signed_, root);
	fprintf(out, "verified     records %llu to %llu against %llu checkpoints%s\n",
		(unsigned long long)v->first, (unsigned long long)v->size - 1,
		(unsigned long long)v->checkpoints, v->held ? " and one kept elsewhere" : "");
	if (t->w.records && t->w.high >= v->signed_)
		fprintf(out, "not signed   records from %llu on\n", (unsigned long long)v->signed_);
}

static void put_tail(FILE *out, const struct seki_log_task *t)
{
	bool whole = t->w.records && !t->w.lost && !t->w.life.gaps && !t->w.bad &&
		     !t->w.sequence.missing && !t->w.sequence.all_missing;

	fprintf(out, "complete     %s\n",
		whole ? "yes: no loss, no gap, enforcement proven throughout" :
			"not shown: see lost, missing, gap, malformed");
	fprintf(out,
		"limits       hypervisor, firmware and physical access are out of reach of this "
		"host's records\n");
}

static int sign_and_print(const char *text, size_t size, const char *key, const char *name)
{
	struct seki_signer s = { .key = seki_key_file(key) };
	const struct seki_signer *by = &s;
	char note[SEKI_NOTE_MAX];
	int len = -1;

	if (!s.key)
		return SEKI_EXIT_FAILED;
	snprintf(s.name, sizeof(s.name), "%s", name);
	len = seki_note_sign(text, size, &by, 1, note);
	EVP_PKEY_free(s.key);
	if (len < 0) {
		seki_warnx("the statement can't be signed: %s", strerror(-len));
		return SEKI_EXIT_FAILED;
	}
	fwrite(note, 1, (size_t)len, stdout);
	return seki_flush_stdout();
}

static int state(struct seki_log_task *t, const char *from, const char *to, const char *key,
		 const char *name)
{
	seki_autofree char *text = NULL;
	struct seki_verified v;
	size_t size;
	FILE *out;

	if (seki_log_task_run(t, &v))
		return SEKI_EXIT_FAILED;
	if (v.wrong) {
		seki_warnx("%s: is not what was signed; nothing is stated from it", t->dir);
		return SEKI_EXIT_FAILED;
	}
	out = open_memstream(&text, &size);
	if (!out)
		return SEKI_EXIT_FAILED;
	put_head(out, t, &v, from, to);
	seki_window_print(&t->w, out);
	put_tail(out, t);
	fclose(out);
	return sign_and_print(text, size, key, name);
}

int cmd_statement(int argc, char **argv)
{
	const char *from = NULL, *to = NULL, *key = NULL, *name = "statement";
	struct seki_log_task t;
	bool ok = true;
	int opt, ret;

	seki_log_task_begin(&t);
	while (ok && (opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (opt == 'k')
			ok = seki_log_task_key(&t, optarg);
		else if (opt == 'f')
			ok = seki_log_task_time("--from", from = optarg, &t.w.from);
		else if (opt == 't')
			ok = seki_log_task_time("--to", to = optarg, &t.w.to);
		else if (opt == 'c')
			ok = seki_log_task_held(&t, optarg);
		else if (opt == 's')
			key = optarg;
		else if (opt == 'n')
			name = optarg;
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else
			ok = false;
	}
	if (ok && (argc - optind > 1 || !from || !to || !key || !t.o.keys)) {
		usage(stderr);
		ok = false;
	}
	t.dir = optind < argc ? argv[optind] : "/var/log/sekisho";
	ret = ok ? state(&t, from, to, key, name) : SEKI_EXIT_USAGE;
	seki_log_task_end(&t);
	return ret;
}
