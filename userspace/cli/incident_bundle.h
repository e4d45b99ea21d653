/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * incident_bundle.h - a directory for others: the segments of a log from a time on with
 * their checkpoints and public keys, and a manifest of all that lies in it.
 */
#ifndef SEKI_CLI_INCIDENT_BUNDLE_H
#define SEKI_CLI_INCIDENT_BUNDLE_H

#include <jansson.h>
#include <stdint.h>

/* Copies into DIR/log what verifies alone; 0 or negative errno. */
int seki_bundle_log(const char *log, uint64_t from, const char *dir);
/* Writes DIR/manifest.json: head, which it takes, with the digest of every file below. */
int seki_bundle_manifest(const char *dir, json_t *head);
/* All of it goes: what is not whole is nothing. */
void seki_bundle_remove(const char *dir);

#endif /* SEKI_CLI_INCIDENT_BUNDLE_H */
