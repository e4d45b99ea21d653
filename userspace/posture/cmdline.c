// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmdline.c - what the boot loader told the kernel. Whoever writes that line
 * decides whether BPF LSM is there at all, and which program is PID 1.
 */
#include <errno.h>
#include <string.h>

#include "userspace/posture/posture.h"

#define CMDLINE "/proc/cmdline"

/* Blanks part words, except inside double quotes; as lib/cmdline.c does. */
static size_t word_length(const char *s)
{
	bool quoted = false;
	size_t n;

	for (n = 0; s[n] && (quoted || !strchr(" \t\n", s[n])); n++)
		if (s[n] == '"')
			quoted = !quoted;
	return n;
}

static void split(struct seki_posture *p, const char *text)
{
	size_t room = strlen(text) / 2 + 1, n;

	p->word = seki_arena_array(&p->arena, room, sizeof(*p->word));
	p->kernel_words = SIZE_MAX;
	for (text += strspn(text, " \t\n"); *text; text += n, text += strspn(text, " \t\n")) {
		n = word_length(text);
		p->word[p->words] = seki_arena_copy(&p->arena, text, n);
		if (!strcmp(p->word[p->words], "--") && p->kernel_words == SIZE_MAX)
			p->kernel_words = p->words;
		p->words++;
	}
	if (p->kernel_words == SIZE_MAX)
		p->kernel_words = p->words;
}

int seki_posture_words(struct seki_posture *p)
{
	const char *text;

	if (!p->have_words) {
		p->have_words = true;
		p->words_error = seki_posture_read(p, CMDLINE, &text);
		if (!p->words_error)
			split(p, text);
	}
	return p->words_error;
}

/* The kernel takes - and _ in names for one; value is what is behind '='. */
static const char *value_of(const char *word, const char *key)
{
	for (; *key; word++, key++)
		if (*word != *key && !(*key == '_' && *word == '-'))
			return NULL;
	if (*word && *word != '=')
		return NULL;
	return *word ? word + 1 : word;
}

const char *seki_posture_param(const struct seki_posture *p, const char *key)
{
	for (size_t i = p->kernel_words; i-- > 0;)
		if (value_of(p->word[i], key))
			return value_of(p->word[i], key);
	return NULL;
}

static bool readable(struct seki_posture *p, struct seki_finding *f)
{
	int err = seki_posture_words(p);

	f->source = CMDLINE;
	if (err)
		seki_unseen(p, f, err);
	return !err;
}

/* ---- lsm=, lockdown=, module.sig_enforce ------------------------------------------ */

static void check_lsm(struct seki_posture *p, const struct seki_posture_item *item,
		      struct seki_finding *f)
{
	const char *value, *active;

	(void)item;
	if (!readable(p, f))
		return;
	value = seki_posture_param(p, "lsm");
	if (value)
		seki_found(p, f,
			   seki_posture_in_list(value, ",", "bpf") ? SEKI_POSTURE_GOOD :
								     SEKI_POSTURE_BAD,
			   "lsm=%s", value);
	else if (seki_posture_read(p, "/sys/kernel/security/lsm", &active))
		seki_found(p, f, SEKI_POSTURE_WEAK,
			   "no lsm=, and the kernel's own order is not observable");
	else if (seki_posture_in_list(active, ",", "bpf"))
		seki_found(p, f, SEKI_POSTURE_GOOD, "no lsm=; the kernel's own order has bpf");
	else
		seki_found(p, f, SEKI_POSTURE_BAD, "no lsm=, and the kernel's own order lacks bpf");
}

static bool locked_down(struct seki_posture *p)
{
	const char *text;

	return !seki_posture_read(p, "/sys/kernel/security/lockdown", &text) &&
	       !strstr(text, "[none]") && strchr(text, '[');
}

static void check_lockdown(struct seki_posture *p, const struct seki_posture_item *item,
			   struct seki_finding *f)
{
	const char *value;

	(void)item;
	if (!readable(p, f))
		return;
	value = seki_posture_param(p, "lockdown");
	if (value && (!strcmp(value, "integrity") || !strcmp(value, "confidentiality")))
		seki_found(p, f, SEKI_POSTURE_GOOD, "lockdown=%s", value);
	else if (value)
		seki_found(p, f, SEKI_POSTURE_BAD, "lockdown=%s is no level", value);
	else if (locked_down(p))
		seki_found(p, f, SEKI_POSTURE_GOOD, "no lockdown=; locked down by other means");
	else
		seki_found(p, f, SEKI_POSTURE_WEAK, "no lockdown=");
}

