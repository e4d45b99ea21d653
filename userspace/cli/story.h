/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story.h - the records of one operator session, told in words.
 */
#ifndef SEKI_CLI_STORY_H
#define SEKI_CLI_STORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct seki_act {
	json_t *record;
	uint64_t n, t; /* number in the log; ns of the epoch */
};

#define SEKI_STORY_MAX 200000 /* acts; more are counted */
struct seki_story {
	struct seki_act *act;
	size_t count, room;
	uint64_t left_out;
};

/* Takes a reference.  False without memory. */
bool seki_story_add(struct seki_story *s, uint64_t n, json_t *record);
void seki_story_free(struct seki_story *s);

/* Sorted by time first: refusals come before allowed acts in the log. */
void seki_story_tell(struct seki_story *s, bool japanese, FILE *out);
json_t *seki_story_json(struct seki_story *s);

#endif /* SEKI_CLI_STORY_H */
