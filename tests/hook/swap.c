// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * swap.c - two policies swapped again and again under a pair of objects.
 *
 * Under one policy the database opens and the key does not, under the other the
 * key opens and the database does not.  On each CPU a process opens both in turn.
 * What it gets must fit a policy that was in force between its question and its
 * answer: the one that swaps says before the store what begins, and after it what
 * has begun.  It is a loader: it loads the policy itself, in this process.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bpf/enroll.h"
#include "bpf/sekisho.skel.h"
#include "loader/loader.h"

#define SHARED "/tmp/swaps"
#define KEY "/srv/keys/swap.key"
#define CPUS 2
#define REFILL 16  /* each such swap fills its slot anew; the others find it filled */
#define LOOKS 4	   /* of each process between two swaps: both objects, twice */
#define SECONDS 20 /* no more swaps after that */

struct hammer {
	unsigned long long opens, sure, mixed;
};

struct swaps {
	__u32 begins, begun; /* generations; even: the database opens */
	__u32 stop, count;
	unsigned long long mixed, control; /* seen in all swaps; seen where both objects open */
	struct hammer hammer[CPUS];
};

static struct swaps *share(void)
{
	int fd = open(SHARED, O_RDWR | O_CREAT, 0600);
	void *p = MAP_FAILED;

