// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "userspace/cli/verify_log.h"
#include "userspace/lib/log.h"
#include "userspace/policy/bundle.h"

static const struct option options[] = {
	{ "keys", required_argument, NULL, 'K' },    { "host", required_argument, NULL, 'H' },
	{ "key", required_argument, NULL, 'k' },     { "checkpoint", required_argument, NULL, 'c' },
	{ "witness", required_argument, NULL, 'w' }, { "tsa", required_argument, NULL, 'T' },
	{ "record", required_argument, NULL, 'r' },  { "segment", required_argument, NULL, 's' },
	{ "part", no_argument, NULL, 'P' },	     { "proof", required_argument, NULL, 'p' },
	{ "from", required_argument, NULL, 'f' },    { "to", required_argument, NULL, 't' },
	{ "help", no_argument, NULL, 'h' },	     { 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho verify --key PUB [OPTION...] DIR|PROOF.tlog-proof\n"
		"       sekisho verify --key PUB --checkpoint OLD NEW.tlog-consistency\n"
		"       sekisho verify [--keys DIR] [--host MACHINE-ID] BUNDLE\n"
		"Judge a log by public keys alone; a bundle's signature as sekisho-load would.\n\n"
		"  --key PUB          public key of the log: PEM, or a verifier key; may be repeated\n"
		"  --checkpoint FILE  checkpoints kept elsewhere, that the log must go on from; may be\n"
		"                     repeated\n"
		"  --witness KEY      verifier key of a witness that cosigned some of them; may be\n"
		"                     repeated\n"
		"  --tsa CA.pem       who vouches for the time stamp FILE.tsr beside each of them\n"
		"  --part             a part of a log: records before its first are not judged\n"
		"  --segment N        only the segment that holds record N\n"
		"  --record N         show this record\n"
		"  --proof FILE       write the proof of that record\n"
		"  --from, --to TIME  count the records of this time only\n"
		"  --keys DIR         enrolled public keys, of a bundle (" SEKI_KEYS_DIR ")\n"
		"  --host ID          refuse a bundle that is signed for another host\n");
}

static int judge(const char *path, const struct seki_bundle *b, const struct seki_pubkeys *keys,
		 const char *host)
{
	struct seki_signed s = seki_bundle_signed(b);
	int refused = seki_signature_check(&s, keys, host);

	if (refused) {
		seki_warnx("%s: %s", path, seki_signature_text(refused));
		return SEKI_EXIT_FAILED;
	}
	printf("%s: %s version %u, signed by %s for %.32s\n", path,
	       seki_bundle_string(b, b->meta->name), b->meta->version,
	       seki_keys_find(keys, b->trailer->key)->file,
	       b->trailer->host[0] ? b->trailer->host : "every host");
	return seki_flush_stdout();
}

static int verify(const char *path, const char *dir, const char *host)
{
	struct seki_pubkeys keys = { 0 };
	struct seki_bundle b;
	const char *why;
	char err[512];
	int ret;

	if (seki_keys_read(dir, &keys, err, sizeof(err))) {
		seki_warnx("%s", err);
		return SEKI_EXIT_FAILED;
	}
	if (seki_bundle_read(path, &b, &why)) {
		seki_warnx("%s: %s", path, why);
		seki_keys_free(&keys);
		return SEKI_EXIT_FAILED;
	}
	ret = judge(path, &b, &keys, host);
	seki_bundle_close(&b);
	seki_keys_free(&keys);
	return ret;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static bool ends_with(const char *path, const char *what)
{
	size_t len = strlen(path), end = strlen(what);

	return len > end && !strcmp(path + len - end, what);
}

static bool is_proof(const char *path)
{
	return ends_with(path, ".tlog-proof") || ends_with(path, ".tlog-consistency");
}

static bool missing(const struct seki_log_task *t)
{
	if (!t->o.keys)
		seki_warnx("a log is verified with its public key: --key");
	else if (t->proof && !t->record)
		seki_warnx("--proof needs --record");
	else if ((t->witnesses || t->tsa) && !t->held_files)
		seki_warnx(
			"--witness and --tsa are about checkpoints kept elsewhere: --checkpoint");
	else
		return false;
	return true;
}

static int verify_evidence(struct seki_log_task *t, const char *path)
{
	if (missing(t))
		return SEKI_EXIT_USAGE;
	t->dir = path;
	if (ends_with(path, ".tlog-consistency"))
		return seki_verify_consistency(t, path);
	return is_proof(path) ? seki_verify_proof(t, path) : seki_verify_directory(t);
}

struct bundle_options {
	const char *keys, *host;
};

static bool take(int opt, struct seki_log_task *t, struct bundle_options *b)
{
	switch (opt) {
	case 'K':
		b->keys = optarg;
		return true;
	case 'H':
		b->host = optarg;
		return seki_hex_id(optarg, strlen(optarg));
	case 'k':
		return seki_log_task_key(t, optarg);
	case 'c':
		return seki_log_task_held(t, optarg);
	case 'w':
		return seki_log_task_witness(t, optarg);
	case 'T':
		t->tsa = optarg;
		return true;
	case 'r':
		t->record = true;
		return seki_log_task_number("--record", optarg, &t->o.record);
	case 's':
		t->o.one = true;
		return seki_log_task_number("--segment", optarg, &t->o.record);
	case 'P':
		return t->part = true;
	case 'p':
		t->proof = optarg;
		return true;
	case 'f':
		return seki_log_task_time("--from", optarg, &t->w.from);
	case 't':
		return seki_log_task_time("--to", optarg, &t->w.to);
	default:
		return false;
	}
}

int cmd_verify(int argc, char **argv)
{
	struct bundle_options b = { .keys = SEKI_KEYS_DIR };
	struct seki_log_task t;
	bool ok = true;
	int opt, ret = SEKI_EXIT_USAGE;

	seki_log_task_begin(&t);
	while (ok && (opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		ok = take(opt, &t, &b);
	}
	if (!ok || argc - optind != 1)
		usage(stderr);
	else if (is_directory(argv[optind]) || is_proof(argv[optind]))
		ret = verify_evidence(&t, argv[optind]);
	else
		ret = verify(argv[optind], b.keys, b.host);
	seki_log_task_end(&t);
	return ret;
}
