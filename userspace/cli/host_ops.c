// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/host_ops.h"

#include <string.h>

#include "userspace/cli/ask.h"
#include "userspace/lib/log.h"

static int ask(char *buf, size_t cap)
{
	return seki_ask_status(SEKI_CONTROL_SOCKET, buf, cap);
}

const struct seki_posture_ops seki_host_ops = {
	.clock = seki_posture_clock,
	.next_program = seki_posture_next_program,
	.status = ask,
};

bool seki_host_open(struct seki_posture *p, const char *root)
{
	int err = seki_posture_open(p, root, root ? NULL : &seki_host_ops);

	if (err)
		seki_warnx("--root %s: %s; give a directory", root ? root : "/", strerror(-err));
	return !err;
}
