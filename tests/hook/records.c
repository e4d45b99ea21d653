// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * records.c - the records of the kernel, read as a collector does.
 *
 * A program at the collector's path, started by PID 1, has the collector's
 * domain; it drains the rings when asked and ends each answer with an empty
 * frame, so nothing here waits on time.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "userspace/policy/bundle.h"

#define KEEP 256

static int to_reader = -1, from_reader = -1;
static pid_t reader;
static struct seki_access_event kept[KEEP];
static struct seki_policy_event policies[KEEP];
static size_t n_kept, n_policies, n_access; /* n_access: all that came */
static struct seki_mark_event last_mark;
static size_t n_marks;
static struct seki_bundle bundle;

static int frame(void *ctx, void *data, size_t size)
{
	__u32 n = (__u32)size;

	(void)ctx;
	fwrite(&n, sizeof(n), 1, stdout);
	fwrite(data, size, 1, stdout);
	return 0;
}

static void put_stats(void)
{
	int cpus = libbpf_num_possible_cpus(), fd = bpf_obj_get("/sys/fs/bpf/sekisho/stats"), cpu;
	struct seki_stats sum = { 0 }, one;

	for (cpu = 0; cpu < cpus && !bpf_map_lookup_elem(fd, &cpu, &one); cpu++) {
		sum.refused_unrecorded += one.refused_unrecorded;
		sum.left_out += one.left_out;
		sum.recorded += one.recorded;
		sum.loss[SEKI_LOSS_EVIDENCE_FULL] += one.loss[SEKI_LOSS_EVIDENCE_FULL];
		sum.loss[SEKI_LOSS_ACTIVITY_FULL] += one.loss[SEKI_LOSS_ACTIVITY_FULL];
		sum.loss[SEKI_LOSS_EQUAL_DENIED] += one.loss[SEKI_LOSS_EQUAL_DENIED];
	}
	close(fd);
	fwrite(&sum, sizeof(sum), 1, stdout);
	fflush(stdout);
}

/* After its byte the question has a rule and a label. */
static void put_hits(void)
{
	struct seki_hits sum[2] = { 0 };
	__u32 asked[2];

	if (read(0, asked, sizeof(asked)) == sizeof(asked))
		hits_sum(asked, sum);
	fwrite(sum, sizeof(sum), 1, stdout);
	fflush(stdout);
}

int reader_main(void)
{
	int evidence = bpf_obj_get("/sys/fs/bpf/sekisho/evidence");
	int activity = bpf_obj_get("/sys/fs/bpf/sekisho/activity");
	struct ring_buffer *rings = ring_buffer__new(evidence, frame, NULL, NULL);
	__u32 end = 0;
	char c;

	if (!rings || ring_buffer__add(rings, activity, frame, NULL)) {
		perror("# reader: rings");
		return 1;
	}
	while (read(0, &c, 1) == 1) {
		if (c == 's') {
			put_stats();
			continue;
		}
		if (c == 'h') {
			put_hits();
			continue;
		}
		ring_buffer__consume(rings);
		fwrite(&end, sizeof(end), 1, stdout);
		fflush(stdout);
	}
	return 0;
}

void records_open(void)
{
	int a[2], b[2];
	const char *error;

	if (pipe2(a, 02000000) || pipe2(b, 02000000))
		return;
	reader = act_start("/usr/sbin/sekishod", "--reader", a[0], b[1]);
	close(a[0]);
	close(b[1]);
	to_reader = a[1];
	from_reader = b[0];
	seki_bundle_close(&bundle);
	if (seki_bundle_read("/run/sekisho/policy.bundle", &bundle, &error) < 0)
		printf("# bundle: %s\n", error);
	records_drain();
}

pid_t records_reader(void)
{
	return reader;
}

/* It ends with its questions: they must outlive an exec of PID 1. */
void records_keep(void)
{
	fcntl(to_reader, F_SETFD, 0);
}

/* Nobody may signal it: it ends with its questions. */
void records_close(void)
{
	close(to_reader);
	waitpid(reader, NULL, 0);
	close(from_reader);
}

static int read_all(void *to, size_t size)
{
	char *p = to;
	ssize_t n;

	while (size && (n = read(from_reader, p, size)) > 0) {
		p += n;
		size -= (size_t)n;
	}
	return size ? -1 : 0;
}

