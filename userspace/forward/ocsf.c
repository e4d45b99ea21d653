// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ocsf.c - one function per OCSF object, one per class.
 *
 * A field that the record does not have is left out, except where OCSF requires
 * it.  What OCSF has no field for is in raw_data: the record itself.
 */
#define _GNU_SOURCE
#include "userspace/forward/ocsf.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/digest.h"
#include "userspace/lib/log.h"
#include "userspace/reader/field.h"
#include "userspace/reader/time.h"

#define OCSF_VERSION "1.9.0-dev" /* the first with record_integrity */
#define MS 1000000

enum { INFORMATIONAL = 1, LOW, MEDIUM, HIGH, CRITICAL };
enum { OTHER = 99 };

static void text(json_t *o, const char *key, const char *value)
{
	if (*value)
		json_object_set_new(o, key, json_string(value));
}

static void number(json_t *o, const char *key, json_int_t value)
{
	json_object_set_new(o, key, json_integer(value));
}

static void object(json_t *o, const char *key, json_t *value)
{
	if (json_object_size(value))
		json_object_set(o, key, value);
	json_decref(value);
}

static json_int_t milliseconds(const char *t)
{
	uint64_t ns;

	return seki_time_parse(t, &ns) ? (json_int_t)(ns / MS) : 0;
}

static bool is(json_t *r, const char *path, const char *word)
{
	return !strcmp(seki_field(r, path), word);
}

static bool asks(json_t *r, const char *access)
{
	json_t *word;
	size_t i;

	json_array_foreach(json_object_get(r, "access"), i, word)
		if (json_is_string(word) && !strcmp(json_string_value(word), access))
			return true;
	return false;
}

int seki_severity(json_t *r)
{
	if (is(r, "sev", "high"))
		return is(r, "class", "integrity") || is(r, "class", "loss") ? CRITICAL : HIGH;
	if (is(r, "verdict", "denied"))
		return MEDIUM;
	return is(r, "verdict", "would-deny") ? LOW : INFORMATIONAL;
}

/* ---- objects ------------------------------------------------------------- */

static json_t *fingerprint(const char *hex)
{
	return json_pack("{si ss ss}", "algorithm_id", 3, "algorithm", "SHA-256", "value", hex);
}

static const char *base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static json_t *executable(json_t *r)
{
	const char *path = seki_field(r, "proc.exe"), *sha = seki_field(r, "proc.sha256");
	json_t *f = json_object();

	if (!*path)
		return f;
	text(f, "name", base(path));
	text(f, "path", path);
	number(f, "type_id", 1);
	if (*sha)
		json_object_set_new(f, "hashes", json_pack("[o]", fingerprint(sha)));
	return f;
}

static json_t *command_line(json_t *r)
{
	json_t *argv = json_object_get(json_object_get(r, "exec"), "argv"), *arg, *ret;
	char *line = NULL;
	size_t i, len;
	FILE *f = open_memstream(&line, &len);

	if (!f)
		seki_diex("out of memory");
	json_array_foreach(argv, i, arg)
		fprintf(f, "%s%s", i ? " " : "", json_string_value(arg) ?: "");
	fclose(f);
	ret = json_string(line);
	free(line);
	return ret;
}

static json_t *session(json_t *r)
{
	json_t *s = json_object();

	text(s, "uid", seki_field(r, "who.session"));
	text(s, "terminal", seki_field(r, "who.tty"));
	if (*seki_field(r, "who.from"))
		json_object_set_new(s, "is_remote", json_true());
	return s;
}

/* The account of the login, who stays the same behind sudo. */
static json_t *login(json_t *r)
{
	json_t *u = json_object(), *auid = json_object_get(json_object_get(r, "who"), "auid");
	char uid[24];

	text(u, "name", seki_field(r, "who.name"));
	if (!auid)
		return u;
	snprintf(uid, sizeof(uid), "%lld", (long long)json_integer_value(auid));
	text(u, "uid", uid);
	return u;
}

static json_t *account(json_t *r)
{
	json_t *u = json_object();
	char uid[24];

	if (!json_object_get(r, "who"))
		return u;
	snprintf(uid, sizeof(uid), "%lld", (long long)seki_field_int(r, "who.uid"));
	text(u, "uid", uid);
	text(u, "name", seki_field(r, "who.user"));
	return u;
}

