/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bundle.h - the compiled policy: what `sekisho compile` writes, what
 * sekisho-load turns into kernel maps, where sekishod finds names for numbers.
 *
 * Little endian.  A head, a table of sections, the sections; all offsets from
 * the start of the file, 8-byte aligned.  The SHA-256 in the head covers every
 * byte after it, so a bundle cut or altered anywhere is refused before a byte
 * of it is believed.  Strings are offsets into the string section; offset 0 is
 * the empty string; every string is NUL terminated.  A signature may follow
 * as a trailer: signature.h.
 *
 * A bundle names objects by path; it may be compiled on another machine.
 * The loader resolves the paths on the host into (device, inode, generation).
 */
#ifndef SEKI_BUNDLE_H
#define SEKI_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "bpf/abi.h"
#include "userspace/lib/digest.h"
#include "userspace/policy/signature.h"

#define SEKI_BUNDLE_MAGIC "SEKIBNDL"
#define SEKI_BUNDLE_FORMAT 7
#define SEKI_BUNDLE_SIZE_MAX (64u << 20)

enum seki_section {
	SEKI_SECTION_STRINGS,	/* char[] */
	SEKI_SECTION_META,	/* struct seki_bundle_meta, one */
	SEKI_SECTION_DOMAINS,	/* struct seki_bundle_domain[] */
	SEKI_SECTION_LABELS,	/* struct seki_bundle_label[] */
	SEKI_SECTION_PATHS,	/* struct seki_bundle_path[] */
	SEKI_SECTION_ADDRS,	/* struct seki_bundle_addr[] */
	SEKI_SECTION_CELLS,	/* struct seki_bundle_cell[] */
	SEKI_SECTION_RULES,	/* struct seki_bundle_rule[], [0] is rule 1 */
	SEKI_SECTION_LOGINS,	/* struct seki_bundle_login[] */
	SEKI_SECTION_NETWORKS,	/* struct seki_bundle_network[] */
	SEKI_SECTION_TERMINALS, /* struct seki_bundle_terminal[] */
	SEKI_SECTION_COUNT
};

/* A place in the source: the line, and above it the number of its file, 0 for the
 * policy itself.  0: built in.
 */
#define SEKI_LINE_BITS 25
static inline __u32 seki_where(__u32 source, __u32 line)
{
	return source << SEKI_LINE_BITS | line;
}
static inline __u32 seki_where_line(__u32 where)
{
	return where & ((1u << SEKI_LINE_BITS) - 1);
}

struct seki_bundle_section {
	__u32 offset;
	__u32 count; /* elements */
};

struct seki_bundle_head {
	char magic[8];
	__u8 digest[32]; /* SHA-256 of all bytes after this field */
	__u32 format;
	__u32 abi;  /* SEKI_ABI_VERSION it was compiled for */
	__u32 size; /* of all but the trailer */
	__u32 pad;
	struct seki_bundle_section section[SEKI_SECTION_COUNT];
};

struct seki_bundle_meta {
	__u32 name; /* string */
	__u32 version;
	__u32 mode;	   /* enum seki_mode */
	__u32 source;	   /* strings, one behind another: its file, and those it includes */
	__u32 description; /* string */
	__u32 site;	   /* string: site label for records, may be empty */
};

/* Built-in domains and labels are in the tables too, so every id has a name. */
struct seki_bundle_domain {
	__u16 id;
	__u16 proc_label;
	__u16 origin; /* domain its program must be started from */
	__u16 open_to_operator;
	__u16 shared_label;
	__u16 user_label;    /* whoever becomes user needs the use of it */
	__u32 user;	     /* uid; 0: none */
	__u32 name;	     /* string: "hlr", "backup", "init" */
	__u32 exec;	     /* string: path of the program, "" if none */
	__u32 unit;	     /* string: name of the cgroup, "" for any */
	__u32 cgroup;	     /* string: pattern of its whole path, "" for any */
	__u32 argv;	     /* offset into strings: argv_len bytes, NUL separated */
	__u32 argv_len;	     /* NULs included; 0: any arguments */
	__u32 core_function; /* 1-4 (TTS-CORE-n); 0: not a core function */
	__u32 line;	     /* seki_where() */
	/* What the OCI bundle must say that its program is in, at load: container.h. */
	__u32 container;	/* string: its directory, "" if there is none */
	__u32 image;		/* string: NAME or NAME@sha256:DIGEST, "" for any */
	__u32 container_labels; /* offset into strings: key, value, each NUL terminated */
	__u32 container_labels_len;
};

