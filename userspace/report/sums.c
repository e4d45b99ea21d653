// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/report/sums.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/collector/ticket.h"
#include "userspace/collector/words.h"
#include "userspace/reader/time.h"

#define NS 1000000000ull
#define MEMOS 8192
#define MEMO_TEXT 320

/* ---- which rules fit ------------------------------------------------------------ */

/* Records come in few kinds: what a kind fits is found once. */
struct seki_memo {
	struct {
		char text[MEMO_TEXT];
		size_t len;
		struct seki_pile *pile; /* NULL: free */
	} slot[MEMOS];
};

static const enum seki_pick kind_fields[] = {
	SEKI_PICK_CLASS, SEKI_PICK_HOOK,   SEKI_PICK_VERDICT, SEKI_PICK_KIND,	SEKI_PICK_LABEL,
	SEKI_PICK_ACT,	 SEKI_PICK_ACCESS, SEKI_PICK_MARK,    SEKI_PICK_DOMAIN,
};

/* 0: does not fit, so it is not remembered. */
static size_t kind_of(const struct seki_seen *r, char ret[MEMO_TEXT])
{
	size_t len = 0;

	for (size_t i = 0; i < sizeof(kind_fields) / sizeof(kind_fields[0]); i++) {
		const struct seki_picked *f = &r->field[kind_fields[i]];

		if (len + f->len + 1 > MEMO_TEXT)
			return 0;
		if (f->len)
			memcpy(ret + len, f->at, f->len);
		len += f->len;
		ret[len++] = '|';
	}
	return len;
}

static unsigned int number(const struct seki_seen *r, enum seki_pick field,
			   const char *(*name)(unsigned int), unsigned int none)
{
	for (unsigned int i = 0; i < 64; i++)
		if (name(i) && seki_picked_is(r, field, name(i)))
			return i;
	return none;
}

static uint32_t access_of(const struct seki_seen *r)
{
	const struct seki_picked *f = &r->field[SEKI_PICK_ACCESS];
	json_t *list = f->at ? json_loadb(f->at, f->len, 0, NULL) : NULL, *one;
	uint32_t set = 0;
	size_t i;

	json_array_foreach(list, i, one)
		for (unsigned int bit = 0; bit < 32 && json_is_string(one); bit++)
			if (seki_word_access(bit) &&
			    !strcmp(seki_word_access(bit), json_string_value(one)))
				set |= 1u << bit;
	json_decref(list);
	return set;
}

static uint64_t rules_of(const struct seki_sums *s, const struct seki_seen *r)
{
	char label[64], domain[64], act[128];
	struct seki_control_key key = {
		/* A class of a later version fits no rule that names one. */
		.class = number(r, SEKI_PICK_CLASS, seki_word_class, 63),
		.hook = number(r, SEKI_PICK_HOOK, seki_word_hook, 0),
		.access = access_of(r),
		.verdict = number(r, SEKI_PICK_VERDICT, seki_word_verdict, 0),
		.kind = number(r, SEKI_PICK_KIND, seki_word_kind, 0),
		.marked = seki_picked_has(r, SEKI_PICK_MARK) && *r->field[SEKI_PICK_MARK].at == 't',
		.act = act,
	};

	seki_picked_text(r, SEKI_PICK_LABEL, label, sizeof(label));
	seki_picked_text(r, SEKI_PICK_DOMAIN, domain, sizeof(domain));
	seki_picked_text(r, SEKI_PICK_ACT, act, sizeof(act));
	key.label = *label ? label : NULL;
	key.domain = *domain ? domain : NULL;
	return seki_controls_which(s->rules, &key);
}

static enum seki_outcome outcome_of(const struct seki_seen *r)
{
	if (seki_picked_is(r, SEKI_PICK_VERDICT, "denied"))
		return SEKI_OUT_DENIED;
	if (seki_picked_is(r, SEKI_PICK_VERDICT, "would-deny"))
		return SEKI_OUT_WOULD;
	if (seki_picked_is(r, SEKI_PICK_VERDICT, "allowed"))
		return SEKI_OUT_ALLOWED;
	return SEKI_OUT_NONE;
}

static struct seki_pile *pile_of(struct seki_sums *s, uint64_t rules, enum seki_outcome outcome)
{
	const struct {
		uint64_t rules, outcome;
	} key = { rules, outcome };
	struct seki_pile **more, *c;
	uint32_t at;

