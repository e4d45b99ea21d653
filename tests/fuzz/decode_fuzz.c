// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * decode_fuzz.c - bytes through every stage up to the line, which must be JSON, in
 * the short form too, and there the same whether made of pieces or not.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/collector/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct seki_knowledge know = { .mounts.fd = -1 };
static struct seki_host host;
static struct seki_clock clock_ = { .checked = 1, .second = -1 };
static struct seki_facts facts;
static char line[2 * SEKI_LINE_MAX];

static void begin(void)
{
	if (host.id[0])
		return;
	seki_host_read(&host, "none");
	seki_people_open(&know.people, "none");
	if (seki_programs_open(&know.programs, false))
		abort();
}

static void must_be_json(const struct seki_buf *b)
{
	json_t *j = json_loadb(b->data, b->len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);

	if (!j || b->data[b->len - 1] != '\n' || b->len > SEKI_LINE_MAX)
		abort();
	for (size_t i = 0; i < b->len - 1; i++)
		if ((unsigned char)b->data[i] < 0x20 || b->data[i] == 0x7f)
			abort();
	json_decref(j);
}

static struct seki_buf write_short(struct seki_record r, bool with, char *text)
{
	static struct seki_said said[2];
	static struct seki_pieces pieces;
	struct seki_buf b = { .data = text, .cap = sizeof(line) };

	r.said = &said[with];
	r.pieces = with ? &pieces : NULL;
	if (with)
		seki_pieces_now(&pieces, &know, &said[with]);
	seki_record_known(&r);
	if (seki_record_write(&r, &host, &clock_, &b))
		abort();
	must_be_json(&b);
	return b;
}

static void with_pieces(const struct seki_record *r)
{
	static char more[sizeof(line)];
	struct seki_buf one = write_short(*r, false, line), two = write_short(*r, true, more);

	if (one.len != two.len || memcmp(one.data, two.data, one.len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static _Alignas(8) uint8_t event[4096];
	struct seki_buf b = { .data = line, .cap = sizeof(line) };
	struct seki_decoded d;
	struct seki_record r;
	const char *why;

	begin();
	if (size > sizeof(event))
		size = sizeof(event);
	memcpy(event, data, size);
	if (seki_decode(event, size, &d, &why) || seki_enrich(&know, &d, &facts) ||
	    seki_record_build(&facts, true, &r))
		return 0;
	if (seki_record_write(&r, &host, &clock_, &b))
		abort();
	must_be_json(&b);
	if (r.class == SEKI_CLASS_ACCESS || r.class == SEKI_CLASS_EXEC)
		with_pieces(&r);
	return 0;
}
