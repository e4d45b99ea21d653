// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hooked.c - the attempts of tests/hook as techniques of an operator.
 *
 * There they are asked hook by hook; here, whether the act is closed once the
 * host is locked, where some fall earlier than there.
 */
#include "tests/attack/attack.h"

#include <stdio.h>
#include <string.h>

#define HOOKED_MAX 256

/* Closed earlier on a locked host, by the power the act needs on its way. */
static const struct {
	const char *name, *label, *access;
	int flags;
} earlier[] = {
	{ "private_namespace", "kernel.namespace", "use", 0 },
	/* Without dropping the caches nothing is evicted. */
	{ "by_handle_evicted", "kernel.sysctl", "write", CLOSES },
	{ "unmount_lazily", "kernel.namespace", "use", CLOSES },
	{ "unmount_pins", "kernel.namespace", "use", CLOSES },
};

/* Acts that this guest prevents: the core function holds a file open for writing, as
 * dos/fs_read_only says; and its modprobe is not the one of lock_test, see kernel.c.
 */
static const char *const elsewhere[] = { "remount_read_only", "new_api_read_only", "autoload" };

static bool is_elsewhere(const struct attempt *a)
{
	size_t i;

	for (i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++)
		if (!strcmp(a->name, elsewhere[i]))
			return true;
	return a->flags & BY_CORE; /* not an operator's act */
}

static const char *class_of(const struct attempt *a)
{
	if (!strcmp(a->label, "net.capture") || !strcmp(a->label, "net.admin"))
		return "network";
	if (!strcmp(a->label, "hlr.management"))
		return "management";
	if (!strncmp(a->label, "sekisho.", 8) || !strcmp(a->label, "kernel.ftrace") ||
	    !strcmp(a->label, "kernel.bpf"))
		return "self-protection";
	if (!strcmp(a->label, "proc.host") || !strcmp(a->label, "hlr.user"))
		return "identity";
	if (a->access & SEKI_SIGNAL)
		return "dos";
	if (!strcmp(a->label, "proc.hlr") || !strcmp(a->label, "hlr.shared") ||
	    !strcmp(a->label, "kernel.memory"))
		return "memory";
	if (!strncmp(a->label, "kernel.", 7))
		return "kernel";
	return a->access & (SEKI_READ | SEKI_WATCH | SEKI_EXEC) ? "data" : "data-write";
}

static const char *word_of(__u32 access)
{
#define X(name, bit, word, text)          \
	if (access == (__u32)SEKI_##name) \
		return word;
	SEKI_ACCESS_LIST(X)
#undef X
	return "*";
}

static void take(struct attack *to, const struct attempt *a)
{
	size_t i;

	*to = (struct attack){ .class = class_of(a),
			       .name = a->name,
			       .run = a->run,
			       .label = a->label,
			       .access = word_of(a->access),
			       .error = a->error,
			       .flags = a->flags & SILENT ? QUIET : 0 };
	for (i = 0; i < sizeof(earlier) / sizeof(*earlier); i++)
		if (!strcmp(earlier[i].name, a->name)) {
			to->label = earlier[i].label;
			to->access = earlier[i].access;
			to->flags |= earlier[i].flags;
		}
}

size_t hooked_attacks(const struct attack **ret)
{
	static const struct attempt *const groups[] = {
		file_attempts,	inode_attempts, process_attempts, net_attempts,	   seal_attempts,
		mount_attempts, power_attempts, code_attempts,	  memory_attempts, ipc_attempts
	};
	static struct attack all[HOOKED_MAX];
	const struct attempt *a;
	size_t g, n = 0;

	for (g = 0; g < sizeof(groups) / sizeof(*groups); g++)
		for (a = groups[g]; a->name && n < HOOKED_MAX - 1; a++) {
			if (is_elsewhere(a))
				continue;
			take(&all[n++], a);
			if (groups[g] == inode_attempts)
				all[n - 1].flags |= CHANGES;
		}
	*ret = all;
	return n;
}
