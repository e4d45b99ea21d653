/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * window.h - a time on a host, for tests of what is made of its records: events
 * go through the collector's own stages, with clocks that the test turns.
 */
#ifndef SEKI_TEST_WINDOW_H
#define SEKI_TEST_WINDOW_H

#include <dirent.h>
#include <errno.h>
#include <sys/timex.h>
#include <time.h>

#include "tests/unit/events.h"
#include "userspace/collector/collector.h"

#define WINDOW_BEGIN 1795248000ull /* seconds since 1970 */
#define WINDOW_NS 1000000000ull

/* The clocks of the host: what is defined here stands before libc's. */
int clock_gettime(clockid_t id, struct timespec *ts);
int adjtimex(struct timex *t);
static uint64_t window_boot, window_wall;
static bool window_unsynced;

/* No process but this one: each heartbeat looks for who keeps the clock. */
DIR *opendir(const char *name)
{
	int fd = strcmp(name, "/proc") ? open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd < 0 && !strcmp(name, "/proc"))
		errno = ENOENT;
	return fd < 0 ? NULL : fdopendir(fd);
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
	uint64_t now = id == CLOCK_REALTIME ? window_wall : window_boot;

	ts->tv_sec = (time_t)(now / WINDOW_NS);
	ts->tv_nsec = (long)(now % WINDOW_NS);
	return 0;
}

int adjtimex(struct timex *t)
{
	memset(t, 0, sizeof(*t));
	t->status = window_unsynced ? STA_UNSYNC : 0;
	return window_unsynced ? TIME_ERROR : TIME_OK;
}

struct window {
	struct seki_collector c;
	uint64_t seq, index;
	void (*line)(void *of, uint64_t index, const char *data, size_t size);
	void *of;
	char root[64];
};

/* What the collector wrote goes to the reader, line by line. */
static inline void window_read(struct window *w)
{
	char *at = w->c.out.data, *end = at + w->c.out.len;

	while (at < end) {
		char *nl = memchr(at, '\n', (size_t)(end - at));

		w->line(w->of, w->index++, at, (size_t)(nl - at));
		at = nl + 1;
	}
	w->c.out.len = 0;
}

static inline void window_pass(uint64_t ms)
{
	window_boot += ms * 1000000;
	window_wall += ms * 1000000;
}

static inline void window_tree(char root[64])
{
	char path[96];

	temp_dir(root);
	snprintf(path, sizeof(path), "%s/etc", root);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/etc/passwd", root);
	file_put(path, "root:x:0:0::/root:/bin/sh\noper:x:1000:1000::/home/oper:/bin/sh\n");
}

/* A policy in force, as names.c has it when it has read a bundle. */
static inline void window_policy(struct seki_names *n)
{
	static const struct {
		const char *name;
		__u8 kind;
	} labels[] = {
		{ "hlr.data", SEKI_KIND_DATA },
		{ "hlr.keys", SEKI_KIND_KEYS },
		{ "hlr.exec", SEKI_KIND_EXEC },
		{ "hlr.code", SEKI_KIND_CODE },
		{ "hlr.process", SEKI_KIND_PROCESS },
		{ "hlr.device", SEKI_KIND_DEVICE },
		{ "hlr.management", SEKI_KIND_MANAGEMENT },
		{ "hlr.unit", SEKI_KIND_UNIT },
	};
	struct seki_policy *p = &n->policy[0];

	n->fixed = true;
	n->generation = 1;
	p->meta = (struct seki_meta){ .name = "osmo-hlr",
				      .policy_version = 1,
				      .generation = 1,
				      .digest = { 0x9f, 0x2c, 0x41 } };
	memcpy(p->digest, "9f2c4100000000000000000000000000", 33);
	p->domain[SEKI_DOMAIN_FIRST] = "hlr";
#define X(name_, id, word) p->label[id] = word;
	SEKI_LABEL_LIST(X)
#undef X
	for (unsigned int i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		p->label[SEKI_LABEL_FIRST + i] = labels[i].name;
		p->kind[SEKI_LABEL_FIRST + i] = labels[i].kind;
	}
}

