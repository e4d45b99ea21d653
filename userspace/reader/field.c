// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/reader/field.h"

#include <stdbool.h>
#include <string.h>

static json_t *at(json_t *record, const char *path)
{
	char key[32];

	while (record && *path) {
		size_t len = strcspn(path, ".");

		snprintf(key, sizeof(key), "%.*s", (int)len, path);
		record = json_object_get(record, key);
		path += len + (path[len] == '.');
	}
	return record;
}

const char *seki_field(json_t *record, const char *path)
{
	const char *text = json_string_value(at(record, path));

	return text ? text : "";
}

json_int_t seki_field_int(json_t *record, const char *path)
{
	return json_integer_value(at(record, path));
}

/* jansson gives valid UTF-8 only. */
static size_t decode(const unsigned char *p, unsigned int *ret)
{
	if (p[0] < 0x80) {
		*ret = p[0];
		return 1;
	}
	if (p[0] < 0xe0) {
		*ret = (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
		return 2;
	}
	if (p[0] < 0xf0) {
		*ret = (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
		return 3;
	}
	*ret = (p[0] & 7u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
	return 4;
}

static bool unsafe(unsigned int c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb);
}

void seki_print_safe(FILE *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		unsigned int c;
		size_t len = decode(p, &c);

		if (unsafe(c))
			fprintf(out, "\\u{%04x}", c);
		else
			fwrite(p, 1, len, out);
		p += len;
	}
}
