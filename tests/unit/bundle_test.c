// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/policy/bundle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness.h"
#include "userspace/policy/bundle_write.h"
#include "userspace/policy/login.h"

#define OWN_DOMAIN 8
#define OWN_LABEL SEKI_LABEL_FIRST

static void add_builtins(struct seki_builder *b)
{
#define X(upper, number, word)                                       \
	seki_builder_add(b, SEKI_SECTION_DOMAINS,                    \
			 &(struct seki_bundle_domain){ .id = number, \
						       .name = seki_builder_string(b, word) });
	SEKI_DOMAIN_LIST(X)
#undef X
#define X(upper, number, word)                                      \
	seki_builder_add(b, SEKI_SECTION_LABELS,                    \
			 &(struct seki_bundle_label){ .id = number, \
						      .name = seki_builder_string(b, word) });
	SEKI_LABEL_LIST(X)
#undef X
}

static void add_ways(struct seki_builder *b)
{
	static const char *const network[] = { "10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32" };
	static const char *const terminal[] = { "ttyS0", "hvc0" };

	for (size_t i = 0; i < sizeof(network) / sizeof(*network); i++) {
		struct seki_bundle_network n;

		ASSERT_EQ(SEKI_NETWORK_FINE, seki_network_read(network[i], &n));
		seki_builder_add(b, SEKI_SECTION_NETWORKS, &n);
	}
	for (size_t i = 0; i < sizeof(terminal) / sizeof(*terminal); i++) {
		struct seki_bundle_terminal t[SEKI_TERMINAL_KINDS];

		ASSERT_EQ(1, seki_terminal_read(terminal[i], t));
		t->name = seki_builder_string(b, terminal[i]);
		seki_builder_add(b, SEKI_SECTION_TERMINALS, t);
	}
}

static void add_own(struct seki_builder *b)
{
	struct seki_bundle_domain d = { .id = OWN_DOMAIN,
					.proc_label = OWN_LABEL,
					.origin = SEKI_DOMAIN_INIT };
	struct seki_bundle_label l = { .id = OWN_LABEL,
				       .kind = SEKI_KIND_PROCESS,
				       .owner = OWN_DOMAIN };
	struct seki_bundle_path p = { .label = OWN_LABEL,
				      .entry = OWN_DOMAIN,
				      .flags = SEKI_PATH_ENTRY };
	struct seki_bundle_addr a = { .key.port = 4258, .label = OWN_LABEL };
	struct seki_bundle_cell c = { .domain = OWN_DOMAIN,
				      .label = OWN_LABEL,
				      .cell = { .allow = SEKI_READ, .rule = 1 } };
	struct seki_bundle_rule r = { .severity = 1 };

	struct seki_bundle_domain role = { .id = OWN_DOMAIN + 1 }, noc = { .id = OWN_DOMAIN + 2 },
				  ops = { .id = OWN_DOMAIN + 3 };
	struct seki_bundle_login login = { .first = 2000, .last = 2009, .role = role.id };

	role.name = seki_builder_string(b, "dba");
	noc.name = seki_builder_string(b, "noc");
	ops.name = seki_builder_string(b, "ops");
	d.name = seki_builder_string(b, "hlr");
	d.exec = p.path = seki_builder_string(b, "/usr/bin/hlr");
	d.argv = seki_builder_bytes(b, "hlr\0-c", 7);
	d.argv_len = 7;
	d.container = seki_builder_string(b, "/srv/hlr");
	d.image = seki_builder_string(b, "hlr:1");
	d.container_labels = seki_builder_bytes(b, "role\0hlr", 9);
	d.container_labels_len = 9;
	l.name = seki_builder_string(b, "proc.hlr");
	r.text = seki_builder_string(b, "hlr reads");
	seki_builder_add(b, SEKI_SECTION_DOMAINS, &d);
	seki_builder_add(b, SEKI_SECTION_DOMAINS, &role);
	seki_builder_add(b, SEKI_SECTION_DOMAINS, &noc);
	seki_builder_add(b, SEKI_SECTION_DOMAINS, &ops);
	add_ways(b);
	seki_builder_add(b, SEKI_SECTION_LOGINS, &login);
	seki_builder_add(b, SEKI_SECTION_LABELS, &l);
	seki_builder_add(b, SEKI_SECTION_PATHS, &p);
	seki_builder_add(b, SEKI_SECTION_ADDRS, &a);
	seki_builder_add(b, SEKI_SECTION_CELLS, &c);
	seki_builder_add(b, SEKI_SECTION_RULES, &r);
}

/* The smallest bundle with a row in every table. */
static struct seki_builder *begin(void)
{
	struct seki_builder *b = seki_builder_new();
	struct seki_bundle_meta m = { .version = 7 };

