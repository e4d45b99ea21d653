// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as the config.json of a container.  What fits names a root, and what does
 * not is told in one printable line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/policy/container.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_told(const struct seki_container_fault *fault)
{
	if (!*fault->text || !memchr(fault->text, '\0', sizeof(fault->text)))
		abort();
	for (const char *s = fault->text; *s; s++)
		if ((*s > 0 && *s < ' ') || *s == 0x7f)
			abort();
}

static void judge(const char *json, size_t size, const char *image)
{
	static const char labels[] = "role\0hlr";
	struct seki_container c = { "/b", "/b/r/x", image, labels, sizeof(labels) };
	struct seki_container_fault fault = {};
	char *root = NULL;

	if (seki_container_read(json, size, &c, &root, &fault))
		check_told(&fault);
	else if (!root || !*root)
		abort();
	free(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	judge(text, size, "");
	judge(text, size, "hlr:1");
	/* as the policy's own word */
	seki_image_fault(text);
	free(text);
	return 0;
}
