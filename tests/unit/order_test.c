// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/policy/order.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"

#define HOST "0123456789abcdef0123456789abcdef"
#define BOOT "00112233445566778899aabbccddeeff"
#define LOAD 4123000000000ull

static const struct seki_order_place here = { HOST, BOOT, LOAD };
static struct seki_pubkey mine;
static const struct seki_pubkeys enrolled = { &mine, 1 };

static struct seki_order_file make_of(struct seki_order order)
{
	struct seki_order_file f = { .order = order };
	EVP_PKEY *key = seki_key_generate();

	memcpy(f.order.magic, SEKI_ORDER_MAGIC, sizeof(f.order.magic));
	memcpy(f.order.boot, BOOT, sizeof(f.order.boot));
	ASSERT_TRUE(key && !seki_key_of(key, &mine));
	ASSERT_EQ(0, seki_sign(key, SEKI_FOR_ORDER, HOST, &f.order, sizeof(f.order), &f.trailer));
	EVP_PKEY_free(key);
	return f;
}

static struct seki_order_file make(void)
{
	return make_of((struct seki_order){
		.format = SEKI_ORDER_FORMAT, .act = SEKI_ORDER_UNLOAD, .load = LOAD });
}

/* -1: not even an order; else as seki_order_check(). */
static int judge(const void *data, size_t size)
{
	struct seki_order_file f;

	return seki_order_parse(data, size, &f) ? -1 : seki_order_check(&f, &enrolled, &here);
}

TEST(order_for_this_load_taken)
{
	struct seki_order_file f = make();

	EXPECT_EQ(0, judge(&f, sizeof(f)));
}

TEST(order_says_what_its_act_needs)
{
	static const struct {
		const char *name;
		__u32 act, mode, rule;
		__u8 digest;
		bool good;
	} rows[] = {
		{ "unload", SEKI_ORDER_UNLOAD, 0, 0, 0, true },
		{ "unload of a digest", SEKI_ORDER_UNLOAD, 0, 0, 1, false },
		{ "unload in a mode", SEKI_ORDER_UNLOAD, SEKI_MODE_AUDIT, 0, 0, false },
		{ "unload of a rule", SEKI_ORDER_UNLOAD, 0, 1, 0, false },
		{ "rollback", SEKI_ORDER_ROLLBACK, 0, 0, 1, true },
		{ "rollback to nothing", SEKI_ORDER_ROLLBACK, 0, 0, 0, false },
		{ "rollback in a mode", SEKI_ORDER_ROLLBACK, SEKI_MODE_AUDIT, 0, 1, false },
		{ "rollback of a rule", SEKI_ORDER_ROLLBACK, 0, 1, 1, false },
		{ "mode", SEKI_ORDER_MODE, SEKI_MODE_AUDIT, 0, 1, true },
		{ "mode of a rule", SEKI_ORDER_MODE, SEKI_MODE_ENFORCE, 3, 1, true },
		{ "mode of nothing", SEKI_ORDER_MODE, SEKI_MODE_AUDIT, 0, 0, false },
		{ "no mode", SEKI_ORDER_MODE, 2, 0, 1, false },
		{ "no act", 0, 0, 0, 0, false },
		{ "an act to come", 4, 0, 0, 1, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seki_order_file f =
			make_of((struct seki_order){ .format = SEKI_ORDER_FORMAT,
						     .act = rows[i].act,
						     .load = LOAD,
						     .mode = rows[i].mode,
						     .rule = rows[i].rule,
						     .digest = { [31] = rows[i].digest } });

		harness_row = rows[i].name;
		EXPECT_EQ(rows[i].good ? 0 : -1, judge(&f, sizeof(f)));
	}
	harness_row = NULL;
}

TEST(order_for_elsewhere_refused)
{
	struct seki_order_file f = make();
	struct seki_order_place p = here;

	p.host = BOOT;
	EXPECT_EQ(SEKI_REFUSED_OTHER_HOST, seki_order_check(&f, &enrolled, &p));
	p = here;
	p.boot = HOST;
	EXPECT_EQ(SEKI_REFUSED_OTHER_BOOT, seki_order_check(&f, &enrolled, &p));
	p = here;
	p.load++;
	EXPECT_EQ(SEKI_REFUSED_OTHER_LOAD, seki_order_check(&f, &enrolled, &p));
	EXPECT_EQ(SEKI_REFUSED_UNKNOWN_KEY,
		  seki_order_check(&f, &(struct seki_pubkeys){ NULL, 0 }, &here));
	for (int r = SEKI_REFUSED_UNSIGNED; r <= SEKI_REFUSED_OTHER_LOAD; r++)
		EXPECT_TRUE(strchr(seki_order_text(r), ';'));
	EXPECT_TRUE(strchr(seki_order_text(SEKI_REFUSED_OTHER_POLICY), ';'));
}

TEST(every_bit_of_an_order_counts)
{
	struct seki_order_file f = make();
	char *bytes = (char *)&f;

	for (size_t i = 0; i < sizeof(f) * 8; i++) {
		bytes[i / 8] ^= (char)(1 << i % 8);
		EXPECT_NE(0, judge(&f, sizeof(f)));
		bytes[i / 8] ^= (char)(1 << i % 8);
	}
	EXPECT_EQ(0, judge(&f, sizeof(f)));
}

TEST(order_cut_or_longer_refused)
{
	struct seki_order_file f = make();

	for (size_t n = 0; n < sizeof(f) + 64; n++) {
		char *copy = calloc(1, n ? n : 1);

		memcpy(copy, &f, n < sizeof(f) ? n : sizeof(f));
		EXPECT_EQ(n == sizeof(f) ? 0 : -1, judge(copy, n));
		free(copy);
	}
}

TEST(boot_id_with_and_without_hyphens)
{
	char id[SEKI_HOST_LEN + 1];

	EXPECT_EQ(0, seki_order_boot("00112233-4455-6677-8899-aabbccddeeff\n", id));
	EXPECT_STREQ(BOOT, id);
	EXPECT_EQ(0, seki_order_boot(BOOT, id));
	EXPECT_EQ(-EINVAL, seki_order_boot("", id));
	EXPECT_EQ(-EINVAL, seki_order_boot(BOOT "0", id));
	EXPECT_EQ(-EINVAL, seki_order_boot("00112233-4455-6677-8899-aabbccddeefg", id));
}

HARNESS_MAIN
