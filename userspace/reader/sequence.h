/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sequence.h - is every number a record?
 *
 * The kernel numbers events by CPU and over all CPUs.  Each heartbeat and stop
 * tells, for each CPU, which numbers are settled and how many of them made no
 * record because none is wanted; loss records tell what is lost.  So, over a span,
 * records and unwanted and lost are as many as there are numbers; what is less is
 * missing.
 */
#ifndef SEKI_SEQUENCE_H
#define SEKI_SEQUENCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct seki_numbers {
	uint64_t *v; /* of records no span has covered yet */
	size_t count, room;
	uint64_t to;	  /* the spans told reach up to it; 0: none was told */
	uint64_t lost;	  /* told, of no span yet */
	uint64_t carried; /* unwanted among those that wait, of a collector that stopped */
	uint64_t late;	  /* told lost by spans: so many may still come */
	bool judged;	  /* what came before is known too */
	bool fresh;	  /* a collector has started since: numbers may begin anew */
};

struct seki_sequence {
	struct seki_numbers *cpu; /* [cpus] counts over all CPUs */
	char boot[16];		  /* of the last record: each counts anew */
	bool stopped;		  /* the last collector, cleanly */
	bool whole;		  /* the log is here from its first record on */
	uint64_t cpus;		  /* that a span was told of */
	/* sums over the spans of a time */
	uint64_t numbers, records, unwanted, lost, missing, twice;
	uint64_t all, all_missing; /* the same over all CPUs */
	uint64_t unjudged;	   /* numbers of spans whose beginning is not here */
	FILE *told;		   /* lines about what is missing */
	char *text;
	size_t text_size, lines;
};

/* Records in their order.  within: its span counts. */
void seki_sequence_add(struct seki_sequence *s, json_t *record, bool within);
void seki_sequence_print(struct seki_sequence *s, FILE *out);
void seki_sequence_free(struct seki_sequence *s);

#endif /* SEKI_SEQUENCE_H */
