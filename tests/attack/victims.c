// SPDX-License-Identifier: GPL-2.0-or-later
/* victims.c - processes of the guest beside PID 1 and the operator. */
#define _GNU_SOURCE
#include "tests/attack/attack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define END_IDLE "/tmp/idle.end"

static pid_t started_daemon, started_idle;

static void tell(const char *path, long n)
{
	FILE *f = fopen(path, "w");

	if (f) {
		fprintf(f, "%ld\n", n);
		fclose(f);
	}
}

pid_t bystander(void)
{
	return pid_from("/tmp/daemon.pid");
}
pid_t collector(void)
{
	return pid_from("/tmp/idle.pid");
}
int victim_shm(void)
{
	return pid_from("/tmp/victim.shm");
}

/* Opens its database over and over, as a busy function does. */
static void tick(void)
{
	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		read_path(DB);
		usleep(300000);
	}
}

int victims_serve(void)
{
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	char *p = shmat(id, NULL, 0);

	if (p != (void *)-1)
		memcpy(p, SECRET, sizeof(SECRET));
	setsid();
	tell("/tmp/victim.shm", id);
	p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, open(DB, O_RDONLY), 0);
	tick();
	return guest_serve();
}

/* A job socket, as service managers and container engines have one. */
int daemon_serve(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "\0jobs" };
	int s = socket(AF_UNIX, SOCK_STREAM, 0), c;
	unsigned char answer;

	if (bind(s, (void *)&a, sizeof(sa_family_t) + 6) < 0 || listen(s, 8) < 0)
		return 1;
	setsid();
	tell("/tmp/daemon.pid", getpid());
	tell("/tmp/stranger.pid", getpid()); /* its name in tests/hook */
	for (;;) {
		c = accept(s, NULL, NULL);
		answer = (unsigned char)read_path(DB);
		if (c >= 0 && write(c, &answer, 1) != 1)
			return 1;
		close(c);
	}
}

int idle_serve(void)
{
	signal(SIGUSR1, SIG_IGN);
	tell("/tmp/idle.pid", getpid());
	while (access(END_IDLE, F_OK))
		usleep(50000);
	return 0;
}

static void start_one(pid_t *pid, const char *path, const char *verb, const char *file)
{
	int i;

	if (*pid > 0 && waitpid(*pid, NULL, WNOHANG) == 0)
		return;
	unlink(file);
	*pid = act_start(path, verb, -1, -1);
	for (i = 0; i < 500 && pid_from(file) != *pid; i++)
		usleep(20000);
}

/* Not even PID 1 may signal the collector's stand-in. */
static void end_one(pid_t *pid)
{
	if (*pid <= 0)
		return;
	close(open(END_IDLE, O_WRONLY | O_CREAT, 0600));
	kill(*pid, SIGKILL);
	waitpid(*pid, NULL, 0);
	unlink(END_IDLE);
	*pid = 0;
}

/* Whoever a technique killed is there for the next one. */
void victims_ready(void)
{
	start_one(&started_daemon, "/usr/bin/try", "--daemon", "/tmp/daemon.pid");
	start_one(&started_idle, "/usr/sbin/sekishod", "--idle", "/tmp/idle.pid");
}

void victims_start(void)
{
	end_one(&started_daemon);
	end_one(&started_idle);
	victims_ready();
}
