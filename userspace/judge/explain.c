// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/judge/explain.h"

#include <string.h>

#include "userspace/collector/words.h"
#include "userspace/lib/cleanup.h"
#include "userspace/policy/policy.h"

static const char *str(const struct seki_case *c, __u32 offset)
{
	return seki_bundle_string(c->v->b, offset);
}

static const char *domain_name(const struct seki_case *c, __u16 id)
{
	const struct seki_bundle_domain *d = seki_view_domain(c->v, id);

	return d ? str(c, d->name) : "?";
}

static const char *label_name(const struct seki_case *c, __u16 id)
{
	return id ? seki_bundle_label_name(c->v->b, id) : "nothing guarded";
}

/* The place of a line, or that it is built in. */
static void place(const struct seki_case *c, __u32 line, FILE *out)
{
	if (line)
		seki_place_print(c->v, c->file, line, out);
	else
		fputs("built in", out);
}

static void show_rule(const struct seki_case *c, __u32 rule, FILE *out)
{
	const struct seki_bundle_rule *r = seki_bundle_rule(c->v->b, rule);

	if (!r)
		return;
	fputs("  ", out);
	place(c, r->line, out);
	fprintf(out, ": %s\n", str(c, r->text));
	if (*str(c, r->description))
		fprintf(out, "    %s\n", str(c, r->description));
	if (*str(c, r->description_ja))
		fprintf(out, "    %s\n", str(c, r->description_ja));
}

static void show_why(const struct seki_case *c, const struct seki_decision *d, FILE *out)
{
	char what[SEKI_ACCESS_TEXT_MAX];

	if (!c->on.label)
		fputs("  no label, so no rule is asked\n", out);
	else if (seki_only_operators(c->on.label) && !c->who.marked)
		fputs("  only operators are judged here\n", out);
	else if (!d->rule)
		fprintf(out, "  by default: nothing names %s and %s together\n",
			domain_name(c, c->who.domain), label_name(c, c->on.label));
	else if (d->missing && d->missing != c->want)
		fprintf(out, "  only %s is missing in what this says of the pair:\n",
			seki_access_text(d->missing, what, sizeof(what)));
	show_rule(c, d->rule, out);
}

static void show_rate(const struct seki_case *c, const struct seki_decision *d, FILE *out)
{
	const struct seki_bundle_rule *r = seki_view_rated(c->v, d->rate);
	char text[SEKI_RATE_TEXT];

	if (!r || d->waived & ~r->rate_access)
		return;
	fprintf(out, "  of such records %s are kept, the others counted, by ",
		seki_rate_text(seki_rule_rate(r), text));
	place(c, r->line, out);
	fputc('\n', out);
}

static bool any_lendable(const struct seki_view *v)
{
	for (__u32 i = 0; i < v->b->n_cells; i++)
		if (v->b->cells[i].cell.lend)
			return true;
	return false;
}

/* Only where the policy has anything to lend. */
static void show_lend(const struct seki_case *c, const struct seki_decision *d, FILE *out)
{
	const struct seki_cell *cell = &c->v->cell[c->who.domain * SEKI_LABEL_MAX + c->on.label];

	if (!d->missing || !any_lendable(c->v))
		return;
	fputs(d->missing & ~cell->lend ? "  no grant can lend it\n" : "  a grant could lend it\n",
	      out);
}

static void show_decision(const struct seki_case *c, const struct seki_decision *d, FILE *out)
{
	fputs("decision\n", out);
	if (d->verdict == SEKI_DENIED && c->on.label == SEKI_LABEL_CANARY)
		fputs("  refused with EPERM and counted, no record\n", out);
	else if (d->verdict == SEKI_DENIED)
		fputs("  refused with EPERM, and a record\n", out);
	else if (d->verdict == SEKI_WOULD_DENY)
		fputs("  let through by mode audit, with a record that it would be refused\n", out);
	else if (d->record == SEKI_LEAVES_RECORD)
		fputs("  let through, with a record or not at all\n", out);
	else if (d->record)
		fputs("  let through, with a record if there is room for it\n", out);
	else
		fputs("  let through, no record\n", out);
	show_rate(c, d, out);
	show_lend(c, d, out);
	show_why(c, d, out);
}

/* What was asked of its container when the policy was loaded. */
static void show_container(const struct seki_case *c, const struct seki_bundle_domain *d, FILE *out)
{
	seki_autofree char *labels = seki_bundle_container_labels(c->v->b, d);

	if (!*str(c, d->container))
		return;
	fputs("  ", out);
	place(c, d->line, out);
	fprintf(out, ": %s is in the container of %s", str(c, d->name), str(c, d->container));
	if (*str(c, d->image))
		fprintf(out, ", of the image %s", str(c, d->image));
	if (labels && *labels)
		fprintf(out, ", labelled %s", labels);
	fputs(", as its config.json said at the load\n", out);
}

