// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * host.c - which host and which boot a record is from.
 */
#include <ctype.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#include "userspace/collector/record.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/hex.h"

static void read_line(const char *root, const char *path, char *ret, size_t size)
{
	char full[256];
	seki_autofclose FILE *f = NULL;

	ret[0] = '\0';
	if (!strcmp(root, "none"))
		return;
	snprintf(full, sizeof(full), "%s%s", root, path);
	f = fopen(full, "re");
	if (f && !fgets(ret, (int)size, f))
		ret[0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
}

/* machine-id(5) asks not to show the id itself; the hash is as stable. */
static void host_id(const char *machine, char ret[SEKI_HOST_TEXT])
{
	unsigned char md[SHA256_DIGEST_LENGTH];
	char text[80];
	int len = snprintf(text, sizeof(text), "sekisho host %s", machine);

	SHA256((unsigned char *)text, (size_t)len, md);
	seki_hex_text(md, 8, ret);
}

void seki_host_read(struct seki_host *h, const char *root)
{
	char line[65];
	size_t len = 0;

	memset(h, 0, sizeof(*h));
	read_line(root, "/etc/machine-id", line, sizeof(line));
	host_id(line, h->id);
	read_line(root, "/proc/sys/kernel/random/boot_id", line, sizeof(line));
	for (const char *p = line; *p && len < SEKI_BOOT_TEXT - 1; p++)
		if (isxdigit((unsigned char)*p))
			h->boot[len++] = *p;
	memset(h->boot + len, '0', SEKI_BOOT_TEXT - 1 - len);
	read_line(root, "/proc/sys/kernel/hostname", h->name, sizeof(h->name));
}
