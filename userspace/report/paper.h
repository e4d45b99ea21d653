/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * paper.h - a report before it has a format: what was asked, the sums, and a
 * verdict per item.  Each writer takes it as it is; what they print twice is the
 * same bytes.
 */
#ifndef SEKI_REPORT_PAPER_H
#define SEKI_REPORT_PAPER_H

#include <stdio.h>

#include "userspace/report/judge.h"

struct seki_paper {
	struct seki_case k;
	struct seki_opinion *verdict; /* one per item, in their order */
	size_t verdicts;
	size_t sum[SEKI_ROLES][SEKI_JUDGEMENTS];
};

/* Judges every item.  0 or -ENOMEM. */
int seki_paper_make(struct seki_paper *p);
void seki_paper_free(struct seki_paper *p);

/* ---- what the writers share ------------------------------------------------------ */

/* X(NAME, English, Japanese) */
enum seki_phrase {
#define X(name, en, ja) SEKI_SAY_##name,
#include "userspace/report/phrases.h"
#undef X
	SEKI_PHRASES
};
const char *seki_say(const struct seki_paper *p, enum seki_phrase what);
const char *seki_verdict_title(const struct seki_paper *p, enum seki_judgement j);
const char *seki_role_title(const struct seki_paper *p, enum seki_role r);

const char *seki_paper_cell(const struct seki_paper *p, const struct seki_opinion *v,
			    size_t column);
const char *seki_paper_map(const struct seki_paper *p, const struct seki_opinion *v, size_t column);
const char *seki_paper_title(const struct seki_paper *p, const struct seki_opinion *v);
/* What the verdict means for an item of its form; with role none, why it is outside. */
const char *seki_paper_means(const struct seki_paper *p, const struct seki_opinion *v);
/* What the service pattern asks, from the catalogue's values; "" for none. */
void seki_paper_value(const struct seki_paper *p, const struct seki_opinion *v, char *ret,
		      size_t size);
/* Limits of the method, from 0; NULL behind the last. */
const char *seki_paper_limit(const struct seki_paper *p, size_t n);
/* The act of a record in the language of the report. */
const char *seki_act_text(const struct seki_paper *p, const char *act);
/* Was the protection up? */
enum seki_phrase seki_paper_up(const struct seki_sums *s);
/* Begin and end of the window: as asked, or of the records. */
void seki_paper_window(const struct seki_paper *p, char from[48], char to[48]);
/* Seconds of the window in which a gap of a kind that ends enforcement lies. */
uint64_t seki_paper_down(const struct seki_paper *p);
/* Has a host's part to be judged: roles enforce and evidence. */
static inline bool seki_verdict_judged(const struct seki_opinion *v)
{
	return v->judgement <= SEKI_NOT_OBSERVABLE;
}

/* ---- writers: 0 or negative errno --------------------------------------------------- */

int seki_write_json(const struct seki_paper *p, FILE *out);
int seki_write_csv(const struct seki_paper *p, FILE *out);
int seki_write_md(const struct seki_paper *p, FILE *out);
/* Records of maintenance work, a form per session; needs .keep_work. */
int seki_write_work(const struct seki_paper *p, FILE *out);
/* A draft of drafts.tsv, in Markdown.  -ENOENT: there is none of that name. */
int seki_write_draft(const struct seki_paper *p, const char *draft, FILE *out);
int seki_write_html(const struct seki_paper *p, FILE *out);

#endif /* SEKI_REPORT_PAPER_H */