	if (seki_table_find(&s->pile_at, &key, sizeof(key), &at))
		return s->pile[at];
	if (s->piles == SEKI_PILES_MAX)
		return NULL;
	more = reallocarray(s->pile, s->piles + 1, sizeof(*more));
	c = calloc(1, sizeof(*c) + sizeof(key));
	if (!more || !c) {
		s->pile = more ? more : s->pile;
		free(c);
		return NULL;
	}
	s->pile = more;
	*c = (struct seki_pile){ .rules = rules, .outcome = outcome };
	/* The table borrows its keys. */
	memcpy(c + 1, &key, sizeof(key));
	seki_table_add(&s->pile_at, c + 1, sizeof(key), (uint32_t)s->piles, NULL);
	return s->pile[s->piles++] = c;
}

static struct seki_pile *find_pile(struct seki_sums *s, const struct seki_seen *r)
{
	char text[MEMO_TEXT];
	size_t len = kind_of(r, text), at = 0;
	struct seki_pile *pile;

	for (size_t i = 0; i < len; i++)
		at = at * 33 + (unsigned char)text[i];
	at %= MEMOS;
	if (len && s->memo->slot[at].pile && s->memo->slot[at].len == len &&
	    !memcmp(s->memo->slot[at].text, text, len))
		return s->memo->slot[at].pile;
	pile = pile_of(s, rules_of(s, r), outcome_of(r));
	if (!len || !pile)
		return pile;
	memcpy(s->memo->slot[at].text, text, len);
	s->memo->slot[at].len = len;
	s->memo->slot[at].pile = pile;
	return pile;
}

/* ---- examples ---------------------------------------------------------------------- */

static void keep_example(struct seki_pile *c, const struct seki_seen *r, uint64_t index,
			 uint64_t when)
{
	struct seki_example *e = &c->example[c->examples++];

	e->record = index;
	e->when = when;
	seki_picked_text(r, SEKI_PICK_ID, e->id, sizeof(e->id));
	seki_picked_text(r, SEKI_PICK_ACT, e->act, sizeof(e->act));
	seki_picked_text(r, SEKI_PICK_LOGIN, e->login, sizeof(e->login));
	seki_picked_text(r, SEKI_PICK_FROM, e->from, sizeof(e->from));
	seki_picked_text(r, SEKI_PICK_COMM, e->comm, sizeof(e->comm));
	seki_picked_text(r, SEKI_PICK_LABEL, e->label, sizeof(e->label));
	seki_picked_text(r, SEKI_PICK_PATH, e->path, sizeof(e->path));
	seki_picked_text(r, SEKI_PICK_ERR, e->err, sizeof(e->err));
}

/* As sekisho selftest calls itself.  An operator can call anything so,
 * but not from a job of PID 1's.
 */
static bool is_probe(const struct seki_seen *r)
{
	static const char program[] = "/usr/bin/sekisho\"";
	const struct seki_picked *exe = &r->field[SEKI_PICK_EXE];
	size_t len = sizeof(program) - 1;

	return seki_picked_is(r, SEKI_PICK_COMM, SEKI_PROBE_COMM) &&
	       !seki_picked_has(r, SEKI_PICK_MARK) && exe->len > len &&
	       !memcmp(exe->at + exe->len - len, program, len);
}

static void add_pile(struct seki_sums *s, const struct seki_seen *r, uint64_t index, uint64_t when)
{
	struct seki_pile *c = find_pile(s, r);

	if (!c) {
		s->unpiled++;
		return;
	}
	if (!c->count++ || when < c->first)
		c->first = when;
	c->last = when > c->last ? when : c->last;
	if (is_probe(r)) {
		c->probes++;
		s->probes++;
	}
	if (c->examples < SEKI_EXAMPLES)
		keep_example(c, r, index, when);
	s->out[c->outcome]++;
}

/* ---- what was reached, what was refused ---------------------------------------------- */

/* Without the quotes: what is shown is decoded then. */
static void put_part(char *text, size_t *len, const struct seki_seen *r, enum seki_pick field)
{
	const struct seki_picked *f = &r->field[field];
	bool quoted = f->at && f->len >= 2 && f->at[0] == '"';
	size_t size = quoted ? f->len - 2 : f->len, room = SEKI_TALLY_TEXT - 2 - *len;

	size = size < room ? size : room;
	if (f->at)
		memcpy(text + *len, f->at + quoted, size);
	*len += size;
	text[(*len)++] = '\t';
	text[*len] = '\0';
}

