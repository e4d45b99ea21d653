// SPDX-License-Identifier: GPL-2.0-or-later
/* A container's bundle on the host: its config.json, its root, the program in it. */
#define _GNU_SOURCE
#include "userspace/policy/container.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"

/* Below another root an absolute link means that root. */
static int open_in(int root, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };

	return root < 0 ? open(path, O_PATH | O_CLOEXEC) :
			  (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

/* Where it is, links followed: ret has PATH_MAX bytes. */
static int real_path(int fd, char *ret)
{
	char self[32];
	ssize_t n;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	n = readlink(self, ret, PATH_MAX - 1);
	if (n < 0)
		return -1;
	ret[n] = '\0';
	return 0;
}

static int find(int root, const char *path, char *ret)
{
	seki_autoclose int fd = open_in(root, path);

	return fd < 0 ? -1 : real_path(fd, ret);
}

static int missing(const char *what, const char *path, struct seki_container_fault *ret)
{
	return seki_container_wrong(ret, SEKI_CONTAINER_BUNDLE,
				    "%.255s, %s: %s; unpack the container before its policy", path,
				    what, strerror(errno));
}

/* A link on the way could lead elsewhere tomorrow, and it is not the link that is guarded. */
static int check_way(int root, int fd, const char *path, struct seki_container_fault *ret)
{
	char real[PATH_MAX], above[PATH_MAX] = "";
	size_t n;

	if (real_path(fd, real) || (root >= 0 && real_path(root, above)))
		return missing("the container", path, ret);
	n = strcmp(above, "/") ? strlen(above) : 0;
	if (!strncmp(real, above, n) && !strcmp(real + n, path))
		return 0;
	return seki_container_wrong(ret, SEKI_CONTAINER_BUNDLE,
				    "%.255s is %.255s by a link; name the directory that has it",
				    path, real);
}

static int read_config(int root, const struct seki_container *c, char **ret_json, size_t *ret_size,
		       struct seki_container_fault *ret)
{
	char path[PATH_MAX + sizeof(SEKI_CONTAINER_CONFIG)], self[32];
	seki_autoclose int fd = -1;
	int err;

	snprintf(path, sizeof(path), "%s/" SEKI_CONTAINER_CONFIG,
		 strcmp(c->bundle, "/") ? c->bundle : "");
	fd = open_in(root, path);
	if (fd < 0)
		return missing("the container", path, ret);
	if (check_way(root, fd, path, ret))
		return -1;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	err = seki_file_read(self, SEKI_CONTAINER_SIZE_MAX, ret_json, ret_size);
	if (!err)
		return 0;
	errno = -err;
	return missing("the container", path, ret);
}

/* The program that a policy guards is the one that this container holds. */
static int check_root(int root, const struct seki_container *c, const char *dir,
		      struct seki_container_fault *ret)
{
	char path[2 * PATH_MAX], held[PATH_MAX], exec[PATH_MAX];
	size_t n;

	snprintf(path, sizeof(path), "%s%s%s", *dir == '/' ? "" : c->bundle, *dir == '/' ? "" : "/",
		 dir);
	if (find(root, path, held))
		return missing("the root of the container", path, ret);
	if (find(root, c->exec, exec))
		return missing("the program in the container", c->exec, ret);
	n = strlen(held);
	if (!strncmp(exec, held, n) && exec[n] == '/')
		return 0;
	return seki_container_wrong(ret, SEKI_CONTAINER_BUNDLE,
				    "%.200s/config.json has the root %.200s, and %.200s is not in "
				    "it; name the program by its path below the root",
				    c->bundle, held, exec);
}

int seki_container_check(int root, const struct seki_container *c, struct seki_container_fault *ret)
{
	seki_autofree char *json = NULL, *dir = NULL;
	size_t size = 0;

	if (read_config(root, c, &json, &size, ret) ||
	    seki_container_read(json, size, c, &dir, ret))
		return -1;
	return check_root(root, c, dir, ret);
}