static inline int window_open(struct window *w)
{
	char err[256];

	window_boot = 5000 * WINDOW_NS;
	window_wall = WINDOW_BEGIN * WINDOW_NS;
	window_unsynced = false;
	window_tree(w->root);
	if (seki_collector_open(&w->c) ||
	    seki_controls_load("policies/controls/mapping.json", &w->c.controls, err,
			       sizeof(err)) ||
	    seki_programs_open(&w->c.know.programs, false) || seki_track_open(&w->c.track, 1, NULL))
		return -1;
	w->c.know.mounts.fd = -1;
	seki_people_open(&w->c.know.people, w->root);
	memcpy(w->c.host.id, "0123456789abcdef", 17);
	memset(w->c.host.boot, 'b', 32);
	snprintf(w->c.host.name, sizeof(w->c.host.name), "host-a");
	w->c.heartbeat = 60 * SEKI_NS;
	w->c.canary.state = SEKI_CANARY_HELD;
	window_policy(&w->c.know.names);
	return 0;
}

static inline void window_close(struct window *w)
{
	seki_collector_close(&w->c);
}

static inline void window_beat(struct window *w)
{
	seki_clock_tick(&w->c.clock);
	w->c.canary.held += w->c.canary.state == SEKI_CANARY_HELD;
	seki_notice_heartbeat(&w->c);
	window_read(w);
}

/* Heartbeats, a minute apart. */
static inline void window_beats(struct window *w, unsigned int minutes)
{
	while (minutes--) {
		window_pass(60000);
		window_beat(w);
	}
}

static inline __u16 window_label(const struct window *w, const char *name)
{
	const struct seki_policy *p = &w->c.know.names.policy[0];

	for (unsigned int i = 0; i < SEKI_LABEL_MAX; i++)
		if (p->label[i] && !strcmp(p->label[i], name))
			return (__u16)i;
	return 0;
}

/* ---- what may happen on the host ---------------------------------------------------- */

static const struct thing {
	const char *name;
	__u8 kind; /* of event */
	__u8 verdict;
	__u16 hook;
	const char *label;
	__u32 want;
	const char *path;
} things[] = {
	/* clang-format off */
	{ "login", SEKI_EVENT_MARK, 0, 0, NULL, 0, NULL },
	{ "start-tool", SEKI_EVENT_EXEC, 0, 0, NULL, 0, NULL },
	{ "load-policy", SEKI_EVENT_POLICY, 0, 0, NULL, 0, NULL },
	{ "read-data", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_file_open, "hlr.data", SEKI_READ, "var/lib/osmocom/hlr.db" },
	{ "markup", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_file_open, "hlr.data", SEKI_READ, "var/lib/osmocom/<b>x&" },
	{ "back-up-data", SEKI_EVENT_ACCESS, SEKI_ALLOWED, SEKI_HOOK_file_open, "hlr.data", SEKI_READ, "var/lib/osmocom/hlr.db" },
	{ "delete-data", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_inode_unlink, "hlr.data", SEKI_DELETE, "var/lib/osmocom/hlr.db" },
	{ "cut-data", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_inode_setattr, "hlr.data", SEKI_WRITE, "var/lib/osmocom/hlr.db" },
	{ "read-disk", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_file_open, "hlr.device", SEKI_READ, "dev/sda" },
	{ "read-keys", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_file_open, "hlr.keys", SEKI_READ, "etc/osmocom/keys" },
	{ "write-config", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_file_open, "hlr.data", SEKI_WRITE, "etc/osmocom/osmo-hlr.cfg" },
	{ "write-library", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_file_open, "hlr.code", SEKI_WRITE, "usr/lib/libosmocore.so" },
	{ "write-program", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_file_open, "hlr.exec", SEKI_WRITE, "usr/bin/osmo-hlr" },
	{ "use-port", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_socket_connect, "hlr.management", SEKI_CONNECT, NULL },
	{ "attach-memory", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_ptrace_access_check, "hlr.process", SEKI_TRACE, NULL },
	{ "kill", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_task_kill, "hlr.process", SEKI_SIGNAL, NULL },
	{ "map-code", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_mmap_file, "code.unsealed", SEKI_EXEC, "tmp/evil.so" },
	{ "capture", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_socket_create, "net.capture", SEKI_USE, NULL },
	{ "trace-kernel", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_perf_event_open, "kernel.trace", SEKI_USE, NULL },
	{ "load-module", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_kernel_read_file, "kernel.module", SEKI_USE, NULL },
	{ "set-clock", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_capable, "kernel.time", SEKI_USE, NULL },
	{ "power-off", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_capable, "kernel.power", SEKI_USE, NULL },
	{ "unshare", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_userns_create, "kernel.namespace", SEKI_USE, NULL },
	{ "write-policy", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_file_open, "sekisho.config", SEKI_WRITE, "etc/sekisho/policy.bundle" },
	{ "cut-log", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_inode_setattr, "sekisho.log", SEKI_WRITE, "var/log/sekisho/records" },
	{ "stop-collector", SEKI_EVENT_ACCESS, SEKI_DENIED, SEKI_HOOK_task_kill, "proc.sekisho", SEKI_SIGNAL, NULL },
	/* clang-format on */
};

