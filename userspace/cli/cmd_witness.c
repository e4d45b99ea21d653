// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho witness - cosign checkpoints of hosts, each only if its log goes on from
 * the one before.  One request at a time: a host asks each few seconds at most.
 */
#define _GNU_SOURCE
#include "userspace/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "userspace/cli/key_file.h"
#include "userspace/evidence/witness.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"

#define STATE "/var/lib/sekisho-witness"
#define REQUEST_MAX (SEKI_CONSISTENCY_MAX + 8192) /* with its head */
#define PATIENCE 5				  /* s, of one request */

static const struct option table[] = {
	{ "key", required_argument, NULL, 'k' },
	{ "name", required_argument, NULL, 'n' },
	{ "log", required_argument, NULL, 'l' },
	{ "state", required_argument, NULL, 's' },
	{ "listen", required_argument, NULL, 'L' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho witness --key NAME.key --name NAME --log KEY [--state DIR]\n"
		"                       --listen HOST:PORT | REQUEST...\n"
		"Cosign checkpoints of logs, only such that go on from the one before\n"
		"(c2sp.org/tlog-witness).\n\n"
		"  --key NAME.key      private key of the witness\n"
		"  --name NAME         its name in cosignatures\n"
		"  --log KEY           verifier key of a log, or a file of them; may be repeated\n"
		"  --state DIR         the checkpoint cosigned last of each (" STATE ")\n"
		"  --listen HOST:PORT  take requests over HTTP, at /add-checkpoint\n\n"
		"Without --listen the requests are files, and the cosignatures are printed.\n"
		"With neither, the verifier key of the witness is printed.\n");
}

/* ---- one request ------------------------------------------------------------ */

static const char *status_text(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 409:
		return "Conflict";
	case 422:
		return "Unprocessable Entity";
	case 500:
		return "Internal Server Error";
	default:
		return "Bad Request";
	}
}

static void answer(int fd, int status, const char *text)
{
	char all[SEKI_NOTE_LINE + 256];
	int len = snprintf(all, sizeof(all),
			   "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
			   "Connection: close\r\n\r\n%s",
			   status, status_text(status),
			   status == SEKI_WITNESS_OTHER_SIZE ? "text/x.tlog.size" : "text/plain",
			   strlen(text), text);

	/* Whoever went away asks again. */
	if (send(fd, all, (size_t)len, MSG_NOSIGNAL) != len)
		seki_warnx("an answer did not arrive");
}

/* Bytes of the body that the head promises, or -1. */
static long body_length(const char *head)
{
	const char *line = strcasestr(head, "\r\nContent-Length:");
	char *end;
	long n;

	if (!line)
		return -1;
	n = strtol(line + strlen("\r\nContent-Length:"), &end, 10);
	return *end == '\r' && n >= 0 && n <= (long)SEKI_CONSISTENCY_MAX ? n : -1;
}

/* The body, NUL terminated; NULL: no request that we take. */
static const char *receive(int fd, char text[REQUEST_MAX + 1], size_t *ret_size)
{
	size_t have = 0;
	char *body = NULL;
	long want = 0;

	while (!body || (size_t)(text + have - body) < (size_t)want) {
		ssize_t n = have < REQUEST_MAX ? recv(fd, text + have, REQUEST_MAX - have, 0) : 0;

		if (n <= 0)
			return NULL;
		have += (size_t)n;
		text[have] = '\0';
		if (body || !(body = strstr(text, "\r\n\r\n")))
			continue;
		body[2] = '\0'; /* the head ends here */
		body += 4;
		want = body_length(text);
		if (want < 0 || strncmp(text, "POST ", 5) ||
		    !strstr(text, "/add-checkpoint HTTP/1"))
			return NULL;
	}
	body[want] = '\0';
	*ret_size = (size_t)want;
	return body;
}

static void serve_one(const struct seki_witness *w, int fd)
{
	static char text[REQUEST_MAX + 1];
	const struct timeval patience = { .tv_sec = PATIENCE };
	char line[SEKI_NOTE_LINE];
	const char *body;
	size_t size;
	int status;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	body = receive(fd, text, &size);
	if (!body) {
		answer(fd, 400, "POST an add-checkpoint request to /add-checkpoint\n");
		return;
	}
	status = (int)seki_witness_add(w, body, size, (uint64_t)time(NULL), line);
	answer(fd, status, line);
}

/* ---- listening --------------------------------------------------------------- */

static int listen_at(const char *address)
{
	struct addrinfo hints = { .ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM }, *a;
	seki_autofree char *host = strdup(address);
	char *port = host ? strrchr(host, ':') : NULL;
	int fd = -1, one = 1;

	if (!port || port == host) {
		seki_warnx("--listen %s: right would be 127.0.0.1:2025", address);
		return -1;
	}
	*port++ = '\0';
	if (getaddrinfo(host, port, &hints, &a)) {
		seki_warnx("--listen %s: no such address", address);
		return -1;
	}
	fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, a->ai_addr, a->ai_addrlen) || listen(fd, 64)) {
		seki_warn("--listen %s", address);
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(a);
	return fd;
}

