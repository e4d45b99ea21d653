// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reason.c - the words of a verdict, in Japanese and English.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "userspace/report/judge.h"

#define NS 1000000000ull

/* clang-format off */
static const struct {
	const char *word, *en, *ja;
} whys[] = {
#define X(name, word, en, ja) { word, en, ja },
	SEKI_WHY_LIST(X)
#undef X
};

static const struct {
	const char *en, *ja;
} gaps[SEKI_GAPS] = {
	[SEKI_GAP_SILENCE] = { "no sign of life, and nothing says why", "生存の記録が途絶え、理由の記録がない" },
	[SEKI_GAP_STOPPED] = { "the collector had said that it stops", "収集プログラムが停止を記録して停止した" },
	[SEKI_GAP_RESTART] = { "the host started anew in between", "その間にホストが再起動した" },
	[SEKI_GAP_LOST] = { "enforcement was lost", "強制が失われた" },
	[SEKI_GAP_UNPROVEN] = { "enforcement could not be proven", "強制を確認できなかった" },
	[SEKI_GAP_AUDIT] = { "the mode was audit", "監査モードであった" },
	[SEKI_GAP_UNLOADED] = { "the policy was taken out by a signed order", "署名済み指示によりポリシーが外された" },
	[SEKI_GAP_NO_POLICY] = { "no policy was in force", "有効なポリシーがなかった" },
	[SEKI_GAP_BEFORE] = { "the log has no sign of life yet", "ログに生存の記録がまだない" },
	[SEKI_GAP_AFTER] = { "the log has no sign of life any more", "ログにそれ以降の生存の記録がない" },
};
/* clang-format on */

static const char *const judgements[] = {
	[SEKI_MET] = "met",
	[SEKI_PARTLY] = "partly",
	[SEKI_NOT_MET] = "not-met",
	[SEKI_NOT_OBSERVABLE] = "not-observable",
	[SEKI_SUPPORTING] = "support",
	[SEKI_OUTSIDE] = "none",
};

const char *seki_judgement_word(enum seki_judgement j)
{
	return judgements[j];
}

const char *seki_gap_title(enum seki_gap_kind kind, bool japanese)
{
	return japanese ? gaps[kind].ja : gaps[kind].en;
}

const char *seki_reason_word(const struct seki_cause *r)
{
	return whys[r->why].word;
}

void seki_when_text(const struct seki_sums *s, uint64_t ns, bool exact, char ret[48])
{
	time_t t = (time_t)((int64_t)(ns / NS) + s->zone);
	long east = s->zone / 60;
	char date[20], part[11] = "", zone[8];
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	if (exact)
		snprintf(part, sizeof(part), ".%09u", (unsigned int)(ns % NS));
	snprintf(zone, sizeof(zone), "%c%02u:%02u", east < 0 ? '-' : '+',
		 (unsigned int)(east < 0 ? -east : east) / 60 % 24,
		 (unsigned int)(east < 0 ? -east : east) % 60);
	snprintf(ret, 48, "%s%s%s", date, part, zone);
}

static void gaps_text(const struct seki_case *k, const struct seki_cause *r, FILE *out)
{
	const struct seki_gap *first = &k->s->gap[r->gaps[0]];
	size_t shown = r->gap_count < 3 ? r->gap_count : 3;
	char from[48], to[48];

	fprintf(out, "%s: ", seki_gap_title(first->kind, k->japanese));
	for (size_t i = 0; i < shown; i++) {
		const struct seki_gap *g = &k->s->gap[r->gaps[i]];

		seki_when_text(k->s, g->from, false, from);
		seki_when_text(k->s, g->to, false, to);
		fprintf(out, k->japanese ? "%s%s から %s まで（%llu 秒）" : "%s%s to %s (%llu s)",
			i ? (k->japanese ? "、" : ", ") : "", from, to,
			(unsigned long long)g->seconds);
	}
	if (r->gap_count > shown)
		fprintf(out, k->japanese ? "、ほか %zu 件" : ", and %zu more",
			r->gap_count - shown);
	fputs(k->japanese ? "。" : ".", out);
}

static void expand(const struct seki_case *k, const struct seki_cause *r, FILE *out)
{
	for (const char *p = k->japanese ? whys[r->why].ja : whys[r->why].en; *p; p++)
		if (*p != '%')
			fputc(*p, out);
		else if (*++p == '1')
			fprintf(out, "%llu", (unsigned long long)r->a);
		else if (*p == '2')
			fprintf(out, "%llu", (unsigned long long)r->b);
		else if (r->why == SEKI_WHY_GAP)
			gaps_text(k, r, out);
		else
			fputs(r->text, out);
}

void seki_reason_text(const struct seki_case *k, const struct seki_cause *r, char *ret, size_t size)
{
	FILE *out = fmemopen(ret, size, "w");

	ret[0] = '\0';
	if (!out)
		return;
	expand(k, r, out);
	fclose(out);
	ret[size - 1] = '\0';
}
