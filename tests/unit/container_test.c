// SPDX-License-Identifier: GPL-2.0-or-later
/* What a container's bundle says, against what a policy wants of it. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/policy_helper.h"
#include "userspace/policy/container.h"

#define SUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define NAMED(key, image) \
	"{\"root\":{\"path\":\"r\"},\"annotations\":{\"" key "\":\"" image "\",\"role\":\"hlr\"}}"
#define REF "org.opencontainers.image.ref.name"
#define CRI "io.kubernetes.cri.image-name"
#define CRIO "io.kubernetes.cri-o.ImageName"

static int judge(const char *json, const char *image, const char *labels, size_t len,
		 struct seki_container_fault *fault)
{
	struct seki_container c = { "/b", "/b/r/x", image, labels, len };
	char *root = NULL;
	int err = seki_container_read(json, strlen(json), &c, &root, fault);

	EXPECT_EQ(!err, !!root);
	free(root);
	return err;
}

TEST(an_image_of_the_policy)
{
	static const struct {
		const char *text;
		bool right;
	} row[] = {
		{ "hlr", true },
		{ "registry.example:5000/a/hlr:1.7", true },
		{ "hlr@sha256:" SUM, true },
		{ "hlr:1@sha256:" SUM, true },
		{ "@sha256:" SUM, false },
		{ "hlr@", false },
		{ "hlr@sha256:", false },
		{ "hlr@sha256:" SUM "0", false },
		{ "hlr@sha512:" SUM, false },
		{ "hlr@sha256:A123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		  false },
		{ "a b", false },
		{ "a\"b", false },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		harness_row = row[i].text;
		EXPECT_EQ(row[i].right, !seki_image_fault(row[i].text));
	}
}

TEST(image_of_the_bundle)
{
	static const struct {
		const char *want, *json;
		bool fits;
	} row[] = {
		{ "", NAMED(REF, "hlr:1"), true },
		{ "hlr:1", NAMED(REF, "hlr:1"), true },
		{ "hlr:1", NAMED(CRI, "hlr:1"), true },
		{ "hlr:1", NAMED(CRIO, "hlr:1"), true },
		{ "hlr:1", NAMED(REF, "hlr:1@sha256:" SUM), true },
		{ "hlr:1@sha256:" SUM, NAMED(REF, "hlr:1@sha256:" SUM), true },
		/* what an engine says is said first */
		{ "hlr:1", NAMED(REF "\":\"base\",\"" CRI, "hlr:1"), true },
		{ "base", NAMED(REF "\":\"base\",\"" CRI, "hlr:1"), false },
		{ "hlr:1@sha256:" SUM, NAMED(REF, "hlr:1@sha256:" OTHER), false },
		{ "hlr:1@sha256:" SUM, NAMED(REF, "hlr:1"), false },
		{ "hlr:1@sha256:" SUM, NAMED(REF, "hlr:2@sha256:" SUM), false },
		{ "hlr:1", NAMED(REF, "hlr:2"), false },
		{ "hlr:1", NAMED(REF, "hlr:11"), false },
		{ "hlr:11", NAMED(REF, "hlr:1"), false },
		{ "hlr:1", NAMED(REF, ""), false },
		{ "hlr:1", NAMED("x", "hlr:1"), false },
		{ "hlr:1", "{\"root\":{\"path\":\"r\"},\"annotations\":{\"" REF "\":1}}", false },
		{ "hlr:1", "{\"root\":{\"path\":\"r\"}}", false },
		{ "", "{\"root\":{\"path\":\"r\"}}", true },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct seki_container_fault fault = { .part = SEKI_CONTAINER_BUNDLE };

		harness_row = row[i].json;
		EXPECT_EQ(row[i].fits, !judge(row[i].json, row[i].want, "", 0, &fault));
		if (!row[i].fits)
			EXPECT_EQ(SEKI_CONTAINER_IMAGE, fault.part);
	}
}

TEST(labels_of_the_bundle)
{
	static const char json[] = NAMED("tier", "core");
	static const struct {
		const char *want;
		size_t len;
		int wrong; /* its number, -1: fits */
	} row[] = {
		{ "", 0, -1 },
		{ "tier\0core", 10, -1 },
		{ "tier\0core\0role\0hlr", 19, -1 },
		{ "tier\0core\0role\0msc", 19, 1 },
		{ "tier\0cor\0role\0hlr", 18, 0 },
		{ "Tier\0core", 10, 0 },
		{ "role\0hlr\0none\0", 15, 1 },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct seki_container_fault fault;
		int err = judge(json, "", row[i].want, row[i].len, &fault);

		harness_row = row[i].want;
		EXPECT_EQ(row[i].wrong >= 0, !!err);
		if (!err)
			continue;
		EXPECT_EQ(SEKI_CONTAINER_LABEL, fault.part);
		EXPECT_EQ(row[i].wrong, (int)fault.label);
	}
}

TEST(what_is_no_container)
{
	static const char *const row[] = {
		"",
		"{",
		"[]",
		"{}",
		"{\"root\":\"r\"}",
		"{\"root\":{\"path\":1}}",
		"{\"root\":{\"path\":\"\"}}",
		"{\"root\":{\"path\":\"r\\u0000x\"}}",
		/* a runtime may take the first or the last */
		"{\"root\":{\"path\":\"r\"},\"root\":{\"path\":\"s\"}}",
		"{\"root\":{\"path\":\"r\",\"path\":\"s\"}}",
		"{\"root\":{\"path\":\"r\"}} {}",
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct seki_container_fault fault;

		harness_row = row[i];
		EXPECT_NE(0, judge(row[i], "", "", 0, &fault));
		EXPECT_EQ(SEKI_CONTAINER_BUNDLE, fault.part);
	}
}

