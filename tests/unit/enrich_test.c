// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/enrich.h"

#include "tests/harness.h"
#include "tests/unit/events.h"
#include "userspace/policy/bundle_write.h"

static char dir[64];

static void put(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file_put(path, text);
}

static void make_host(void)
{
	static const char *const dirs[] = { "run", "run/systemd", "run/systemd/sessions", "etc" };
	char path[128];

	temp_dir(dir);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, dirs[i]);
		mkdir(path, 0755);
	}
	put("etc/passwd", "root:x:0:0::/root:/bin/sh\n\nbroken\nope:x:1000:1000::/:/bin/sh\n");
	put("run/systemd/sessions/3",
	    "# private\nUID=1000\nUSER=ope\nREMOTE=1\nREMOTE_HOST=192.0.2.7\n"
	    "SERVICE=sshd\nLEADER=1090\n");
}

TEST(session_is_read_from_logind)
{
	struct seki_people p;
	const struct seki_person *who;

	make_host();
	seki_people_open(&p, dir);
	who = seki_people_session(&p, 3, 0, 1);
	ASSERT_TRUE(who);
	EXPECT_STREQ("ope", who->user);
	EXPECT_STREQ("192.0.2.7", who->from);
	EXPECT_STREQ("sshd", who->service);
	EXPECT_EQ(1090, who->leader);
	EXPECT_STREQ("ope", seki_people_user(&p, 1000, 1));
	EXPECT_STREQ("root", seki_people_user(&p, 0, 1));
	EXPECT_TRUE(!seki_people_user(&p, 7, 1));
	EXPECT_TRUE(!seki_people_user(&p, SEKI_NOBODY, 1));
	seki_people_close(&p);
}

TEST(first_answer_is_kept)
{
	struct seki_people p;
	const struct seki_person *who;

	make_host();
	seki_people_open(&p, dir);
	ASSERT_TRUE(seki_people_session(&p, 3, 0, 1));
	/* root rewrites who he is */
	put("run/systemd/sessions/3", "USER=somebody\nREMOTE_HOST=198.51.100.1\n");
	who = seki_people_session(&p, 3, 0, 100000000000);
	ASSERT_TRUE(who);
	EXPECT_STREQ("ope", who->user);
	EXPECT_STREQ("192.0.2.7", who->from);
	seki_people_close(&p);
}

TEST(where_a_login_comes_from_the_kernel_tells)
{
	static const uint8_t address[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 7 };
	struct seki_people p;
	const struct seki_person *who;

	make_host();
	seki_people_open(&p, dir);
	seki_people_came(&p, 3, address);
	who = seki_people_session(&p, 3, 0, 1);
	ASSERT_TRUE(who);
	EXPECT_STREQ("2001:db8::7", who->from); /* not what the file says */
	EXPECT_STREQ("sshd", who->service);
	/* gone before anybody asked */
	seki_people_came(&p, 4, address);
	who = seki_people_session(&p, 4, 0, 1);
	ASSERT_TRUE(who);
	EXPECT_STREQ("2001:db8::7", who->from);
	EXPECT_TRUE(seki_people_session(&p, 4, 0, 2) == who);
	EXPECT_TRUE(!seki_people_session(&p, 5, 0, 1));
	seki_people_close(&p);
}

TEST(late_session_file_is_found)
{
	struct seki_people p;

	make_host();
	seki_people_open(&p, dir);
	EXPECT_TRUE(!seki_people_session(&p, 4, 0, 1));
	put("run/systemd/sessions/4", "USER=ope\n");
	EXPECT_TRUE(!seki_people_session(&p, 4, 0, 2)); /* not asked each time */
	EXPECT_TRUE(seki_people_session(&p, 4, 0, 1000000000));
	seki_people_close(&p);
}

TEST(terminals_have_names)
{
	static const struct {
		unsigned int major, minor;
		const char *name;
	} rows[] = {
		{ 136, 0, "pts/0" }, { 136, 300, "pts/300" }, { 137, 1, "pts/257" },
		{ 4, 1, "tty1" },    { 4, 64, "ttyS0" },      { 5, 1, "console" },
		{ 229, 0, "hvc0" },  { 204, 64, "204:64" },   { 0, 0, "" },
	};
	char text[SEKI_TTY_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		seki_tty_text(rows[i].major << 20 | rows[i].minor, text);
		EXPECT_STREQ(rows[i].name, text);
	}
}

