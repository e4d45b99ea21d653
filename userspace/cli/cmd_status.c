// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho status - what is enforced now, what was lost, what is wrong.
 */
#include "userspace/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <sys/stat.h>

#include "userspace/cli/ask.h"
#include "userspace/cli/policy_view.h"
#include "userspace/cli/records.h"
#include "userspace/cli/status_forward.h"
#include "userspace/cli/status_rules.h"
#include "userspace/lib/log.h"

#define PINS "/sys/fs/bpf/sekisho"

enum { DEGRADED = 1, NOT_RUNNING = 3 };

static const struct option table[] = {
	{ "json", no_argument, NULL, 'j' },	  { "socket", required_argument, NULL, 's' },
	{ "pins", required_argument, NULL, 'p' }, { "forward", required_argument, NULL, 'f' },
	{ "rules", no_argument, NULL, 'r' },	  { "bundle", required_argument, NULL, 'b' },
	{ "help", no_argument, NULL, 'h' },	  { 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho status [--json] [--socket PATH] [--pins DIR] [--forward PATH]\n"
		"       sekisho status --rules [--json] [--socket PATH] [--bundle FILE]\n"
		"Ask the collector, and the forwarder if it runs.  Exit 0: all is well; 1: something is wrong and named;\n"
		"3: no collector answers.\n\n"
		"  --rules        how often each rule decided since the policy was loaded\n"
		"  --bundle FILE  the bundle in force (" SEKI_POLICY_IN_FORCE ")\n");
}

static int not_running(const char *socket_path, const char *pins, int err, bool json)
{
	struct stat st;
	bool pinned = !stat(pins, &st);

	if (json)
		printf("{\"running\":false,\"error\":\"%s\",\"pinned\":%s}\n", strerror(-err),
		       pinned ? "true" : "false");
	else if (err == -EACCES)
		seki_warnx("%s: may not be asked by this user; root and group sekisho may",
			   socket_path);
	else
		seki_warnx("no collector answers at %s (%s); start sekishod.service", socket_path,
			   strerror(-err));
	if (!json && pinned)
		seki_warnx(
			"%s is there: the loaded policy stays enforced; records wait in the kernel's rings",
			pins);
	else if (!json)
		seki_warnx("%s can't be seen: no policy is loaded, or this user may not look",
			   pins);
	return NOT_RUNNING;
}

/* ---- for people ---------------------------------------------------------- */

static void line(const char *name, json_t *s, const char *field)
{
	json_t *group = s;
	const char *key = strchr(field, '.');
	char first[32];

	if (key) {
		snprintf(first, sizeof(first), "%.*s", (int)(key - field), field);
		group = json_object_get(s, first);
		key++;
	} else {
		key = field;
	}
	printf("%-16s", name);
	if (json_is_string(json_object_get(group, key)))
		seki_print_safe(stdout, seki_field(group, key));
	else
		printf("%lld", (long long)seki_field_int(group, key));
	putchar('\n');
}

static void show_policy(json_t *s)
{
	if (!json_object_get(s, "policy")) {
		printf("%-16snone is loaded\n", "policy");
		return;
	}
	printf("%-16s", "policy");
	seki_print_safe(stdout, seki_field(s, "policy.name"));
	printf(" version %lld, generation %lld\n", (long long)seki_field_int(s, "policy.version"),
	       (long long)seki_field_int(s, "policy.generation"));
	if (json_object_get(json_object_get(s, "policy"), "trial_s"))
		printf("%-16sthe one before is back in %lld s; start sekisho-confirm.service to keep this one\n",
		       "on trial", (long long)seki_field_int(s, "policy.trial_s"));
	line("digest", s, "policy.digest");
	line("mode", s, "policy.mode");
	line("programs", s, "policy.programs");
	line("loaded on", s, "policy.kernel");
	line("load", s, "policy.loaded_ns");
	printf("%-16s%s\n", "locked",
	       json_is_true(json_object_get(json_object_get(s, "policy"), "locked")) ?
		       "yes" :
		       "no: powers of the kernel are open; start sekisho-lock.service");
}

static void show_pattern(json_t *s)
{
	if (json_object_get(s, "pattern"))
		printf("%-16s%lld, heartbeats each %lld s\n", "service pattern",
		       (long long)seki_field_int(s, "pattern"),
		       (long long)seki_field_int(s, "interval_s"));
}

