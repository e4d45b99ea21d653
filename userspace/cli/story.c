// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/cli/story.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/reader/field.h"
#include "userspace/reader/time.h"

#define NS UINT64_C(1000000000)

enum word {
	SESSION,
	OF,
	UID,
	FROM,
	BY,
	CONSOLE,
	ON,
	SPAN,
	SECONDS,
	BEGINS,
	RAN,
	AS,
	REFUSED,
	WOULD,
	REACHED,
	IN_DOMAIN,
	HIDDEN,
	CUT,
	SUM,
	COMMANDS,
	REFUSALS,
	WOULDS,
	REACHES,
	NOTHING,
	END,
	NO_END,
	MORE,
	NOBODY,
	TICKET,
	WORDS
};

/* clang-format off */
static const char *const text[WORDS][2] = {
	[SESSION]   = { "Session",		"セッション" },
	[OF]	    = { "Person",		"操作者" },
	[UID]	    = { "login uid",		"ログインUID" },
	[FROM]	    = { "From",			"接続元" },
	[BY]	    = { "by",			"経由" },
	[CONSOLE]   = { "this host",		"このホスト" },
	[ON]	    = { "Terminal",		"端末" },
	[SPAN]	    = { "Time",			"時刻" },
	[SECONDS]   = { "seconds",		"秒間" },
	[BEGINS]    = { "session begins",	"セッション開始" },
	[RAN]	    = { "ran",			"実行" },
	[AS]	    = { "as",			"権限:" },
	[REFUSED]   = { "REFUSED",		"拒否" },
	[WOULD]	    = { "would be refused",	"拒否対象(監査のみ)" },
	[REACHED]   = { "reached",		"到達" },
	[IN_DOMAIN] = { "in domain",		"ドメイン:" },
	[HIDDEN]    = { "secrets hidden",	"秘密情報は伏せ字" },
	[CUT]	    = { "arguments cut off",	"引数は途中まで" },
	[SUM]	    = { "In all",		"集計" },
	[COMMANDS]  = { "commands",		"件のコマンド" },
	[REFUSALS]  = { "refused",		"件の拒否" },
	[WOULDS]    = { "would be refused",	"件の拒否対象" },
	[REACHES]   = { "reached",		"件の到達" },
	[NOTHING]   = { "nothing that a policy guards", "保護対象なし" },
	[END]	    = { "End",			"終了" },
	[NO_END]    = { "no record tells it; the last act was at",
			"終了の記録なし。最後の操作は" },
	[MORE]	    = { "more acts are not shown", "件の操作は省略" },
	[NOBODY]    = { "not known",		"不明" },
	[TICKET]    = { "Ticket said",		"申告の票番号" },
};
/* clang-format on */

struct teller {
	struct seki_story *s;
	FILE *out;
	int lang;
};

static const char *word(const struct teller *t, enum word w)
{
	return text[w][t->lang];
}

bool seki_story_add(struct seki_story *s, uint64_t n, json_t *record)
{
	uint64_t t = 0;

	if (s->count == SEKI_STORY_MAX) {
		s->left_out++;
		return true;
	}
	if (s->count == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		struct seki_act *more = reallocarray(s->act, room, sizeof(*more));

		if (!more)
			return false;
		s->act = more;
		s->room = room;
	}
	seki_time_parse(seki_field(record, "t"), &t);
	s->act[s->count++] = (struct seki_act){ json_incref(record), n, t };
	return true;
}

void seki_story_free(struct seki_story *s)
{
	for (size_t i = 0; i < s->count; i++)
		json_decref(s->act[i].record);
	free(s->act);
	*s = (struct seki_story){ 0 };
}

/* Boot time where both are of one boot: the wall may be set. */
static int by_time(const void *va, const void *vb)
{
	const struct seki_act *a = va, *b = vb;
	json_int_t one = seki_field_int(a->record, "bt"), two = seki_field_int(b->record, "bt");
	const char *x = strchr(seki_field(a->record, "id"), ':');
	const char *y = strchr(seki_field(b->record, "id"), ':');

	if (x && y && !strncmp(x, y, 14) && one != two)
		return one < two ? -1 : 1;
	if (a->t != b->t)
		return a->t < b->t ? -1 : 1;
	return a->n < b->n ? -1 : a->n > b->n;
}

static bool is(json_t *r, const char *path, const char *value)
{
	return !strcmp(seki_field(r, path), value);
}

/* The record that knows most of the person: the first with the field. */
static const char *known(const struct seki_story *s, const char *path)
{
	for (size_t i = 0; i < s->count; i++)
		if (*seki_field(s->act[i].record, path))
			return seki_field(s->act[i].record, path);
	return "";
}