static void tally(struct seki_tally *t, const struct seki_seen *r, const enum seki_pick *fields,
		  size_t count, uint64_t when, uint64_t index)
{
	char text[SEKI_TALLY_TEXT];
	size_t len = 0;

	for (size_t i = 0; i < count && len + 2 < sizeof(text); i++)
		put_part(text, &len, r, fields[i]);
	seki_tally_add(t, text, when, index);
}

static void add_tallies(struct seki_sums *s, const struct seki_seen *r, uint64_t when,
			uint64_t index)
{
	static const enum seki_pick refused[] = { SEKI_PICK_LABEL, SEKI_PICK_ACT, SEKI_PICK_LOGIN };
	static const enum seki_pick allowed[] = { SEKI_PICK_LABEL, SEKI_PICK_DOMAIN, SEKI_PICK_ACT,
						  SEKI_PICK_RULE_LINE, SEKI_PICK_RULE_TEXT };
	static const enum seki_pick policies[] = { SEKI_PICK_POLICY, SEKI_PICK_VERSION,
						   SEKI_PICK_JUDGED_BY };

	if (seki_picked_has(r, SEKI_PICK_JUDGED_BY))
		tally(&s->policies, r, policies, 3, when, index);
	if (!seki_picked_has(r, SEKI_PICK_LABEL))
		return;
	if (seki_picked_is(r, SEKI_PICK_VERDICT, "allowed"))
		tally(&s->allowed, r, allowed, 5, when, index);
	else if (seki_picked_has(r, SEKI_PICK_VERDICT))
		tally(&s->refused, r, refused, 3, when, index);
}

/* ---- sessions -------------------------------------------------------------------------- */

static struct seki_visit *visit_of(struct seki_sums *s, const struct seki_picked *id, uint64_t when)
{
	char *key;
	uint32_t at;

	if (seki_table_find(&s->visit_at, id->at, id->len, &at))
		return &s->visit[at];
	if (s->visits == SEKI_VISITS_MAX)
		return NULL;
	if (s->visits == s->visits_room) {
		size_t room = s->visits_room ? 2 * s->visits_room : 64;
		struct seki_visit *more = reallocarray(s->visit, room, sizeof(*more));

		if (!more)
			return NULL;
		s->visit = more;
		s->visits_room = room;
	}
	key = malloc(id->len); /* its bytes, a NUL among them too */
	if (!key)
		return NULL;
	memcpy(key, id->at, id->len);
	seki_table_add(&s->visit_at, key, id->len, (uint32_t)s->visits, NULL);
	s->visit[s->visits] = (struct seki_visit){ .first = when, .before = s->beat_now };
	return &s->visit[s->visits++];
}

static void know(const struct seki_seen *r, enum seki_pick field, char *ret, size_t size)
{
	if (!*ret && seki_picked_has(r, field))
		seki_picked_text(r, field, ret, size);
}

static void look_at_beat(struct seki_sums *s, const struct seki_seen *r, uint64_t index,
			 uint64_t when)
{
	struct seki_beat *b = &s->beat_now;

	if (!seki_picked_is(r, SEKI_PICK_CLASS, "heartbeat"))
		return;
	*b = (struct seki_beat){ .any = true, .record = index, .when = when };
	seki_picked_text(r, SEKI_PICK_MODE, b->mode, sizeof(b->mode));
	seki_picked_text(r, SEKI_PICK_CANARY, b->canary, sizeof(b->canary));
	seki_picked_text(r, SEKI_PICK_DIGEST, b->digest, sizeof(b->digest));
	b->clock = seki_picked_has(r, SEKI_PICK_NTP_SYNC);
	b->synced = b->clock && *r->field[SEKI_PICK_NTP_SYNC].at == 't';
	for (size_t i = 0; s->awaiting && i < s->visits; i++) {
		struct seki_visit *v = &s->visit[i];

		if (!v->awaits)
			continue;
		v->awaits = false;
		v->after = *b;
		s->awaiting--;
	}
}

/* Heartbeats of another host say nothing of this one. */
static void forget_beats(struct seki_sums *s)
{
	for (size_t i = 0; s->awaiting && i < s->visits; i++)
		s->visit[i].awaits = false;
	s->awaiting = 0;
	s->beat_now = (struct seki_beat){ .any = false };
}

