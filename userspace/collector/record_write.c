// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * record_write.c - the line of one event.  A function per object of it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "userspace/collector/record.h"

#define RULE_TEXT 160

static void put_dev(struct seki_buf *b, uint32_t dev)
{
	seki_buf_char(b, '"');
	seki_buf_u64(b, dev >> 20);
	seki_buf_char(b, ':');
	seki_buf_u64(b, dev & 0xfffff);
	seki_buf_lit(b, "\",");
}

/* An index without a word is a newer kernel side: show the number. */
static void put_word(struct seki_buf *b, const char *word, unsigned int number)
{
	if (word) {
		seki_buf_item(b, word);
		return;
	}
	seki_buf_lit(b, "\"#");
	seki_buf_u64(b, number);
	seki_buf_lit(b, "\",");
}

static void put_accesses(struct seki_buf *b, uint32_t set)
{
	seki_buf_char(b, '[');
	for (unsigned int i = 0; i < 32; i++)
		if (set & 1u << i)
			put_word(b, seki_word_access(i), i);
	seki_put_close(b, ']');
}

void seki_record_head(struct seki_buf *b, const struct seki_host *h, struct seki_clock *c,
		      const struct seki_event *e, uint64_t boottime)
{
	char text[SEKI_TIME_TEXT];
	unsigned int len = seki_clock_text(c, boottime, text);

	seki_buf_lit(b, "{\"v\":1,\"id\":\"");
	seki_buf_mem(b, h->id, SEKI_HOST_TEXT - 1);
	seki_buf_char(b, ':');
	seki_buf_mem(b, h->boot, 12);
	seki_buf_char(b, ':');
	if (!e)
		seki_buf_char(b, 'd');
	seki_buf_u64(b, e ? e->seq : boottime);
	seki_buf_lit(b, "\",");
	if (e) {
		seki_put_u64(b, "cpu", e->cpu);
		seki_put_u64(b, "cseq", e->cpu_seq);
	}
	seki_put_u64(b, "bt", boottime);
	seki_buf_lit(b, "\"t\":\"");
	seki_buf_mem(b, text, len);
	seki_buf_lit(b, "\",");
	if (c->sync)
		seki_buf_lit(b, "\"clock\":\"sync\",");
	else
		seki_buf_lit(b, "\"clock\":\"unsync\",");
	if (h->site[0])
		seki_put_str(b, "site", h->site);
}

void seki_record_policy(struct seki_buf *b, const struct seki_policy *p)
{
	if (!p)
		return;
	seki_put_open(b, "policy", '{');
	seki_put_str(b, "name", p->meta.name);
	seki_put_u64(b, "version", p->meta.policy_version);
	seki_put_strn(b, "digest", p->digest, 16);
	if (p->meta.generation)
		seki_put_u64(b, "gen", p->meta.generation);
	seki_put_close(b, '}');
}

void seki_record_ids(struct seki_buf *b, const struct seki_ids *ids)
{
	if (!ids->count)
		return;
	seki_put_open(b, "controls", '[');
	for (size_t i = 0; i < ids->count; i++) {
		seki_buf_quote(b, ids->id[i].text, ids->id[i].len);
		seki_buf_char(b, ',');
	}
	seki_put_close(b, ']');
}

int seki_record_end(struct seki_buf *b, size_t begin)
{
	seki_buf_close(b, '}');
	seki_buf_char(b, '\n');
	if (!b->over)
		return 0;
	b->len = begin;
	b->over = false;
	return -ENOBUFS;
}

