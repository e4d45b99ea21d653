// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/enrich.h"

#include <string.h>

static void access_words(const struct seki_access_event *a, struct seki_facts *f)
{
	f->label = seki_policy_label(f->policy, a->label, f->number[1]);
	if (f->policy && a->label < SEKI_LABEL_MAX)
		f->label_kind = f->policy->kind[a->label];
	if (a->target_pid)
		f->target_domain = seki_policy_domain(f->policy, a->target_domain, f->number[2]);
	if (f->policy && f->policy->words && a->rule)
		f->rule = seki_bundle_rule(&f->policy->bundle, a->rule);
}

static void exec_words(const struct seki_exec_event *x, struct seki_facts *f)
{
	f->from_domain = seki_policy_domain(f->policy, x->from_domain, f->number[2]);
	if (x->entry)
		f->entry = seki_policy_domain(f->policy, x->entry, f->number[3]);
}

static void person_words(struct seki_people *p, struct seki_facts *f)
{
	const struct seki_event *e = f->in.e;

	if (f->in.mark && f->in.mark->sources == 1)
		seki_people_came(p, e->audit_session, f->in.mark->source);
	f->person = seki_people_session(p, e->audit_session, e->tty, e->time_ns);
	f->login = seki_people_user(p, e->loginuid, e->time_ns);
	f->user = seki_people_user(p, e->uid, e->time_ns);
	f->tty = seki_people_tty(p, e->tty);
}

int seki_enrich(struct seki_knowledge *k, const struct seki_decoded *in, struct seki_facts *ret)
{
	const struct seki_event *e = in->e;

	/* All but .path.text, which is large and says its own length. */
	memset(ret, 0, offsetof(struct seki_facts, path));
	ret->path.len = 0;
	ret->path.partial = false;
	ret->in = *in;
	ret->policy = seki_names_policy(&k->names, e->generation);
	ret->domain = seki_policy_domain(ret->policy, e->domain, ret->number[0]);
	person_words(&k->people, ret);
	if (in->access) {
		access_words(in->access, ret);
		seki_path_text(&k->mounts, in->access->object.dev, &in->access->path, &ret->path);
	}
	if (in->exec) {
		exec_words(in->exec, ret);
		seki_path_text(&k->mounts, e->exe_dev, &in->exec->path, &ret->path);
		seki_programs_learn(&k->programs, e->exe_dev, e->exe_ino, e->exe_gen, &ret->path);
	}
	ret->program =
		seki_programs_find(&k->programs, e->exe_dev, e->exe_ino, e->exe_gen, e->time_ns);
	return 0;
}