static size_t sum(const struct seki_story *s, const char *path, const char *value)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += is(s->act[i].record, path, value);
	return n;
}

/* ---- text ---------------------------------------------------------------- */

static void put(const struct teller *t, const char *before, const char *value, const char *after)
{
	if (!*value)
		return;
	fputs(before, t->out);
	seki_print_safe(t->out, value);
	fputs(after, t->out);
}

/* An argument with blanks or none is shown so that its ends are seen. */
static void put_argument(const struct teller *t, const char *arg)
{
	bool quote = !*arg || strpbrk(arg, " \t\n'\"\\|&;<>()$`*?");

	fputs(quote ? " '" : " ", t->out);
	seki_print_safe(t->out, arg);
	if (quote)
		fputc('\'', t->out);
}

static void tell_command(const struct teller *t, json_t *r)
{
	json_t *exec = json_object_get(r, "exec"), *arg;
	size_t i;

	fprintf(t->out, "%s", word(t, RAN));
	json_array_foreach(json_object_get(exec, "argv"), i, arg)
		put_argument(t, json_string_value(arg) ?: "");
	if (!json_array_size(json_object_get(exec, "argv")))
		put(t, " ", seki_field(r, "proc.comm"), "");
	put(t, "  (", seki_field(r, "proc.exe"), "");
	fprintf(t->out, ", %s ", word(t, AS));
	seki_print_safe(t->out, *seki_field(r, "who.user") ? seki_field(r, "who.user") : "?");
	if (!is(r, "proc.domain", "other")) {
		fprintf(t->out, ", %s ", word(t, IN_DOMAIN));
		seki_print_safe(t->out, seki_field(r, "proc.domain"));
	}
	if (json_is_true(json_object_get(exec, "redacted")))
		fprintf(t->out, ", %s", word(t, HIDDEN));
	if (json_is_true(json_object_get(exec, "cut")))
		fprintf(t->out, ", %s", word(t, CUT));
	fputc(')', t->out);
}

static void tell_object(const struct teller *t, json_t *r)
{
	put(t, " ", seki_field(r, "obj.path"), "");
	put(t, " ", seki_field(r, "obj.addr"), "");
	if (seki_field_int(r, "obj.port"))
		fprintf(t->out, ":%lld", (long long)seki_field_int(r, "obj.port"));
	put(t, " ", seki_field(r, "obj.comm"), "");
	if (seki_field_int(r, "obj.pid"))
		fprintf(t->out, "[%lld]", (long long)seki_field_int(r, "obj.pid"));
	put(t, " (", seki_field(r, "obj.label"), ")");
}

static void tell_access(const struct teller *t, json_t *r)
{
	enum word w = is(r, "verdict", "denied")     ? REFUSED :
		      is(r, "verdict", "would-deny") ? WOULD :
						       REACHED;

	fprintf(t->out, "%s  ", word(t, w));
	seki_print_safe(t->out, seki_field(r, "act"));
	tell_object(t, r);
	put(t, "  ", seki_field(r, "err"), "");
	put(t, "  ", seki_field(r, "rule.text"), "");
	put(t, "  [", seki_field(r, "ticket"), "]");
	fprintf(t->out, "  %s ", t->lang ? "←" : "<-");
	seki_print_safe(t->out, seki_field(r, "proc.comm"));
	fprintf(t->out, "[%lld]", (long long)seki_field_int(r, "proc.pid"));
}

static void tell_other(const struct teller *t, json_t *r)
{
	seki_print_safe(t->out, seki_field(r, "act"));
	put(t, "  [", seki_field(r, "ticket"), "]");
}

static void tell_act(const struct teller *t, const struct seki_act *a)
{
	json_t *r = a->record;
	const char *time = strchr(seki_field(r, "t"), 'T');

	fprintf(t->out, "  %.8s  ", time ? time + 1 : "--------");
	if (json_object_get(r, "exec"))
		tell_command(t, r);
	else if (is(r, "class", "access"))
		tell_access(t, r);
	else if (is(r, "act", "operator session begins") || is(r, "act", "operator session seen"))
		fputs(word(t, BEGINS), t->out);
	else
		tell_other(t, r);
	fprintf(t->out, "  #%" PRIu64 "\n", a->n);
}

static void row(const struct teller *t, enum word w)
{
	/* Japanese letters are three bytes and two columns. */
	int columns = (int)strlen(word(t, w));

	if (t->lang)
		columns = columns / 3 * 2 + columns % 3;
	fprintf(t->out, "%s%*s", word(t, w), columns < 12 ? 12 - columns : 1, "");
}

