/* SPDX-License-Identifier: GPL-2.0-or-later */
/* md.h - text that others chose, in Markdown. */
#ifndef SEKI_REPORT_MD_H
#define SEKI_REPORT_MD_H

#include "userspace/report/paper.h"

/* Nothing in a record may become markup. */
void seki_md_text(FILE *out, const char *text);

#endif /* SEKI_REPORT_MD_H */
