// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/index/index.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/reader/field.h"
#include "userspace/reader/source.h"
#include "userspace/reader/time.h"

#define FORM 1
/* Reading on is cheaper than a new begin for so many records. */
#define NEAR 500

struct seki_index {
	sqlite3 *db;
	char *log;
	uint64_t next; /* first record that is not in it */
	struct seki_source *source;
};

static const char schema[] =
	"CREATE TABLE about (form INTEGER, log TEXT, first INTEGER, first_id TEXT);"
	"CREATE TABLE records (n INTEGER PRIMARY KEY, id TEXT, t INTEGER, class TEXT,"
	" verdict TEXT, name TEXT, auid TEXT, session TEXT, asid TEXT, label TEXT, path TEXT,"
	" rule TEXT, line TEXT, ticket TEXT);"
	"CREATE TABLE items (item TEXT, n INTEGER, PRIMARY KEY (item, n)) WITHOUT ROWID;"
	"CREATE INDEX by_t ON records (t);"
	"CREATE INDEX by_name ON records (name);"
	"CREATE INDEX by_session ON records (session);"
	"CREATE INDEX by_label ON records (label);"
	"CREATE INDEX by_verdict ON records (verdict);";

static int failed(struct seki_index *i, char *why, const char *what)
{
	snprintf(why, SEKI_INDEX_WHY, "index: %s: %s", what,
		 i->db ? sqlite3_errmsg(i->db) : "out of memory");
	return -EIO;
}

static int run(struct seki_index *i, const char *sql, char *why)
{
	return sqlite3_exec(i->db, sql, NULL, NULL, NULL) ? failed(i, why, "write") : 0;
}

static sqlite3_stmt *prepare(struct seki_index *i, const char *sql)
{
	sqlite3_stmt *s = NULL;

	return sqlite3_prepare_v2(i->db, sql, -1, &s, NULL) ? NULL : s;
}

/* ---- filling ------------------------------------------------------------- */

static void bind(sqlite3_stmt *s, int at, const char *text)
{
	if (*text)
		sqlite3_bind_text(s, at, text, -1, SQLITE_TRANSIENT);
	else
		sqlite3_bind_null(s, at);
}

static void bind_number(sqlite3_stmt *s, int at, json_t *r, const char *group, const char *key)
{
	json_t *n = json_object_get(json_object_get(r, group), key);
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(n));
	bind(s, at, json_is_integer(n) ? text : "");
}

static int step(sqlite3_stmt *s)
{
	int code = sqlite3_step(s);

	sqlite3_reset(s);
	return code == SQLITE_DONE ? 0 : -EIO;
}

static int add_record(sqlite3_stmt *s, uint64_t n, json_t *r)
{
	static const char *const texts[] = { "class",	    "verdict", "who.name",  NULL,
					     "who.session", NULL,      "obj.label", "obj.path",
					     "rule.text",   NULL,      "ticket" };
	uint64_t t = 0;

	seki_time_parse(seki_field(r, "t"), &t);
	sqlite3_bind_int64(s, 1, (sqlite3_int64)n);
	bind(s, 2, seki_field(r, "id"));
	sqlite3_bind_int64(s, 3, (sqlite3_int64)t);
	for (int k = 0; k < (int)(sizeof(texts) / sizeof(texts[0])); k++)
		if (texts[k])
			bind(s, 4 + k, seki_field(r, texts[k]));
	bind_number(s, 7, r, "who", "auid");
	bind_number(s, 9, r, "who", "asid");
	bind_number(s, 13, r, "rule", "line");
	return step(s);
}

static int add_items(sqlite3_stmt *s, uint64_t n, json_t *r)
{
	json_t *item;
	size_t k;
	int err = 0;

	json_array_foreach(json_object_get(r, "controls"), k, item) {
		if (err || !json_is_string(item))
			continue;
		bind(s, 1, json_string_value(item));
		sqlite3_bind_int64(s, 2, (sqlite3_int64)n);
		err = step(s);
	}
	return err;
}

static int fill(struct seki_index *i, sqlite3_stmt *records, sqlite3_stmt *items)
{
	struct seki_source_record r;
	int got = 0, err = 0;

	while (!err && (got = seki_source_read(i->source, &r)) > 0) {
		json_t *json = seki_source_whole(i->source, &r);

		/* what is no record is for verify to name */
		if (json_is_object(json)) {
			err = add_record(records, r.index, json);
			if (!err)
				err = add_items(items, r.index, json);
		}
		json_decref(json);
		i->next = r.index + 1;
	}
	return err ? err : got;
}

