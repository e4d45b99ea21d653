// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/reader/sequence.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/reader/field.h"

#define CPUS 4096
#define WAITING (1u << 22) /* numbers without a span: of a collector that tells none */
#define LINES 20	   /* told of what is missing */
#define HOLES 8		   /* told of one span */

/* ---- numbers that wait for their span ---------------------------------------- */

static struct seki_numbers *of_cpu(struct seki_sequence *s, json_int_t cpu)
{
	if (!s->cpu) {
		s->cpu = calloc(CPUS + 1, sizeof(*s->cpu));
		for (size_t i = 0; s->cpu && i <= CPUS; i++)
			s->cpu[i].judged = s->whole;
	}
	return s->cpu && cpu >= 0 && cpu <= CPUS ? &s->cpu[cpu] : NULL;
}

/* Of a CPU: the same event has a number over all CPUs too. */
static void twice(struct seki_sequence *s, const struct seki_numbers *n, bool is)
{
	s->twice += is && n != &s->cpu[CPUS];
}

static bool grow(struct seki_numbers *n)
{
	size_t room = n->room ? 2 * n->room : 256;
	uint64_t *v = reallocarray(n->v, room, sizeof(*v));

	if (!v)
		return false;
	n->v = v;
	n->room = room;
	return true;
}

