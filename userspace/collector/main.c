// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekishod - from the kernel's rings to records on disk.
 *
 *	ring -> decode -> enrich -> record -> control -> sink
 *
 * Root opens and maps; then a guard stays behind with one power, and the
 * collector goes on as its own user without any.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/collector/collector.h"
#include "userspace/collector/confine.h"
#include "userspace/collector/guard.h"
#include "userspace/collector/kernel.h"
#include "userspace/collector/lanes.h"
#include "userspace/collector/notify.h"
#include "userspace/collector/server.h"
#include "userspace/collector/takeover.h"
#include "userspace/evidence/io.h"
#include "userspace/evidence/keys.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"

#define PATIENCE 5000 /* ms for the collector before this one */
#define FTRACE "/proc/sys/kernel/ftrace_enabled"

struct options {
	const char *replay, *out, *bundle, *pins, *run, *controls, *user, *root, *redact, *secret;
	const char *pattern; /* NULL: the file, if it is there */
	uint64_t heartbeat, max_size, seal, key_days;
	struct seki_keep keep;
	bool all_exec, beat; /* beat: the interval was given */
};

static volatile sig_atomic_t stop;

static const char usage[] =
	"usage: sekishod [OPTION]...\n"
	"  -o, --output DIR     log directory, - for standard output (/var/log/sekisho)\n"
	"      --max-size N     bytes of a segment of the log, with k, M, G (64M)\n"
	"      --seal N         seconds between checkpoints when there is something new (2)\n"
	"      --keep-days N    delete segments that are older, 0 for never (0)\n"
	"      --keep-size N    delete the oldest segments above so many bytes, 0 for never (0)\n"
	"      --hold FILE      while it is there nothing is deleted (" SEKI_HOLD ")\n"
	"      --secret DIR     keys of the log (" SEKI_SECRET_DIR ")\n"
	"      --key-days N     make the next key after so many days, 0 for never (0)\n"
	"      --heartbeat N    seconds between heartbeat records, 0 for none (60)\n"
	"      --pattern N      service pattern 1 to 4, whose values apply, or the file that\n"
	"                       names it (" SEKI_PATTERN_FILE ")\n"
	"      --all-exec       record every program start of the host\n"
	"      --controls FILE  which records serve which control items\n"
	"      --redact FILE    more secrets in arguments to hide (/etc/sekisho/redact.conf)\n"
	"      --user NAME      account to work under, none to stay (sekisho)\n"
	"      --pins DIR       of the loaded programs (/sys/fs/bpf/sekisho)\n"
	"      --run DIR        for socket, canary and bundle (/run/sekisho)\n"
	"      --replay FILE    read recorded events and not the kernel's\n"
	"      --bundle FILE    names for --replay (RUN/policy.bundle without it)\n"
	"      --root DIR       with --replay: look at /etc, /proc, /run below DIR\n";

static uint64_t number(const char *option, const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);
	static const char units[] = "kMG";
	const char *unit = *end ? strchr(units, *end) : NULL;

	if (end == text || text[0] == '-' || (*end && (!unit || end[1])))
		seki_diex("%s: not a number: %s; right would be 10, 64M", option, text);
	return (uint64_t)n << (unit ? 10 * (unit - units + 1) : 0);
}

