// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables of policies/controls, and tables that are not sound.
 */
#include "userspace/controls/catalogue.h"

#include <errno.h>
#include <stdlib.h>

#include "tests/harness.h"
#include "tests/unit/events.h"
#include "userspace/controls/uuid.h"

#define TABLES "policies/controls"

static struct seki_catalogue catalogue;
static struct seki_complaint why;

/* ---- what ships ---------------------------------------------------------------- */

static size_t rows_of(const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < catalogue.sheet[SEKI_SHEET_ITEMS].rows; i++)
		n += !strcmp(seki_item_cell(&catalogue, i, ITEM_CATALOGUE), id);
	return n;
}

/* The figures of the sources, not of the table beside them. */
TEST(every_item_is_there)
{
	static const struct {
		const char *catalogue;
		size_t rows;
	} rows[] = {
		{ "mic3", 200 }, { "iot", 100 }, { "ipa", 106 },  { "fisc", 33 },
		{ "tts", 104 },	 { "sens", 33 }, { "ismap", 34 }, { "gov", 65 },
	};
	size_t role[SEKI_ROLES] = { 0 };

	ASSERT_EQ(0, seki_catalogue_load(&catalogue, TABLES, &why));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		harness_row = rows[i].catalogue;
		EXPECT_EQ(rows[i].rows, rows_of(rows[i].catalogue));
	}
	harness_row = NULL;
	EXPECT_EQ(675, catalogue.sheet[SEKI_SHEET_ITEMS].rows);
	EXPECT_EQ(162, catalogue.sheet[SEKI_SHEET_CROSSWALK].rows);
	EXPECT_EQ(45, catalogue.sheet[SEKI_SHEET_FUNCTIONS].rows);
	EXPECT_EQ(154, catalogue.sheet[SEKI_SHEET_REQUIREMENTS].rows);
	EXPECT_EQ(675, catalogue.sheet[SEKI_SHEET_MAPPING].rows);
	for (size_t i = 0; i < 675; i++)
		role[seki_item_role(&catalogue, i)]++;
	EXPECT_EQ(84, role[SEKI_ROLE_ENFORCE]);
	EXPECT_EQ(68, role[SEKI_ROLE_EVIDENCE]);
	EXPECT_EQ(185, role[SEKI_ROLE_SUPPORT]);
	EXPECT_EQ(338, role[SEKI_ROLE_NONE]);
	seki_catalogue_free(&catalogue);
}

/* One "judgement" row for each item that the host can enforce or prove. */
TEST(crosswalk_has_every_item_the_host_serves)
{
	const struct seki_sheet *s = &catalogue.sheet[SEKI_SHEET_CROSSWALK];

	ASSERT_EQ(0, seki_catalogue_load(&catalogue, TABLES, &why));
	for (size_t i = 0; i < catalogue.sheet[SEKI_SHEET_ITEMS].rows; i++) {
		size_t n = 0;

		harness_row = seki_item_cell(&catalogue, i, ITEM_ID);
		for (size_t j = 0; j < s->rows; j++)
			n += !strcmp(seki_sheet_cell(s, j, CROSS_ITEM), harness_row) &&
			     !strcmp(seki_sheet_cell(s, j, CROSS_BASIS), "judgement");
		EXPECT_EQ(seki_item_role(&catalogue, i) <= SEKI_ROLE_EVIDENCE, n);
	}
	harness_row = NULL;
	seki_catalogue_free(&catalogue);
}

/* ---- what is not sound --------------------------------------------------------- */

static const char *const words[] = { "yes", "no", NULL };
static const struct seki_column columns[] = {
	{ "id", SEKI_CELL_ID, NULL },	    { "text", SEKI_CELL_TEXT, NULL },
	{ "maybe", SEKI_CELL_MAYBE, NULL }, { "word", SEKI_CELL_WORD, words },
	{ "count", SEKI_CELL_COUNT, NULL }, { "refs", SEKI_CELL_REFS, NULL },
};
static const struct seki_sheet_form form = { "x.tsv", columns, 6 };