static void put_rule(struct seki_buf *b, const struct seki_facts *f, __u32 number)
{
	const struct seki_bundle *from = f->policy && f->policy->words ? &f->policy->bundle : NULL;
	const struct seki_bundle_rule *r = from ? seki_bundle_rule(from, number) : NULL;
	const char *text, *file;

	if (!number)
		return;
	seki_put_open(b, "rule", '{');
	seki_put_u64(b, "n", number);
	if (r) {
		text = seki_bundle_string(from, r->text);
		if (r->line)
			seki_put_u64(b, "line", seki_where_line(r->line));
		file = seki_bundle_file(from, r->line);
		if (file)
			seki_put_strn(b, "file", file, strnlen(file, RULE_TEXT));
		seki_put_strn(b, "text", text, strnlen(text, RULE_TEXT));
	}
	seki_put_close(b, '}');
}

static void put_verdict(struct seki_buf *b, const struct seki_facts *f)
{
	const struct seki_access_event *a = f->in.access;

	seki_put_key(b, "hook");
	put_word(b, seki_word_hook(a->hook), a->hook);
	seki_put_key(b, "access");
	put_accesses(b, a->want);
	if (a->missing && a->missing != a->want) {
		seki_put_key(b, "missing");
		put_accesses(b, a->missing);
	}
	seki_put_key(b, "verdict");
	put_word(b, seki_word_verdict(a->verdict), a->verdict);
	seki_put_key(b, "reason");
	put_word(b, seki_word_reason(a->reason), a->reason);
	if (a->error) {
		seki_put_key(b, "err");
		put_word(b, strerrorname_np(a->error), a->error);
	}
	put_rule(b, f, a->rule);
}

static void put_session(struct seki_buf *b, uint64_t session)
{
	if (!session)
		return;
	/* Text: an identity, and above what a double holds exactly. */
	seki_buf_lit(b, "\"session\":\"");
	seki_buf_base(b, session, 4);
	seki_buf_lit(b, "\",");
}

static void put_who(struct seki_buf *b, const struct seki_facts *f)
{
	const struct seki_event *e = f->in.e;
	const struct seki_person *p = f->person;

	seki_put_open(b, "who", '{');
	if (e->flags & SEKI_EVENT_MARKED)
		seki_put_true(b, "mark");
	put_session(b, e->session);
	if (e->loginuid != SEKI_NOBODY) {
		seki_put_u64(b, "auid", e->loginuid);
		if (f->login || p)
			seki_put_str(b, "name", f->login ?: p->user);
	}
	if (e->audit_session != SEKI_NOBODY && e->audit_session)
		seki_put_u64(b, "asid", e->audit_session);
	seki_put_u64(b, "uid", e->uid);
	if (e->euid != e->uid)
		seki_put_u64(b, "euid", e->euid);
	if (e->gid != e->uid)
		seki_put_u64(b, "gid", e->gid);
	if (f->user)
		seki_put_str(b, "user", f->user);
	if (f->tty[0])
		seki_put_str(b, "tty", f->tty);
	if (p && p->from[0])
		seki_put_str(b, "from", p->from);
	if (p && p->service[0])
		seki_put_str(b, "service", p->service);
	seki_put_close(b, '}');
}

static void put_ancestors(struct seki_buf *b, const struct seki_event *e)
{
	if (!e->ancestors[0].pid)
		return;
	seki_put_open(b, "anc", '[');
	for (int i = 0; i < SEKI_ANCESTORS && e->ancestors[i].pid; i++) {
		const char *comm = e->ancestors[i].comm;

		seki_buf_char(b, '"');
		seki_buf_u64(b, e->ancestors[i].pid);
		seki_buf_char(b, ' ');
		seki_buf_escape(b, comm, strnlen(comm, sizeof(e->ancestors[i].comm)));
		seki_buf_lit(b, "\",");
	}
	seki_put_close(b, ']');
}

static void put_program(struct seki_buf *b, const struct seki_facts *f)
{
	const struct seki_event *e = f->in.e;
	const struct seki_program *p = f->program;

	if (p)
		seki_put_str(b, "exe", p->path);
	if (!e->exe_ino)
		return;
	seki_put_key(b, "dev");
	put_dev(b, e->exe_dev);
	seki_put_u64(b, "ino", e->exe_ino);
	if (p && p->sha256[0])
		seki_put_strn(b, "sha256", p->sha256, 64);
	else
		seki_put_str(b, "nosha", p && p->why ? p->why : "path-unknown");
}

