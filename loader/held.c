// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * held.c - descriptors and mappings of assets from before the policy.
 *
 * The programs that list them also leave the records; here the rows become a
 * file for "sekisho status", since nobody can ask again once the host is locked.
 */
#include "loader/loader.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"

#define SHOWN 200

struct held {
	const struct seki_bundle *b;
	FILE *out;
	unsigned int count;
};

static const char *name_or(const char *name)
{
	return name ? name : "?";
}

/* A row a line, fields behind tabs; the command's name is its owner's word. */
static void put(struct held *h, const struct seki_held *row)
{
	char comm[sizeof(row->comm) + 1] = "", fd[16] = "map";
	size_t i;

	if (h->count++ >= SHOWN)
		return;
	for (i = 0; i < sizeof(row->comm) && row->comm[i]; i++)
		comm[i] = isprint((unsigned char)row->comm[i]) ? row->comm[i] : '?';
	if (row->fd != SEKI_HELD_MAPPING)
		snprintf(fd, sizeof(fd), "%u", row->fd);
	fprintf(h->out, "%u\t%s\t%s\t%s\t%s\t%s\n", row->pid, fd,
		row->want & SEKI_WRITE ? "write" :
		row->want & SEKI_EXEC  ? "exec" :
					 "read",
		name_or(seki_bundle_label_name(h->b, row->label)),
		name_or(seki_bundle_domain_name(h->b, row->domain)), comm);
}

static int list(struct bpf_program *p, struct held *h)
{
	struct bpf_link *link = bpf_program__attach_iter(p, NULL);
	seki_autoclose int fd = link ? bpf_iter_create(bpf_link__fd(link)) : -1;
	struct seki_held row[64];
	size_t have = 0, i;
	ssize_t got = -1;

	while (fd >= 0 && (got = read(fd, (char *)row + have, sizeof(row) - have)) > 0) {
		have += (size_t)got;
		for (i = 0; i + sizeof(*row) <= have; i += sizeof(*row))
			put(h, (struct seki_held *)((char *)row + i));
		memmove(row, (char *)row + i, have - i);
		have -= i;
	}
	if (link)
		bpf_link__destroy(link);
	return got < 0 ? -1 : 0;
}

static int write_all(struct sekisho_bpf *s, const struct seki_bundle *b)
{
	seki_autofree char *text = NULL;
	struct held h = { .b = b };
	size_t size;
	int err;

	h.out = open_memstream(&text, &size);
	if (!h.out)
		return -1;
	err = list(s->progs.enroll_descriptors, &h) | list(s->progs.enroll_mappings, &h);
	fprintf(h.out, "%u\n", h.count);
	if (fclose(h.out) || err)
		return -1;
	if (h.count)
		printf("sekisho: %u descriptors and mappings of assets are older than the policy; sekisho status lists them\n",
		       h.count);
	return seki_file_write(SEKI_HELD, text, size, 0644);
}

void seki_held_tell(struct sekisho_bpf *s)
{
	struct seki_bundle b;
	const char *error;

	if (seki_bundle_read(SEKI_RUN_BUNDLE, &b, &error) < 0) {
		seki_warnx("%s: %s", SEKI_RUN_BUNDLE, error);
		return;
	}
	if (write_all(s, &b))
		seki_warnx("what is held since before the policy could not be listed");
	seki_bundle_close(&b);
}