/* Each that the session said, once. */
static void tell_tickets(const struct teller *t)
{
	json_t *seen = json_object();
	const char *ticket;

	for (size_t i = 0; i < t->s->count; i++) {
		ticket = seki_field(t->s->act[i].record, "ticket");
		if (!*ticket || json_object_get(seen, ticket))
			continue;
		if (!json_object_size(seen))
			row(t, TICKET);
		else
			fputs(", ", t->out);
		seki_print_safe(t->out, ticket);
		json_object_set_new(seen, ticket, json_true());
	}
	if (json_object_size(seen))
		fputc('\n', t->out);
	json_decref(seen);
}

static void tell_head(const struct teller *t)
{
	const struct seki_story *s = t->s;
	json_t *first = s->act[0].record, *last = s->act[s->count - 1].record;
	const char *name = known(s, "who.name"), *from = known(s, "who.from");

	row(t, SESSION);
	seki_print_safe(t->out, known(s, "who.session"));
	fputc('\n', t->out);
	row(t, OF);
	seki_print_safe(t->out, *name ? name : word(t, NOBODY));
	if (json_object_get(json_object_get(first, "who"), "auid"))
		fprintf(t->out, " (%s %lld)", word(t, UID),
			(long long)seki_field_int(first, "who.auid"));
	fputc('\n', t->out);
	row(t, FROM);
	seki_print_safe(t->out, *from ? from : word(t, CONSOLE));
	if (*known(s, "who.service")) {
		fprintf(t->out, ", %s ", word(t, BY));
		seki_print_safe(t->out, known(s, "who.service"));
	}
	fputc('\n', t->out);
	if (*known(s, "who.tty")) {
		row(t, ON);
		seki_print_safe(t->out, known(s, "who.tty"));
		fputc('\n', t->out);
	}
	tell_tickets(t);
	row(t, SPAN);
	fprintf(t->out, "%.19s - %.19s (%" PRIu64 " %s)\n\n", seki_field(first, "t"),
		seki_field(last, "t"),
		s->act[s->count - 1].t > s->act[0].t ? (s->act[s->count - 1].t - s->act[0].t) / NS :
						       0,
		word(t, SECONDS));
}

static void tell_sum(const struct teller *t)
{
	const struct seki_story *s = t->s;
	size_t denied = sum(s, "verdict", "denied"), would = sum(s, "verdict", "would-deny");
	size_t allowed = sum(s, "verdict", "allowed");
	const char *gap = t->lang ? "" : " ", *comma = t->lang ? "、" : ", ";

	fputc('\n', t->out);
	row(t, SUM);
	fprintf(t->out, "%zu%s%s", sum(s, "class", "exec"), gap, word(t, COMMANDS));
	if (denied)
		fprintf(t->out, "%s%zu%s%s", comma, denied, gap, word(t, REFUSALS));
	if (would)
		fprintf(t->out, "%s%zu%s%s", comma, would, gap, word(t, WOULDS));
	if (allowed)
		fprintf(t->out, "%s%zu%s%s", comma, allowed, gap, word(t, REACHES));
	else if (!denied && !would)
		fprintf(t->out, "%s%s: %s", comma, word(t, REACHED), word(t, NOTHING));
	fputc('\n', t->out);
	if (s->left_out)
		fprintf(t->out, "%" PRIu64 " %s\n", s->left_out, word(t, MORE));
	row(t, END);
	fprintf(t->out, "%s %.19s\n", word(t, NO_END),
		seki_field(s->act[s->count - 1].record, "t"));
}

static void sort(struct seki_story *s)
{
	if (s->count)
		qsort(s->act, s->count, sizeof(*s->act), by_time);
}

void seki_story_tell(struct seki_story *s, bool japanese, FILE *out)
{
	const struct teller t = { s, out, japanese };

	if (!s->count)
		return;
	sort(s);
	tell_head(&t);
	for (size_t i = 0; i < s->count; i++)
		tell_act(&t, &s->act[i]);
	tell_sum(&t);
}

json_t *seki_story_json(struct seki_story *s)
{
	json_t *acts = json_array();

	sort(s);
	for (size_t i = 0; i < s->count; i++)
		json_array_append(acts, s->act[i].record);
	return json_pack("{ss ss ss sI sI sI sI so}", "session", known(s, "who.session"), "person",
			 known(s, "who.name"), "from", known(s, "who.from"), "commands",
			 (json_int_t)sum(s, "class", "exec"), "denied",
			 (json_int_t)sum(s, "verdict", "denied"), "would_deny",
			 (json_int_t)sum(s, "verdict", "would-deny"), "allowed",
			 (json_int_t)sum(s, "verdict", "allowed"), "records", acts);
}