static json_t *process(json_t *r, bool command)
{
	json_t *p = json_object();

	if (!json_object_get(r, "proc"))
		return p;
	number(p, "pid", seki_field_int(r, "proc.pid"));
	text(p, "name", seki_field(r, "proc.comm"));
	if (command && json_object_get(r, "exec"))
		json_object_set_new(p, "cmd_line", command_line(r));
	object(p, "file", executable(r));
	object(p, "user", account(r));
	object(p, "session", session(r));
	if (seki_field_int(r, "proc.ppid"))
		json_object_set_new(p, "parent_process",
				    json_pack("{sI}", "pid", seki_field_int(r, "proc.ppid")));
	return p;
}

static json_t *actor(json_t *r)
{
	json_t *a = json_object();

	object(a, "process", process(r, true));
	object(a, "session", session(r));
	object(a, "user", login(r));
	return a;
}

/* Of a start: who started it is the process above. */
static json_t *starter(json_t *r)
{
	json_t *a = json_object(), *p = json_object();
	const char *above = json_string_value(
		json_array_get(json_object_get(json_object_get(r, "proc"), "anc"), 0));
	const char *name = above ? strchr(above, ' ') : NULL;

	number(p, "pid", seki_field_int(r, "proc.ppid"));
	text(p, "name", name ? name + 1 : "");
	object(a, "process", p);
	object(a, "session", session(r));
	object(a, "user", login(r));
	return a;
}

static json_t *target_file(json_t *r)
{
	const char *path = seki_field(r, "obj.path"), *dev = seki_field(r, "obj.dev");
	json_t *f = json_object();
	char id[96];

	text(f, "name", *path ? base(path) : seki_field(r, "obj.label"));
	if (!json_object_size(f))
		text(f, "name", "unknown");
	text(f, "path", path);
	number(f, "type_id", *path ? 1 : 0);
	if (*dev) {
		snprintf(id, sizeof(id), "%s:%lld", dev, (long long)seki_field_int(r, "obj.ino"));
		text(f, "uid", id);
	}
	return f;
}

static json_t *target_process(json_t *r)
{
	json_t *p = json_object();

	number(p, "pid", seki_field_int(r, "obj.pid"));
	text(p, "name", seki_field(r, "obj.comm"));
	return p;
}

static json_t *endpoint(const char *ip, json_int_t port)
{
	json_t *e = json_object();

	text(e, "ip", ip);
	if (port)
		number(e, "port", port);
	return e;
}

static json_t *device(json_t *r)
{
	char id[32];

	snprintf(id, sizeof(id), "%.16s", seki_field(r, "id"));
	return json_pack("{ss ss si}", "uid", id, "hostname",
			 *seki_field(r, "host") ? seki_field(r, "host") : id, "type_id", 1);
}

static json_t *policy(json_t *r)
{
	json_t *p = json_object();
	char version[24];

	if (!json_object_get(r, "policy"))
		return p;
	snprintf(version, sizeof(version), "%lld", (long long)seki_field_int(r, "policy.version"));
	text(p, "name", seki_field(r, "policy.name"));
	text(p, "version", version);
	text(p, "uid", seki_field(r, "policy.digest"));
	return p;
}

static json_t *product(void)
{
	return json_pack("{ss ss ss}", "name", "Sekisho", "vendor_name", "Sekisho", "version",
			 "0.1");
}

/* ---- classes ------------------------------------------------------------- */

struct class {
	int category, uid, activity;
	const char *name, *activity_name;
};

static struct class file_activity(json_t *r, json_t *e)
{
	static const struct {
		const char *access, *name;
		int id;
	} rows[] = {
		{ "create", "Create", 1 }, { "delete", "Delete", 4 },
		{ "rename", "Rename", 5 }, { "write", "Update", 3 },
		{ "read", "Read", 2 },	   { "attr", "Set Attributes", 6 },
		{ "exec", "Open", 14 },
	};
	struct class c = { 1, 1001, OTHER, "File System Activity", "Other" };

	object(e, "file", target_file(r));
	for (size_t i = 0; c.activity == OTHER && i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!asks(r, rows[i].access))
			continue;
		c.activity = rows[i].id;
		c.activity_name = rows[i].name;
	}
	if (c.activity == OTHER)
		c.activity_name = seki_field(r, "act");
	return c;
}

