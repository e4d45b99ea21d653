// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * walk_test.c - what the verifier walks of each program: 6.1 gives up at 1,000,000
 * instructions, and all of them have to stay far from there.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/enroll.h"
#include "bpf/sekisho.skel.h"

#define VERIFIED_MAX 250000
#define HEAVIEST 10

struct walked {
	char name[64];
	__u32 insns;
};

static int heavier(const void *a, const void *b)
{
	const struct walked *x = a, *y = b;

	return x->insns < y->insns ? 1 : x->insns > y->insns ? -1 : 0;
}

static int silent(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level, (void)fmt, (void)args;
	return 0;
}

struct walks {
	struct walked v[256];
	unsigned int n;
};

static void add(struct walks *all, struct sekisho_bpf *s)
{
	struct bpf_program *p;

	bpf_object__for_each_program(p, s->obj) {
		struct bpf_prog_info info = {};
		__u32 len = sizeof(info);
		struct walked *w = &all->v[all->n];

		if (!bpf_program__autoload(p) ||
		    bpf_obj_get_info_by_fd(bpf_program__fd(p), &info, &len) < 0)
			continue;
		snprintf(w->name, sizeof(w->name), "%s", bpf_program__name(p));
		w->insns = info.verified_insns;
		all->n++;
	}
}

/* Those that every kernel has, or with a name one of the others alone, which this kernel
 * may not have. */
static bool walk(struct walks *all, const char *name)
{
	struct sekisho_bpf *s = sekisho_bpf__open();
	struct bpf_program *p;
	bool taken;

	bpf_object__for_each_program(p, s->obj)
		if (name)
			bpf_program__set_autoload(p, !strcmp(bpf_program__name(p), name));
	taken = !sekisho_bpf__load(s);
	if (taken)
		add(all, s);
	sekisho_bpf__destroy(s);
	return taken;
}

static void far_from_the_limit(void)
{
	struct sekisho_bpf *s = sekisho_bpf__open();
	struct walks all = { .n = 0 };
	struct bpf_program *p;
	bool taken = walk(&all, NULL);
	unsigned int i;

	libbpf_set_print(silent);
	bpf_object__for_each_program(p, s->obj)
		if (!bpf_program__autoload(p))
			walk(&all, bpf_program__name(p));
	sekisho_bpf__destroy(s);
	qsort(all.v, all.n, sizeof(*all.v), heavier);
	for (i = 0; i < all.n && i < HEAVIEST; i++)
		printf("# %7u instructions walked: %s\n", all.v[i].insns, all.v[i].name);
	result(taken && all.v[0].insns <= VERIFIED_MAX,
	       "the verifier takes %u programs, each within %d instructions", all.n, VERIFIED_MAX);
}

int main(int argc, char **argv)
{
	if (getpid() != 1)
		return argc > 1 && !strcmp(argv[1], "--serve") ? guest_serve() : 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	guest_prepare();
	far_from_the_limit();
	judge_end();
	return 0;
}
