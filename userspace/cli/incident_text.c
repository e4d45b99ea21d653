// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/incident_text.h"

#include <string.h>

#include "userspace/reader/field.h"
#include "userspace/reader/time.h"
#include "userspace/report/md.h"

#define NS 1000000000ull

size_t seki_incident_class(const struct seki_sheet *s, const struct seki_incident *one)
{
	const char *class = seki_field(one->open, "class");
	size_t row = 0;

	seki_sheet_find(s, class, strlen(class), &row);
	return row;
}

/* When it was done; 0: not yet. */
static uint64_t done_at(const struct seki_incident *one, enum seki_step step)
{
	uint64_t t = 0;

	if (one->done[step])
		seki_time_parse(seki_field(one->done[step], "t"), &t);
	return t;
}

/* What is to be done at once is late only while it is not done. */
static bool is_late(uint64_t due, uint64_t done, uint64_t now, enum seki_step step)
{
	return step == SEKI_STEP_PROMPT ? !done : (done ? done : now) > due;
}

bool seki_incident_late(const struct seki_sheet *s, const struct seki_incident *one, uint64_t now)
{
	size_t class = seki_incident_class(s, one);

	for (enum seki_step step = 0; step < SEKI_STEPS; step++) {
		uint64_t due = seki_step_due(s, class, step, one->began, one->known);

		if (due && is_late(due, done_at(one, step), now, step))
			return true;
	}
	return false;
}

static void left(uint64_t due, uint64_t now, FILE *out)
{
	uint64_t hours = (due > now ? due - now : now - due) / NS / 3600;

	fprintf(out, ", %llu d %llu h %s", (unsigned long long)hours / 24,
		(unsigned long long)hours % 24, due > now ? "left" : "late");
}

void seki_incident_clock(const struct seki_sheet *s, const struct seki_incident *one, uint64_t now,
			 FILE *out)
{
	size_t class = seki_incident_class(s, one);
	char text[SEKI_UTC_TEXT];

	for (enum seki_step step = 0; step < SEKI_STEPS; step++) {
		uint64_t due = seki_step_due(s, class, step, one->began, one->known);
		uint64_t done = done_at(one, step);

		if (!due)
			continue;
		seki_utc_text(due / NS, text);
		fprintf(out, "  %-10s %s%s", seki_step_word(step),
			step == SEKI_STEP_PROMPT ? "at once, known since " : "until ", text);
		if (done) {
			seki_utc_text(done / NS, text);
			fprintf(out, ", done %s%s", text,
				is_late(due, done, now, step) ? ", late" : "");
		} else {
			left(due, now, out);
		}
		fputc('\n', out);
	}
	if (!seki_accident_reached(s, class, one->users, one->minutes))
		fprintf(out,
			"  %-10s not reached: %llu users, %llu minutes; the class begins at %s users or %s minutes\n",
			"figures", (unsigned long long)one->users, (unsigned long long)one->minutes,
			seki_sheet_cell(s, class, ACCIDENT_USERS),
			seki_sheet_cell(s, class, ACCIDENT_MINUTES));
}

/* ---- summary ------------------------------------------------------------------------ */

static const char *say(bool japanese, const char *en, const char *ja)
{
	return japanese ? ja : en;
}

static void row(FILE *out, const char *what, const char *text)
{
	fprintf(out, "| %s | ", what);
	seki_md_text(out, text);
	fputs(" |\n", out);
}

