// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/forward/config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/file.h"
#include "userspace/lib/log.h"
#include "userspace/policy/policy.h"
#include "userspace/policy/yaml.h"

#define CONFIG_MAX (1u << 20)

struct reader {
	struct seki_forward_config *c;
	struct seki_diag *d;
	const struct seki_node *key; /* at work */
};

/* A key, how its value is read and where it goes.  uses: bits of the types that
 * have the key; 0: all.
 */
struct key {
	const char *name;
	void (*read)(struct reader *r, const struct seki_node *n, void *field);
	size_t offset;
	unsigned int uses;
};

static void wrong(struct reader *r, const struct seki_node *n, const char *right)
{
	if (n->kind != SEKI_NODE_BAD)
		seki_error(r->d, n->pos, "'%.64s' can't have this value; give %s", r->key->text,
			   right);
}

static bool is_text(const struct seki_node *n)
{
	return n->kind == SEKI_NODE_SCALAR && *n->text && !strpbrk(n->text, "\n\t");
}

static void read_text(struct reader *r, const struct seki_node *n, void *field)
{
	if (!is_text(n))
		wrong(r, n, "a text on one line");
	else
		*(const char **)field = n->text;
}

static void read_path(struct reader *r, const struct seki_node *n, void *field)
{
	if (!is_text(n) || n->text[0] != '/')
		wrong(r, n, "a path that begins with '/'");
	else
		*(const char **)field = n->text;
}

static void read_number(struct reader *r, const struct seki_node *n, void *field)
{
	char *end;
	unsigned long value;

	if (!is_text(n) || !isdigit((unsigned char)n->text[0])) {
		wrong(r, n, "a number");
		return;
	}
	value = strtoul(n->text, &end, 10);
	if (*end || value < 1 || value > 86400)
		wrong(r, n, "a number from 1 to 86400");
	else
		*(unsigned long *)field = value;
}

static void read_pattern(struct reader *r, const struct seki_node *n, void *field)
{
	if (!is_text(n) || strlen(n->text) != 1 || n->text[0] < '1' || n->text[0] > '4')
		wrong(r, n, "the service pattern, 1 to 4");
	else
		*(unsigned long *)field = (unsigned long)(n->text[0] - '0');
}

static void read_texts(struct reader *r, const struct seki_node *n, void *field)
{
	struct seki_words *t = field;
	const struct seki_node *first = n->kind == SEKI_NODE_LIST ? n->first : n;

	if (n->kind == SEKI_NODE_MAP || !first) {
		wrong(r, n, "a text or a list of texts");
		return;
	}
	for (const struct seki_node *e = first; e; e = n->kind == SEKI_NODE_LIST ? e->next : NULL) {
		if (!is_text(e) || t->n == SEKI_WORDS) {
			wrong(r, e, "at most 16 texts");
			return;
		}
		t->v[t->n++] = e->text;
	}
}

/* Index of the word, or -1 with an error that names the right ones. */
static int word(struct reader *r, const struct seki_node *n, const char *const *words,
		unsigned int count, const char *right)
{
	for (unsigned int i = 0; n->kind == SEKI_NODE_SCALAR && i < count; i++)
		if (!strcmp(n->text, words[i]))
			return (int)i;
	wrong(r, n, right);
	return -1;
}

static void read_format(struct reader *r, const struct seki_node *n, void *field)
{
	static const char *const words[] = { "native", "ocsf" };
	int i = word(r, n, words, 2, "native or ocsf");

	if (i >= 0)
		*(enum seki_format *)field = (enum seki_format)i;
}

/* ---- mappings ------------------------------------------------------------ */

