// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/policy/container.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#define DIGEST_LEN 64

const char *seki_image_fault(const char *image)
{
	const char *at = strchr(image, '@');
	size_t before = strlen(SEKI_IMAGE_DIGEST);

	if (strpbrk(image, " \"\\") || at == image)
		return "is no name of an image; write NAME or NAME@sha256:DIGEST";
	if (at &&
	    (strncmp(at, SEKI_IMAGE_DIGEST, before) ||
	     strspn(at + before, "0123456789abcdef") != DIGEST_LEN || at[before + DIGEST_LEN]))
		return "has no whole digest; write @sha256: and 64 digits of 0-9 and a-f";
	return NULL;
}

/* What a bundle says reaches terminals and the journal. */
static void printable(char *s)
{
	for (; *s; s++)
		if ((*s > 0 && *s < ' ') || *s == 0x7f)
			*s = '?';
}

int seki_container_wrong(struct seki_container_fault *ret, enum seki_container_part part,
			 const char *fmt, ...)
{
	va_list args;

	ret->part = part;
	va_start(args, fmt);
	vsnprintf(ret->text, sizeof(ret->text), fmt, args);
	va_end(args);
	printable(ret->text);
	return -1;
}

static const char *annotation(const json_t *config, const char *key)
{
	return json_string_value(json_object_get(json_object_get(config, "annotations"), key));
}

/* An image's own labels are annotations too, and so perhaps the name of the image it was
 * built from; what an engine says comes first.
 */
static const char *image_of(const json_t *config)
{
	static const char *const keys[] = { "io.kubernetes.cri.image-name",
					    "io.kubernetes.cri-o.ImageName",
					    "org.opencontainers.image.ref.name" };
	const char *image = NULL;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys) && !image; i++)
		image = annotation(config, keys[i]);
	return image;
}

/* A policy without a digest takes every one of that name. */
static bool image_fits(const char *want, const char *is)
{
	size_t name = strcspn(is, "@");

	if (strchr(want, '@'))
		return !strcmp(want, is);
	return !strncmp(want, is, name) && !want[name];
}

static int check_image(const json_t *config, const struct seki_container *c,
		       struct seki_container_fault *ret)
{
	const char *is = image_of(config);

	if (!*c->image || (is && image_fits(c->image, is)))
		return 0;
	if (!is)
		return seki_container_wrong(
			ret, SEKI_CONTAINER_IMAGE,
			"%.255s/config.json names no image, and the policy wants %.255s; "
			"annotate it with org.opencontainers.image.ref.name",
			c->bundle, c->image);
	return seki_container_wrong(
		ret, SEKI_CONTAINER_IMAGE,
		"%.255s/config.json is of the image %.255s, and the policy wants %.255s; "
		"correct the one that is wrong",
		c->bundle, is, c->image);
}

static int check_label(const json_t *config, const struct seki_container *c, const char *key,
		       const char *want, struct seki_container_fault *ret)
{
	const char *is = annotation(config, key);

	if (is && !strcmp(is, want))
		return 0;
	if (!is)
		return seki_container_wrong(
			ret, SEKI_CONTAINER_LABEL,
			"%.200s/config.json has no label %.255s, and the policy wants '%.255s'; "
			"correct the one that is wrong",
			c->bundle, key, want);
	return seki_container_wrong(
		ret, SEKI_CONTAINER_LABEL,
		"%.200s/config.json has '%.200s' as label %.255s, and the policy wants "
		"'%.255s'; correct the one that is wrong",
		c->bundle, is, key, want);
}

static int check_labels(const json_t *config, const struct seki_container *c,
			struct seki_container_fault *ret)
{
	const char *end = c->labels + c->labels_len, *value;

	ret->label = 0;
	for (const char *key = c->labels; key < end; key = value + strlen(value) + 1) {
		value = key + strlen(key) + 1;
		if (check_label(config, c, key, value, ret))
			return -1;
		ret->label++;
	}
	return 0;
}

static int check_config(const json_t *config, const struct seki_container *c, char **ret_root,
			struct seki_container_fault *ret)
{
	const char *root =
		json_string_value(json_object_get(json_object_get(config, "root"), "path"));

	if (!root || !*root)
		return seki_container_wrong(
			ret, SEKI_CONTAINER_BUNDLE,
			"%.255s/config.json has no root.path; give the bundle of a container",
			c->bundle);
	if (check_image(config, c, ret) || check_labels(config, c, ret))
		return -1;
	*ret_root = strdup(root);
	return *ret_root ? 0 : seki_container_wrong(ret, SEKI_CONTAINER_BUNDLE, "out of memory");
}

/* A key twice is refused: the runtime might take the other one. */
int seki_container_read(const char *json, size_t size, const struct seki_container *c,
			char **ret_root, struct seki_container_fault *ret)
{
	json_error_t why;
	json_t *config = json_loadb(json, size, JSON_REJECT_DUPLICATES, &why);
	int err;

	if (!config)
		return seki_container_wrong(ret, SEKI_CONTAINER_BUNDLE,
					    "%.255s/config.json:%d: %.160s; correct it", c->bundle,
					    why.line, why.text);
	err = check_config(config, c, ret_root, ret);
	json_decref(config);
	return err;
}
