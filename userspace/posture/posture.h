/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * posture.h - what BPF LSM cannot stop, looked at on this host.
 *
 * An item has an id, one sentence why it matters, a remedy and a check. A check
 * reads what the kernel shows below a root directory and fills a finding: a
 * state, the fact seen, and where it was seen.  It never writes, and it says
 * "not observable" with the reason instead of guessing.  Which control items an
 * item serves stands in policies/controls/mapping.tsv, not in C.
 */
#ifndef SEKI_POSTURE_H
#define SEKI_POSTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "userspace/lib/arena.h"

struct timex;

/* In the order of severity. */
enum seki_posture_state {
	SEKI_POSTURE_GOOD,
	SEKI_POSTURE_NOT_APPLICABLE,
	SEKI_POSTURE_NOT_OBSERVABLE,
	SEKI_POSTURE_WEAK,
	SEKI_POSTURE_BAD,
	SEKI_POSTURE_STATES
};

/* More details are counted and not kept. */
#define SEKI_POSTURE_DETAILS 20

struct seki_finding {
	enum seki_posture_state state;
	const char *fact;
	const char *source; /* file or system call */
	const char *detail[SEKI_POSTURE_DETAILS];
	unsigned int details;
};

struct seki_posture;
struct seki_posture_item {
	const char *id, *title, *why, *remedy;
	void (*check)(struct seki_posture *p, const struct seki_posture_item *item,
		      struct seki_finding *f);
	const void *rule; /* for checks that serve several items */
};

struct seki_posture_group {
	const char *name;
	const struct seki_posture_item *item;
	size_t items;
};
#define SEKI_POSTURE_GROUP(name, table)                         \
	{                                                       \
		name, table, sizeof(table) / sizeof((table)[0]) \
	}

/* groups.c: every subject, in the order of the report. */
extern const struct seki_posture_group *const seki_posture_groups[];
extern const size_t seki_posture_groups_count;
const struct seki_posture_item *seki_posture_find(const char *id);

/* ---- what is asked of the kernel by other ways than files --------------------- */

struct seki_posture_program {
	uint32_t id, type;
	char name[16];
	bool own; /* held by a pin of Sekisho's */
};

/* 0 or negative errno.  next_program: -ENOENT behind the last one. */
struct seki_posture_ops {
	int (*clock)(struct timex *ret);
	int (*next_program)(uint32_t after, struct seki_posture_program *ret);
	int (*status)(char *buf, size_t cap); /* what "sekisho status --json" prints */
};
int seki_posture_clock(struct timex *ret);
int seki_posture_next_program(uint32_t after, struct seki_posture_program *ret);

/* ---- one look at a host --------------------------------------------------------- */

struct seki_mount {
	unsigned int major, minor;
	const char *root, *point, *options, *type, *source;
};

struct seki_asset {
	const char *path, *label;
	bool secret; /* data or keys, as opposed to programs and units */
};

struct seki_privileged {
	const char *path;
	bool setid, writable, outside;
};

struct seki_posture {
	int root;			    /* directory below which all is read */
	const struct seki_posture_ops *ops; /* NULL: a tree, there is no kernel to ask */
	struct seki_arena arena;

	/* Read once, by the first check that needs it; errors are negative errno. */
	bool have_words, have_mounts, have_assets, have_files, have_status;
	int words_error, mounts_error, assets_error, files_error, status_error;
	const char **word;	    /* of the kernel command line */
	size_t words, kernel_words; /* the latter end at "--" */
	struct seki_mount *mount;
	size_t mounts;
	const char *assets_why;
	struct seki_asset *asset;
	size_t assets;
	struct seki_privileged *file;
	size_t files, files_room;
	unsigned int closed, refused; /* directories: guarded by the policy; not for this user */
	char *status;
};

/* root NULL: this host. 0 or negative errno. */
int seki_posture_open(struct seki_posture *p, const char *root, const struct seki_posture_ops *ops);
void seki_posture_close(struct seki_posture *p);
void seki_posture_check(struct seki_posture *p, const struct seki_posture_item *item,
			struct seki_finding *ret);
const char *seki_posture_word(enum seki_posture_state state);

/* ---- for checks ------------------------------------------------------------------ */

#define SEKI_FOUND_PRINTF __attribute__((format(printf, 4, 5)))
void seki_found(struct seki_posture *p, struct seki_finding *f, enum seki_posture_state state,
		const char *fmt, ...) SEKI_FOUND_PRINTF;
void seki_detail(struct seki_posture *p, struct seki_finding *f, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A state no better than the worst so far. */
void seki_worsen(struct seki_finding *f, enum seki_posture_state state);
/* Not observable, because of err at f->source. */
void seki_unseen(struct seki_posture *p, struct seki_finding *f, int err);

/* File descriptor below the root; symbolic links stay below it.  Negative errno. */
int seki_posture_open_at(const struct seki_posture *p, const char *path, int flags);
bool seki_posture_exists(const struct seki_posture *p, const char *path);
/* Text without its last newlines and blanks, owned by p; 0 or negative errno. */
int seki_posture_read(struct seki_posture *p, const char *path, const char **ret);
/* The same, and the finding says what could not be read: NULL. */
const char *seki_posture_text(struct seki_posture *p, struct seki_finding *f, const char *path);
/* Names in a directory that fit a pattern of fnmatch(3), sorted; or negative errno. */
int seki_posture_list(struct seki_posture *p, const char *dir, const char *pattern, char ***ret);
/* The kernel that made this /proc or /sys does not have the file, as opposed to:
 * there is no /proc or /sys here.
 */
bool seki_posture_absent(const struct seki_posture *p, const char *path);
bool seki_posture_in_list(const char *list, const char *separators, const char *word);

/* A file that holds a number, and what its values mean: check of several items. */
struct seki_number_range {
	long long from, to;
	enum seki_posture_state state;
	const char *text;
};
struct seki_number_rule {
	const char *path;
	enum seki_posture_state absent;
	const char *absent_text;
	struct seki_number_range range[5]; /* the first that fits; the last has no text */
};
void seki_check_number(struct seki_posture *p, const struct seki_posture_item *item,
		       struct seki_finding *f);

/* cmdline.c: last value of a parameter, "" without '='; NULL: not there. */
int seki_posture_words(struct seki_posture *p);
const char *seki_posture_param(const struct seki_posture *p, const char *key);

/* mountinfo.c */
int seki_posture_mounts(struct seki_posture *p);
const struct seki_mount *seki_posture_mount_of(const struct seki_posture *p, const char *path);
bool seki_path_covers(const char *above, const char *path);

/* walk.c: set-id files and files with capabilities; needs mounts and assets. */
int seki_posture_walk(struct seki_posture *p);

/* programs.c: every BPF program; -EOPNOTSUPP: a tree has none. */
struct seki_posture_programs {
	struct seki_posture_program *program;
	size_t count;
};
int seki_posture_all_programs(struct seki_posture *p, struct seki_posture_programs *ret);

/* policy.c: what the policy in force guards. */
int seki_posture_assets(struct seki_posture *p);

#endif /* SEKI_POSTURE_H */