/* As a whole: CHG-1 is another than CHG-12. */
static bool is_in(const char *list, const char *ticket)
{
	size_t len = strlen(ticket);

	for (const char *at = list; (at = strstr(at, ticket)); at++)
		if ((at == list || at[-1] == ' ') && (!at[len] || at[len] == ','))
			return true;
	return false;
}

/* The first, and where another is said; what finds no room is cut. */
static void know_ticket(const struct seki_seen *r, struct seki_visit *v)
{
	size_t len = strlen(v->ticket);
	char ticket[48] = "";

	if (!seki_picked_has(r, SEKI_PICK_TICKET) ||
	    (len && !seki_picked_is(r, SEKI_PICK_ACT, SEKI_TICKET_SAID)))
		return;
	seki_picked_text(r, SEKI_PICK_TICKET, ticket, sizeof(ticket));
	if (*ticket && !is_in(v->ticket, ticket))
		snprintf(v->ticket + len, sizeof(v->ticket) - len, "%s%s", len ? ", " : "", ticket);
}

/* What a session says of its tickets is no record of its begin. */
static bool begins(const struct seki_seen *r)
{
	return seki_picked_is(r, SEKI_PICK_CLASS, "session") &&
	       !seki_picked_is(r, SEKI_PICK_ACT, SEKI_TICKET_SAID) &&
	       !seki_picked_is(r, SEKI_PICK_ACT, SEKI_TICKET_ENDS);
}

static void add_visit(struct seki_sums *s, const struct seki_seen *r, uint64_t when)
{
	const struct seki_picked *id = &r->field[SEKI_PICK_SESSION];
	bool access = seki_picked_is(r, SEKI_PICK_CLASS, "access");
	struct seki_visit *v;

	if (!seki_picked_has(r, SEKI_PICK_MARK))
		return;
	if (!id->at) {
		s->nameless += access;
		return;
	}
	v = visit_of(s, id, when);
	if (!v) {
		s->more_visits++;
		return;
	}
	s->awaiting += !v->awaits;
	v->awaits = true;
	v->after.any = false;
	know(r, SEKI_PICK_SESSION, v->session, sizeof(v->session));
	know(r, SEKI_PICK_LOGIN, v->login, sizeof(v->login));
	know(r, SEKI_PICK_FROM, v->from, sizeof(v->from));
	know(r, SEKI_PICK_TTY, v->tty, sizeof(v->tty));
	know_ticket(r, v);
	v->first = when < v->first ? when : v->first;
	v->last = when > v->last ? when : v->last;
	v->begun += begins(r);
	v->programs += seki_picked_is(r, SEKI_PICK_CLASS, "exec");
	v->acts += access;
	v->refused += seki_picked_is(r, SEKI_PICK_VERDICT, "denied");
}

/* What was done in a session: programs, changes, other acts. */
static void put_word(char *text, size_t *len, const char *word)
{
	*len += (size_t)snprintf(text + *len, SEKI_TALLY_TEXT - *len, "%s\t", word);
}

static bool changes(const struct seki_seen *r)
{
	return access_of(r) & (SEKI_WRITE | SEKI_CREATE | SEKI_DELETE | SEKI_RENAME | SEKI_LINK |
			       SEKI_ATTR | SEKI_MOUNT);
}

static void add_work(struct seki_sums *s, const struct seki_seen *r, uint64_t when, uint64_t index)
{
	bool started = seki_picked_is(r, SEKI_PICK_CLASS, "exec");
	char text[SEKI_TALLY_TEXT];
	size_t len = 0;

	if (!seki_picked_has(r, SEKI_PICK_MARK) || !seki_picked_has(r, SEKI_PICK_SESSION) ||
	    !(started || seki_picked_is(r, SEKI_PICK_CLASS, "access")))
		return;
	put_part(text, &len, r, SEKI_PICK_SESSION);
	put_word(text, &len, started ? "program" : changes(r) ? "change" : "act");
	put_part(text, &len, r, SEKI_PICK_VERDICT);
	put_part(text, &len, r, SEKI_PICK_LABEL);
	put_part(text, &len, r,
		 !started			       ? SEKI_PICK_PATH :
		 seki_picked_has(r, SEKI_PICK_STARTED) ? SEKI_PICK_STARTED :
							 SEKI_PICK_COMM);
	put_part(text, &len, r, SEKI_PICK_ACT);
	seki_tally_add(&s->work, text, when, index);
}