	m.name = seki_builder_string(b, "test");
	seki_builder_add(b, SEKI_SECTION_META, &m);
	add_builtins(b);
	add_own(b);
	return b;
}

static char *make(size_t *ret_size)
{
	struct seki_builder *b = begin();
	void *image;

	ASSERT_EQ(0, seki_builder_finish(b, &image, ret_size));
	seki_builder_free(b);
	return image;
}

static int parse(const void *image, size_t size)
{
	struct seki_bundle b;
	const char *err = NULL;
	int rc = seki_bundle_parse(image, size, &b, &err);

	EXPECT_EQ(!rc, !err);
	return rc;
}

static __u16 role_of(const struct seki_bundle *b, __u32 uid)
{
	return seki_bundle_role_of(b, &(struct seki_bundle_way){ .uid = uid });
}

TEST(whole_bundle_read_back)
{
	size_t size;
	char *image = make(&size);
	struct seki_bundle b;
	const char *err = NULL;

	ASSERT_EQ(0, seki_bundle_parse(image, size, &b, &err));
	EXPECT_STREQ("test", seki_bundle_string(&b, b.meta->name));
	EXPECT_EQ(7, b.meta->version);
	EXPECT_STREQ("hlr", seki_bundle_domain_name(&b, OWN_DOMAIN));
	EXPECT_STREQ("init", seki_bundle_domain_name(&b, SEKI_DOMAIN_INIT));
	EXPECT_STREQ("proc.hlr", seki_bundle_label_name(&b, OWN_LABEL));
	EXPECT_TRUE(!seki_bundle_label_name(&b, OWN_LABEL + 1));
	EXPECT_TRUE(!seki_bundle_domain_name(&b, 7));
	EXPECT_TRUE(!seki_bundle_rule(&b, 0));
	EXPECT_TRUE(!seki_bundle_rule(&b, 2));
	EXPECT_STREQ("hlr reads", seki_bundle_string(&b, seki_bundle_rule(&b, 1)->text));
	EXPECT_EQ(OWN_DOMAIN + 1, role_of(&b, 2000));
	EXPECT_EQ(OWN_DOMAIN + 1, role_of(&b, 2009));
	EXPECT_EQ(SEKI_DOMAIN_OTHER, role_of(&b, 1999));
	EXPECT_EQ(SEKI_DOMAIN_OTHER, role_of(&b, 2010));
	EXPECT_TRUE(seki_bundle_is_role(&b, OWN_DOMAIN + 1));
	EXPECT_FALSE(seki_bundle_is_role(&b, OWN_DOMAIN));
	free(image);
}

#define DBA (OWN_DOMAIN + 1)
#define NOC (OWN_DOMAIN + 2)
#define OPS (OWN_DOMAIN + 3)

/* Of two logins, the first is right. */
TEST(bad_logins_refused)
{
	static const struct seki_bundle_login row[] = {
		{ 2010, 2009, DBA, 0, 0, 0, 0 },	/* turned round */
		{ 2009, 2010, DBA, 0, 0, 0, 0 },	/* twice */
		{ 1000, 1000, DBA, 0, 0, 0, 0 },	/* out of order */
		{ 3000, 0xffffffffu, DBA, 0, 0, 0, 0 }, /* nobody's */
		{ 3000, 3000, OWN_DOMAIN, 0, 0, 0, 0 }, /* what a program enters */
		{ 3000, 3000, OPS + 1, 0, 0, 0, 0 },	/* no domain */
		{ 3000, 3000, SEKI_DOMAIN_INIT, 0, 0, 0, 0 },
		{ 3000, 3000, DBA, DBA, 0, 0, 0 },
		{ 3000, 3000, DBA, OPS + 1, 0, 0, 0 },
		{ 2000, 2009, DBA, OWN_DOMAIN, 0, 0, 0 }, /* beside one through anybody */
		{ 3000, 3000, DBA, 0, 0, 1, 0 },	  /* from elsewhere than the first */
		{ 3000, 3000, DBA, 0, 0, 0, 1 },
		{ 2000, 2000, NOC, 0, 0, 0, 0 }, /* of two roles */
		{ 2000, 2000, NOC, 0, 0, 1, 1 },
		{ 3000, 3000, NOC, 0, 0, 8, 0 }, /* no such network, no such terminal */
		{ 3000, 3000, NOC, 0, 0, 0, 4 },
	};

	for (size_t i = 0; i <= sizeof(row) / sizeof(*row); i++) {
		struct seki_bundle_login good = { 3000, 3000, DBA, OWN_DOMAIN, 0, 0, 0 };
		struct seki_builder *b = begin();
		size_t size;
		void *image;

		seki_builder_add(b, SEKI_SECTION_LOGINS, i ? &row[i - 1] : &good);
		ASSERT_EQ(0, seki_builder_finish(b, &image, &size));
		seki_builder_free(b);
		EXPECT_EQ(!i, !parse(image, size));
		free(image);
	}
}