static int parse(const char *text, size_t size)
{
	struct seki_sheet s;
	char *copy = malloc(size + 1);
	int err;

	memcpy(copy, text, size);
	copy[size] = '\0';
	err = seki_sheet_parse(&s, &form, "x.tsv", copy, size, &why);
	seki_sheet_free(&s);
	return err;
}

#define HEAD "id\ttext\tmaybe\tword\tcount\trefs\n"

TEST(bad_row_is_told_with_its_line)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "", "x.tsv:1: no head line" },
		{ "id\ttext\n", "x.tsv:1: column 3 is ''; right would be maybe" },
		{ "id\ttitle\tmaybe\tword\tcount\trefs\n",
		  "x.tsv:1: column 2 is 'title'; right would be text" },
		{ "id\ttext\tmaybe\tword\tcount\trefs\tmore\n", "x.tsv:1: more columns than 6" },
		{ HEAD "a\tb\n", "x.tsv:2: 2 columns; right would be 6" },
		{ HEAD "a\tb\t\tyes\t1\t\nb\tb\t\tyes\t1\t\t\n",
		  "x.tsv:3: 7 columns; right would be 6" },
		{ HEAD "a\tb\t\tyes\t1\t\na\tb\t\tyes\t1\t\n",
		  "x.tsv:3: id a stands in line 2 already" },
		{ HEAD "\tb\t\tyes\t1\t\n", "x.tsv:2: id is empty" },
		{ HEAD "a b\tb\t\tyes\t1\t\n", "x.tsv:2: id is no id" },
		{ HEAD "a\t\t\tyes\t1\t\n", "x.tsv:2: text is empty" },
		{ HEAD "a\tb\t x\tyes\t1\t\n", "x.tsv:2: maybe begins or ends with a blank" },
		{ HEAD "a\tb\t\tperhaps\t1\t\n", "x.tsv:2: word is no word of this column" },
		{ HEAD "a\tb\t\tyes\t-1\t\n", "x.tsv:2: count is no count" },
		{ HEAD "a\tb\t\tyes\t123456789\t\n", "x.tsv:2: count is no count" },
		{ HEAD "a\tb\t\tyes\t1\tb  c\n", "x.tsv:2: refs is no list" },
		{ HEAD "a\tb\t\tyes\t1\tb c b\n", "x.tsv:2: refs is no list" },
		{ HEAD "a\tb\t\tyes\t1\tb;c\n", "x.tsv:2: refs is no list" },
		{ HEAD "a\tb\t\tyes\t1\t", "x.tsv:2: the last line does not end" },
		{ HEAD "\n", "x.tsv:2: empty line" },
		{ HEAD "a\tb\t\tyes\t1\t\r\n", "x.tsv:2: byte or character" },
		{ HEAD "a\t\xff\t\tyes\t1\t\n", "x.tsv:2: byte or character" },
		{ HEAD "a\tb\xe2\x80\xae\t\tyes\t1\t\n", "x.tsv:2: byte or character" },
	};

	static const char with_nul[] = HEAD "a\tb\0\t\tyes\t1\t\n";
	static const char sound[] = HEAD "a\tb\t\tyes\t1\tb c\n";

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		harness_row = rows[i].says;
		why.text[0] = '\0';
		EXPECT_EQ(-EINVAL, parse(rows[i].text, strlen(rows[i].text)));
		EXPECT_TRUE(!strncmp(why.text, rows[i].says, strlen(rows[i].says)));
	}
	harness_row = NULL;
	EXPECT_EQ(-EINVAL, parse(with_nul, sizeof(with_nul) - 1));
	EXPECT_EQ(0, parse(sound, sizeof(sound) - 1));
}

/* A copy of the tables that ship with one text put in place of another. */
static const char *altered(const char *file, const char *from, const char *to)
{
	static char dir[64];
	char command[512];

	snprintf(command, sizeof(command), "cp " TABLES "/* %s", temp_dir(dir));
	if (system(command))
		abort();
	snprintf(command, sizeof(command), "sed -i 's/%s/%s/' %s/%s", from, to, dir, file);
	if (system(command))
		abort();
	return dir;
}

