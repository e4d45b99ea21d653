/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_paper.h - "sekisho report --format": from logs to a report in a format. */
#ifndef SEKI_CLI_REPORT_PAPER_H
#define SEKI_CLI_REPORT_PAPER_H

#include "userspace/cli/verify_log.h"

struct seki_paper_ask {
	const char *format, *controls, *posture, *out;
	const char *baseline; /* differences, as JSON; NULL: none */
	const char *forward;  /* file of the forwarder; NULL: its times are not judged */
	uint64_t from, to, beat;
	unsigned int pattern;
	bool japanese;
	struct seki_log_task task; /* its keys */
	char **logs;		   /* NULL at the end */
};

/* The format is one of ours; else it is told what is right. */
bool seki_paper_format(const char *name);
/* Exit code. */
int seki_report_paper(struct seki_paper_ask *a);

#endif /* SEKI_CLI_REPORT_PAPER_H */
