// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/decode.h"

#include <errno.h>

#include "tests/harness.h"
#include "tests/unit/events.h"

static int decode(const void *data, size_t size)
{
	struct seki_decoded d;
	const char *why;
	int err = seki_decode(data, size, &d, &why);

	EXPECT_TRUE(err ? why != NULL : why == NULL);
	return err;
}

TEST(sound_events_decode_in_place)
{
	struct seki_access_event a = event_denied();
	struct seki_exec_event x = event_exec();
	struct seki_mark_event m = event_mark();
	struct seki_policy_event p = event_policy();
	struct seki_decoded d;
	const char *why;

	ASSERT_EQ(0, seki_decode(&a, sizeof(a), &d, &why));
	EXPECT_TRUE(d.access == &a && d.e == &a.e && !d.exec);
	ASSERT_EQ(0, seki_decode(&x, sizeof(x), &d, &why));
	EXPECT_TRUE(d.exec == &x && !d.access);
	ASSERT_EQ(0, seki_decode(&m, sizeof(m), &d, &why));
	EXPECT_TRUE(d.mark == &m && !d.access && !d.exec && !d.policy);
	ASSERT_EQ(0, seki_decode(&p, sizeof(p), &d, &why));
	EXPECT_TRUE(d.policy == &p && !d.access && !d.exec);
}

TEST(unknown_version_refused)
{
	struct seki_access_event a = event_denied();

	a.e.abi = SEKI_ABI_VERSION + 1;
	EXPECT_EQ(-EPROTO, decode(&a, sizeof(a)));
}

TEST(unknown_kind_refused)
{
	struct seki_event e = event_head(0, sizeof(e));

	for (int kind = 0; kind < 256; kind++) {
		if (kind >= SEKI_EVENT_ACCESS && kind <= SEKI_EVENT_POLICY)
			continue;
		e.kind = (__u8)kind;
		EXPECT_EQ(-EPROTO, decode(&e, sizeof(e)));
	}
}

TEST(every_wrong_size_refused)
{
	struct seki_access_event a[2] = { event_denied(), event_denied() };

	for (size_t size = 0; size < sizeof(a[0]) + 64; size++) {
		a[0].e.size = (__u16)size;
		EXPECT_EQ(size == sizeof(a[0]) ? 0 : -EPROTO, decode(a, size));
		a[0].e.size = sizeof(a[0]);
		EXPECT_EQ(size == sizeof(a[0]) ? 0 : -EPROTO, decode(a, size));
	}
}

TEST(fields_out_of_range_refused)
{
	struct seki_access_event a = event_denied();
	struct seki_exec_event x = event_exec();

	a.path.depth = SEKI_PATH_DEPTH + 1;
	EXPECT_EQ(-EPROTO, decode(&a, sizeof(a)));
	a = event_denied();
	a.verdict = 0;
	EXPECT_EQ(-EPROTO, decode(&a, sizeof(a)));
	x.argv_len = SEKI_ARGV_MAX + 1;
	EXPECT_EQ(-EPROTO, decode(&x, sizeof(x)));
}

HARNESS_MAIN