static volatile sig_atomic_t ended;

static void on_signal(int signal)
{
	(void)signal;
	ended = 1;
}

static int serve(const struct seki_witness *w, const char *address)
{
	const struct sigaction end = { .sa_handler = on_signal };
	seki_autoclose int fd = listen_at(address);

	if (fd < 0)
		return SEKI_EXIT_FAILED;
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	printf("listening    %s\n", address);
	fflush(stdout);
	while (!ended) {
		seki_autoclose int caller = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (caller >= 0)
			serve_one(w, caller);
		else if (errno != EINTR && errno != ECONNABORTED)
			return seki_warn("%s", address), SEKI_EXIT_FAILED;
	}
	return SEKI_EXIT_OK;
}

/* ---- the command ------------------------------------------------------------- */

static bool add_logs(struct seki_witness *w, const char *text)
{
	const char *end = text + strlen(text);
	bool any = false;

	while (text < end) {
		size_t len = strcspn(text, "\n");

		if (len && (w->logs == SEKI_WITNESS_LOGS ||
			    seki_verifier_parse(text, len, &w->log[w->logs]) ||
			    w->log[w->logs].type != SEKI_NOTE_ED25519))
			return false;
		w->logs += len > 0;
		any |= len > 0;
		text += len + 1;
	}
	return any;
}

static bool add_file(struct seki_witness *w, const char *path)
{
	seki_autofree char *text = NULL;
	size_t size;

	return !seki_file_read(path, SEKI_WITNESS_LOGS * SEKI_VKEY_TEXT, &text, &size) &&
	       add_logs(w, text);
}

static bool add_log(struct seki_witness *w, const char *what)
{
	if (add_logs(w, what) || add_file(w, what))
		return true;
	seki_warnx("--log %s: neither a verifier key of a log nor a file of at most %d", what,
		   SEKI_WITNESS_LOGS);
	return false;
}

static int cosign_file(const struct seki_witness *w, const char *path)
{
	seki_autofree char *text = NULL;
	char line[SEKI_NOTE_LINE];
	size_t size;
	int err = seki_file_read(path, SEKI_CONSISTENCY_MAX, &text, &size), status;

	if (err) {
		seki_warnx("%s: %s", path, strerror(-err));
		return SEKI_EXIT_FAILED;
	}
	status = (int)seki_witness_add(w, text, size, (uint64_t)time(NULL), line);
	if (status == SEKI_WITNESS_OK) {
		fputs(line, stdout);
		return SEKI_EXIT_OK;
	}
	line[strcspn(line, "\n")] = '\0';
	seki_warnx("%s: %s%s", path,
		   status == SEKI_WITNESS_OTHER_SIZE ? "the checkpoint cosigned last has size " :
						       "",
		   line);
	return SEKI_EXIT_FAILED;
}

static int print_key(const struct seki_witness *w)
{
	struct seki_verifier v;
	char text[SEKI_VKEY_TEXT];

	if (seki_cosigner_of(&w->key, &v)) {
		seki_warnx("--name %s: no name for a key; give one without blanks and '+'",
			   w->key.name);
		return SEKI_EXIT_FAILED;
	}
	seki_verifier_text(&v, text);
	puts(text);
	return seki_flush_stdout();
}

static int work(struct seki_witness *w, const char *address, char **requests)
{
	int ret = SEKI_EXIT_OK;

	if (!address && !*requests)
		return print_key(w);
	if (!w->logs) {
		seki_warnx("no log is known: --log");
		return SEKI_EXIT_USAGE;
	}
	if (mkdir(w->dir, 0755) && errno != EEXIST) {
		seki_warn("%s", w->dir);
		return SEKI_EXIT_FAILED;
	}
	if (address)
		return serve(w, address);
	for (; *requests; requests++)
		ret = cosign_file(w, *requests) ?: ret;
	return seki_flush_stdout() ?: ret;
}

int cmd_witness(int argc, char **argv)
{
	seki_autofree struct seki_witness *w = calloc(1, sizeof(*w));
	const char *address = NULL, *key = NULL, *name = NULL;
	bool ok = w;
	int opt, ret;

	while (ok && (opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (opt == 'k')
			key = optarg;
		else if (opt == 'n')
			name = optarg;
		else if (opt == 'l')
			ok = add_log(w, optarg);
		else if (opt == 's')
			w->dir = optarg;
		else if (opt == 'L')
			address = optarg;
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else
			ok = false;
	}
	if (!ok || !key || !name || (address && optind < argc)) {
		if (ok)
			usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	w->dir = w->dir ?: STATE;
	w->key.key = seki_key_file(key);
	snprintf(w->key.name, sizeof(w->key.name), "%s", name);
	ret = w->key.key ? work(w, address, argv + optind) : SEKI_EXIT_FAILED;
	EVP_PKEY_free(w->key.key);
	return ret;
}
