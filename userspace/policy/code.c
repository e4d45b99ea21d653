// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The code a function runs: what its program and the files under 'code' ask the
 * dynamic loader for, and what those ask for, on this host or below --root.
 *
 * Found when the policy is compiled, not when it is loaded: whoever could plant a
 * library before the next load would have it sealed.  Of several files that could
 * answer to a name all are taken.  The links on the way are places too, so that
 * nobody turns them elsewhere.
 */
#define _GNU_SOURCE
#include "userspace/policy/policy.h"

#include <fts.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"
#include "userspace/policy/elf.h"

#define DIRS_MAX 128
#define LINKS_MAX 40
#define FILES_MAX 4096

struct search {
	struct seki_compilation *c;
	const struct seki_actor *actor;
	struct seki_table seen; /* files taken */
	const char *file[FILES_MAX];
	unsigned int n_files;
	const char *dir[DIRS_MAX]; /* where the host's dynamic loader looks */
	unsigned int n_dirs;
};

static const char *on_host(const struct search *s, const char *path)
{
	return seki_arena_printf(&s->c->arena, "%s%s", s->c->options.root ?: "", path);
}

/* A step of a path: the links on the way, and what is left of it. */
struct way {
	char at[PATH_MAX]; /* without links, "" for the root */
	char rest[PATH_MAX];
	const char *link[LINKS_MAX];
	unsigned int n_links;
};

static bool step_up(struct way *w)
{
	char *slash = strrchr(w->at, '/');

	if (slash)
		*slash = '\0';
	return true;
}

static bool follow(const struct search *s, struct way *w, const char *link)
{
	char to[PATH_MAX], rest[PATH_MAX];
	ssize_t n = readlink(on_host(s, link), to, sizeof(to) - 1);

	if (n <= 0 || w->n_links == LINKS_MAX)
		return false;
	to[n] = '\0';
	w->link[w->n_links++] = link;
	if (*to == '/')
		*w->at = '\0';
	memcpy(rest, w->rest, sizeof(rest));
	return (size_t)snprintf(w->rest, sizeof(w->rest), "%s/%s", to, rest) < sizeof(w->rest);
}

/* One component on; false if it is not there. */
static bool step(const struct search *s, struct way *w)
{
	size_t skip = strspn(w->rest, "/"), n = strcspn(w->rest + skip, "/");
	const char *next;
	char name[NAME_MAX + 1];
	struct stat st;

	if (n > NAME_MAX)
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)n, w->rest + skip);
	memmove(w->rest, w->rest + skip + n, strlen(w->rest + skip + n) + 1);
	if (!n || !strcmp(name, "."))
		return true;
	if (!strcmp(name, ".."))
		return step_up(w);
	next = seki_arena_printf(&s->c->arena, "%s/%s", w->at, name);
	if (strlen(next) >= sizeof(w->at) || lstat(on_host(s, next), &st))
		return false;
	if (S_ISLNK(st.st_mode))
		return follow(s, w, next);
	strcpy(w->at, next);
	return true;
}

static bool walk(const struct search *s, const char *path, struct way *w)
{
	*w = (struct way){ 0 };
	snprintf(w->rest, sizeof(w->rest), "%s", path);
	while (*w->rest)
		if (!step(s, w))
			return false;
	return true;
}

/* What already has a label keeps it: a library that several functions need carries
 * the name of the first.
 */
static void label(const struct search *s, const char *path, __u16 flags)
{
	struct seki_place place = { .path = path,
				    .pos = s->actor->exec.pos,
				    .label = s->actor->label[SEKI_PART_CODE],
				    .flags = flags | SEKI_PATH_OPTIONAL };

	if (strlen(strrchr(path, '/') + 1) < SEKI_NAME_MAX)
		seki_label_path(s->c, place);
	else
		seki_error(s->c->diag, s->actor->exec.pos,
			   "'%.200s', which '%s' needs, has a name of more than 63 bytes; "
			   "name its directory under 'code'",
			   path, s->actor->name.s);
}

/* The file that the path leads to, if it is one; it is asked later what it needs. */
static bool take(struct search *s, const char *path)
{
	struct way w;
	struct stat st;
	const char *real;

	if (!walk(s, path, &w) || stat(on_host(s, w.at), &st) || !S_ISREG(st.st_mode))
		return false;
	for (unsigned int i = 0; i < w.n_links; i++)
		label(s, w.link[i], SEKI_PATH_LINK);
	real = seki_arena_copy(&s->c->arena, w.at, strlen(w.at));
	if (s->n_files == FILES_MAX ||
	    !seki_table_add(&s->seen, real, strlen(real), s->n_files, NULL))
		return true;
	s->file[s->n_files++] = real;
	label(s, real, 0);
	return true;
}

/* ---- where the dynamic loader looks ---- */

static void add_dir(struct search *s, const char *dir)
{
	for (unsigned int i = 0; i < s->n_dirs; i++)
		if (!strcmp(s->dir[i], dir))
			return;
	if (*dir == '/' && s->n_dirs < DIRS_MAX)
		s->dir[s->n_dirs++] = seki_arena_copy(&s->c->arena, dir, strlen(dir));
}

static void read_conf(struct search *s, const char *path, int depth);