static void show_counters(json_t *s)
{
	static const char *const rows[][2] = {
		{ "denied", "counters.denied" },
		{ "would deny", "counters.would_deny" },
		{ "recorded", "counters.recorded" },
		{ "no record kept", "counters.refused_unrecorded" },
		{ "left out", "counters.left_out" },
		{ "events", "counters.events" },
		{ "records", "collector.records" },
		{ "undecodable", "collector.undecodable" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		line(rows[i][0], s, rows[i][1]);
}

static void show_losses(json_t *s)
{
	json_t *cpu, *causes = json_object_get(s, "loss"), *count;
	const char *cause;
	size_t i;

	if (!json_object_size(causes))
		printf("%-16s0\n", "lost");
	json_object_foreach(causes, cause, count)
		printf("%-16s%lld by %s\n", "lost", (long long)json_integer_value(count), cause);
	json_array_foreach(json_object_get(s, "loss_cpu"), i, cpu) {
		printf("%-16sCPU %lld:", "", (long long)seki_field_int(cpu, "cpu"));
		json_object_foreach(cpu, cause, count)
			if (strcmp(cause, "cpu"))
				printf(" %lld %s", (long long)json_integer_value(count), cause);
		putchar('\n');
	}
}

static void show_rings(json_t *s)
{
	size_t i;
	json_t *ring;

	json_array_foreach(json_object_get(s, "rings"), i, ring)
		printf("%-16s%lld of %lld bytes wait\n", seki_field(ring, "name"),
		       (long long)seki_field_int(ring, "backlog"),
		       (long long)seki_field_int(ring, "size"));
}

/* What is older than the policy is not refused, so it is named. */
static void show_held(json_t *s)
{
	json_t *row, *held = json_object_get(s, "held");
	size_t i;

	if (!held)
		return;
	printf("%-16s%lld descriptors and mappings from before the policy\n", "held",
	       (long long)seki_field_int(held, "count"));
	json_array_foreach(json_object_get(held, "list"), i, row) {
		bool map = !strcmp(seki_field(row, "fd"), "map");

		printf("%-16spid %s ", "", seki_field(row, "pid"));
		seki_print_safe(stdout, seki_field(row, "comm"));
		printf(" (%s): %s%s of %s to %s\n", seki_field(row, "domain"),
		       map ? "mapping" : "descriptor ", map ? "" : seki_field(row, "fd"),
		       seki_field(row, "label"), seki_field(row, "want"));
	}
}

static void show_self(json_t *s)
{
	printf("%-16s%lld s, pid %lld, uid %lld\n", "up", (long long)seki_field_int(s, "uptime_s"),
	       (long long)seki_field_int(s, "pid"), (long long)seki_field_int(s, "uid"));
	printf("%-16s%s, landlock %s, seccomp %s\n", "capabilities", seki_field(s, "capabilities"),
	       seki_field(s, "landlock"), seki_field(s, "seccomp"));
	line("links held", s, "links_held");
	printf("%-16s%s, held %lld of %lld looks\n", "canary", seki_field(s, "canary.state"),
	       (long long)seki_field_int(s, "canary.held"),
	       (long long)seki_field_int(s, "canary.looks"));
	printf("%-16s%s: %s\n", "sink", seki_field(s, "sink.name"), seki_field(s, "sink.state"));
}

static void show(json_t *s)
{
	json_t *problems = json_object_get(s, "problems"), *problem;
	size_t i;

	printf("%-16s%s\n", "state", json_array_size(problems) ? "degraded" : "well");
	json_array_foreach(problems, i, problem) {
		printf("%-16s", "problem");
		seki_print_safe(stdout, json_string_value(problem) ?: "");
		putchar('\n');
	}
	show_policy(s);
	show_pattern(s);
	show_counters(s);
	show_losses(s);
	show_rings(s);
	show_held(s);
	show_self(s);
}

struct options {
	const char *socket, *pins, *forward, *bundle;
	bool json, rules;
};

static void print_json(json_t *s, json_t *forward)
{
	if (forward)
		json_object_set(s, "forward", forward);
	json_dumpf(s, stdout, JSON_COMPACT);
	putchar('\n');
}

static int print(json_t *s, json_t *forward, bool json)
{
	bool bad = json_array_size(json_object_get(s, "problems")) ||
		   (forward && seki_forward_troubled(forward));
	int err;

	if (json) {
		print_json(s, forward);
	} else {
		show(s);
		seki_forward_show(forward);
	}
	err = seki_flush_stdout();
	return err ? err : bad ? DEGRADED : SEKI_EXIT_OK;
}

static int status(const struct options *o)
{
	static char text[SEKI_ANSWER_MAX];
	int err = seki_ask_status(o->socket, text, sizeof(text));
	json_t *s, *forward;

	if (err)
		return not_running(o->socket, o->pins, err, o->json);
	s = json_loads(text, 0, NULL);
	if (!s) {
		seki_warnx("%s: the answer is no JSON", o->socket);
		return DEGRADED;
	}
	forward = seki_forward_status(o->forward);
	err = print(s, forward, o->json);
	json_decref(forward);
	json_decref(s);
	return err;
}

static int rules(const struct options *o)
{
	int err = seki_status_rules(o->socket, o->bundle, o->json);

	if (err == -ENODATA || err == -EPROTO)
		return SEKI_EXIT_FAILED;
	return err ? not_running(o->socket, o->pins, err, o->json) : seki_flush_stdout();
}

int cmd_status(int argc, char **argv)
{
	struct options o = { .socket = SEKI_CONTROL_SOCKET,
			     .pins = PINS,
			     .forward = SEKI_FORWARD_SOCKET,
			     .bundle = SEKI_POLICY_IN_FORCE };
	int opt;

	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (opt == 'j')
			o.json = true;
		else if (opt == 's')
			o.socket = optarg;
		else if (opt == 'p')
			o.pins = optarg;
		else if (opt == 'f')
			o.forward = optarg;
		else if (opt == 'r')
			o.rules = true;
		else if (opt == 'b')
			o.bundle = optarg;
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else
			return SEKI_EXIT_USAGE;
	}
	if (optind < argc) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	return o.rules ? rules(&o) : status(&o);
}