static void check_sig_enforce(struct seki_posture *p, const struct seki_posture_item *item,
			      struct seki_finding *f)
{
	const char *value;

	(void)item;
	if (!readable(p, f))
		return;
	value = seki_posture_param(p, "module.sig_enforce");
	if (value && (!*value || strchr("1yY", *value)))
		seki_found(p, f, SEKI_POSTURE_GOOD, "module.sig_enforce is there");
	else if (seki_posture_param(p, "nomodule"))
		seki_found(p, f, SEKI_POSTURE_GOOD, "nomodule: the kernel takes no modules");
	else if (locked_down(p))
		seki_found(p, f, SEKI_POSTURE_GOOD,
			   "no module.sig_enforce; lockdown asks for signatures");
	else
		seki_found(p, f, SEKI_POSTURE_WEAK, "no module.sig_enforce");
}

/* ---- another PID 1 ------------------------------------------------------------------ */

/* Values under which the usual init starts as usual. */
static const struct {
	const char *key, *usual[4];
} starts[] = {
	{ "init", { "/sbin/init", "/lib/systemd/systemd", "/usr/lib/systemd/systemd" } },
	{ "rdinit", { "/init" } },
	{ "systemd.unit", { "multi-user.target", "graphical.target", "default.target" } },
	{ "rd.systemd.unit", { "initrd.target" } },
	{ "systemd.debug_shell", { "0", "no", "off" } },
	{ "systemd.run", { NULL } },
	{ "rd.break", { NULL } },
	{ "rd.shell", { "0" } },
	{ "break", { NULL } },
};

static bool unusual_start(const char *word)
{
	static const char single[] = "single s S 1 emergency rescue -b -s";

	if (seki_posture_in_list(single, " ", word))
		return true;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		const char *value = value_of(word, starts[i].key);

		if (!value)
			continue;
		for (size_t j = 0; j < 4 && starts[i].usual[j]; j++)
			if (!strcmp(value, starts[i].usual[j]))
				return false;
		return true;
	}
	return false;
}

/* systemd and initramfs scripts read the words behind "--" too. */
static void check_init(struct seki_posture *p, const struct seki_posture_item *item,
		       struct seki_finding *f)
{
	(void)item;
	if (!readable(p, f))
		return;
	seki_found(p, f, SEKI_POSTURE_GOOD, "no word that starts another init or a rescue shell");
	for (size_t i = 0; i < p->words; i++)
		if (unusual_start(p->word[i]))
			seki_detail(p, f, "%s", p->word[i]);
	if (f->details)
		seki_found(p, f, SEKI_POSTURE_BAD, "something else than usual is started: %u",
			   f->details);
}

/* ---- switches that take protection away ------------------------------------------------ */

struct cmdline_switch {
	const char *key, *value; /* NULL: any; "off": also no and 0; "*x": has x in it */
	enum seki_posture_state state;
};

static bool switched(const char *is, const char *want)
{
	if (!want || !strcmp(is, want))
		return true;
	if (*want == '*')
		return strstr(is, want + 1);
	return !strcmp(want, "off") && (!strcmp(is, "0") || !strcmp(is, "no"));
}

static void check_switches(struct seki_posture *p, const struct seki_posture_item *item,
			   struct seki_finding *f)
{
	enum seki_posture_state worst = SEKI_POSTURE_GOOD;

	if (!readable(p, f))
		return;
	for (const struct cmdline_switch *s = item->rule; s->key; s++) {
		const char *value = seki_posture_param(p, s->key);

		if (!value || !switched(value, s->value))
			continue;
		seki_detail(p, f, "%s%s%s", s->key, *value ? "=" : "", value);
		worst = s->state > worst ? s->state : worst;
	}
	if (f->details)
		seki_found(p, f, worst, "words that weaken the kernel: %u", f->details);
	else
		seki_found(p, f, SEKI_POSTURE_GOOD, "no such word");
}

