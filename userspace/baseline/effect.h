/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * effect.h - what a change outside a ticket does, per section of the baseline.
 *
 * A file of the administrator's, a section and an effect per line; below /etc/sekisho,
 * which is closed while a policy is in force.
 */
#ifndef SEKI_EFFECT_H
#define SEKI_EFFECT_H

#include "userspace/baseline/baseline.h"

#define SEKI_BASELINE_FILE "/etc/sekisho/baseline.json" /* what was accepted */
#define SEKI_EFFECTS_FILE "/etc/sekisho/baseline-effects"

/* Each does what those before it do. */
#define SEKI_EFFECT_LIST(X)   \
	X(FINDING, "finding") \
	X(ALERT, "alert")     \
	X(REFUSE, "refuse")   \
	X(STOP, "stop")

#define X(name, word) SEKI_EFFECT_##name,
enum seki_effect { SEKI_EFFECT_LIST(X) SEKI_EFFECTS };
#undef X
const char *seki_effect_word(enum seki_effect e);
bool seki_effect_find(const char *word, enum seki_effect *ret);

struct seki_effects {
	enum seki_effect of[SEKI_BASELINE_SECTIONS]; /* FINDING where nothing is said */
};

/* 0, or negative errno with a complaint; -ENOENT: no such file, all are findings. */
int seki_effects_read(const char *path, struct seki_effects *ret, struct seki_complaint *why);
/* The same from text, which is cut into pieces; path is for the complaint. */
int seki_effects_parse(const char *path, char *text, struct seki_effects *ret,
		       struct seki_complaint *why);
enum seki_effect seki_effects_strongest(const struct seki_effects *e);

/* Adds to what seki_baseline_compare() made, for each section that changed or that was
 * not compared, "effect"; the strongest of them.  ticket: somebody says that work was
 * done under one, so there are findings only.
 */
enum seki_effect seki_effects_judge(const struct seki_effects *e, json_t *compared, bool ticket);

#endif /* SEKI_EFFECT_H */
