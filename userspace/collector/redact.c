// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * redact.c - rules over the words of a command line.
 *
 * An argument with blanks in it may be a command line of its own (sh -c), so its
 * words are judged like arguments.  A rule that hides too much costs a detail; one
 * that hides too little can't be mended.
 */
#define _GNU_SOURCE
#include "userspace/collector/redact.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"

#define MASK "***"
#define DEPTH 8 /* of scripts in scripts */
#define NAME_MAX_ 64
#define FILE_MAX_ (64u << 10)
#define TOKEN_LEAST 12 /* shorter words that begin like a token are words */

enum kind {
	NAME,	  /* NAME=x, NAME: x, --NAME=x, --NAME x */
	KEEP,	  /* such a NAME is no secret after all */
	ATTACHED, /* FLAGx of a program */
	NEXT,	  /* FLAG x of a program */
	TOKEN,	  /* a word that begins so */
};

struct rule {
	enum kind kind;
	const char *pattern;  /* glob, flag or beginning */
	const char *programs; /* with blanks between them; NULL: all */
};

/* clang-format off */
static const struct rule built_in[] = {
	{ KEEP, "*[-_]file", NULL },	  { KEEP, "*[-_]path", NULL },
	{ NAME, "*password*", NULL },	  { NAME, "*passwd*", NULL },
	{ NAME, "*passphrase*", NULL },	  { NAME, "*secret*", NULL },
	{ NAME, "*token*", NULL },	  { NAME, "*api[-_]key*", NULL },
	{ NAME, "*apikey*", NULL },	  { NAME, "*access[-_]key*", NULL },
	{ NAME, "*private[-_]key*", NULL }, { NAME, "*credential*", NULL },
	{ NAME, "*authorization", NULL }, { NAME, "*cookie*", NULL },
	{ NAME, "pass", NULL },		  { NAME, "psk", NULL },
	{ NAME, "pgpassword", NULL },	  { NAME, "mysql_pwd", NULL },
	/* keys of subscribers */
	{ NAME, "ki", NULL },		  { NAME, "opc", NULL },
	{ ATTACHED, "-p", "mysql mysqldump mysqladmin mariadb mariadb-dump sshpass 7z" },
	{ NEXT, "-p", "sshpass" },
	{ NEXT, "-u", "curl" },		  { NEXT, "--user", "curl" },
	{ ATTACHED, "-u", "curl" },
	{ NEXT, "-w", "ldapsearch ldapmodify ldapadd ldapdelete ldappasswd" },
	{ NEXT, "-a", "redis-cli" },	  { NEXT, "-P", "smbclient zip" },
	{ NEXT, "-P", "snmpget" },	  { NEXT, "-A", "snmpget snmpwalk snmpset" },
	{ NEXT, "-X", "snmpget snmpwalk snmpset" },
	{ NEXT, "-passin", "openssl" },	  { NEXT, "-passout", "openssl" },
	{ NEXT, "-k", "openssl" },
	{ TOKEN, "ghp_", NULL },	  { TOKEN, "gho_", NULL },
	{ TOKEN, "github_pat_", NULL },	  { TOKEN, "glpat-", NULL },
	{ TOKEN, "xoxb-", NULL },	  { TOKEN, "xoxp-", NULL },
	{ TOKEN, "AKIA", NULL },	  { TOKEN, "eyJ", NULL },
	{ TOKEN, "sk-", NULL },		  { TOKEN, "hvs.", NULL },
};
/* clang-format on */

struct seki_redact {
	char *text;
	struct rule *rule;
	size_t count;
};

/* ---- the file ------------------------------------------------------------ */

static int kind_of(const char *word)
{
	static const char *const words[] = { "name", "keep", "attached", "next", "token" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(word, words[i]))
			return (int)i;
	return -1;
}

/* NULL, or what would be right. */
static const char *read_rule(char *line, struct rule *ret)
{
	char *rest = line, *word = strsep(&rest, " \t");
	int kind = kind_of(word);

	if (kind < 0)
		return "begin with name, keep, attached, next or token";
	while (rest && (*rest == ' ' || *rest == '\t'))
		rest++;
	ret->kind = (enum kind)kind;
	ret->pattern = rest ? strsep(&rest, " \t") : "";
	ret->programs = rest && *rest ? rest : NULL;
	if (!*ret->pattern || strlen(ret->pattern) >= NAME_MAX_)
		return "give a pattern of up to 63 letters";
	if ((kind == ATTACHED || kind == NEXT) != (ret->programs != NULL))
		return ret->programs ? "name, keep and token take no programs" :
				       "name the programs that have this flag";
	return NULL;
}

int seki_redact_parse(const char *file, char *text, struct seki_redact **ret, char *err,
		      size_t err_size)
{
	struct seki_redact *r = calloc(1, sizeof(*r));
	char *rest = text, *line;

	if (!r)
		return -ENOMEM;
	for (unsigned int number = 1; (line = strsep(&rest, "\n")); number++) {
		struct rule *more, rule;
		const char *why;

		line += strspn(line, " \t");
		if (!*line || *line == '#')
			continue;
		why = read_rule(line, &rule);
		if (why) {
			snprintf(err, err_size, "%s:%u: no rule: %s", file, number, why);
			seki_redact_free(r);
			return -EINVAL;
		}
		more = reallocarray(r->rule, r->count + 1, sizeof(*more));
		if (!more) {
			seki_redact_free(r);
			return -ENOMEM;
		}
		r->rule = more;
		r->rule[r->count++] = rule;
	}
	*ret = r;
	return 0;
}

