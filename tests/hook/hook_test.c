// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hook_test.c - subject x object x mode, as PID 1 of a guest.
 *
 *	             without        enforce              audit
 *	other        succeeds       errno + record       succeeds + would-deny
 *	operator     -              errno + record       -
 *	dba          -              succeeds if the rule says so
 *	hlr          -              succeeds if its own  -
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct attempt *const groups[] = {
	file_attempts,	inode_attempts, process_attempts, net_attempts, seal_attempts,
	mount_attempts, code_attempts,	memory_attempts,  ipc_attempts, NULL,
};

static void recorded_access(void)
{
	const struct seki_access_event *r;
	pid_t pid;

	ready("hlr");
	records_drain();
	act("backup", "--twin", "read_db", &pid);
	records_drain();
	r = record_of(pid, SEKI_ALLOWED);
	result(r && !strcmp(record_label(r), "hlr.data") && r->want == SEKI_READ,
	       "an allowed access that the policy records leaves a record");
}

/* 8 MiB of activity and nobody who reads it: what must be recorded stops, what is
 * best-effort goes on and is counted, and refusals have a ring of their own.
 */
static void full_ring(void)
{
	struct seki_stats before, after;
	pid_t pid;
	int err;

	ready("hlr");
	records_drain();
	records_stats(&before);
	err = act("backup", "--as", "flood", NULL);
	result(err == EAGAIN, "without room for its record a recorded access is refused (%s)",
	       strerror(err));
	result(act("backup", "--as", "best-effort", NULL) == 0,
	       "and a best-effort one happens without it");
	records_stats(&after);
	result(after.refused_unrecorded > before.refused_unrecorded, "the first is counted");
	result(after.loss[SEKI_LOSS_ACTIVITY_FULL] - before.loss[SEKI_LOSS_ACTIVITY_FULL] >
		       after.refused_unrecorded - before.refused_unrecorded,
	       "the second is a counted loss");
	err = act("other", "--try", "open_read", &pid);
	records_drain();
	result(err == EPERM && record_of(pid, SEKI_DENIED), "a refusal is recorded all the same");
	result(act("backup", "--twin", "read_db", &pid) == 0,
	       "with room again the access succeeds");
	records_drain();
	result(record_of(pid, SEKI_ALLOWED), "with its record");
	result(act("backup", "--as", "best-effort", &pid) == 0, "and so does the best-effort one");
	records_drain();
	result(record_of(pid, SEKI_ALLOWED), "with its record");
}

/* By default a connection to a broker is only seen: what is asked there nobody sees. */
static void broker_recorded(void)
{
	const struct seki_access_event *r;
	pid_t pid;
	int err;

	ready("hlr");
	records_drain();
	err = act("operator", "--as", "client", &pid);
	records_drain();
	r = record_of(pid, SEKI_ALLOWED);
	result(!err && r && !strcmp(record_label(r), "kernel.broker") && r->want == SEKI_CONNECT &&
		       r->e.flags & SEKI_EVENT_MARKED,
	       "an operator's connection to a broker leaves a record (%s)", strerror(err));
	records_drain();
	err = act("other", "--as", "client", &pid);
	records_drain();
	result(!err && !record_of(pid, SEKI_ALLOWED), "and that of a daemon none");
}

/* An operator fills the ring of refusals with one and the same: a quarter of it stays
 * for others, his own too, and each that left no record is counted.
 */
static void equal_denials(void)
{
	const __u64 tries = 20000;
	struct seki_stats before, after;
	pid_t pid, other;
	size_t kept;

	ready("hlr");
	records_drain();
	records_stats(&before);
	result(act("operator", "--as", "knock", NULL) == EPERM,
	       "an operator is refused the same %llu times", (unsigned long long)tries);
	records_stats(&after);
	act("operator", "--try", "inotify_watch", &pid);
	act("other", "--try", "open_read", &other);
	records_drain();
	kept = records_all();
	after.loss[SEKI_LOSS_EQUAL_DENIED] -= before.loss[SEKI_LOSS_EQUAL_DENIED];
	result(kept > 4000 && kept < 6000, "of that flood %zu are recorded", kept);
	result(kept + after.loss[SEKI_LOSS_EQUAL_DENIED] >= tries &&
		       after.loss[SEKI_LOSS_EVIDENCE_FULL] == before.loss[SEKI_LOSS_EVIDENCE_FULL],
	       "and the other %llu counted",
	       (unsigned long long)after.loss[SEKI_LOSS_EQUAL_DENIED]);
	result(record_of(pid, SEKI_DENIED), "what else he is refused then is recorded");
	result(record_of(other, SEKI_DENIED), "and what another one is refused");
}

