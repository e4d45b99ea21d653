// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory.c - memory that leaves RAM, and what the CPU does for its protection.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"
#include "userspace/posture/groups.h"

/* ---- swap ---------------------------------------------------------------------------- */

static const char *sys_block(struct seki_posture *p, const char *device, const char *file)
{
	const char *name = strrchr(device, '/'), *text = NULL;

	seki_posture_read(
		p, seki_arena_printf(&p->arena, "/sys/block/%s/%s", name ? name + 1 : device, file),
		&text);
	return text;
}

/* /dev/mapper/NAME is a link to ../dm-N. */
static const char *real_device(struct seki_posture *p, const char *device)
{
	char link[256] = "";
	seki_autoclose int fd = seki_posture_open_at(p, device, O_PATH | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", link, sizeof(link) - 1);

	return n > 0 ? seki_arena_copy(&p->arena, link, (size_t)n) : device;
}

static enum seki_posture_state judge_swap(struct seki_posture *p, const char *path,
					  const char *type, const char **ret_text)
{
	const char *device = real_device(p, path), *text;

	if (!strcmp(type, "file")) {
		*ret_text = "a file; whether its disk is encrypted can't be told";
		return SEKI_POSTURE_WEAK;
	}
	text = sys_block(p, device, "dm/uuid");
	if (text && !strncmp(text, "CRYPT-", 6)) {
		*ret_text = "encrypted";
		return SEKI_POSTURE_GOOD;
	}
	if (strstr(device, "/zram")) {
		text = sys_block(p, device, "backing_dev");
		*ret_text = !text || !strcmp(text, "none") ? "zram, in memory" :
							     "zram that writes back to a disk";
		return !text || !strcmp(text, "none") ? SEKI_POSTURE_GOOD : SEKI_POSTURE_WEAK;
	}
	*ret_text = "a disk, not encrypted by this host";
	return SEKI_POSTURE_BAD;
}

static void swap_line(struct seki_posture *p, struct seki_finding *f, const char *line, size_t len)
{
	seki_autofree char *copy = strndup(line, len);
	char *rest = NULL, *path = copy ? strtok_r(copy, " \t", &rest) : NULL;
	char *type = path ? strtok_r(NULL, " \t", &rest) : NULL;
	const char *text = "";

	if (!type)
		return;
	seki_worsen(f, judge_swap(p, path, type, &text));
	seki_detail(p, f, "%s: %s", path, text);
}

static void check_swap(struct seki_posture *p, const struct seki_posture_item *item,
		       struct seki_finding *f)
{
	const char *text;
	size_t n;

	(void)item;
	f->source = "/proc/swaps";
	if (seki_posture_absent(p, f->source)) {
		seki_found(p, f, SEKI_POSTURE_NOT_APPLICABLE, "the kernel does not swap");
		return;
	}
	text = seki_posture_text(p, f, f->source);
	if (!text)
		return;
	f->state = SEKI_POSTURE_GOOD;
	text += strcspn(text, "\n"); /* the head */
	for (text += !!*text; *text; text += n + !!text[n]) {
		n = strcspn(text, "\n");
		swap_line(p, f, text, n);
	}
	if (f->details)
		seki_found(p, f, f->state, "swap areas in use: %u", f->details);
	else
		seki_found(p, f, SEKI_POSTURE_GOOD, "no swap is in use");
}

static void check_hibernation(struct seki_posture *p, const struct seki_posture_item *item,
			      struct seki_finding *f)
{
	const char *text;

	(void)item;
	f->source = "/sys/power/disk";
	if (seki_posture_absent(p, f->source)) {
		seki_found(p, f, SEKI_POSTURE_NOT_APPLICABLE, "the kernel can't hibernate");
		return;
	}
	text = seki_posture_text(p, f, f->source);
	if (!text)
		return;
	if (strstr(text, "[disabled]"))
		seki_found(p, f, SEKI_POSTURE_GOOD, "%s", text);
	else
		seki_found(p, f, SEKI_POSTURE_WEAK, "%s: all memory can be written to swap", text);
}

/* ---- the CPU ---------------------------------------------------------------------------- */

/* Flags of the first CPU; NULL: said why, or not an x86. */
static const char *cpu_flags(struct seki_posture *p, struct seki_finding *f)
{
	const char *text = seki_posture_text(p, f, "/proc/cpuinfo"), *flags;

	if (!text)
		return NULL;
	flags = strstr(text, "\nflags");
	if (!flags) {
		seki_found(p, f, SEKI_POSTURE_NOT_APPLICABLE, "not an x86");
		return NULL;
	}
	flags += strcspn(flags, ":");
	return seki_arena_copy(&p->arena, flags, strcspn(flags, "\n"));
}

static void check_nx(struct seki_posture *p, const struct seki_posture_item *item,
		     struct seki_finding *f)
{
	const char *flags = cpu_flags(p, f);

	(void)item;
	if (!flags)
		return;
	if (seki_posture_in_list(flags, ": ", "nx"))
		seki_found(p, f, SEKI_POSTURE_GOOD, "nx");
	else
		seki_found(p, f, SEKI_POSTURE_BAD, "no nx: all memory can be run");
}

static void check_smep_smap(struct seki_posture *p, const struct seki_posture_item *item,
			    struct seki_finding *f)
{
	const char *flags = cpu_flags(p, f);
	bool smep, smap;

	(void)item;
	if (!flags)
		return;
	smep = seki_posture_in_list(flags, ": ", "smep");
	smap = seki_posture_in_list(flags, ": ", "smap");
	seki_found(p, f, smep && smap ? SEKI_POSTURE_GOOD : SEKI_POSTURE_WEAK, "%s, %s",
		   smep ? "smep" : "no smep", smap ? "smap" : "no smap");
}

#define VULNERABILITIES "/sys/devices/system/cpu/vulnerabilities"

static void judge_vulnerability(struct seki_posture *p, struct seki_finding *f, const char *name)
{
	const char *text;

	if (seki_posture_read(p, seki_arena_printf(&p->arena, VULNERABILITIES "/%s", name), &text))
		return;
	if (!strncmp(text, "Vulnerable", 10))
		seki_worsen(f, SEKI_POSTURE_BAD);
	else if (strcasestr(text, "vulnerable"))
		seki_worsen(f, SEKI_POSTURE_WEAK);
	else
		return;
	seki_detail(p, f, "%s: %s", name, text);
}

static void check_vulnerabilities(struct seki_posture *p, const struct seki_posture_item *item,
				  struct seki_finding *f)
{
	char **names;
	int n;

	(void)item;
	f->source = VULNERABILITIES;
	n = seki_posture_list(p, f->source, "*", &names);
	if (n <= 0) {
		seki_unseen(p, f, n < 0 ? n : -ENODATA);
		return;
	}
	f->state = SEKI_POSTURE_GOOD;
	for (int i = 0; i < n; i++)
		judge_vulnerability(p, f, names[i]);
	seki_found(p, f, f->state, "known: %d; open at least in part: %u", n, f->details);
}

/* clang-format off */
static const struct seki_number_rule aslr = {
	"/proc/sys/kernel/randomize_va_space", SEKI_POSTURE_NOT_APPLICABLE, NULL,
	{ { 2, 2, SEKI_POSTURE_GOOD, "all of the address space is randomised" },
	  { 1, 1, SEKI_POSTURE_WEAK, "the heap is not randomised" },
	  { 0, 0, SEKI_POSTURE_BAD, "nothing is randomised" } },
};

static const struct seki_posture_item items[] = {
	{ "posture.swap", "swap",
	  "Memory of a core function in a swap area is on a disk, for whoever reads that disk.",
	  "swapoff -a and no swap in /etc/fstab, or an encrypted swap area with a key made at each boot",
	  check_swap, NULL },
	{ "posture.hibernation", "hibernation",
	  "Hibernation writes all memory to a disk and starts again from what it finds there.",
	  "boot with nohibernate, or with lockdown", check_hibernation, NULL },
	{ "posture.aslr", "kernel.randomize_va_space",
	  "Known addresses make a bug of a core function easy to use.",
	  "sysctl kernel.randomize_va_space=2 in /etc/sysctl.d", seki_check_number, &aslr },
	{ "posture.nx", "memory that can't be run",
	  "Without NX data sent to a core function can be run as its code.",
	  "switch NX (XD, no-execute) on in the firmware or the hypervisor", check_nx, NULL },
	{ "posture.smep-smap", "kernel kept from user memory",
	  "Without SMEP and SMAP a bug of the kernel runs and reads what a user prepared.",
	  "use a CPU, or a CPU model of the hypervisor, that has both", check_smep_smap, NULL },
	{ "posture.cpu-vulnerabilities", "CPU vulnerabilities",
	  "Side channels of the CPU read memory of others without any act an LSM could refuse.",
	  "install newer firmware and microcode, or move to another CPU", check_vulnerabilities, NULL },
};
/* clang-format on */

const struct seki_posture_group seki_posture_memory = SEKI_POSTURE_GROUP("memory and CPU", items);