static void put_proc(struct seki_buf *b, const struct seki_facts *f)
{
	const struct seki_event *e = f->in.e;

	seki_put_open(b, "proc", '{');
	seki_put_u64(b, "pid", e->pid);
	if (e->tid != e->pid)
		seki_put_u64(b, "tid", e->tid);
	if (e->ancestors[0].pid)
		seki_put_u64(b, "ppid", e->ancestors[0].pid);
	seki_put_u64(b, "start", e->start_ns);
	seki_put_strn(b, "comm", e->comm, strnlen(e->comm, sizeof(e->comm)));
	seki_put_str(b, "domain", f->domain);
	if (e->flags & SEKI_EVENT_KTHREAD)
		seki_put_true(b, "kthread");
	put_program(b, f);
	put_ancestors(b, e);
	seki_put_close(b, '}');
}

/* Only the first argc strings: the environment behind them may hold secrets. */
static void put_argv(struct seki_buf *b, const struct seki_exec_event *x,
		     const struct seki_redact *rules)
{
	const char *at = x->argv, *end = x->argv + x->argv_len;
	struct seki_redactor hide = { .more = rules };
	char text[SEKI_REDACT_ROOM(sizeof(x->argv))];
	unsigned int argc = 0;
	bool cut = false;

	seki_put_open(b, "argv", '[');
	for (; argc < x->argc && at < end; argc++) {
		size_t left = (size_t)(end - at), len = strnlen(at, left);

		seki_buf_quote(b, text, seki_redact(&hide, at, len, text, sizeof(text)));
		seki_buf_char(b, ',');
		cut = len == left;
		at += len + 1;
	}
	seki_put_close(b, ']');
	if (hide.hidden)
		seki_put_true(b, "redacted");
	if (cut || argc < x->argc)
		seki_put_true(b, "cut");
}

static void put_path(struct seki_buf *b, const struct seki_path_text *p)
{
	if (!p->len)
		return;
	seki_put_strn(b, "path", p->text, p->len);
	if (p->partial)
		seki_put_true(b, "partial");
}

static void put_exec(struct seki_buf *b, const struct seki_facts *f,
		     const struct seki_redact *rules)
{
	seki_put_open(b, "exec", '{');
	if (strcmp(f->from_domain, f->domain))
		seki_put_str(b, "from", f->from_domain);
	if (f->entry)
		seki_put_str(b, "entry", f->entry);
	put_path(b, &f->path);
	put_argv(b, f->in.exec, rules);
	seki_put_close(b, '}');
}

static void put_address(struct seki_buf *b, const struct seki_access_event *a)
{
	static const __u8 none[16], mapped[12] = { [10] = 0xff, [11] = 0xff };
	char text[INET6_ADDRSTRLEN];

	if (a->port || memcmp(a->addr, none, sizeof(none))) {
		if (!memcmp(a->addr, mapped, sizeof(mapped)))
			inet_ntop(AF_INET, a->addr + 12, text, sizeof(text));
		else
			inet_ntop(AF_INET6, a->addr, text, sizeof(text));
		seki_put_str(b, "addr", text);
		seki_put_u64(b, "port", a->port);
	}
}

static void put_socket(struct seki_buf *b, const struct seki_access_event *a)
{
	if (!a->family)
		return;
	seki_put_key(b, "family");
	put_word(b, seki_word_family(a->family), a->family);
	if (a->socktype) {
		seki_put_key(b, "type");
		put_word(b, seki_word_socktype(a->socktype), a->socktype);
	}
	if (a->protocol)
		seki_put_u64(b, "proto", a->protocol);
	put_address(b, a);
}