static bool fits_beside(const struct seki_bundle_login *x, const struct seki_bundle_login *y)
{
	struct seki_builder *b = begin();
	size_t size;
	void *image;
	bool ok;

	seki_builder_add(b, SEKI_SECTION_LOGINS, x);
	seki_builder_add(b, SEKI_SECTION_LOGINS, y);
	ASSERT_EQ(0, seki_builder_finish(b, &image, &size));
	seki_builder_free(b);
	ok = !parse(image, size);
	free(image);
	return ok;
}

/* Networks: 0 holds 1, 2 lies apart; terminals: 0 and 1 apart. */
TEST(roles_share_a_uid_that_something_parts)
{
	static const struct {
		struct seki_bundle_login a, b;
		bool fit;
	} row[] = {
		{ { 5010, 5019, NOC, 0, 0, 1, 0 }, { 5015, 5015, OPS, 0, 0, 4, 0 }, true },
		{ { 5010, 5019, NOC, 0, 0, 1, 0 }, { 5015, 5015, OPS, 0, 0, 2, 0 }, false },
		{ { 5010, 5019, NOC, 0, 0, 2, 0 }, { 5015, 5015, OPS, 0, 0, 5, 0 }, false },
		{ { 5010, 5019, NOC, 0, 0, 1, 0 }, { 5015, 5015, OPS, 0, 0, 0, 1 }, false },
		{ { 5010, 5019, NOC, 0, 0, 1, 1 }, { 5015, 5015, OPS, 0, 0, 2, 2 }, true },
		{ { 5010, 5019, NOC, 0, 0, 0, 1 }, { 5015, 5015, OPS, 0, 0, 0, 3 }, false },
		{ { 5010, 5019, NOC, 1, 0, 0, 0 }, { 5015, 5015, OPS, 2, 0, 0, 0 }, true },
		{ { 5010, 5019, NOC, 1, 0, 0, 0 }, { 5015, 5015, OPS, 0, 0, 0, 0 }, false },
		{ { 5010, 5019, NOC, 0, 0, 0, 0 }, { 5020, 5020, OPS, 0, 0, 0, 0 }, true },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		harness_row = row[i].fit ? "fit" : "do not fit";
		EXPECT_EQ(row[i].fit, fits_beside(&row[i].a, &row[i].b));
	}
}

TEST(bad_networks_and_terminals_refused)
{
	static const struct {
		struct seki_bundle_network n;
		struct seki_bundle_terminal t; /* .name: 1, there is one */
		bool ok;
	} row[] = {
		{ { { 0x20, 1 }, 16, 0 }, { 1, 7, 7, 0 }, true },
		{ { { 0x20, 1 }, 8, 0 }, { 1, 7, 7, 0 }, false },
		{ { { 0x20, 1 }, 129, 0 }, { 1, 7, 7, 0 }, false },
		{ { { 0 }, 0, 0 }, { 1, 7, 7, 0 }, false }, /* both kinds */
		{ { { 0 }, 80, 0 }, { 1, 7, 7, 0 }, false },
		{ { { 0 }, 96, 0 }, { 1, 7, 7, 0 }, true },
		{ { { 0x20, 1 }, 16, 0 }, { 1, 8, 7, 0 }, false },
		{ { { 0x20, 1 }, 16, 0 }, { 1, 0, 7, 0 }, false },
		{ { { 0x20, 1 }, 16, 0 }, { 0, 7, 7, 0 }, false },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct seki_builder *b = begin();
		struct seki_bundle_terminal t = row[i].t;
		size_t size;
		void *image;

		t.name = t.name ? seki_builder_string(b, "tty1") : 0;
		seki_builder_add(b, SEKI_SECTION_NETWORKS, &row[i].n);
		seki_builder_add(b, SEKI_SECTION_TERMINALS, &t);
		ASSERT_EQ(0, seki_builder_finish(b, &image, &size));
		seki_builder_free(b);
		EXPECT_EQ(row[i].ok, !parse(image, size));
		free(image);
	}
}

/* Exact-size copies, so that the sanitizer sees a read past the end. */
TEST(cut_at_every_byte_refused)
{
	size_t size;
	char *image = make(&size);

	for (size_t n = 0; n < size; n++) {
		char *cut = malloc(n ? n : 1);

		memcpy(cut, image, n);
		EXPECT_EQ(-EBADMSG, parse(cut, n));
		free(cut);
	}
	free(image);
}

