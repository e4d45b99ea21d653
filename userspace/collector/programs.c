// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/programs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/collector/clock.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/digest.h"

/* A quarter of a second of hashing; the rings hold more than that. */
#define DIGEST_MAX (128 << 20)

int seki_programs_open(struct seki_programs *p, bool live)
{
	p->live = live;
	p->table = calloc(SEKI_PROGRAMS, sizeof(*p->table));
	return p->table ? 0 : -ENOMEM;
}

void seki_programs_close(struct seki_programs *p)
{
	free(p->table);
	p->table = NULL;
}

static struct seki_program *slot(struct seki_programs *p, uint32_t dev, uint64_t ino)
{
	uint64_t h = (ino ^ (uint64_t)dev << 32) * 0x9e3779b97f4a7c15ull;

	return &p->table[h >> 32 & (SEKI_PROGRAMS - 1)];
}

static bool same(const struct seki_program *s, uint32_t dev, uint64_t ino, uint32_t gen)
{
	return s->dev == dev && s->ino == ino && (!s->gen || !gen || s->gen == gen);
}

void seki_programs_learn(struct seki_programs *p, uint32_t dev, uint64_t ino, uint32_t gen,
			 const struct seki_path_text *path)
{
	struct seki_program *s = slot(p, dev, ino);
	size_t len = path->len;

	if (!dev || !ino || !len)
		return;
	if (same(s, dev, ino, gen) && strlen(s->path) == len && !memcmp(s->path, path->text, len))
		return;
	p->changes++;
	*s = (struct seki_program){ .dev = dev, .ino = ino, .gen = gen };
	s->partial = path->partial || len >= sizeof(s->path);
	if (len >= sizeof(s->path))
		len = sizeof(s->path) - 1;
	memcpy(s->path, path->text, len);
}

static void stamp(const struct stat *st, int64_t ret[5])
{
	ret[0] = st->st_size;
	ret[1] = st->st_mtim.tv_sec;
	ret[2] = st->st_mtim.tv_nsec;
	ret[3] = st->st_ctim.tv_sec;
	ret[4] = st->st_ctim.tv_nsec;
}

/* Why the file at the path can't stand for the program, or NULL. */
static const char *unfit(const struct seki_program *s, const struct stat *st)
{
	if (seki_dev_kernel(st->st_dev) != s->dev || st->st_ino != s->ino)
		return "replaced";
	if (!S_ISREG(st->st_mode))
		return "not-a-file";
	if (!(st->st_mode & S_IROTH))
		return "not-world-readable";
	return st->st_size > DIGEST_MAX ? "too-large" : NULL;
}

static const char *look(struct seki_program *s)
{
	seki_autoclose int fd =
		open(s->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	const char *why;
	int64_t now[5];
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return errno == ENOENT ? "gone" : "unreadable";
	why = unfit(s, &st);
	if (why)
		return why;
	stamp(&st, now);
	if (s->sha256[0] && !memcmp(now, s->stamp, sizeof(now)))
		return NULL;
	memcpy(s->stamp, now, sizeof(now));
	return seki_digest_fd(fd, s->sha256) ? "unreadable" : NULL;
}

const struct seki_program *seki_programs_find(struct seki_programs *p, uint32_t dev, uint64_t ino,
					      uint32_t gen, uint64_t now)
{
	struct seki_program *s = slot(p, dev, ino);

	if (!dev || !same(s, dev, ino, gen))
		return NULL;
	if (s->checked && now - s->checked < SEKI_NS)
		return s;
	s->checked = now ?: 1;
	p->changes++;
	s->why = !p->live ? "not-this-host" : s->partial ? "path-unknown" : look(s);
	if (s->why)
		s->sha256[0] = '\0';
	return s;
}

static void scan_one(struct seki_programs *p, const char *pid)
{
	struct seki_path_text path = { 0 };
	char link[300];
	struct stat st;
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/%s/exe", pid);
	len = readlink(link, path.text, sizeof(path.text));
	if (len <= 0 || stat(link, &st))
		return;
	path.len = (size_t)len;
	seki_programs_learn(p, seki_dev_kernel(st.st_dev), st.st_ino, 0, &path);
}

void seki_programs_scan(struct seki_programs *p)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;

	while (proc && (d = readdir(proc)))
		if (d->d_name[0] >= '1' && d->d_name[0] <= '9')
			scan_one(p, d->d_name);
	if (proc)
		closedir(proc);
}
