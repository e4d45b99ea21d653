// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utmp.h>

#include "userspace/collector/clock.h"
#include "userspace/lib/address.h"
#include "userspace/lib/cleanup.h"

void seki_tty_text(uint32_t dev, char ret[SEKI_TTY_TEXT])
{
	uint32_t major = dev >> 20, minor = dev & 0xfffff;

	ret[0] = '\0';
	if (major >= 136 && major <= 143)
		snprintf(ret, SEKI_TTY_TEXT, "pts/%u", minor + (major - 136) * 256);
	else if (major == 4 && minor < 64)
		snprintf(ret, SEKI_TTY_TEXT, "tty%u", minor);
	else if (major == 4)
		snprintf(ret, SEKI_TTY_TEXT, "ttyS%u", minor - 64);
	else if (major == 5 && minor == 1)
		snprintf(ret, SEKI_TTY_TEXT, "console");
	else if (major == 229)
		snprintf(ret, SEKI_TTY_TEXT, "hvc%u", minor);
	else if (dev)
		snprintf(ret, SEKI_TTY_TEXT, "%u:%u", major, minor);
}

/* One terminal makes many records in a row. */
const char *seki_people_tty(struct seki_people *p, uint32_t dev)
{
	if (dev != p->tty) {
		seki_tty_text(dev, p->tty_name);
		p->tty = dev;
	}
	return p->tty_name;
}

void seki_people_open(struct seki_people *p, const char *root)
{
	memset(p, 0, sizeof(*p));
	snprintf(p->root, sizeof(p->root), "%s", root);
}

void seki_people_close(struct seki_people *p)
{
	free(p->users);
	p->users = NULL;
	p->n_users = 0;
}

static FILE *open_below(const struct seki_people *p, const char *path)
{
	char full[256];

	if (!strcmp(p->root, "none"))
		return NULL;
	snprintf(full, sizeof(full), "%s%s", p->root, path);
	return fopen(full, "re");
}

static void take(char *ret, size_t size, const char *line, const char *key)
{
	size_t len = strlen(key);

	if (!strncmp(line, key, len) && line[len] == '=')
		snprintf(ret, size, "%.*s", (int)strcspn(line + len + 1, "\n"), line + len + 1);
}

/* KEY=VALUE lines of logind; "private", but stable for ten years and readable
 * without its library and its bus.
 */
static bool from_logind(const struct seki_people *p, struct seki_person *who)
{
	char path[64], line[512], leader[16] = "";
	seki_autofclose FILE *f = NULL;

	snprintf(path, sizeof(path), "/run/systemd/sessions/%u", who->key);
	f = open_below(p, path);
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		take(who->user, sizeof(who->user), line, "USER");
		if (!who->told)
			take(who->from, sizeof(who->from), line, "REMOTE_HOST");
		take(who->service, sizeof(who->service), line, "SERVICE");
		take(who->tty_name, sizeof(who->tty_name), line, "TTY");
		take(leader, sizeof(leader), line, "LEADER");
	}
	who->leader = (uint32_t)strtoul(leader, NULL, 10);
	return who->user[0];
}

static bool from_utmp(const struct seki_people *p, struct seki_person *who)
{
	seki_autofclose FILE *f = open_below(p, "/run/utmp");
	char tty[SEKI_TTY_TEXT];
	struct utmp u;

	seki_tty_text(who->tty, tty);
	while (f && tty[0] && fread(&u, sizeof(u), 1, f) == 1) {
		if (u.ut_type != USER_PROCESS || strncmp(u.ut_line, tty, sizeof(u.ut_line)))
			continue;
		snprintf(who->user, sizeof(who->user), "%.*s", (int)sizeof(u.ut_user), u.ut_user);
		snprintf(who->from, sizeof(who->from), "%.*s", (int)sizeof(who->from) - 1,
			 u.ut_host);
		snprintf(who->tty_name, sizeof(who->tty_name), "%s", tty);
		who->leader = (uint32_t)u.ut_pid;
		return true;
	}
	return false;
}

static struct seki_person *slot(struct seki_people *p, uint32_t key, uint32_t tty)
{
	struct seki_person *s = &p->person[(key ^ tty * 2654435761u) % SEKI_PERSONS];

	if (!s->used || s->key != key || s->tty != tty) {
		*s = (struct seki_person){ .key = key, .tty = tty, .used = true };
		p->changes++;
	}
	return s;
}

const struct seki_person *seki_people_session(struct seki_people *p, uint32_t audit_session,
					      uint32_t tty, uint64_t now)
{
	bool logind = audit_session != SEKI_NOBODY && audit_session;
	struct seki_person *s;

	if (!logind && !tty)
		return NULL;
	s = slot(p, audit_session, logind ? 0 : tty);
	if (s->found)
		return s;
	/* A session gets its file a moment after its first process. */
	if (s->asked && now - s->asked < SEKI_NS / 10)
		return s->told ? s : NULL;
	s->asked = now ?: 1;
	p->changes++;
	s->found = logind ? from_logind(p, s) : from_utmp(p, s);
	return s->found || s->told ? s : NULL;
}

void seki_people_came(struct seki_people *p, uint32_t audit_session, const uint8_t address[16])
{
	struct seki_person *s;

	if (audit_session == SEKI_NOBODY || !audit_session)
		return;
	s = slot(p, audit_session, 0);
	s->told = true;
	seki_address_text(address, s->from);
	p->changes++;
}

static int by_uid(const void *a, const void *b)
{
	const struct seki_user *x = a, *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

/* name:x:uid:...  The file and not NSS: no network and no foreign code in a
 * daemon that has to go on when the directory server is away.
 */
static void read_users(struct seki_people *p, FILE *f)
{
	char line[1024];

	p->n_users = 0;
	while (fgets(line, sizeof(line), f) && p->n_users < 65536) {
		struct seki_user user = { 0 }, *more;

		if (sscanf(line, "%32[^:]:%*[^:]:%u:", user.name, &user.uid) != 2)
			continue;
		more = reallocarray(p->users, p->n_users + 1, sizeof(user));
		if (!more)
			return;
		p->users = more;
		p->users[p->n_users++] = user;
	}
	qsort(p->users, p->n_users, sizeof(*p->users), by_uid);
}

static void refresh_users(struct seki_people *p, uint64_t now)
{
	seki_autofclose FILE *f = NULL;

	if (p->users_read && now - p->users_read < 5 * SEKI_NS)
		return;
	p->users_read = now ?: 1;
	p->changes++;
	f = open_below(p, "/etc/passwd");
	if (f)
		read_users(p, f);
}

const char *seki_people_user(struct seki_people *p, uint32_t uid, uint64_t now)
{
	struct seki_user key = { .uid = uid }, *user;

	refresh_users(p, now);
	if (uid == SEKI_NOBODY || !p->n_users)
		return NULL;
	user = bsearch(&key, p->users, p->n_users, sizeof(*p->users), by_uid);
	return user ? user->name : NULL;
}
