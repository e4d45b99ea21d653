/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * events.h - events as the kernel side would send them, for collector tests.
 */
#ifndef SEKI_TEST_EVENTS_H
#define SEKI_TEST_EVENTS_H

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/abi.h"

#define ROOT_DEV (8u << 20 | 1)

static inline void name_set(char *to, size_t size, const char *text)
{
	for (size_t i = 0; i < size; i++)
		to[i] = *text ? *text++ : '\0';
}

static inline struct seki_event event_head(__u8 kind, size_t size)
{
	struct seki_event e = {
		.abi = SEKI_ABI_VERSION,
		.size = (__u16)size,
		.kind = kind,
		.flags = SEKI_EVENT_MARKED,
		.seq = 1,
		.cpu_seq = 1,
		.time_ns = 4123000000000,
		.session = 0x3bff5f34e00,
		.start_ns = 4122000000000,
		.exe_ino = 55,
		.exe_dev = ROOT_DEV,
		.generation = 1,
		.pid = 1234,
		.tid = 1234,
		.loginuid = 1000,
		.audit_session = 3,
		.tty = 136u << 20,
	};

	name_set(e.comm, sizeof(e.comm), "cat");
	e.ancestors[0].pid = 1200;
	name_set(e.ancestors[0].comm, sizeof(e.ancestors[0].comm), "bash");
	e.ancestors[1].pid = 1100;
	name_set(e.ancestors[1].comm, sizeof(e.ancestors[1].comm), "sudo");
	return e;
}

/* path: names parted by '/', from the root of its filesystem. */
static inline struct seki_path event_path(const char *path)
{
	struct seki_path p = { .depth = 0 };
	const char *end = path + strlen(path);

	while (end > path && p.depth < SEKI_PATH_DEPTH) {
		const char *begin = end;

		while (begin > path && begin[-1] != '/')
			begin--;
		memcpy(p.names[p.depth++], begin, (size_t)(end - begin));
		end = begin > path ? begin - 1 : begin;
	}
	return p;
}

/* A marked operator's cat of the subscriber database, refused by default. */
static inline struct seki_access_event event_denied(void)
{
	struct seki_access_event a = {
		.e = event_head(SEKI_EVENT_ACCESS, sizeof(a)),
		.hook = SEKI_HOOK_file_open,
		.verdict = SEKI_DENIED,
		.reason = SEKI_BY_DEFAULT,
		.error = 1,
		.label = 16,
		.rule = 1,
		.want = SEKI_READ,
		.missing = SEKI_READ,
		.object = { .ino = 131, .dev = ROOT_DEV, .gen = 7 },
		.mode = 0100640,
		.path = event_path("var/lib/osmocom/hlr.db"),
	};

	return a;
}

static inline struct seki_exec_event event_exec(void)
{
	struct seki_exec_event x = {
		.e = event_head(SEKI_EVENT_EXEC, sizeof(x)),
		.path = event_path("usr/bin/cat"),
		.argv_len = 22,
		.argc = 2,
	};

	memcpy(x.argv, "cat\0/etc/x\0SECRET=1234", 22);
	return x;
}

/* The loader refuses a bundle. */
static inline struct seki_mark_event event_mark(void)
{
	return (struct seki_mark_event){
		.e = event_head(SEKI_EVENT_MARK, sizeof(struct seki_mark_event)),
		.source = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 9 },
		.sources = 1,
	};
}

static inline struct seki_policy_event event_policy(void)
{
	struct seki_policy_event p = {
		.e = event_head(SEKI_EVENT_POLICY, sizeof(p)),
		.act = SEKI_POLICY_REFUSED,
		.refused = SEKI_REFUSED_OLD_VERSION,
		.version = 3,
		.digest = { 0xab },
		.key = { 0xcd },
	};

	p.e.flags = 0;
	p.e.session = 0;
	p.e.domain = SEKI_DOMAIN_LOADER;
	name_set(p.name, sizeof(p.name), "next");
	return p;
}

/* A string field below nested objects, "" if there is none: "proc.comm". */
static inline const char *json_text(json_t *root, const char *path)
{
	char key[32];

	while (root && *path) {
		size_t len = strcspn(path, ".");

		snprintf(key, sizeof(key), "%.*s", (int)len, path);
		root = json_object_get(root, key);
		path += len + (path[len] == '.');
	}
	return json_string_value(root) ?: "";
}

/* A new empty directory, gone when the test ends. */
static char temp_dirs[64][64];
static int temp_count;
static pid_t temp_owner;

static inline void temp_remove(void)
{
	char command[96];

	if (getpid() != temp_owner)
		return;
	for (int i = 0; i < temp_count; i++) {
		snprintf(command, sizeof(command), "rm -rf %.63s", temp_dirs[i]);
		if (system(command))
			printf("# %s is left behind\n", temp_dirs[i]);
	}
}

static inline const char *temp_dir(char ret[64])
{
	snprintf(ret, 64, "/tmp/sekisho-test.XXXXXX");
	if (!mkdtemp(ret))
		abort();
	if (!temp_count) {
		temp_owner = getpid();
		atexit(temp_remove);
	}
	if (temp_count < 64)
		memcpy(temp_dirs[temp_count++], ret, 64);
	return ret;
}

static inline void file_put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
}

#endif /* SEKI_TEST_EVENTS_H */
