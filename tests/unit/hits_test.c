// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/hits.h"

#include <jansson.h>

#include "bpf/hits.h"
#include "tests/harness.h"

#define ROWS 3000
#define SHARES 4
static const struct seki_hits_shape shape = { ROWS, SHARES };

static struct seki_meta meta;
static struct seki_policy policy;
static struct seki_clock wall;
static struct seki_hits_view view;
static struct seki_hits *all;

static void begin(void)
{
	meta.hit_rows = ROWS;
	policy.meta.generation = 3; /* slot 1 */
	snprintf(policy.meta.name, sizeof(policy.meta.name), "test");
	policy.label[70] = "hlr.data";
	all = calloc(2 * seki_hits_slot(shape), sizeof(*all));
	ASSERT_TRUE(all);
	view = (struct seki_hits_view){ &meta, all, 2 * seki_hits_slot(shape) };
}

static json_t *ask(uint64_t at)
{
	static char text[192 << 10];
	struct seki_buf b = { .data = text, .cap = sizeof(text) - 1 };
	json_t *j;

	seki_hits_put(&view, &policy, &wall, at, &b);
	EXPECT_TRUE(!b.over);
	text[b.len] = '\0';
	j = json_loads(text, 0, NULL);
	ASSERT_TRUE(j);
	return j;
}

static json_int_t number(json_t *j, size_t row, const char *key)
{
	return json_integer_value(
		json_object_get(json_array_get(json_object_get(j, "hits"), row), key));
}

static void hit(__u32 slot, __u32 cpu, __u32 rule, __u8 verdict, __u64 n, __u64 when)
{
	struct seki_hits *h = &all[seki_hits_rule(shape, slot, cpu, rule)];

	h->count[verdict] += n;
	h->last_ns = when;
}

TEST(shares_are_summed_and_the_last_time_is_the_latest)
{
	json_t *j, *row;

	begin();
	hit(1, 0, 12, SEKI_ALLOWED, 5, 2000000000);
	hit(1, 3, 12, SEKI_ALLOWED, 7, 9000000000);
	hit(1, 6, 12, SEKI_DENIED, 1, 4000000000); /* CPU 6 shares with 2 */
	all[seki_hits_label(shape, 1, 70)].count[SEKI_WOULD_DENY] = 2;
	j = ask(0);
	EXPECT_EQ(2, json_array_size(json_object_get(j, "hits")));
	row = json_array_get(json_object_get(j, "hits"), 0);
	EXPECT_STREQ("hlr.data", json_string_value(json_object_get(row, "label")));
	EXPECT_EQ(2, number(j, 0, "would_deny"));
	EXPECT_EQ(12, number(j, 1, "rule"));
	EXPECT_EQ(12, number(j, 1, "allowed"));
	EXPECT_EQ(1, number(j, 1, "denied"));
	row = json_array_get(json_object_get(j, "hits"), 1);
	EXPECT_TRUE(strstr(json_string_value(json_object_get(row, "last")), ":09."));
	EXPECT_TRUE(!json_object_get(j, "next"));
	json_decref(j);
	free(all);
}

TEST(what_rates_left_out_is_told_by_rule)
{
	static char text[256];
	struct seki_buf b = { .data = text, .cap = sizeof(text) - 1 };
	json_t *j;

	begin();
	hit(1, 0, 12, SEKI_LEFT_OUT, 5, 1);
	hit(1, 3, 12, SEKI_LEFT_OUT, 7, 1);
	hit(1, 0, 13, SEKI_ALLOWED, 7, 1);
	hit(1, 1, ROWS + 7, SEKI_LEFT_OUT, 2, 1);
	hit(0, 0, 14, SEKI_LEFT_OUT, 1, 1); /* the other policy's */
	seki_left_out_put(&view, 3, &b);
	EXPECT_STREQ("{\"0\":2,\"12\":12},", text);
	b.len = 0;
	memset(text, 0, sizeof(text));
	seki_left_out_put(&view, 4, &b);
	EXPECT_STREQ("{\"14\":1},", text);
	j = ask(0);
	EXPECT_EQ(12, number(j, 1, "left_out"));
	EXPECT_EQ(7, number(j, 2, "allowed"));
	json_decref(j);
	free(all);
}

TEST(the_other_policy_is_not_counted)
{
	json_t *j;

	begin();
	hit(0, 0, 12, SEKI_ALLOWED, 5, 1);
	all[seki_hits_label(shape, 0, 70)].count[SEKI_DENIED] = 2;
	j = ask(0);
	EXPECT_EQ(0, json_array_size(json_object_get(j, "hits")));
	json_decref(j);
	free(all);
}

TEST(rules_without_a_row_share_one)
{
	json_t *j;

	begin();
	hit(1, 0, ROWS, SEKI_ALLOWED, 1, 1);
	hit(1, 0, ROWS + 500, SEKI_ALLOWED, 1, 1);
	j = ask(0);
	EXPECT_EQ(1, json_array_size(json_object_get(j, "hits")));
	EXPECT_EQ(0, number(j, 0, "rule"));
	EXPECT_EQ(2, number(j, 0, "allowed"));
	json_decref(j);
	free(all);
}

/* Each comes once, whatever the pages. */
TEST(many_come_in_pages)
{
	uint64_t at = 0, seen = 0, last = 0;
	unsigned int pages = 0;
	json_t *j, *next;

	begin();
	for (__u32 rule = 1; rule < ROWS; rule++)
		hit(1, rule, rule, SEKI_ALLOWED, 1, 1);
	do {
		j = ask(at);
		for (size_t i = 0; i < json_array_size(json_object_get(j, "hits")); i++, seen++) {
			EXPECT_EQ(last + 1, number(j, i, "rule"));
			last = (uint64_t)number(j, i, "rule");
		}
		next = json_object_get(j, "next");
		at = (uint64_t)json_integer_value(next);
		json_decref(j);
		pages++;
	} while (at && pages < 100);
	EXPECT_EQ(ROWS - 1, seen);
	EXPECT_TRUE(pages > 1);
	free(all);
}

TEST(without_a_policy_there_is_nothing)
{
	static char text[64];
	struct seki_buf b = { .data = text, .cap = sizeof(text) - 1 };

	seki_hits_put(&(struct seki_hits_view){ 0 }, NULL, &wall, 0, &b);
	EXPECT_STREQ("{}\n", text);
}

HARNESS_MAIN
