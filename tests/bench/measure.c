// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * measure.c - the rows of one subject in one phase: each operation repeated,
 * bracketed alone, the middle value kept.  The median drops timer ticks and
 * deferred work, which the mean would keep.
 *
 * What makes a process has several usual costs, a thousand instructions apart
 * (is there a stack in the cache, a batch of page charges left?), and the median
 * falls now on one, now on another.  There the lower quartile is kept, which is
 * always on the lowest; and since the state of the allocators still moves it,
 * several processes give a row each, of which the report takes the middle one.
 */
#define _GNU_SOURCE
#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The value that one in part is not above. */
static uint64_t quantile(uint64_t *v, unsigned int n, unsigned int part)
{
	qsort(v, n, sizeof(*v), compare);
	return v[n / part];
}

static unsigned int subject_bit(const char *subject)
{
	if (!strcmp(subject, "other"))
		return OTHER;
	return strcmp(subject, "core") ? OPERATOR : CORE;
}

/* Under Sekisho a refusal must come, elsewhere the access must succeed: a row
 * that measured something else is worth nothing.
 */
static uint64_t repeat(const struct op *op, int refusal)
{
	static uint64_t sample[N_OPS];
	unsigned int n = op->spawns ? N_SPAWNS : N_OPS, i;
	int err;

	if (op->prepare)
		op->prepare();
	for (i = 0; i < n; i++) {
		err = op->once(&sample[i]);
		if (err != refusal)
			die("%s: %s, expected %s", op->name, strerror(err), strerror(refusal));
	}
	return quantile(sample, n, op->spawns ? 4 : 2);
}

static void start_chain(const char *program)
{
	int fd = open(CHAIN, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	char left[16], start[24];

	if (fd < 0 || dup2(fd, 3) != 3)
		_exit(1);
	snprintf(left, sizeof(left), "%04u", N_SPAWNS);
	snprintf(start, sizeof(start), "%016llx", (unsigned long long)ticks());
	execl(program, program, "--chain", left, start, NULL);
	_exit(1);
}

/* One exec of a chain of them: from before execve() to the start of the new image.
 * Descriptor 3 takes the sample, outside the bracket.
 */
int chain_link(uint64_t end, char **argv)
{
	unsigned int left = (unsigned int)strtoul(argv[2], NULL, 10);
	uint64_t took = end - strtoull(argv[3], NULL, 16);
	char next[16], start[24];

	if (write(3, &took, sizeof(took)) != sizeof(took))
		return 1;
	if (!--left)
		return 0;
	snprintf(next, sizeof(next), "%04u", left);
	snprintf(start, sizeof(start), "%016llx", (unsigned long long)ticks());
	execl(argv[0], argv[0], "--chain", next, start, NULL);
	return 1;
}

static uint64_t exec_chain(const char *program)
{
	uint64_t sample[N_SPAWNS];
	pid_t pid = fork();
	int status, fd;
	ssize_t n;

	if (!pid)
		start_chain(program);
	if (waitpid(pid, &status, 0) != pid || status)
		die("exec: the chain of programs broke");
	fd = open(CHAIN, O_RDONLY | O_CLOEXEC);
	n = read(fd, sample, sizeof(sample));
	close(fd);
	if (n != (ssize_t)sizeof(sample))
		die("exec: %zd bytes of samples", n);
	return quantile(sample, N_SPAWNS, 4);
}

static void row(FILE *out, const char *phase, const char *subject, const char *op,
		uint64_t ticks_taken)
{
	fprintf(out, "ROW\t%s\t%s\t%s\t%llu\n", phase, subject, op,
		(unsigned long long)ticks_taken);
}

int measure(const char *phase, const char *subject, bool spawns)
{
	unsigned int bit = subject_bit(subject);
	FILE *out = fopen(ROWS, "ae");
	const struct op *op;

	if (!out)
		die("%s: %s", ROWS, strerror(errno));
	for (op = ops; op->name; op++) {
		int refusal = strcmp(phase, "sekisho") ? 0 : op->refusal;

		if (op->subjects & bit && op->spawns == spawns)
			row(out, phase, subject, op->name, repeat(op, refusal));
	}
	if (spawns)
		row(out, phase, subject, "exec", exec_chain(bit == CORE ? CORE_PROGRAM : PROGRAM));
	ops_end();
	return fclose(out);
}