int seki_redact_load(const char *path, struct seki_redact **ret, char *err, size_t err_size)
{
	seki_autofree char *text = NULL;
	size_t size;
	int res = seki_file_read(path, FILE_MAX_, &text, &size);

	if (!res)
		res = seki_redact_parse(path, text, ret, err, err_size);
	else
		snprintf(err, err_size, "%s: %s", path, strerror(-res));
	if (!res)
		(*ret)->text = TAKE_PTR(text); /* the rules point into it */
	return res;
}

void seki_redact_free(struct seki_redact *r)
{
	if (!r)
		return;
	free(r->text);
	free(r->rule);
	free(r);
}

/* ---- rules --------------------------------------------------------------- */

static const struct rule *rule_at(const struct seki_redactor *r, size_t i)
{
	size_t n = sizeof(built_in) / sizeof(built_in[0]);

	if (i < n)
		return &built_in[i];
	return r->more && i - n < r->more->count ? &r->more->rule[i - n] : NULL;
}

static bool lists(const char *programs, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = programs; len && p && (p = strstr(p, name)); p += len)
		if ((p == programs || p[-1] == ' ') && (!p[len] || p[len] == ' '))
			return true;
	return false;
}

static bool known_program(const struct seki_redactor *r, const char *name)
{
	const struct rule *rule;

	for (size_t i = 0; (rule = rule_at(r, i)); i++)
		if (rule->programs && lists(rule->programs, name))
			return true;
	return false;
}

/* Behind sudo, env, timeout the program is a later word. */
static void note_program(struct seki_redactor *r, const char *word, size_t len)
{
	const char *slash = memrchr(word, '/', len);
	char name[sizeof(r->program)];

	if (slash) {
		len -= (size_t)(slash + 1 - word);
		word = slash + 1;
	}
	if (!len || len >= sizeof(name))
		return;
	memcpy(name, word, len);
	name[len] = '\0';
	if (known_program(r, name))
		memcpy(r->program, name, sizeof(name));
}

static bool secret_name(const struct seki_redactor *r, const char *text, size_t len)
{
	const struct rule *rule;
	char name[NAME_MAX_];
	bool ret = false;

	if (!len || len >= sizeof(name))
		return false;
	memcpy(name, text, len);
	name[len] = '\0';
	for (size_t i = 0; (rule = rule_at(r, i)); i++) {
		if (rule->kind > KEEP || fnmatch(rule->pattern, name, FNM_CASEFOLD))
			continue;
		if (rule->kind == KEEP)
			return false;
		ret = true;
	}
	return ret;
}

struct span {
	size_t from, to; /* hidden; equal: nothing is */
};

/* [--]NAME=secret and NAME: secret; [--]NAME alone hides the next one. */
static bool by_name(struct seki_redactor *r, const char *w, size_t len, struct span *ret)
{
	size_t dashes = 0, end;

	while (dashes < len && w[dashes] == '-')
		dashes++;
	for (end = dashes; end < len && (isalnum((unsigned char)w[end]) || strchr("_-.", w[end]));)
		end++;
	if (!secret_name(r, w + dashes, end - dashes))
		return false;
	if (end == len) {
		r->next = dashes > 0;
		return dashes > 0;
	}
	if (w[end] != '=' && w[end] != ':')
		return false;
	*ret = (struct span){ end + 1, len };
	return true;
}

static bool by_flag(struct seki_redactor *r, const char *w, size_t len, struct span *ret)
{
	const struct rule *rule;

	for (size_t i = 0; (rule = rule_at(r, i)); i++) {
		size_t n = strlen(rule->pattern);

		if ((rule->kind != ATTACHED && rule->kind != NEXT) || len < n ||
		    memcmp(w, rule->pattern, n) || !lists(rule->programs, r->program))
			continue;
		if (rule->kind == NEXT && len == n)
			r->next = true;
		else if (rule->kind == ATTACHED && len > n)
			*ret = (struct span){ n, len };
		else
			continue;
		return true;
	}
	return false;
}

static bool by_token(const struct seki_redactor *r, const char *w, size_t len, struct span *ret)
{
	const struct rule *rule;

	for (size_t i = 0; (rule = rule_at(r, i)); i++) {
		size_t n = strlen(rule->pattern);

		if (rule->kind != TOKEN || len < TOKEN_LEAST || len <= n ||
		    memcmp(w, rule->pattern, n))
			continue;
		*ret = (struct span){ n, len };
		return true;
	}
	return false;
}

static bool is_port(const char *text, const char *end)
{
	while (text < end && isdigit((unsigned char)*text))
		text++;
	return text == end;
}

