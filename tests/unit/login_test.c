// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/policy/login.h"

#include <arpa/inet.h>
#include <string.h>

#include "tests/harness.h"

TEST(networks_are_read)
{
	static const struct {
		const char *text, *back; /* "": no network */
		enum seki_network_fault fault;
	} row[] = {
		{ "192.0.2.0/24", "192.0.2.0/24", SEKI_NETWORK_FINE },
		{ "192.0.2.7", "192.0.2.7/32", SEKI_NETWORK_FINE },
		{ "0.0.0.0/0", "0.0.0.0/0", SEKI_NETWORK_FINE },
		{ "2001:db8::/32", "2001:db8::/32", SEKI_NETWORK_FINE },
		{ "2001:DB8:0::/32", "2001:db8::/32", SEKI_NETWORK_FINE },
		{ "::1", "::1/128", SEKI_NETWORK_FINE },
		{ "::/97", "::/97", SEKI_NETWORK_FINE },
		{ "192.0.2.7/24", "192.0.2.0/24", SEKI_NETWORK_HOST },
		{ "2001:db8::1/32", "2001:db8::/32", SEKI_NETWORK_HOST },
		{ "::ffff:192.0.2.0/120", "192.0.2.0/24", SEKI_NETWORK_MAPPED },
		{ "::/0", "::/0", SEKI_NETWORK_BOTH },
		{ "::/80", "::/80", SEKI_NETWORK_BOTH },
		{ "192.0.2.0/33", "", SEKI_NETWORK_LENGTH },
		{ "192.0.2.0/", "", SEKI_NETWORK_LENGTH },
		{ "192.0.2.0/024", "", SEKI_NETWORK_LENGTH },
		{ "192.0.2.0/-1", "", SEKI_NETWORK_LENGTH },
		{ "192.0.2.0/24 ", "", SEKI_NETWORK_LENGTH },
		{ "192.0.2.0/255.255.255.0", "", SEKI_NETWORK_LENGTH },
		{ "2001:db8::/129", "", SEKI_NETWORK_LENGTH },
		{ "192.0.2/24", "", SEKI_NETWORK_NONE },
		{ "192.0.2.256", "", SEKI_NETWORK_NONE },
		{ "office", "", SEKI_NETWORK_NONE },
		{ "/24", "", SEKI_NETWORK_NONE },
		{ "", "", SEKI_NETWORK_NONE },
		{ "0000:0000:0000:0000:0000:0000:255.255.255.255:0000/8", "", SEKI_NETWORK_NONE },
	};
	char text[SEKI_NETWORK_TEXT];

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct seki_bundle_network n;

		harness_row = row[i].text;
		EXPECT_EQ(row[i].fault, seki_network_read(row[i].text, &n));
		if (*row[i].back)
			EXPECT_STREQ(row[i].back, seki_network_text(&n, text));
		if (!row[i].fault || row[i].fault == SEKI_NETWORK_BOTH)
			EXPECT_EQ(!row[i].fault, seki_network_ok(&n));
	}
}

/* As role.bpf.c compares: what is left of an address under the mask. */
TEST(networks_have_their_addresses)
{
	static const struct {
		const char *network, *address;
		bool has;
	} row[] = {
		{ "192.0.2.0/24", "192.0.2.255", true },
		{ "192.0.2.0/24", "192.0.3.0", false },
		{ "192.0.2.128/25", "192.0.2.127", false },
		{ "192.0.2.128/25", "192.0.2.128", true },
		{ "0.0.0.0/0", "203.0.113.9", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "2000::/3", "2001:db8::1", true },
		{ "2000::/3", "192.0.2.1", false },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "::1", "::1", true },
		{ "::1", "::2", false },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct seki_bundle_network n, host;

		harness_row = row[i].network;
		ASSERT_EQ(SEKI_NETWORK_FINE, seki_network_read(row[i].network, &n));
		ASSERT_EQ(SEKI_NETWORK_FINE, seki_network_read(row[i].address, &host));
		EXPECT_EQ(row[i].has, seki_network_has(&n, host.addr));
	}
}

TEST(networks_meet_if_one_holds_the_other)
{
	static const char *const text[] = { "10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24",
					    "2000::/3" };
	struct seki_bundle_network n[SEKI_NETWORKS_MAX] = { 0 };

	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++)
		ASSERT_EQ(SEKI_NETWORK_FINE, seki_network_read(text[i], &n[i]));
	EXPECT_TRUE(seki_networks_meet(n, 1, 1));
	EXPECT_TRUE(seki_networks_meet(n, 1, 2));
	EXPECT_TRUE(seki_networks_meet(n, 2, 1 | 4));
	EXPECT_FALSE(seki_networks_meet(n, 1 | 2, 4 | 8));
	EXPECT_FALSE(seki_networks_meet(n, 4, 8));
	EXPECT_TRUE(seki_networks_meet(n, 0, 8));
}

TEST(terminals_are_read)
{
	static const struct {
		const char *text;
		unsigned int n;
		__u32 first, last; /* of the first range */
	} row[] = {
		{ "tty1", 1, 4 << 20 | 1, 4 << 20 | 1 },
		{ "tty63", 1, 4 << 20 | 63, 4 << 20 | 63 },
		{ "ttyS0", 1, 4 << 20 | 64, 4 << 20 | 64 },
		{ "ttyS*", 1, 4 << 20 | 64, 4 << 20 | 255 },
		{ "hvc0", 1, 229 << 20, 229 << 20 },
		{ "ttyUSB511", 1, 188 << 20 | 511, 188 << 20 | 511 },
		{ "ttyACM0", 1, 166 << 20, 166 << 20 },
		{ "tty*", 4, 4 << 20 | 1, 4 << 20 | 63 },
		{ "*", 5, 4 << 20 | 1, 4 << 20 | 63 },
		{ "tty0", 0, 0, 0 }, /* whichever is shown */
		{ "tty64", 0, 0, 0 },
		{ "tty", 0, 0, 0 }, /* everybody's own */
		{ "tty01", 0, 0, 0 },
		{ "tty1x", 0, 0, 0 },
		{ "tty1*", 0, 0, 0 },
		{ "t*y", 0, 0, 0 },
		{ "ttyS4294967296", 0, 0, 0 },
		{ "console", 0, 0, 0 },
		{ "pts/0", 0, 0, 0 },
		{ "/dev/tty1", 0, 0, 0 },
		{ "", 0, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct seki_bundle_terminal t[SEKI_TERMINAL_KINDS] = { 0 };

		harness_row = row[i].text;
		EXPECT_EQ(row[i].n, seki_terminal_read(row[i].text, t));
		EXPECT_EQ(row[i].first, t[0].first);
		EXPECT_EQ(row[i].last, t[0].last);
	}
}

TEST(terminals_meet_by_their_numbers)
{
	struct seki_bundle_terminal t[SEKI_TERMINALS_MAX] = { 0 };

	ASSERT_EQ(1, seki_terminal_read("tty1", t));
	ASSERT_EQ(1, seki_terminal_read("ttyS*", t + 1));
	ASSERT_EQ(1, seki_terminal_read("ttyS3", t + 2));
	EXPECT_TRUE(seki_terminals_meet(t, 2, 4));
	EXPECT_TRUE(seki_terminals_meet(t, 4, 1 | 2));
	EXPECT_FALSE(seki_terminals_meet(t, 1, 2 | 4));
	EXPECT_TRUE(seki_terminals_meet(t, 0, 1));
}

HARNESS_MAIN