/* Labels must not live in the cache: evict everything, then try again. */
static void evicted(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	sync();
	result(fd >= 0 && write(fd, "3", 1) == 1, "caches are dropped");
	close(fd);
	result(act("other", "--try", "open_read", NULL) == EPERM,
	       "the database is refused after eviction");
	result(act("other", "--try", "below", NULL) == EPERM,
	       "a file deep below is refused after eviction");
	result(act("other", "--try", "second_name", NULL) == EPERM,
	       "a second name outside is refused after eviction");
}

static void everyone_dead(void)
{
	records_close();
	evicted();
	result(act("operator", "--try", "open_read", NULL) == EPERM,
	       "with every process of Sekisho dead the database is refused");
	records_open();
}

/* Whoever loses the lineage loses the rights, whatever is left of it. */
static void lineage(void)
{
	pid_t pid;

	ready("hlr");
	result(act("other", "--as", "cgroup", &pid) == EPERM,
	       "joining the unit's cgroup gives nothing");
	result(act("hlr", "--as", "exec", &pid) == EPERM,
	       "a program the core function execs has lost the domain");
	result(act("operator", "--as", "loginuid", &pid) == EPERM,
	       "resetting the login uid gives nothing");
	records_drain();
	result(record_of(pid, SEKI_DENIED) &&
		       record_of(pid, SEKI_DENIED)->e.flags & SEKI_EVENT_MARKED &&
		       record_of(pid, SEKI_DENIED)->e.loginuid == 1000,
	       "the mark stays, with the login uid as first seen");
	result(act("operator", "--as", "daemon", &pid) == EPERM,
	       "a double fork with setsid keeps the refusal");
}

/* A descriptor from before the load passes file_open; the layer without a
 * trampoline must hold.
 */
static void second_layer(void)
{
	pid_t pid;
	int err;

	ready("hlr");
	records_drain();
	err = act("other", "--as", "early", &pid);
	records_drain();
	result(err == EPERM, "a descriptor from before the load can't switch ftrace off (%s)",
	       strerror(err));
	result(record_of(pid, SEKI_DENIED) &&
		       record_of(pid, SEKI_DENIED)->hook == SEKI_HOOK_cgroup_sysctl,
	       "and the second layer leaves its record");
	result(act("other", "--as", "early-on", &pid) == 0, "switching it on is nobody's harm");
}

static void refused_with(const char *subject, const char *what, __u8 hook, const char *say)
{
	const struct seki_access_event *r;
	pid_t pid;
	int err;

	ready("hlr");
	records_drain();
	err = act(subject, "--as", what, &pid);
	records_drain();
	r = record_of(pid, SEKI_DENIED);
	result(err == EPERM && r && r->hook == hook, "%s (%s, hook %d)", say, strerror(err),
	       r ? r->hook : 0);
}

/* Doors that only a domain with some of the rights can stand before. */
static void half_open(void)
{
	refused_with("backup", "ioctl", SEKI_HOOK_file_ioctl,
		     "a domain that may read may not control");
	refused_with("operator", "client", SEKI_HOOK_unix_stream_connect,
		     "an operator's connection to a broker is refused where the policy says so");
	result(act("other", "--as", "client", NULL) == 0, "daemons connect to brokers as ever");
	refused_with("pkg", "writer", SEKI_HOOK_file_open,
		     "a domain that may replace code may not write into it");
	refused_with("hlr", "traceme", SEKI_HOOK_ptrace_traceme,
		     "a core function does not give itself to a tracer");
	refused_with("other", "datagram", SEKI_HOOK_unix_may_send,
		     "a datagram to the management socket is refused");
	result(act("hlr", "--as", "secure", NULL) == 0,
	       "the core function starts with AT_SECURE: LD_* is void");
}