static struct class network_activity(json_t *r, json_t *e)
{
	object(e, "dst_endpoint",
	       endpoint(seki_field(r, "obj.addr"), seki_field_int(r, "obj.port")));
	if (asks(r, "connect"))
		return (struct class){ 4, 4001, 1, "Network Activity", "Open" };
	return (struct class){ 4, 4001, OTHER, "Network Activity", seki_field(r, "act") };
}

static struct class process_activity(json_t *r, json_t *e)
{
	object(e, "process", target_process(r));
	return (struct class){ 1, 1007, 3, "Process Activity", "Open" };
}

static struct class kernel_activity(json_t *r, json_t *e)
{
	const char *label = seki_field(r, "obj.label");
	json_t *k = json_pack("{ss si}", "name", *label ? label : seki_field(r, "hook"), "type_id",
			      OTHER);

	text(k, "type", seki_field(r, "obj.kind"));
	object(e, "kernel", k);
	return (struct class){ 1, 1003, 4, "Kernel Activity", "Invoke" };
}

static struct class access_(json_t *r, json_t *e)
{
	if (*seki_field(r, "obj.path") || *seki_field(r, "obj.dev"))
		return file_activity(r, e);
	if (*seki_field(r, "obj.addr"))
		return network_activity(r, e);
	return seki_field_int(r, "obj.pid") ? process_activity(r, e) : kernel_activity(r, e);
}

static struct class launch(json_t *r, json_t *e)
{
	object(e, "process", process(r, true));
	return (struct class){ 1, 1007, 1, "Process Activity", "Launch" };
}

static struct class base_event(json_t *r, json_t *e)
{
	(void)e;
	return (struct class){ 0, 0, OTHER, "Base Event", seki_field(r, "act") };
}

static struct class logon(json_t *r, json_t *e)
{
	json_t *user = login(r);

	if (!json_object_size(user)) {
		json_decref(user);
		user = account(r);
	}
	object(e, "user", user);
	object(e, "session", session(r));
	object(e, "src_endpoint", endpoint(seki_field(r, "who.from"), 0));
	json_object_set_new(e, "service",
			    json_pack("{ss}", "name",
				      *seki_field(r, "who.service") ? seki_field(r, "who.service") :
								      "unknown"));
	return (struct class){ 3, 3002, 1, "Authentication", "Logon" };
}

static struct class policy_change(json_t *r, json_t *e)
{
	const char *name = seki_field(r, "bundle.name");
	json_t *entity = json_pack("{ss ss}", "name", *name ? name : seki_field(r, "policy.name"),
				   "type", "Sekisho policy");

	text(entity, "uid", seki_field(r, "bundle.digest"));
	if (!*seki_field(entity, "name"))
		text(entity, "name", "unknown");
	object(e, "entity", entity);
	return (struct class){ 3, 3004, 3, "Entity Management", "Update" };
}

static struct class finding(json_t *r, json_t *e)
{
	json_object_set_new(e, "finding_info",
			    json_pack("{ss ss}", "uid", seki_field(r, "id"), "title",
				      seki_field(r, "act")));
	return (struct class){ 2, 2004, 1, "Detection Finding", "Create" };
}

static struct class lifecycle(json_t *r, json_t *e)
{
	json_object_set_new(e, "app", product());
	if (is(r, "act", "collector starts"))
		return (struct class){ 6, 6002, 3, "Application Lifecycle", "Start" };
	if (is(r, "act", "collector stops"))
		return (struct class){ 6, 6002, 4, "Application Lifecycle", "Stop" };
	return (struct class){ 6, 6002, OTHER, "Application Lifecycle", seki_field(r, "act") };
}

static struct class classify(json_t *r, json_t *e)
{
	static const struct {
		const char *name;
		struct class (*make)(json_t *r, json_t *e);
	} rows[] = {
		{ "access", access_ },	     { "exec", launch },	 { "session", logon },
		{ "policy", policy_change }, { "loss", finding },	 { "integrity", finding },
		{ "lifecycle", lifecycle },  { "heartbeat", lifecycle }, { "change", finding },
	};

