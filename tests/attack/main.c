// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * main.c - every technique without Sekisho and with it, as PID 1 of a guest.
 *
 *	without   the effect is there to see, or the technique proves nothing
 *	with it   its errno, its record with the operator's mark, the world unchanged
 *
 * Ends with a table by class and the list of what is out of reach.  `--list`
 * prints the ids, so that documents can be checked against them.
 */
#define _GNU_SOURCE
#include "tests/attack/attack.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX 1024

enum outcome { UNPROVEN, SKIPPED, PROVEN, REFUSED, OPEN };

static struct technique {
	const struct attack *a;
	enum outcome outcome;
	int with; /* what it returned with Sekisho */
	char reason[160];
} all[MAX];
static size_t n_all;

static int tests, failures;
static pid_t core;

static void add(const struct attack *a)
{
	for (; a->name && n_all < MAX; a++)
		all[n_all++].a = a;
}

static void collect(void)
{
	const struct attack *hooked;

	hooked_attacks(&hooked);
	add(hooked);
	add(identity_attacks);
	add(memory_attacks);
	add(data_attacks);
	add(network_attacks);
	add(management_attacks);
	add(kernel_attacks);
	add(dos_attacks);
	add(tamper_attacks);
}

static void id_of(const struct attack *a, char *id, size_t size)
{
	snprintf(id, size, "%s/%s", a->class, a->name);
}

static const struct attack *find(const char *id)
{
	char one[96];
	size_t i;

	for (i = 0; i < n_all; i++) {
		id_of(all[i].a, one, sizeof(one));
		if (!strcmp(one, id))
			return all[i].a;
	}
	return NULL;
}

static const struct twin *find_twin(const char *name)
{
	const struct twin *t;

	for (t = attack_twins; t->name; t++)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

/* ---- the guest ---- */

static void core_again(void)
{
	int i;

	if (core > 0) {
		kill(core, SIGKILL);
		waitpid(core, NULL, 0);
	}
	unlink("/tmp/victim.pid");
	core = act_start("/usr/bin/hlr", "--serve", -1, -1);
	for (i = 0; i < 500 && victim() != core; i++)
		usleep(20000);
}

static void living(void)
{
	if (waitpid(core, NULL, WNOHANG) == core)
		core_again();
	victims_ready();
	unlink("/tmp/cannot");
	unlink("/tmp/init.asked");
}

/* Stands for what only Sekisho makes: pins, the canary, a log. */
static void stand_in(void)
{
	int fd, i;
	static const char *const files[] = { "/run/sekisho/canary",
					     "/var/log/sekisho/events.jsonl" };

	mkdir("/run/sekisho", 0755);
	mkdir("/var/log", 0755);
	mkdir("/var/log/sekisho", 0755);
	for (i = 0; i < 2; i++) {
		fd = open(files[i], O_WRONLY | O_CREAT | O_TRUNC, 0644);
		if (fd >= 0 && write(fd, "{}\n", 3) == 3)
			close(fd);
	}
	mkdir("/sys/fs/bpf/sekisho", 0700);
	if (access("/sys/fs/bpf/sekisho/roots", F_OK) == 0)
		return;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "roots", 4, 8, 1, NULL);
	bpf_obj_pin(fd, "/sys/fs/bpf/sekisho/roots");
	close(fd);
}

static void stand_in_again(void)
{
	rename("/sys/fs/bpf/x", "/sys/fs/bpf/sekisho");
	stand_in();
}

static void stand_in_gone(void)
{
	unlink("/sys/fs/bpf/sekisho/roots");
	rmdir("/sys/fs/bpf/sekisho");
	unlink("/run/sekisho/canary");
	rmdir("/run/sekisho");
}

/* Modules that techniques load and look for must not be there yet. */
static void modules_out(void)
{
	static const char *const out[] = { "nlmon", "brd" };
	size_t i;

	for (i = 0; i < sizeof(out) / sizeof(*out); i++)
		syscall(SYS_delete_module, out[i], O_NONBLOCK);
}

/* The kernel's module helper, if it is asked, leaves a trace. */
static void module_helper(void)
{
	mkdir("/sbin", 0755);
	unlink("/sbin/modprobe");
	if (link("/usr/bin/try", "/sbin/modprobe") < 0)
		printf("# /sbin/modprobe: %s\n", strerror(errno));
}

static bool world_changed(char *what, size_t size)
{
	return !world_same("/tmp/world.before", "/tmp/world.after", what, size);
}

/* ---- without Sekisho ---- */

static void unproven(struct technique *t, int err, const char *world)
{
	if (err == CANNOT) {
		t->outcome = SKIPPED;
		if (read_text("/tmp/cannot", t->reason, sizeof(t->reason)))
			snprintf(t->reason, sizeof(t->reason), "no reason given");
		return;
	}
	t->outcome = UNPROVEN;
	snprintf(t->reason, sizeof(t->reason), "without Sekisho: %s%s",
		 err ? strerror(err) : "the world is the same", world);
}

