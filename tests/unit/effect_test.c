// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the administrator says of each section is read whole or not at all, and is done
 * for what changed, and for nothing else.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"
#include "userspace/baseline/effect.h"

static int parse(const char *text, struct seki_effects *ret, struct seki_complaint *why)
{
	char *copy = strdup(text);
	int err = seki_effects_parse("f", copy, ret, why);

	free(copy);
	return err;
}

TEST(each_section_has_the_effect_that_is_said)
{
	struct seki_complaint why;
	struct seki_effects e;

	ASSERT_EQ(0, parse("# all\n\n  packages\tstop # now\nbpf alert\nsetid  refuse \n"
			   "ports finding",
			   &e, &why));
	EXPECT_EQ(SEKI_EFFECT_STOP, e.of[SEKI_BASELINE_PACKAGES]);
	EXPECT_EQ(SEKI_EFFECT_ALERT, e.of[SEKI_BASELINE_PROGRAMS]);
	EXPECT_EQ(SEKI_EFFECT_REFUSE, e.of[SEKI_BASELINE_SETID]);
	EXPECT_EQ(SEKI_EFFECT_FINDING, e.of[SEKI_BASELINE_PORTS]);
	EXPECT_EQ(SEKI_EFFECT_FINDING, e.of[SEKI_BASELINE_KERNEL]);
	EXPECT_EQ(SEKI_EFFECT_STOP, seki_effects_strongest(&e));
	ASSERT_EQ(0, parse("", &e, &why));
	EXPECT_EQ(SEKI_EFFECT_FINDING, seki_effects_strongest(&e));
}

TEST(what_is_wrong_is_named_with_its_line)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "kernel alert\npackage stop\n",
		  "f:2: 'package'; right would be kernel, cmdline, modules, packages, units, "
		  "settings, ports, setid, bpf or sealed" },
		{ "kernel alarm\n", "f:1: 'alarm'; right would be finding, alert, refuse or stop" },
		{ "kernel\n", "f:1: ''; right would be finding, alert, refuse or stop" },
		{ "kernel alert now\n", "f:1: 'now'; right would be nothing behind the effect" },
		{ "kernel alert\n#\nkernel stop\n",
		  "f:3: 'kernel'; right would be one line for each section" },
	};
	struct seki_complaint why;
	struct seki_effects e;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		harness_row = rows[i].text;
		EXPECT_EQ(-EINVAL, parse(rows[i].text, &e, &why));
		EXPECT_STREQ(rows[i].why, why.text);
	}
	harness_row = NULL;
	EXPECT_EQ(-ENOENT, seki_effects_read("/does/not/exist", &e, &why));
	EXPECT_EQ(SEKI_EFFECT_FINDING, seki_effects_strongest(&e));
}

/* Ten sections of which one is as given. */
static json_t *compared(enum seki_baseline_id which, const char *as)
{
	json_t *list = json_array();

	for (enum seki_baseline_id id = 0; id < SEKI_BASELINE_SECTIONS; id++)
		json_array_append_new(list, id == which ? json_loads(as, 0, NULL) :
							  json_pack("{s{} s{} s{}}", "added",
								    "removed", "changed"));
	return json_pack("{so}", "sections", list);
}

TEST(only_what_differs_has_its_effect)
{
	static const struct {
		const char *as, *effect;
		bool ticket;
		enum seki_effect strongest;
	} rows[] = {
		{ "{\"added\":{\"x\":\"1\"}}", "stop", false, SEKI_EFFECT_STOP },
		{ "{\"removed\":{\"x\":\"1\"}}", "stop", false, SEKI_EFFECT_STOP },
		{ "{\"changed\":{\"x\":[\"1\",\"2\"]}}", "stop", false, SEKI_EFFECT_STOP },
		{ "{\"not_compared\":\"why\"}", "stop", false, SEKI_EFFECT_STOP },
		{ "{\"added\":{\"x\":\"1\"}}", "finding", true, SEKI_EFFECT_FINDING },
		{ "{\"added\":{}}", NULL, false, SEKI_EFFECT_FINDING },
	};
	const struct seki_effects e = { .of = { [SEKI_BASELINE_PACKAGES] = SEKI_EFFECT_STOP,
						[SEKI_BASELINE_UNITS] = SEKI_EFFECT_ALERT } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *d = compared(SEKI_BASELINE_PACKAGES, rows[i].as), *s;
		size_t n, with = 0;

		harness_row = rows[i].as;
		EXPECT_EQ(rows[i].strongest, seki_effects_judge(&e, d, rows[i].ticket));
		json_array_foreach(json_object_get(d, "sections"), n, s)
			with += json_object_get(s, "effect") != NULL;
		EXPECT_EQ(rows[i].effect != NULL, with);
		s = json_array_get(json_object_get(d, "sections"), SEKI_BASELINE_PACKAGES);
		if (rows[i].effect)
			EXPECT_STREQ(rows[i].effect,
				     json_string_value(json_object_get(s, "effect")));
		json_decref(d);
	}
	harness_row = NULL;
}

HARNESS_MAIN
