/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * container.h - an OCI bundle against what a policy says of it.
 *
 * A condition of the load, never who a process is: the loader reads config.json as the
 * runtime will, and what does not fit refuses the policy.  From then on nobody changes
 * that file but whom a rule names.
 */
#ifndef SEKI_CONTAINER_H
#define SEKI_CONTAINER_H

#include <stddef.h>

#define SEKI_CONTAINER_CONFIG "config.json"
#define SEKI_CONTAINER_SIZE_MAX (1u << 20)
#define SEKI_IMAGE_DIGEST "@sha256:"

/* As the policy has it. */
struct seki_container {
	const char *bundle; /* its directory */
	const char *exec;   /* the function's program, on the host */
	const char *image;  /* NAME or NAME@sha256:DIGEST, "" for any */
	const char *labels; /* KEY and VALUE, each with its NUL */
	size_t labels_len;
};

enum seki_container_part {
	SEKI_CONTAINER_BUNDLE,
	SEKI_CONTAINER_IMAGE,
	SEKI_CONTAINER_LABEL,
};

/* What does not fit, and which label; printable. */
struct seki_container_fault {
	enum seki_container_part part;
	unsigned int label;
	char text[1024];
};

/* Sets it; -1. */
__attribute__((format(printf, 3, 4))) int seki_container_wrong(struct seki_container_fault *ret,
							       enum seki_container_part part,
							       const char *fmt, ...);

/* What is wrong with it, or NULL: "has no ...; write ...". */
const char *seki_image_fault(const char *image);

/* The text of a config.json.  0 and the path of the root in it, malloc'ed, or -1. */
int seki_container_read(const char *json, size_t size, const struct seki_container *c,
			char **ret_root, struct seki_container_fault *ret);

/* The bundle itself, seen from the directory root, -1 for this host's.  0 or -1. */
int seki_container_check(int root, const struct seki_container *c,
			 struct seki_container_fault *ret);

#endif /* SEKI_CONTAINER_H */
