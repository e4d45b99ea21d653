// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/policy/order.h"

#include <errno.h>
#include <string.h>

/* What an act needs is there, and nothing else. */
static bool complete(const struct seki_order *o)
{
	static const __u8 none[sizeof(o->digest)];
	bool digest = memcmp(o->digest, none, sizeof(none));

	switch (o->act) {
	case SEKI_ORDER_UNLOAD:
		return !digest && !o->mode && !o->rule;
	case SEKI_ORDER_ROLLBACK:
		return digest && !o->mode && !o->rule;
	case SEKI_ORDER_MODE:
		return digest && o->mode <= SEKI_MODE_AUDIT;
	default:
		return false;
	}
}

const char *seki_order_parse(const void *data, size_t size, struct seki_order_file *ret)
{
	struct seki_order_file f;
	const char *bad;

	if (size < sizeof(f.order))
		return "shorter than an order; give the file that 'sekisho sign' wrote";
	bad = seki_trailer_check((const char *)data + sizeof(f.order), size - sizeof(f.order));
	if (bad)
		return bad;
	memcpy(&f, data, sizeof(f));
	if (memcmp(f.order.magic, SEKI_ORDER_MAGIC, sizeof(f.order.magic)))
		return "not an order; give the file that 'sekisho sign' wrote";
	if (f.order.format != SEKI_ORDER_FORMAT || !complete(&f.order))
		return "an order of another release; sign it with this one";
	if (!seki_hex_id(f.order.boot, sizeof(f.order.boot)) || !f.trailer.host[0])
		return "an order without host or boot; sign it again";
	*ret = f;
	return NULL;
}

int seki_order_check(const struct seki_order_file *f, const struct seki_pubkeys *keys,
		     const struct seki_order_place *here)
{
	struct seki_signed s = { SEKI_FOR_ORDER, &f->order, sizeof(f->order), &f->trailer };
	int refused = seki_signature_check(&s, keys, here->host);

	if (refused)
		return refused;
	if (memcmp(f->order.boot, here->boot, sizeof(f->order.boot)))
		return SEKI_REFUSED_OTHER_BOOT;
	return f->order.load == here->load ? 0 : SEKI_REFUSED_OTHER_LOAD;
}

const char *seki_order_text(int refused)
{
	switch (refused) {
	case SEKI_REFUSED_OTHER_BOOT:
		return "is signed for another boot; sign it for the boot id of this one";
	case SEKI_REFUSED_OTHER_LOAD:
		return "is signed for another load; sign it for the one that 'sekisho status' shows";
	case SEKI_REFUSED_OTHER_POLICY:
		return "names another policy; sign it with the digest of the right one";
	default:
		return seki_signature_text(refused);
	}
}

int seki_order_boot(const char *text, char ret[SEKI_HOST_LEN + 1])
{
	size_t n = 0;

	for (; *text && *text != '\n'; text++) {
		if (*text == '-')
			continue;
		if (n == SEKI_HOST_LEN)
			return -EINVAL;
		ret[n++] = *text;
	}
	ret[n] = 0;
	return seki_hex_id(ret, n) ? 0 : -EINVAL;
}
