// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/find.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/cli/ask.h"
#include "userspace/cli/cli.h"
#include "userspace/cli/records.h"
#include "userspace/cli/settle.h"
#include "userspace/lib/log.h"

/* Who may not write it asks an index that lives as long as the question. */
static const char *index_file(const struct seki_find *f)
{
	char dir[] = SEKI_INDEX_FILE;

	if (f->index)
		return f->index;
	*strrchr(dir, '/') = '\0';
	mkdir(dir, 0750);
	return access(dir, W_OK) ? ":memory:" : SEKI_INDEX_FILE;
}

int seki_find(const struct seki_find *f, const struct seki_question *q, seki_index_taker *take,
	      void *to)
{
	const char *file = index_file(f);
	struct seki_index *index = NULL;
	char why[SEKI_INDEX_WHY];
	bool anew;
	int err;

	if (f->rebuild && unlink(file) && errno != ENOENT && strcmp(file, ":memory:")) {
		seki_warn("%s", file);
		return SEKI_EXIT_FAILED;
	}
	if (!strcmp(f->log, SEKI_LOG_DIR))
		seki_settle(SEKI_CONTROL_SOCKET); /* what somebody just did is what he looks for */
	err = seki_index_open(file, f->log, &index, &anew, why);
	if (!err)
		err = seki_index_ask(index, q, take, to, why);
	seki_index_close(index);
	if (err < 0) {
		seki_warnx("%s", why);
		return SEKI_EXIT_FAILED;
	}
	return SEKI_EXIT_OK;
}
