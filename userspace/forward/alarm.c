// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/forward/alarm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "userspace/collector/clock.h"
#include "userspace/forward/http.h"
#include "userspace/forward/tls.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"

#define MS 1000000u
#define COMMAND_MAX 30000u /* ms that a command may take */
#define PAUSE_FIRST 1000u  /* ms between attempts */
#define PAUSE_LAST 30000u
#define PRIORITY (13 * 8 + 1) /* log audit, alert */

extern char **environ;

static int fail(struct seki_alarm *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int fail(struct seki_alarm *a, const char *fmt, ...)
{
	char why[sizeof(a->why)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&a->lock);
	if (strcmp(a->why, why))
		seki_warnx("alarm %s: %s", a->config->name, why);
	memcpy(a->why, why, sizeof(why));
	pthread_mutex_unlock(&a->lock);
	return -EIO;
}

/* True: time to end. */
static bool rest(struct seki_alarm *a, unsigned int ms)
{
	const struct timespec step = { .tv_nsec = 50 * MS };

	for (unsigned int done = 0; done < ms && !atomic_load(a->stop); done += 50)
		nanosleep(&step, NULL);
	return atomic_load(a->stop);
}

/* ---- ways ---------------------------------------------------------------- */

static int wait_for(struct seki_alarm *a, pid_t pid)
{
	const char *program = a->config->to.v[0];
	int status = 0;

	for (unsigned int ms = 0; waitpid(pid, &status, WNOHANG) != pid; ms += 20) {
		const struct timespec step = { .tv_nsec = 20 * MS };

		if (ms >= COMMAND_MAX) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return fail(a, "%s: ended after 30 s", program);
		}
		nanosleep(&step, NULL);
	}
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	return fail(a, "%s: %s %d", program, WIFEXITED(status) ? "exit status" : "signal",
		    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

/* The alarm is on the command's standard input.  A memfd: no command can make us
 * wait by not reading.
 */
static int tell_command(struct seki_alarm *a, const char *text)
{
	seki_autoclose int in = memfd_create("alarm", MFD_CLOEXEC);
	posix_spawn_file_actions_t files;
	size_t size = strlen(text);
	pid_t pid;
	int err;

	if (in < 0 || write(in, text, size) != (ssize_t)size || lseek(in, 0, SEEK_SET))
		return fail(a, "memory: %s", strerror(errno));
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	err = posix_spawn(&pid, a->config->to.v[0], &files, NULL, (char **)a->config->to.v,
			  environ);
	posix_spawn_file_actions_destroy(&files);
	return err ? fail(a, "%s: %s", a->config->to.v[0], strerror(err)) : wait_for(a, pid);
}

static int tell_syslog(struct seki_alarm *a, const char *text)
{
	seki_autofree char *message = NULL;
	seki_autofree char *frame = NULL;
	struct seki_stream s = { .fd = -1 };
	char host[256] = "-";
	int n, m, err;

	gethostname(host, sizeof(host) - 1);
	n = asprintf(&message, "<%d>1 - %s sekisho - alarm - \xef\xbb\xbf%s", PRIORITY, host, text);
	m = n < 0 ? -1 : asprintf(&frame, "%d %s", n, message);
	if (m < 0)
		return fail(a, "out of memory");
	err = seki_stream_open(&s, a->config->to.v[0], &a->config->tls, a->config->plain);
	if (!err)
		err = seki_stream_write(&s, frame, (size_t)m);
	if (!err)
		err = seki_stream_finish(&s);
	if (err)
		fail(a, "%s", s.why);
	seki_stream_close(&s);
	return err;
}

static int tell_http(struct seki_alarm *a, const char *text)
{
	const char *url = a->config->to.v[0];
	struct seki_http_answer *answer = calloc(1, sizeof(*answer));
	struct seki_http *h = NULL;
	char why[256] = "out of memory";
	int err = answer ? seki_http_open(url, &a->config->tls, &h) : -ENOMEM;

	if (!err)
		err = seki_http_post(h, NULL, text, strlen(text), answer, why);
	if (err)
		fail(a, "%s: %s", url, why);
	else if (answer->status / 100 != 2)
		err = fail(a, "%s: status %ld", url, answer->status);
	seki_http_close(h);
	free(answer);
	return err;
}

static int tell(struct seki_alarm *a, const char *text)
{
	switch (a->config->type) {
	case SEKI_ALARM_COMMAND:
		return tell_command(a, text);
	case SEKI_ALARM_SYSLOG:
		return tell_syslog(a, text);
	default:
		return tell_http(a, text);
	}
}

/* ---- queue --------------------------------------------------------------- */

void seki_alarm_raise(struct seki_alarm *a, const char *json)
{
	char *text = strdup(json);

	pthread_mutex_lock(&a->lock);
	if (a->count == SEKI_ALARM_QUEUE || !text) {
		a->dropped++;
		free(text);
	} else {
		unsigned int at = (a->first + a->count++) % SEKI_ALARM_QUEUE;

		a->queue[at].text = text;
		a->queue[at].raised = seki_clock_now();
		pthread_cond_signal(&a->some);
	}
	pthread_mutex_unlock(&a->lock);
}

/* NULL: nothing for a second. */
static char *take(struct seki_alarm *a, uint64_t *raised)
{
	struct timespec until;
	char *text = NULL;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	pthread_mutex_lock(&a->lock);
	if (!a->count)
		pthread_cond_timedwait(&a->some, &a->lock, &until);
	if (a->count) {
		text = a->queue[a->first].text;
		*raised = a->queue[a->first].raised;
		a->first = (a->first + 1) % SEKI_ALARM_QUEUE;
		a->count--;
	}
	pthread_mutex_unlock(&a->lock);
	return text;
}

static void deliver(struct seki_alarm *a, const char *text, uint64_t raised)
{
	unsigned int pause = PAUSE_FIRST;
	bool told = !tell(a, text);
	uint64_t ms;

	while (!told && seki_clock_now() - raised < a->patience && !rest(a, pause)) {
		pause = pause * 2 < PAUSE_LAST ? pause * 2 : PAUSE_LAST;
		told = !tell(a, text);
	}
	ms = (seki_clock_now() - raised) / MS;
	pthread_mutex_lock(&a->lock);
	a->told += told;
	a->failed += !told;
	if (told) {
		a->why[0] = '\0';
		a->slowest_ms = ms > a->slowest_ms ? ms : a->slowest_ms;
	}
	pthread_mutex_unlock(&a->lock);
}

static void *work(void *arg)
{
	struct seki_alarm *a = arg;

	for (;;) {
		uint64_t raised;
		char *text = take(a, &raised);

		if (text)
			deliver(a, text, raised);
		else if (atomic_load(a->stop))
			return NULL;
		free(text);
	}
}

int seki_alarm_start(struct seki_alarm *a, const struct seki_alarm_config *c, uint64_t patience,
		     atomic_bool *stop)
{
	int err;

	a->config = c;
	a->patience = patience;
	a->stop = stop;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->some, NULL);
	err = -pthread_create(&a->thread, NULL, work, a);
	a->running = !err;
	return err;
}

void seki_alarm_join(struct seki_alarm *a)
{
	if (a->running)
		pthread_join(a->thread, NULL);
	a->running = false;
}

void seki_alarm_status(struct seki_alarm *a, struct seki_buf *b)
{
	pthread_mutex_lock(&a->lock);
	seki_buf_char(b, '{');
	seki_put_str(b, "name", a->config->name);
	seki_put_str(b, "state", a->why[0] ? a->why : "ok");
	seki_put_u64(b, "told", a->told);
	seki_put_u64(b, "failed", a->failed);
	seki_put_u64(b, "dropped", a->dropped);
	seki_put_u64(b, "waiting", a->count);
	seki_put_u64(b, "slowest_ms", a->slowest_ms);
	seki_put_close(b, '}');
	pthread_mutex_unlock(&a->lock);
}
