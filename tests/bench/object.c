// SPDX-License-Identifier: GPL-2.0-or-later
/* object.c - the empty programs: attached, pinned and left by their loader. */
#include "tests/bench/bench.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/abi.h"

#define PINS "/sys/fs/bpf/bench"

static void pin(struct bpf_program *p)
{
	struct bpf_link *link = bpf_program__attach(p);
	char path[256];

	if (!link)
		die("%s: cannot be attached", bpf_program__name(p));
	snprintf(path, sizeof(path), PINS "/%s", bpf_program__name(p));
	if (bpf_link__pin(link, path))
		die("%s: cannot be pinned", path);
	bpf_link__disconnect(link);
}

int object_attach(const char *prefix)
{
	struct bpf_object *o = bpf_object__open_file("/empty.bpf.o", NULL);
	struct bpf_program *p;

	if (!o)
		die("empty.bpf.o: cannot be opened");
	bpf_object__for_each_program(p, o)
		bpf_program__set_autoload(p,
					  !strncmp(bpf_program__name(p), prefix, strlen(prefix)));
	if (bpf_object__load(o))
		die("empty.bpf.o: refused by the kernel");
	mkdir(PINS, 0700);
	bpf_object__for_each_program(p, o)
		if (bpf_program__autoload(p))
			pin(p);
	return 0;
}

void object_detach(void)
{
	DIR *d = opendir(PINS);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

/* Run as the collector: what was recorded, and whether anything was lost. */
int object_losses(void)
{
	int fd = bpf_obj_get("/sys/fs/bpf/sekisho/stats");
	FILE *out = fopen(ROWS, "ae");
	struct seki_stats s;
	uint64_t lost = 0;
	uint32_t cpu = 0;
	int i;

	if (fd < 0 || !out || bpf_map_lookup_elem(fd, &cpu, &s))
		die("the counters cannot be read");
	for (i = 0; i < SEKI_LOSS_COUNT; i++)
		lost += s.loss[i];
	fprintf(out, "COUNT denied %llu recorded %llu lost %llu\n", (unsigned long long)s.denied,
		(unsigned long long)s.recorded, (unsigned long long)lost);
	return fclose(out);
}
