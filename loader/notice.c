// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * notice.c - what only a program in the kernel can do for the loader: leave records
 * of what it did, tell where it stands, start the clock of a trial.
 *
 * It runs an iterator over its own task.
 */
#include "loader/loader.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"
#include "userspace/policy/order.h"

/* The byte that the program wrote, or -1. */
static int run(struct bpf_program *p)
{
	union bpf_iter_link_info info = { .task.tid = (__u32)getpid() };
	DECLARE_LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info,
			    .link_info_len = sizeof(info));
	struct bpf_link *link = bpf_program__attach_iter(p, &opts);
	seki_autoclose int fd = link ? bpf_iter_create(bpf_link__fd(link)) : -1;
	__u8 byte;
	int ret = fd >= 0 && read(fd, &byte, 1) == 1 ? byte : -1;

	if (link)
		bpf_link__destroy(link);
	return ret;
}

static void describe(struct seki_policy_event *p, const struct seki_bundle *b)
{
	p->version = b->meta->version;
	memcpy(p->digest, b->head->digest, sizeof(p->digest));
	snprintf(p->name, sizeof(p->name), "%.63s", seki_bundle_string(b, b->meta->name));
	if (b->trailer)
		memcpy(p->key, b->trailer->key, sizeof(p->key));
}

static int leave(struct sekisho_bpf *s, const struct seki_policy_event *p)
{
	s->data->seki_notice = *p;
	if (run(s->progs.enroll_notice) == 1)
		return 0;
	seki_warnx("no record of this could be kept; is sekishod running?");
	return -1;
}

int seki_notice(struct sekisho_bpf *s, enum seki_policy_act act, int refused,
		const struct seki_bundle *b)
{
	struct seki_policy_event p = { .act = (__u8)act, .refused = (__u8)refused };

	if (b)
		describe(&p, b);
	return leave(s, &p);
}

int seki_notice_mode(struct sekisho_bpf *s, const struct seki_bundle *b,
		     const struct seki_order *order)
{
	struct seki_policy_event p = {
		.act = order->mode == SEKI_MODE_AUDIT ? SEKI_POLICY_AUDITS : SEKI_POLICY_ENFORCES,
		.rule = (__u16)order->rule,
	};

	describe(&p, b);
	return leave(s, &p);
}

bool seki_in_place(struct sekisho_bpf *s)
{
	if (run(s->progs.enroll_place) == 1)
		return true;
	seki_warnx(
		"the loader has another root or other mounts than PID 1, so these may not be the host's keys; take RootDirectory=, BindPaths= and the like out of its unit");
	return false;
}

/* The timer holds the program when this process is gone. */
int seki_clock_start(struct sekisho_bpf *s)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (run(s->progs.enroll_trial) != 1 ||
	    bpf_obj_get_info_by_fd(bpf_program__fd(s->progs.enroll_trial), &info, &len) < 0) {
		seki_warnx("the kernel starts no clock for the trial; the policy in force stays");
		return -1;
	}
	seki_meta_memory(s)->clock = info.id;
	return 0;
}