enum seki_label_kind {
	SEKI_KIND_BUILTIN = 0,
	SEKI_KIND_DATA,
	SEKI_KIND_KEYS,
	SEKI_KIND_EXEC,
	SEKI_KIND_MANAGEMENT,
	SEKI_KIND_PROCESS,
	SEKI_KIND_DEVICE, /* raw devices below data */
	SEKI_KIND_UNIT,	  /* unit files and drop-ins */
	SEKI_KIND_CONFIG,
	SEKI_KIND_CODE,	  /* sealed: program files, libraries */
	SEKI_KIND_SHARED, /* memory objects it makes */
	SEKI_KIND_USER,	  /* its uid */
	SEKI_KIND_LAST = SEKI_KIND_USER,
};

struct seki_bundle_label {
	__u16 id;
	__u16 kind;  /* enum seki_label_kind */
	__u32 name;  /* string: "hlr.data", "proc.hlr", "net.capture" */
	__u32 owner; /* domain id it belongs to; 0: none */
	__u32 line;
};

#define SEKI_PATH_OPTIONAL 1 /* may be missing now: guarded by name */
#define SEKI_PATH_ENTRY 2    /* program: exec of it may enter .entry */
#define SEKI_PATH_SELF 4     /* one of Sekisho's own */
#define SEKI_PATH_LINK 8     /* a symbolic link, itself and not what it leads to */

struct seki_bundle_path {
	__u32 path; /* string, absolute */
	__u16 label;
	__u16 entry;	    /* domain id, with SEKI_PATH_ENTRY */
	__u16 device_label; /* label for the block devices below; 0: leave them */
	__u16 flags;
	__u32 line;
};

struct seki_bundle_addr {
	struct seki_addr_key key;
	__u16 label;
	__u16 pad;
	__u32 text; /* string: "tcp:127.0.0.1:4258" */
	__u32 line;
};

struct seki_bundle_cell {
	__u16 domain;
	__u16 label;
	struct seki_cell cell;
};

#define SEKI_RATE_RECORDS_MAX 1000000u
#define SEKI_RATE_SECONDS_MAX 3600u
struct seki_bundle_rule {
	__u32 text; /* string: the rule as written, or what made it: "hlr owns hlr.data" */
	__u32 line;
	__u32 controls;	   /* string: control ids, blank separated; may be empty */
	__u32 severity;	   /* 0 info, 1 low, 2 medium, 3 high */
	__u32 description; /* string: why, may be empty; the same in Japanese */
	__u32 description_ja;
	__u32 rate_records; /* at most, in rate_seconds; 0: each */
	__u32 rate_seconds;
	__u32 rate_access; /* enum seki_access bits that have the rate */
	__u32 pad;
};

/* Login uids of a role, which is a domain without a program; a row for each domain that
 * may log them in.  Ascending by uid, role, that domain; no login fits two roles.
 */
struct seki_bundle_login {
	__u32 first, last;
	__u16 role;    /* domain id */
	__u16 through; /* the same; 0: any */
	__u32 line;
	__u64 networks, terminals; /* bits: rows of the next two tables; 0: any */
};

struct seki_bundle_network {
	__u8 addr[16]; /* IPv4 as ::ffff:a.b.c.d; 0 behind the bits that count */
	__u32 bits;
	__u32 line;
};

/* Rows of one name are one: "ttyS*" may be several. */
struct seki_bundle_terminal {
	__u32 name;	   /* string, as written */
	__u32 first, last; /* device numbers, kernel encoding */
	__u32 line;
};

/* A bundle in memory, checked whole: every offset, string, id and count. */
struct seki_bundle {
	const struct seki_bundle_head *head;
	size_t size;			    /* of the file, with the trailer */
	const struct seki_trailer *trailer; /* NULL: not signed; not verified here */
	const char *strings;
	const struct seki_bundle_meta *meta;
	const struct seki_bundle_domain *domains;
	const struct seki_bundle_label *labels;
	const struct seki_bundle_path *paths;
	const struct seki_bundle_addr *addrs;
	const struct seki_bundle_cell *cells;
	const struct seki_bundle_rule *rules;
	const struct seki_bundle_login *logins;
	const struct seki_bundle_network *networks;
	const struct seki_bundle_terminal *terminals;
	__u32 n_domains, n_labels, n_paths, n_addrs, n_cells, n_rules, n_logins, n_networks,
		n_terminals;
	void *owned; /* buffer to free in seki_bundle_close(), or NULL */
};

/* bundle.c: read and check.  Return 0 or negative errno; on failure *reterr is
 * a static sentence "what; what would be right" and *ret is untouched.
 * seki_bundle_parse() borrows data (8-byte aligned), which must outlive *ret.
 */