static void put_inode(struct seki_buf *b, const struct seki_access_event *a)
{
	if (a->object.ino) {
		seki_put_key(b, "dev");
		put_dev(b, a->object.dev);
		seki_put_u64(b, "ino", a->object.ino);
		if (a->object.gen)
			seki_put_u64(b, "gen", a->object.gen);
	}
	if (a->mode) {
		seki_buf_lit(b, "\"mode\":\"0");
		seki_buf_base(b, a->mode, 3);
		seki_buf_lit(b, "\",");
	}
	if (a->rdev) {
		seki_put_key(b, "rdev");
		put_dev(b, a->rdev);
	}
}

static void put_target(struct seki_buf *b, const struct seki_facts *f)
{
	const struct seki_access_event *a = f->in.access;

	if (!a->target_pid)
		return;
	seki_put_u64(b, "pid", a->target_pid);
	seki_put_strn(b, "comm", a->target_comm, strnlen(a->target_comm, sizeof(a->target_comm)));
	seki_put_str(b, "domain", f->target_domain);
}

static void put_object(struct seki_buf *b, const struct seki_record *r)
{
	const struct seki_facts *f = r->facts;

	seki_put_open(b, "obj", '{');
	if (f->label[0])
		seki_put_str(b, "label", f->label);
	if (f->label_kind && seki_word_kind(f->label_kind))
		seki_put_str(b, "kind", seki_word_kind(f->label_kind));
	put_path(b, &f->path);
	put_inode(b, f->in.access);
	put_socket(b, f->in.access);
	put_target(b, f);
	if (r->detail[0])
		seki_put_str(b, "detail", r->detail);
	seki_put_close(b, '}');
}

static void put_hex(struct seki_buf *b, const __u8 *data, size_t size)
{
	seki_buf_char(b, '"');
	seki_buf_hex(b, data, size);
	seki_buf_lit(b, "\",");
}

/* The bundle that the loader had before it; the policy in force is above. */
static void put_bundle(struct seki_buf *b, const struct seki_facts *f)
{
	const struct seki_policy_event *p = f->in.policy;
	static const __u8 none[SEKI_KEY_ID];

	if (p->refused) {
		seki_put_key(b, "reason");
		put_word(b, seki_word_refused(p->refused), p->refused);
	}
	put_rule(b, f, p->rule);
	if (!p->name[0])
		return;
	seki_put_open(b, "bundle", '{');
	seki_put_strn(b, "name", p->name, strnlen(p->name, sizeof(p->name)));
	seki_put_u64(b, "version", p->version);
	seki_put_key(b, "digest");
	put_hex(b, p->digest, sizeof(p->digest));
	if (memcmp(p->key, none, sizeof(none))) {
		seki_put_key(b, "key");
		put_hex(b, p->key, sizeof(p->key));
	}
	seki_put_close(b, '}');
}

int seki_record_write(const struct seki_record *r, const struct seki_host *h, struct seki_clock *c,
		      struct seki_buf *b)
{
	const struct seki_facts *f = r->facts;
	size_t begin = b->len;

	if (r->own)
		seki_record_head(b, h, c, NULL, r->own);
	else
		seki_record_head(b, h, c, f->in.e, f->in.e->time_ns);
	seki_put_str(b, "class", seki_word_class(r->class));
	seki_put_str(b, "act", r->act);
	if (r->high)
		seki_put_str(b, "sev", "high");
	if (f->in.access && !r->own)
		put_verdict(b, f);
	seki_record_policy(b, f->policy);
	if (!f->policy)
		seki_put_u64(b, "gen", f->in.e->generation);
	put_who(b, f);
	put_proc(b, f);
	if (f->in.exec && !r->own)
		put_exec(b, f, r->redact);
	if (f->in.access && !r->own)
		put_object(b, r);
	if (f->in.policy && !r->own)
		put_bundle(b, f);
	seki_record_ids(b, &r->controls);
	return seki_record_end(b, begin);
}