	if (fd >= 0 && !ftruncate(fd, sizeof(struct swaps)))
		p = mmap(NULL, sizeof(struct swaps), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return p == MAP_FAILED ? NULL : p;
}

/* ---- who opens ------------------------------------------------------------- */

static void look(struct swaps *s, struct hammer *h, bool database)
{
	__u32 begun = __atomic_load_n(&s->begun, __ATOMIC_SEQ_CST), begins;
	int fd = open(database ? DB : KEY, O_RDONLY | O_CLOEXEC);

	begins = __atomic_load_n(&s->begins, __ATOMIC_SEQ_CST);
	if (fd >= 0)
		close(fd);
	if (begun == begins) {
		h->sure++;
		h->mixed += (fd >= 0) != (database == !(begun & 1));
	}
	__atomic_add_fetch(&h->opens, 1, __ATOMIC_SEQ_CST);
}

/* Never returns before the end of all. */
int swap_hammer(const char *cpu)
{
	struct swaps *s = share();
	int n = atoi(cpu) % CPUS;
	cpu_set_t one;

	if (!s)
		return 1;
	CPU_ZERO(&one);
	CPU_SET(n, &one);
	sched_setaffinity(0, sizeof(one), &one);
	while (__atomic_load_n(&s->begun, __ATOMIC_SEQ_CST) < 2)
		usleep(1000); /* what was loaded first opens neither */
	while (!__atomic_load_n(&s->stop, __ATOMIC_SEQ_CST)) {
		look(s, &s->hammer[n], true);
		look(s, &s->hammer[n], false);
	}
	return 0;
}

/* ---- who swaps -------------------------------------------------------------- */

/* A bundle whose cells of `other` differ; its digest too, or the modes would be kept. */
static void vary(struct seki_bundle *b, bool database, bool key)
{
	struct seki_bundle_cell *cells = calloc(b->n_cells + 2, sizeof(*cells));
	struct seki_bundle_head *head = malloc(sizeof(*head));
	struct seki_cell may = { .allow = SEKI_READ }, no = {};

	if (!cells || !head)
		exit(1);
	memcpy(cells, b->cells, b->n_cells * sizeof(*cells));
	for (__u32 i = 0; i < b->n_labels; i++) {
		const char *name = seki_bundle_string(b, b->labels[i].name);
		bool is_key = !strcmp(name, "hlr.keys");

		if (is_key || !strcmp(name, "hlr.data"))
			cells[b->n_cells++] = (struct seki_bundle_cell){
				.domain = SEKI_DOMAIN_OTHER,
				.label = b->labels[i].id,
				.cell = (is_key ? key : database) ? may : no,
			};
	}
	*head = *b->head;
	head->digest[0] ^= (__u8)(1 + database + 2 * key);
	b->head = head;
	b->cells = cells;
}

static void wait_for_looks(struct swaps *s, const unsigned long long *since)
{
	for (int i = 0; i < CPUS; i++)
		while (__atomic_load_n(&s->hammer[i].opens, __ATOMIC_SEQ_CST) < since[i] + LOOKS)
			usleep(100);
}

static int swap_to(struct sekisho_bpf *k, struct swaps *s, const struct seki_kernel *kernel,
		   const struct seki_bundle *b, const struct seki_rows *rows, bool fill)
{
	__u32 generation = seki_meta_memory(k)->generation + 1;
	unsigned long long since[CPUS];

	if (fill && seki_fill(k, b, rows, generation, NULL))
		return -1;
	__atomic_store_n(&s->begins, generation, __ATOMIC_SEQ_CST);
	if (seki_seal(k, b, kernel, generation, 0))
		return -1;
	__atomic_store_n(&s->begun, generation, __ATOMIC_SEQ_CST);
	for (int i = 0; i < CPUS; i++)
		since[i] = __atomic_load_n(&s->hammer[i].opens, __ATOMIC_SEQ_CST);
	wait_for_looks(s, since);
	return 0;
}

static unsigned long long mixed(const struct swaps *s)
{
	unsigned long long sum = 0;

	for (int i = 0; i < CPUS; i++)
		sum += __atomic_load_n(&s->hammer[i].mixed, __ATOMIC_SEQ_CST);
	return sum;
}

static int swap_all(struct sekisho_bpf *k, struct swaps *s, const struct seki_kernel *kernel,
		    const struct seki_bundle *original, __u32 count)
{
	struct seki_bundle by[2] = { *original, *original }, both = *original;
	time_t end = time(NULL) + SECONDS;
	struct seki_rows rows = {};

	vary(&by[0], true, false);
	vary(&by[1], false, true);
	vary(&both, true, true);
	if (seki_resolve(k, original, SEKI_PINS, &rows))
		return -1;
	for (; s->count < count && time(NULL) < end; s->count++) {
		__u32 slot = (seki_meta_memory(k)->generation + 1) & 1;
		bool fill = s->count < 2 || s->count % REFILL == 0;

		if (swap_to(k, s, kernel, &by[slot], &rows, fill))
			return -1;
	}
	s->mixed = mixed(s);
	if (swap_to(k, s, kernel, &both, &rows, true))
		return -1;
	s->control = mixed(s) - s->mixed;
	return 0;
}

/* In this process, which so gets the loader's domain. */
static int swapper(struct swaps *s, __u32 count)
{
	struct seki_kernel kernel;
	struct seki_bundle b;
	struct sekisho_bpf *k;
	const char *error;

	if (seki_verify_kernel(&kernel) || seki_bundle_read(SEKI_BUNDLE, &b, &error) ||
	    seki_first_load(&kernel, &b, false) || seki_load_pinned(&kernel, &k))
		return 1;
	s->begins = s->begun = seki_meta_memory(k)->generation;
	return swap_all(k, s, &kernel, &b, count) ? 1 : 0;
}

static int in_child(struct swaps *s, __u32 count)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid)
		exit(swapper(s, count));
	waitpid(pid, &status, 0);
	s->stop = 1;
	return status;
}

/* Nothing is in force before; what is after it is of no use. */
void swap(void)
{
	const char *wanted = getenv("swaps");
	__u32 count = wanted ? (__u32)atoi(wanted) : 1000;
	struct swaps *s = share();
	pid_t pid[CPUS];
	int status;

	close(open(KEY, O_WRONLY | O_CREAT, 0644));
	for (int i = 0; i < CPUS; i++)
		pid[i] = act_start("/usr/bin/try", i ? "--pair=1" : "--pair=0", -1, -1);
	status = in_child(s, count);
	for (int i = 0; i < CPUS; i++) {
		waitpid(pid[i], NULL, 0);
		printf("# CPU %d: %llu opens, %llu between two swaps\n", i, s->hammer[i].opens,
		       s->hammer[i].sure);
	}
	result(status == 0 && s->count >= count / 20 && s->mixed == 0,
	       "%u policy swaps: no open fits no policy in force (%llu do)", s->count, s->mixed);
	result(s->control > 0, "and a policy of both is noticed (%llu times)", s->control);
	unlink(SHARED);
}