static struct options read_options(int argc, char **argv)
{
	enum {
		MAX_SIZE = 256,
		SEAL,
		SECRET,
		KEY_DAYS,
		KEEP_DAYS,
		KEEP_SIZE,
		HOLD,
		HEARTBEAT,
		PATTERN,
		ALL_EXEC,
		CONTROLS,
		USER,
		PINS,
		RUN,
		REDACT,
		REPLAY,
		BUNDLE,
		ROOT
	};
	static const struct option table[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "max-size", required_argument, NULL, MAX_SIZE },
		{ "seal", required_argument, NULL, SEAL },
		{ "secret", required_argument, NULL, SECRET },
		{ "key-days", required_argument, NULL, KEY_DAYS },
		{ "keep-days", required_argument, NULL, KEEP_DAYS },
		{ "keep-size", required_argument, NULL, KEEP_SIZE },
		{ "hold", required_argument, NULL, HOLD },
		{ "heartbeat", required_argument, NULL, HEARTBEAT },
		{ "pattern", required_argument, NULL, PATTERN },
		{ "all-exec", no_argument, NULL, ALL_EXEC },
		{ "controls", required_argument, NULL, CONTROLS },
		{ "user", required_argument, NULL, USER },
		{ "pins", required_argument, NULL, PINS },
		{ "run", required_argument, NULL, RUN },
		{ "redact", required_argument, NULL, REDACT },
		{ "replay", required_argument, NULL, REPLAY },
		{ "bundle", required_argument, NULL, BUNDLE },
		{ "root", required_argument, NULL, ROOT },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct options o = {
		.out = "/var/log/sekisho",
		.pins = "/sys/fs/bpf/sekisho",
		.run = "/run/sekisho",
		.controls = "/usr/share/sekisho/policies/controls/mapping.json",
		.user = "sekisho",
		.redact = "/etc/sekisho/redact.conf",
		.secret = SEKI_SECRET_DIR,
		.keep.hold = SEKI_HOLD,
		.seal = 2,
		.heartbeat = 60,
		.max_size = 64u << 20,
	};
	int c;

