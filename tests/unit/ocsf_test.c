// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every record class in OCSF form, each field against the table of OCSF's names.
 */
#include "userspace/forward/ocsf.h"

#include <openssl/sha.h>
#include <stdlib.h>

#include "tests/harness.h"
#include "userspace/reader/field.h"

#define TABLE "tests/unit/ocsf.tsv"
#define HEAD                                                                                \
	"\"v\":1,\"id\":\"00112233aabbccdd:c6e144c3170f:42\",\"t\":\"2026-11-21T02:49:"     \
	"59.894084510+00:00\",\"clock\":\"sync\",\"policy\":{\"name\":\"p\",\"version\":1," \
	"\"digest\":\"e106\"},\"controls\":[\"MIC3-IV.1.1.12\"]"
#define WHO                                                                                   \
	"\"who\":{\"mark\":true,\"session\":\"45c\",\"auid\":1000,\"name\":\"oper\","         \
	"\"uid\":0,\"user\":\"root\",\"tty\":\"pts/0\",\"from\":\"10.0.2.2\",\"service\":"    \
	"\"sshd\"},\"proc\":{\"pid\":226,\"ppid\":225,\"comm\":\"cat\",\"domain\":\"other\"," \
	"\"exe\":\"/usr/bin/cat\",\"sha256\":\"aa\",\"anc\":[\"225 sh\",\"1 systemd\"]}"
#define ACCESS(verdict, rest)                                                       \
	"{" HEAD "," WHO                                                            \
	",\"class\":\"access\",\"act\":\"a\",\"hook\":\"h\",\"verdict\":\"" verdict \
	"\",\"reason\":\"default\",\"err\":\"EPERM\"," rest "}"

/* clang-format off */
static const struct row {
	const char *record;
	int class_, activity;
} rows[] = {
	{ ACCESS("denied", "\"access\":[\"read\"],\"obj\":{\"label\":\"hlr.data\","
		 "\"path\":\"/d/x\",\"dev\":\"254:0\",\"ino\":9}"), 1001, 2 },
	{ ACCESS("allowed", "\"access\":[\"write\"],\"obj\":{\"dev\":\"254:0\",\"ino\":9}"), 1001, 3 },
	{ ACCESS("denied", "\"access\":[\"mount\"],\"obj\":{\"path\":\"/d\"}"), 1001, 99 },
	{ ACCESS("denied", "\"access\":[\"connect\"],\"obj\":{\"addr\":\"127.0.0.1\","
		 "\"port\":4258}"), 4001, 1 },
	{ ACCESS("would-deny", "\"access\":[\"inspect\"],\"obj\":{\"pid\":9,\"comm\":\"hlr\"}"), 1007, 3 },
	{ ACCESS("denied", "\"access\":[\"use\"],\"obj\":{\"label\":\"kernel.module\","
		 "\"kind\":\"builtin\"}"), 1003, 4 },
	{ "{" HEAD "," WHO ",\"class\":\"exec\",\"act\":\"start a program\",\"exec\":{\"path\":"
	  "\"/usr/bin/cat\",\"argv\":[\"cat\",\"a b\"]}}", 1007, 1 },
	{ "{" HEAD "," WHO ",\"class\":\"session\",\"act\":\"operator session begins\"}", 3002, 1 },
	{ "{" HEAD "," WHO ",\"class\":\"session\",\"act\":\"ticket declared\",\"ticket\":\"CHG-7\"}", 0, 99 },
	{ "{" HEAD ",\"who\":{\"uid\":0},\"class\":\"session\",\"act\":\"x\"}", 3002, 1 },
	{ "{" HEAD "," WHO ",\"class\":\"policy\",\"act\":\"x\",\"bundle\":{\"name\":\"n\","
	  "\"version\":2,\"digest\":\"ab\"}}", 3004, 3 },
	{ "{" HEAD ",\"class\":\"loss\",\"act\":\"events lost\",\"sev\":\"high\"}", 2004, 1 },
	{ "{" HEAD ",\"class\":\"change\",\"act\":\"baseline differs\"}", 2004, 1 },
	{ "{" HEAD ",\"class\":\"integrity\",\"act\":\"enforcement-lost\"}", 2004, 1 },
	{ "{" HEAD ",\"class\":\"heartbeat\",\"act\":\"alive\",\"host\":\"h\"}", 6002, 99 },
	{ "{" HEAD ",\"class\":\"lifecycle\",\"act\":\"collector starts\"}", 6002, 3 },
	{ "{" HEAD ",\"class\":\"lifecycle\",\"act\":\"collector stops\"}", 6002, 4 },
	{ "{" HEAD ",\"class\":\"of a later version\",\"act\":\"x\"}", 0, 99 },
	{ "{}", 0, 99 },
};
/* clang-format on */

struct name {
	char object[32], attribute[32], type[32], need[16];
};
static struct name names[400];
static size_t count;

static void read_table(void)
{
	FILE *f = fopen(TABLE, "re");
	char line[160];

	ASSERT_TRUE(f);
	while (fgets(line, sizeof(line), f)) {
		struct name *n = &names[count];

		if (line[0] == '#')
			continue;
		ASSERT_EQ(4, sscanf(line, "%31s %31s %31s %15s", n->object, n->attribute, n->type,
				    n->need));
		count++;
		ASSERT_LT(count, 400);
	}
	fclose(f);
}

