// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/controls/sheet.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/file.h"
#include "userspace/policy/yaml.h"

#define SHEET_MAX (8u << 20)

/* ---- complaints ---------------------------------------------------------------- */

__attribute__((format(printf, 4, 0))) static int complain_at(const struct seki_sheet *s,
							     unsigned int line,
							     struct seki_complaint *c,
							     const char *fmt, va_list args)
{
	int n = snprintf(c->text, sizeof(c->text), "%s:%u: ", s->path, line);

	if (n > 0 && (size_t)n < sizeof(c->text))
		vsnprintf(c->text + n, sizeof(c->text) - (size_t)n, fmt, args);
	return -EINVAL;
}

__attribute__((format(printf, 4, 5))) static int complain_line(const struct seki_sheet *s,
							       unsigned int line,
							       struct seki_complaint *c,
							       const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complain_at(s, line, c, fmt, args);
	va_end(args);
	return -EINVAL;
}

int seki_sheet_complain(const struct seki_sheet *s, size_t row, struct seki_complaint *c,
			const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complain_at(s, s->line[row], c, fmt, args);
	va_end(args);
	return -EINVAL;
}

/* ---- cells --------------------------------------------------------------------- */

static bool is_id(const char *text, size_t len)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789.-_/";

	return len && len < 64 && strspn(text, allowed) >= len;
}

size_t seki_next_id(const char **at, const char **ret)
{
	size_t len;

	*at += strspn(*at, " ");
	*ret = *at;
	len = strcspn(*at, " ");
	*at += len;
	return len;
}

bool seki_has_id(const char *ids, const char *id)
{
	size_t len, wanted = strlen(id);
	const char *one;

	while ((len = seki_next_id(&ids, &one)))
		if (len == wanted && !memcmp(one, id, len))
			return true;
	return false;
}

static bool is_word(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(*words, text))
			return true;
	return false;
}

static bool are_ids(const char *text)
{
	const char *at = text, *id;
	size_t len;

	if (*text == ' ' || strstr(text, "  "))
		return false;
	while ((len = seki_next_id(&at, &id))) {
		const char *before = text, *other;
		size_t other_len;

		if (!is_id(id, len))
			return false;
		while ((other_len = seki_next_id(&before, &other)) && other != id)
			if (other_len == len && !memcmp(other, id, len))
				return false;
	}
	return true;
}

/* What is wrong with a cell; NULL: nothing. */
static const char *judge(const struct seki_column *column, const char *text)
{
	size_t len = strlen(text);

	if (len && (text[0] == ' ' || text[len - 1] == ' '))
		return "begins or ends with a blank";
	if (column->kind != SEKI_CELL_MAYBE && column->kind != SEKI_CELL_REFS && !len)
		return "is empty";
	switch (column->kind) {
	case SEKI_CELL_ID:
	case SEKI_CELL_REF:
		return is_id(text, len) ? NULL : "is no id";
	case SEKI_CELL_COUNT:
		return len < 8 && strspn(text, "0123456789") == len ? NULL : "is no count";
	case SEKI_CELL_WORD:
		return is_word(text, column->words) ? NULL : "is no word of this column";
	case SEKI_CELL_REFS:
		return are_ids(text) ? NULL : "is no list of different ids with a blank between";
	default:
		return NULL;
	}
}

/* ---- rows ---------------------------------------------------------------------- */

static int grow(struct seki_sheet *s)
{
	size_t room = s->room ? s->room * 2 : 64;
	const char **cell = reallocarray(s->cell, room * s->form->columns, sizeof(*cell));
	unsigned int *line;

	if (!cell)
		return -ENOMEM;
	s->cell = cell;
	line = reallocarray(s->line, room, sizeof(*line));
	if (!line)
		return -ENOMEM;
	s->line = line;
	s->room = room;
	return 0;
}

static size_t count_cells(const char *line)
{
	size_t n = 1;

	for (; *line; line++)
		n += *line == '\t';
	return n;
}

