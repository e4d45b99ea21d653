/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verify_log.h - what verify and statement share about logs. */
#ifndef SEKI_VERIFY_LOG_H
#define SEKI_VERIFY_LOG_H

#include "userspace/cli/window.h"
#include "userspace/evidence/verify.h"

#define SEKI_HELD_FILES 64
#define SEKI_WITNESSES 8

struct seki_log_task {
	const char *dir;
	struct seki_verify_options o;
	struct seki_window w;
	const char *proof; /* file to write, with o.record */
	bool record;
	bool part;  /* of a log: what was before is somewhere else */
	char *kept; /* the record asked for */
	size_t kept_size;
	char *held; /* files of o.held, malloc'ed */
	const char *held_file[SEKI_HELD_FILES];
	size_t held_files;
	struct seki_verifier witness[SEKI_WITNESSES];
	size_t witnesses;
	uint64_t cosigned; /* checkpoints kept elsewhere that a witness signed */
	const char *tsa;   /* PEM file of who may sign time stamps */
	/* what is told of checkpoints kept elsewhere, after the facts of the log */
	FILE *vouched;
	char *vouched_text;
	size_t vouched_size;
	uint64_t unvouched; /* that are not what they should be */
};

/* Add a public key: PEM file, file of verifier keys, or a verifier key.  False
 * after saying what is wrong.
 */
bool seki_log_task_key(struct seki_log_task *t, const char *text);
/* One more file of checkpoints kept elsewhere. */
bool seki_log_task_held(struct seki_log_task *t, const char *path);
bool seki_log_task_witness(struct seki_log_task *t, const char *text);
bool seki_log_task_time(const char *option, const char *text, uint64_t *ret);
bool seki_log_task_number(const char *option, const char *text, uint64_t *ret);
void seki_log_task_begin(struct seki_log_task *t);
/* 0 or negative errno after saying so; what does not fit is printed as it is met. */
int seki_log_task_run(struct seki_log_task *t, struct seki_verified *ret);
void seki_log_task_end(struct seki_log_task *t);

/* verify_vouch.c: what others say of a checkpoint kept elsewhere. */
void seki_vouch_cosigned(struct seki_log_task *t, const struct seki_note *n,
			 const struct seki_checkpoint *c);
/* All of them were met: was any cosigned, and is each stamped? */
void seki_vouch_end(struct seki_log_task *t);

/* A note by one of the keys given, or why not. */
const char *seki_verify_signed(const struct seki_log_task *t, const struct seki_note *n,
			       const struct seki_checkpoint *c);

/* verify of a directory, a .tlog-proof and a .tlog-consistency: exit codes. */
int seki_verify_directory(struct seki_log_task *t);
int seki_verify_proof(struct seki_log_task *t, const char *path);
int seki_verify_consistency(struct seki_log_task *t, const char *path);

#endif /* SEKI_VERIFY_LOG_H */
