/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order.h - a signed order to the loader.
 *
 * The file is struct seki_order, little endian, and the trailer of signature.h
 * whose host must not be empty.  The order names one load of one boot of one
 * host; carried out it has ended that load or made the next, so it is good once.
 */
#ifndef SEKI_ORDER_H
#define SEKI_ORDER_H

#include "userspace/policy/signature.h"

#define SEKI_ORDER_MAGIC "SEKIORDR"
#define SEKI_ORDER_FORMAT 2

enum seki_order_act {
	SEKI_ORDER_UNLOAD = 1,	 /* take the policy out */
	SEKI_ORDER_ROLLBACK = 2, /* back to the policy before: .digest */
	SEKI_ORDER_MODE = 3,	 /* of the policy in force, .digest: .mode, of one .rule or all */
};

struct seki_order {
	char magic[8];
	__u32 format;
	__u32 act;		  /* enum seki_order_act */
	char boot[SEKI_HOST_LEN]; /* /proc/sys/kernel/random/boot_id, 32 hex digits */
	__u64 load;		  /* seki_meta.loaded_ns: boottime of the load */
	__u32 mode;		  /* enum seki_mode */
	__u32 rule;		  /* index from 1; 0: the whole policy */
	__u8 digest[32];	  /* SHA-256 of the bundle; what an act does not need is 0 */
};
_Static_assert(sizeof(struct seki_order) == 96, "order");

struct seki_order_file {
	struct seki_order order;
	struct seki_trailer trailer;
};

/* What an order must name here. */
struct seki_order_place {
	const char *host, *boot; /* 32 hex digits */
	__u64 load;
};

/* NULL, or what is wrong with the bytes of an order; what would be right. */
const char *seki_order_parse(const void *data, size_t size, struct seki_order_file *ret);
/* 0, or enum seki_refused. */
int seki_order_check(const struct seki_order_file *f, const struct seki_pubkeys *keys,
		     const struct seki_order_place *here);
const char *seki_order_text(int refused);
/* 32 hex digits of a UUID, with or without hyphens; 0 or -EINVAL. */
int seki_order_boot(const char *text, char ret[SEKI_HOST_LEN + 1]);

#endif /* SEKI_ORDER_H */