static int add_row(struct seki_sheet *s, char *text, unsigned int line, struct seki_complaint *c)
{
	size_t n = s->form->columns, have = count_cells(text);
	const char **cell;
	uint32_t old;

	if (have != n)
		return complain_line(s, line, c, "%zu columns; right would be %zu", have, n);
	if (s->rows == s->room && grow(s))
		return complain_line(s, line, c, "out of memory");
	cell = &s->cell[s->rows * n];
	for (size_t i = 0; i < n; i++) {
		const char *wrong;

		cell[i] = strsep(&text, "\t");
		wrong = judge(&s->form->column[i], cell[i]);
		if (wrong)
			return complain_line(s, line, c, "%s %s: '%.64s'", s->form->column[i].name,
					     wrong, cell[i]);
	}
	if (!seki_table_add(&s->ids, cell[0], strlen(cell[0]), (uint32_t)s->rows, &old))
		return complain_line(s, line, c, "%s %s stands in line %u already",
				     s->form->column[0].name, cell[0], s->line[old]);
	s->line[s->rows++] = line;
	return 0;
}

static int check_head(struct seki_sheet *s, char *text, struct seki_complaint *c)
{
	for (size_t i = 0; i < s->form->columns; i++) {
		const char *name = strsep(&text, "\t");

		if (!name || strcmp(name, s->form->column[i].name))
			return complain_line(s, 1, c, "column %zu is '%.64s'; right would be %s",
					     i + 1, name ? name : "", s->form->column[i].name);
	}
	return text ? complain_line(s, 1, c, "more columns than %zu", s->form->columns) : 0;
}

/* One message for all that is no text: the place is what matters. */
static int check_text(const struct seki_sheet *s, const char *text, size_t size,
		      struct seki_complaint *c)
{
	unsigned int line = 1;

	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t len = end ? (size_t)(end - text) : size;

		if (!end)
			return complain_line(s, line, c, "the last line does not end");
		if (!len)
			return complain_line(s, line, c, "empty line");
		if (!seki_value_printable(text, len))
			return complain_line(s, line, c, "byte or character that is no plain text");
		text += len + 1;
		size -= len + 1;
		line++;
	}
	return line > 1 ? 0 : complain_line(s, 1, c, "no head line");
}

int seki_sheet_parse(struct seki_sheet *s, const struct seki_sheet_form *form, const char *path,
		     char *text, size_t size, struct seki_complaint *c)
{
	unsigned int number = 1;
	char *rest = text, *line;
	int err;

	*s = (struct seki_sheet){ .form = form, .text = text };
	snprintf(s->path, sizeof(s->path), "%s", path);
	err = check_text(s, text, size, c);
	if (err)
		return err;
	err = check_head(s, strsep(&rest, "\n"), c);
	while (!err && (line = strsep(&rest, "\n")) && *line)
		err = add_row(s, line, ++number, c);
	return err;
}

int seki_sheet_read(struct seki_sheet *s, const struct seki_sheet_form *form, const char *dir,
		    struct seki_complaint *c)
{
	char path[256], *text;
	size_t size;
	int err;

	*s = (struct seki_sheet){ .form = form };
	if (snprintf(path, sizeof(path), "%s/%s", dir, form->file) >= (int)sizeof(path)) {
		snprintf(c->text, sizeof(c->text), "%.200s...: the path is too long", dir);
		return -ENAMETOOLONG;
	}
	err = seki_file_read(path, SHEET_MAX, &text, &size);
	if (err) {
		snprintf(c->text, sizeof(c->text), "%s: %s", path, strerror(-err));
		return err;
	}
	return seki_sheet_parse(s, form, path, text, size, c);
}

void seki_sheet_free(struct seki_sheet *s)
{
	seki_table_free(&s->ids);
	free(s->cell);
	free(s->line);
	free(s->text);
	*s = (struct seki_sheet){ 0 };
}

const char *seki_sheet_cell(const struct seki_sheet *s, size_t row, size_t column)
{
	return s->cell[row * s->form->columns + column];
}

bool seki_sheet_find(const struct seki_sheet *s, const char *id, size_t len, size_t *ret_row)
{
	uint32_t row;

	if (!seki_table_find(&s->ids, id, len, &row))
		return false;
	*ret_row = row;
	return true;
}