/* clang-format off */
static const struct cmdline_switch ftrace_off[] = {
	{ "sysctl.kernel.ftrace_enabled", "off", SEKI_POSTURE_BAD },
	{ "sysctl.kernel/ftrace_enabled", "off", SEKI_POSTURE_BAD },
	{ 0 },
};
static const struct cmdline_switch mitigations_off[] = {
	{ "mitigations", "off", SEKI_POSTURE_BAD },
	{ "mitigations", "*no_", SEKI_POSTURE_WEAK },
	{ "nopti", NULL, SEKI_POSTURE_WEAK },
	{ "pti", "off", SEKI_POSTURE_WEAK },
	{ "nospectre_v1", NULL, SEKI_POSTURE_WEAK },
	{ "nospectre_v2", NULL, SEKI_POSTURE_WEAK },
	{ "spectre_v2", "off", SEKI_POSTURE_WEAK },
	{ "spec_store_bypass_disable", "off", SEKI_POSTURE_WEAK },
	{ "l1tf", "off", SEKI_POSTURE_WEAK },
	{ "mds", "off", SEKI_POSTURE_WEAK },
	{ "tsx_async_abort", "off", SEKI_POSTURE_WEAK },
	{ "retbleed", "off", SEKI_POSTURE_WEAK },
	{ "nosmep", NULL, SEKI_POSTURE_BAD },
	{ "nosmap", NULL, SEKI_POSTURE_BAD },
	{ "noexec", "off", SEKI_POSTURE_BAD },
	{ 0 },
};
static const struct cmdline_switch iommu_off[] = {
	{ "iommu", "off", SEKI_POSTURE_BAD },
	{ "intel_iommu", "off", SEKI_POSTURE_BAD },
	{ "amd_iommu", "off", SEKI_POSTURE_BAD },
	{ "iommu", "pt", SEKI_POSTURE_WEAK },
	{ "iommu.passthrough", "1", SEKI_POSTURE_WEAK },
	{ "iommu.strict", "off", SEKI_POSTURE_WEAK },
	{ 0 },
};
static const struct cmdline_switch aslr_off[] = {
	{ "nokaslr", NULL, SEKI_POSTURE_WEAK },
	{ "norandmaps", NULL, SEKI_POSTURE_BAD },
	{ 0 },
};

static const struct seki_posture_item items[] = {
	{ "posture.cmdline-lsm", "BPF LSM on the kernel command line",
	  "Without bpf among the LSMs nothing of Sekisho is asked by the kernel.",
	  "name bpf in lsm=, for example lsm=lockdown,yama,apparmor,bpf, in the signed boot entry",
	  check_lsm, NULL },
	{ "posture.cmdline-lockdown", "lockdown on the kernel command line",
	  "A lockdown set at run time begins after the first programs have run.",
	  "add lockdown=integrity to the kernel command line",
	  check_lockdown, NULL },
	{ "posture.cmdline-module-signatures", "module signatures on the kernel command line",
	  "A module without a checked signature is code inside the kernel, above every LSM.",
	  "add module.sig_enforce=1 to the kernel command line",
	  check_sig_enforce, NULL },
	{ "posture.cmdline-init", "another init or a rescue shell",
	  "A program started in the place of init, or before it, runs before any policy is loaded.",
	  "boot without these words, and put a password on changes of the boot entry",
	  check_init, NULL },
	{ "posture.cmdline-ftrace", "function tracing switched off at boot",
	  "BPF LSM programs of this kernel are called through ftrace.",
	  "take sysctl.kernel.ftrace_enabled=0 from the kernel command line",
	  check_switches, ftrace_off },
	{ "posture.cmdline-mitigations", "CPU mitigations switched off at boot",
	  "Side channels read memory without any act an LSM could refuse.",
	  "take these words from the kernel command line",
	  check_switches, mitigations_off },
	{ "posture.cmdline-iommu", "IOMMU switched off at boot",
	  "A device without an IOMMU before it reads and writes all memory.",
	  "take these words from the kernel command line",
	  check_switches, iommu_off },
	{ "posture.cmdline-aslr", "address randomisation switched off at boot",
	  "Known addresses make a bug of the kernel or of a core function easy to use.",
	  "take nokaslr and norandmaps from the kernel command line",
	  check_switches, aslr_off },
};
/* clang-format on */

const struct seki_posture_group seki_posture_cmdline =
	SEKI_POSTURE_GROUP("kernel command line", items);