static const struct key *find(const struct key *table, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

static void unknown(struct reader *r, const struct seki_node *k, const struct key *table,
		    size_t count)
{
	const char *names[32], *near;

	for (size_t i = 0; i < count; i++)
		names[i] = table[i].name;
	near = seki_closest(k->text, names, (unsigned int)count);
	if (near)
		seki_error(r->d, k->pos, "unknown key '%.64s'; is '%s' meant?", k->text, near);
	else
		seki_error(r->d, k->pos, "unknown key '%.64s'; sekisho-forward(8) lists them",
			   k->text);
}

static void read_map(struct reader *r, const struct seki_node *n, const struct key *table,
		     size_t count, void *to)
{
	if (n->kind != SEKI_NODE_MAP) {
		wrong(r, n, "a mapping of keys and values");
		return;
	}
	for (const struct seki_node *k = n->first; k; k = k->next->next) {
		const struct key *key;

		if (k->kind != SEKI_NODE_SCALAR)
			continue;
		r->key = k;
		key = find(table, count, k->text);
		if (key)
			key->read(r, k->next, (char *)to + key->offset);
		else
			unknown(r, k, table, count);
	}
}

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void read_tls(struct reader *r, const struct seki_node *n, struct seki_tls *tls, bool *plain)
{
	static const struct key keys[] = {
		{ "ca", read_path, offsetof(struct seki_tls, ca), 0 },
		{ "cert", read_path, offsetof(struct seki_tls, cert), 0 },
		{ "key", read_path, offsetof(struct seki_tls, key), 0 },
		{ "name", read_text, offsetof(struct seki_tls, name), 0 },
	};

	if (n->kind == SEKI_NODE_SCALAR && !strcmp(n->text, "off")) {
		*plain = true;
		return;
	}
	if (n->kind != SEKI_NODE_MAP) {
		wrong(r, n, "off or a mapping of ca, cert, key, name");
		return;
	}
	read_map(r, n, keys, COUNT(keys), tls);
	if (!tls->cert != !tls->key)
		seki_error(r->d, n->pos, "cert and key go together; give both or none");
}

static void read_sink_tls(struct reader *r, const struct seki_node *n, void *field)
{
	struct seki_sink_config *s = field;

	read_tls(r, n, &s->tls, &s->plain);
}

static void read_alarm_tls(struct reader *r, const struct seki_node *n, void *field)
{
	struct seki_alarm_config *a = field;

	read_tls(r, n, &a->tls, &a->plain);
}

static const char *const types[] = { "syslog", "otlp",	  "nats",     "file",
				     "stdout", "witness", "timestamp" };

static void read_type(struct reader *r, const struct seki_node *n, void *field)
{
	struct seki_sink_config *s = field;
	int i = word(r, n, types, COUNT(types),
		     "syslog, otlp, nats, file, stdout, witness or timestamp");

	s->typed = true;
	if (i >= 0)
		s->type = (enum seki_sink_type)i;
}

#define USES(type) (1u << (type))
#define OFF(field) offsetof(struct seki_sink_config, field)
#define VOUCH (USES(SEKI_SINK_WITNESS) | USES(SEKI_SINK_TIMESTAMP))
#define TLS_USERS (USES(SEKI_SINK_SYSLOG) | USES(SEKI_SINK_OTLP) | USES(SEKI_SINK_NATS) | VOUCH)

/* clang-format off */
static const struct key sink_keys[] = {
	{ "type",	 read_type,	0,		 0 },
	{ "format",	 read_format,	OFF(format),	 ~VOUCH },
	{ "to",		 read_texts,	OFF(to),	 ~USES(SEKI_SINK_STDOUT) },
	{ "tls",	 read_sink_tls,	0,		 TLS_USERS },
	{ "stream",	 read_text,	OFF(stream),	 USES(SEKI_SINK_NATS) },
	{ "subject",	 read_text,	OFF(subject),	 USES(SEKI_SINK_NATS) },
	{ "credentials", read_path,	OFF(credentials), USES(SEKI_SINK_NATS) },
	{ "token-file",	 read_path,	OFF(token_file), USES(SEKI_SINK_OTLP) },
	{ "witness",	 read_text,	OFF(witness),	 USES(SEKI_SINK_WITNESS) },
	{ "authority",	 read_path,	OFF(authority),	 USES(SEKI_SINK_TIMESTAMP) },
	{ "confirm",	 read_number,	OFF(confirm),	 0 },
};
/* clang-format on */

/* The name is that of the cursor's file. */
static bool good_name(struct reader *r, const struct seki_node *k)
{
	size_t len = strlen(k->text);

	if (len && len <= 32 && strspn(k->text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len &&
	    k->text[0] != '-')
		return true;
	seki_error(r->d, k->pos,
		   "name '%.64s'; give up to 32 small letters, digits and '-', no '-' first",
		   k->text);
	return false;
}

static void check_keys_of_type(struct reader *r, const struct seki_node *map,
			       const struct seki_sink_config *s)
{
	for (const struct seki_node *k = map->first; k; k = k->next->next) {
		const struct key *key;

		if (k->kind != SEKI_NODE_SCALAR)
			continue;
		key = find(sink_keys, COUNT(sink_keys), k->text);
		if (key && key->uses && !(key->uses & USES(s->type)))
			seki_error(r->d, k->pos, "a sink of type %s has no '%s'; remove it",
				   types[s->type], k->text);
	}
}

static void check_address(struct reader *r, const struct seki_sink_config *s)
{
	static const char *const right[] = {
		[SEKI_SINK_SYSLOG] = "host:port",
		[SEKI_SINK_OTLP] = "https://host:port/v1/logs",
		[SEKI_SINK_NATS] = "tls://host:4222, up to 16 of them",
		[SEKI_SINK_FILE] = "the path of one file",
		[SEKI_SINK_WITNESS] = "https://host/add-checkpoint",
		[SEKI_SINK_TIMESTAMP] = "https://host/tsa",
	};
	bool good = s->to.n == 1 || (s->type == SEKI_SINK_NATS && s->to.n);

	if (s->type == SEKI_SINK_STDOUT)
		return;
	for (unsigned int i = 0; good && i < s->to.n; i++) {
		const char *to = s->to.v[i];

		switch (s->type) {
		case SEKI_SINK_SYSLOG:
			good = strrchr(to, ':') && strrchr(to, ':') != to && strrchr(to, ':')[1] &&
			       !strstr(to, "://");
			break;
		case SEKI_SINK_OTLP:
		case SEKI_SINK_WITNESS:
		case SEKI_SINK_TIMESTAMP:
			good = !strncmp(to, s->plain ? "http://" : "https://", s->plain ? 7 : 8);
			break;
		case SEKI_SINK_NATS:
			good = !strncmp(to, s->plain ? "nats://" : "tls://", s->plain ? 7 : 6);
			break;
		default:
			good = to[0] == '/';
		}
	}
	if (!good)
		seki_error(r->d, s->pos, "sink '%s' needs 'to: %s'%s", s->name, right[s->type],
			   USES(s->type) & TLS_USERS && s->type != SEKI_SINK_SYSLOG ?
				   " (http: or nats: only with 'tls: off')" :
				   "");
}

static void check_sink(struct reader *r, const struct seki_node *map,
		       const struct seki_sink_config *s)
{
	if (!s->typed) {
		seki_error(
			r->d, s->pos,
			"sink '%s' has no type; give syslog, otlp, nats, file, stdout, witness or "
			"timestamp",
			s->name);
		return;
	}
	check_keys_of_type(r, map, s);
	check_address(r, s);
	if (s->type == SEKI_SINK_WITNESS && !s->witness)
		seki_error(r->d, s->pos, "sink '%s' needs 'witness', the key that it cosigns with",
			   s->name);
	if (s->type == SEKI_SINK_TIMESTAMP && !s->authority)
		seki_error(r->d, s->pos, "sink '%s' needs 'authority', a PEM file", s->name);
	if (s->type == SEKI_SINK_NATS && (!s->stream || !s->subject))
		seki_error(r->d, s->pos, "sink '%s' needs 'stream' and 'subject'", s->name);
}

static void read_sinks(struct reader *r, const struct seki_node *n, void *field)
{
	struct seki_forward_config *c = field;

	if (n->kind != SEKI_NODE_MAP) {
		wrong(r, n, "a mapping of names and sinks");
		return;
	}
	for (const struct seki_node *k = n->first; k; k = k->next->next) {
		struct seki_sink_config *s = &c->sink[c->sinks];

		if (k->kind != SEKI_NODE_SCALAR || !good_name(r, k))
			continue;
		if (c->sinks == SEKI_SINKS) {
			seki_error(r->d, k->pos, "more than 16 sinks; remove some");
			return;
		}
		*s = (struct seki_sink_config){ .name = k->text, .pos = k->pos };
		r->key = k;
		if (k->next->kind == SEKI_NODE_MAP) {
			unsigned int before = r->d->errors;

			read_map(r, k->next, sink_keys, COUNT(sink_keys), s);
			if (r->d->errors == before)
				check_sink(r, k->next, s);
		} else {
			wrong(r, k->next, "a mapping with 'type' and 'to'");
		}
		c->sinks++;
	}
}

/* ---- alarms -------------------------------------------------------------- */

static void read_alarm_to(struct reader *r, const struct seki_node *n, void *field,
			  enum seki_alarm_type type)
{
	struct seki_alarm_config *a = field;

	if (a->typed) {
		seki_error(r->d, n->pos, "one of command, syslog and http; make two alarms");
		return;
	}
	a->typed = true;
	a->type = type;
	read_texts(r, n, &a->to);
}

static void read_command(struct reader *r, const struct seki_node *n, void *field)
{
	struct seki_alarm_config *a = field;

	read_alarm_to(r, n, a, SEKI_ALARM_COMMAND);
	if (a->to.n && a->to.v[0][0] != '/')
		wrong(r, n, "the program by its path and its arguments as a list");
}

static void read_syslog(struct reader *r, const struct seki_node *n, void *field)
{
	struct seki_alarm_config *a = field;

	read_alarm_to(r, n, a, SEKI_ALARM_SYSLOG);
	if (a->to.n && (a->to.n > 1 || !strrchr(a->to.v[0], ':')))
		wrong(r, n, "host:port");
}

static void read_http(struct reader *r, const struct seki_node *n, void *field)
{
	struct seki_alarm_config *a = field;

	read_alarm_to(r, n, a, SEKI_ALARM_HTTP);
	if (a->to.n && (a->to.n > 1 || strncmp(a->to.v[0], "http", 4)))
		wrong(r, n, "https://host/path");
}

static void read_alarms(struct reader *r, const struct seki_node *n, void *field)
{
	static const struct key keys[] = {
		{ "command", read_command, 0, 0 },
		{ "syslog", read_syslog, 0, 0 },
		{ "http", read_http, 0, 0 },
		{ "tls", read_alarm_tls, 0, 0 },
	};
	struct seki_forward_config *c = field;

	if (n->kind != SEKI_NODE_MAP) {
		wrong(r, n, "a mapping of names and alarms");
		return;
	}
	for (const struct seki_node *k = n->first; k; k = k->next->next) {
		struct seki_alarm_config *a = &c->alarm[c->alarms];

		if (k->kind != SEKI_NODE_SCALAR || !good_name(r, k))
			continue;
		if (c->alarms == SEKI_ALARMS) {
			seki_error(r->d, k->pos, "more than 8 alarms; remove some");
			return;
		}
		*a = (struct seki_alarm_config){ .name = k->text, .pos = k->pos };
		r->key = k;
		read_map(r, k->next, keys, COUNT(keys), a);
		if (!a->typed && k->next->kind == SEKI_NODE_MAP)
			seki_error(r->d, k->pos, "alarm '%s' needs command, syslog or http",
				   a->name);
		c->alarms++;
	}
}

/* ---- the whole ----------------------------------------------------------- */

static void read_version(struct reader *r, const struct seki_node *n, void *field)
{
	(void)field;
	if (!is_text(n) || strcmp(n->text, "1"))
		wrong(r, n, "1, the form this program knows");
}

static const struct key top_keys[] = {
	{ "sekisho-forward", read_version, 0, 0 },
	{ "log", read_path, offsetof(struct seki_forward_config, log), 0 },
	{ "pattern", read_pattern, offsetof(struct seki_forward_config, pattern), 0 },
	{ "silence", read_number, offsetof(struct seki_forward_config, silence), 0 },
	{ "backlog", read_number, offsetof(struct seki_forward_config, backlog), 0 },
	{ "sinks", read_sinks, 0, 0 },
	{ "alarms", read_alarms, 0, 0 },
};

bool seki_forward_config_read(const char *text, size_t size, struct seki_diag *d,
			      struct seki_forward_config *ret)
{
	struct reader r = { .c = ret, .d = d };
	struct seki_node *root = NULL;

	memset(ret, 0, sizeof(*ret));
	ret->log = "/var/log/sekisho";
	if (seki_text_check(text, size, d))
		root = seki_yaml_parse(text, size, &ret->arena, d, "sekisho-forward: 1");
	if (!root)
		return false;
	if (root->kind != SEKI_NODE_MAP || !root->first || root->first->kind != SEKI_NODE_SCALAR ||
	    strcmp(root->first->text, "sekisho-forward")) {
		seki_error(d, root->pos,
			   "not a file of sekisho-forward; begin with "
			   "'sekisho-forward: 1'");
		return false;
	}
	r.key = root->first;
	read_map(&r, root, top_keys, COUNT(top_keys), ret);
	return !d->errors;
}

static bool judge_text(const char *path, const char *text, size_t size,
		       struct seki_forward_config *ret)
{
	struct seki_diag *d = calloc(1, sizeof(*d));
	bool ok;

	if (!d)
		seki_diex("out of memory");
	d->file = path;
	d->text = text;
	d->size = size;
	ok = seki_forward_config_read(text, size, d, ret);
	if (!ok) {
		seki_diag_print(d, stderr);
		seki_forward_config_free(ret);
	}
	seki_diag_free(d);
	free(d);
	return ok;
}

bool seki_forward_file(const char *path, struct seki_forward_config *ret)
{
	char *text;
	size_t size;
	bool ok;
	int err = seki_file_read(path, CONFIG_MAX, &text, &size);

	if (err) {
		seki_warnx("%s: %s", path, strerror(-err));
		return false;
	}
	ok = judge_text(path, text, size, ret);
	free(text); /* the values are copies */
	return ok;
}

void seki_forward_config_free(struct seki_forward_config *c)
{
	seki_arena_free(&c->arena);
}
