/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verify_log.h - what verify and statement share about logs. */
#ifndef SEKI_VERIFY_LOG_H
#define SEKI_VERIFY_LOG_H

#include "userspace/cli/window.h"
#include "userspace/evidence/verify.h"

struct seki_log_task {
	const char *dir;
	struct seki_verify_options o;
	struct seki_window w;
	const char *proof; /* file to write, with o.record */
	bool record;
	char *kept; /* the record asked for */
	size_t kept_size;
	char *held; /* file of o.held, malloc'ed */
};

/* Add a public key: PEM file, file of verifier keys, or a verifier key.  False
 * after saying what is wrong.
 */
bool seki_log_task_key(struct seki_log_task *t, const char *text);
bool seki_log_task_held(struct seki_log_task *t, const char *path);
bool seki_log_task_time(const char *option, const char *text, uint64_t *ret);
bool seki_log_task_number(const char *option, const char *text, uint64_t *ret);
void seki_log_task_begin(struct seki_log_task *t);
/* 0 or negative errno after saying so; what does not fit is printed as it is met. */
int seki_log_task_run(struct seki_log_task *t, struct seki_verified *ret);
void seki_log_task_end(struct seki_log_task *t);

/* verify of a directory and of a .tlog-proof: exit codes. */
int seki_verify_directory(struct seki_log_task *t);
int seki_verify_proof(struct seki_log_task *t, const char *path);

#endif /* SEKI_VERIFY_LOG_H */