/* ---- over the time -------------------------------------------------------------------- */

/* Bins become twice as wide when the time is longer than they are. */
static void widen(struct seki_sums *s)
{
	for (size_t i = 0; i < SEKI_BINS / 2; i++) {
		const struct seki_bin *a = &s->bin[2 * i], *b = a + 1;

		s->bin[i] = (struct seki_bin){ a->refused + b->refused, a->would + b->would,
					       a->allowed + b->allowed, a->other + b->other };
	}
	memset(&s->bin[SEKI_BINS / 2], 0, sizeof(s->bin) / 2);
	s->bin_width *= 2;
}

static void add_bin(struct seki_sums *s, const struct seki_seen *r, uint64_t when)
{
	enum seki_outcome out = outcome_of(r);
	struct seki_bin *b;

	if (!s->bin_width) {
		s->bin_width = NS;
		s->bin_from = s->from ? s->from : when - when % NS;
	}
	when = when < s->bin_from ? s->bin_from : when;
	while ((when - s->bin_from) / s->bin_width >= SEKI_BINS)
		widen(s);
	b = &s->bin[(when - s->bin_from) / s->bin_width];
	b->refused += out == SEKI_OUT_DENIED;
	b->would += out == SEKI_OUT_WOULD;
	b->allowed += out == SEKI_OUT_ALLOWED;
	b->other += out == SEKI_OUT_NONE;
}

/* ---- records ----------------------------------------------------------------------------- */

static bool time_of(const struct seki_seen *r, uint64_t *ret, char text[48])
{
	const struct seki_picked *t = &r->field[SEKI_PICK_T];

	if (!t->at || t->len < 3 || t->len > 46 || t->at[0] != '"')
		return false;
	memcpy(text, t->at + 1, t->len - 2);
	text[t->len - 2] = '\0';
	return seki_time_parse(text, ret);
}

/* Times of a report are shown as the first record's clock had them. */
static void know_zone(struct seki_sums *s, const char *t)
{
	const char *z = strpbrk(t + (strlen(t) > 10 ? 10 : 0), "Z+-");
	int hours = 0, minutes = 0;

	s->zoned = true;
	if (z && *z != 'Z' && sscanf(z + 1, "%2d:%2d", &hours, &minutes) == 2)
		s->zone = (*z == '-' ? -1L : 1L) * (hours * 3600L + minutes * 60L);
}

static void bad(struct seki_sums *s, uint64_t index)
{
	if (s->bad < SEKI_BAD_MAX)
		s->bad_at[s->bad] = index;
	s->bad++;
}

static void add_source(struct seki_sums *s, const struct seki_seen *r, uint64_t index,
		       uint64_t when)
{
	struct seki_source_sum *o = &s->source[s->sources - 1];
	char id[64];

	if (!o->all++ || when < o->all_first)
		o->all_first = when;
	o->all_last = when > o->all_last ? when : o->all_last;
	if (!o->host[0]) {
		seki_picked_text(r, SEKI_PICK_ID, id, sizeof(id));
		snprintf(o->host, sizeof(o->host), "%.16s", id);
	}
	if (seki_picked_is(r, SEKI_PICK_ACT, "log segment deleted")) {
		uint64_t below = seki_picked_number(r, SEKI_PICK_FIRST) +
				 seki_picked_number(r, SEKI_PICK_COUNT);

		o->deleted = below > o->deleted ? below : o->deleted;
	}
	if (!o->name[0])
		seki_picked_text(r, SEKI_PICK_HOST, o->name, sizeof(o->name));
	if (when < s->from || when > s->to)
		return;
	if (!o->records++) {
		o->first = o->last = when;
		o->low = index;
	}
	o->first = when < o->first ? when : o->first;
	o->last = when > o->last ? when : o->last;
	o->high = index;
}

static void add_totals(struct seki_sums *s, const struct seki_seen *r, uint64_t when)
{
	if (!s->records++)
		s->first = s->last = when;
	s->first = when < s->first ? when : s->first;
	s->last = when > s->last ? when : s->last;
	s->high += seki_picked_is(r, SEKI_PICK_SEV, "high");
	s->sessions += seki_picked_is(r, SEKI_PICK_ACT, "operator session begins");
	s->execs += seki_picked_is(r, SEKI_PICK_CLASS, "exec");
}

