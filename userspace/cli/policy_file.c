// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What check and compile share: a file to a bundle image, with everything that
 * is wrong on stderr.
 */
#include "userspace/cli/policy_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/cli.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"

static int read_text(const char *path, char **ret, size_t *ret_size)
{
	int err = seki_file_read(path, SEKI_TEXT_MAX, ret, ret_size);

	if (err == -EFBIG)
		seki_warnx("%s: bigger than 16 MiB; a policy is smaller", path);
	else if (err == -EISDIR)
		seki_warnx("%s: is a directory; name the policy file", path);
	else if (err == -EINVAL)
		seki_warnx("%s: not a regular file; name the policy file", path);
	else if (err)
		seki_warnx("%s: %s; name a policy file that can be read", path, strerror(-err));
	return err;
}

int seki_policy_file(const char *path, const struct seki_options *options, void **ret,
		     size_t *ret_size, struct seki_summary *ret_summary)
{
	seki_autofree char *text = NULL;
	struct seki_diag d = { .file = path };
	size_t size;
	int err;

	err = read_text(path, &text, &size);
	if (err)
		return err;
	err = seki_compile(text, size, options, &d, ret, ret_size, ret_summary);
	if (d.errors || !options->quiet)
		seki_diag_print(&d, stderr);
	if (err && !d.errors)
		seki_warnx("%s: %s", path,
			   err == -EFBIG ? "bundle would be bigger than 64 MiB; "
					   "split the policy" :
					   strerror(-err));
	seki_diag_free(&d);
	return err;
}

int seki_flush_stdout(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return SEKI_EXIT_OK;
	seki_warn("standard output");
	return SEKI_EXIT_FAILED;
}