static const struct name *find(const char *object, const char *attribute)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i].object, object) && !strcmp(names[i].attribute, attribute))
			return &names[i];
	return NULL;
}

static void judge(const char *type, json_t *value);

static void judge_object(const char *object, const char *class, json_t *value)
{
	const char *key;
	json_t *inner;

	ASSERT_TRUE(json_is_object(value));
	json_object_foreach(value, key, inner) {
		const struct name *n = find(object, key) ?: class ? find(class, key) : NULL;

		if (!n)
			HARNESS_FAIL("no attribute %s in %s %s", key, object, class ?: "");
		else
			judge(n->type, inner);
	}
	for (size_t i = 0; i < count; i++)
		if ((!strcmp(names[i].object, object) || !strcmp(names[i].object, class ?: "")) &&
		    !strcmp(names[i].need, "required") &&
		    !json_object_get(value, names[i].attribute))
			HARNESS_FAIL("%s %s without %s", object, class ?: "", names[i].attribute);
}

static void judge(const char *type, json_t *value)
{
	char item[32];
	json_t *inner;
	size_t i;

	if (!strcmp(type, "any"))
		return;
	if (!strcmp(type, "int"))
		EXPECT_TRUE(json_is_integer(value));
	else if (!strcmp(type, "text"))
		EXPECT_TRUE(json_is_string(value) && *json_string_value(value));
	else if (!strcmp(type, "bool"))
		EXPECT_TRUE(json_is_boolean(value));
	else if (type[0] != '[')
		judge_object(type, NULL, value);
	else {
		ASSERT_TRUE(json_array_size(value));
		snprintf(item, sizeof(item), "%.*s", (int)strlen(type) - 2, type + 1);
		json_array_foreach(value, i, inner)
			judge(item, inner);
	}
}

TEST(each_field_is_one_of_ocsf)
{
	read_table();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *r = json_loads(rows[i].record, 0, NULL), *e;
		char class[16];

		harness_row = rows[i].record;
		ASSERT_TRUE(r);
		e = seki_ocsf_event(r, i, rows[i].record);
		ASSERT_TRUE(e);
		EXPECT_EQ(rows[i].class_, seki_field_int(e, "class_uid"));
		EXPECT_EQ(rows[i].activity, seki_field_int(e, "activity_id"));
		EXPECT_EQ(rows[i].class_ * 100 + rows[i].activity, seki_field_int(e, "type_uid"));
		EXPECT_EQ(rows[i].class_ / 1000, seki_field_int(e, "category_uid"));
		EXPECT_STREQ(rows[i].record, seki_field(e, "raw_data"));
		if (json_object_size(r)) {
			snprintf(class, sizeof(class), "%d", rows[i].class_);
			judge_object("event", class, e);
		}
		json_decref(e);
		json_decref(r);
	}
}

TEST(verdict_becomes_action_and_disposition)
{
	static const struct {
		const char *record;
		int action, disposition, status;
	} verdicts[] = {
		{ ACCESS("denied", "\"access\":[]"), 2, 2, 2 },
		{ ACCESS("would-deny", "\"access\":[]"), 1, 17, 1 },
		{ ACCESS("allowed", "\"access\":[]"), 1, 1, 1 },
	};

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		json_t *r = json_loads(verdicts[i].record, 0, NULL);
		json_t *e = seki_ocsf_event(r, 0, "");

		EXPECT_EQ(verdicts[i].action, seki_field_int(e, "action_id"));
		EXPECT_EQ(verdicts[i].disposition, seki_field_int(e, "disposition_id"));
		EXPECT_EQ(verdicts[i].status, seki_field_int(e, "status_id"));
		EXPECT_EQ(1795229399894, seki_field_int(e, "time"));
		json_decref(e);
		json_decref(r);
	}
}

TEST(start_names_the_process_above_as_its_actor)
{
	json_t *r = json_loads(rows[6].record, 0, NULL), *e = seki_ocsf_event(r, 0, "");

	EXPECT_EQ(225, seki_field_int(e, "actor.process.pid"));
	EXPECT_STREQ("sh", seki_field(e, "actor.process.name"));
	EXPECT_STREQ("oper", seki_field(e, "actor.user.name"));
	EXPECT_EQ(226, seki_field_int(e, "process.pid"));
	EXPECT_STREQ("cat a b", seki_field(e, "process.cmd_line"));
	json_decref(e);
	json_decref(r);
}

/* As a receiver does it: without the fingerprint, sorted, hashed. */
TEST(fingerprint_is_that_of_the_event)
{
	json_t *r = json_loads(rows[0].record, 0, NULL), *e;
	char *line = seki_ocsf_text(r, 7, rows[0].record), *bare, hex[65], want[65];
	unsigned char md[SHA256_DIGEST_LENGTH];

	e = json_loads(line, 0, NULL);
	snprintf(want, sizeof(want), "%s", seki_field(e, "attestation.fingerprint.value"));
	json_object_del(json_object_get(e, "attestation"), "fingerprint");
	bare = json_dumps(e, JSON_COMPACT | JSON_SORT_KEYS);
	SHA256((unsigned char *)bare, strlen(bare), md);
	for (int i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", md[i]);
	EXPECT_STREQ(want, hex);
	free(bare);
	free(line);
	json_decref(e);
	json_decref(r);
}

HARNESS_MAIN
