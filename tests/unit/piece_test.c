// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A record made of pieces is the record: all sorts of events, while accounts,
 * programs, policy and segments change, are written once with pieces and once
 * without, and compared byte by byte.
 */
#include "userspace/collector/piece.h"

#include "tests/harness.h"
#include "tests/unit/events.h"
#include "userspace/collector/record.h"

#define RECORDS 20000

static struct seki_host host = { .id = "0123456789abcdef",
				 .boot = "00112233445566778899aabbccddeeff" };
static struct seki_clock clock_ = { .sync = true, .checked = 1, .second = -1 };
static struct seki_knowledge know;
static struct seki_controls controls;
static struct seki_said said[2];
static struct seki_pieces pieces;
static char dir[64];
static unsigned int hits;

static uint32_t below(uint32_t n)
{
	static uint64_t x = 1;

	x = x * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(x >> 33) % n;
}

#define ONE_OF(array) ((array)[below(sizeof(array) / sizeof((array)[0]))])

static void put(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file_put(path, text);
}

static void put_accounts(const char *operator_)
{
	char text[128];

	snprintf(text, sizeof(text), "root:x:0:0::/:/bin/sh\n%s:x:1000:1000::/:/bin/sh\n",
		 operator_);
	put("etc/passwd", text);
}

static void put_policy(unsigned int generation)
{
	struct seki_policy *p = &know.names.policy[generation & 1];

	memset(p, 0, sizeof(*p));
	p->meta = (struct seki_meta){ .name = "osmo-hlr", .generation = generation };
	p->meta.policy_version = generation;
	memcpy(p->digest, "9f2c410000000000", 17);
	p->label[SEKI_LABEL_FIRST] = generation & 1 ? "hlr.data" : "hlr.keys";
	p->kind[SEKI_LABEL_FIRST] = generation & 1 ? SEKI_KIND_DATA : SEKI_KIND_KEYS;
	p->domain[SEKI_DOMAIN_FIRST] = "hlr";
	know.names.generation = generation;
	know.names.changes++;
}

static void make_host(void)
{
	static const char *const dirs[] = { "etc", "run", "run/systemd", "run/systemd/sessions" };
	char path[128], err[256];

	temp_dir(dir);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, dirs[i]);
		mkdir(path, 0755);
	}
	put_accounts("oper");
	put("run/systemd/sessions/3", "USER=oper\nREMOTE_HOST=10.0.2.2\nSERVICE=sshd\n");
	put("mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n");
	snprintf(path, sizeof(path), "%s/mountinfo", dir);
	seki_mounts_open(&know.mounts, path);
	seki_people_open(&know.people, dir);
	ASSERT_EQ(0, seki_programs_open(&know.programs, false));
	if (seki_controls_load("policies/controls/mapping.json", &controls, err, sizeof(err)))
		HARNESS_FAIL("%s", err);
}

/* What a live collector would find in the file. */
static void put_program(uint64_t ino, const char *path, char digit, uint64_t now)
{
	struct seki_path_text text = { .len = strlen(path) };
	struct seki_program *p;

	memcpy(text.text, path, text.len);
	seki_programs_learn(&know.programs, ROOT_DEV, ino, 0, &text);
	p = (struct seki_program *)seki_programs_find(&know.programs, ROOT_DEV, ino, 0, now);
	ASSERT_TRUE(p);
	memset(p->sha256, digit, 64);
	p->why = NULL;
	p->checked = now + SEKI_NS * 1000000;
	know.programs.changes++;
}

/* One field at a time: a key that lacks it would find the text of before. */
static void vary(struct seki_event *e)
{
	static const uint32_t people[] = { SEKI_NOBODY, 1000, 0 };
	static const uint32_t audits[] = { SEKI_NOBODY, 3, 4 };
	static const char *const comms[] = { "cat", "c\"t", "sh" };
	static const __u16 domains[] = { SEKI_DOMAIN_OTHER, SEKI_DOMAIN_FIRST, 99 };

	switch (below(12)) {
	case 0:
		e->flags ^= SEKI_EVENT_MARKED;
		break;
	case 1:
		e->flags ^= SEKI_EVENT_KTHREAD;
		break;
	case 2:
		e->session = below(3);
		break;
	case 3:
		e->loginuid = ONE_OF(people);
		break;
	case 4:
		e->audit_session = ONE_OF(audits);
		break;
	case 5:
		e->uid = 1000 * below(2);
		break;
	case 6:
		e->euid = 1000 * below(2);
		break;
	case 7:
		e->gid = 1000 * below(2);
		break;
	case 8:
		e->tty ^= 136u << 20;
		break;
	case 9:
		e->exe_ino = 55 + below(3);
		break;
	case 10:
		e->domain = ONE_OF(domains);
		break;
	default:
		name_set(e->comm, sizeof(e->comm), ONE_OF(comms));
	}
}

