/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * people.h - who is behind a number: login session, account, terminal.
 *
 * The first answer for an audit session is kept for good.  The files it comes
 * from are the login manager's; a person who is root later can change them,
 * but not what was read when the session began.  Where a login comes from the
 * kernel tells too, and its word is the one that counts.
 */
#ifndef SEKI_PEOPLE_H
#define SEKI_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#define SEKI_NOBODY 0xffffffffu /* no audit session, no loginuid */

struct seki_person {
	uint32_t key; /* audit session */
	uint32_t tty; /* fallback key, without an audit session */
	bool used;
	bool found;	/* in the login manager's files */
	bool told;	/* .from, by the kernel */
	uint64_t asked; /* boot time of the last look */
	char user[33];
	char from[65];	  /* remote address */
	char service[33]; /* sshd, login */
	char tty_name[24];
	uint32_t leader; /* pid */
};

struct seki_user {
	uint32_t uid;
	char name[33];
};

#define SEKI_PERSONS 512
struct seki_people {
	char root[128]; /* "" is this host; "none": know nobody */
	struct seki_person person[SEKI_PERSONS];
	struct seki_user *users;
	uint32_t n_users;
	uint32_t tty; /* last terminal asked for, and its name */
	char tty_name[24];
	uint64_t users_read; /* boot time of the last look */
	uint64_t changes;    /* grows when an answer may be another than before */
};

void seki_people_open(struct seki_people *p, const char *root);
void seki_people_close(struct seki_people *p);

/* A login from that address, IPv4 as ::ffff:a.b.c.d: what the kernel saw of its connection.
 * Known before the login manager knows of the session, and after it has forgotten it.
 */
void seki_people_came(struct seki_people *p, uint32_t audit_session, const uint8_t address[16]);
/* Login session by audit session id, else by terminal; NULL if unknown. */
const struct seki_person *seki_people_session(struct seki_people *p, uint32_t audit_session,
					      uint32_t tty, uint64_t now);
/* Name of an account, or NULL. */
const char *seki_people_user(struct seki_people *p, uint32_t uid, uint64_t now);
/* "pts/0"; "" for 0. */
#define SEKI_TTY_TEXT 24
const char *seki_people_tty(struct seki_people *p, uint32_t dev);
void seki_tty_text(uint32_t dev, char ret[SEKI_TTY_TEXT]);

#endif /* SEKI_PEOPLE_H */
