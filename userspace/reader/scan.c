// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/reader/scan.h"

#include <string.h>

void seki_scan_begin(struct seki_scan *s, struct seki_slice text)
{
	*s = (struct seki_scan){ text.s, text.s + text.len, false };
}

static void skip_blanks(struct seki_scan *s)
{
	while (s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at)
		s->at++;
}

static bool take(struct seki_scan *s, char c)
{
	skip_blanks(s);
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

/* Behind the opening quote; a backslash hides what follows it. */
static bool skip_string(struct seki_scan *s)
{
	for (; s->at < s->end; s->at++) {
		if (*s->at == '\\')
			s->at++;
		else if (*s->at == '"')
			return s->at++, true;
	}
	s->at = s->end;
	return false;
}

/* A list or an object, from its bracket on. */
static bool skip_nested(struct seki_scan *s)
{
	int depth = 0;

	while (s->at < s->end) {
		char c = *s->at++;

		if (c == '"' && !skip_string(s))
			return false;
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		if (!depth)
			return true;
	}
	return false;
}

static bool skip_value(struct seki_scan *s)
{
	const char *begin;

	skip_blanks(s);
	begin = s->at;
	if (s->at == s->end)
		return false;
	if (*s->at == '"')
		return s->at++, skip_string(s);
	if (*s->at == '{' || *s->at == '[')
		return skip_nested(s);
	while (s->at < s->end && !strchr(",}] \t\r\n", *s->at))
		s->at++;
	return s->at > begin;
}

static int end(struct seki_scan *s)
{
	skip_blanks(s);
	return s->at == s->end ? 0 : -1;
}

int seki_scan_next(struct seki_scan *s, struct seki_slice *ret_key, struct seki_slice *ret_value)
{
	if (!s->begun && !take(s, '{'))
		return -1;
	if (take(s, '}'))
		return end(s);
	if (s->begun && !take(s, ','))
		return -1;
	s->begun = true;
	if (!take(s, '"'))
		return -1;
	ret_key->s = s->at;
	if (!skip_string(s))
		return -1;
	ret_key->len = (size_t)(s->at - ret_key->s) - 1;
	if (!take(s, ':'))
		return -1;
	skip_blanks(s);
	ret_value->s = s->at;
	if (!skip_value(s))
		return -1;
	ret_value->len = (size_t)(s->at - ret_value->s);
	return 1;
}