static void steps(const struct seki_sheet *s, const struct seki_incident *one, bool japanese,
		  FILE *out)
{
	static const char *const titles[SEKI_STEPS][2] = {
		[SEKI_STEP_PROMPT] = { "First report", "速報" },
		[SEKI_STEP_WRITTEN] = { "Written report", "書面報告" },
		[SEKI_STEP_QUARTERLY] = { "Quarterly report", "四半期報告" },
	};
	size_t class = seki_incident_class(s, one);
	char due_text[SEKI_UTC_TEXT], done_text[SEKI_UTC_TEXT];

	fprintf(out, "\n| %s | %s | %s |\n|---|---|---|\n", say(japanese, "Report", "報告"),
		say(japanese, "Due", "期限"), say(japanese, "Done", "実施"));
	for (enum seki_step step = 0; step < SEKI_STEPS; step++) {
		uint64_t due = seki_step_due(s, class, step, one->began, one->known);
		uint64_t done = done_at(one, step);

		if (!due)
			continue;
		seki_utc_text(due / NS, due_text);
		seki_utc_text(done / NS, done_text);
		fprintf(out, "| %s | %s%s | %s |\n", titles[step][japanese], due_text,
			step == SEKI_STEP_PROMPT ?
				say(japanese, " (at once)", "（知り得た後速やかに）") :
				"",
			done ? done_text : say(japanese, "not yet", "未実施"));
	}
}

static void course(const struct seki_incidents *all, const char *id, bool japanese, FILE *out)
{
	json_t *line;
	size_t i;

	fprintf(out, "\n## %s\n\n", say(japanese, "Course", "経過"));
	json_array_foreach(all->list, i, line) {
		if (strcmp(seki_field(line, "incident"), id) != 0)
			continue;
		fprintf(out, "- %s ", seki_field(line, "t"));
		seki_md_text(out, seki_field(line, "by"));
		fprintf(out, " (%s%s%s): ", seki_field(line, "act"),
			*seki_field(line, "done") ? ", " : "", seki_field(line, "done"));
		seki_md_text(out, seki_field(line, "text"));
		fputc('\n', out);
	}
}

void seki_incident_summary(const struct seki_sheet *s, const struct seki_incidents *all,
			   const char *id, uint64_t from, uint64_t to, bool japanese, FILE *out)
{
	struct seki_incident one;
	char a[SEKI_UTC_TEXT], b[SEKI_UTC_TEXT];
	size_t class;

	if (!seki_incident_find(all, id, &one))
		return;
	class = seki_incident_class(s, &one);
	seki_utc_text(from / NS, a);
	seki_utc_text(to / NS, b);
	fprintf(out, "# %s %s\n\n| | |\n|---|---|\n", say(japanese, "Accident", "事故"), id);
	row(out, say(japanese, "Class", "区分"),
	    seki_sheet_cell(s, class, japanese ? ACCIDENT_JA : ACCIDENT_EN));
	row(out, say(japanese, "Control item", "項目"), seki_sheet_cell(s, class, ACCIDENT_ITEM));
	row(out, say(japanese, "Began", "発生"), seki_field(one.open, "began"));
	row(out, say(japanese, "Known", "認知"), seki_field(one.open, "known"));
	row(out, say(japanese, "Closed", "終結"),
	    one.close ? seki_field(one.close, "t") : say(japanese, "open", "継続中"));
	fprintf(out, "| %s | %llu |\n",
		say(japanese, "Users affected, as entered", "影響利用者数（入力値）"),
		(unsigned long long)one.users);
	fprintf(out, "| %s | %llu |\n",
		say(japanese, "Minutes, as entered", "継続時間（分、入力値）"),
		(unsigned long long)one.minutes);
	fprintf(out, "| %s | %s – %s |\n", say(japanese, "Records of", "記録の対象期間"), a, b);
	steps(s, &one, japanese, out);
	course(all, id, japanese, out);
	fputs(say(japanese,
		  "\nThe records are in log/, as they were signed on the host:\n\n"
		  "    sekisho verify --part --key KEY log\n\n"
		  "KEY is the public key that was taken from the host before; log/keys is what the\n"
		  "host says it is. What the records show is in report-en.html, and digests of all\n"
		  "files in manifest.json. Texts and figures above were entered by people.\n",
		  "\n記録は log/ にホストで署名されたまま収録している。検証方法:\n\n"
		  "    sekisho verify --part --key KEY log\n\n"
		  "KEY は事前にホストから取得した公開鍵である（log/keys はホスト自身が示す鍵）。\n"
		  "記録の内容は report-ja.html、各ファイルのハッシュ値は manifest.json に示す。\n"
		  "上記の文章及び数値は人が入力したものである。\n"),
	      out);
}