TEST(what_a_bundle_says_is_printable)
{
	struct seki_container_fault fault;

	EXPECT_NE(0, judge(NAMED(REF, "a\\u001b[2J\\n\\u007f"), "hlr", "", 0, &fault));
	for (const char *s = fault.text; *s; s++)
		EXPECT_TRUE((unsigned char)*s >= ' ' && *s != 0x7f);
	EXPECT_TRUE(strstr(fault.text, "a?[2J??"));
}

/* ---- on a host ------------------------------------------------------------ */

static char root[] = "/tmp/seki-container-XXXXXX";

static void put(const char *path, mode_t mode, const char *content)
{
	char full[256];
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(full, 0755);
		*p = '/';
	}
	f = fopen(full, "w");
	ASSERT_TRUE(f);
	fputs(content, f);
	fclose(f);
	chmod(full, mode);
}

static void put_link(const char *target, const char *path)
{
	char full[256];

	put(target, 0644, "{}");
	snprintf(full, sizeof(full), "%s%s", root, path);
	ASSERT_EQ(0, symlink(target, full));
}

static void make_root(const char *config)
{
	strcpy(root, "/tmp/seki-container-XXXXXX");
	ASSERT_TRUE(mkdtemp(root));
	put("/var/lib/hlr/r/usr/bin/hlr", 0755, "\177ELF");
	put("/usr/lib/systemd/system/hlr.service", 0644, "");
	put("/srv/other/file", 0644, "");
	if (config && *config == '@')
		put_link(config + 1, "/var/lib/hlr/config.json");
	else if (config)
		put("/var/lib/hlr/config.json", 0600, config);
}

static void remove_root(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	EXPECT_EQ(0, system(command));
}

#define BOXED                                                                              \
	"functions:\n  hlr:\n    core-function: 4\n    exec: /var/lib/hlr/r/usr/bin/hlr\n" \
	"    unit: hlr.service\n    argv: [hlr]\n    data: /var/lib/hlr\n    container:\n" \
	"      bundle: /var/lib/hlr\n      image: hlr:1\n      label: { role: hlr }\n"

static struct compiled check_here(const char *config)
{
	struct compiled c;

	make_root(config);
	c = compile_sized(HEAD BOXED, strlen(HEAD BOXED), &(struct seki_options){ .root = root });
	remove_root();
	if (strstr(c.said, "Function not implemented"))
		SKIP("no openat2 here");
	return c;
}

TEST(check_finds_what_does_not_fit)
{
	static const struct {
		const char *json, *said; /* NULL: accepted */
	} row[] = {
		{ NAMED(REF, "hlr:1"), NULL },
		{ NULL, "p:13:15: error: /var/lib/hlr/config.json, the container: No such file" },
		{ NAMED(REF, "hlr:2"),
		  "p:14:14: error: /var/lib/hlr/config.json is of the image hlr:2, and the policy "
		  "wants hlr:1" },
		{ "{\"root\":{\"path\":\"r\"},\"annotations\":{\"" REF "\":\"hlr:1\"}}",
		  "p:15:22: error: /var/lib/hlr/config.json has no label role" },
		{ "{\"root\":{\"path\":\"s\"},\"annotations\":{\"" REF
		  "\":\"hlr:1\",\"role\":\"hlr\"}}",
		  "p:13:15: error: /var/lib/hlr/s, the root of the container: No such file" },
		{ "{\"root\":{\"path\":\"/srv/other\"},\"annotations\":{\"" REF
		  "\":\"hlr:1\",\"role\":\"hlr\"}}",
		  "is not in it; name the program by its path below the root" },
		{ "{\"root\":{\"path\":\"/var/lib/hlr/r\"},\"annotations\":{\"" REF
		  "\":\"hlr:1\",\"role\":\"hlr\"}}",
		  NULL },
		{ "@/srv/config.json", "p:13:15: error: /var/lib/hlr/config.json is " },
		{ "{\n\n x", "p:13:15: error: /var/lib/hlr/config.json:3:" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct compiled c = check_here(row[i].json);

		harness_row = row[i].json ?: "missing";
		EXPECT_EQ(!row[i].said, !c.rc);
		EXPECT_EQ(row[i].said ? 1u : 0u, c.errors);
		if (row[i].said)
			EXPECT_SAID(row[i].said, c);
		compiled_free(&c);
	}
}

TEST(a_container_is_in_the_bundle_as_it_is_said)
{
	struct compiled c = compile_text(HEAD BOXED);
	struct seki_container got;

	ASSERT_EQ(0, c.rc);
	for (__u32 i = 0; i < c.b.n_domains; i++) {
		bool boxed = seki_bundle_container(&c.b, &c.b.domains[i], &got);

		EXPECT_EQ(c.b.domains[i].core_function, boxed ? 4u : 0u);
		if (!boxed)
			continue;
		EXPECT_STREQ("/var/lib/hlr", got.bundle);
		EXPECT_STREQ("/var/lib/hlr/r/usr/bin/hlr", got.exec);
		EXPECT_STREQ("hlr:1", got.image);
		EXPECT_EQ(9, got.labels_len);
		EXPECT_EQ(0, memcmp("role\0hlr", got.labels, 9));
	}
	compiled_free(&c);
}

HARNESS_MAIN
