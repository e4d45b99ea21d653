// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hits.c - the kernel's counters of rules, held against acts that are counted here.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "bpf/hits.h"

#define RULE "allow backup to read on hlr.data"
#define LABEL "hlr.data"

/* ---- in the collector's domain -------------------------------------------- */

static void add(struct seki_hits *sum, const struct seki_hits *one)
{
	for (int i = 0; i < SEKI_VERDICTS; i++)
		sum->count[i] += one->count[i];
	if (one->last_ns > sum->last_ns)
		sum->last_ns = one->last_ns;
}

static void *map_array(const char *name, struct bpf_map_info *info)
{
	__u32 len = sizeof(*info);
	char path[64];
	void *at;
	int fd;

	snprintf(path, sizeof(path), "/sys/fs/bpf/sekisho/%s", name);
	fd = bpf_obj_get(path);
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, info, &len))
		return MAP_FAILED;
	at = mmap(NULL, (size_t)info->value_size * info->max_entries, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	return at;
}

/* Of a rule and of a label, as asked, under the policy in force. */
void hits_sum(const __u32 asked[2], struct seki_hits ret[2])
{
	struct bpf_map_info info = { 0 }, array = { 0 };
	const struct seki_meta *meta = map_array("meta", &info);
	const struct seki_hits *all = map_array("hits", &array);
	struct seki_hits_shape shape;
	__u32 slot, cpu;

	if (meta == MAP_FAILED || all == MAP_FAILED)
		return;
	shape = seki_hits_shape_of(meta, array.max_entries);
	slot = meta->generation & 1;
	for (cpu = 0; cpu < shape.shares; cpu++)
		add(&ret[0], &all[seki_hits_rule(shape, slot, cpu, asked[0])]);
	add(&ret[1], &all[seki_hits_label(shape, slot, asked[1])]);
}

/* ---- the test -------------------------------------------------------------- */

static __u64 boottime(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (__u64)t.tv_sec * 1000000000ull + (__u64)t.tv_nsec;
}

static void same(const char *what, const struct seki_hits *now, const struct seki_hits *was,
		 const unsigned int more[SEKI_VERDICTS])
{
	__u64 n[SEKI_VERDICTS];
	bool right = true;

	for (int i = 0; i < SEKI_VERDICTS; i++) {
		n[i] = now->count[i] - was->count[i];
		right = right && n[i] == more[i];
	}
	result(right, "%s: %llu allowed, %llu refused, %llu would be refused", what,
	       (unsigned long long)n[SEKI_ALLOWED], (unsigned long long)n[SEKI_DENIED],
	       (unsigned long long)n[SEKI_WOULD_DENY]);
}

/* Three reads that the rule allows, two controls that it does not, and four reads
 * by who has no rule; verdict is what the last six are.
 */
static void acts(__u8 verdict)
{
	unsigned int rule[SEKI_VERDICTS] = { [SEKI_ALLOWED] = 3 }, label[SEKI_VERDICTS] = { 0 };
	struct seki_hits was[2], now[2];
	__u64 begin = boottime();
	bool asked;
	int i;

	ready("hlr");
	records_drain();
	asked = records_hits(RULE, LABEL, was);
	act("backup", "--twin", "read_db", NULL);
	for (i = 0; i < 2; i++)
		act("backup", "--as", "ioctl", NULL); /* opens to read, then asks for ioctl */
	for (i = 0; i < 4; i++)
		act("other", "--try", "open_read", NULL);
	asked = asked && records_hits(RULE, LABEL, now);
	result(asked, "the collector's domain reads the counters");
	rule[verdict] = 2;
	label[verdict] = 4;
	same("of the rule are counted", &now[0], &was[0], rule);
	same("of the label, where no rule is, are counted", &now[1], &was[1], label);
	result(now[0].last_ns > begin && now[0].last_ns <= now[1].last_ns &&
		       now[1].last_ns <= boottime(),
	       "with the time of the last");
}

void hits_enforced(void)
{
	acts(SEKI_DENIED);
}

/* The audit policy was loaded a moment ago. */
void hits_audited(void)
{
	struct seki_hits new[2];

	result(records_hits(RULE, LABEL, new) && !new[0].count[SEKI_ALLOWED] &&
		       !new[0].count[SEKI_DENIED],
	       "a next policy's rules begin at nothing");
	acts(SEKI_WOULD_DENY);
}
