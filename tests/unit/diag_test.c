// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/policy/diag.h"

#include "tests/harness.h"

static struct seki_diag *new_diag(const char *text)
{
	struct seki_diag *d = calloc(1, sizeof(*d));

	d->file = "f";
	d->text = text;
	d->size = strlen(text);
	return d;
}

static char *printed(struct seki_diag *d)
{
	char *s = NULL, *copy;
	size_t n;
	FILE *f = open_memstream(&s, &n);

	seki_diag_print(d, f);
	fclose(f);
	seki_diag_free(d);
	free(d);
	copy = strdup(s); /* gcc takes s itself to live in f */
	free(s);
	return copy;
}

TEST(errors_come_in_the_order_of_the_text)
{
	struct seki_diag *d = new_diag("one\ntwo\nthree");
	char *s;

	seki_error(d, (struct seki_pos){ 3, 2, 0 }, "c");
	seki_error(d, (struct seki_pos){ 1, 1, 0 }, "a");
	seki_warning(d, 7, (struct seki_pos){ 2, 3, 0 }, "b");
	seki_note(d, (struct seki_pos){ 1, 2, 0 }, "n");
	s = printed(d);
	EXPECT_STREQ("f:1:1: error: a\none\n^\n"
		     "f:2:3: warning: b [W07]\ntwo\n  ^\n"
		     "f:1:2: note: n\none\n ^\n"
		     "f:3:2: error: c\nthree\n ^\n"
		     "f: 2 errors, 1 warning\n",
		     s);
	free(s);
}

TEST(caret_stands_below_tabs_and_wide_characters)
{
	struct seki_diag *d = new_diag("\tx: 日本y\n");
	char *s;

	seki_error(d, (struct seki_pos){ 1, 7, 0 }, "e");
	s = printed(d);
	EXPECT_STREQ("f:1:7: error: e\n\tx: 日本y\n\t       ^\nf: 1 error, 0 warnings\n", s);
	free(s);
}

TEST(long_line_is_shown_around_its_place)
{
	char text[5001];
	struct seki_diag *d;
	char *s;

	memset(text, 'a', sizeof(text) - 1);
	text[5000] = '\0';
	text[2999] = 'X';
	d = new_diag(text);
	seki_error(d, (struct seki_pos){ 1, 3000, 0 }, "e");
	s = printed(d);
	EXPECT_LT(strlen(s), 400);
	ASSERT_TRUE(strchr(s, 'X'));
	EXPECT_EQ('^', strrchr(s, '^')[0]);
	EXPECT_EQ(strchr(s, 'X') - strchr(s, '\n'),
		  strrchr(s, '^') - strchr(strchr(s, '\n') + 1, '\n'));
	free(s);
}

TEST(terminal_escapes_and_broken_characters_are_not_shown)
{
	struct seki_diag *d = new_diag("a\x1b[31m\xff\xe3");
	char *s;

	seki_error(d, (struct seki_pos){ 1, 99, 0 }, "e");
	s = printed(d);
	EXPECT_TRUE(!strchr(s, '\x1b') && !strchr(s, '\xff'));
	free(s);
}

TEST(place_outside_the_text_does_no_harm)
{
	struct seki_diag *d = new_diag("a\n");
	char *s;

	seki_error(d, (struct seki_pos){ 9, 9, 0 }, "e");
	seki_error(d, (struct seki_pos){ 0, 0, 0 }, "whole");
	s = printed(d);
	EXPECT_STREQ("f: error: whole\nf:9:9: error: e\nf: 2 errors, 0 warnings\n", s);
	free(s);
}

TEST(flood_is_counted_not_kept)
{
	struct seki_diag *d = new_diag("a\n");
	char *s;

	for (unsigned int i = 0; i < 100000; i++) {
		seki_error(d, (struct seki_pos){ 1, 1, 0 }, "e");
		seki_note(d, (struct seki_pos){ 1, 1, 0 }, "n");
	}
	s = printed(d);
	EXPECT_TRUE(strstr(s, "f: 99800 more not shown\nf: 100000 errors, 0 warnings\n"));
	free(s);
}

HARNESS_MAIN
