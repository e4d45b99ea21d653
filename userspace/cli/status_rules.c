// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * status_rules.c - the kernel's counters beside the words of the bundle.
 *
 * The collector tells what was hit, a page at a time; which rules there are, and
 * so which were never hit, says the bundle, if it is the policy that was counted.
 */
#include "userspace/cli/status_rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/ask.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"
#include "userspace/policy/bundle.h"
#include "userspace/reader/field.h"

#define TRIES 3 /* a policy may be replaced between two pages */

/* ---- the answer ------------------------------------------------------------ */

static json_t *ask_page(const char *socket, json_int_t at, int *ret_err)
{
	static char text[SEKI_ANSWER_MAX];
	char request[32];
	json_t *page;

	snprintf(request, sizeof(request), "rules %lld\n", (long long)at);
	*ret_err = seki_ask(socket, request, text, sizeof(text));
	if (*ret_err)
		return NULL;
	page = json_loads(text, 0, NULL);
	if (!page || json_object_get(page, "error")) {
		seki_warnx("%s: does not know its rules; the collector is older than this "
			   "command, restart sekishod.service",
			   socket);
		json_decref(page);
		*ret_err = -EPROTO;
		return NULL;
	}
	return page;
}

/* All pages as one; NULL with *ret_err 0: the policy changed meanwhile. */
static json_t *ask_pages(const char *socket, int *ret_err)
{
	json_t *all = ask_page(socket, 0, ret_err), *page, *next;

	while (all && (next = json_object_get(all, "next"))) {
		page = ask_page(socket, json_integer_value(next), ret_err);
		if (!page ||
		    seki_field_int(page, "generation") != seki_field_int(all, "generation")) {
			json_decref(page);
			json_decref(all);
			return NULL;
		}
		json_array_extend(json_object_get(all, "hits"), json_object_get(page, "hits"));
		json_object_del(all, "next");
		if (json_object_get(page, "next"))
			json_object_set(all, "next", json_object_get(page, "next"));
		json_decref(page);
	}
	return all;
}

static json_t *ask_all(const char *socket, int *ret_err)
{
	json_t *all = NULL;

	for (int i = 0; !all && i < TRIES; i++) {
		all = ask_pages(socket, ret_err);
		if (*ret_err)
			return NULL;
	}
	if (!all)
		*ret_err = -EAGAIN;
	return all;
}

/* ---- the words -------------------------------------------------------------- */

/* Without its words a rule is a number. */
static bool open_words(const char *path, json_t *answer, struct seki_bundle *ret)
{
	char digest[SEKI_DIGEST_TEXT];
	const char *why = "";

	*ret = (struct seki_bundle){ 0 };
	if (seki_bundle_read(path, ret, &why)) {
		seki_warnx("%s: %s; rules are shown by number, and only those that were hit", path,
			   why);
		return false;
	}
	if (!strcmp(seki_bundle_digest_text(ret, digest), seki_field(answer, "digest")))
		return true;
	seki_warnx("%s: is not the policy in force; rules are shown by number, and only those "
		   "that were hit",
		   path);
	seki_bundle_close(ret);
	return false;
}

/* ---- rows -------------------------------------------------------------------- */

struct rows {
	const struct seki_bundle *words; /* NULL: none */
	bool json, any;			 /* any: a comma is due */
};

static void print_time(const char *t)
{
	size_t n = strlen(t);

	if (n < 25)
		printf("  %-25s  ", "never");
	else
		printf("  %.19s%s  ", t, t + n - 6);
}

static void print_counts(json_t *hit)
{
	static const char *const key[] = { "allowed", "denied", "would_deny" };

	for (size_t i = 0; i < sizeof(key) / sizeof(key[0]); i++)
		if (hit)
			printf("%12lld", (long long)seki_field_int(hit, key[i]));
		else
			printf("%12s", "-");
	print_time(hit ? seki_field(hit, "last") : "");
}

struct row {
	json_t *hit; /* NULL: never */
	const char *file, *text;
	__u32 line, rule; /* 0: none */
};

static void print_row(const struct row *row)
{
	print_counts(row->hit);
	if (row->line) {
		seki_print_safe(stdout, row->file);
		printf(":%u: ", row->line);
	}
	seki_print_safe(stdout, row->text);
	if (row->hit && json_object_get(row->hit, "left_out"))
		printf(" (%lld without a record, by its rate)",
		       (long long)seki_field_int(row->hit, "left_out"));
	putchar('\n');
}