TEST(program_digest_needs_the_same_file)
{
	struct seki_programs p;
	struct seki_path_text path = { 0 };
	const struct seki_program *prog;
	char file[80];
	struct stat st;

	snprintf(file, sizeof(file), "%s/prog", temp_dir(dir));
	path.len = strlen(file);
	memcpy(path.text, file, path.len);
	file_put(file, "abc");
	chmod(file, 0755);
	ASSERT_EQ(0, stat(file, &st));
	ASSERT_EQ(0, seki_programs_open(&p, true));
	seki_programs_learn(&p, seki_dev_kernel(st.st_dev), st.st_ino, 0, &path);
	prog = seki_programs_find(&p, seki_dev_kernel(st.st_dev), st.st_ino, 0, 1);
	ASSERT_TRUE(prog);
	EXPECT_STREQ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		     prog->sha256);
	/* altered: seen at the next look, a second later */
	file_put(file, "abcd");
	prog = seki_programs_find(&p, seki_dev_kernel(st.st_dev), st.st_ino, 0, 3000000000);
	EXPECT_STREQ("88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589",
		     prog->sha256);
	chmod(file, 0700);
	prog = seki_programs_find(&p, seki_dev_kernel(st.st_dev), st.st_ino, 0, 6000000000);
	EXPECT_STREQ("", prog->sha256);
	EXPECT_STREQ("not-world-readable", prog->why);
	unlink(file);
	prog = seki_programs_find(&p, seki_dev_kernel(st.st_dev), st.st_ino, 0, 9000000000);
	EXPECT_STREQ("gone", prog->why);
	EXPECT_TRUE(!seki_programs_find(&p, seki_dev_kernel(st.st_dev), st.st_ino + 1, 0, 1));
	seki_programs_close(&p);
}

/* A bundle with one label, one domain, one rule. */
static const char *make_bundle(__u32 version, __u8 ret_digest[32])
{
	static char paths[2][80];
	char *path = paths[version & 1];
	struct seki_builder *b = seki_builder_new();
	struct seki_bundle_meta meta = { .name = seki_builder_string(b, "test"),
					 .version = version };
	struct seki_bundle_domain d = { .id = 8, .name = seki_builder_string(b, "hlr") };
	struct seki_bundle_label l = { .id = SEKI_LABEL_FIRST,
				       .kind = SEKI_KIND_DATA,
				       .name = seki_builder_string(b, "hlr.data") };
	struct seki_bundle_rule r = { .line = 12,
				      .severity = 3,
				      .text = seki_builder_string(b, "hlr owns hlr.data"),
				      .controls = seki_builder_string(b, "X-1 X-2") };
	void *image;
	size_t size;

#define X(name_, id_, word_)                                                                   \
	{                                                                                      \
		struct seki_bundle_domain builtin = { .id = id_,                               \
						      .name = seki_builder_string(b, word_) }; \
		seki_builder_add(b, SEKI_SECTION_DOMAINS, &builtin);                           \
	}
	SEKI_DOMAIN_LIST(X)
#undef X
#define X(name_, id_, word_)                                                                  \
	{                                                                                     \
		struct seki_bundle_label builtin = { .id = id_,                               \
						     .name = seki_builder_string(b, word_) }; \
		seki_builder_add(b, SEKI_SECTION_LABELS, &builtin);                           \
	}
	SEKI_LABEL_LIST(X)
#undef X
	meta.site = seki_builder_string(b, "tokyo-1");
	seki_builder_add(b, SEKI_SECTION_META, &meta);
	seki_builder_add(b, SEKI_SECTION_DOMAINS, &d);
	seki_builder_add(b, SEKI_SECTION_LABELS, &l);
	seki_builder_add(b, SEKI_SECTION_RULES, &r);
	ASSERT_EQ(0, seki_builder_finish(b, &image, &size));
	memcpy(ret_digest, ((struct seki_bundle_head *)image)->digest, 32);
	snprintf(path, sizeof(paths[0]), "%s/bundle-%u", temp_dir(dir), version);
	ASSERT_EQ(0, seki_bundle_write(path, image, size));
	free(image);
	seki_builder_free(b);
	return path;
}