/* What a process must have been to be in the domain. */
static void show_entry(const struct seki_case *c, const struct seki_bundle_domain *d, FILE *out)
{
	if (!*str(c, d->exec))
		return;
	fputs("  ", out);
	place(c, d->line, out);
	fprintf(out, ": %s is entered by %s", str(c, d->name), str(c, d->exec));
	if (*str(c, d->unit))
		fprintf(out, ", in %s", str(c, d->unit));
	if (*str(c, d->cgroup))
		fprintf(out, ", in the cgroup %s", str(c, d->cgroup));
	fprintf(out, ", started by %s", domain_name(c, d->origin));
	fputs(d->argv_len ? ", with the arguments given there" : ", with any arguments", out);
	fputs(d->open_to_operator ? ", by operators too\n" : ", never by an operator\n", out);
	show_container(c, d, out);
}

/* Where they come from. */
static void show_way(const struct seki_bundle *b, __u16 role, FILE *out)
{
	seki_autofree char *from = seki_bundle_networks_text(b, role, "");
	seki_autofree char *at = seki_bundle_terminals_text(b, role, "");

	if (from && *from)
		fprintf(out, " from %s", from);
	if (at && *at)
		fprintf(out, " at %s", at);
}

/* Which logins have the role, each with its place. */
static void show_role(const struct seki_case *c, __u16 role, FILE *out)
{
	const struct seki_bundle *b = c->v->b;

	for (__u32 i = 0; i < b->n_logins; i++) {
		const struct seki_bundle_login *l = &b->logins[i];

		if (l->role != role)
			continue;
		fputs("  ", out);
		place(c, l->line, out);
		fprintf(out, ": %s is an operator who logged in as uid %u", domain_name(c, role),
			l->first);
		if (l->last != l->first)
			fprintf(out, " to %u", l->last);
		if (l->through)
			fprintf(out, " through %s", domain_name(c, l->through));
		show_way(b, role, out);
		fputs(", whoever he is since\n", out);
	}
}

static void show_who(const struct seki_case *c, FILE *out)
{
	const struct seki_subject *s = &c->who;
	const struct seki_bundle_domain *d = s->entry ?: seki_view_domain(c->v, s->domain);

	fputs("who\n", out);
	if (s->program && !s->entry)
		fprintf(out, "  %s is no domain's program, so it acts as %s\n", s->program,
			domain_name(c, s->domain));
	else if (s->program && s->domain != s->entry->id)
		fprintf(out, "  %s is the program of %s, which nobody enters by hand: %s\n",
			s->program, str(c, s->entry->name), domain_name(c, s->domain));
	else if (s->program)
		fprintf(out, "  %s is the program of %s\n", s->program, str(c, s->entry->name));
	else if (s->domain == SEKI_DOMAIN_OTHER)
		fputs(s->marked ? "  an operator acts as other, whoever he is there\n" :
				  "  other: every process that no domain describes\n",
		      out);
	if (d && d->id != SEKI_DOMAIN_OTHER)
		show_entry(c, d, out);
	show_role(c, s->domain, out);
}

static void show_doors(const struct seki_case *c, const struct seki_bundle_label *l, FILE *out)
{
	const char *before = "  its other doors have labels too: ";

	for (__u32 i = 0; l->owner >= SEKI_DOMAIN_FIRST && i < c->v->b->n_labels; i++) {
		const struct seki_bundle_label *x = &c->v->b->labels[i];

		if (x->owner != l->owner || x->id == l->id)
			continue;
		fprintf(out, "%s%s", before, str(c, x->name));
		before = ", ";
	}
	if (*before == ',')
		fputc('\n', out);
}

static void show_row(const struct seki_case *c, FILE *out)
{
	const char *asked = c->on_text, *row;
	__u32 line;

	if (!strncmp(asked, "unix:", 5))
		asked += 5;
	if (c->on.path) {
		row = str(c, c->on.path->path);
		line = c->on.path->line;
		fprintf(out, "  %s %s%s\n", asked, strcmp(row, asked) ? "lies below " : "is named",
			strcmp(row, asked) ? row : "");
	} else {
		row = str(c, c->on.addr->text);
		line = c->on.addr->line;
		fprintf(out, "  %s is met by %s\n", asked, row);
	}
	fputs("  ", out);
	place(c, line, out);
	fprintf(out, ": %s is %s\n", row, label_name(c, c->on.label));
}

