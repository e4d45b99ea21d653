/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * html.h - the parts of the report as one HTML file: no script, no network, charts
 * as inline SVG; for A4 and for a narrow screen.
 */
#ifndef SEKI_REPORT_HTML_H
#define SEKI_REPORT_HTML_H

#include "userspace/report/paper.h"

extern const char seki_html_style[];

/* Text that others chose: nothing of it is markup, and nothing of it hides. */
void seki_html_text(FILE *out, const char *text);
void seki_html_phrase(const struct seki_paper *p, FILE *out, enum seki_phrase what);

/* html_chart.c */
void seki_html_timeline(const struct seki_paper *p, FILE *out);
void seki_html_verdicts(const struct seki_paper *p, FILE *out);
/* html_items.c */
void seki_html_items(const struct seki_paper *p, FILE *out);

#endif /* SEKI_REPORT_HTML_H */
