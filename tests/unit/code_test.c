// SPDX-License-Identifier: GPL-2.0-or-later
/* What compile finds of a function's code, in trees made for it. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "tests/unit/events.h"
#include "tests/unit/policy_helper.h"

#define PROGRAM "/usr/bin/cat" /* of the build host: it needs libc and the loader */

static char root[64];

static const char *in_root(const char *path)
{
	static char full[512];

	snprintf(full, sizeof(full), "%s%s", root, path);
	return full;
}

static void make_dirs(const char *path)
{
	char full[512];

	snprintf(full, sizeof(full), "%s", in_root(path));
	for (char *p = strchr(full + strlen(root) + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		mkdir(full, 0755);
		*p = '/';
	}
}

static void copy_to(const char *from, const char *path)
{
	int in = open(from, O_RDONLY), out;
	struct stat st;

	make_dirs(path);
	out = open(in_root(path), O_WRONLY | O_CREAT | O_TRUNC, 0755);
	if (in < 0 || out < 0 || fstat(in, &st) ||
	    sendfile(out, in, NULL, (size_t)st.st_size) != st.st_size)
		HARNESS_FAIL("%s to %s", from, path);
	close(in);
	close(out);
}

static void put_text(const char *path, const char *text)
{
	make_dirs(path);
	file_put(in_root(path), text);
}

static void put_link(const char *path, const char *to)
{
	make_dirs(path);
	EXPECT_EQ(0, symlink(to, in_root(path)));
}

/* What compile gave a path: its flags, or -1. */
static int flags_of(const struct compiled *c, const char *path)
{
	for (__u32 i = 0; i < c->b.n_paths; i++)
		if (!strcmp(seki_bundle_string(&c->b, c->b.paths[i].path), path))
			return strcmp(seki_bundle_label_name(&c->b, c->b.paths[i].label),
				      "hlr.code") ?
				       -1 :
				       c->b.paths[i].flags;
	return -1;
}

static struct compiled compile_in_root(const char *more)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 HEAD "functions:\n  hlr:\n    core-function: 4\n    exec: /usr/bin/hlr\n"
		      "    unit: hlr.service\n    argv: [hlr]\n%s",
		 more);
	return compile_sized(text, strlen(text), &(struct seki_options){ .root = root });
}

static void plain_tree(void)
{
	temp_dir(root);
	copy_to(PROGRAM, "/usr/bin/hlr");
	copy_to("/lib64/ld-linux-x86-64.so.2", "/usr/lib/real/ld.so");
	put_link("/usr/lib64/ld-linux-x86-64.so.2", "../lib/real/ld.so");
	put_link("/lib64", "usr/lib64");
}

TEST(the_interpreter_and_the_links_on_its_way)
{
	struct compiled c;

	plain_tree();
	c = compile_in_root("");
	EXPECT_EQ(SEKI_PATH_OPTIONAL, flags_of(&c, "/usr/lib/real/ld.so"));
	EXPECT_EQ(SEKI_PATH_OPTIONAL | SEKI_PATH_LINK, flags_of(&c, "/lib64"));
	EXPECT_EQ(SEKI_PATH_OPTIONAL | SEKI_PATH_LINK,
		  flags_of(&c, "/usr/lib64/ld-linux-x86-64.so.2"));
	EXPECT_SAID("'libc.so.6', which /usr/bin/hlr needs, is not found", c);
	compiled_free(&c);
}

TEST(every_file_that_could_answer_is_sealed)
{
	const char *libc = "/lib/x86_64-linux-gnu/libc.so.6";
	struct compiled c;

	plain_tree();
	put_text("/etc/ld.so.conf", "# where\ninclude ld.so.conf.d/*.conf\n");
	put_text("/etc/ld.so.conf.d/site.conf", "/opt/site/lib\n");
	copy_to(libc, "/opt/site/lib/libc.so.6");
	copy_to(libc, "/usr/lib/x86_64-linux-gnu/libc.so.6");
	copy_to(libc, "/usr/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3/libc-2.so");
	put_link("/usr/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3/libc.so.6", "libc-2.so");
	put_text("/usr/lib64/libc.so.6", "/* GNU ld script */");
	c = compile_in_root("");
	EXPECT_EQ(SEKI_PATH_OPTIONAL, flags_of(&c, "/opt/site/lib/libc.so.6"));
	EXPECT_EQ(SEKI_PATH_OPTIONAL, flags_of(&c, "/usr/lib/x86_64-linux-gnu/libc.so.6"));
	EXPECT_EQ(SEKI_PATH_OPTIONAL,
		  flags_of(&c, "/usr/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3/libc-2.so"));
	EXPECT_EQ(SEKI_PATH_OPTIONAL | SEKI_PATH_LINK,
		  flags_of(&c, "/usr/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3/libc.so.6"));
	EXPECT_EQ(-1, flags_of(&c, "/usr/lib64/libc.so.6"));
	compiled_free(&c);
}

TEST(modules_named_are_asked_what_they_need)
{
	struct compiled c;

	plain_tree();
	copy_to("/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib/x86_64-linux-gnu/libc.so.6");
	copy_to(PROGRAM, "/usr/lib/hlr/sub/module.so");
	copy_to("/lib/x86_64-linux-gnu/libm.so.6", "/usr/lib/hlr/libm.so.6");
	c = compile_in_root("    code: /usr/lib/hlr\n    anonymous-code: allow\n");
	EXPECT_EQ(0, flags_of(&c, "/usr/lib/hlr"));
	EXPECT_EQ(SEKI_PATH_OPTIONAL, flags_of(&c, "/usr/lib/x86_64-linux-gnu/libc.so.6"));
	EXPECT_EQ(0, strstr(c.said, "is not found") != NULL);
	compiled_free(&c);
}

TEST(a_link_that_leads_nowhere_or_in_circles_ends)
{
	struct compiled c;

	plain_tree();
	put_link("/usr/lib/libc.so.6", "libc.so.6");
	put_link("/usr/lib/x86_64-linux-gnu/libc.so.6", "../../../../../../gone");
	c = compile_in_root("");
	EXPECT_SAID("'libc.so.6', which /usr/bin/hlr needs, is not found", c);
	compiled_free(&c);
}

HARNESS_MAIN
