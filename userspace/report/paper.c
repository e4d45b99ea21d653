// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/report/paper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct {
	const char *en, *ja;
} phrases[] = {
#define X(name, en, ja) { en, ja },
#include "userspace/report/phrases.h"
#undef X
};

static const struct {
	const char *en, *ja;
} verdicts[SEKI_JUDGEMENTS] = {
	[SEKI_MET] = { "met", "適合" },
	[SEKI_PARTLY] = { "partly met", "一部適合" },
	[SEKI_NOT_MET] = { "not met", "不適合" },
	[SEKI_NOT_OBSERVABLE] = { "not observable", "確認不能" },
	[SEKI_SUPPORTING] = { "supporting", "補助資料" },
	[SEKI_OUTSIDE] = { "outside the host", "ホスト対象外" },
}, roles[SEKI_ROLES] = {
	[SEKI_ROLE_ENFORCE] = { "enforces", "強制" },
	[SEKI_ROLE_EVIDENCE] = { "gives evidence", "証拠の提供" },
	[SEKI_ROLE_SUPPORT] = { "supports", "補助" },
	[SEKI_ROLE_NONE] = { "none", "なし" },
};

static const enum seki_phrase limits[] = {
	SEKI_SAY_LIMIT_1, SEKI_SAY_LIMIT_2, SEKI_SAY_LIMIT_3, SEKI_SAY_LIMIT_4,
	SEKI_SAY_LIMIT_5, SEKI_SAY_LIMIT_6, SEKI_SAY_LIMIT_7,
};
/* clang-format on */

const char *seki_say(const struct seki_paper *p, enum seki_phrase what)
{
	return p->k.japanese ? phrases[what].ja : phrases[what].en;
}

const char *seki_verdict_title(const struct seki_paper *p, enum seki_judgement j)
{
	return p->k.japanese ? verdicts[j].ja : verdicts[j].en;
}

const char *seki_role_title(const struct seki_paper *p, enum seki_role r)
{
	return p->k.japanese ? roles[r].ja : roles[r].en;
}

const char *seki_paper_limit(const struct seki_paper *p, size_t n)
{
	return n < sizeof(limits) / sizeof(limits[0]) ? seki_say(p, limits[n]) : NULL;
}

int seki_paper_make(struct seki_paper *p)
{
	p->verdicts = p->k.c->sheet[SEKI_SHEET_ITEMS].rows;
	p->verdict = calloc(p->verdicts, sizeof(*p->verdict));
	if (!p->verdict)
		return -ENOMEM;
	for (size_t i = 0; i < p->verdicts; i++) {
		seki_judge(&p->k, i, &p->verdict[i]);
		p->sum[p->verdict[i].role][p->verdict[i].judgement]++;
	}
	return 0;
}

void seki_paper_free(struct seki_paper *p)
{
	free(p->verdict);
	p->verdict = NULL;
}

const char *seki_paper_cell(const struct seki_paper *p, const struct seki_opinion *v, size_t column)
{
	return seki_item_cell(p->k.c, v->row, column);
}

const char *seki_paper_map(const struct seki_paper *p, const struct seki_opinion *v, size_t column)
{
	if (column == MAP_NOTE)
		return seki_mapping_note(p->k.c, v->row, p->k.japanese);
	return seki_sheet_cell(&p->k.c->sheet[SEKI_SHEET_MAPPING], v->row, column);
}

const char *seki_paper_title(const struct seki_paper *p, const struct seki_opinion *v)
{
	return seki_paper_cell(p, v, p->k.japanese ? ITEM_JA : ITEM_EN);
}

const char *seki_paper_means(const struct seki_paper *p, const struct seki_opinion *v)
{
	static const size_t columns[] = {
		[SEKI_MET] = FORM_MET,
		[SEKI_PARTLY] = FORM_PARTLY,
		[SEKI_NOT_MET] = FORM_NOT_MET,
		[SEKI_NOT_OBSERVABLE] = FORM_NOT_OBSERVABLE,
	};
	bool outside = v->judgement == SEKI_OUTSIDE;
	const struct seki_sheet *s =
		&p->k.c->sheet[outside ? SEKI_SHEET_REASONS : SEKI_SHEET_FORMS];
	const char *id = seki_paper_map(p, v, outside ? MAP_REASON : MAP_FORM);
	size_t row;

	if (v->judgement == SEKI_SUPPORTING || !seki_sheet_find(s, id, strlen(id), &row))
		return "";
	if (outside)
		return seki_sheet_cell(s, row, p->k.japanese ? REASON_JA : REASON_EN);
	return seki_sheet_cell(s, row, columns[v->judgement] + p->k.japanese);
}

/* "name:p1=a;p2=b | other:p1=c;p2=d" */
void seki_paper_value(const struct seki_paper *p, const struct seki_opinion *v, char *ret,
		      size_t size)
{
	const char *at = seki_paper_cell(p, v, ITEM_VALUES);
	char key[8];
	size_t len = 0;

	ret[0] = '\0';
	snprintf(key, sizeof(key), "p%u=", p->k.pattern);
	while (p->k.pattern && *at) {
		size_t part = strcspn(at, "|"), name = strcspn(at, ":|");
		const char *is = memmem(at, part, key, 3);

		if (is && name < part) {
			size_t value = strcspn(is + 3, ";|");

			while (value && is[2 + value] == ' ')
				value--;
			len += (size_t)snprintf(ret + len, size - len, "%s%.*s: %.*s",
						len ? "; " : "", (int)name, at, (int)value, is + 3);
			if (len >= size)
				return;
		}
		at += part;
		at += strspn(at, "| ");
	}
}

void seki_paper_window(const struct seki_paper *p, char from[48], char to[48])
{
	const struct seki_sums *s = p->k.s;

	seki_when_text(s, s->from ? s->from : s->first, false, from);
	seki_when_text(s, s->to != UINT64_MAX ? s->to : s->last, false, to);
	if (!s->records && !s->from)
		snprintf(from, 48, "-");
	if (!s->records && s->to == UINT64_MAX)
		snprintf(to, 48, "-");
}

enum seki_phrase seki_paper_up(const struct seki_sums *s)
{
	if (!s->records)
		return SEKI_SAY_NO_DATA;
	if (!s->enforcing)
		return s->auditing ? SEKI_SAY_UP_AUDIT : SEKI_SAY_UP_UNKNOWN;
	if (s->gaps)
		return SEKI_SAY_UP_GAPS;
	return s->lost || s->disk_lost ? SEKI_SAY_UP_LOST : SEKI_SAY_UP_YES;
}

uint64_t seki_paper_down(const struct seki_paper *p)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < p->k.s->gaps; i++) {
		const struct seki_gap *g = &p->k.s->gap[i];

		sum += g->held || g->kind == SEKI_GAP_STOPPED ? 0 : g->seconds;
	}
	return sum;
}
