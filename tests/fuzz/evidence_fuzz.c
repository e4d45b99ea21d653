// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What readers of a log are given by others: notes, keys, proofs, segments plain
 * and compressed, a whole directory to verify.  The first byte chooses.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/evidence/consistency.h"
#include "userspace/evidence/io.h"
#include "userspace/evidence/moment.h"
#include "userspace/evidence/proof.h"
#include "userspace/evidence/segment.h"
#include "userspace/evidence/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int dir = -1;

static void prepare(void)
{
	static char path[] = "/dev/shm/sekisho-fuzz.XXXXXX";

	if (!mkdtemp(path))
		abort();
	dir = open(path, O_RDONLY | O_DIRECTORY);
}

static void put(const char *name, const char *data, size_t size)
{
	if (seki_io_put(&seki_log_io_system, dir, name, data, size))
		abort();
}

static void note(const char *data, size_t size)
{
	static const uint8_t raw[32] = { 1, 2, 3 };
	struct seki_moment_line m;
	struct seki_verifier v;
	struct seki_checkpoint c;
	struct seki_note n;

	if (seki_note_parse(data, size, &n))
		return;
	seki_verifier_set(&v, "fuzz", SEKI_NOTE_COSIGNATURE, raw);
	/* Nobody has the key. */
	if (seki_note_verify(&n, &v) >= 0)
		abort();
	if (!seki_checkpoint_parse(&n, &c))
		seki_moment_parse(&c, &m);
}

static void proof(const char *data, size_t size)
{
	struct seki_consistency c;
	struct seki_tlog_proof p;
	struct seki_hash leaf;

	if (!seki_consistency_parse(data, size, &c))
		seki_consistency_check(&c, &c.c.root);
	if (seki_proof_parse(data, size, &p))
		return;
	seki_hash_leaf("", 0, &leaf);
	seki_check_inclusion(&p.path, p.index, p.c.size, &leaf, &p.c.root);
	seki_check_consistency(&p.path, p.index, p.c.size, &leaf, &p.c.root);
	seki_proof_free(&p);
}

static void segment(const char *name, const char *data, size_t size)
{
	struct seki_lines_of *lines;
	const char *line;
	size_t len;

	put(name, data, size);
	if (!seki_segment_open(dir, 0, &lines)) {
		for (int i = 0; i < 10000 && seki_segment_line(lines, &line, &len) > 0; i++)
			if (line[len] || !len)
				abort();
		seki_segment_close(lines);
	}
	unlinkat(dir, name, 0);
}

static void wrong(void *of, const char *text)
{
	*(size_t *)of += strlen(text);
}

/* Notes before the first NUL, records behind it. */
static void whole(const char *data, size_t size)
{
	static size_t told;
	struct seki_verify_options o = { .dir = dir, .wrong = wrong, .of = &told, .keys = 1 };
	const char *end = memchr(data, '\0', size);
	size_t notes = end ? (size_t)(end - data) : size;
	struct seki_verified v;

	seki_verifier_set(&o.key[0], "", SEKI_NOTE_ED25519, (const uint8_t[32]){ 1 });
	put("records.000000000000.notes", data, notes);
	put("records.000000000000.jsonl", data + notes, size - notes);
	put("checkpoint", data, notes);
	put("tile", data, 0);
	/* Nothing can be signed by a key that nobody has. */
	if (!seki_verify_log(&o, &v) && !v.wrong && v.signed_)
		abort();
	unlinkat(dir, "records.000000000000.notes", 0);
	unlinkat(dir, "records.000000000000.jsonl", 0);
	unlinkat(dir, "checkpoint", 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 1;
	struct seki_verifier v;

	if (dir < 0)
		prepare();
	if (!size)
		return 0;
	size--;
	switch (data[0] % 6) {
	case 0:
		note(text, size);
		break;
	case 1:
		proof(text, size);
		break;
	case 2:
		seki_verifier_parse(text, size, &v);
		break;
	case 3:
		segment("records.000000000000.jsonl", text, size);
		break;
	case 4:
		segment("records.000000000000.jsonl.zst", text, size);
		break;
	default:
		whole(text, size);
	}
	return 0;
}
