// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * from.c - logins of one uid, told apart by the connection or the terminal that they came
 * by.
 *
 * The policy gives `noc` and `field` to uid 4000 by network and `desk` to 4001 by terminal;
 * of these `field` alone may not read the database.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"
#include "userspace/lib/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT 5022

/* How somebody logs in: uid, what else, and the peers or the terminal.  Where from is what the
 * record of his login says then.
 */
static const struct {
	const char *how, *role, *name;
	const char *from;
	bool reads;
} logins[] = {
	{ "4000:-:127.0.0.2", "noc", "a login by a connection from the network", "127.0.0.2",
	  true },
	{ "4000:-:::1", "noc", "one from its IPv6 network", "::1", true },
	{ "4000:mapped:127.0.0.2", "noc", "one by an IPv6 socket", "127.0.0.2", true },
	{ "4000:-:127.0.0.2,127.0.0.2", "noc", "one by two connections from there", "127.0.0.2",
	  true },
	{ "4000:exec:127.0.0.2", "noc", "one whose program is the next", "127.0.0.2", true },
	{ "4000:close:127.0.0.2", "noc", "one whose connection is gone since", "127.0.0.2", true },
	{ "4000:-:127.0.1.9", "field", "one from the network of another role", "127.0.1.9", false },
	{ "4000:-:127.0.0.3", "other", "one from elsewhere", "127.0.0.3", false },
	{ "4000:-:", "other", "one without a connection", NULL, false },
	{ "4000:-:127.0.0.2,127.0.1.9", "other", "one by two connections", NULL, false },
	{ "4000:late:127.0.0.2", "other", "one whose connection came later", NULL, false },
	{ "4000:wide:127.0.0.2", "other", "one with more than 64 descriptors", NULL, false },
	{ "4000:-:192.0.2.7", "other", "one of the host itself by another address", NULL, false },
	{ "4001:-:127.0.0.2", "other", "one of a uid that has no such role", "127.0.0.2", false },
	{ "4001:tty:/dev/tty5", "desk", "one at a console", NULL, true },
	{ "4001:in:/dev/tty5", "desk", "one that reads from a console", NULL, true },
	{ "4001:tty:/dev/tty6", "other", "one at another console", NULL, false },
	{ "4001:in:/dev/null", "other", "one that reads from no console", NULL, false },
	{ "4001:later:/dev/tty5", "other", "one that got the console later", NULL, false },
};

/* The last login came from there; NULL: nobody can tell. */
static bool came(const char *from)
{
	const struct seki_mark_event *m = records_mark();
	char text[SEKI_ADDRESS_TEXT];

	return m && (from ? m->sources == 1 && !strcmp(seki_address_text(m->source, text), from) :
			    m->sources != 1);
}

static void one(const char *how, const char *role, const char *name, const char *from, bool reads)
{
	char what[64];
	pid_t pid;
	int got;
	const struct seki_access_event *r;

	records_drain();
	snprintf(what, sizeof(what), "from=%s", how);
	got = act("other", "--as", what, &pid);
	result(got == (reads ? 0 : EPERM), "%s %s (%d)", name, reads ? "reads" : "does not read",
	       got);
	records_drain();
	r = record_of(pid, reads ? SEKI_ALLOWED : SEKI_DENIED);
	result(r && !strcmp(record_domain(r), role) && r->e.loginuid == (__u32)atoi(how),
	       "and the record says %s (%s)", role, r ? record_domain(r) : "none");
	result(came(from), "and that of the login says where from: %s", from ?: "not known");
}

/* An address of the host that is in a network of the policy. */
static void own_address(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in own = { .sin_family = AF_INET };
	struct ifreq r = { .ifr_name = "lo:1" };

	inet_pton(AF_INET, "192.0.2.7", &own.sin_addr);
	memcpy(&r.ifr_addr, &own, sizeof(own));
	result(ioctl(s, SIOCSIFADDR, &r) == 0, "the host has an address in a network");
	close(s);
}

void from_enforced(void)
{
	ready("hlr");
	own_address();
	for (size_t i = 0; i < sizeof(logins) / sizeof(*logins); i++)
		one(logins[i].how, logins[i].role, logins[i].name, logins[i].from, logins[i].reads);
}

/* ---- the one who logs in ------------------------------------------------------- */

