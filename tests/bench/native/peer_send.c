// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * peer_send - one line again and again to a datagram socket, as fast as the far side
 * takes it: the socket is full when it does not.
 *
 * usage: peer_send SOCKET SECONDS FILE   FILE: the datagram
 *
 * Prints how many were sent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	static char text[65536];
	FILE *f = argc == 4 ? fopen(argv[3], "r") : NULL;
	size_t len = f ? fread(text, 1, sizeof(text), f) : 0;
	unsigned long sent = 0;
	double end;

	if (!len || strlen(argv[1]) >= sizeof(to.sun_path)) {
		fprintf(stderr, "usage: peer_send SOCKET SECONDS FILE\n");
		return 2;
	}
	memcpy(to.sun_path, argv[1], strlen(argv[1]));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to))) {
		perror(argv[1]);
		return 1;
	}
	for (end = seconds() + atof(argv[2]); sent % 256 || seconds() < end; sent++)
		if (send(fd, text, len, 0) != (ssize_t)len) {
			perror(argv[1]);
			return 1;
		}
	printf("%lu\n", sent);
	return 0;
}
