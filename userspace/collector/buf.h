/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buf.h - a bounded text buffer and the JSON that goes into it.
 *
 * Own code because the encoder is the collector's hot spot: a general JSON
 * library builds a tree per record and reaches a tenth of the rate.  Nothing
 * allocates.  A write that does not fit sets .over and changes nothing else;
 * the caller takes the buffer back to where the record began.
 *
 * Fields are written as  "key":value,  and seki_buf_close() turns the last
 * comma into the bracket, so no writer needs to know whether it is the first.
 */
#ifndef SEKI_BUF_H
#define SEKI_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct seki_buf {
	char *data;
	size_t len;
	size_t cap;
	bool over;
};

static inline void seki_buf_mem(struct seki_buf *b, const char *text, size_t len)
{
	if (len > b->cap - b->len) {
		b->over = true;
		return;
	}
	memcpy(b->data + b->len, text, len);
	b->len += len;
}

static inline void seki_buf_char(struct seki_buf *b, char c)
{
	seki_buf_mem(b, &c, 1);
}

#define seki_buf_lit(b, literal) seki_buf_mem(b, "" literal, sizeof(literal) - 1)

void seki_buf_long(struct seki_buf *b, uint64_t value);
static inline void seki_buf_u64(struct seki_buf *b, uint64_t value)
{
	if (value < 10)
		seki_buf_char(b, (char)('0' + value));
	else
		seki_buf_long(b, value);
}
/* As a JSON value: above what readers hold in 64 bits with a sign (inode numbers
 * of some filesystems), it becomes text.
 */
void seki_buf_number(struct seki_buf *b, uint64_t value);
void seki_buf_base(struct seki_buf *b, uint64_t value, unsigned int shift);
void seki_buf_hex(struct seki_buf *b, const void *bytes, size_t len);

/* Quoted and escaped: valid JSON and UTF-8 whatever the bytes are.  Bytes that
 * are not UTF-8 become \u00XX; control, direction and invisible characters
 * become \uXXXX, so that even a raw log can be shown on a terminal.
 */
void seki_buf_quote(struct seki_buf *b, const char *text, size_t len);
/* The same without the quotes, for a value made of parts. */
void seki_buf_escape(struct seki_buf *b, const char *text, size_t len);

/* Close an object or array opened with '{' or '['. */
void seki_buf_close(struct seki_buf *b, char bracket);

/* "key": */
#define seki_put_key(b, key) seki_buf_lit(b, "\"" key "\":")

#define seki_put_open(b, key, bracket)     \
	do {                               \
		seki_put_key(b, key);      \
		seki_buf_char(b, bracket); \
	} while (0)

static inline void seki_put_close(struct seki_buf *b, char bracket)
{
	seki_buf_close(b, bracket);
	seki_buf_char(b, ',');
}

#define seki_put_u64(b, key, value)        \
	do {                               \
		seki_put_key(b, key);      \
		seki_buf_number(b, value); \
		seki_buf_char(b, ',');     \
	} while (0)

#define seki_put_str(b, key, text)      \
	do {                            \
		seki_put_key(b, key);   \
		seki_buf_item(b, text); \
	} while (0)

#define seki_put_strn(b, key, text, len)      \
	do {                                  \
		seki_put_key(b, key);         \
		seki_buf_quote(b, text, len); \
		seki_buf_char(b, ',');        \
	} while (0)

#define seki_put_true(b, key) seki_buf_lit(b, "\"" key "\":true,")

/* One value of an array, or after a key: "text", */
static inline void seki_buf_item(struct seki_buf *b, const char *text)
{
	seki_buf_quote(b, text, strlen(text));
	seki_buf_char(b, ',');
}

#endif /* SEKI_BUF_H */
