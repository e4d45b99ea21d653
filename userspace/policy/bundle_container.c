// SPDX-License-Identifier: GPL-2.0-or-later
/* Containers of functions in a bundle. */
#include "userspace/policy/bundle.h"

#include <stdio.h>

#include "userspace/policy/container.h"

bool seki_bundle_container(const struct seki_bundle *b, const struct seki_bundle_domain *d,
			   struct seki_container *ret)
{
	*ret = (struct seki_container){ seki_bundle_string(b, d->container),
					seki_bundle_string(b, d->exec),
					seki_bundle_string(b, d->image),
					seki_bundle_string(b, d->container_labels),
					d->container_labels_len };
	return *ret->bundle;
}

char *seki_bundle_container_labels(const struct seki_bundle *b, const struct seki_bundle_domain *d)
{
	const char *key = seki_bundle_string(b, d->container_labels), *value;
	const char *end = key + d->container_labels_len;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (const char *sep = ""; key < end; sep = ", ") {
		value = key + strlen(key) + 1;
		fprintf(out, "%s%s=%s", sep, key, value);
		key = value + strlen(value) + 1;
	}
	return !fclose(out) ? text : NULL;
}