static void read_included(struct search *s, const char *pattern, int depth)
{
	size_t skip = strlen(s->c->options.root ?: "");
	glob_t found = { 0 };

	if (*pattern != '/')
		pattern = seki_arena_printf(&s->c->arena, "/etc/%s", pattern);
	if (!glob(on_host(s, pattern), 0, NULL, &found))
		for (size_t i = 0; i < found.gl_pathc; i++)
			read_conf(s, found.gl_pathv[i] + skip, depth + 1);
	globfree(&found);
}

/* ld.so.conf(5), as ldconfig(8) reads it. */
static void read_conf(struct search *s, const char *path, int depth)
{
	seki_autofclose FILE *f = fopen(on_host(s, path), "re");
	char line[PATH_MAX], word[PATH_MAX];

	while (f && depth < 8 && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "#\n")] = '\0';
		if (sscanf(line, " include %4095s", word) == 1)
			read_included(s, word, depth);
		else if (sscanf(line, " %4095s", word) == 1)
			add_dir(s, word);
	}
}

static void host_dirs(struct search *s)
{
	static const char *const usual[] = { "/lib/x86_64-linux-gnu",
					     "/usr/lib/x86_64-linux-gnu",
					     "/lib64",
					     "/usr/lib64",
					     "/lib",
					     "/usr/lib" };

	read_conf(s, "/etc/ld.so.conf", 0);
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		add_dir(s, usual[i]);
}

static bool fits(const struct search *s, const char *path, const struct seki_elf *of)
{
	struct seki_elf e;
	struct way w;

	return walk(s, path, &w) && seki_elf_read(on_host(s, w.at), &s->c->arena, &e) &&
	       e.class == of->class && e.machine == of->machine;
}

/* In this directory, and in those for newer processors below it. */
static bool take_from(struct search *s, const char *dir, const char *name,
		      const struct seki_elf *of)
{
	static const char *const below[] = { "", "/glibc-hwcaps/x86-64-v2",
					     "/glibc-hwcaps/x86-64-v3", "/glibc-hwcaps/x86-64-v4" };
	bool found = false;

	for (size_t i = 0; i < sizeof(below) / sizeof(*below); i++) {
		const char *path = seki_arena_printf(&s->c->arena, "%s%s/%s", dir, below[i], name);

		if (fits(s, path, of))
			found |= take(s, path);
	}
	return found;
}

/* $ORIGIN is the directory of the file that asks. */
static const char *expand(const struct search *s, const char *dir, const char *file)
{
	const char *rest = NULL;

	if (!strncmp(dir, "$ORIGIN", 7))
		rest = dir + 7;
	else if (!strncmp(dir, "${ORIGIN}", 9))
		rest = dir + 9;
	if (!rest)
		return dir;
	return seki_arena_printf(&s->c->arena, "%.*s%s", (int)(strrchr(file, '/') - file), file,
				 rest);
}

static bool take_by_runpath(struct search *s, const char *name, const char *file,
			    const struct seki_elf *e)
{
	const char *p = e->runpath;
	bool found = false;
	size_t n;

	for (; p && *p; p += n + (p[n] == ':')) {
		n = strcspn(p, ":");
		found |=
			take_from(s, expand(s, seki_arena_copy(&s->c->arena, p, n), file), name, e);
	}
	return found;
}

static void take_needed(struct search *s, const char *name, const char *file,
			const struct seki_elf *e)
{
	bool found = strchr(name, '/') ? take(s, expand(s, name, file)) :
					 take_by_runpath(s, name, file, e);

	for (unsigned int i = 0; !strchr(name, '/') && i < s->n_dirs; i++)
		found |= take_from(s, s->dir[i], name, e);
	if (!found)
		seki_warning(s->c->diag, SEKI_W_CODE, s->actor->exec.pos,
			     "'%.64s', which %.200s needs, is not found; "
			     "name its directory under 'code'",
			     name, file);
}

static void ask(struct search *s, const char *file)
{
	struct seki_elf e;

	if (!seki_elf_read(on_host(s, file), &s->c->arena, &e))
		return;
	if (e.interpreter)
		take(s, e.interpreter);
	for (unsigned int i = 0; i < e.n_needed; i++)
		take_needed(s, e.needed[i], file, &e);
}

/* Modules in a directory need libraries as well; they have its label. */
static void ask_below(struct search *s, const char *path)
{
	char *roots[] = { (char *)on_host(s, path), NULL };
	size_t skip = strlen(s->c->options.root ?: "");
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
	FTSENT *e;

	while (fts && (e = fts_read(fts)))
		if (e->fts_info == FTS_F)
			ask(s, e->fts_path + skip);
	if (fts)
		fts_close(fts);
}

static void collect(struct seki_compilation *c, const struct seki_actor *a)
{
	struct search *s = seki_arena_alloc(&c->arena, sizeof(*s));

	*s = (struct search){ .c = c, .actor = a };
	host_dirs(s);
	take(s, a->exec.s);
	for (unsigned int i = 0; i < a->code.n; i++)
		ask_below(s, a->code.v[i].path.s);
	for (unsigned int i = 0; i < s->n_files; i++)
		ask(s, s->file[i]);
	seki_table_free(&s->seen);
}

void seki_collect_code(struct seki_compilation *c)
{
	const struct seki_policy *p = &c->policy;

	for (unsigned int i = 0; !c->options.offline && i < p->n_functions; i++)
		if (p->actor[i].label[SEKI_PART_CODE] && p->actor[i].exec.s)
			collect(c, &p->actor[i]);
}
