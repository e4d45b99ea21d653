// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What to write so that a refused act is allowed: the least that does it, and the
 * cases in which nothing does.
 */
#include <string.h>

#include "userspace/judge/explain.h"
#include "userspace/policy/policy.h"

const char *seki_label_word(const struct seki_view *v, __u16 label, char *buf, size_t size)
{
	const struct seki_bundle_label *l = seki_view_label(v, label);
	const char *name = l ? seki_bundle_string(v->b, l->name) : "?";

	if (l && l->kind == SEKI_KIND_PROCESS)
		snprintf(buf, size, "%s.process", name + strlen("proc."));
	else
		snprintf(buf, size, "%s", name);
	return buf;
}

const char *seki_access_list(__u32 access, char *buf, size_t size)
{
	char words[SEKI_ACCESS_TEXT_MAX], *at = buf, *word, *save;
	bool many = access & (access - 1);

	seki_access_text(access, words, sizeof(words));
	at += snprintf(at, size, "%s", many ? "[" : "");
	for (word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
		at += snprintf(at, size - (size_t)(at - buf), "%s%s", at > buf + many ? ", " : "",
			       word);
	snprintf(at, size - (size_t)(at - buf), "%s", many ? "]" : "");
	return buf;
}

/* The word under 'kernel:' for a label, or NULL. */
static const char *power_word(__u16 label)
{
	switch (label) {
	case SEKI_LABEL_CAPTURE:
		return "capture";
	case SEKI_LABEL_BPF:
		return "bpf";
	case SEKI_LABEL_BLOCKMAP:
		return "blockmap";
	}
	for (unsigned int i = 0; i < seki_power_rows_count; i++)
		if (seki_power_rows[i].label == label)
			return seki_power_rows[i].word;
	return NULL;
}

static bool denied_by_rule(const struct seki_view *v, const struct seki_decision *d,
			   char text[SEKI_REMEDY_MAX])
{
	const struct seki_bundle_rule *r = seki_bundle_rule(v->b, d->rule);
	char what[SEKI_ACCESS_TEXT_MAX];
	const char *file;

	if (!r || strncmp(seki_bundle_string(v->b, r->text), "deny ", 5))
		return false;
	file = seki_bundle_file(v->b, r->line);
	snprintf(text, SEKI_REMEDY_MAX, "take %s out of the rule at line %u%s%s",
		 seki_access_list(d->missing, what, sizeof(what)), seki_where_line(r->line),
		 file ? " of " : "", file ?: "");
	return true;
}

static bool nothing_does(const struct seki_view *v, __u16 domain, __u16 label, __u32 missing,
			 char text[SEKI_REMEDY_MAX])
{
	const struct seki_bundle_label *l = seki_view_label(v, label);
	const struct seki_bundle_domain *d = seki_view_domain(v, domain);
	const struct seki_bundle_domain *owner = l ? seki_view_domain(v, l->owner) : NULL;
	__u32 never = l ? missing & ~seki_label_opens(l->id, l->kind) : missing;
	char what[SEKI_ACCESS_TEXT_MAX], word[64];

	seki_label_word(v, label, word, sizeof(word));
	if (never && l && !(never & seki_label_applies(l->id, l->kind)))
		snprintf(text, SEKI_REMEDY_MAX, "nothing: %s never happens on %s",
			 seki_access_list(never, what, sizeof(what)), word);
	else if (never)
		snprintf(
			text, SEKI_REMEDY_MAX,
			"nothing: %s on %s is allowed to nobody, it could end or hide the enforcement",
			seki_access_list(never, what, sizeof(what)), word);
	else if (d && d->open_to_operator && owner && owner->core_function)
		snprintf(text, SEKI_REMEDY_MAX,
			 "nothing for '%s': operators start it, and would get at %s; "
			 "name a domain that a unit starts",
			 seki_bundle_string(v->b, d->name), word);
	else if (d && l && seki_bundle_is_role(v->b, domain) &&
		 seki_not_for_people(l->id, l->kind, missing))
		snprintf(text, SEKI_REMEDY_MAX,
			 "nothing for '%s', which is people; "
			 "name a domain whose program does it",
			 seki_bundle_string(v->b, d->name));
	else
		return false;
	return true;
}

/* Everyone would have it: a program of its own is the smaller change. */
static bool for_everyone(const struct seki_view *v, __u16 label, __u32 missing,
			 char text[SEKI_REMEDY_MAX])
{
	const char *power = power_word(label);
	char what[SEKI_ACCESS_TEXT_MAX], word[64];

	if (power)
		snprintf(text, SEKI_REMEDY_MAX,
			 "domains: { NAME: { exec: PROGRAM, unit: UNIT.service } }\n"
			 "kernel: { %s: [NAME] }",
			 power);
	else
		snprintf(text, SEKI_REMEDY_MAX,
			 "domains: { NAME: { exec: PROGRAM, unit: UNIT.service } }\n"
			 "rules:\n  - { allow: NAME, to: %s, on: %s }",
			 seki_access_list(missing, what, sizeof(what)),
			 seki_label_word(v, label, word, sizeof(word)));
	return true;
}

bool seki_remedy(const struct seki_view *v, __u16 domain, __u16 label, __u32 missing,
		 char text[SEKI_REMEDY_MAX])
{
	const struct seki_bundle_domain *d = seki_view_domain(v, domain);
	const char *name = d ? seki_bundle_string(v->b, d->name) : "?";
	char what[SEKI_ACCESS_TEXT_MAX], word[64];
	struct seki_decision now;

	if (nothing_does(v, domain, label, missing, text))
		return false;
	seki_view_decide(v, domain, label, missing, &now);
	if (denied_by_rule(v, &now, text))
		return true;
	if (domain == SEKI_DOMAIN_OTHER)
		return for_everyone(v, label, missing, text);
	snprintf(text, SEKI_REMEDY_MAX, "rules:\n  - { allow: %s, to: %s, on: %s }", name,
		 seki_access_list(missing, what, sizeof(what)),
		 seki_label_word(v, label, word, sizeof(word)));
	return true;
}