static socklen_t address(const char *text, bool mapped, struct sockaddr_storage *ret)
{
	struct sockaddr_in6 *six = (void *)ret;
	struct sockaddr_in *four = (void *)ret;

	memset(ret, 0, sizeof(*ret));
	if (strchr(text, ':') || mapped) {
		six->sin6_family = AF_INET6;
		if (!mapped)
			inet_pton(AF_INET6, text, &six->sin6_addr);
		return sizeof(*six);
	}
	four->sin_family = AF_INET;
	inet_pton(AF_INET, text, &four->sin_addr);
	return sizeof(*four);
}

static void set_port(struct sockaddr_storage *a, in_port_t port)
{
	if (a->ss_family == AF_INET6)
		((struct sockaddr_in6 *)(void *)a)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)(void *)a)->sin_port = htons(port);
}

/* Another process, which stays at the other end. */
static void client(const char *from, int listener)
{
	struct sockaddr_storage own, to;
	socklen_t len = address(from, false, &own);
	int s;

	address(from, false, &to);
	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(listener);
	set_port(&to, PORT);
	s = socket(own.ss_family, SOCK_STREAM, 0);
	if (!strncmp(from, "127.", 4))
		((struct sockaddr_in *)(void *)&to)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(s, (void *)&own, len) || connect(s, (void *)&to, len))
		_exit(1);
	pause();
	_exit(0);
}

/* What sshd has: the accepted connection and nothing else; -1: none. */
static int accepted(const char *from, bool mapped)
{
	struct sockaddr_storage any;
	socklen_t len = address(strchr(from, ':') ? "::" : "0.0.0.0", mapped, &any);
	int s = socket(any.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1, fd;

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	set_port(&any, PORT);
	alarm(5);
	if (bind(s, (void *)&any, len) || listen(s, 4))
		return -1;
	client(from, s);
	fd = accept(s, NULL, NULL);
	close(s);
	return fd;
}

/* All that stand in the list; the last of them, -1: one failed. */
static int accepted_all(char *list, bool mapped)
{
	int fd = 0;

	for (char *from = strtok(list, ","); from && fd >= 0; from = strtok(NULL, ","))
		fd = accepted(from, mapped);
	return fd;
}

static int at_terminal(const char *path, bool own)
{
	int fd = open(path, O_RDWR | O_NOCTTY);

	if (fd < 0)
		return -1;
	if (own && (setsid() < 0 || ioctl(fd, TIOCSCTTY, 1) < 0))
		return -1;
	return own ? fd : dup2(fd, 0);
}

static int come(const char *what, char *where)
{
	if (!strcmp(what, "tty") || !strcmp(what, "in"))
		return at_terminal(where, *what == 't');
	return accepted_all(where, !strcmp(what, "mapped"));
}

static bool begin_login(const char *uid)
{
	int fd = open("/proc/self/loginuid", O_WRONLY);
	bool ok = fd >= 0 && write(fd, uid, strlen(uid)) == (ssize_t)strlen(uid);

	close(fd);
	return ok;
}

/* By a program that he starts. */
static int reads(bool exec)
{
	int status;

	if (exec || !fork()) {
		execl("/usr/bin/try", "/usr/bin/try", "--try", "open_read", NULL);
		_exit(ENODATA);
	}
	while (wait(&status) > 0 && WIFSIGNALED(status))
		;
	return WEXITSTATUS(status);
}

/* From the mark on, nothing changes it. */
static void mark(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	waitpid(pid, &status, 0);
}

int from_child(const char *how)
{
	char text[64], *uid = text, *what, *where;
	bool late;
	int fd = 0;

	snprintf(text, sizeof(text), "%s", how);
	what = strchr(text, ':');
	*what++ = 0;
	where = strchr(what, ':');
	*where++ = 0;
	late = !strncmp(what, "late", 4);
	if (!late)
		fd = come(what, where);
	if (fd < 0 || (!strcmp(what, "wide") && dup2(fd, 100) < 0) || !begin_login(uid))
		return ENODATA;
	if (late || !strcmp(what, "close"))
		mark();
	if (late)
		fd = come(strcmp(what, "later") ? what : "tty", where);
	if (!strcmp(what, "close"))
		close(fd);
	return fd < 0 ? ENODATA : reads(!strcmp(what, "exec"));
}