static json_t *row_json(const struct row *row)
{
	json_t *j = row->hit ? json_deep_copy(row->hit) :
			       json_pack("{s:I,s:i,s:i,s:i}", "rule", (json_int_t)row->rule,
					 "allowed", 0, "denied", 0, "would_deny", 0);

	if (row->line) {
		json_object_set_new(j, "file", json_string(row->file));
		json_object_set_new(j, "line", json_integer(row->line));
	}
	if (row->rule)
		json_object_set_new(j, "text", json_string(row->text));
	return j;
}

static void dump_row(struct rows *r, const struct row *row)
{
	json_t *j = row_json(row);

	fputs(r->any ? "," : "", stdout);
	json_dumpf(j, stdout, JSON_COMPACT);
	json_decref(j);
	r->any = true;
}

static void put_row(struct rows *r, const struct row *row)
{
	if (r->json)
		dump_row(r, row);
	else
		print_row(row);
}

static void put_rule(struct rows *r, json_t *hit, __u32 number)
{
	const struct seki_bundle *b = r->words;
	const struct seki_bundle_rule *rule = b ? seki_bundle_rule(b, number) : NULL;
	struct row row = { .hit = hit, .rule = number };
	char text[32];

	if (rule) {
		row.file = seki_bundle_file(b, rule->line) ?:
							     seki_bundle_string(b, b->meta->source);
		row.line = seki_where_line(rule->line);
		row.text = seki_bundle_string(b, rule->text);
	} else if (number) {
		snprintf(text, sizeof(text), "rule %u", number);
		row.text = text;
	} else {
		row.text = "rules without a counter of their own";
	}
	put_row(r, &row);
}

/* Hits come in the order of rules; those between two of them were never hit. */
static void put_rules(struct rows *r, json_t *answer)
{
	__u32 next = 1, end = r->words ? r->words->n_rules + 1 : 0;
	/* Above the last row nobody counted one by one. */
	__u32 rows = (__u32)seki_field_int(answer, "rows");
	json_t *hit;
	size_t i;

	if (end > rows)
		end = rows;
	json_array_foreach(json_object_get(answer, "hits"), i, hit) {
		__u32 number = (__u32)seki_field_int(hit, "rule");

		if (!json_object_get(hit, "rule"))
			continue;
		while (r->words && next < number)
			put_rule(r, NULL, next++);
		put_rule(r, hit, number);
		if (number)
			next = number + 1;
	}
	while (next < end)
		put_rule(r, NULL, next++);
}

static void put_labels(struct rows *r, json_t *answer)
{
	json_t *hit;
	size_t i;

	json_array_foreach(json_object_get(answer, "hits"), i, hit)
		if (json_object_get(hit, "label"))
			put_row(r, &(struct row){ .hit = hit, .text = seki_field(hit, "label") });
}

/* ---- the whole ----------------------------------------------------------------- */

static void print_all(struct rows *r, json_t *answer)
{
	printf("%-16s", "policy");
	seki_print_safe(stdout, seki_field(answer, "name"));
	printf(" version %lld, generation %lld, counted since ",
	       (long long)seki_field_int(answer, "version"),
	       (long long)seki_field_int(answer, "generation"));
	seki_print_safe(stdout, seki_field(answer, "since"));
	printf("\n\n%12s%12s%12s  %-25s  %s\n", "allowed", "refused", "would", "last", "rule");
	put_rules(r, answer);
	printf("\n%12s%12s%12s  %-25s  %s\n", "allowed", "refused", "would", "last",
	       "label, where no rule decides");
	put_labels(r, answer);
}

static void dump_all(struct rows *r, json_t *answer)
{
	static const char *const key[] = { "name", "version", "digest", "generation", "since" };
	json_t *policy = json_object();

	for (size_t i = 0; i < sizeof(key) / sizeof(key[0]); i++)
		json_object_set(policy, key[i], json_object_get(answer, key[i]));
	fputs("{\"policy\":", stdout);
	json_dumpf(policy, stdout, JSON_COMPACT);
	json_decref(policy);
	fputs(",\"rules\":[", stdout);
	put_rules(r, answer);
	fputs("],\"labels\":[", stdout);
	r->any = false;
	put_labels(r, answer);
	puts("]}");
}

int seki_status_rules(const char *socket, const char *bundle, bool json)
{
	int err;
	json_t *answer = ask_all(socket, &err);
	struct rows r = { .json = json };
	struct seki_bundle words;

	if (!answer)
		return err;
	if (!json_object_get(answer, "digest")) {
		seki_warnx("no policy is loaded, so no rule is counted");
		json_decref(answer);
		return -ENODATA;
	}
	if (open_words(bundle, answer, &words))
		r.words = &words;
	(json ? dump_all : print_all)(&r, answer);
	if (r.words)
		seki_bundle_close(&words);
	json_decref(answer);
	return 0;
}