static int catch_up(struct seki_index *i, char *why)
{
	sqlite3_stmt *records, *items;
	int err = seki_source_open(i->log, i->next, &i->source);

	if (err) {
		snprintf(why, SEKI_INDEX_WHY, "%s: %s", i->log, strerror(-err));
		return err;
	}
	err = run(i, "BEGIN", why);
	if (err)
		return err;
	records = prepare(i, "INSERT INTO records VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
	items = prepare(i, "INSERT OR IGNORE INTO items VALUES (?,?)");
	err = records && items ? fill(i, records, items) : -EIO;
	sqlite3_finalize(records);
	sqlite3_finalize(items);
	if (err) {
		failed(i, why, "fill");
		sqlite3_exec(i->db, "ROLLBACK", NULL, NULL, NULL);
		return err;
	}
	return run(i, "COMMIT", why);
}

/* ---- opening ------------------------------------------------------------- */

/* The first record that the log has: it tells logs apart. */
static int first_of(const char *log, uint64_t *n, char id[128])
{
	struct seki_source *s;
	struct seki_source_record r;
	int err = seki_source_first(log, n);

	id[0] = '\0';
	if (!err)
		err = seki_source_open(log, *n, &s);
	if (err)
		return err;
	if (seki_source_read(s, &r) > 0) {
		json_t *json = json_loadb(r.data, r.size, 0, NULL);

		snprintf(id, 128, "%s", seki_field(json, "id"));
		json_decref(json);
	}
	seki_source_close(s);
	return 0;
}

/* True: made of this log, which still has what it had. */
static bool fits(struct seki_index *i, uint64_t first, const char *id)
{
	sqlite3_stmt *s = prepare(i, "SELECT form = ?1 AND log = ?2 AND first = ?3 AND "
				     "first_id = ?4, (SELECT max(n) FROM records) FROM about");
	bool ret = false;

	if (!s)
		return false;
	sqlite3_bind_int(s, 1, FORM);
	sqlite3_bind_text(s, 2, i->log, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 3, (sqlite3_int64)first);
	sqlite3_bind_text(s, 4, id, -1, SQLITE_STATIC);
	if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int(s, 0)) {
		ret = true;
		i->next = sqlite3_column_type(s, 1) == SQLITE_NULL ?
				  first :
				  (uint64_t)sqlite3_column_int64(s, 1) + 1;
	}
	sqlite3_finalize(s);
	return ret;
}

static int make(struct seki_index *i, uint64_t first, const char *id, char *why)
{
	sqlite3_stmt *s;
	int err = run(i,
		      "DROP TABLE IF EXISTS about; DROP TABLE IF EXISTS records; "
		      "DROP TABLE IF EXISTS items;",
		      why);

	if (!err)
		err = run(i, schema, why);
	s = err ? NULL : prepare(i, "INSERT INTO about VALUES (?,?,?,?)");
	if (!s)
		return err ? err : failed(i, why, "make");
	sqlite3_bind_int(s, 1, FORM);
	sqlite3_bind_text(s, 2, i->log, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 3, (sqlite3_int64)first);
	sqlite3_bind_text(s, 4, id, -1, SQLITE_STATIC);
	err = step(s);
	sqlite3_finalize(s);
	i->next = first;
	return err ? failed(i, why, "make") : 0;
}

/* What is no database is thrown away as well: nothing is in it that is not in
 * the log.
 */
static int open_db(struct seki_index *i, const char *file, char *why)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		if (sqlite3_open_v2(file, &i->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL))
			return failed(i, why, file);
		sqlite3_busy_timeout(i->db, 10000);
		if (!sqlite3_exec(i->db, "PRAGMA synchronous=OFF; PRAGMA user_version", NULL, NULL,
				  NULL))
			return 0;
		sqlite3_close(i->db);
		i->db = NULL;
		if (unlink(file))
			break;
	}
	snprintf(why, SEKI_INDEX_WHY, "index: %s is not an index and can't be made anew", file);
	return -EIO;
}

