// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * record_write.c - the line of one event.  A function per object of it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "userspace/collector/record.h"
#include "userspace/lib/address.h"

#define RULE_TEXT 160

static void put_dev(struct seki_buf *b, uint32_t dev)
{
	seki_buf_char(b, '"');
	seki_buf_u64(b, dev >> 20);
	seki_buf_char(b, ':');
	seki_buf_u64(b, dev & 0xfffff);
	seki_buf_lit(b, "\",");
}

/* A word of ours has nothing to escape. */
static void put_own(struct seki_buf *b, const char *word)
{
	seki_buf_char(b, '"');
	seki_buf_mem(b, word, strlen(word));
	seki_buf_lit(b, "\",");
}

/* An index without a word is a newer kernel side: show the number. */
static void put_word(struct seki_buf *b, const char *word, unsigned int number)
{
	if (word) {
		put_own(b, word);
		return;
	}
	seki_buf_lit(b, "\"#");
	seki_buf_u64(b, number);
	seki_buf_lit(b, "\",");
}

static void put_accesses(struct seki_buf *b, uint32_t set)
{
	seki_buf_char(b, '[');
	for (; set; set &= set - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(set);

		put_word(b, seki_word_access(i), i);
	}
	seki_put_close(b, ']');
}

static void put_time(struct seki_buf *b, struct seki_clock *c, uint64_t boottime, bool brief)
{
	char text[SEKI_TIME_TEXT];
	unsigned int len = brief ? seki_clock_brief(c, boottime, text) :
				   seki_clock_text(c, boottime, text);

	seki_put_u64(b, "bt", boottime);
	seki_buf_lit(b, "\"t\":\"");
	seki_buf_mem(b, text, len);
	if (brief && c->sync)
		seki_buf_lit(b, "\",");
	else if (brief)
		seki_buf_lit(b, "\",\"clock\":0,");
	else if (c->sync)
		seki_buf_lit(b, "\",\"clock\":\"sync\",");
	else
		seki_buf_lit(b, "\",\"clock\":\"unsync\",");
}

static void put_head(struct seki_buf *b, const struct seki_host *h, struct seki_clock *c,
		     const struct seki_event *e, uint64_t boottime, bool brief)
{
	if (brief)
		seki_buf_lit(b, "{\"v\":2,\"id\":\"");
	else
		seki_buf_lit(b, "{\"v\":1,\"id\":\"");
	seki_buf_mem(b, h->id, SEKI_HOST_TEXT - 1);
	seki_buf_char(b, ':');
	seki_buf_mem(b, h->boot, 12);
	seki_buf_char(b, ':');
	if (!e)
		seki_buf_char(b, 'd');
	seki_buf_u64(b, e ? e->seq : boottime);
	seki_buf_lit(b, "\",");
	if (e && brief) {
		seki_put_open(b, "cseq", '[');
		seki_buf_u64(b, e->cpu);
		seki_buf_char(b, ',');
		seki_buf_u64(b, e->cpu_seq);
		seki_put_close(b, ']');
	} else if (e) {
		seki_put_u64(b, "cpu", e->cpu);
		seki_put_u64(b, "cseq", e->cpu_seq);
	}
	put_time(b, c, boottime, brief);
	if (h->site[0])
		seki_put_str(b, "site", h->site);
}

