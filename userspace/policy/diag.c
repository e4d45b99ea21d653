// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/policy/diag.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Widest part of a source line that is shown. */
#define SHOWN_COLUMNS 160

static const char *format(struct seki_diag *d, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
static const char *format(struct seki_diag *d, const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	return seki_arena_copy(&d->arena, text, strlen(text));
}

/* What there is no room for is only counted: an absurd file costs bounded
 * memory, and nobody reads error 201.
 */
static struct seki_diag_entry *add(struct seki_diag *d, struct seki_pos pos)
{
	d->last = NULL;
	if (d->entries == SEKI_DIAG_SHOWN_MAX)
		return NULL;
	d->last = &d->entry[d->entries];
	*d->last = (struct seki_diag_entry){ .pos = pos, .order = d->entries++ };
	return d->last;
}

void seki_error(struct seki_diag *d, struct seki_pos pos, const char *fmt, ...)
{
	struct seki_diag_entry *e = add(d, pos);
	va_list ap;

	d->errors++;
	if (!e)
		return;
	va_start(ap, fmt);
	e->text = format(d, fmt, ap);
	va_end(ap);
}

void seki_warning(struct seki_diag *d, unsigned int number, struct seki_pos pos, const char *fmt,
		  ...)
{
	struct seki_diag_entry *e;
	va_list ap;

	if (seki_accepted(d, number, pos)) {
		d->accepted++;
		d->last = NULL;
		return;
	}
	e = add(d, pos);
	d->warnings++;
	if (!e)
		return;
	e->warning = number;
	va_start(ap, fmt);
	e->text = format(d, fmt, ap);
	va_end(ap);
}

void seki_note(struct seki_diag *d, struct seki_pos pos, const char *fmt, ...)
{
	va_list ap;

	if (!d->last)
		return;
	d->last->note_pos = pos;
	va_start(ap, fmt);
	d->last->note = format(d, fmt, ap);
	va_end(ap);
}

static int by_place(const void *va, const void *vb)
{
	const struct seki_diag_entry *a = va, *b = vb;

	if (a->pos.source != b->pos.source)
		return a->pos.source < b->pos.source ? -1 : 1;
	if (a->pos.line != b->pos.line)
		return a->pos.line < b->pos.line ? -1 : 1;
	if (a->pos.col != b->pos.col)
		return a->pos.col < b->pos.col ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

/* Bytes of the character at s, and the code point; a stray byte is one. */
static size_t decode(const char *s, const char *end, uint32_t *ret)
{
	unsigned char c = (unsigned char)*s;
	size_t n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	uint32_t code = n == 1 ? c : c & (0x7fu >> n);

	if ((size_t)(end - s) < n)
		n = 1;
	for (size_t i = 1; i < n; i++)
		code = code << 6 | ((unsigned char)s[i] & 0x3f);
	*ret = code;
	return n;
}

/* Japanese text is common in descriptions, and takes two columns each. */
static bool is_wide(uint32_t c)
{
	return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
	       (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
	       (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
	       (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x3fffd);
}

static struct seki_source source_of(const struct seki_diag *d, struct seki_pos pos)
{
	if (pos.source)
		return d->included[pos.source - 1];
	return (struct seki_source){ .file = d->file, .text = d->text, .size = d->size };
}

static const char *find_line(const struct seki_source *from, unsigned int line,
			     const char **ret_end)
{
	const char *s = from->text, *end = from->text + from->size;

	while (s && --line) {
		s = memchr(s, '\n', (size_t)(end - s));
		s = s ? s + 1 : NULL;
	}
	if (!s)
		return NULL;
	*ret_end = memchr(s, '\n', (size_t)(end - s)) ?: end;
	if (*ret_end > s && (*ret_end)[-1] == '\r')
		--*ret_end;
	return s;
}

static void put_char(FILE *out, const char *s, size_t n, uint32_t code)
{
	if (n == 1 && code != '\t' && (code < ' ' || code >= 0x7f))
		fputc('?', out); /* would move the cursor or is half a character */
	else
		fwrite(s, 1, n, out);
}

/* One pass prints the line and writes the blanks before the caret. */
static void show_line(const struct seki_source *from, struct seki_pos pos, FILE *out)
{
	unsigned int first = pos.col > SHOWN_COLUMNS / 2 ? pos.col - SHOWN_COLUMNS / 2 : 1;
	char blanks[2 * SHOWN_COLUMNS + 1];
	const char *end, *s = from->text && pos.line ? find_line(from, pos.line, &end) : NULL;
	size_t n_blanks = 0;

	if (!s)
		return;
	for (unsigned int col = 1; s < end && col < first + SHOWN_COLUMNS; col++) {
		uint32_t code;
		size_t n = decode(s, end, &code);

		if (col >= first) {
			put_char(out, s, n, code);
			for (int w = 0; col < pos.col && w <= is_wide(code); w++)
				blanks[n_blanks++] = code == '\t' ? '\t' : ' ';
		}
		s += n;
	}
	fprintf(out, "\n%.*s^\n", (int)n_blanks, blanks);
}

static void print_one(const struct seki_diag *d, struct seki_pos pos, const char *kind,
		      unsigned int number, const char *text, FILE *out)
{
	struct seki_source from = source_of(d, pos);

	if (pos.line)
		fprintf(out, "%s:%u:%u: %s: %s", from.file, pos.line, pos.col, kind, text);
	else
		fprintf(out, "%s: %s: %s", from.file, kind, text);
	fprintf(out, number ? " [W%02u]\n" : "\n", number);
	show_line(&from, pos, out);
}

static const char *plural(unsigned int n)
{
	return n == 1 ? "" : "s";
}

void seki_diag_print(struct seki_diag *d, FILE *out)
{
	qsort(d->entry, d->entries, sizeof(*d->entry), by_place);
	for (unsigned int i = 0; i < d->entries; i++) {
		const struct seki_diag_entry *e = &d->entry[i];

		print_one(d, e->pos, e->warning ? "warning" : "error", e->warning, e->text, out);
		if (e->note)
			print_one(d, e->note_pos, "note", 0, e->note, out);
	}
	if (d->errors + d->warnings > d->entries)
		fprintf(out, "%s: %u more not shown\n", d->file,
			d->errors + d->warnings - d->entries);
	if (d->errors)
		fprintf(out, "%s: %u error%s, %u warning%s\n", d->file, d->errors,
			plural(d->errors), d->warnings, plural(d->warnings));
}

void seki_diag_free(struct seki_diag *d)
{
	seki_arena_free(&d->arena);
}
