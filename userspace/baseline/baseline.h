/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * baseline.h - what a host is made of, as text: sections of names and values, so that
 * two looks can be compared without knowing what they mean.
 *
 * Which control items a section serves is data: baseline.tsv.
 */
#ifndef SEKI_BASELINE_H
#define SEKI_BASELINE_H

#include <jansson.h>

#include "userspace/controls/forms.h"
#include "userspace/posture/posture.h"

/* X(NAME, "id") in the order of the file. */
#define SEKI_BASELINE_LIST(X)   \
	X(KERNEL, "kernel")     \
	X(CMDLINE, "cmdline")   \
	X(MODULES, "modules")   \
	X(PACKAGES, "packages") \
	X(UNITS, "units")       \
	X(SETTINGS, "settings") \
	X(PORTS, "ports")       \
	X(SETID, "setid")       \
	X(PROGRAMS, "bpf")      \
	X(SEALED, "sealed")

#define X(name, id) SEKI_BASELINE_##name,
enum seki_baseline_id { SEKI_BASELINE_LIST(X) SEKI_BASELINE_SECTIONS };
#undef X
const char *seki_baseline_id(enum seki_baseline_id id);

/* A section on its way. */
struct seki_section {
	struct seki_posture *p;
	json_t *values;	 /* name: text */
	const char *why; /* it was not seen, or not all of it; NULL: it was */
};

/* A value for a name; one that is there already gets the second one, too. */
void seki_section_put(struct seki_section *s, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void seki_section_unseen(struct seki_section *s, const char *source, int err);
/* The digest of a regular file, or why there is none. */
const char *seki_section_digest(struct seki_section *s, const char *path);

/* Readers, a file per subject. */
void seki_baseline_kernel(struct seki_section *s);
void seki_baseline_cmdline(struct seki_section *s);
void seki_baseline_modules(struct seki_section *s);
void seki_baseline_programs(struct seki_section *s);
void seki_baseline_packages(struct seki_section *s);
void seki_baseline_units(struct seki_section *s);
void seki_baseline_settings(struct seki_section *s);
void seki_baseline_ports(struct seki_section *s);
void seki_baseline_setid(struct seki_section *s);
void seki_baseline_sealed(struct seki_section *s);

/* The whole, with the time it is said to be of; a new reference. */
json_t *seki_baseline_take(struct seki_posture *p, const char *when);
/* One that was written; NULL with a complaint. */
json_t *seki_baseline_read(const char *path, struct seki_complaint *why);

/* ---- comparing ------------------------------------------------------------------- */

/* Ten sections in their order; to be freed in either case. */
int seki_baseline_table(struct seki_sheet *s, const char *dir, struct seki_complaint *why);

/* {"sections": [{"id", "controls", "added", "removed", "changed", "not_compared"}],
 *  "changes": N, "not_compared": N}; a new reference.
 */
json_t *seki_baseline_compare(const json_t *before, const json_t *now,
			      const struct seki_sheet *table);
/* Names that are new, gone or other in one of these sections. */
size_t seki_section_changes(const json_t *compared);

#endif /* SEKI_BASELINE_H */
