// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verify_log.c - sekisho verify of a log directory and of a proof: what fits, and
 * in words what that proves.
 */
#define _GNU_SOURCE
#include "userspace/cli/verify_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/cli.h"
#include "userspace/evidence/io.h"
#include "userspace/evidence/proof.h"
#include "userspace/evidence/tiles.h"
#include "userspace/evidence/writer.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"
#include "userspace/reader/field.h"
#include "userspace/reader/time.h"

static const char *time_text(uint64_t ns, char ret[SEKI_UTC_TEXT])
{
	return seki_utc_text(ns / 1000000000ull, ret);
}

static void print_facts(const struct seki_verified *v)
{
	char root[64], from[SEKI_UTC_TEXT], to[SEKI_UTC_TEXT];

	seki_base64_text(&v->root, sizeof(v->root), root);
	printf("log          ");
	seki_print_safe(stdout, v->origin);
	printf("\nsegments     %llu, records %llu to %llu\n", (unsigned long long)v->segments,
	       (unsigned long long)v->first, (unsigned long long)v->size - (v->size > v->first));
	printf("checkpoints  %llu, %s to %s, epochs %llu, boots %llu\n",
	       (unsigned long long)v->checkpoints, time_text(v->from.wall, from),
	       time_text(v->to.wall, to), (unsigned long long)v->epochs,
	       (unsigned long long)v->boots);
	printf("signed       %llu records, root %s\n", (unsigned long long)v->signed_, root);
}

static void print_meaning(const struct seki_verified *v, const struct seki_log_task *t)
{
	printf("\nproven       The records below %llu are those that a holder of the key signed, in "
	       "this order: none altered, removed, put in or moved.\n",
	       (unsigned long long)v->signed_);
	if (v->held)
		printf("             The log goes on from the checkpoint kept elsewhere: it was not "
		       "rewritten since.\n");
	if (t->cosigned)
		printf("             A witness saw each cosigned checkpoint at the time it says, and "
		       "none that is not of one and the same log.\n");
	if (t->tsa)
		printf("             Each stamped checkpoint, and the records below it, existed at "
		       "the time of its stamp.\n");
	printf("not proven   ");
	if (v->size > v->signed_)
		printf("Records %llu to %llu are not signed yet. ", (unsigned long long)v->signed_,
		       (unsigned long long)v->size - 1);
	if (v->first && !t->o.one)
		printf("Records below %llu are not here. ", (unsigned long long)v->first);
	if (!v->held)
		printf("Whether the log was cut back to an older state, or a second one is shown to "
		       "others: a checkpoint kept elsewhere (--checkpoint) tells. ");
	printf("That the host's kernel told the truth; see LIMITS in sekisho(7).\n");
}

/* ---- one record ---------------------------------------------------------- */

static int make_proof(const struct seki_log_task *t, const char *checkpoint, size_t size,
		      char **ret)
{
	struct seki_tile_reader tiles = { .dir = t->o.dir };
	struct seki_hashes h = { seki_tile_hash, &tiles };
	struct seki_proof p;
	struct seki_checkpoint c;
	struct seki_hash leaf;
	struct seki_note n;
	int err;

	if (seki_note_parse(checkpoint, size, &n) || seki_checkpoint_parse(&n, &c))
		return -EBADMSG;
	tiles.size = c.size;
	err = seki_prove_inclusion(&h, t->o.record, c.size, &p);
	seki_hash_leaf(t->kept, t->kept_size, &leaf);
	if (!err && !seki_check_inclusion(&p, t->o.record, c.size, &leaf, &c.root))
		err = -EBADMSG;
	return err ? err :
		     seki_proof_text(&p, t->o.record, t->kept, t->kept_size, checkpoint, size, ret);
}

static int write_proof(const struct seki_log_task *t)
{
	seki_autofree char *checkpoint = NULL, *text = NULL;
	size_t size;
	int err = seki_io_get(t->o.dir, SEKI_CHECKPOINT, SEKI_NOTE_MAX, &checkpoint, &size);

	if (!err)
		err = make_proof(t, checkpoint, size, &text);
	if (err == -ERANGE)
		seki_warnx("record %llu is not signed yet; ask again in some seconds",
			   (unsigned long long)t->o.record);
	else if (err)
		seki_warnx("%s: no proof of record %llu: the hash tiles are %s", t->dir,
			   (unsigned long long)t->o.record,
			   err == -ENOENT ? "missing" : "not those of the checkpoint");
	if (err)
		return SEKI_EXIT_FAILED;
	err = seki_file_write(t->proof, text, strlen(text), 0644);
	if (err) {
		seki_warnx("%s: %s", t->proof, strerror(-err));
		return SEKI_EXIT_FAILED;
	}
	printf("proof        %s\n", t->proof);
	return SEKI_EXIT_OK;
}

