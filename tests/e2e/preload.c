// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * preload.so - code of somebody else in a program: shows that it ran, and with
 * which rights the database opens.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void __attribute__((constructor)) inside(void)
{
	char buf[16];
	int fd = open("/var/lib/osmocom/hlr.db", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, buf, sizeof(buf)) != sizeof(buf))
		perror("preload.so: database");
	else
		printf("preload.so: %.15s\n", buf);
	fflush(stdout);
	_exit(0);
}