static void keep(struct seki_sequence *s, struct seki_numbers *n, uint64_t number)
{
	/* Behind its span: it came late and was told as lost, or it is there twice. */
	if (number <= n->to && !n->fresh) {
		twice(s, n, !n->late);
		n->late -= n->late > 0;
		return;
	}
	if (n->count == WAITING) {
		n->count = 0;
		n->judged = false;
	}
	if (n->count < n->room || grow(n))
		n->v[n->count++] = number;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Sorted and each once; how many there are below from and up to to. */
static void arrange(struct seki_sequence *s, struct seki_numbers *n, uint64_t from, uint64_t to,
		    size_t *low, size_t *high)
{
	size_t unique = 0;

	if (n->count)
		qsort(n->v, n->count, sizeof(*n->v), compare);
	for (size_t i = 0; i < n->count; i++)
		if (!unique || n->v[unique - 1] != n->v[i])
			n->v[unique++] = n->v[i];
		else
			twice(s, n, true);
	n->count = unique;
	for (*low = 0; *low < unique && n->v[*low] < from; ++*low)
		;
	for (*high = *low; *high < unique && n->v[*high] <= to; ++*high)
		;
}

/* ---- what is missing ----------------------------------------------------------- */

static void put_holes(FILE *out, const uint64_t *v, size_t count, uint64_t from, uint64_t to)
{
	uint64_t next = from;
	int told = 0;

	for (size_t i = 0; i <= count; i++) {
		uint64_t end = i < count ? v[i] : to + 1;

		if (end > next && told++ == HOLES) {
			fprintf(out, "...");
			return;
		}
		if (end > next && end - next == 1)
			fprintf(out, " %" PRIu64, next);
		else if (end > next)
			fprintf(out, " %" PRIu64 "-%" PRIu64, next, end - 1);
		next = end + 1;
	}
}

/* exact: nothing but what is missing has no record. */
static void tell(struct seki_sequence *s, const char *what, uint64_t missing, uint64_t from,
		 uint64_t to, const uint64_t *v, size_t count, bool exact)
{
	if (s->lines++ >= LINES)
		return;
	if (!s->told)
		s->told = open_memstream(&s->text, &s->text_size);
	if (!s->told)
		return;
	fprintf(s->told,
		"missing      %s: of the numbers %" PRIu64 " to %" PRIu64 " %" PRIu64
		" have no record and no loss tells of them; %s",
		what, from, to, missing, exact ? "they are" : "without a record are");
	put_holes(s->told, v, count, from, to);
	fputc('\n', s->told);
}

/* ---- spans ------------------------------------------------------------------- */

/* [from, to, unwanted]; more: told lost, of a span over all CPUs. */
static void settle(struct seki_sequence *s, struct seki_numbers *n, const char *what,
		   const json_t *span, size_t at, bool within, uint64_t *ret_missing)
{
	uint64_t from = (uint64_t)json_integer_value(json_array_get(span, at));
	uint64_t to = (uint64_t)json_integer_value(json_array_get(span, at + 1));
	uint64_t unwanted = (uint64_t)json_integer_value(json_array_get(span, at + 2));
	uint64_t lost = at ? n->lost : 0, have, missing;
	bool known = n->judged && (!n->to || from == n->to + 1), anew = from <= n->to;
	size_t low, high;

	if (to + 1 == from)
		n->carried = unwanted;
	if (to < from || to - from > INT64_MAX / 2)
		return;
	unwanted += n->carried;
	arrange(s, n, from, to, &low, &high);
	have = high - low + unwanted + lost;
	missing = to - from + 1 > have ? to - from + 1 - have : 0;
	if (within && known) {
		if (missing)
			tell(s, what, missing, from, to, n->v + low, high - low,
			     !unwanted && !lost);
		*ret_missing += missing;
		s->numbers += at ? to - from + 1 : 0;
		s->records += at ? high - low : 0;
		s->unwanted += at ? unwanted : 0;
		s->lost += lost;
		s->all += at ? 0 : to - from + 1;
	} else if (within) {
		s->unjudged += at ? to - from + 1 : 0;
	}
	n->judged = !anew && (n->judged || n->to);
	n->carried = 0;
	n->to = to;
	n->late += n->lost;
	n->lost = 0;
	n->fresh = false;
	if (high)
		memmove(n->v, n->v + high, (n->count - high) * sizeof(*n->v));
	n->count = anew ? 0 : n->count - high;
}

static void add_spans(struct seki_sequence *s, const json_t *record, bool within)
{
	const json_t *all = json_object_get(record, "all"), *spans, *span;
	struct seki_numbers *n;
	char what[32];
	size_t i;

	spans = json_object_get(record, "spans");
	json_array_foreach(spans, i, span) {
		json_int_t cpu = json_integer_value(json_array_get(span, 0));

		n = cpu < CPUS ? of_cpu(s, cpu) : NULL;
		if (!n)
			continue;
		s->cpus = (uint64_t)cpu >= s->cpus ? (uint64_t)cpu + 1 : s->cpus;
		snprintf(what, sizeof(what), "CPU %" JSON_INTEGER_FORMAT, cpu);
		settle(s, n, what, span, 1, within, &s->missing);
	}
	n = json_is_array(all) ? of_cpu(s, CPUS) : NULL;
	if (n)
		settle(s, n, "all CPUs", all, 0, within, &s->all_missing);
}

static void add_losses(struct seki_sequence *s, json_t *record)
{
	json_t *l;
	size_t i;

	json_array_foreach(json_object_get(record, "lost"), i, l) {
		struct seki_numbers *n = of_cpu(s, seki_field_int(l, "cpu"));
		json_int_t count = seki_field_int(l, "count");

		/* These have no number. */
		count -= seki_field_int(l, "cause.task-storage");
		count -= seki_field_int(l, "cause.object-storage");
		/* Nor have those that a collector finds when it starts: they are of no span. */
		if (seki_field_int(l, "to") < seki_field_int(l, "from"))
			count = 0;
		if (n && count > 0)
			n->lost += (uint64_t)count;
	}
}

/* After a clean stop the next one goes on.  Else numbers that no span covered are
 * told by nobody any more, and those of its own spans are all in its own records.
 */
static void start(struct seki_sequence *s)
{
	of_cpu(s, 0); /* makes them all */
	for (size_t i = 0; s->cpu && i <= CPUS; i++) {
		struct seki_numbers *n = &s->cpu[i];

		if (!s->stopped)
			*n = (struct seki_numbers){ .v = n->v, .room = n->room, .judged = true };
		n->fresh = true;
	}
	s->stopped = false;
}

static void look_at_boot(struct seki_sequence *s, const char *id)
{
	if (strlen(id) < 30 || !memcmp(id + 17, s->boot, 12))
		return;
	memcpy(s->boot, id + 17, 12);
	s->stopped = false;
	for (size_t i = 0; s->cpu && i <= CPUS; i++) {
		struct seki_numbers *n = &s->cpu[i];

		*n = (struct seki_numbers){ .v = n->v, .room = n->room };
	}
}

void seki_sequence_add(struct seki_sequence *s, json_t *record, bool within)
{
	const char *id = seki_field(record, "id"), *seq = strrchr(id, ':');
	struct seki_numbers *n;

	look_at_boot(s, id);
	if (json_object_get(record, "cseq")) {
		n = of_cpu(s, seki_field_int(record, "cpu"));
		if (n)
			keep(s, n, (uint64_t)seki_field_int(record, "cseq"));
		n = of_cpu(s, CPUS);
		if (n && seq)
			keep(s, n, strtoull(seq + 1, NULL, 10));
		return;
	}
	if (!strcmp(seki_field(record, "act"), "collector starts"))
		start(s); /* numbers may begin anew */
	add_losses(s, record);
	add_spans(s, record, within);
	s->stopped |= !strcmp(seki_field(record, "act"), "collector stops");
}

void seki_sequence_print(struct seki_sequence *s, FILE *out)
{
	if (!s->cpus) {
		fprintf(out, "numbers      no record of this time accounts for them\n");
		return;
	}
	fprintf(out,
		"numbers      %" PRIu64 " of %" PRIu64 " CPUs: %" PRIu64 " records, %" PRIu64
		" that need none, %" PRIu64 " told lost, %" PRIu64 " missing\n",
		s->numbers, s->cpus, s->records, s->unwanted, s->lost, s->missing);
	fprintf(out, "             %" PRIu64 " over all CPUs: %" PRIu64 " missing\n", s->all,
		s->all_missing);
	if (s->unjudged)
		fprintf(out,
			"             %" PRIu64 " more are of spans that began before this log or "
			"before a collector's start\n",
			s->unjudged);
	if (s->told && !fflush(s->told))
		fputs(s->text, out);
	if (s->lines > LINES)
		fprintf(out, "missing      in %zu more spans\n", s->lines - LINES);
}

void seki_sequence_free(struct seki_sequence *s)
{
	for (size_t i = 0; s->cpu && i <= CPUS; i++)
		free(s->cpu[i].v);
	free(s->cpu);
	if (s->told)
		fclose(s->told);
	free(s->text);
	memset(s, 0, sizeof(*s));
}