static int show_record(const struct seki_log_task *t)
{
	if (!t->kept) {
		seki_warnx("%s: has no record %llu", t->dir, (unsigned long long)t->o.record);
		return SEKI_EXIT_FAILED;
	}
	printf("record       ");
	seki_print_safe(stdout, t->kept);
	putchar('\n');
	return t->proof ? write_proof(t) : SEKI_EXIT_OK;
}

int seki_verify_directory(struct seki_log_task *t)
{
	struct seki_verified v;
	int ret = SEKI_EXIT_OK;

	if (seki_log_task_run(t, &v))
		return SEKI_EXIT_FAILED;
	print_facts(&v);
	if (t->vouched && !fflush(t->vouched))
		fputs(t->vouched_text, stdout);
	seki_window_print(&t->w, stdout);
	if (v.wrong) {
		printf("\nNOT what was signed: %llu things do not fit, see above.\n",
		       (unsigned long long)v.wrong);
		seki_flush_stdout();
		return SEKI_EXIT_FAILED;
	}
	if (t->record)
		ret = show_record(t);
	if (!ret && (t->w.sequence.missing || t->w.sequence.all_missing)) {
		printf("\nNOT complete: it is what was signed, and events are missing in it without a "
		       "record of their loss, see above.\n");
		ret = SEKI_EXIT_FAILED;
	}
	if (!ret) {
		print_meaning(&v, t);
		printf("\nOK\n");
	}
	return seki_flush_stdout() ?: ret;
}

/* ---- a proof ------------------------------------------------------------- */

const char *seki_verify_signed(const struct seki_log_task *t, const struct seki_note *n,
			       const struct seki_checkpoint *c)
{
	bool known = false;

	for (size_t i = 0; i < t->o.keys; i++) {
		struct seki_verifier k = t->o.key[i];
		int64_t got;

		if (!k.name[0])
			seki_verifier_set(&k, c->origin, k.type, k.raw);
		got = seki_note_verify(n, &k);
		if (got == -EKEYREJECTED)
			return "the signature of its checkpoint does not fit: it was altered";
		known |= got == 0;
	}
	return known ? NULL : "its checkpoint is not signed by a key given";
}

static const char *judge_proof(const struct seki_log_task *t, const struct seki_tlog_proof *p)
{
	const char *why = seki_verify_signed(t, &p->note, &p->c);
	struct seki_hash leaf;

	if (why)
		return why;
	if (!p->record)
		return "it does not bring the record (a line \"extra\")";
	seki_hash_leaf(p->record, p->size, &leaf);
	if (!seki_check_inclusion(&p->path, p->index, p->c.size, &leaf, &p->c.root))
		return "the record is not in the tree that was signed: record, index or hashes were "
		       "altered";
	return NULL;
}

int seki_verify_proof(struct seki_log_task *t, const char *path)
{
	seki_autofree char *text = NULL;
	struct seki_tlog_proof p;
	const char *why = "not of the form of c2sp.org/tlog-proof@v1";
	size_t size;
	int err = seki_file_read(path, 1 << 20, &text, &size);

	if (err) {
		seki_warnx("%s: %s", path, strerror(-err));
		return SEKI_EXIT_FAILED;
	}
	if (!seki_proof_parse(text, size, &p)) {
		why = judge_proof(t, &p);
		if (!why) {
			printf("record       %llu of ", (unsigned long long)p.index);
			seki_print_safe(stdout, p.c.origin);
			printf("\n             ");
			seki_print_safe(stdout, p.record);
			printf("\nproven       It is record %llu of the log whose first %llu records the "
			       "key signed.\nnot proven   What came before and after it.\n\nOK\n",
			       (unsigned long long)p.index, (unsigned long long)p.c.size);
		}
		seki_proof_free(&p);
	}
	if (why)
		seki_warnx("%s: %s", path, why);
	return why ? SEKI_EXIT_FAILED : seki_flush_stdout();
}
