// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/reader/whole.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/collector/words.h"
#include "userspace/reader/field.h"

#define KNOWN_MAX 65536 /* of each kind */
#define SHA_TEXT 64
#define SHA_SHORT 16

void seki_whole_free(struct seki_whole *w)
{
	json_decref(w->set);
	json_decref(w->program);
	json_decref(w->session);
	*w = (struct seki_whole){ 0 };
}

static void keep(json_t **known, const char *name, json_t *what)
{
	if (!*known)
		*known = json_object();
	if (json_object_size(*known) >= KNOWN_MAX)
		json_object_clear(*known);
	json_object_set(*known, name, what);
}

static void set_text(json_t *object, const char *key, const char *text)
{
	if (object && !json_object_get(object, key))
		json_object_set_new(object, key, json_string(text));
}

/* ---- what other fields tell ------------------------------------------------- */

/* count: of none. */
static unsigned int number_of(const char *(*word)(unsigned int), unsigned int count,
			      const char *text)
{
	for (unsigned int i = 0; i < count; i++)
		if (word(i) && !strcmp(word(i), text))
			return i;
	return count;
}

const char *seki_whole_act(const char *hook, const json_t *access)
{
	uint32_t want = 0;
	json_t *word;
	size_t i;

	json_array_foreach(access, i, word)
		if (json_is_string(word))
			want |= (uint32_t)(1ull << number_of(seki_word_access, 32,
							     json_string_value(word)));
	return seki_word_act(number_of(seki_word_hook, 256, hook), want);
}

static void tell_act(json_t *r)
{
	if (strcmp(seki_field(r, "class"), "access"))
		return;
	set_text(r, "act", seki_whole_act(seki_field(r, "hook"), json_object_get(r, "access")));
	set_text(r, "reason", "default");
	if (!strcmp(seki_field(r, "verdict"), "denied"))
		set_text(r, "err", "EPERM");
	if (json_object_get(r, "err") && !*seki_field(r, "err"))
		json_object_del(r, "err");
}

/* Once it was the word itself. */
static void tell_clock(json_t *r)
{
	if (json_is_integer(json_object_get(r, "clock")))
		json_object_set_new(r, "clock", json_string("unsync"));
	set_text(r, "clock", "sync");
}

static void tell_cpu(json_t *r)
{
	json_t *both = json_object_get(r, "cseq");

	if (json_array_size(both) != 2)
		return;
	json_object_set(r, "cpu", json_array_get(both, 0));
	json_object_set_new(r, "cseq", json_incref(json_array_get(both, 1)));
}

static void tell_policy(json_t *r)
{
	json_t *list = json_object_get(r, "policy");

	if (json_array_size(list) == 3)
		json_object_set_new(r, "policy",
				    json_pack("{s:O s:O s:O}", "name", json_array_get(list, 0),
					      "version", json_array_get(list, 1), "digest",
					      json_array_get(list, 2)));
}

static void tell_who(json_t *who)
{
	json_t *mark = json_object_get(who, "mark");

	if (json_object_get(who, "session") && !mark)
		json_object_set_new(who, "mark", json_true());
	if (json_is_false(mark))
		json_object_del(who, "mark");
	if (json_is_integer(json_object_get(who, "uid")) && !seki_field_int(who, "uid"))
		set_text(who, "user", "root");
}

static void tell_proc(json_t *proc)
{
	const char *parent = json_string_value(json_array_get(json_object_get(proc, "anc"), 0));

	const char *exe = strrchr(seki_field(proc, "exe"), '/');
	char comm[SEKI_COMM_SHOWN + 1];

	set_text(proc, "domain", "other");
	if (exe && !json_object_get(proc, "comm")) {
		snprintf(comm, sizeof(comm), "%s", exe + 1);
		set_text(proc, "comm", comm);
	}
	if (proc && parent && !json_object_get(proc, "ppid"))
		json_object_set_new(proc, "ppid", json_integer(atoll(parent)));
}

static void tell_start(json_t *r, json_t *proc)
{
	json_int_t bt = seki_field_int(r, "bt"), age = seki_field_int(proc, "age");

	if (!json_is_integer(json_object_get(proc, "age")) || age < 0 || age > bt)
		return;
	json_object_set_new(proc, "start", json_integer(bt - age));
	json_object_del(proc, "age");
}

/* [dev, ino, gen] */
static void tell_file(json_t *obj)
{
	json_t *list = json_object_get(obj, "ino");

	if (json_array_size(list) < 2)
		return;
	json_object_set(obj, "dev", json_array_get(list, 0));
	json_object_set(obj, "gen", json_array_get(list, 2));
	json_object_set_new(obj, "ino", json_incref(json_array_get(list, 1)));
}

