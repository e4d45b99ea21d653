/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence.h - a log for tests: keys, moments, numbered records.
 */
#ifndef SEKI_TEST_EVIDENCE_H
#define SEKI_TEST_EVIDENCE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/collector/lanes.h"
#include "userspace/evidence/log.h"
#include "userspace/policy/key.h"

#define TEST_ORIGIN "sekisho.log/0123456789abcdef"
#define TEST_BOOT "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct seki_signer test_key, test_next;
static uint64_t test_time = 1000;

static inline struct seki_log_moment test_now(void)
{
	test_time += 1000000000;
	return (struct seki_log_moment){ test_time, 1795248000000000000ull + test_time, true };
}

static inline void test_keys(void)
{
	static const char *const names[] = { TEST_ORIGIN, TEST_ORIGIN };
	struct seki_signer *const s[] = { &test_key, &test_next };

	for (int i = 0; i < 2; i++) {
		if (s[i]->key)
			continue;
		snprintf(s[i]->name, sizeof(s[i]->name), "%s", names[i]);
		s[i]->key = seki_key_generate();
	}
}

static inline int test_open_with(const char *dir, const struct seki_log_options *more,
				 struct seki_log **ret, struct seki_log_found *found)
{
	struct seki_log_options o = *more;
	struct seki_log_moment now = test_now();
	int err;

	test_keys();
	o.dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	o.origin = o.origin ?: TEST_ORIGIN;
	o.key = o.key ?: &test_key;
	o.boot = TEST_BOOT;
	o.hasher = seki_lanes_open();
	err = seki_log_open(&o, &now, ret, found);
	if (err)
		close(o.dir);
	return err;
}

static inline int test_open(const char *dir, uint64_t segment, struct seki_log **ret,
			    struct seki_log_found *found)
{
	return test_open_with(dir, &(struct seki_log_options){ .segment = segment }, ret, found);
}

/* Record number i, with a length that varies. */
static inline int test_record(uint64_t i, char ret[128])
{
	return sprintf(ret, "{\"v\":1,\"n\":%llu,\"x\":\"%.*s\"}\n", (unsigned long long)i,
		       (int)(i % 23), "abcdefghijklmnopqrstuvwxyz");
}

static inline size_t test_batch(uint64_t from, uint64_t count, char *ret)
{
	size_t len = 0;

	for (uint64_t i = from; i < from + count; i++)
		len += (size_t)test_record(i, ret + len);
	return len;
}

/* True: records 0 to size are there and are those of test_record(). */
static inline bool test_has(const char *dir, uint64_t size)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct seki_log_reader *r = NULL;
	struct seki_log_record record;
	char want[128];
	uint64_t i = 0;

	if (!seki_log_reader_open(fd, 0, SEKI_LOG_WRITTEN, &r)) {
		for (; i < size && seki_log_read(r, &record) == 1; i++) {
			int len = test_record(i, want);

			if (record.index != i || record.size != (size_t)len - 1 ||
			    memcmp(record.data, want, record.size))
				break;
		}
		seki_log_reader_close(r);
	}
	close(fd);
	if (i != size)
		printf("# record %llu is missing or another\n", (unsigned long long)i);
	return i == size;
}

#endif /* SEKI_TEST_EVIDENCE_H */
