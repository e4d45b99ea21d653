// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/judge/recorded.h"

#include <stdio.h>
#include <string.h>

#include "userspace/collector/words.h"
#include "userspace/policy/policy.h"
#include "userspace/reader/field.h"

static unsigned int number_of(const char *(*word)(unsigned int), const char *text)
{
	for (unsigned int i = 0; i < 256; i++) {
		const char *w = word(i);

		if (w && !strcmp(w, text))
			return i;
	}
	return 0;
}

static __u32 accesses(json_t *list)
{
	__u32 want = 0, access;
	size_t i;
	json_t *word;

	json_array_foreach(list, i, word)
		if (json_is_string(word) && seki_access_word(json_string_value(word), &access))
			want |= access;
	return want;
}

bool seki_recorded_read(json_t *record, struct seki_recorded *ret)
{
	json_t *obj = json_object_get(record, "obj"), *who = json_object_get(record, "who");

	*ret = (struct seki_recorded){
		.domain = seki_field(record, "proc.domain"),
		.exe = seki_field(record, "proc.exe"),
		.label = seki_field(obj, "label"),
		.kind = seki_field(obj, "kind"),
		.address = seki_field(obj, "addr"),
		.port = (unsigned int)seki_field_int(obj, "port"),
		.marked = json_is_true(json_object_get(who, "mark")),
		.login = (__u32)seki_field_int(who, "auid"),
		.from = seki_field(who, "from"),
		.terminal = seki_field(who, "tty"),
		.want = accesses(json_object_get(record, "access")),
		.hook = number_of(seki_word_hook, seki_field(record, "hook")),
		.verdict = (__u8)number_of(seki_word_verdict, seki_field(record, "verdict")),
		.reason = (__u8)number_of(seki_word_reason, seki_field(record, "reason")),
		.rule = seki_field(record, "rule.text"),
		.digest = seki_field(record, "policy.digest"),
	};
	ret->path = json_is_true(json_object_get(obj, "partial")) ? "" : seki_field(obj, "path");
	return !strcmp(seki_field(record, "class"), "access") && ret->verdict && ret->want &&
	       *ret->label;
}

bool seki_recorded_by(const struct seki_view *v, const struct seki_recorded *r)
{
	char hex[SEKI_DIGEST_TEXT];

	return *r->digest &&
	       !strncmp(seki_bundle_digest_text(v->b, hex), r->digest, strlen(r->digest));
}

/* By its domain or its program, as if there were no roles. */
static void program(const struct seki_view *v, const struct seki_recorded *r,
		    struct seki_subject *ret)
{
	const struct seki_bundle_domain *d = seki_view_domain_named(v, r->domain);
	const char *why;

	if (d && d->id != SEKI_DOMAIN_OTHER && !seki_bundle_is_role(v->b, d->id)) {
		ret->domain = d->id;
		return;
	}
	if (*r->exe != '/' || !seki_subject_find(v, r->exe, ret, &why))
		return;
	ret->marked = r->marked;
	if (seki_recorded_by(v, r) || (ret->marked && ret->entry && !ret->entry->open_to_operator))
		ret->domain = SEKI_DOMAIN_OTHER;
}

static void subject(const struct seki_view *v, const struct seki_recorded *r,
		    struct seki_subject *ret)
{
	const struct seki_bundle_domain *d = seki_view_domain_named(v, r->domain);

	*ret = (struct seki_subject){ .marked = r->marked };
	program(v, r, ret);
	if (!r->marked || ret->domain != SEKI_DOMAIN_OTHER)
		return;
	if (seki_recorded_by(v, r))
		ret->domain = d ? d->id : SEKI_DOMAIN_OTHER;
	else
		ret->domain = seki_bundle_role_of(
			v->b, &(struct seki_bundle_way){ .uid = r->login,
							 .from = r->from,
							 .terminal = r->terminal,
							 .role = r->domain });
}

/* Labels that a path gives; of the others the path is only a name for people. */
static bool by_path(const struct seki_recorded *r)
{
	static const char *const kinds[] = { "data", "keys",   "exec", "management",
					     "unit", "config", "code" };

	for (size_t i = 0; *r->path == '/' && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kinds[i], r->kind))
			return true;
	return false;
}

static bool by_address(const struct seki_view *v, const struct seki_recorded *r,
		       struct seki_target *ret)
{
	static const char *const kinds[] = { "tcp", "udp", "sctp" };
	bool six = strchr(r->address, ':'), found = false;
	const char *why;
	char text[80];

	if (!*r->address || !r->port || strcmp(r->kind, "management"))
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && !ret->label; i++) {
		snprintf(text, sizeof(text), six ? "%s:[%s]:%u" : "%s:%s:%u", kinds[i], r->address,
			 r->port);
		found = seki_target_find(v, text, ret, &why);
	}
	return found;
}

/* What the name of the object says: its path, or its address. */
static bool by_name(const struct seki_view *v, const struct seki_recorded *r,
		    struct seki_target *ret)
{
	const char *why;

	*ret = (struct seki_target){ 0 };
	return (by_path(r) && seki_target_find(v, r->path, ret, &why)) || by_address(v, r, ret);
}

void seki_recorded_in(const struct seki_view *v, const struct seki_recorded *r,
		      struct seki_subject *ret_who, struct seki_target *ret_on)
{
	const struct seki_bundle_label *l = seki_view_label_named(v, r->label);
	__u16 label = l ? l->id : SEKI_LABEL_NONE;
	bool named = by_name(v, r, ret_on);

	subject(v, r, ret_who);
	/* of the policy that judged it the label is known; the name may be another's way */
	if (!named || (seki_recorded_by(v, r) && ret_on->label != label))
		*ret_on = (struct seki_target){ .label = label };
}