static void tell_mode(json_t *obj)
{
	const char *mode = seki_field(obj, "mode");
	char whole[24];

	if (!*mode || *mode == '0')
		return;
	snprintf(whole, sizeof(whole), "010%04lo", strtoul(mode, NULL, 8));
	json_object_set_new(obj, "mode", json_string(whole));
}

static void tell_kind(json_t *obj)
{
	json_t *kind = json_object_get(obj, "kind");
	const char *word = seki_word_label_kind(seki_field(obj, "label"));

	if (!kind && *word)
		set_text(obj, "kind", word);
	if (kind && !*seki_field(obj, "kind"))
		json_object_del(obj, "kind");
}

/* ---- what another record tells ----------------------------------------------- */

static void resolve_set(struct seki_whole *w, json_t *r)
{
	json_t *controls = json_object_get(r, "controls"), *list;
	const char *name = json_string_value(controls);

	if (json_is_object(controls)) {
		name = json_object_iter_key(json_object_iter(controls));
		list = json_object_get(controls, name ? name : "");
		if (w && name)
			keep(&w->set, name, list);
	} else {
		list = w && name ? json_object_get(w->set, name) : NULL;
	}
	if (list)
		json_object_set_new(r, "controls", json_deep_copy(list));
}

static void resolve_program(struct seki_whole *w, json_t *proc)
{
	const char *sha = seki_field(proc, "sha256"), *key;
	char name[SHA_SHORT + 1] = "";
	json_t *known, *value;

	if (strlen(sha) != SHA_TEXT && strlen(sha) != SHA_SHORT)
		return;
	memcpy(name, sha, SHA_SHORT);
	if (sha[SHA_SHORT]) {
		known = json_pack("{s:O s:O* s:O*}", "sha256", json_object_get(proc, "sha256"),
				  "dev", json_object_get(proc, "dev"), "ino",
				  json_object_get(proc, "ino"));
		keep(&w->program, name, known);
		json_decref(known);
		return;
	}
	json_object_foreach(json_object_get(w->program, name), key, value)
		json_object_set(proc, key, value);
}

static void resolve_session(struct seki_whole *w, json_t *who)
{
	const char *session = seki_field(who, "session"), *key;
	json_t *known, *value;

	if (!*session)
		return;
	if (json_object_get(who, "asid") && json_object_get(who, "service")) {
		known = json_pack("{s:O s:O}", "asid", json_object_get(who, "asid"), "service",
				  json_object_get(who, "service"));
		keep(&w->session, session, known);
		json_decref(known);
		return;
	}
	json_object_foreach(json_object_get(w->session, session), key, value)
		json_object_set(who, key, value);
}

static void complete(struct seki_whole *w, json_t *r)
{
	json_t *who = json_object_get(r, "who"), *proc = json_object_get(r, "proc");

	tell_clock(r);
	tell_cpu(r);
	tell_act(r);
	tell_policy(r);
	tell_who(who);
	tell_proc(proc);
	tell_start(r, proc);
	tell_file(json_object_get(r, "obj"));
	tell_mode(json_object_get(r, "obj"));
	tell_kind(json_object_get(r, "obj"));
	resolve_set(w, r);
	if (w) {
		resolve_program(w, proc);
		resolve_session(w, who);
	}
}

json_t *seki_whole_read(struct seki_whole *w, const char *data, size_t size)
{
	json_t *r = json_loadb(data, size, 0, NULL);

	if (seki_field_int(r, "v") == 2)
		complete(w, r);
	return r;
}

static bool has(const char *data, size_t size, const char *text)
{
	return memmem(data, size, text, strlen(text));
}

static bool has_digest(const char *data, size_t size)
{
	static const char key[] = "\"sha256\":\"";
	const char *at = memmem(data, size, key, sizeof(key) - 1);

	at = at ? at + sizeof(key) - 1 + SHA_SHORT : NULL;
	return at && at < data + size && *at != '"';
}

/* Most records tell nothing, and are not parsed; those of the form before tell all. */
void seki_whole_pass(void *w, const char *data, size_t size)
{
	static const char brief[] = "{\"v\":2,";

	if (size < sizeof(brief) || memcmp(data, brief, sizeof(brief) - 1))
		return;
	if (has(data, size, "\"controls\":{") || has(data, size, "\"service\":") ||
	    has_digest(data, size))
		json_decref(seki_whole_read(w, data, size));
}
