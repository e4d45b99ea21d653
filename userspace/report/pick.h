/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pick.h - the fields of a record that a report looks at, in one pass over its
 * text and without a copy: a report reads millions.
 */
#ifndef SEKI_REPORT_PICK_H
#define SEKI_REPORT_PICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(NAME, object, "key"): below which object, "" for the record itself. */
#define SEKI_PICK_LIST(X)                    \
	X(V, "", "v")                        \
	X(ID, "", "id")                      \
	X(BT, "", "bt")                      \
	X(T, "", "t")                        \
	X(CLASS, "", "class")                \
	X(ACT, "", "act")                    \
	X(SEV, "", "sev")                    \
	X(HOOK, "", "hook")                  \
	X(ACCESS, "", "access")              \
	X(VERDICT, "", "verdict")            \
	X(REASON, "", "reason")              \
	X(ERR, "", "err")                    \
	X(CANARY, "", "canary")              \
	X(COUNT, "", "count")                \
	X(FIRST, "", "first")                \
	X(INTERVAL, "", "interval")          \
	X(SET_PATTERN, "", "pattern")        \
	X(KEEP_DAYS, "", "keep_days")        \
	X(DAYS, "", "days")                  \
	X(MODE, "", "mode")                  \
	X(DIGEST, "", "digest")              \
	X(MS, "", "ms")                      \
	X(DIRECTION, "", "direction")        \
	X(HOST, "", "host")                  \
	X(LOST, "", "lost")                  \
	X(TICKET, "", "ticket")              \
	X(BUNDLE_DIGEST, "bundle", "digest") \
	X(BUNDLE_KEY, "bundle", "key")       \
	X(RULE_LINE, "rule", "line")         \
	X(RULE_TEXT, "rule", "text")         \
	X(IN_FORCE, "", "policy")            \
	X(POLICY, "policy", "name")          \
	X(VERSION, "policy", "version")      \
	X(JUDGED_BY, "policy", "digest")     \
	X(MARK, "who", "mark")               \
	X(SESSION, "who", "session")         \
	X(LOGIN, "who", "name")              \
	X(AUID, "who", "auid")               \
	X(USER, "who", "user")               \
	X(TTY, "who", "tty")                 \
	X(FROM, "who", "from")               \
	X(COMM, "proc", "comm")              \
	X(EXE, "proc", "exe")                \
	X(DOMAIN, "proc", "domain")          \
	X(STARTED, "exec", "path")           \
	X(LABEL, "obj", "label")             \
	X(KIND, "obj", "kind")               \
	X(PATH, "obj", "path")               \
	X(NTP_SYNC, "ntp", "sync")           \
	X(NTP_SOURCE, "ntp", "source")

#define X(name, object, key) SEKI_PICK_##name,
enum seki_pick { SEKI_PICK_LIST(X) SEKI_PICKS };
#undef X

/* The value as it stands in the record: text with its quotes and escapes. */
struct seki_picked {
	const char *at; /* NULL: not there */
	size_t len;
};

struct seki_seen {
	struct seki_picked field[SEKI_PICKS];
};

/* Of a short record too, with what it leaves out (reader/whole.h).
 * False: no JSON object, or one that is nested too deep.
 */
bool seki_pick(const char *data, size_t size, struct seki_seen *ret);

/* The text of a string, "" for what is none; cut where ret ends. */
void seki_picked_text(const struct seki_seen *s, enum seki_pick field, char *ret, size_t size);
uint64_t seki_picked_number(const struct seki_seen *s, enum seki_pick field);
bool seki_picked_is(const struct seki_seen *s, enum seki_pick field, const char *text);
static inline bool seki_picked_has(const struct seki_seen *s, enum seki_pick field)
{
	return s->field[field].at;
}

#endif /* SEKI_REPORT_PICK_H */