static void baseline(struct technique *t)
{
	char id[96], what[160] = "";
	int err;

	id_of(t->a, id, sizeof(id));
	living();
	stand_in_again();
	act("hlr", "--setup", "", NULL);
	err = act("operator", "--try", id, NULL);
	act("hlr", "--world", "/tmp/world.after", NULL);
	if (err || (t->a->flags & CHANGES && !world_changed(what, sizeof(what))))
		unproven(t, err, "");
	else
		t->outcome = PROVEN;
}

/* ---- with it ---- */

static __u32 access_bit(const char *word)
{
#define X(name, bit, text, covers) \
	if (!strcmp(word, text))   \
		return SEKI_##name;
	SEKI_ACCESS_LIST(X)
#undef X
	return 0;
}

static bool label_fits(const char *want, const char *label)
{
	size_t n = strlen(label);
	const char *p = want;

	if (!strcmp(want, "*"))
		return true;
	for (; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
		if (!strncmp(p, label, n) && (p[n] == '|' || p[n] == '\0'))
			return true;
	return false;
}

static bool record_fits(const struct attack *a, const struct seki_access_event *r)
{
	__u32 bit = access_bit(a->access);
	bool marked = r->e.flags & SEKI_EVENT_MARKED;

	if (r->verdict != SEKI_DENIED || !label_fits(a->label, record_label(r)))
		return false;
	if (strcmp(a->access, "*") && !(r->want & bit))
		return false;
	if (a->flags & BROKERED)
		return !marked;
	return marked && r->e.loginuid == 1000;
}

static const struct seki_access_event *fitting(const struct attack *a)
{
	size_t i;

	for (i = 0; i < records_count(); i++)
		if (record_fits(a, record_at(i)))
			return record_at(i);
	return NULL;
}

static int wanted(const struct attack *a)
{
	if (a->flags & CLOSES)
		return ENODATA;
	return a->error ? a->error : EPERM;
}

static void tell_record(char *to, size_t size)
{
	const struct seki_access_event *r = NULL;
	size_t i;

	for (i = 0; i < records_count(); i++)
		if (record_at(i)->verdict == SEKI_DENIED)
			r = record_at(i);
	snprintf(to, size, "%zu records, last %s want %x hook %d mark %d", records_count(),
		 r ? record_label(r) : "-", r ? r->want : 0, r ? r->hook : 0,
		 r ? r->e.flags & SEKI_EVENT_MARKED : 0);
}

static void attempt_it(struct technique *t)
{
	const struct seki_access_event *r;
	char id[96], what[200] = "", record[200] = "";
	bool changed;
	int err;

	id_of(t->a, id, sizeof(id));
	living();
	act("hlr", "--setup", "", NULL);
	records_drain();
	err = act("operator", "--try", id, NULL);
	records_drain();
	r = fitting(t->a);
	if (!r)
		tell_record(record, sizeof(record));
	act("hlr", "--world", "/tmp/world.after", NULL);
	changed = world_changed(what, sizeof(what));
	t->with = err;
	if (err == wanted(t->a) && !changed && (r || t->a->flags & QUIET)) {
		t->outcome = REFUSED;
		return;
	}
	t->outcome = OPEN;
	snprintf(t->reason, sizeof(t->reason), "%s, wanted %s%s%.40s%s%.60s",
		 err == CANNOT ? "cannot" : strerror(err), strerror(wanted(t->a)),
		 changed ? "; changed: " : "", changed ? what : "",
		 r ? "" : "; no such record: ", record);
}

/* ---- what is told ---- */

static void tell(const struct technique *t)
{
	const struct attack *a = t->a;
	bool ok = t->outcome == REFUSED || (t->outcome == OPEN && a->beyond);
	char id[96];

	id_of(a, id, sizeof(id));
	if (t->outcome == SKIPPED) {
		printf("ok %d - %s # SKIP %s\n", ++tests, id, t->reason);
		return;
	}
	printf("%s %d - %s: ", ok ? "ok" : "not ok", ++tests, id);
	if (t->outcome == REFUSED)
		printf("refused and recorded as %s on %s\n", a->access, a->label);
	else if (ok)
		printf("out of reach: %s\n", a->beyond);
	else
		printf("(%s; wanted %s on %s)\n", t->reason, a->access, a->label);
	failures += !ok;
}

static void table(void)
{
	static const char *const classes[] = { "identity",   "memory",		"data",
					       "data-write", "network",		"management",
					       "kernel",     "self-protection", "dos" };
	int sum[6], total[6] = {};
	size_t c, i, k;

	printf("# %-16s %10s %10s %10s %12s %12s %8s\n", "class", "techniques", "proven", "refused",
	       "out of reach", "not refused", "skipped");
	for (c = 0; c <= sizeof(classes) / sizeof(*classes); c++) {
		memset(sum, 0, sizeof(sum));
		for (i = 0; i < n_all && c < 9; i++) {
			if (strcmp(all[i].a->class, classes[c]))
				continue;
			sum[0]++;
			sum[1] += all[i].outcome >= PROVEN;
			sum[2] += all[i].outcome == REFUSED;
			sum[3] += all[i].outcome == OPEN && all[i].a->beyond;
			sum[4] += all[i].outcome == OPEN && !all[i].a->beyond;
			sum[5] += all[i].outcome == SKIPPED;
		}
		for (k = 0; k < 6; k++)
			total[k] += sum[k];
		printf("# %-16s %10d %10d %10d %12d %12d %8d\n", c < 9 ? classes[c] : "all",
		       (c < 9 ? sum : total)[0], (c < 9 ? sum : total)[1], (c < 9 ? sum : total)[2],
		       (c < 9 ? sum : total)[3], (c < 9 ? sum : total)[4],
		       (c < 9 ? sum : total)[5]);
	}
}

static void out_of_reach(void)
{
	size_t i;

	for (i = 0; i < n_all; i++)
		if (all[i].a->beyond && all[i].outcome == OPEN)
			printf("# out of reach: %s/%s: %s\n", all[i].a->class, all[i].a->name,
			       all[i].a->beyond);
}

static void twins_all(void)
{
	const struct seki_access_event *r;
	const struct twin *t;
	pid_t pid;
	int err;

	for (t = attack_twins; t->name; t++) {
		living();
		act("hlr", "--setup", "", NULL);
		records_drain();
		err = act(t->subject, "--twin", t->name, &pid);
		records_drain();
		r = record_of(pid, SEKI_DENIED);
		failures += err || r;
		printf("%s %d - twin/%s stays allowed to %s (%s%s%s)\n", err || r ? "not ok" : "ok",
		       ++tests, t->name, t->subject, err ? strerror(err) : "done",
		       r ? ", refused " : "", r ? record_label(r) : "");
	}
}

static void bail(const char *what)
{
	printf("Bail out! %s\n", what);
	printf("GUEST-EXIT 1\n");
	fflush(NULL);
	reboot(RB_POWER_OFF);
}

static void enforce(void)
{
	if (act_program("/usr/sbin/sekisho-load", "/enforce.bundle"))
		bail("the policy can't be loaded");
	records_open();
	core_again();
	victims_start();
	if (act_program("/usr/sbin/sekisho-load", "--lock"))
		printf("# the host can't be locked\n");
}

/* As init(1) acts on signals. */
static void note_asked(int signal)
{
	(void)signal;
	close(open("/tmp/init.asked", O_WRONLY | O_CREAT, 0600));
}

static void guest(void)
{
	const struct sigaction asked = { .sa_handler = note_asked, .sa_flags = SA_RESTART };
	size_t i;

	sigaction(SIGUSR2, &asked, NULL);
	guest_prepare();
	mount("t", "/sys/kernel/tracing", "tracefs", 0, NULL);
	mount("d", "/sys/kernel/debug", "debugfs", 0, NULL);
	mkdir("/dev/pts", 0755);
	mount("p", "/dev/pts", "devpts", 0, "ptmxmode=666");
	modules_out();
	module_helper();
	stand_in();
	core_again();
	victims_start();
	printf("KTAP version 1\n");
	for (i = 0; i < n_all; i++)
		baseline(&all[i]);
	stand_in_gone();
	enforce();
	twins_all();
	for (i = 0; i < n_all; i++) {
		if (all[i].outcome == PROVEN)
			attempt_it(&all[i]);
		tell(&all[i]);
	}
	printf("1..%d\n", tests);
	out_of_reach();
	table();
	printf("GUEST-EXIT %d\n", failures ? 1 : 0);
	fflush(NULL);
	sync();
	reboot(RB_POWER_OFF);
}

/* ---- what the programs do that act() starts ---- */

static int list(void)
{
	const struct twin *t;
	size_t i;

	for (i = 0; i < n_all; i++)
		printf("%s/%s\n", all[i].a->class, all[i].a->name);
	for (t = attack_twins; t->name; t++)
		printf("twin/%s\n", t->name);
	return 0;
}

static int setup(void)
{
	guest_fixture();
	return world_write("/tmp/world.before");
}

static int child(char **argv)
{
	const char *verb = argv[1], *what = argv[1] && argv[2] ? argv[2] : "";

	if (!verb || strstr(argv[0], "modprobe"))
		return open_only("/tmp/helper.ran", O_WRONLY | O_CREAT);
	if (!strcmp(verb, "--list"))
		return list();
	if (!strcmp(verb, "--serve"))
		return victims_serve();
	if (!strcmp(verb, "--daemon"))
		return daemon_serve();
	if (!strcmp(verb, "--idle"))
		return idle_serve();
	if (!strcmp(verb, "--reader"))
		return reader_main();
	if (!strcmp(verb, "--setup"))
		return setup();
	if (!strcmp(verb, "--world"))
		return world_write(what);
	if (!strcmp(verb, "--read"))
		return read_path(what);
	if (!strcmp(verb, "--try") && find(what))
		return find(what)->run();
	if (!strcmp(verb, "--twin") && find_twin(what))
		return find_twin(what)->run();
	return strcmp(verb, "--version") ? 127 : 0;
}

int main(int argc, char **argv)
{
	(void)argc;
	collect();
	if (getpid() != 1)
		return child(argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	guest();
	return 0;
}