TEST(names_come_from_the_bundle_in_force_only)
{
	struct seki_names n = { 0 };
	struct seki_meta meta = { .generation = 1 };
	char scratch[SEKI_NUMBER_TEXT], site[65] = "";
	const struct seki_policy *p;
	const char *why;

	n.path = make_bundle(7, meta.digest);
	EXPECT_EQ(1, seki_names_update(&n, &meta, &why));
	EXPECT_TRUE(!why);
	EXPECT_EQ(0, seki_names_update(&n, &meta, &why));
	p = seki_names_policy(&n, 1);
	ASSERT_TRUE(p && p->words);
	EXPECT_STREQ("hlr", seki_policy_domain(p, 8, scratch));
	EXPECT_STREQ("hlr.data", seki_policy_label(p, SEKI_LABEL_FIRST, scratch));
	EXPECT_STREQ("#65", seki_policy_label(p, 65, scratch));
	EXPECT_STREQ("other", seki_policy_domain(NULL, 0, scratch));
	seki_names_site(&n, site, sizeof(site));
	EXPECT_STREQ("tokyo-1", site);

	/* the next generation is another policy: its bundle is not there yet */
	meta.generation = 2;
	meta.digest[0] ^= 1;
	EXPECT_LT(seki_names_update(&n, &meta, &why), 0);
	EXPECT_TRUE(why);
	EXPECT_FALSE(seki_names_policy(&n, 2)->words);
	EXPECT_STREQ("#64", seki_policy_label(seki_names_policy(&n, 2), SEKI_LABEL_FIRST, scratch));
	/* events of the first one still have their words */
	EXPECT_STREQ("hlr.data",
		     seki_policy_label(seki_names_policy(&n, 1), SEKI_LABEL_FIRST, scratch));
	/* the loader comes to it */
	meta.digest[0] ^= 1;
	n.policy[0].meta.digest[0] ^= 1;
	EXPECT_EQ(0, seki_names_update(&n, &meta, &why));
	EXPECT_STREQ("hlr.data",
		     seki_policy_label(seki_names_policy(&n, 2), SEKI_LABEL_FIRST, scratch));
	EXPECT_TRUE(!seki_names_policy(&n, 9));
	seki_names_close(&n);
}

/* The kernel alone brought the policy before back; nobody has tidied the files. */
TEST(names_after_a_trial_come_from_the_bundle_before)
{
	struct seki_names n = { 0 };
	struct seki_meta meta = { .generation = 3 };
	char scratch[SEKI_NUMBER_TEXT];
	const char *why;

	n.path = make_bundle(8, meta.digest);
	n.previous = make_bundle(7, meta.digest);
	EXPECT_EQ(1, seki_names_update(&n, &meta, &why));
	EXPECT_TRUE(!why);
	EXPECT_STREQ("hlr", seki_policy_domain(seki_names_policy(&n, 3), 8, scratch));
	meta.generation = 4;
	meta.digest[0] ^= 1;
	EXPECT_LT(seki_names_update(&n, &meta, &why), 0);
	EXPECT_STREQ("the bundle is not the policy in force", why);
	seki_names_close(&n);
}

TEST(event_gets_its_words)
{
	static struct seki_knowledge k = { .mounts.fd = -1 };
	static struct seki_facts f;
	struct seki_meta meta = { .generation = 1 };
	struct seki_access_event a = event_denied();
	struct seki_decoded d = { .e = &a.e, .access = &a };
	const char *why;

	k.names.path = make_bundle(7, meta.digest);
	seki_names_update(&k.names, &meta, &why);
	make_host();
	seki_people_open(&k.people, dir);
	seki_programs_open(&k.programs, false);
	a.e.domain = 8;
	a.label = SEKI_LABEL_FIRST;
	a.target_pid = 5;
	a.target_domain = 9;
	ASSERT_EQ(0, seki_enrich(&k, &d, &f));
	EXPECT_STREQ("hlr", f.domain);
	EXPECT_STREQ("#9", f.target_domain);
	EXPECT_STREQ("hlr.data", f.label);
	EXPECT_EQ(SEKI_KIND_DATA, f.label_kind);
	EXPECT_STREQ("ope", f.login);
	EXPECT_STREQ("pts/0", f.tty);
	ASSERT_TRUE(f.rule);
	EXPECT_EQ(12, f.rule->line);
	ASSERT_TRUE(f.person);
	EXPECT_STREQ("192.0.2.7", f.person->from);
	seki_names_close(&k.names);
	seki_people_close(&k.people);
	seki_programs_close(&k.programs);
}

HARNESS_MAIN
