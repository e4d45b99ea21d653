// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The policy against the files of a host: what it names must be there, be of
 * the right kind, and be one object per name.
 */
#define _GNU_SOURCE
#include "userspace/policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"

struct object {
	dev_t dev;
	ino_t ino;
};

/* Below --root an absolute symlink means the tree's own root. */
static int open_object(const struct seki_compilation *c, int root, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	int fd;

	if (c->options.root)
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	else
		fd = open(path, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* "#!" at the start: the kernel runs the interpreter, and its file decides. */
static bool is_script(int path_fd)
{
	seki_autoclose int fd = -1;
	char name[64], magic[2];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", path_fd);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && read(fd, magic, 2) == 2 && magic[0] == '#' && magic[1] == '!';
}

static void check_program(struct seki_compilation *c, const struct seki_place *p, int fd,
			  const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		seki_error(c->diag, p->pos, "'%s' is not a file; name a program", p->path);
	else if (!(st->st_mode & 0111))
		seki_error(c->diag, p->pos, "'%s' is not executable; name a program", p->path);
	else if (is_script(fd))
		seki_error(c->diag, p->pos,
			   "'%s' is a script, and its interpreter is what runs; "
			   "name a binary",
			   p->path);
}

static void report_missing(struct seki_compilation *c, const struct seki_place *p, int err)
{
	if (p->flags & SEKI_PATH_OPTIONAL)
		return;
	if (err != -ENOENT && err != -ENOTDIR)
		seki_error(c->diag, p->pos,
			   "'%s' can't be looked at: %s; run as root, or "
			   "with --offline",
			   p->path, strerror(-err));
	else if (p->flags & SEKI_PATH_ENTRY)
		seki_error(c->diag, p->pos,
			   "'%s' does not exist; install it, or check "
			   "for another host with --offline",
			   p->path);
	else
		seki_error(c->diag, p->pos,
			   "'%s' does not exist; create it, or write "
			   "{ path: %s, optional: true }",
			   p->path, p->path);
}

/* Hard and symbolic links: two names with two labels for one object. */
static void check_identity(struct seki_compilation *c, struct seki_table *objects, unsigned int i,
			   const struct stat *st)
{
	const struct seki_place *p = &c->place[i], *old;
	struct object *o = seki_arena_alloc(&c->arena, sizeof(*o));
	uint32_t other;

	if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))
		return; /* /dev/null: a masked unit */
	o->dev = st->st_dev;
	o->ino = st->st_ino;
	if (seki_table_add(objects, o, sizeof(*o), i, &other))
		return;
	old = &c->place[other];
	if (old->label == p->label && old->entry == p->entry)
		return;
	if (!p->pos.line) { /* one of Sekisho's own: report the policy's word */
		p = old;
		old = &c->place[i];
	}
	seki_error(c->diag, p->pos,
		   "overlapping label: '%s' and '%s' are one object; an object has "
		   "one label",
		   p->path, old->path);
	if (old->pos.line)
		seki_note(c->diag, old->pos, "the other name, %s", c->sym.by_id[old->label]->word);
}

static void check_place(struct seki_compilation *c, int root, unsigned int i,
			struct seki_table *objects)
{
	const struct seki_place *p = &c->place[i];
	seki_autoclose int fd = p->flags & SEKI_PATH_LINK ? -1 : open_object(c, root, p->path);
	struct stat st;

	if (p->flags & SEKI_PATH_LINK)
		return; /* what it leads to is a place of its own */
	if (fd < 0) {
		report_missing(c, p, fd);
		return;
	}
	if (fstat(fd, &st))
		return;
	if (p->flags & SEKI_PATH_ENTRY && !(p->flags & SEKI_PATH_SELF))
		check_program(c, p, fd, &st);
	seki_check_place(c, p, fd, &st);
	check_identity(c, objects, i, &st);
}

static void check_unit_exists(struct seki_compilation *c, int root, const struct seki_actor *a)
{
	static const char *const dirs[] = { "/etc/systemd/system",     "/run/systemd/system",
					    "/usr/lib/systemd/system", "/lib/systemd/system",
					    "/run/systemd/transient",  "/run/systemd/generator" };

	if (!a->unit.s)
		return;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		seki_autoclose int fd = -1;
		seki_autofree char *path = NULL;

		if (asprintf(&path, "%s/%s", dirs[i], a->unit.s) < 0)
			return;
		fd = open_object(c, root, path);
		if (fd >= 0)
			return;
	}
	seki_warning(c->diag, SEKI_W_NO_UNIT, a->unit.pos,
		     "unit '%s' is not on this host; "
		     "'%s' is entered only by that unit",
		     a->unit.s, a->name.s);
}

void seki_check_host(struct seki_compilation *c)
{
	seki_autoclose int root = -1;
	struct seki_table objects = { 0 };

	if (c->options.offline)
		return;
	if (c->options.root) {
		root = open(c->options.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (root < 0) {
			seki_error(c->diag, (struct seki_pos){ .line = 0 },
				   "--root %s: %s; give a "
				   "directory",
				   c->options.root, strerror(errno));
			return;
		}
	}
	for (unsigned int i = 0; i < c->n_places; i++)
		check_place(c, root, i, &objects);
	for (unsigned int i = 0; i < c->policy.n_actors; i++)
		check_unit_exists(c, root, &c->policy.actor[i]);
	for (unsigned int i = 0; i < c->policy.n_functions; i++)
		seki_check_container_host(c, root, &c->policy.actor[i]);
	seki_table_free(&objects);
}
