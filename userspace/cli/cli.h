/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli.h - the subcommands of sekisho(8).  Each gets "sekisho NAME" as argv[0],
 * reads its options with getopt, prints its usage for --help, and returns the
 * exit code.
 */
#ifndef SEKI_CLI_H
#define SEKI_CLI_H

enum {
	SEKI_EXIT_OK = 0,
	SEKI_EXIT_FAILED = 1,
	SEKI_EXIT_USAGE = 2,
};

/* Exit code: what was printed must have arrived (a full disk, a closed pipe). */
int seki_flush_stdout(void);

int cmd_check(int argc, char **argv);
int cmd_compile(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_test(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_learn(int argc, char **argv);
int cmd_keygen(int argc, char **argv);
int cmd_sign(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_statement(int argc, char **argv);
int cmd_log(int argc, char **argv);
int cmd_witness(int argc, char **argv);
int cmd_tail(int argc, char **argv);
int cmd_ticket(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_query(int argc, char **argv);
int cmd_history(int argc, char **argv);
int cmd_session(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_posture(int argc, char **argv);
int cmd_baseline(int argc, char **argv);
int cmd_incident(int argc, char **argv);
int cmd_selftest(int argc, char **argv);
int cmd_controls(int argc, char **argv);
int cmd_completion(int argc, char **argv);

#endif /* SEKI_CLI_H */