static void vary_access(struct seki_access_event *a)
{
	static const __u8 errors[] = { 0, 1, 11 };
	static const __u16 labels[] = { SEKI_LABEL_FIRST, 16, 999 };

	switch (below(16)) {
	case 0:
		a->hook = below(2) ? SEKI_HOOK_file_open : SEKI_HOOK_inode_unlink;
		break;
	case 1:
		a->verdict = (__u8)(SEKI_DENIED + below(3));
		break;
	case 2:
		a->reason = (__u8)below(3);
		break;
	case 3:
		a->error = ONE_OF(errors);
		break;
	case 4:
		a->label = ONE_OF(labels);
		break;
	case 5:
		a->rule = below(3);
		break;
	case 6:
		a->want = 1 + below(3);
		break;
	case 7:
		a->missing = 1 + below(3);
		break;
	case 8: /* a power has a label and no file: the object ends behind it */
		a->object.ino = a->object.ino ? 0 : 7;
		a->mode = a->object.ino ? S_IFREG | 0600 : 0;
		a->path.depth = 0;
		break;
	default:
		vary(&a->e);
	}
}

static size_t write_one(const struct seki_facts *f, bool with, char ret[SEKI_LINE_MAX])
{
	struct seki_buf b = { .data = ret, .cap = SEKI_LINE_MAX };
	struct seki_record r;

	ASSERT_EQ(0, seki_record_build(f, true, &r));
	r.said = &said[with];
	r.pieces = with ? &pieces : NULL;
	if (with)
		seki_pieces_now(&pieces, &know, &said[with]);
	if (!seki_record_known(&r))
		seki_record_control(&controls, &r);
	else
		hits++;
	ASSERT_EQ(0, seki_record_write(&r, &host, &clock_, &b));
	ret[b.len] = '\0';
	return b.len;
}

static void compare(const void *event, size_t size)
{
	static char one[SEKI_LINE_MAX], two[SEKI_LINE_MAX];
	static struct seki_facts facts;
	struct seki_decoded d;
	const char *why;

	ASSERT_EQ(0, seki_decode(event, size, &d, &why));
	seki_enrich(&know, &d, &facts);
	write_one(&facts, false, one);
	write_one(&facts, true, two);
	EXPECT_STREQ(one, two);
}

/* A segment ends, an account is renamed, a program replaced, a policy loaded. */
static void change(unsigned int i, uint64_t now)
{
	if (i % 1300 == 0) {
		seki_said_forget(&said[0]);
		seki_said_forget(&said[1]);
	}
	if (i % 3000 == 1)
		put_accounts(i / 3000 & 1 ? "oper" : "ope");
	if (i % 700 == 2)
		put_program(55 + below(2), below(2) ? "/usr/bin/cat" : "/usr/bin/c\"t",
			    (char)('0' + below(9)), now);
	/* The words of a policy may come after its first records. */
	if (i % 1700 == 4) {
		know.names.policy[know.names.generation & 1].label[SEKI_LABEL_FIRST] = "late.data";
		know.names.changes++;
	}
	if (i % 2500 == 3)
		put_policy(know.names.generation + 1);
}

TEST(records_are_the_same_with_pieces)
{
	struct seki_access_event a = event_denied();
	struct seki_exec_event x = event_exec();
	uint64_t now = a.e.time_ns;

	make_host();
	put_policy(2);
	for (unsigned int i = 0; i < RECORDS; i++, now += SEKI_NS / 1000) {
		change(i, now);
		if (!below(8))
			vary_access(&a);
		if (!below(8))
			vary(&x.e);
		a.e.time_ns = x.e.time_ns = now;
		a.e.generation = x.e.generation = know.names.generation - below(2);
		if (below(8))
			compare(&a, sizeof(a));
		else
			compare(&x, sizeof(x));
	}
	printf("# the act of %u of %u records was known\n", hits, RECORDS);
	EXPECT_TRUE(hits > RECORDS / 4);
	seki_programs_close(&know.programs);
	seki_people_close(&know.people);
	seki_mounts_close(&know.mounts);
	seki_controls_free(&controls);
}

/* A refusal of one session again and again: everything is known from the second on. */
TEST(what_comes_again_is_known)
{
	struct seki_access_event a = event_denied();

	memset(&know, 0, sizeof(know));
	hits = 0;
	make_host();
	put_policy(1);
	for (unsigned int i = 0; i < 100; i++) {
		a.e.pid = a.e.tid = 1000 + i;
		a.e.time_ns++;
		compare(&a, sizeof(a));
	}
	EXPECT_TRUE(hits >= 97);
	seki_programs_close(&know.programs);
	seki_people_close(&know.people);
	seki_mounts_close(&know.mounts);
	seki_controls_free(&controls);
}

HARNESS_MAIN