static inline void window_head(struct window *w, struct seki_event *e)
{
	window_pass(7);
	e->seq = e->cpu_seq = ++w->seq;
	e->time_ns = window_boot;
	e->start_ns = window_boot - WINDOW_NS;
}

static inline int window_access(struct window *w, const struct thing *t)
{
	struct seki_access_event a = event_denied();

	window_head(w, &a.e);
	a.hook = t->hook;
	a.verdict = t->verdict;
	a.reason = t->verdict == SEKI_ALLOWED ? SEKI_BY_RULE : SEKI_BY_DEFAULT;
	a.error = t->verdict == SEKI_DENIED;
	a.label = window_label(w, t->label);
	a.want = a.missing = t->want;
	a.path = event_path(t->path ? t->path : "");
	if (!a.label) {
		printf("# the policy has no label %s\n", t->label);
		return -1;
	}
	seki_collector_event(&w->c, &a, sizeof(a));
	return 0;
}

static inline void window_other(struct window *w, const struct thing *t)
{
	struct seki_exec_event x = event_exec();
	struct seki_policy_event p = event_policy();
	struct seki_mark_event m = event_mark();

	window_head(w, t->kind == SEKI_EVENT_EXEC   ? &x.e :
		       t->kind == SEKI_EVENT_POLICY ? &p.e :
						      &m.e);
	p.act = SEKI_POLICY_LOADED;
	p.refused = 0;
	memcpy(p.digest, w->c.know.names.policy[0].meta.digest, sizeof(p.digest));
	if (t->kind == SEKI_EVENT_EXEC)
		seki_collector_event(&w->c, &x, sizeof(x));
	else if (t->kind == SEKI_EVENT_POLICY)
		seki_collector_event(&w->c, &p, sizeof(p));
	else
		seki_collector_event(&w->c, &m, sizeof(m));
}

static inline int window_happen(struct window *w, const char *name)
{
	int ret = -1;

	seki_clock_tick(&w->c.clock);
	for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
		if (strcmp(things[i].name, name) != 0)
			continue;
		ret = 0;
		if (things[i].kind == SEKI_EVENT_ACCESS)
			ret = window_access(w, &things[i]);
		else
			window_other(w, &things[i]);
	}
	if (w->c.n.undecodable)
		ret = -1;
	window_read(w);
	return ret;
}

#endif /* SEKI_TEST_WINDOW_H */