/* scheme://person:secret@host, scheme://token@host */
static bool by_url(const char *w, size_t len, struct span *ret)
{
	const char *scheme = memmem(w, len, "://", 3), *end = w + len, *at, *colon, *path;

	if (!scheme)
		return false;
	scheme += 3;
	path = memchr(scheme, '/', (size_t)(end - scheme)) ?: end;
	at = memrchr(scheme, '@', (size_t)(path - scheme));
	colon = memchr(scheme, ':', (size_t)((at ?: path) - scheme));
	/* What is no port has the '/' in the secret. */
	if (!at && colon && !is_port(colon + 1, path))
		at = memrchr(scheme, '@', (size_t)(end - scheme));
	if (!at)
		return false;
	*ret = (struct span){ (size_t)((colon ? colon + 1 : scheme) - w), (size_t)(at - w) };
	return ret->from < ret->to;
}

/* What of a word is hidden. */
static struct span judge(struct seki_redactor *r, const char *w, size_t len)
{
	struct span s = { 0, 0 };

	if (r->next) {
		r->next = false;
		return (struct span){ 0, len };
	}
	if (by_name(r, w, len, &s) || by_flag(r, w, len, &s) || by_token(r, w, len, &s) ||
	    by_url(w, len, &s))
		return s;
	note_program(r, w, len);
	return s;
}

/* ---- arguments ----------------------------------------------------------- */

struct out {
	char *data;
	size_t len, cap;
};

static void put(struct out *o, const char *text, size_t len)
{
	if (len > o->cap - o->len)
		len = o->cap - o->len;
	memcpy(o->data + o->len, text, len);
	o->len += len;
}

static void put_hidden(struct seki_redactor *r, struct out *o, const char *w, size_t len,
		       struct span s)
{
	if (s.from >= s.to) {
		put(o, w, len);
		return;
	}
	r->hidden = true;
	put(o, w, s.from);
	put(o, MASK, strlen(MASK));
	put(o, w + s.to, len - s.to);
}

static bool separates(char c)
{
	return strchr(" \t\n;|&(){}<>", c) != NULL;
}

static bool has_words(const char *arg, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (separates(arg[i]))
			return true;
	return false;
}

static bool ends_command(char c)
{
	return c == ';' || c == '|' || c == '&' || c == '\n';
}

/* A quoted part is one word, without its quotes. */
static size_t word_length(const char *w, size_t len)
{
	size_t n = 0;

	if (len && (*w == '\'' || *w == '"')) {
		const char *end = memchr(w + 1, *w, len - 1);

		return end ? (size_t)(end + 1 - w) : len;
	}
	for (char quote = 0; n < len && (quote || !separates(w[n])); n++) {
		if (quote ? w[n] == quote : w[n] == '\'' || w[n] == '"')
			quote = quote ? 0 : w[n];
	}
	return n;
}

static void put_words(struct seki_redactor *r, struct out *o, const char *arg, size_t len,
		      unsigned int depth);

/* A quoted word may be a script again: sh -c "...". */
static void put_word(struct seki_redactor *r, struct out *o, const char *w, size_t len,
		     unsigned int depth)
{
	bool quoted = len > 1 && (*w == '\'' || *w == '"') && w[len - 1] == *w;
	const char *inner = w + quoted;
	size_t size = len - 2 * quoted;
	struct seki_redactor before = *r;
	struct span s = judge(r, inner, size);

	if (quoted)
		put(o, w, 1);
	if (quoted && depth < DEPTH && s.from >= s.to && !r->next && has_words(inner, size)) {
		*r = before;
		put_words(r, o, inner, size, depth + 1);
		r->next = false;
	} else {
		put_hidden(r, o, inner, size, s);
	}
	if (quoted)
		put(o, w, 1);
}

static void put_words(struct seki_redactor *r, struct out *o, const char *arg, size_t len,
		      unsigned int depth)
{
	while (len) {
		size_t n = separates(*arg) ? 1 : word_length(arg, len);

		if (separates(*arg))
			put(o, arg, 1);
		else
			put_word(r, o, arg, n, depth);
		if (ends_command(*arg))
			r->program[0] = '\0';
		arg += n;
		len -= n;
	}
}

/* -c, -lc: the next argument is a script. */
static bool announces_script(const char *arg, size_t len)
{
	return len > 1 && len < 6 && arg[0] == '-' && arg[len - 1] == 'c' && arg[1] != '-';
}

/* A script that begins with NAME=secret must not hide its commands behind it. */
size_t seki_redact(struct seki_redactor *r, const char *arg, size_t len, char *out, size_t cap)
{
	struct out o = { .data = out, .cap = cap };
	bool words = has_words(arg, len), script = r->script;
	struct seki_redactor before = *r;
	struct span s = judge(r, arg, len);

	r->script = announces_script(arg, len);
	if (words && !before.next && (script || (s.from >= s.to && !r->next))) {
		*r = before;
		put_words(r, &o, arg, len, 0);
		/* what a command line inside ends with is not ours */
		r->next = r->script = false;
	} else {
		put_hidden(r, &o, arg, len, s);
	}
	return o.len;
}