int seki_index_open(const char *file, const char *log, struct seki_index **ret, bool *ret_anew,
		    char why[SEKI_INDEX_WHY])
{
	struct seki_index *i = calloc(1, sizeof(*i));
	uint64_t first;
	char id[128];
	int err;

	why[0] = '\0';
	if (!i)
		return -ENOMEM;
	i->log = strdup(log);
	err = i->log ? first_of(log, &first, id) : -ENOMEM;
	if (err)
		snprintf(why, SEKI_INDEX_WHY, "%s: %s", log, strerror(-err));
	if (!err)
		err = open_db(i, file, why);
	*ret_anew = !err && !fits(i, first, id);
	if (*ret_anew)
		err = make(i, first, id, why);
	if (!err)
		err = catch_up(i, why);
	if (err)
		seki_index_close(i);
	else
		*ret = i;
	return err;
}

void seki_index_close(struct seki_index *i)
{
	if (!i)
		return;
	seki_source_close(i->source);
	sqlite3_close(i->db);
	free(i->log);
	free(i);
}

uint64_t seki_index_size(const struct seki_index *i)
{
	return i->next;
}

/* ---- questions ----------------------------------------------------------- */

/* Each condition is true when its value is not bound. */
static const char question[] =
	"SELECT n, id FROM (SELECT n, id FROM records r WHERE"
	" (?1 IS NULL OR name = ?1 OR auid = ?1)"
	" AND (?2 IS NULL OR session = ?2 OR asid = ?2)"
	" AND (?3 IS NULL OR label = ?3 OR label LIKE ?3 || '.%' OR path = ?3"
	"      OR (?3 LIKE '/%' AND path LIKE ?3 || '/%'))"
	" AND (?4 IS NULL OR verdict = ?4) AND (?5 IS NULL OR class = ?5)"
	" AND (?6 IS NULL OR ticket = ?6)"
	" AND (?7 IS NULL OR n IN (SELECT n FROM items WHERE item = ?7))"
	" AND (?8 IS NULL OR line = ?8 OR instr(rule, ?8))"
	" AND t >= ?9 AND t <= ?10 ORDER BY n DESC LIMIT ?11) ORDER BY n";

static void bind_question(sqlite3_stmt *s, const struct seki_question *q)
{
	const char *const texts[] = { q->person, q->session, q->asset,	 q->verdict,
				      q->class,	 q->ticket,  q->control, q->rule };

	for (int k = 0; k < (int)(sizeof(texts) / sizeof(texts[0])); k++)
		bind(s, 1 + k, texts[k] ? texts[k] : "");
	sqlite3_bind_int64(s, 9, (sqlite3_int64)q->from);
	sqlite3_bind_int64(s, 10, q->to > INT64_MAX ? INT64_MAX : (sqlite3_int64)q->to);
	sqlite3_bind_int64(s, 11, q->limit ? (sqlite3_int64)q->limit : -1);
}

static int read_at(struct seki_index *i, uint64_t n, struct seki_source_record *r)
{
	uint64_t at = i->source ? seki_source_index(i->source) : 0;
	int got = 0;

	if (!i->source || n < at || n > at + NEAR) {
		seki_source_close(i->source);
		i->source = NULL;
		got = seki_source_open(i->log, n, &i->source);
		if (got)
			return got;
	}
	while ((got = seki_source_read(i->source, r)) > 0 && r->index < n)
		;
	return got > 0 ? 0 : got ? got : -ESTALE;
}

static int give(struct seki_index *i, uint64_t n, const char *id, seki_index_taker *take, void *to)
{
	struct seki_source_record r;
	json_t *json;
	int err = read_at(i, n, &r);

	if (err)
		return err;
	json = seki_source_whole(i->source, &r);
	err = json_is_object(json) && !strcmp(id, seki_field(json, "id")) ?
		      take(to, n, r.data, r.size, json) :
		      -ESTALE;
	json_decref(json);
	return err;
}

int seki_index_ask(struct seki_index *i, const struct seki_question *q, seki_index_taker *take,
		   void *to, char why[SEKI_INDEX_WHY])
{
	sqlite3_stmt *s = prepare(i, question);
	int err = 0, code = SQLITE_DONE;

	if (!s)
		return failed(i, why, "question");
	bind_question(s, q);
	while (!err && (code = sqlite3_step(s)) == SQLITE_ROW)
		err = give(i, (uint64_t)sqlite3_column_int64(s, 0),
			   (const char *)sqlite3_column_text(s, 1) ?: "", take, to);
	if (!err && code != SQLITE_DONE)
		err = failed(i, why, "question");
	else if (err < 0)
		snprintf(why, SEKI_INDEX_WHY, "%s: %s", i->log,
			 err == -ESTALE ? "the index is of another log; --rebuild makes it anew" :
					  strerror(-err));
	sqlite3_finalize(s);
	return err;
}
