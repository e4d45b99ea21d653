/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * harness.h - a small test harness that prints TAP.
 *
 *	#include "tests/harness.h"
 *	TEST(other_uid_reads_key_denied)
 *	{
 *		EXPECT_EQ(-1, open(key, O_RDONLY));
 *		EXPECT_EQ(EPERM, errno);
 *	}
 *	HARNESS_MAIN
 *
 * Each test runs in a child of its own: a crash, an exit or a domain it entered
 * ends there.  EXPECT goes on after a failure, ASSERT leaves the test.  Needs
 * nothing but libc, so it also serves static programs in a guest.
 *
 * usage: program [-l] [TEXT]	list; only the tests whose name has TEXT in it
 */
#ifndef SEKI_HARNESS_H
#define SEKI_HARNESS_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define HARNESS_SKIPPED 77
#ifndef HARNESS_TIMEOUT
#define HARNESS_TIMEOUT 60 /* seconds per test */
#endif

struct harness_test {
	const char *name;
	void (*run)(void);
	struct harness_test *next;
};

static struct harness_test *harness_first, **harness_last = &harness_first;
static int harness_failures;
/* Says which row of a table is under test; shown with each failure. */
static const char *harness_row;

#define TEST(test)                                                         \
	static void test(void);                                            \
	static struct harness_test harness_##test = { #test, test, NULL }; \
	__attribute__((constructor)) static void harness_add_##test(void)  \
	{                                                                  \
		*harness_last = &harness_##test;                           \
		harness_last = &harness_##test.next;                       \
	}                                                                  \
	static void test(void)

/* Failures are comments: TAP readers show them, and counts stay one per test. */
#define HARNESS_FAIL(fmt, ...)                                                                  \
	do {                                                                                    \
		printf("# %s:%d: %s%s" fmt "\n", __FILE__, __LINE__,                            \
		       harness_row ? harness_row : "", harness_row ? ": " : "", ##__VA_ARGS__); \
		harness_failures++;                                                             \
	} while (0)
#define HARNESS_LEAVE() exit(1)
#define HARNESS_GO_ON() ((void)0)

#define HARNESS_CMP(want, op, got, after)                                                     \
	do {                                                                                  \
		long long harness_w = (long long)(want);                                      \
		long long harness_g = (long long)(got);                                       \
		if (!(harness_w op harness_g)) {                                              \
			HARNESS_FAIL("expected %s %s %s, is %lld and %lld", #want, #op, #got, \
				     harness_w, harness_g);                                   \
			after();                                                              \
		}                                                                             \
	} while (0)
#define HARNESS_STR(want, got, after)                                                   \
	do {                                                                            \
		const char *harness_w = (want), *harness_g = (got);                     \
		if (!harness_g || strcmp(harness_w, harness_g)) {                       \
			HARNESS_FAIL("%s: expected \"%s\", is \"%s\"", #got, harness_w, \
				     harness_g ? harness_g : "(null)");                 \
			after();                                                        \
		}                                                                       \
	} while (0)

#define EXPECT_EQ(want, got) HARNESS_CMP(want, ==, got, HARNESS_GO_ON)
#define EXPECT_NE(want, got) HARNESS_CMP(want, !=, got, HARNESS_GO_ON)
#define EXPECT_LT(a, b) HARNESS_CMP(a, <, b, HARNESS_GO_ON)
#define EXPECT_LE(a, b) HARNESS_CMP(a, <=, b, HARNESS_GO_ON)
#define EXPECT_GT(a, b) HARNESS_CMP(a, >, b, HARNESS_GO_ON)
#define EXPECT_GE(a, b) HARNESS_CMP(a, >=, b, HARNESS_GO_ON)
#define EXPECT_TRUE(what) HARNESS_CMP(!(what), ==, 0, HARNESS_GO_ON)
#define EXPECT_FALSE(what) HARNESS_CMP(!!(what), ==, 0, HARNESS_GO_ON)
#define EXPECT_STREQ(want, got) HARNESS_STR(want, got, HARNESS_GO_ON)

#define ASSERT_EQ(want, got) HARNESS_CMP(want, ==, got, HARNESS_LEAVE)
#define ASSERT_NE(want, got) HARNESS_CMP(want, !=, got, HARNESS_LEAVE)
#define ASSERT_LT(a, b) HARNESS_CMP(a, <, b, HARNESS_LEAVE)
#define ASSERT_LE(a, b) HARNESS_CMP(a, <=, b, HARNESS_LEAVE)
#define ASSERT_GT(a, b) HARNESS_CMP(a, >, b, HARNESS_LEAVE)
#define ASSERT_GE(a, b) HARNESS_CMP(a, >=, b, HARNESS_LEAVE)
#define ASSERT_TRUE(what) HARNESS_CMP(!(what), ==, 0, HARNESS_LEAVE)
#define ASSERT_FALSE(what) HARNESS_CMP(!!(what), ==, 0, HARNESS_LEAVE)
#define ASSERT_STREQ(want, got) HARNESS_STR(want, got, HARNESS_LEAVE)

/* Not run, and why: a reason is part of the result. */
#define SKIP(fmt, ...)                                        \
	do {                                                  \
		printf("# SKIP " fmt "\n", ##__VA_ARGS__);    \
		exit(harness_failures ? 1 : HARNESS_SKIPPED); \
	} while (0)

static void harness_child(const struct harness_test *t)
{
	alarm(HARNESS_TIMEOUT);
	t->run();
	exit(harness_failures ? 1 : 0);
}

static int harness_run(const struct harness_test *t)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid)
		harness_child(t);
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		printf("# cannot fork\n");
		return 1;
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	printf("# ended by signal %d%s\n", WTERMSIG(status),
	       WTERMSIG(status) == SIGALRM ? " (time limit)" : "");
	return 1;
}

static int harness_main(int argc, char **argv)
{
	int list = argc > 1 && !strcmp(argv[1], "-l");
	const char *only = !list && argc > 1 ? argv[1] : "";
	int n = 0, failed = 0;

	for (struct harness_test *t = harness_first; t; t = t->next)
		n += !!strstr(t->name, only);
	if (!list)
		printf("TAP version 13\n1..%d\n", n);
	n = 0;
	for (struct harness_test *t = harness_first; t; t = t->next) {
		int rc;

		if (list)
			printf("%s\n", t->name);
		if (list || !strstr(t->name, only))
			continue;
		rc = harness_run(t);
		failed += rc && rc != HARNESS_SKIPPED;
		printf("%s %d - %s%s\n", rc && rc != HARNESS_SKIPPED ? "not ok" : "ok", ++n,
		       t->name, rc == HARNESS_SKIPPED ? " # SKIP" : "");
		fflush(stdout);
	}
	return failed ? 1 : 0;
}

#define HARNESS_MAIN                             \
	int main(int argc, char **argv)          \
	{                                        \
		return harness_main(argc, argv); \
	}

#endif /* SEKI_HARNESS_H */