	/* A ticket is said in a session that has begun before. */
	if (is(r, "class", "session") && !strncmp(seki_field(r, "act"), "ticket", 6))
		return base_event(r, e);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (is(r, "class", rows[i].name))
			return rows[i].make(r, e);
	return base_event(r, e);
}

/* ---- the event ----------------------------------------------------------- */

static void put_class(json_t *e, const struct class *c)
{
	static const char *const categories[] = { "Uncategorized",
						  "System Activity",
						  "Findings",
						  "Identity & Access Management",
						  "Network Activity",
						  "Discovery",
						  "Application Activity" };

	number(e, "category_uid", c->category);
	text(e, "category_name", categories[c->category]);
	number(e, "class_uid", c->uid);
	text(e, "class_name", c->name);
	number(e, "activity_id", c->activity);
	text(e, "activity_name", c->activity_name);
	number(e, "type_uid", (json_int_t)c->uid * 100 + c->activity);
}

static void put_outcome(json_t *e, json_t *r)
{
	static const char *const severities[] = { "Unknown", "Informational", "Low",
						  "Medium",  "High",	      "Critical" };
	int severity = seki_severity(r);
	bool denied = is(r, "verdict", "denied"), judged = *seki_field(r, "verdict");

	number(e, "severity_id", severity);
	text(e, "severity", severities[severity]);
	text(e, "message", seki_field(r, "act"));
	if (!judged)
		return;
	number(e, "status_id", denied ? 2 : 1);
	text(e, "status", denied ? "Failure" : "Success");
	text(e, "status_code", seki_field(r, "err"));
	text(e, "status_detail", seki_field(r, "reason"));
	number(e, "action_id", denied ? 2 : 1);
	text(e, "action", denied ? "Denied" : "Allowed");
	number(e, "disposition_id", denied ? 2 : is(r, "verdict", "would-deny") ? 17 : 1);
	text(e, "disposition",
	     denied			    ? "Blocked" :
	     is(r, "verdict", "would-deny") ? "Logged" :
					      "Allowed");
	json_object_set_new(e, "is_alert", json_boolean(severity >= HIGH));
}

static void put_metadata(json_t *e, json_t *r, uint64_t index)
{
	json_t *m = json_pack("{ss so s[sss] ss ss sI}", "version", OCSF_VERSION, "product",
			      product(), "profiles", "host", "security_control", "record_integrity",
			      "uid", seki_field(r, "id"), "log_name", "sekisho", "sequence",
			      (json_int_t)index);

	text(m, "original_time", seki_field(r, "t"));
	if (json_array_size(json_object_get(r, "controls")))
		json_object_set(m, "labels", json_object_get(r, "controls"));
	json_object_set_new(e, "metadata", m);
}

/* Over the event in sorted compact JSON with all of the attestation but this. */
static void put_attestation(json_t *e, json_t *r)
{
	char hex[SEKI_DIGEST_TEXT], host[32];
	json_t *a;
	char *all;

	snprintf(host, sizeof(host), "%.16s", seki_field(r, "id"));
	a = json_pack("{ss ss}", "authority_uid", host, "chain_uid", host);
	json_object_set_new(e, "attestation", a);
	all = json_dumps(e, JSON_COMPACT | JSON_SORT_KEYS);
	if (!all)
		return;
	if (!seki_digest_memory(all, strlen(all), hex))
		json_object_set_new(a, "fingerprint", fingerprint(hex));
	free(all);
}

json_t *seki_ocsf_event(json_t *r, uint64_t index, const char *raw)
{
	json_t *e = json_object();
	struct class c;

	if (!e)
		return NULL;
	c = classify(r, e);
	put_class(e, &c);
	number(e, "time", milliseconds(seki_field(r, "t")));
	put_outcome(e, r);
	put_metadata(e, r, index);
	object(e, "device", device(r));
	object(e, "actor", is(r, "class", "exec") ? starter(r) : actor(r));
	object(e, "policy", policy(r));
	text(e, "raw_data", raw);
	put_attestation(e, r);
	return e;
}

char *seki_ocsf_text(json_t *r, uint64_t index, const char *raw)
{
	json_t *e = seki_ocsf_event(r, index, raw);
	char *ret = e ? json_dumps(e, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	json_decref(e);
	return ret;
}
