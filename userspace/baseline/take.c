// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "userspace/baseline/baseline.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/digest.h"
#include "userspace/lib/log.h"

const char *seki_baseline_id(enum seki_baseline_id id)
{
	static const char *const ids[] = {
#define X(name, id) [SEKI_BASELINE_##name] = id,
		SEKI_BASELINE_LIST(X)
#undef X
	};

	return ids[id];
}

/* ---- values ------------------------------------------------------------------------ */

/* Names of files are bytes; JSON takes UTF-8 only. */
static char *utf8(struct seki_posture *p, const char *text)
{
	json_t *is = json_string(text);
	char *ret;
	size_t n = 0;

	json_decref(is);
	if (is)
		return (char *)text;
	ret = seki_arena_alloc(&p->arena, 4 * strlen(text) + 1);
	for (; *text; text++)
		n += (size_t)sprintf(ret + n, *text & 0x80 ? "\\x%02x" : "%c",
				     (unsigned char)*text);
	return ret;
}

void seki_section_put(struct seki_section *s, const char *name, const char *fmt, ...)
{
	seki_autofree char *text = NULL;
	const char *key = utf8(s->p, name), *value, *old;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		text = NULL;
		seki_diex("out of memory");
	}
	value = utf8(s->p, text);
	old = json_string_value(json_object_get(s->values, key));
	if (old)
		json_object_set_new(s->values, key, json_sprintf("%s; %s", old, value));
	else
		json_object_set_new(s->values, key, json_string(value));
}

void seki_section_unseen(struct seki_section *s, const char *source, int err)
{
	s->why = seki_arena_printf(&s->p->arena, "%s: %s", source, strerror(-err));
}

const char *seki_section_digest(struct seki_section *s, const char *path)
{
	seki_autoclose int fd = seki_posture_open_at(s->p, path, O_RDONLY | O_NOFOLLOW);
	char text[SEKI_DIGEST_TEXT];
	struct stat st;

	if (fd < 0)
		return seki_arena_printf(&s->p->arena, "not read: %s", strerror(-fd));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return "no file";
	if (seki_digest_fd(fd, text))
		return "not read";
	return seki_arena_printf(&s->p->arena, "sha256 %s", text);
}

/* ---- the whole --------------------------------------------------------------------- */

json_t *seki_baseline_take(struct seki_posture *p, const char *when)
{
	static void (*const readers[])(struct seki_section *) = {
		[SEKI_BASELINE_KERNEL] = seki_baseline_kernel,
		[SEKI_BASELINE_CMDLINE] = seki_baseline_cmdline,
		[SEKI_BASELINE_MODULES] = seki_baseline_modules,
		[SEKI_BASELINE_PACKAGES] = seki_baseline_packages,
		[SEKI_BASELINE_UNITS] = seki_baseline_units,
		[SEKI_BASELINE_SETTINGS] = seki_baseline_settings,
		[SEKI_BASELINE_PORTS] = seki_baseline_ports,
		[SEKI_BASELINE_SETID] = seki_baseline_setid,
		[SEKI_BASELINE_PROGRAMS] = seki_baseline_programs,
		[SEKI_BASELINE_SEALED] = seki_baseline_sealed,
	};
	json_t *sections = json_object(), *unseen = json_object();

	for (enum seki_baseline_id id = 0; id < SEKI_BASELINE_SECTIONS; id++) {
		struct seki_section s = { .p = p, .values = json_object() };

		readers[id](&s);
		json_object_set_new(sections, seki_baseline_id(id), s.values);
		if (s.why)
			json_object_set_new(unseen, seki_baseline_id(id), json_string(s.why));
	}
	return json_pack("{ss si ss so so}", "kind", "sekisho-baseline", "v", 1, "t", when,
			 "sections", sections, "not_seen", unseen);
}

static int unsound(struct seki_complaint *why, const char *path, const char *what)
{
	snprintf(why->text, sizeof(why->text),
		 "%s: %s; right would be what 'sekisho baseline take' writes", path, what);
	return -EINVAL;
}

static int check(const char *path, json_t *b, struct seki_complaint *why)
{
	const char *kind = json_string_value(json_object_get(b, "kind")), *name;
	json_t *sections = json_object_get(b, "sections"), *section, *value;

	if (!kind || strcmp(kind, "sekisho-baseline") != 0)
		return unsound(why, path, "no baseline");
	if (json_integer_value(json_object_get(b, "v")) != 1)
		return unsound(why, path, "a baseline of another version");
	if (!json_is_string(json_object_get(b, "t")) ||
	    !json_is_object(json_object_get(b, "not_seen")))
		return unsound(why, path, "no t or not_seen");
	for (enum seki_baseline_id id = 0; id < SEKI_BASELINE_SECTIONS; id++) {
		section = json_object_get(sections, seki_baseline_id(id));
		if (!json_is_object(section))
			return unsound(why, path, seki_baseline_id(id));
		json_object_foreach(section, name, value)
			if (!json_is_string(value))
				return unsound(why, path, name);
	}
	return 0;
}

json_t *seki_baseline_read(const char *path, struct seki_complaint *why)
{
	json_error_t at;
	json_t *b = json_load_file(path, JSON_REJECT_DUPLICATES, &at);

	if (!b) {
		if (at.line < 0)
			snprintf(why->text, sizeof(why->text), "%s", at.text);
		else
			snprintf(why->text, sizeof(why->text), "%s:%d: %s", path, at.line, at.text);
		return NULL;
	}
	if (check(path, b, why)) {
		json_decref(b);
		return NULL;
	}
	return b;
}
