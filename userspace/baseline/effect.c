// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/baseline/effect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/file.h"

#define SETTING_MAX 4096

#define X(name, word) word,
static const char *const words[] = { SEKI_EFFECT_LIST(X) };
#undef X

const char *seki_effect_word(enum seki_effect e)
{
	return words[e];
}

bool seki_effect_find(const char *word, enum seki_effect *ret)
{
	for (enum seki_effect e = 0; e < SEKI_EFFECTS; e++)
		if (!strcmp(words[e], word)) {
			*ret = e;
			return true;
		}
	return false;
}

/* ---- the file -------------------------------------------------------------------- */

struct reading {
	const char *path;
	struct seki_effects *e;
	bool said[SEKI_BASELINE_SECTIONS];
	unsigned int line;
	struct seki_complaint *why;
};

static int wrong(const struct reading *r, const char *what, const char *right)
{
	snprintf(r->why->text, sizeof(r->why->text), "%s:%u: '%.40s'; right would be %s", r->path,
		 r->line, what, right);
	return -EINVAL;
}

static bool section_of(const char *word, enum seki_baseline_id *ret)
{
	for (enum seki_baseline_id id = 0; id < SEKI_BASELINE_SECTIONS; id++)
		if (!strcmp(seki_baseline_id(id), word)) {
			*ret = id;
			return true;
		}
	return false;
}

static int read_line(struct reading *r, char *line)
{
	char *save, *section = strtok_r(line, " \t\r", &save);
	char *effect = strtok_r(NULL, " \t\r", &save), *more = strtok_r(NULL, " \t\r", &save);
	enum seki_baseline_id id;

	if (!section)
		return 0;
	if (!section_of(section, &id))
		return wrong(r, section,
			     "kernel, cmdline, modules, packages, units, settings, ports, setid, "
			     "bpf or sealed");
	if (r->said[id])
		return wrong(r, section, "one line for each section");
	r->said[id] = true;
	if (!effect || !seki_effect_find(effect, &r->e->of[id]))
		return wrong(r, effect ?: "", "finding, alert, refuse or stop");
	return more ? wrong(r, more, "nothing behind the effect") : 0;
}

int seki_effects_parse(const char *path, char *text, struct seki_effects *ret,
		       struct seki_complaint *why)
{
	struct reading r = { .path = path, .e = ret, .why = why };
	char *line;
	int err = 0;

	*ret = (struct seki_effects){ { 0 } };
	while (!err && (line = strsep(&text, "\n"))) {
		r.line++;
		line[strcspn(line, "#")] = '\0';
		err = read_line(&r, line);
	}
	return err;
}

int seki_effects_read(const char *path, struct seki_effects *ret, struct seki_complaint *why)
{
	char *text;
	size_t size;
	int err = seki_file_read(path, SETTING_MAX, &text, &size);

	*ret = (struct seki_effects){ { 0 } };
	if (err) {
		snprintf(why->text, sizeof(why->text), "%s: %s", path, strerror(-err));
		return err;
	}
	err = seki_effects_parse(path, text, ret, why);
	free(text);
	return err;
}

/* ---- judging --------------------------------------------------------------------- */

enum seki_effect seki_effects_strongest(const struct seki_effects *e)
{
	enum seki_effect ret = SEKI_EFFECT_FINDING;

	for (size_t i = 0; i < SEKI_BASELINE_SECTIONS; i++)
		ret = e->of[i] > ret ? e->of[i] : ret;
	return ret;
}

/* What was not seen may have changed. */
static bool differs(const json_t *section)
{
	return seki_section_changes(section) || json_object_get(section, "not_compared");
}

enum seki_effect seki_effects_judge(const struct seki_effects *e, json_t *compared, bool ticket)
{
	enum seki_effect ret = SEKI_EFFECT_FINDING;
	json_t *section;
	size_t i;

	json_array_foreach(json_object_get(compared, "sections"), i, section) {
		enum seki_effect does = ticket ? SEKI_EFFECT_FINDING : e->of[i];

		if (!differs(section))
			continue;
		json_object_set_new(section, "effect", json_string(seki_effect_word(does)));
		ret = does > ret ? does : ret;
	}
	return ret;
}
