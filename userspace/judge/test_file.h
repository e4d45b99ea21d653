/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_file.h - tests of a policy: what somebody says it decides, and whether it
 * does.
 */
#ifndef SEKI_TEST_FILE_H
#define SEKI_TEST_FILE_H

#include "userspace/judge/explain.h"
#include "userspace/policy/policy.h"

/* One entry of 'tests': every who with every act and every object. */
struct seki_test {
	struct seki_pos pos;
	struct seki_text name, rule;
	struct seki_texts who, act, on, controls;
	struct seki_number expect; /* enum seki_verdict */
	struct seki_number record; /* enum seki_record */
};

struct seki_test_file {
	struct seki_number language, coverage;
	struct seki_text policy;
	struct seki_test *test;
	unsigned int n;
	struct seki_arena arena;
};

extern const struct seki_key_table seki_test_tables[];
extern const unsigned int seki_test_tables_count;

/* Borrows text.  What is wrong is in d; free it in any case. */
void seki_test_file_read(const char *text, size_t size, struct seki_diag *d,
			 struct seki_test_file *ret);
void seki_test_file_free(struct seki_test_file *f);

/* test_run.c */
struct seki_test_result {
	const struct seki_test *test;
	const char *who, *act, *on;
	struct seki_decision got;
	const char *wrong; /* NULL: as expected.  Until the taker returns */
};
typedef void seki_test_taker(void *to, const struct seki_test_result *r);
/* met[rule]: some test was decided by it, if met is not NULL. */
void seki_test_run(const struct seki_test_file *f, const struct seki_view *v,
		   const struct seki_controls *controls, bool *met, seki_test_taker *take,
		   void *to);

#endif /* SEKI_TEST_FILE_H */
