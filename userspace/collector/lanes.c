// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/lanes.h"

#if __has_include(<intel-ipsec-mb.h>)
#include <intel-ipsec-mb.h>

#include "userspace/lib/log.h"

static void describe(IMB_JOB *job, const struct seki_message *m, struct seki_hash *ret)
{
	job->cipher_mode = IMB_CIPHER_NULL;
	job->cipher_direction = IMB_DIR_ENCRYPT;
	job->chain_order = IMB_ORDER_HASH_CIPHER;
	job->hash_alg = IMB_AUTH_SHA_256;
	job->src = m->data;
	job->hash_start_src_offset_in_bytes = 0;
	job->msg_len_to_hash_in_bytes = m->size;
	job->auth_tag_output = ret->b;
	job->auth_tag_output_len_in_bytes = sizeof(ret->b);
}

/* A job comes back when its lane is full or it is flushed, and is done then. */
static bool many(void *of, const struct seki_message *m, size_t count, struct seki_hash *ret)
{
	IMB_MGR *manager = of;
	size_t done = 0;
	IMB_JOB *job;

	for (size_t i = 0; i < count; i++) {
		describe(IMB_GET_NEXT_JOB(manager), &m[i], &ret[i]);
		for (job = IMB_SUBMIT_JOB_NOCHECK(manager); job;
		     job = IMB_GET_COMPLETED_JOB(manager))
			done += job->status == IMB_STATUS_COMPLETED;
	}
	while ((job = IMB_FLUSH_JOB(manager)))
		done += job->status == IMB_STATUS_COMPLETED;
	return done == count;
}

struct seki_hasher *seki_lanes_open(void)
{
	static struct seki_hasher lanes;
	IMB_MGR *manager;

	if (lanes.many)
		return &lanes;
	manager = alloc_mb_mgr(0);
	if (!manager)
		return NULL;
	init_mb_mgr_auto(manager, NULL);
	lanes = (struct seki_hasher){ .many = many, .of = manager };
	if (!imb_get_errno(manager)) {
		if (seki_hasher_sound(&lanes))
			return &lanes;
		seki_warnx("libIPSec_MB gives a wrong SHA-256: OpenSSL hashes alone");
	}
	free_mb_mgr(manager);
	lanes.many = NULL;
	return NULL;
}
#else
struct seki_hasher *seki_lanes_open(void)
{
	return NULL;
}
#endif
