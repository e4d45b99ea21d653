// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho - the one command for people: a table and a loop.
 */
#include "userspace/cli/cli.h"
#include "userspace/cli/command.h"

#include <stdio.h>
#include <string.h>

#include "bpf/abi.h"
#include "userspace/lib/log.h"
#include "userspace/policy/bundle.h"

#ifndef SEKI_VERSION
#define SEKI_VERSION "0.1"
#endif

const struct seki_command seki_commands[] = {
	{ "check", cmd_check, "judge policies, on this host or for another" },
	{ "compile", cmd_compile, "make a bundle for sekisho-load from a policy" },
	{ "show", cmd_show, "print what a bundle allows" },
	{ "explain", cmd_explain, "why an act is allowed or refused, and what would change it" },
	{ "test", cmd_test, "run the tests of policies" },
	{ "diff", cmd_diff, "what a next policy decides otherwise" },
	{ "replay", cmd_replay, "judge the acts of a log by another policy" },
	{ "learn", cmd_learn, "the lines a policy in audit mode still lacks" },
	{ "keygen", cmd_keygen, "make a key to sign bundles with" },
	{ "sign", cmd_sign, "sign a bundle, or an order to the loader" },
	{ "verify", cmd_verify, "judge a log, a proof of a record, a bundle" },
	{ "statement", cmd_statement, "state what the log says of a time, signed" },
	{ "log", cmd_log, "the log for other tools" },
	{ "witness", cmd_witness, "cosign checkpoints of logs" },
	{ "tail", cmd_tail, "follow the records" },
	{ "query", cmd_query, "find records by person, asset, rule, control item..." },
	{ "session", cmd_session, "tell one operator session as a story" },
	{ "ticket", cmd_ticket, "say under which ticket this session works" },
	{ "status", cmd_status, "say what is enforced now, and what was lost" },
	{ "history", cmd_history, "which policies were in force, by whose key" },
	{ "report", cmd_report, "sum up records per control item" },
	{ "posture", cmd_posture, "what no BPF LSM can stop, looked at on this host" },
	{ "baseline", cmd_baseline, "what this host is made of, and what of it changed" },
	{ "incident", cmd_incident, "accidents: until when to tell, and a bundle of records" },
	{ "selftest", cmd_selftest, "try what the policy closes, and look for the records" },
	{ "completion", cmd_completion, "completion of this command for bash or zsh" },
	{ "controls", cmd_controls, "the control items, and what a host shows of them" },
};
const size_t seki_commands_count = sizeof(seki_commands) / sizeof(*seki_commands);

static void usage(FILE *out)
{
	fprintf(out, "usage: sekisho COMMAND [OPTION...]\n\n");
	for (size_t i = 0; i < seki_commands_count; i++)
		fprintf(out, "  %-10s %s\n", seki_commands[i].name, seki_commands[i].help);
	fprintf(out, "\n  help COMMAND says more; --version prints the version.\n");
}

static const struct seki_command *find(const char *name)
{
	for (size_t i = 0; i < seki_commands_count; i++)
		if (!strcmp(seki_commands[i].name, name))
			return &seki_commands[i];
	return NULL;
}

static int unknown(const char *name)
{
	seki_warnx("unknown command '%s'; 'sekisho help' lists them", name);
	return SEKI_EXIT_USAGE;
}

/* getopt starts its messages with argv[0]. */
static int run(const struct seki_command *c, int argc, char **argv)
{
	char name[32];

	snprintf(name, sizeof(name), "sekisho %s", c->name);
	argv[0] = name;
	return c->run(argc, argv);
}

static int help(int argc, char **argv)
{
	const struct seki_command *c;

	if (argc < 2) {
		usage(stdout);
		return SEKI_EXIT_OK;
	}
	c = find(argv[1]);
	if (!c)
		return unknown(argv[1]);
	return run(c, 2, (char *[]){ argv[1], (char[]){ "--help" }, NULL });
}

static int version(void)
{
	printf("sekisho %s (abi %d, bundle format %d)\n", SEKI_VERSION, SEKI_ABI_VERSION,
	       SEKI_BUNDLE_FORMAT);
	return SEKI_EXIT_OK;
}

int main(int argc, char **argv)
{
	const struct seki_command *c;

	if (argc < 2) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help(argc - 1, argv + 1);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return version();
	c = find(argv[1]);
	if (!c)
		return unknown(argv[1]);
	return run(c, argc - 1, argv + 1);
}
