/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * enrich.h - stage 3: what the host knows about the numbers of an event.
 */
#ifndef SEKI_ENRICH_H
#define SEKI_ENRICH_H

#include "userspace/collector/decode.h"
#include "userspace/collector/names.h"
#include "userspace/collector/path.h"
#include "userspace/collector/people.h"
#include "userspace/collector/programs.h"

/* Everything that is looked up; opened once, read by each event. */
struct seki_knowledge {
	struct seki_names names;
	struct seki_mounts mounts;
	struct seki_people people;
	struct seki_programs programs;
};

/* One event with its words.  Pointers are borrowed from the event and from
 * seki_knowledge, until the next event.
 */
struct seki_facts {
	struct seki_decoded in;
	const struct seki_policy *policy;    /* that judged; may be NULL */
	const struct seki_bundle_rule *rule; /* may be NULL */
	const struct seki_program *program;  /* may be NULL */
	const struct seki_person *person;    /* may be NULL */
	const char *login;		     /* account of the loginuid, may be NULL */
	const char *user;		     /* account of the uid, may be NULL */
	const char *domain;
	const char *target_domain; /* access to a process, else NULL */
	const char *from_domain;   /* exec, else NULL */
	const char *entry;	   /* exec of a domain's program, else NULL */
	const char *label;	   /* access, else NULL */
	unsigned int label_kind;   /* enum seki_label_kind */
	const char *tty;	   /* "": none */
	struct seki_path_text path;
	char number[4][SEKI_NUMBER_TEXT];
};

/* 0. */
int seki_enrich(struct seki_knowledge *k, const struct seki_decoded *in, struct seki_facts *ret);

#endif /* SEKI_ENRICH_H */