/* The first and, of a flood, the last. */
static void keep_access(const void *event)
{
	size_t at = n_access < KEEP ? n_access : KEEP / 2 + n_access % (KEEP / 2);

	memcpy(&kept[at], event, sizeof(*kept));
	n_access++;
	n_kept = n_access < KEEP ? n_access : KEEP;
}

void records_drain(void)
{
	char buf[2048];
	__u32 size;

	n_kept = n_policies = n_access = n_marks = 0;
	if (write(to_reader, "d", 1) != 1)
		return;
	while (read_all(&size, sizeof(size)) == 0 && size && size <= sizeof(buf)) {
		if (read_all(buf, size))
			return;
		if (((struct seki_event *)buf)->kind == SEKI_EVENT_ACCESS)
			keep_access(buf);
		if (((struct seki_event *)buf)->kind == SEKI_EVENT_MARK)
			last_mark = *(struct seki_mark_event *)buf, n_marks++;
		if (((struct seki_event *)buf)->kind == SEKI_EVENT_POLICY && n_policies < KEEP)
			memcpy(&policies[n_policies++], buf, sizeof(*policies));
	}
}

void records_stats(struct seki_stats *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (write(to_reader, "s", 1) == 1)
		read_all(ret, sizeof(*ret));
}

bool records_hits(const char *rule, const char *label, struct seki_hits ret[2])
{
	__u32 asked[2] = { 0 }, i;

	for (i = 0; i < bundle.n_rules; i++)
		if (!strcmp(seki_bundle_string(&bundle, bundle.rules[i].text), rule))
			asked[0] = i + 1;
	for (i = 0; i < bundle.n_labels; i++)
		if (!strcmp(seki_bundle_string(&bundle, bundle.labels[i].name), label))
			asked[1] = bundle.labels[i].id;
	return asked[0] && asked[1] && write(to_reader, "h", 1) == 1 &&
	       write(to_reader, asked, sizeof(asked)) == sizeof(asked) &&
	       !read_all(ret, 2 * sizeof(*ret));
}

static bool belongs(const struct seki_event *e, pid_t pid)
{
	int i;

	if (e->pid == (__u32)pid)
		return true;
	for (i = 0; i < SEKI_ANCESTORS; i++)
		if (e->ancestors[i].pid == (__u32)pid)
			return true;
	return false;
}

const char *record_domain(const struct seki_access_event *r)
{
	return seki_bundle_domain_name(&bundle, r->e.domain) ?: "?";
}

const char *record_label(const struct seki_access_event *r)
{
	const char *name = seki_bundle_label_name(&bundle, r->label);

	return name ? name : "?";
}

const struct seki_access_event *record_of(pid_t pid, __u8 verdict)
{
	size_t i;

	for (i = 0; i < n_kept; i++)
		if (belongs(&kept[i].e, pid) && kept[i].verdict == verdict)
			return &kept[i];
	return NULL;
}

size_t records_allowed(pid_t pid, const char *label)
{
	size_t i, n = 0;

	for (i = 0; i < n_kept; i++)
		n += belongs(&kept[i].e, pid) && kept[i].verdict == SEKI_ALLOWED &&
		     !strcmp(record_label(&kept[i]), label);
	return n;
}

const struct seki_access_event *record_find(pid_t pid, const struct attempt *a)
{
	size_t i;

	for (i = 0; i < n_kept; i++) {
		const struct seki_access_event *r = &kept[i];

		if (belongs(&r->e, pid) && r->verdict != SEKI_ALLOWED && r->want & a->access &&
		    (!a->hook || r->hook == a->hook) &&
		    (a->label[0] == '*' || !strcmp(record_label(r), a->label)))
			return r;
	}
	return NULL;
}

size_t records_all(void)
{
	return n_access;
}

size_t records_count(void)
{
	return n_kept;
}

const struct seki_mark_event *records_mark(void)
{
	return n_marks ? &last_mark : NULL;
}

unsigned int records_policy(__u8 act, __u8 refused)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < n_policies; i++)
		n += policies[i].act == act && policies[i].refused == refused &&
		     policies[i].e.domain == SEKI_DOMAIN_LOADER;
	return n;
}

unsigned int records_of_kernel(__u8 act)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < n_policies; i++)
		n += policies[i].act == act && policies[i].e.flags & SEKI_EVENT_KTHREAD &&
		     !policies[i].e.pid;
	return n;
}

const struct seki_access_event *record_at(size_t i)
{
	return &kept[i];
}