int seki_bundle_parse(const void *data, size_t size, struct seki_bundle *ret, const char **reterr);
int seki_bundle_read(const char *path, struct seki_bundle *ret, const char **reterr);
void seki_bundle_close(struct seki_bundle *b);

static inline struct seki_signed seki_bundle_signed(const struct seki_bundle *b)
{
	return (struct seki_signed){ SEKI_FOR_BUNDLE, b->head, b->head->size, b->trailer };
}

/* Labels of Sekisho itself: refused and recorded whatever mode the policy has. */
static inline bool seki_label_enforced(__u32 id)
{
	return id < SEKI_LABEL_LOCKED || id == SEKI_LABEL_CGROUP_OWN || id == SEKI_LABEL_SECRET;
}

/* bundle_cgroup.c: the pattern of a cgroup's path; what is wrong with it, or NULL. */
const char *seki_cgroup_fault(const char *pattern);
/* Its names, as the kernel has them; of a pattern without fault. */
unsigned int seki_cgroup_read(const char *pattern, struct seki_cgroup_part ret[SEKI_CGROUP_PARTS]);
/* Is it that path or one below? */
bool seki_cgroup_fits(const char *pattern, const char *path);

/* bundle_container.c: the container of a function, as container.h checks it; false: it has
 * none.
 */
struct seki_container;
bool seki_bundle_container(const struct seki_bundle *b, const struct seki_bundle_domain *d,
			   struct seki_container *ret);
/* "role=hlr, tier=1"; malloc'ed, or NULL. */
char *seki_bundle_container_labels(const struct seki_bundle *b, const struct seki_bundle_domain *d);

/* bundle_matrix.c: the matrix as the decision core reads it, cell (domain, label) at
 * domain * SEKI_LABEL_MAX + label; *ret_n cells, malloc'ed, or NULL.
 */
__u32 seki_bundle_domains(const struct seki_bundle *b); /* rows of it */
struct seki_cell *seki_bundle_matrix(const struct seki_bundle *b, __u32 *ret_n);

/* bundle_role.c: roles of operators.  The role of a login, through whomever it came, or
 * SEKI_DOMAIN_OTHER.
 */
struct seki_bundle_way {
	__u32 uid;
	const char *from, *terminal; /* as records have them; "" or NULL: not known */
	const char *role;	     /* told before: where nothing else tells two apart */
};
__u16 seki_bundle_role_of(const struct seki_bundle *b, const struct seki_bundle_way *w);
bool seki_bundle_is_role(const struct seki_bundle *b, __u16 id);
/* "2000-2999, 3001"; malloc'ed, or NULL. */
char *seki_bundle_logins_text(const struct seki_bundle *b, __u16 role);
/* "sshd, login"; the same. */
char *seki_bundle_through_text(const struct seki_bundle *b, __u16 role);
/* "192.0.2.0/24", each between quotes; "ttyS*"; the same. */
char *seki_bundle_networks_text(const struct seki_bundle *b, __u16 role, const char *quote);
char *seki_bundle_terminals_text(const struct seki_bundle *b, __u16 role, const char *quote);

/* Never NULL for offsets of a parsed bundle. */
static inline const char *seki_bundle_string(const struct seki_bundle *b, __u32 off)
{
	return b->strings + off;
}
/* The file of a place: beside the policy, or an absolute path; NULL: the policy itself. */
const char *seki_bundle_file(const struct seki_bundle *b, __u32 where);
/* An enum seki_mode in the words of a policy. */
static inline const char *seki_mode_text(__u32 mode)
{
	return mode == SEKI_MODE_AUDIT ? "audit" : "enforce";
}

/* Is it the one of this digest? */
static inline bool seki_bundle_is(const struct seki_bundle *b, const __u8 *digest)
{
	return !memcmp(b->head->digest, digest, sizeof(b->head->digest));
}

/* Its digest as text; returns ret. */
const char *seki_bundle_digest_text(const struct seki_bundle *b, char ret[SEKI_DIGEST_TEXT]);
/* Name of an id, or NULL. */
const char *seki_bundle_domain_name(const struct seki_bundle *b, __u16 id);
const char *seki_bundle_label_name(const struct seki_bundle *b, __u16 id);
/* Rule by its 1-based index, or NULL. */
const struct seki_bundle_rule *seki_bundle_rule(const struct seki_bundle *b, __u32 rule);
/* The rule that has this rate, a number from 1 in the order of rules; 0: none. */
__u32 seki_bundle_rated(const struct seki_bundle *b, __u32 rate);
/* Accesses of a cell that are recorded at its rate. */
__u32 seki_bundle_thinned(const struct seki_bundle *b, const struct seki_cell *cell);

#endif /* SEKI_BUNDLE_H */
