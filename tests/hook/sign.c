// SPDX-License-Identifier: GPL-2.0-or-later
/* sign.c - keys and signed bundles, made in the guest as an engineer would. */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "userspace/lib/file.h"
#include "userspace/policy/bundle_write.h"

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	printf("Bail out! sign: %s\nGUEST-EXIT 1\n", what);
	exit(1);
}

struct evp_pkey_st *sign_key(void)
{
	struct evp_pkey_st *key = seki_key_generate();

	must(key != NULL, "no key");
	return key;
}

void sign_enroll(struct evp_pkey_st *key, const char *name)
{
	char path[128];
	size_t size;
	char *pem = seki_key_pem(key, true, &size);

	mkdir(SEKI_KEYS_DIR, 0755);
	snprintf(path, sizeof(path), "%s/%s", SEKI_KEYS_DIR, name);
	must(pem && !seki_file_write(path, pem, size, 0644), path);
	free(pem);
}

static void set_version(char *image, __u32 version)
{
	struct seki_bundle_head *h = (void *)image;
	struct seki_bundle_meta *m = (void *)(image + h->section[SEKI_SECTION_META].offset);

	m->version = version;
	seki_bundle_digest(image, h->size, h->digest);
}

void sign_bundle(const char *from, const char *to, struct evp_pkey_st *key, const char *host,
		 __u32 version)
{
	struct seki_trailer t;
	char *image, *file;
	size_t size;

	must(!seki_file_read(from, SEKI_BUNDLE_SIZE_MAX, &image, &size), from);
	size = ((struct seki_bundle_head *)image)->size;
	file = malloc(size + sizeof(t));
	must(file != NULL, "memory");
	memcpy(file, image, size);
	if (version)
		set_version(file, version);
	must(!seki_sign(key, SEKI_FOR_BUNDLE, host, file, size, &t), "signature");
	memcpy(file + size, &t, sizeof(t));
	must(!seki_file_write(to, file, size + sizeof(t), 0644), to);
	free(file);
	free(image);
}

/* As /usr/sbin/sekishod: what "sekisho status" would show. */
int sign_tell_load(void)
{
	int fd = bpf_obj_get("/sys/fs/bpf/sekisho/meta");
	struct seki_meta meta = {};
	__u32 zero = 0;

	if (bpf_map_lookup_elem(fd, &zero, &meta))
		return 1;
	return seki_file_write("/tmp/load", &meta.loaded_ns, sizeof(meta.loaded_ns), 0644) != 0;
}

__u64 sign_load(void)
{
	__u64 load = 0;
	size_t size;
	char *data;

	unlink("/tmp/load");
	if (act_program("/usr/sbin/sekishod", "--load") ||
	    seki_file_read("/tmp/load", sizeof(load), &data, &size))
		return 0;
	memcpy(&load, data, sizeof(load));
	free(data);
	return load;
}

void sign_boot(char ret[SEKI_HOST_LEN + 1])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "r");
	char text[64];

	must(f && fgets(text, sizeof(text), f) && !seki_order_boot(text, ret), "boot id");
	fclose(f);
}

void sign_order(const char *to, struct evp_pkey_st *key, const char *host, struct seki_order *o)
{
	struct seki_order_file f = { .order = *o };

	f.order.format = SEKI_ORDER_FORMAT;
	memcpy(f.order.magic, SEKI_ORDER_MAGIC, sizeof(f.order.magic));
	must(!seki_sign(key, SEKI_FOR_ORDER, host, &f.order, sizeof(f.order), &f.trailer), "order");
	must(!seki_file_write(to, &f, sizeof(f), 0644), to);
}
