// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho-forward - records leave the host, each sink at its own pace.
 *
 * A thread per sink reads the log and talks to the far side.  The main thread
 * answers for the status.
 */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "userspace/collector/notify.h"
#include "userspace/collector/server.h"
#include "userspace/forward/watch.h"
#include "userspace/forward/worker.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"
#include "userspace/reader/source.h"

struct options {
	const char *config, *state, *run, *controls;
	bool check;
};

struct forwarder {
	struct seki_forward_config config;
	struct seki_worker worker[SEKI_SINKS];
	unsigned int workers;
	struct seki_watch watch;
	struct seki_limits limits;
	atomic_bool stop;
};

static atomic_bool *stop_flag;

static const char usage[] =
	"usage: sekisho-forward [OPTION]...\n"
	"  -c, --config FILE  which records go where (/etc/sekisho/forward.yaml)\n"
	"      --check        judge the file and end\n"
	"      --state DIR    for the cursors (/var/lib/sekisho-forward)\n"
	"      --run DIR      for the control socket (/run/sekisho-forward)\n"
	"      --controls DIR the tables (" SEKI_CONTROLS_DIR ")\n";

static struct options read_options(int argc, char **argv)
{
	enum { STATE = 256, RUN, CONTROLS, CHECK };
	static const struct option table[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "state", required_argument, NULL, STATE },
		{ "run", required_argument, NULL, RUN },
		{ "controls", required_argument, NULL, CONTROLS },
		{ "check", no_argument, NULL, CHECK },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct options o = { .config = "/etc/sekisho/forward.yaml",
			     .state = "/var/lib/sekisho-forward",
			     .run = "/run/sekisho-forward",
			     .controls = SEKI_CONTROLS_DIR };
	int c;

	while ((c = getopt_long(argc, argv, "c:h", table, NULL)) != -1) {
		switch (c) {
		case 'c':
			o.config = optarg;
			break;
		case STATE:
			o.state = optarg;
			break;
		case RUN:
			o.run = optarg;
			break;
		case CONTROLS:
			o.controls = optarg;
			break;
		case CHECK:
			o.check = true;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		default:
			exit(2);
		}
	}
	if (optind < argc)
		seki_diex("unexpected argument %s; see --help", argv[optind]);
	return o;
}

static void read_limits(const struct options *o, struct forwarder *f)
{
	struct seki_complaint why;

	if (seki_watch_limits(&f->config, o->controls, &f->limits, &why))
		seki_diex("%s", why.text);
	for (unsigned int i = 0; i < f->limits.findings; i++)
		seki_warnx("%s", f->limits.finding[i]);
}

/* Two forwarders with the same cursors would send everything twice. */
static int lock_state(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		seki_die("%s", dir);
	if (flock(fd, LOCK_EX | LOCK_NB))
		seki_diex("%s: another sekisho-forward works there", dir);
	return fd;
}

static void on_signal(int signal)
{
	(void)signal;
	atomic_store(stop_flag, true);
}

static void catch_signals(atomic_bool *stop)
{
	struct sigaction end = { .sa_handler = on_signal };
	struct sigaction none = { .sa_handler = SIG_IGN };

	stop_flag = stop;
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGPIPE, &none, NULL);
}

static void write_status(void *what, const struct seki_asker *by, const char *argument,
			 struct seki_buf *b)
{
	struct forwarder *f = what;
	uint64_t size = 0;
	int err = seki_source_size(f->config.log, &size);

	(void)by;
	(void)argument;
	seki_buf_char(b, '{');
	seki_put_u64(b, "pid", (uint64_t)getpid());
	seki_put_str(b, "log", f->config.log);
	if (err)
		seki_put_str(b, "log_error", strerror(-err));
	seki_put_u64(b, "size", size);
	seki_put_open(b, "sinks", '[');
	for (unsigned int i = 0; i < f->workers; i++)
		seki_worker_status(&f->worker[i], size, b);
	seki_put_close(b, ']');
	seki_watch_status(&f->watch, b);
	seki_buf_close(b, '}');
	seki_buf_char(b, '\n');
}

static const struct seki_request requests[] = { { "status", write_status }, { 0 } };

static void serve(struct forwarder *f, struct seki_server *s)
{
	struct pollfd fds[1 + SEKI_CALLERS];

	while (!atomic_load(&f->stop)) {
		poll(fds, seki_server_poll(s, fds), 500);
		seki_server_work(s, requests, f);
		seki_watch_step(&f->watch, f->worker, f->workers);
	}
}

static void start(struct forwarder *f, const char *state)
{
	for (unsigned int i = 0; i < f->config.sinks; i++) {
		struct seki_sink_config *s = &f->config.sink[i];
		int err;

		s->log = f->config.log;
		s->state = state;
		err = seki_worker_start(&f->worker[i], &f->config, &f->config.sink[i], state,
					&f->stop);

		if (err)
			seki_diex("sink %s: %s", f->config.sink[i].name, strerror(-err));
		f->workers++;
	}
	if (seki_watch_start(&f->watch, &f->config, &f->limits, state, &f->stop))
		seki_diex("alarms can't be given");
}

static int forward(struct forwarder *f, const struct options *o)
{
	seki_autofree char *socket = NULL;
	int lock = lock_state(o->state);
	struct seki_server server;
	int err;

	if (asprintf(&socket, "%s/control", o->run) < 0)
		seki_diex("out of memory");
	catch_signals(&f->stop);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	srandom((unsigned int)(getpid() ^ time(NULL)));
	err = seki_server_open(&server, socket, geteuid(), getegid());
	if (err)
		seki_warnx("%s: %s; no status will be had", socket, strerror(-err));
	start(f, o->state);
	seki_notify_open();
	seki_notify_ready();
	serve(f, &server);
	for (unsigned int i = 0; i < f->workers; i++)
		seki_worker_join(&f->worker[i]);
	seki_watch_stop(&f->watch);
	seki_server_close(&server);
	close(lock);
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = read_options(argc, argv);
	struct forwarder *f = calloc(1, sizeof(*f));
	int ret = 0;

	if (!f)
		seki_diex("out of memory");
	if (!seki_forward_file(o.config, &f->config))
		exit(1);
	read_limits(&o, f);
	if (!o.check)
		ret = forward(f, &o);
	seki_forward_config_free(&f->config);
	free(f);
	return ret;
}
