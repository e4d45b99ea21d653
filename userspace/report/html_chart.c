// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Charts: bars without text, so that they may be drawn at any width; what they say
 * stands beside them.
 */
#include "userspace/report/html.h"

#define WIDTH 1000.0
#define BAND 22	 /* of the protection */
#define BARS 110 /* of the records */

/* clang-format off */
static const char *const gap_colours[SEKI_GAPS] = {
	[SEKI_GAP_SILENCE] = "#b3261e", [SEKI_GAP_STOPPED] = "#a86400", [SEKI_GAP_RESTART] = "#a86400",
	[SEKI_GAP_LOST] = "#b3261e", [SEKI_GAP_UNPROVEN] = "#b3261e", [SEKI_GAP_AUDIT] = "#a86400",
	[SEKI_GAP_UNLOADED] = "#b3261e", [SEKI_GAP_NO_POLICY] = "#b3261e",
	[SEKI_GAP_BEFORE] = "#8b95a1", [SEKI_GAP_AFTER] = "#8b95a1",
};
static const struct {
	const char *colour;
	enum seki_phrase what;
} bars[] = {
	{ "#1d4e79", SEKI_SAY_DENIED },
	{ "#a86400", SEKI_SAY_WOULD },
	{ "#5b9bd5", SEKI_SAY_ALLOWED },
};
/* clang-format on */

struct span {
	uint64_t from, to;
};

static double place(const struct span *w, uint64_t t)
{
	if (t <= w->from)
		return 0;
	if (t >= w->to || w->to == w->from)
		return WIDTH;
	return WIDTH * (double)(t - w->from) / (double)(w->to - w->from);
}

static struct span span_of(const struct seki_sums *s)
{
	return (struct span){ s->from ? s->from : s->first, s->to != UINT64_MAX ? s->to : s->last };
}

static void rect(FILE *out, double x, double y, double w, double h, const char *colour)
{
	fprintf(out, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\"/>", x,
		y, w, h, colour);
}

/* A gap of a second in a month is seen, too. */
static void protection(const struct seki_paper *p, const struct span *w, FILE *out)
{
	const struct seki_sums *s = p->k.s;

	rect(out, 0, 0, WIDTH, BAND, s->enforcing ? "#1b7a47" : "#8b95a1");
	for (size_t i = 0; i < s->gaps; i++) {
		double x = place(w, s->gap[i].from), to = place(w, s->gap[i].to);

		rect(out, x, 0, to - x < 3 ? 3 : to - x, BAND, gap_colours[s->gap[i].kind]);
	}
}

static uint64_t height_of(const struct seki_bin *b)
{
	return b->refused + b->would + b->allowed;
}

static void records(const struct seki_sums *s, const struct span *w, FILE *out)
{
	uint64_t most = 1;

	for (size_t i = 0; i < SEKI_BINS; i++)
		most = height_of(&s->bin[i]) > most ? height_of(&s->bin[i]) : most;
	for (size_t i = 0; i < SEKI_BINS; i++) {
		const uint64_t n[] = { s->bin[i].refused, s->bin[i].would, s->bin[i].allowed };
		double x = place(w, s->bin_from + i * s->bin_width), y = BAND + 8 + BARS;
		double to = place(w, s->bin_from + (i + 1) * s->bin_width);

		for (size_t k = 0; k < 3; k++) {
			double h = (double)BARS * (double)n[k] / (double)most;

			h = n[k] && h < 2 ? 2 : h;
			y -= h;
			if (n[k])
				rect(out, x, y, to - x < 2 ? 2 : to - x, h, bars[k].colour);
		}
	}
}

