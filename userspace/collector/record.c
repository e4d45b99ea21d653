// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/record.h"

#include <string.h>

/* Most execs of a host concern no policy: they teach the program table. */
static bool of_interest(const struct seki_facts *f)
{
	const struct seki_event *e = f->in.e;

	return e->flags & (SEKI_EVENT_MARKED | SEKI_EVENT_ENTERED | SEKI_EVENT_NOT_ENTERED) ||
	       e->domain != SEKI_DOMAIN_OTHER || f->in.exec->from_domain != SEKI_DOMAIN_OTHER ||
	       f->in.exec->entry;
}

static const char *exec_act(const struct seki_event *e)
{
	if (e->flags & SEKI_EVENT_ENTERED)
		return "start a program and enter its domain";
	if (e->flags & SEKI_EVENT_NOT_ENTERED)
		return "start a guarded program without entering its domain";
	return "start a program";
}

/* Refused, or less is guarded than before. */
static bool is_grave(const struct seki_policy_event *p)
{
	return p->refused || p->act == SEKI_POLICY_UNLOADED || p->act == SEKI_POLICY_ROLLED_BACK ||
	       p->act == SEKI_POLICY_AUDITS;
}

int seki_record_build(const struct seki_facts *in, bool all_exec, struct seki_record *ret)
{
	const struct seki_event *e = in->in.e;

	ret->facts = in;
	ret->high = false;
	ret->own = 0;
	ret->detail[0] = '\0';
	ret->ticket = NULL;
	ret->controls.count = 0;
	ret->redact = NULL;
	ret->said = NULL;
	ret->pieces = NULL;
	ret->act_piece = NULL;
	switch (e->kind) {
	case SEKI_EVENT_ACCESS:
		ret->class = SEKI_CLASS_ACCESS;
		ret->act = seki_word_act(in->in.access->hook, in->in.access->want);
		ret->high = in->rule && in->rule->severity >= 3 &&
			    in->in.access->verdict != SEKI_ALLOWED;
		seki_detail_text(in->in.access, ret->detail, sizeof(ret->detail));
		return 0;
	case SEKI_EVENT_EXEC:
		ret->class = SEKI_CLASS_EXEC;
		ret->act = exec_act(e);
		return !all_exec && !of_interest(in);
	case SEKI_EVENT_MARK:
		ret->class = SEKI_CLASS_SESSION;
		ret->act = "operator session begins";
		return 0;
	default:
		ret->class = SEKI_CLASS_POLICY;
		ret->act = seki_word_policy_act(in->in.policy->act) ?: "unknown act of the loader";
		ret->high = is_grave(in->in.policy);
		return 0;
	}
}

int seki_record_control(const struct seki_controls *c, struct seki_record *r)
{
	const struct seki_facts *f = r->facts;
	const struct seki_access_event *a = r->own ? NULL : f->in.access;
	struct seki_control_key key = {
		.class = r->class,
		.hook = a ? a->hook : SEKI_HOOK_none,
		.access = a ? a->want : 0,
		.verdict = a ? a->verdict : 0,
		.kind = a ? f->label_kind : 0,
		.marked = f->in.e->flags & SEKI_EVENT_MARKED,
		.label = a ? f->label : NULL,
		.domain = f->domain,
		.act = r->act,
	};

	seki_controls_match(c, &key, &r->controls);
	if (a && f->rule)
		seki_ids_add_text(&r->controls,
				  seki_bundle_string(&f->policy->bundle, f->rule->controls));
	return 0;
}