void seki_record_head(struct seki_buf *b, const struct seki_host *h, struct seki_clock *c,
		      const struct seki_event *e, uint64_t boottime)
{
	put_head(b, h, c, e, boottime, false);
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

static void put_short_policy(struct seki_buf *b, const struct seki_policy *p)
{
	seki_put_open(b, "policy", '[');
	seki_buf_item(b, p->meta.name);
	seki_buf_number(b, p->meta.policy_version);
	seki_buf_char(b, ',');
	seki_buf_quote(b, p->digest, 16);
	seki_put_close(b, ']');
}

static void put_policy(struct seki_buf *b, const struct seki_record *r)
{
	const struct seki_facts *f = r->facts;

	if (!f->policy)
		seki_put_u64(b, "gen", f->in.e->generation);
	else if (r->said)
		put_short_policy(b, f->policy);
	else
		seki_record_policy(b, f->policy);
}

static void put_ids(struct seki_buf *b, const struct seki_ids *ids)
{
	for (size_t i = 0; i < ids->count; i++) {
		seki_buf_quote(b, ids->id[i].text, ids->id[i].len);
		seki_buf_char(b, ',');
	}
}

void seki_record_ids(struct seki_buf *b, const struct seki_ids *ids)
{
	if (!ids->count)
		return;
	seki_put_open(b, "controls", '[');
	put_ids(b, ids);
	seki_put_close(b, ']');
}

/* The set under its name, or the name. */
static void put_said_ids(struct seki_buf *b, struct seki_said *said, const struct seki_ids *ids)
{
	const char *name;

	if (!ids->count)
		return;
	seki_put_key(b, "controls");
	if (seki_said_set(said, ids, &name)) {
		seki_buf_item(b, name);
		return;
	}
	seki_buf_char(b, '{');
	seki_buf_quote(b, name, SEKI_SAID_NAME - 1);
	seki_buf_lit(b, ":[");
	put_ids(b, ids);
	seki_put_close(b, ']');
	seki_put_close(b, '}');
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

static unsigned int usual_error(unsigned int verdict)
{
	return verdict == SEKI_DENIED ? EPERM : 0;
}

static void put_verdict(struct seki_buf *b, const struct seki_record *r)
{
	const struct seki_facts *f = r->facts;
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
	if (!r->said || a->reason != SEKI_BY_DEFAULT) {
		seki_put_key(b, "reason");
		put_word(b, seki_word_reason(a->reason), a->reason);
	}
	if (!(r->said && a->error == usual_error(a->verdict)) && (a->error || r->said)) {
		seki_put_key(b, "err");
		put_word(b, a->error ? strerrorname_np(a->error) : "", a->error);
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

/* Who has a session has the mark, as a rule. */
static void put_mark(struct seki_buf *b, const struct seki_record *r)
{
	const struct seki_event *e = r->facts->in.e;
	bool marked = e->flags & SEKI_EVENT_MARKED;

	if (r->said && marked == !!e->session)
		return;
	if (marked)
		seki_put_true(b, "mark");
	else if (r->said)
		seki_buf_lit(b, "\"mark\":false,");
}

static void put_user(struct seki_buf *b, const struct seki_record *r)
{
	const struct seki_facts *f = r->facts;

	if (f->user && !(r->said && !f->in.e->uid && !strcmp(f->user, "root")))
		seki_put_str(b, "user", f->user);
}

/* How a session came about does not change, so it is told once. */
static void put_origin(struct seki_buf *b, const struct seki_record *r)
{
	const struct seki_event *e = r->facts->in.e;
	const struct seki_person *p = r->facts->person;
	const char *service = p ? p->service : "";
	uint32_t asid = e->audit_session == SEKI_NOBODY ? 0 : e->audit_session;

	if (r->said && e->session && service[0] && asid &&
	    seki_said_origin(r->said, e->session, asid, service))
		return;
	if (asid)
		seki_put_u64(b, "asid", asid);
	if (service[0])
		seki_put_str(b, "service", service);
}

static void put_who(struct seki_buf *b, const struct seki_record *r)
{
	const struct seki_facts *f = r->facts;
	const struct seki_event *e = f->in.e;
	const struct seki_person *p = f->person;

	seki_put_open(b, "who", '{');
	put_mark(b, r);
	put_session(b, e->session);
	if (e->loginuid != SEKI_NOBODY) {
		seki_put_u64(b, "auid", e->loginuid);
		if (f->login || (p && p->user[0]))
			seki_put_str(b, "name", f->login ?: p->user);
	}
	seki_put_u64(b, "uid", e->uid);
	if (e->euid != e->uid)
		seki_put_u64(b, "euid", e->euid);
	if (e->gid != e->uid)
		seki_put_u64(b, "gid", e->gid);
	put_user(b, r);
	if (f->tty[0])
		seki_put_str(b, "tty", f->tty);
	if (p && p->from[0])
		seki_put_str(b, "from", p->from);
	put_origin(b, r);
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

static void put_program(struct seki_buf *b, const struct seki_record *r)
{
	const struct seki_event *e = r->facts->in.e;
	const struct seki_program *p = r->facts->program;

	if (p)
		seki_put_str(b, "exe", p->path);
	if (!e->exe_ino)
		return;
	if (r->said && p && p->sha256[0] && seki_said_program(r->said, p)) {
		seki_put_strn(b, "sha256", p->sha256, SEKI_SAID_SHA);
		return;
	}
	seki_put_key(b, "dev");
	put_dev(b, e->exe_dev);
	seki_put_u64(b, "ino", e->exe_ino);
	if (p && p->sha256[0])
		seki_put_strn(b, "sha256", p->sha256, 64);
	else
		seki_put_str(b, "nosha", p && p->why ? p->why : "path-unknown");
}

/* Stands in a record as it is, and comes out of it the same. */
static bool plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~' || text[i] == '"' || text[i] == '\\')
			return false;
	return true;
}

/* A program names its process after its file, as far as the kernel has room. */
static void put_comm(struct seki_buf *b, const struct seki_record *r)
{
	const struct seki_event *e = r->facts->in.e;
	const struct seki_program *p = r->facts->program;
	const char *name = p ? strrchr(p->path, '/') : NULL;
	size_t len = strnlen(e->comm, sizeof(e->comm));

	if (r->said && name && len == strnlen(name + 1, SEKI_COMM_SHOWN) &&
	    !memcmp(name + 1, e->comm, len) && plain(e->comm, len))
		return;
	seki_put_strn(b, "comm", e->comm, len);
}

/* Most processes are young: a time since is shorter than a time. */
static void put_start(struct seki_buf *b, const struct seki_record *r)
{
	const struct seki_event *e = r->facts->in.e;

	if (r->said && e->start_ns <= e->time_ns && e->time_ns <= INT64_MAX)
		seki_put_u64(b, "age", e->time_ns - e->start_ns);
	else
		seki_put_u64(b, "start", e->start_ns);
}

static void put_what_runs(struct seki_buf *b, const struct seki_record *r)
{
	const struct seki_facts *f = r->facts;
	const struct seki_event *e = f->in.e;

	put_comm(b, r);
	if (!r->said || e->domain != SEKI_DOMAIN_OTHER || strcmp(f->domain, "other"))
		seki_put_str(b, "domain", f->domain);
	if (e->flags & SEKI_EVENT_KTHREAD)
		seki_put_true(b, "kthread");
	put_program(b, r);
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
	static const __u8 none[16];
	char text[SEKI_ADDRESS_TEXT];

	if (a->port || memcmp(a->addr, none, sizeof(none))) {
		seki_put_str(b, "addr", seki_address_text(a->addr, text));
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

/* Of a regular file, short: its permissions. */
static void put_mode(struct seki_buf *b, const struct seki_record *r)
{
	uint32_t mode = r->facts->in.access->mode;

	if (!mode)
		return;
	seki_put_open(b, "mode", '"');
	if (r->said && S_ISREG(mode)) {
		seki_buf_base(b, mode & ~(uint32_t)S_IFMT, 3);
	} else {
		seki_buf_char(b, '0');
		seki_buf_base(b, mode, 3);
	}
	seki_buf_lit(b, "\",");
}

static void put_file(struct seki_buf *b, const struct seki_object_id *o)
{
	seki_put_key(b, "dev");
	put_dev(b, o->dev);
	seki_put_u64(b, "ino", o->ino);
	if (o->gen)
		seki_put_u64(b, "gen", o->gen);
}

/* The three in one list. */
static void put_short_file(struct seki_buf *b, const struct seki_object_id *o)
{
	seki_put_open(b, "ino", '[');
	put_dev(b, o->dev);
	seki_buf_number(b, o->ino);
	seki_buf_char(b, ',');
	if (o->gen)
		seki_buf_u64(b, o->gen);
	seki_put_close(b, ']');
}

static void put_inode(struct seki_buf *b, const struct seki_record *r)
{
	const struct seki_access_event *a = r->facts->in.access;

	if (a->object.ino && r->said)
		put_short_file(b, &a->object);
	else if (a->object.ino)
		put_file(b, &a->object);
	put_mode(b, r);
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

/* Left out where the label's name tells it. */
static void put_kind(struct seki_buf *b, const struct seki_record *r)
{
	unsigned int number = r->facts->label_kind;
	const char *kind = number && seki_word_kind(number) ? seki_word_kind(number) : "";

	if (r->said && !strcmp(kind, seki_word_label_kind(r->facts->label)))
		return;
	if (*kind || r->said)
		seki_put_str(b, "kind", kind);
}

static void put_label(struct seki_buf *b, const struct seki_record *r)
{
	const char *label = r->facts->label;

	if (label[0])
		seki_put_str(b, "label", label);
	put_kind(b, r);
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

/* ---- pieces --------------------------------------------------------------- */

typedef void put_fn(struct seki_buf *b, const struct seki_record *r);

static void put_piece(struct seki_buf *b, const struct seki_record *r, enum seki_piece_of kind,
		      put_fn *put)
{
	const struct seki_piece *known;
	struct seki_piece_key key;
	size_t from = b->len;

	if (!r->pieces) {
		put(b, r);
		return;
	}
	seki_piece_key(r->pieces, kind, &r->facts->in, &key);
	known = seki_piece_find(r->pieces, kind, &key);
	if (known) {
		seki_piece_put(b, known, 0);
		return;
	}
	put(b, r);
	seki_piece_part(r->pieces, kind, 0, b->data + from, b->len - from);
	if (!b->over)
		seki_piece_keep(r->pieces, kind, &key);
}

static void put_part(struct seki_buf *b, const struct seki_record *r, unsigned int part,
		     put_fn *put)
{
	size_t from = b->len;

	if (r->act_piece) {
		seki_piece_put(b, r->act_piece, part);
		return;
	}
	put(b, r);
	if (r->pieces)
		seki_piece_part(r->pieces, SEKI_PIECE_ACT, part, b->data + from, b->len - from);
}

bool seki_record_known(struct seki_record *r)
{
	if (!r->pieces || r->class != SEKI_CLASS_ACCESS)
		return false;
	seki_piece_key(r->pieces, SEKI_PIECE_ACT, &r->facts->in, &r->act_key);
	r->act_piece = seki_piece_find(r->pieces, SEKI_PIECE_ACT, &r->act_key);
	return r->act_piece;
}

/* ---- the whole ------------------------------------------------------------ */

static void put_act(struct seki_buf *b, const struct seki_record *r)
{
	bool access = r->facts->in.access && !r->own;

	seki_put_key(b, "class");
	put_own(b, seki_word_class(r->class));
	if (!access || !r->said)
		seki_put_str(b, "act", r->act);
	if (r->high)
		seki_put_str(b, "sev", "high");
	if (access)
		put_verdict(b, r);
	put_policy(b, r);
}

static void put_proc(struct seki_buf *b, const struct seki_record *r)
{
	const struct seki_event *e = r->facts->in.e;

	seki_put_open(b, "proc", '{');
	seki_put_u64(b, "pid", e->pid);
	if (e->tid != e->pid)
		seki_put_u64(b, "tid", e->tid);
	if (e->ancestors[0].pid && !r->said)
		seki_put_u64(b, "ppid", e->ancestors[0].pid);
	put_start(b, r);
	put_piece(b, r, SEKI_PIECE_PROC, put_what_runs);
	put_ancestors(b, e);
	seki_put_close(b, '}');
}

static void put_object(struct seki_buf *b, const struct seki_record *r)
{
	const struct seki_facts *f = r->facts;

	seki_put_open(b, "obj", '{');
	put_part(b, r, 1, put_label);
	put_path(b, &f->path);
	put_inode(b, r);
	put_socket(b, f->in.access);
	put_target(b, f);
	if (r->detail[0])
		seki_put_str(b, "detail", r->detail);
	seki_put_close(b, '}');
}

static void put_controls(struct seki_buf *b, const struct seki_record *r)
{
	if (r->said)
		put_said_ids(b, r->said, &r->controls);
	else
		seki_record_ids(b, &r->controls);
}

int seki_record_write(const struct seki_record *r, const struct seki_host *h, struct seki_clock *c,
		      struct seki_buf *b)
{
	const struct seki_facts *f = r->facts;
	bool access = f->in.access && !r->own;
	size_t begin = b->len;
	int err;

	if (r->own)
		put_head(b, h, c, NULL, r->own, r->said);
	else
		put_head(b, h, c, f->in.e, f->in.e->time_ns, r->said);
	put_part(b, r, 0, put_act);
	if (r->ticket && *r->ticket)
		seki_put_str(b, "ticket", r->ticket);
	put_piece(b, r, SEKI_PIECE_WHO, put_who);
	put_proc(b, r);
	if (f->in.exec && !r->own)
		put_exec(b, f, r->redact);
	if (access)
		put_object(b, r);
	if (f->in.policy && !r->own)
		put_bundle(b, f);
	put_part(b, r, 2, put_controls);
	if (r->pieces && access && !r->act_piece && !b->over)
		seki_piece_keep(r->pieces, SEKI_PIECE_ACT, &r->act_key);
	err = seki_record_end(b, begin);
	if (err && r->said)
		seki_said_forget(r->said);
	return err;
}
