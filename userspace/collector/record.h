/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.h - stage 4 and the writing of it: facts become one line of JSON.
 *
 * The native record, one object per line; sekishod(8) tells the fields for
 * people.  What is unknown, empty or zero is left out.
 *
 * Accesses and program starts are written short, v 2: sekishod(8), SHORT FORM.
 *
 *   v       1, 2
 *   id      host:boot:seq; of the collector's own records host:boot:d<bt>.
 *           host: 16 hex digits from the machine id; boot: the first 12 of
 *           the boot id, which start and heartbeat records show in full
 *   cpu     } of the kernel's event: CPU, and its number on that CPU over both
 *   cseq    } rings, without holes
 *   bt      boot time in ns                  t      wall time, RFC 3339
 *   clock   sync, unsync: state of the wall  site   from the policy
 *   class   enum seki_class                  act    in plain words
 *   sev     high: needs a person now
 *   hook, access[], missing[] (of access, not allowed)
 *   verdict allowed, denied, would-deny      reason why the verdict
 *   err     what the caller got              rule   {n, line, text}
 *   policy  {name, version, digest (16 digits), gen}
 *   ticket  under which the session says it works; it may say anything
 *   who     {mark, session, auid, name, asid, uid, euid, gid, user, tty, from,
 *            service}
 *   proc    {pid, tid, ppid, start, comm, domain, kthread, exe, dev, ino,
 *            sha256 or nosha (why), anc ["pid comm"]}
 *   exec    {from, entry, path, argv[], redacted, cut}
 *   obj     {label, kind, path, partial, dev, ino, gen, mode, rdev, family,
 *            type, proto, addr, port, pid, comm, domain, detail}
 *   bundle  {name, version, digest, key}: what the loader had before it
 *   controls  ids of control items
 */
#ifndef SEKI_RECORD_H
#define SEKI_RECORD_H

#include "userspace/collector/buf.h"
#include "userspace/collector/clock.h"
#include "userspace/collector/control.h"
#include "userspace/collector/enrich.h"
#include "userspace/collector/piece.h"
#include "userspace/collector/redact.h"
#include "userspace/collector/said.h"
#include "userspace/collector/words.h"

/* No record is longer; argv is 512 bytes and may grow six times by escapes. */
#define SEKI_LINE_MAX 16384

#define SEKI_HOST_TEXT 17
#define SEKI_BOOT_TEXT 33
struct seki_host {
	char id[SEKI_HOST_TEXT];
	char boot[SEKI_BOOT_TEXT]; /* 32 hex digits */
	char name[65];
	char site[65];
};
/* root as in seki_people_open(). */
void seki_host_read(struct seki_host *h, const char *root);

struct seki_record {
	const struct seki_facts *facts;
	enum seki_class class;
	const char *act;
	bool high;
	uint64_t own; /* the collector's own record of an event: its name */
	char detail[24];
	const char *ticket; /* "" or NULL: none */
	struct seki_ids controls;
	const struct seki_redact *redact; /* rules beside the built-in ones, or NULL */
	struct seki_said *said;		  /* the short form, over what was said; NULL: whole */
	struct seki_pieces *pieces;	  /* with .said only; NULL: nothing is kept */
	struct seki_piece_key act_key;
	const struct seki_piece *act_piece; /* NULL: not known */
};

/* Stage 4.  0, or 1: this event makes no record (see all_exec). */
int seki_record_build(const struct seki_facts *in, bool all_exec, struct seki_record *ret);
/* Its act was written lately, with its control items: stage 5 can be left out. */
bool seki_record_known(struct seki_record *r);
/* Stage 5. */
int seki_record_control(const struct seki_controls *c, struct seki_record *r);
/* The line.  0, or -ENOBUFS: nothing was written. */
int seki_record_write(const struct seki_record *r, const struct seki_host *h, struct seki_clock *c,
		      struct seki_buf *b);

/* What every record begins with.  number: event's seq, or 0 for own records. */
void seki_record_head(struct seki_buf *b, const struct seki_host *h, struct seki_clock *c,
		      const struct seki_event *e, uint64_t boottime);
void seki_record_policy(struct seki_buf *b, const struct seki_policy *p);
void seki_record_ids(struct seki_buf *b, const struct seki_ids *ids);
/* Closes the object, ends the line; takes it back whole if it did not fit. */
int seki_record_end(struct seki_buf *b, size_t begin);

#endif /* SEKI_RECORD_H */
