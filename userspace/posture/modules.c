// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * modules.c - code that joined the kernel: whether it needs a signature, and
 * whether some came without.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "userspace/posture/groups.h"

#define MODULES "/proc/modules"
#define DISABLED "/proc/sys/kernel/modules_disabled"
#define ENFORCE "/sys/module/module/parameters/sig_enforce"

static bool no_modules(struct seki_posture *p, struct seki_finding *f)
{
	if (!seki_posture_absent(p, MODULES))
		return false;
	f->source = MODULES;
	seki_found(p, f, SEKI_POSTURE_NOT_APPLICABLE, "the kernel takes no modules");
	return true;
}

static void check_signatures(struct seki_posture *p, const struct seki_posture_item *item,
			     struct seki_finding *f)
{
	const char *text;

	(void)item;
	if (no_modules(p, f))
		return;
	f->source = ENFORCE;
	if (seki_posture_absent(p, ENFORCE)) {
		seki_found(p, f, SEKI_POSTURE_BAD, "the kernel does not check module signatures");
		return;
	}
	text = seki_posture_text(p, f, ENFORCE);
	if (!text)
		return;
	if (*text == 'Y')
		seki_found(p, f, SEKI_POSTURE_GOOD, "Y: signatures are demanded");
	else if (!seki_posture_read(p, "/sys/kernel/security/lockdown", &text) &&
		 strchr(text, '[') && !strstr(text, "[none]"))
		seki_found(p, f, SEKI_POSTURE_GOOD, "N, but lockdown demands signatures");
	else
		seki_found(p, f, SEKI_POSTURE_WEAK, "N: modules without a signature are taken");
}

static void check_disabled(struct seki_posture *p, const struct seki_posture_item *item,
			   struct seki_finding *f)
{
	const char *text;

	(void)item;
	if (no_modules(p, f))
		return;
	text = seki_posture_text(p, f, DISABLED);
	if (!text)
		return;
	if (!strcmp(text, "1"))
		seki_found(p, f, SEKI_POSTURE_GOOD, "1: no module until the next boot");
	else
		seki_found(p, f, SEKI_POSTURE_WEAK, "%s: modules can be loaded", text);
}

/* ---- taint ------------------------------------------------------------------------- */

/* By bit, Documentation/admin-guide/tainted-kernels.rst. */
static const struct {
	enum seki_posture_state state;
	const char *text;
} taints[] = {
	{ SEKI_POSTURE_WEAK, "P proprietary module" },
	{ SEKI_POSTURE_BAD, "F module forced in" },
	{ SEKI_POSTURE_WEAK, "S out of specification" },
	{ SEKI_POSTURE_BAD, "R module forced out" },
	{ SEKI_POSTURE_BAD, "M machine check" },
	{ SEKI_POSTURE_BAD, "B bad page" },
	{ SEKI_POSTURE_WEAK, "U asked for by user space" },
	{ SEKI_POSTURE_BAD, "D died (oops)" },
	{ SEKI_POSTURE_WEAK, "A ACPI table overridden" },
	{ SEKI_POSTURE_WEAK, "W warned" },
	{ SEKI_POSTURE_WEAK, "C staging driver" },
	{ SEKI_POSTURE_WEAK, "I firmware workaround" },
	{ SEKI_POSTURE_WEAK, "O out-of-tree module" },
	{ SEKI_POSTURE_BAD, "E unsigned module" },
	{ SEKI_POSTURE_WEAK, "L soft lockup" },
	{ SEKI_POSTURE_WEAK, "K live patch" },
	{ SEKI_POSTURE_WEAK, "X of the distribution" },
	{ SEKI_POSTURE_WEAK, "T randomised structures" },
	{ SEKI_POSTURE_WEAK, "N test" },
};

static void check_taint(struct seki_posture *p, const struct seki_posture_item *item,
			struct seki_finding *f)
{
	const char *text = seki_posture_text(p, f, "/proc/sys/kernel/tainted");
	unsigned long bits;

	(void)item;
	if (!text)
		return;
	bits = strtoul(text, NULL, 10);
	seki_found(p, f, bits ? SEKI_POSTURE_WEAK : SEKI_POSTURE_GOOD, "%s%s", text,
		   bits ? "" : ": not tainted");
	for (unsigned int i = 0; i < 64; i++) {
		if (!(bits >> i & 1))
			continue;
		if (i >= sizeof(taints) / sizeof(taints[0])) {
			seki_detail(p, f, "bit %u", i);
			continue;
		}
		seki_detail(p, f, "%s", taints[i].text);
		seki_worsen(f, taints[i].state);
	}
}

/* "name size refs users state address (OE)": the last word is the taint. */
static void judge_module(struct seki_posture *p, struct seki_finding *f, const char *line,
			 size_t len)
{
	const char *open = memrchr(line, '(', len);
	size_t name = strcspn(line, " ");

	if (!open || line[len - 1] != ')')
		return;
	seki_detail(p, f, "%.*s %.*s", (int)name, line, (int)(line + len - open), open);
	for (const char *c = open; c < line + len; c++)
		seki_worsen(f, strchr("EFR", *c) ? SEKI_POSTURE_BAD : SEKI_POSTURE_WEAK);
}

static void check_list(struct seki_posture *p, const struct seki_posture_item *item,
		       struct seki_finding *f)
{
	enum seki_posture_state state;
	unsigned int count = 0;
	const char *text;
	size_t n;

	(void)item;
	if (no_modules(p, f))
		return;
	text = seki_posture_text(p, f, MODULES);
	if (!text)
		return;
	f->state = SEKI_POSTURE_GOOD;
	for (; *text; text += n + !!text[n], count++) {
		n = strcspn(text, "\n");
		if (n)
			judge_module(p, f, text, n);
	}
	state = f->state;
	seki_found(p, f, state, "modules: %u; tainting: %u", count, f->details);
}

/* clang-format off */
static const struct seki_posture_item items[] = {
	{ "posture.module-signatures", "signatures of modules",
	  "A module without a checked signature is code inside the kernel, above every LSM.",
	  "boot with module.sig_enforce=1 or lockdown=integrity", check_signatures, NULL },
	{ "posture.modules-disabled", "kernel.modules_disabled",
	  "A kernel that takes no more modules can't be changed by one.",
	  "sysctl kernel.modules_disabled=1 when all modules are in",
	  check_disabled, NULL },
	{ "posture.taint", "kernel taint",
	  "The kernel itself says that what runs is not only what its makers signed, or has failed.",
	  "take the module or the fault away, and boot again", check_taint, NULL },
	{ "posture.module-list", "modules out of tree, unsigned or forced",
	  "Such a module was never part of the kernel its makers signed, and can do anything in it.",
	  "remove these modules, or have them built and signed with the kernel", check_list, NULL },
};
/* clang-format on */

const struct seki_posture_group seki_posture_modules = SEKI_POSTURE_GROUP("modules", items);
