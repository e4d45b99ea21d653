// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * upgrade.c - this loader's programs take the place of those that are attached,
 * with their maps, so policy, labels, domains and marks stay.
 *
 * New links are pinned beside the old under another first word, so that both
 * sets enforce; then each takes the name of its elder, which ends that one.
 * Two refusals are one refusal; what is recorded may be recorded twice meanwhile.
 */
#include "loader/loader.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"

#define OLD "link_"
#define NEW "next_"

static bool ours(const struct sekisho_bpf *s, const char *pin)
{
	const struct bpf_program *p = bpf_object__find_program_by_name(s->obj, pin + strlen(OLD));

	return p && bpf_program__autoload(p) && !seki_is_loaders_own(p);
}

/* Pins that begin so; with keep, only those whose program the new set lacks. */
static void remove_pins(const char *prefix, const struct sekisho_bpf *keep)
{
	DIR *d = seki_pin_opendir(SEKI_PINS);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (!strncmp(e->d_name, prefix, strlen(prefix)) && !(keep && ours(keep, e->d_name)))
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

static int pin_beside(struct sekisho_bpf *s, unsigned int *ret_count)
{
	struct bpf_program *p;

	*ret_count = 0;
	bpf_object__for_each_program(p, s->obj) {
		if (!bpf_program__autoload(p) || seki_is_loaders_own(p))
			continue;
		if (seki_pin_link(p, SEKI_PINS "/" NEW))
			return -1;
		++*ret_count;
	}
	return 0;
}

/* The program of an old link is ours no more. */
static void disown(struct sekisho_bpf *s, const char *pin)
{
	seki_autoclose int fd = bpf_obj_get(pin);
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);
	__u64 key;

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return;
	key = 2ull << 32 | info.prog_id;
	bpf_map_delete_elem(bpf_map__fd(s->maps.seki_own), &key);
}

static int take_names(struct sekisho_bpf *s)
{
	char from[PATH_MAX], to[PATH_MAX];
	struct bpf_program *p;

	bpf_object__for_each_program(p, s->obj) {
		if (!bpf_program__autoload(p) || seki_is_loaders_own(p))
			continue;
		snprintf(from, sizeof(from), "%s/%s%s", SEKI_PINS, NEW, bpf_program__name(p));
		snprintf(to, sizeof(to), "%s/%s%s", SEKI_PINS, OLD, bpf_program__name(p));
		disown(s, to);
		if (rename(from, to) < 0) {
			seki_warn("%s: cannot become %s; both enforce, upgrade again", from, to);
			return -1;
		}
	}
	return 0;
}

static int replace(struct sekisho_bpf *s)
{
	unsigned int programs;

	remove_pins(NEW, NULL); /* of a loader that was killed */
	if (seki_own(s))
		return -1;
	if (pin_beside(s, &programs)) {
		remove_pins(NEW, NULL);
		return -1;
	}
	seki_step("attached");
	/* What the new programs marked before all of them were attached. */
	memset(seki_state_memory(s)->plain, 0, sizeof(seki_state_memory(s)->plain));
	if (seki_notice(s, SEKI_POLICY_UPGRADE_BEGINS, 0, NULL)) {
		remove_pins(NEW, NULL);
		return -1;
	}
	if (take_names(s))
		return -1;
	remove_pins(OLD, s);
	seki_meta_memory(s)->programs = programs;
	seki_notice(s, SEKI_POLICY_UPGRADE_ENDS, 0, NULL);
	printf("sekisho: %u programs upgraded, the policy is unchanged\n", programs);
	return 0;
}

int seki_upgrade(const struct seki_kernel *k)
{
	struct sekisho_bpf *s;
	int err;

	if (!seki_is_loaded()) {
		seki_warnx("nothing is loaded that could be upgraded; load a policy");
		return -1;
	}
	if (seki_load_beside(k, &s))
		return -1;
	err = seki_in_place(s) ? replace(s) : -1;
	sekisho_bpf__destroy(s);
	return err;
}