TEST(altered_at_every_byte_refused)
{
	size_t size;
	char *image = make(&size);

	for (size_t i = 0; i < size; i++)
		for (int bit = 0; bit < 8; bit++) {
			image[i] ^= (char)(1 << bit);
			EXPECT_EQ(-EBADMSG, parse(image, size));
			image[i] ^= (char)(1 << bit);
		}
	EXPECT_EQ(0, parse(image, size));
	free(image);
}

TEST(longer_than_said_refused)
{
	size_t size;
	char *image = make(&size);
	char *longer = calloc(1, size + 8);

	memcpy(longer, image, size);
	EXPECT_EQ(-EBADMSG, parse(longer, size + 8));
	free(longer);
	free(image);
}

/* With the digest made right again: whoever can compute one gains nothing.
 * Every 32-bit word is set to values that are too big or point elsewhere; what
 * is accepted must be usable, which the walk below and the sanitizers judge.
 */
static size_t file_length(const struct seki_bundle *b, __u32 where)
{
	const char *file = seki_bundle_file(b, where);

	ASSERT_TRUE(!file == !(where >> SEKI_LINE_BITS));
	return file ? strlen(file) : 0;
}

static size_t container(const struct seki_bundle *b, __u32 i)
{
	char *labels = seki_bundle_container_labels(b, &b->domains[i]);
	size_t sum = strlen(labels) + strlen(seki_bundle_string(b, b->domains[i].container)) +
		     strlen(seki_bundle_string(b, b->domains[i].image));

	free(labels);
	return sum;
}

static void walk(const struct seki_bundle *b)
{
	size_t sum = 0;

	for (__u32 i = 0; i < b->n_domains; i++)
		sum += strlen(seki_bundle_string(b, b->domains[i].name)) +
		       strlen(seki_bundle_string(b, b->domains[i].exec)) +
		       strlen(seki_bundle_string(b, b->domains[i].unit)) +
		       strlen(seki_bundle_string(b, b->domains[i].cgroup)) +
		       (size_t)seki_bundle_string(b, b->domains[i].argv)[0] + container(b, i);
	for (__u32 i = 0; i < b->n_labels; i++)
		sum += strlen(seki_bundle_string(b, b->labels[i].name)) +
		       file_length(b, b->labels[i].line);
	for (__u32 i = 0; i < b->n_paths; i++) {
		sum += strlen(seki_bundle_string(b, b->paths[i].path)) +
		       file_length(b, b->paths[i].line);
		ASSERT_TRUE(seki_bundle_label_name(b, b->paths[i].label));
	}
	for (__u32 i = 0; i < b->n_rules; i++)
		sum += file_length(b, b->rules[i].line);
	for (__u32 i = 0; i < b->n_cells; i++) {
		ASSERT_TRUE(seki_bundle_domain_name(b, b->cells[i].domain));
		ASSERT_TRUE(seki_bundle_label_name(b, b->cells[i].label));
		ASSERT_TRUE(!b->cells[i].cell.rule || seki_bundle_rule(b, b->cells[i].cell.rule));
	}
	EXPECT_LE(0, (long long)sum);
}

TEST(forged_digest_never_leads_astray)
{
	static const __u32 values[] = { 0, 1, 7, 0x7fffffff, 0xffffffff, 0x10000, 119, 4096 };
	size_t size;
	char *image = make(&size);
	struct seki_bundle_head *h = (void *)image;

	for (size_t at = 40; at + 4 <= size; at += 2) {
		for (size_t v = 0; v < sizeof(values) / sizeof(*values); v++) {
			struct seki_bundle b;
			const char *err;
			__u32 old;

			memcpy(&old, image + at, 4);
			memcpy(image + at, &values[v], 4);
			seki_bundle_digest(image, size, h->digest);
			if (!seki_bundle_parse(image, size, &b, &err))
				walk(&b);
			memcpy(image + at, &old, 4);
		}
	}
	free(image);
}

TEST(written_file_is_whole_and_readable)
{
	char dir[] = "/tmp/seki-bundle-XXXXXX", path[64];
	size_t size;
	char *image = make(&size);
	struct seki_bundle b;
	const char *err = NULL;
	struct stat st;

	ASSERT_TRUE(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/policy.bundle", dir);
	ASSERT_EQ(0, seki_bundle_write(path, image, size));
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_EQ(0100644, st.st_mode);
	ASSERT_EQ(0, seki_bundle_read(path, &b, &err));
	seki_bundle_close(&b);
	EXPECT_EQ(-EISDIR, seki_bundle_read(dir, &b, &err));
	EXPECT_EQ(-EISDIR, seki_bundle_write(dir, image, size));
	unlink(path);
	EXPECT_EQ(-ENOENT, seki_bundle_read(path, &b, &err));
	EXPECT_EQ(0, rmdir(dir)); /* no temporary file left */
	free(image);
}

HARNESS_MAIN
