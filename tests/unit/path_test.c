// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/path.h"

#include <sys/sysmacros.h>

#include "tests/harness.h"
#include "tests/unit/events.h"

static struct seki_mounts mounts = { .fd = -1 };

static void read_mounts(const char *info)
{
	char dir[64], file[80];

	snprintf(file, sizeof(file), "%s/mountinfo", temp_dir(dir));
	file_put(file, info);
	seki_mounts_open(&mounts, file);
}

static const char *path(unsigned int major, unsigned int minor, const struct seki_path *p,
			bool *ret_partial)
{
	static struct seki_path_text text;

	seki_path_text(&mounts, major << 20 | minor, p, &text);
	text.text[text.len] = '\0';
	*ret_partial = text.partial;
	return text.text;
}

TEST(whole_mount_is_preferred)
{
	struct seki_path p = event_path("lib/osmocom/hlr.db");
	bool partial;

	read_mounts("20 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
		    "21 20 8:2 /lib /mnt/part rw - ext4 /dev/sda2 rw\n"
		    "22 20 8:2 / /var\\040x rw shared:3 - ext4 /dev/sda2 rw\n");
	EXPECT_STREQ("/var x/lib/osmocom/hlr.db", path(8, 2, &p, &partial));
	EXPECT_FALSE(partial);
	EXPECT_STREQ("/lib/osmocom/hlr.db", path(8, 1, &p, &partial));
	EXPECT_FALSE(partial);
	seki_mounts_close(&mounts);
}

TEST(part_mount_shows_what_it_holds)
{
	struct seki_path in = event_path("srv/data/db"), out = event_path("srv/database");
	bool partial;

	read_mounts("21 20 8:2 /srv/data /data rw - ext4 /dev/sda2 rw\n");
	EXPECT_STREQ("/data/db", path(8, 2, &in, &partial));
	EXPECT_FALSE(partial);
	EXPECT_STREQ("\xe2\x80\xa6/srv/database", path(8, 2, &out, &partial));
	EXPECT_TRUE(partial);
	seki_mounts_close(&mounts);
}

/* The directory of the path before is not made out again. */
TEST(a_directory_is_remembered_for_what_is_in_it)
{
	struct seki_path p = event_path("lib/osmocom/hlr.db"), beside = event_path("lib/osmocom/x"),
			 elsewhere = event_path("srv/osmocom/x"), above = event_path("osmocom/x");
	struct seki_path root = event_path("srv/data"), other = event_path("srv/other");
	bool partial;

	read_mounts("20 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
		    "21 20 8:2 /srv/data /data rw - ext4 /dev/sda2 rw\n");
	for (int i = 0; i < 2; i++) {
		EXPECT_STREQ("/lib/osmocom/hlr.db", path(8, 1, &p, &partial));
		EXPECT_STREQ("/lib/osmocom/x", path(8, 1, &beside, &partial));
		EXPECT_STREQ("/srv/osmocom/x", path(8, 1, &elsewhere, &partial));
		EXPECT_STREQ("/osmocom/x", path(8, 1, &above, &partial));
		EXPECT_FALSE(partial);
		EXPECT_STREQ("\xe2\x80\xa6/osmocom/x", path(9, 9, &above, &partial));
		EXPECT_STREQ("/data", path(8, 2, &root, &partial));
		EXPECT_STREQ("\xe2\x80\xa6/srv/other", path(8, 2, &other, &partial));
	}
	beside.long_names = 1;
	path(8, 1, &p, &partial);
	EXPECT_STREQ("/lib/osmocom/x\xe2\x80\xa6", path(8, 1, &beside, &partial));
	EXPECT_TRUE(partial);
	beside.flags = SEKI_PATH_DEEPER;
	beside.long_names = 0;
	EXPECT_STREQ("\xe2\x80\xa6/lib/osmocom/x", path(8, 1, &beside, &partial));
	seki_mounts_close(&mounts);
	/* Another table, another place. */
	read_mounts("20 1 8:1 / /mnt rw - ext4 /dev/sda1 rw\n");
	EXPECT_STREQ("/mnt/lib/osmocom/hlr.db", path(8, 1, &p, &partial));
	seki_mounts_close(&mounts);
}

TEST(missing_names_are_marked)
{
	struct seki_path p = event_path("a/b");
	bool partial;

	read_mounts("20 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
	EXPECT_STREQ("\xe2\x80\xa6/a/b", path(9, 9, &p, &partial));
	EXPECT_TRUE(partial);
	p.flags = SEKI_PATH_DEEPER;
	EXPECT_STREQ("\xe2\x80\xa6/a/b", path(8, 1, &p, &partial));
	EXPECT_TRUE(partial);
	p.flags = 0;
	p.long_names = 1;
	EXPECT_STREQ("/a/b\xe2\x80\xa6", path(8, 1, &p, &partial));
	EXPECT_TRUE(partial);
	p.depth = 0;
	EXPECT_STREQ("", path(8, 1, &p, &partial));
	seki_mounts_close(&mounts);
}

TEST(broken_mountinfo_is_survived)
{
	struct seki_path p = event_path("a");
	bool partial;

	read_mounts("\n\n20 1\n20 1 8 / /\n20 1 8:1 / /ok rw\n20 1 8:");
	EXPECT_STREQ("/ok/a", path(8, 1, &p, &partial));
	seki_mounts_close(&mounts);
	seki_mounts_open(&mounts, "/does/not/exist");
	EXPECT_EQ(0, mounts.count);
	seki_mounts_close(&mounts);
}

TEST(device_numbers_are_the_kernels)
{
	EXPECT_EQ(259u << 20 | 300, seki_dev_kernel(makedev(259, 300)));
}

HARNESS_MAIN