static void legend(const struct seki_paper *p, FILE *out)
{
	const uint64_t n[] = { p->k.s->out[SEKI_OUT_DENIED], p->k.s->out[SEKI_OUT_WOULD],
			       p->k.s->out[SEKI_OUT_ALLOWED] };
	bool shown[SEKI_GAPS] = { false };

	fprintf(out, "<div class=\"key\"><span><i style=\"background:%s\"></i>%s</span>",
		p->k.s->enforcing ? "#1b7a47" : "#8b95a1",
		seki_say(p, p->k.s->enforcing ? SEKI_SAY_BAR_UP : SEKI_SAY_BAR_UNKNOWN));
	for (size_t k = 0; k < 3; k++)
		fprintf(out, "<span><i style=\"background:%s\"></i>%s %llu</span>", bars[k].colour,
			seki_say(p, bars[k].what), (unsigned long long)n[k]);
	for (size_t i = 0; i < p->k.s->gaps; i++) {
		enum seki_gap_kind kind = p->k.s->gap[i].kind;

		if (!shown[kind])
			fprintf(out, "<span><i style=\"background:%s\"></i>%s</span>",
				gap_colours[kind], seki_gap_title(kind, p->k.japanese));
		shown[kind] = true;
	}
	fputs("</div>\n", out);
}

void seki_html_timeline(const struct seki_paper *p, FILE *out)
{
	struct span w = span_of(p->k.s);
	char from[48], to[48];

	if (!p->k.s->records)
		return;
	fprintf(out,
		"<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" height=\"%d\" role=\"img\" "
		"aria-label=\"%s\">",
		(int)WIDTH, BAND + 8 + BARS, BAND + 8 + BARS, seki_say(p, SEKI_SAY_TIMELINE));
	protection(p, &w, out);
	records(p->k.s, &w, out);
	fputs("</svg>\n", out);
	seki_paper_window(p, from, to);
	fprintf(out, "<div class=\"axis\"><span>%s</span><span>%s</span></div>\n", from, to);
	legend(p, out);
}

/* ---- verdicts ------------------------------------------------------------------------- */

static const char *const verdict_colours[] = {
	[SEKI_MET] = "#1b7a47",
	[SEKI_PARTLY] = "#a86400",
	[SEKI_NOT_MET] = "#b3261e",
	[SEKI_NOT_OBSERVABLE] = "#5f6b7a",
};

static void stack(const struct seki_paper *p, enum seki_role role, FILE *out)
{
	size_t all = 0;
	double x = 0;

	for (int j = 0; j <= SEKI_NOT_OBSERVABLE; j++)
		all += p->sum[role][j];
	fputs("<svg viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" height=\"20\" role=\"img\" "
	      "aria-hidden=\"true\">",
	      out);
	for (int j = 0; j <= SEKI_NOT_OBSERVABLE && all; j++) {
		double w = WIDTH * (double)p->sum[role][j] / (double)all;

		if (p->sum[role][j])
			rect(out, x, 0, w, 20, verdict_colours[j]);
		x += w;
	}
	fputs("</svg>", out);
}

void seki_html_verdicts(const struct seki_paper *p, FILE *out)
{
	fputs("<table class=\"wide\"><thead><tr><th>", out);
	seki_html_phrase(p, out, SEKI_SAY_ROLE);
	fputs("</th><th style=\"width:34%\"></th>", out);
	for (int j = 0; j <= SEKI_NOT_OBSERVABLE; j++)
		fprintf(out, "<th>%s</th>", seki_verdict_title(p, (enum seki_judgement)j));
	fputs("</tr></thead><tbody>\n", out);
	for (int r = SEKI_ROLE_ENFORCE; r <= SEKI_ROLE_EVIDENCE; r++) {
		fprintf(out, "<tr><td>%s</td><td>", seki_role_title(p, (enum seki_role)r));
		stack(p, (enum seki_role)r, out);
		fputs("</td>", out);
		for (int j = 0; j <= SEKI_NOT_OBSERVABLE; j++)
			fprintf(out, "<td class=\"n\" data-h=\"%s\">%zu</td>",
				seki_verdict_title(p, (enum seki_judgement)j), p->sum[r][j]);
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table>\n", out);
	fprintf(out, "<p class=\"note\">%s %zu, %s %zu</p>\n",
		seki_verdict_title(p, SEKI_SUPPORTING), p->sum[SEKI_ROLE_SUPPORT][SEKI_SUPPORTING],
		seki_verdict_title(p, SEKI_OUTSIDE), p->sum[SEKI_ROLE_NONE][SEKI_OUTSIDE]);
}