TEST(tables_that_do_not_fit_each_other_are_refused)
{
	static const struct {
		const char *file, *from, *to, *says;
	} rows[] = {
		{ "items.tsv", "^GOV-A-1\\t", "GOV-A-9\\t", "/crosswalk.tsv:" },
		{ "items.tsv", "^IPA-HW-07\\t.*$", "IPA-HW-07\\tx", "/items.tsv:362: 2 columns" },
		{ "items.tsv", "^MIC3-II.1.1.2\\t", "MIC3-II.1.1.1\\t",
		  "/items.tsv:3: id MIC3-II.1.1.1 stands in line 2 already" },
		{ "items.tsv", "\\tnone\\tfisc\\t", "\\tsupport\\tfisc\\t",
		  "/catalogues.tsv:5: support says 12, but " },
		{ "items.tsv", "\\tfisc\\t", "\\tfsic\\t", "catalogue: fsic is not in " },
		{ "crosswalk.tsv", "\\tenforce\\t", "\\tevidence\\t",
		  "host_role of MIC3-II.2.1.3 is enforce, not evidence" },
		{ "mapping.tsv", " person log-approach\\t", " person log-aproach\\t",
		  "rules: log-aproach is no rule of mapping.json" },
		{ "mapping.tsv", "posture.clock-sync", "posture.clock-sink",
		  "posture: posture.clock-sink is no item of 'sekisho posture'" },
		{ "mapping.tsv", "\\trefusal\\t\\tyes", "\\trefuse\\t\\tyes",
		  "form: refuse is not in " },
		{ "mapping.tsv", "\\torganisation\\t", "\\t\\t",
		  "role none: right would be a reason and no form" },
		{ "mapping.tsv", "^GOV-A-1\\trecord\\t\\t", "GOV-A-1\\trecord\\tsite\\t",
		  "right would be a form and no reason" },
		{ "mapping.tsv", "\\tno\\tpart\\t", "\\tno\\tnone\\t",
		  "evidence, but its extent is none" },
		{ "mapping.tsv", "\\tno\\tnone\\t", "\\tno\\tpart\\t",
		  "no evidence, so its extent is none" },
		{ "mapping.tsv", "\\thook\\/sign_test e2e\\/reload_story\\t", "\\t\\t",
		  "evidence, but no test that shows it" },
		{ "mapping.tsv", "^GOV-A-1\\t", "GOV-A-9\\t", "item: GOV-A-9 is not in " },
		{ "mapping.json", "\"name\": \"log\"", "\"nam\": \"log\"",
		  "rules: log is no rule of mapping.json" },
		{ "statements.tsv", "^policy", "polisy", "statements: policy is not in " },
		{ "core-functions.tsv", "TTS-CORE-4", "TTS-CORE-5", "item: TTS-CORE-5 is not in " },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		harness_row = rows[i].says;
		why.text[0] = '\0';
		EXPECT_EQ(-EINVAL, seki_catalogue_load(
					   &catalogue,
					   altered(rows[i].file, rows[i].from, rows[i].to), &why));
		EXPECT_TRUE(strstr(why.text, rows[i].says));
	}
	harness_row = NULL;
	EXPECT_EQ(-ENOENT, seki_catalogue_load(&catalogue, "/does/not/exist", &why));
	EXPECT_TRUE(strstr(why.text, "/does/not/exist/sources.tsv: No such file"));
}

/* Values made with another implementation of RFC 4122. */
TEST(uuids_are_those_of_the_rfc)
{
	char uuid[SEKI_UUID_TEXT], name[300];

	EXPECT_EQ(0, seki_uuid_of(uuid, "catalog/%s", "mic3"));
	EXPECT_STREQ("88b083ea-cf8b-5364-95f1-e3133ee89153", uuid);
	EXPECT_TRUE(seki_uuid_sound(uuid));
	EXPECT_FALSE(seki_uuid_sound("88b083ea-cf8b-1364-95f1-e3133ee89153"));
	EXPECT_FALSE(seki_uuid_sound("88b083ea-cf8b-5364-c5f1-e3133ee89153"));
	EXPECT_FALSE(seki_uuid_sound("88b083eacf8b-5364-95f1-e3133ee891531"));
	EXPECT_FALSE(seki_uuid_sound(""));
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	EXPECT_EQ(-EINVAL, seki_uuid_of(uuid, "%s", name));
}

HARNESS_MAIN