/* The clock, set by another program than the one that keeps it. */
static void look_at_time_setter(struct seki_sums *s, const struct seki_seen *r)
{
	if (!seki_picked_is(r, SEKI_PICK_LABEL, "kernel.time") ||
	    seki_picked_is(r, SEKI_PICK_VERDICT, "denied"))
		return;
	s->foreign_clock += !s->time_source[0] ||
			    !seki_picked_is(r, SEKI_PICK_COMM, s->time_source);
}

/* False: it was counted as what it is instead. */
static bool read_record(struct seki_sums *s, uint64_t index, const char *data, size_t size,
			struct seki_seen *r, uint64_t *when)
{
	uint64_t version;
	char t[48];

	if (!seki_pick(data, size, r) || !(version = seki_picked_number(r, SEKI_PICK_V)) ||
	    !time_of(r, when, t)) {
		bad(s, index);
		return false;
	}
	if (version > 2) {
		s->newer++;
		return false;
	}
	if (!s->zoned)
		know_zone(s, t);
	return true;
}

void seki_sums_add_life(struct seki_sums *s, uint64_t index, const char *data, size_t size)
{
	struct seki_seen r;
	uint64_t when;

	if (read_record(s, index, data, size, &r, &when))
		seki_life_add(s, &r, index, when);
}

void seki_sums_add(struct seki_sums *s, uint64_t index, const char *data, size_t size)
{
	struct seki_seen r;
	uint64_t when;

	if (!read_record(s, index, data, size, &r, &when))
		return;
	add_source(s, &r, index, when);
	seki_life_add(s, &r, index, when);
	look_at_beat(s, &r, index, when);
	if (when < s->from || when > s->to) {
		s->outside++;
		return;
	}
	add_totals(s, &r, when);
	add_pile(s, &r, index, when);
	add_tallies(s, &r, when, index);
	add_visit(s, &r, when);
	if (s->keep_work)
		add_work(s, &r, when, index);
	add_bin(s, &r, when);
	look_at_time_setter(s, &r);
}

/* ---- order --------------------------------------------------------------------------------- */

static uint64_t rules_of_class(const struct seki_controls *rules, enum seki_class class)
{
	return seki_controls_which(rules, &(struct seki_control_key){ .class = class });
}

int seki_sums_open(struct seki_sums *s, const struct seki_controls *rules)
{
	s->rules = rules;
	if (rules)
		s->life_rules = rules_of_class(rules, SEKI_CLASS_HEARTBEAT) |
				rules_of_class(rules, SEKI_CLASS_LOSS);
	s->refused.most = s->allowed.most = 2000;
	s->policies.most = 64;
	s->work.most = 20000;
	s->life = seki_life_open();
	s->memo = calloc(1, sizeof(*s->memo));
	return s->life && s->memo ? 0 : -ENOMEM;
}

int seki_sums_source(struct seki_sums *s, const char *path)
{
	struct seki_source_sum *more;

	if (s->sources == SEKI_SOURCES_MAX)
		return -E2BIG;
	more = reallocarray(s->source, s->sources + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	s->source = more;
	s->source[s->sources] = (struct seki_source_sum){ .any = true };
	snprintf(s->source[s->sources].path, sizeof(more->path), "%s", path);
	seki_life_begin(s->life, (unsigned int)s->sources++);
	return 0;
}

void seki_sums_source_end(struct seki_sums *s)
{
	seki_life_end(s);
	forget_beats(s);
}

static int by_time(const void *a, const void *b)
{
	const struct seki_gap *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

void seki_sums_end(struct seki_sums *s)
{
	qsort(s->gap, s->gaps, sizeof(s->gap[0]), by_time);
	seki_tally_sort(&s->refused);
	seki_tally_sort(&s->allowed);
	seki_tally_sort(&s->policies);
}

static void free_keys(struct seki_table *t)
{
	for (size_t i = 0; i < t->size; i++)
		free((void *)t->slots[i].key);
	seki_table_free(t);
}

void seki_sums_close(struct seki_sums *s)
{
	for (size_t i = 0; i < s->piles; i++)
		free(s->pile[i]);
	free(s->pile);
	seki_table_free(&s->pile_at);
	seki_tally_free(&s->refused);
	seki_tally_free(&s->allowed);
	seki_tally_free(&s->policies);
	seki_tally_free(&s->work);
	free(s->visit);
	free_keys(&s->visit_at);
	free(s->source);
	free(s->life);
	free(s->memo);
}
