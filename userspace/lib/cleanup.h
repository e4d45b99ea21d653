/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cleanup.h - release on leaving the scope, so that an early return is one line.
 */
#ifndef SEKI_CLEANUP_H
#define SEKI_CLEANUP_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void seki_cleanup_free(void *p)
{
	free(*(void **)p);
}

/* errno is kept: the scope is often left because of it. */
static inline void seki_cleanup_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void seki_cleanup_fclose(FILE **f)
{
	int saved = errno;

	if (*f)
		fclose(*f);
	errno = saved;
}

#define seki_autofree __attribute__((cleanup(seki_cleanup_free)))
#define seki_autoclose __attribute__((cleanup(seki_cleanup_close)))
#define seki_autofclose __attribute__((cleanup(seki_cleanup_fclose)))

/* Hand a resource out of its scope. */
#define TAKE_PTR(p)                             \
	({                                      \
		__typeof__(p) seki_taken = (p); \
		(p) = NULL;                     \
		seki_taken;                     \
	})
#define TAKE_FD(fd)                    \
	({                             \
		int seki_taken = (fd); \
		(fd) = -1;             \
		seki_taken;            \
	})

#endif /* SEKI_CLEANUP_H */