static void show_object(const struct seki_case *c, FILE *out)
{
	const struct seki_bundle_label *l = seki_view_label(c->v, c->on.label);

	fputs("object\n", out);
	if (!c->on.label) {
		fprintf(out, "  %s is named by no line and lies below nothing that is\n",
			c->on_text);
		return;
	}
	if (c->on.path || c->on.addr)
		show_row(c, out);
	if (!l)
		return;
	if (l->owner) {
		fputs("  ", out);
		place(c, l->line, out);
		fprintf(out, ": %s belongs to %s\n", str(c, l->name), domain_name(c, l->owner));
	} else {
		fprintf(out, "  %s is built in\n", str(c, l->name));
	}
	show_doors(c, l, out);
}

static void show_remedy(const struct seki_case *c, const struct seki_decision *d, FILE *out)
{
	char text[SEKI_REMEDY_MAX], *line, *save;

	if (!d->missing)
		return;
	seki_remedy(c->v, c->who.domain, c->on.label, d->missing, text);
	fputs("to allow it\n", out);
	if (c->who.entry && c->who.domain != c->who.entry->id)
		fprintf(out, "  started by %s it would act as %s\n",
			domain_name(c, c->who.entry->origin), str(c, c->who.entry->name));
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		fprintf(out, "  %s\n", line);
}

/* The hook that sees such an act first, for what depends on it. */
static unsigned int hook_of(const struct seki_case *c)
{
	static const struct {
		__u32 access;
		unsigned int hook;
	} row[] = {
		{ SEKI_CREATE, SEKI_HOOK_inode_create },
		{ SEKI_DELETE, SEKI_HOOK_inode_unlink },
		{ SEKI_RENAME, SEKI_HOOK_inode_rename },
		{ SEKI_LINK, SEKI_HOOK_inode_link },
		{ SEKI_ATTR, SEKI_HOOK_inode_setattr },
		{ SEKI_IOCTL, SEKI_HOOK_file_ioctl },
		{ SEKI_WATCH, SEKI_HOOK_path_notify },
		{ SEKI_INSPECT | SEKI_TRACE, SEKI_HOOK_ptrace_access_check },
		{ SEKI_SIGNAL, SEKI_HOOK_task_kill },
		{ SEKI_MOUNT, SEKI_HOOK_sb_mount },
		{ SEKI_LIMIT, SEKI_HOOK_task_setnice },
		{ SEKI_READ | SEKI_WRITE, SEKI_HOOK_file_open },
		{ SEKI_EXEC, SEKI_HOOK_bprm_check_security },
	};

	if (c->hook)
		return c->hook;
	if (c->want & SEKI_CONNECT)
		return c->on.addr ? SEKI_HOOK_socket_connect : SEKI_HOOK_unix_stream_connect;
	if (c->want & SEKI_USE)
		return c->on.label == SEKI_LABEL_CAPTURE ? SEKI_HOOK_socket_create :
		       c->on.label == SEKI_LABEL_BPF	 ? SEKI_HOOK_bpf :
							   SEKI_HOOK_capable;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		if (c->want & row[i].access)
			return row[i].hook;
	return SEKI_HOOK_none;
}

void seki_case_controls(const struct seki_case *c, const struct seki_decision *d,
			struct seki_ids *ret)
{
	const struct seki_bundle_label *l = seki_view_label(c->v, c->on.label);
	const struct seki_bundle_rule *r = seki_bundle_rule(c->v->b, d->rule);
	struct seki_control_key key = {
		.class = SEKI_CLASS_ACCESS,
		.hook = hook_of(c),
		.access = c->want,
		.verdict = d->verdict,
		.kind = l ? l->kind : 0,
		.marked = c->who.marked,
		.label = l ? str(c, l->name) : NULL,
		.domain = domain_name(c, c->who.domain),
		.act = seki_word_act(hook_of(c), c->want),
	};

	ret->count = 0;
	if (!d->record || c->on.label == SEKI_LABEL_CANARY)
		return;
	if (c->controls)
		seki_controls_match(c->controls, &key, ret);
	if (r)
		seki_ids_add_text(ret, str(c, r->controls));
}

static void show_controls(const struct seki_case *c, const struct seki_decision *d, FILE *out)
{
	struct seki_ids ids;

	seki_case_controls(c, d, &ids);
	if (!ids.count)
		return;
	fputs("control items of the record\n ", out);
	for (size_t i = 0; i < ids.count; i++)
		fprintf(out, " %.*s", (int)ids.id[i].len, ids.id[i].text);
	fputc('\n', out);
}

void seki_explain(const struct seki_case *c, FILE *out)
{
	char what[SEKI_ACCESS_TEXT_MAX];
	struct seki_decision d;

	seki_subject_decide(c->v, &c->who, c->on.label, c->want, &d);
	fprintf(out, "%s: %s, %s, %s\n", seki_decision_word(&d), domain_name(c, c->who.domain),
		seki_access_text(c->want, what, sizeof(what)), label_name(c, c->on.label));
	show_decision(c, &d, out);
	show_who(c, out);
	show_object(c, out);
	show_remedy(c, &d, out);
	show_controls(c, &d, out);
}