/* PID 1 may use bpf(2), but not for what is ours. */
static void own_objects(void)
{
	__u32 id = 0, refused = 0;
	int fd;

	result(bpf_obj_get("/sys/fs/bpf/sekisho/roots") < 0 && errno == EPERM,
	       "PID 1 can't take our maps by pin");
	while (bpf_prog_get_next_id(id, &id) == 0) {
		fd = bpf_prog_get_fd_by_id(id);
		refused += fd < 0 && errno == EPERM;
		close(fd);
	}
	result(refused > 20, "PID 1 can't take our programs by id (%u refused)", refused);
	for (id = 0, refused = 0; bpf_map_get_next_id(id, &id) == 0;) {
		fd = bpf_map_get_fd_by_id(id);
		refused += fd < 0 && errno == EPERM;
		close(fd);
	}
	result(refused > 10, "PID 1 can't take our maps by id (%u refused)", refused);
	for (id = 0, refused = 0; bpf_link_get_next_id(id, &id) == 0;) {
		fd = bpf_link_get_fd_by_id(id);
		refused += fd < 0 && errno == EPERM;
		close(fd);
	}
	result(refused > 20, "PID 1 can't take our links by id (%u refused)", refused);
}

/* A next policy needs a key from the start. */
static void sign_bundles(void)
{
	struct evp_pkey_st *key = sign_key();

	sign_enroll(key, "site.pub");
	sign_bundle("/enforce.bundle", "/enforce.bundle", key, NULL, 0);
	sign_bundle("/audit.bundle", "/audit.bundle", key, NULL, 0);
}

static int load(const char *bundle)
{
	return act_program("/usr/sbin/sekisho-load", bundle);
}

/* While policies follow each other, a loop that never ends must never get in. */
static void reloaded(void)
{
	pid_t pid = act_start("/usr/bin/try", "--hammer", -1, -1);
	int i, failed = 0, status;

	for (i = 0; i < 6; i++)
		failed += load("/enforce.bundle") != 0;
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	result(!failed, "the policy is loaded again 6 times over itself");
	result(act("other", "--try", "shm_read", NULL) == EPERM,
	       "memory that was made under the policy before is refused");
	result(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM,
	       "between one policy and the next the database is refused");
}

/* Reads, writes and moves until one of them gets through. */
static int hammer(void)
{
	for (;;) {
		if (read_path(DB) != EPERM || rename(DB, OWN "/x") == 0 || unlink(DB) == 0)
			return 1;
	}
}

static void loaded(void)
{
	result(load("/enforce.bundle") == 0, "the policy is loaded");
	records_open();
	core_start();
	each(enforced_all);
	twin_all();
	recorded_access();
	hits_enforced();
	rate_enforced();
	cgroup_enforced();
	plain_enforced();
	full_ring();
	equal_denials();
	lineage();
	role_enforced();
	from_enforced();
	second_layer();
	half_open();
	own_objects();
	everyone_dead();
	reloaded();
	result(act_program("/usr/bin/try", "--load") == 1,
	       "the loader started from a shell can't replace the policy");
	result(load("/audit.bundle") == 0, "a next version is loaded without unloading the first");
	result(load("/enforce.bundle") == 1, "an older version is refused");
	records_close();
	records_open();
	core_start();
	hits_audited();
	each(audited);
	broker_recorded();
	records_close();
}

/* ---- what the programs do that act() starts ---- */

static int as_cgroup(void)
{
	int fd = open("/sys/fs/cgroup/hlr.service/cgroup.procs", O_WRONLY);

	if (fd < 0 || write(fd, "0", 1) != 1)
		return ENODATA;
	return read_path(DB);
}

static int as_loginuid(void)
{
	int fd = open("/proc/self/loginuid", O_WRONLY);

	if (fd < 0 || write(fd, "4294967295", 10) != 10)
		return ENODATA;
	return read_path(DB);
}