	while ((c = getopt_long(argc, argv, "o:h", table, NULL)) != -1) {
		const char *arg = optarg ? optarg : "";

		switch (c) {
		case 'o':
			o.out = arg;
			break;
		case MAX_SIZE:
			o.max_size = number("--max-size", arg);
			break;
		case SEAL:
			o.seal = number("--seal", arg);
			break;
		case SECRET:
			o.secret = arg;
			break;
		case KEEP_DAYS:
			o.keep.age = number("--keep-days", arg) * 86400 * SEKI_NS;
			break;
		case KEEP_SIZE:
			o.keep.size = number("--keep-size", arg);
			break;
		case HOLD:
			o.keep.hold = arg;
			break;
		case KEY_DAYS:
			o.key_days = number("--key-days", arg);
			break;
		case HEARTBEAT:
			o.heartbeat = number("--heartbeat", arg);
			o.beat = true;
			break;
		case PATTERN:
			o.pattern = arg;
			break;
		case ALL_EXEC:
			o.all_exec = true;
			break;
		case CONTROLS:
			o.controls = arg;
			break;
		case USER:
			o.user = arg;
			break;
		case PINS:
			o.pins = arg;
			break;
		case RUN:
			o.run = arg;
			break;
		case REDACT:
			o.redact = arg;
			break;
		case REPLAY:
			o.replay = arg;
			break;
		case BUNDLE:
			o.bundle = arg;
			break;
		case ROOT:
			o.root = arg;
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

static char *below(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		seki_diex("out of memory");
	return path;
}

/* Without one each setting is as it is; a replay asks nothing of this host. */
static void set_pattern(struct seki_collector *c, const struct options *o)
{
	const char *setting = o->pattern ?: SEKI_PATTERN_FILE, *end = strrchr(o->controls, '/');
	seki_autofree char *dir = strndup(o->controls, end ? (size_t)(end - o->controls) : 0);
	struct seki_complaint why;
	int err = o->replay && !o->pattern ?
			  -ENOENT :
			  seki_service_open(&c->service, setting, end ? dir : ".", &why);

	c->heartbeat = o->heartbeat * SEKI_NS;
	if (err == -ENOENT && !o->pattern)
		return;
	if (err)
		seki_diex("%s", why.text);
	if (!o->beat)
		c->heartbeat = SEKI_NS * seki_pattern_value(&c->service.values,
							    SEKI_PATTERN_LIVENESS,
							    c->service.pattern);
	seki_service_judge(&c->service, c->heartbeat / SEKI_NS, o->keep.age / SEKI_NS / 86400);
	for (unsigned int i = 0; i < c->service.findings; i++)
		seki_warnx("%s", c->service.finding[i]);
}

/* What both ways of working need. */
static void open_knowledge(struct seki_collector *c, const struct options *o)
{
	const char *root = !o->replay ? "" : o->root ?: "none";
	seki_autofree char *mounts = below(root, "proc/self/mountinfo");
	char err[256];
	int res;

	if (seki_collector_open(c) ||
	    seki_programs_open(&c->know.programs, !strcmp(root, "") || !strcmp(root, "/")))
		seki_diex("out of memory");
	if (seki_controls_load(o->controls, &c->controls, err, sizeof(err)))
		seki_diex("%s: %s", o->controls, err);
	res = seki_redact_load(o->redact, &c->redact, err, sizeof(err));
	if (res && res != -ENOENT)
		seki_diex("%s", err);
	seki_host_read(&c->host, root);
	seki_people_open(&c->know.people, root);
	seki_mounts_open(&c->know.mounts, mounts);
	c->all_exec = o->all_exec;
	set_pattern(c, o);
	c->beaten = seki_clock_now();
	c->seal_every = o->seal * SEKI_NS;
	c->keep = o->keep;
}

/* The log directory, made if it is missing and we may. */
static int open_dir(const char *path, const struct seki_account *a)
{
	int fd;

	if (!mkdir(path, 0750) && !geteuid() && chown(path, a->uid, a->gid))
		seki_die("%s", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		seki_die("%s", path);
	return fd;
}

static void resume(struct seki_collector *c, int dir)
{
	struct seki_turn turn;
	int err = seki_resume_log(dir, c->host.boot, &c->resume, turn.previous);

	if (err)
		seki_warnx("log can't be read back: %s; records may come twice", strerror(-err));
	seki_resume_apply(&c->resume, &c->track);
	seki_tickets_take(&c->tickets, &c->resume.tickets);
	if (turn.previous[0])
		seki_notice_turn(c, &turn);
}

/* While root: nobody else can read them. */
static void open_keys(struct seki_collector *c, const struct options *o, struct seki_log_keys *k)
{
	char origin[SEKI_NOTE_NAME], err[512];

	seki_log_origin(c->host.id, origin);
	if (seki_log_keys_open(o->secret, origin, o->key_days * 86400, k, err, sizeof(err)))
		seki_diex("keys of the log: %s; --secret names another place", err);
}

static void why_not(const struct options *o, int err)
{
	if (err == -EWOULDBLOCK)
		seki_diex("%s: another collector writes there", o->out);
	if (err == -EKEYREJECTED)
		seki_diex("%s: its last checkpoint is not by a key of %s; bring that key, or move "
			  "the log away and keep it",
			  o->out, o->secret);
	if (err == -EBADMSG)
		seki_diex("%s: its records are not those that were signed ('sekisho verify' names "
			  "them); going on would be a fork, so move it away and keep it",
			  o->out);
	seki_diex("%s: %s; it must belong to user %s", o->out, strerror(-err), o->user);
}

static void publish_keys(int dir, const struct seki_log_keys *k)
{
	char text[2 * SEKI_VKEY_TEXT];
	size_t size = seki_log_keys_text(k, text);

	if (seki_io_put(&seki_log_io_system, dir, SEKI_LOG_KEYS, text, size))
		seki_warnx("the log's public keys can't be written beside it");
}

static void open_log(struct seki_collector *c, const struct options *o,
		     const struct seki_log_keys *k, int dir)
{
	struct seki_log_options log = { .dir = dir,
					.origin = k->key.name,
					.key = &k->key,
					.old = k->has_old ? &k->old : NULL,
					.boot = c->host.boot,
					.segment = o->max_size,
					.hasher = seki_lanes_open ? seki_lanes_open() : NULL };
	uint64_t boot = seki_clock_now();
	struct seki_log_moment now = { boot, boot + (uint64_t)c->clock.offset, c->clock.sync };
	struct seki_log_found found;
	int err = seki_sink_log_open(&log, &now, &c->sink, &found);

	if (err)
		why_not(o, err);
	publish_keys(dir, k);
	resume(c, dir);
	if (found.unclean || found.cut || found.tiles)
		seki_notice_found(c, &found);
}

static void open_sink(struct seki_collector *c, const struct options *o,
		      const struct seki_log_keys *k, int dir)
{
	if (dir >= 0) {
		open_log(c, o, k, dir);
		return;
	}
	c->sink = seki_sink_stream_open(STDOUT_FILENO);
	if (!c->sink)
		seki_diex("out of memory");
}

/* ---- a recorded file ---------------------------------------------------- */

static int replay(struct seki_collector *c, const struct options *o, struct seki_log_keys *k)
{
	static _Alignas(8) char frame[65536];
	seki_autofclose FILE *f = NULL;
	struct seki_account me = { .none = true };
	const char *why;
	size_t size;
	int more;

	c->know.names.path = o->bundle;
	if (o->bundle && seki_names_fix(&c->know.names, &why))
		seki_diex("%s: %s", o->bundle, why);
	f = strcmp(o->replay, "-") ? fopen(o->replay, "re") : stdin;
	if (!f)
		seki_die("%s", o->replay);
	if (seki_track_open(&c->track, SEKI_CPU_MAX, NULL))
		seki_diex("out of memory");
	if (strcmp(o->out, "-"))
		open_keys(c, o, k);
	open_sink(c, o, k, strcmp(o->out, "-") ? open_dir(o->out, &me) : -1);
	while ((more = seki_frame_next(f, frame, sizeof(frame), &size)) > 0) {
		seki_collector_event(c, frame, size);
		if (c->out.len > SEKI_BATCH_MAX / 2)
			seki_collector_flush(c);
	}
	seki_collector_settle(c, true);
	seki_collector_flush(c);
	if (!c->stalled)
		seki_collector_seal(c, SEKI_LOG_STOP);
	if (more < 0)
		seki_warnx("%s: a frame is cut or too long", o->replay);
	if (c->stalled)
		seki_warnx("%s: %s", o->out, strerror(c->stalled));
	return more < 0 || c->stalled;
}

/* ---- the kernel --------------------------------------------------------- */

static void on_signal(int signal)
{
	stop = signal;
}

static void catch_signals(void)
{
	struct sigaction end = { .sa_handler = on_signal };
	struct sigaction none = { .sa_handler = SIG_IGN };

	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGHUP, &none, NULL);
	sigaction(SIGPIPE, &none, NULL);
	sigaction(SIGXFSZ, &none, NULL); /* a limit is an error of write(2) */
}

static void open_kernel(struct seki_collector *c, const struct options *o)
{
	struct seki_kernel k;
	char err[256];

	if (seki_kernel_open(o->pins, &k, err, sizeof(err)))
		seki_diex("%s; is a policy loaded (sekisho-load)?", err);
	memcpy(c->ring, k.ring, sizeof(c->ring));
	c->rings = SEKI_RING_COUNT;
	c->meta = k.meta;
	c->stats = k.stats;
	c->links = k.links;
	c->foreign = k.foreign;
	c->hits = k.hits;
	if (seki_track_open(&c->track, k.cpus < SEKI_CPU_MAX ? k.cpus : SEKI_CPU_MAX, k.stats))
		seki_diex("out of memory");
	seki_programs_scan(&c->know.programs);
}

static void confine(struct seki_collector *c, const struct options *o, const struct seki_account *a)
{
	const char *const write[] = { o->out, NULL };
	const char *const read[] = { o->run,	  "/run/systemd/sessions",
				     "/run/utmp", "/proc",
				     "/usr",	  "/etc",
				     "/opt",	  "/bin",
				     "/sbin",	  "/lib",
				     NULL };
	const char *what;
	int err = seki_confine_account(a, &what);

	if (err)
		seki_diex("%s: %s", what, strerror(-err));
	c->landlock = seki_confine_files(write, read);
	c->seccomp = seki_confine_calls();
}

static void wait_for_work(struct seki_collector *c, struct seki_server *s, int guard)
{
	struct pollfd fds[SEKI_RING_COUNT + 1 + 1 + SEKI_CALLERS];
	size_t n = 0, rings = c->stalled ? 0 : c->rings;

	for (; n < rings; n++)
		fds[n] = (struct pollfd){ .fd = c->ring[n].fd, .events = POLLIN };
	fds[n++] = (struct pollfd){ .fd = guard, .events = POLLIN };
	n += seki_server_poll(s, fds + n);
	if (poll(fds, n, c->dirty || c->stalled ? 100 : 500) < 0)
		return;
	/* The guard speaks only when asked: this is its end. */
	if (fds[rings].revents && !stop)
		stop = SIGTERM;
}

static void run(struct seki_collector *c, struct seki_server *s, int guard)
{
	seki_collector_tick(c, guard);
	while (!stop && !c->unloaded && !c->upgraded) {
		if (!seki_collector_step(c) && (c->stalled || c->sink->ops->tidy(c->sink) <= 0))
			wait_for_work(c, s, guard);
		seki_server_work(s, seki_requests, c);
		seki_collector_tick(c, guard);
	}
	/* What waits now; what comes later is for the next collector. */
	seki_collector_step(c);
	c->stopping = true;
	/* Its links hold the old programs; the next collector takes the new ones. */
	seki_notice_stop(c, c->unloaded	   ? "policy taken out" :
			    c->upgraded	   ? "programs upgraded" :
			    stop == SIGINT ? "interrupt" :
					     "request");
	seki_collector_flush(c);
	if (!c->stalled)
		seki_collector_seal(c, SEKI_LOG_STOP);
}

static int collect(struct seki_collector *c, const struct options *o, struct seki_log_keys *k)
{
	seki_autofree char *canary = below(o->run, "canary");
	seki_autofree char *bundle = below(o->run, "policy.bundle");
	seki_autofree char *previous = below(o->run, "previous.bundle");
	seki_autofree char *socket = below(o->run, "control");
	seki_autofree char *held = below(o->run, "held");
	int guard = seki_guard_fork(FTRACE), dir = -1, err;
	struct seki_account account;
	struct seki_server server;

	if (guard < 0)
		seki_diex("guard: %s", strerror(-guard));
	catch_signals();
	if (seki_account_find(o->user, &account))
		seki_diex("no user %s; systemd-sysusers makes it, --user names another", o->user);
	c->know.names.path = o->bundle ?: bundle;
	c->know.names.previous = previous;
	c->canary.path = canary;
	c->held = held;
	c->canary.ftrace = FTRACE;
	open_kernel(c, o);
	/* Only now: the links are held all the time. */
	if (seki_takeover("/proc", "/sys/fs/cgroup", PATIENCE) < 0)
		seki_warnx("the collector before this one does not end");
	if (strcmp(o->out, "-")) {
		open_keys(c, o, k);
		dir = open_dir(o->out, &account);
	}
	err = seki_server_open(&server, socket, account.uid, account.gid);
	if (err)
		seki_warnx("%s: %s; no status will be had", socket, strerror(-err));
	seki_notify_open();
	confine(c, o, &account);
	open_sink(c, o, k, dir);
	seki_collector_tick(c, guard);
	seki_notice_start(c);
	seki_collector_catch_up(c);
	seki_notify_ready();
	run(c, &server, guard);
	seki_server_close(&server);
	return c->stalled ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct options o = read_options(argc, argv);
	struct seki_collector *c = calloc(1, sizeof(*c));
	struct seki_log_keys k = { .made = false };
	int ret;

	if (!c)
		seki_diex("out of memory");
	c->know.mounts.fd = -1;
	open_knowledge(c, &o);
	ret = o.replay ? replay(c, &o, &k) : collect(c, &o, &k);
	c->sink->ops->close(c->sink);
	seki_log_keys_close(&k);
	seki_collector_close(c);
	free(c);
	return ret;
}
