// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as an order to the loader.  Sizes and magic words are made right
 * first, so that what is behind them is reached; nothing that nobody signed
 * with an enrolled key may be carried out.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/policy/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_right(struct seki_order_file *f)
{
	memcpy(f->order.magic, SEKI_ORDER_MAGIC, sizeof(f->order.magic));
	f->order.format = SEKI_ORDER_FORMAT;
	f->order.act %= SEKI_ORDER_MODE + 1;
	f->order.mode &= 1;
	memcpy(f->trailer.magic, SEKI_TRAILER_MAGIC, sizeof(f->trailer.magic));
}

static void judge(const void *data, size_t size)
{
	static const char id[] = "0123456789abcdef0123456789abcdef";
	const struct seki_order_place here = { .host = id, .boot = id, .load = 1 };
	struct seki_pubkeys none = {};
	struct seki_order_file f;

	if (seki_order_parse(data, size, &f))
		return;
	if (!seki_order_check(&f, &none, &here))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char boot[SEKI_HOST_LEN + 1], *text = calloc(1, size + 1);
	struct seki_order_file *f = malloc(sizeof(*f));

	memcpy(text, data, size);
	seki_order_boot(text, boot);
	judge(text, size);
	memset(f, 0, sizeof(*f));
	memcpy(f, data, size < sizeof(*f) ? size : sizeof(*f));
	make_right(f);
	judge(f, sizeof(*f));
	free(f);
	free(text);
	return 0;
}