static int as_daemon(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		setsid();
		pid = fork();
		if (!pid)
			_exit(read_path(DB));
		waitpid(pid, &status, 0);
		_exit(WEXITSTATUS(status));
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int as_ioctl(void)
{
	int fd = open(DB, O_RDONLY), flags;

	if (fd < 0)
		return ENODATA;
	return ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0 ? errno : 0;
}

/* Until one is refused; a ring holds 13,107. */
static int as_flood(void)
{
	for (int i = 0; i < 20000; i++) {
		int fd = open(DB, O_RDONLY);

		if (fd < 0)
			return errno;
		close(fd);
	}
	return 0;
}

/* By a hundred processes of one session: a new one begins no new count. */
static int as_knock(void)
{
	int status = 0;

	for (int child = 0; child < 100 && !status; child++) {
		if (!fork()) {
			for (int i = 0; i < 200; i++)
				if (read_path(DB) != EPERM)
					_exit(1);
			_exit(0);
		}
		wait(&status);
	}
	return status ? ENODATA : EPERM;
}

static int as_best_effort(void)
{
	int fd = open("/srv/keys", O_RDONLY | O_DIRECTORY);

	return fd < 0 ? errno : close(fd);
}

static int as_client(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = BROKER };

	return connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&to, sizeof(to)) < 0 ? errno : 0;
}

/* Who may replace code may not write into code that runs. */
static int as_writer(void)
{
	int fd = open(ONE_LIB, O_WRONLY);

	return fd < 0 ? errno : close(fd);
}

static int as_datagram(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = DGRAM_PATH };
	int s = socket(AF_UNIX, SOCK_DGRAM, 0);

	return sendto(s, "x", 1, 0, (void *)&to, sizeof(to)) < 0 ? errno : 0;
}

static int as(const char *what)
{
	if (!strcmp(what, "cgroup"))
		return as_cgroup();
	if (!strcmp(what, "loginuid"))
		return as_loginuid();
	if (!strcmp(what, "daemon"))
		return as_daemon();
	if (!strcmp(what, "ioctl"))
		return as_ioctl();
	if (!strcmp(what, "flood"))
		return as_flood();
	if (!strcmp(what, "knock"))
		return as_knock();
	if (!strncmp(what, "box=", 4))
		return cgroup_start_box(what + 4);
	if (!strcmp(what, "many"))
		return rate_reads();
	if (!strcmp(what, "switches"))
		return plain_switches();
	if (!strcmp(what, "best-effort"))
		return as_best_effort();
	if (!strcmp(what, "traceme"))
		return ptrace(PTRACE_TRACEME, 0, 0, 0) < 0 ? errno : 0;
	if (!strcmp(what, "datagram"))
		return as_datagram();
	if (!strcmp(what, "client"))
		return as_client();
	if (!strcmp(what, "writer"))
		return as_writer();
	if (!strcmp(what, "secure"))
		return getauxval(AT_SECURE) ? 0 : ENODATA;
	if (!strcmp(what, "early"))
		return write(40, "0\n", 2) == 2 ? 0 : errno;
	if (!strcmp(what, "early-on"))
		return write(40, "1\n", 2) == 2 ? 0 : errno;
	if (!strncmp(what, "from=", 5))
		return from_child(what + 5);
	if (strstr(what, "role-") || strstr(what, "login-"))
		return role_child(what);
	execl("/usr/bin/try", "/usr/bin/try", "--try", "open_read", NULL);
	return ENODATA;
}

static int child(int argc, char **argv)
{
	const char *verb = argv[1], *what = argc > 2 ? argv[2] : "";

	if (!strcmp(verb, "--hammer"))
		return hammer();
	if (!strcmp(verb, "--as"))
		return as(what);
	if (!strcmp(verb, "--load"))
		execl("/usr/sbin/sekisho-load", "sekisho-load", "/audit.bundle", NULL);
	return judge_child(verb, what);
}

int main(int argc, char **argv)
{
	judge_begin(groups);
	if (getpid() != 1)
		return argc > 1 ? child(argc, argv) : 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	guest_prepare();
	sign_bundles();
	core_start();
	each(without);
	result(act("other", "--as", "datagram", NULL) == 0, "a datagram is taken without Sekisho");
	result(act("hlr", "--as", "traceme", NULL) == 0, "traceme works without Sekisho");
	result(act("backup", "--as", "ioctl", NULL) == 0, "the ioctl works without Sekisho");
	cgroup_without();
	plain_without();
	dup2(open("/proc/sys/kernel/ftrace_enabled", O_RDWR | O_CLOEXEC),
	     40); /* not close-on-exec: the children have it as 40 */
	loaded();
	judge_end();
	return 0;
}
