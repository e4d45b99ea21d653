/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judge.h - from the sums of a window to a verdict per control item.
 *
 * Which records, posture items and statements an item has, and how it is judged
 * (its form), is data: sekisho.controls(5).  Here is what each form asks.
 */
#ifndef SEKI_REPORT_JUDGE_H
#define SEKI_REPORT_JUDGE_H

#include <jansson.h>

#include "userspace/controls/catalogue.h"
#include "userspace/report/sums.h"

/* From good to bad, then what cannot be judged. */
enum seki_judgement {
	SEKI_MET,
	SEKI_PARTLY,
	SEKI_NOT_MET,
	SEKI_NOT_OBSERVABLE,
	SEKI_SUPPORTING, /* the host gives a part; people judge */
	SEKI_OUTSIDE,	 /* of the host's reach */
	SEKI_JUDGEMENTS
};
const char *seki_judgement_word(enum seki_judgement j);

/* X(NAME, "word", English, Japanese): %1 and %2 are numbers, %3 a text. */
#define SEKI_WHY_LIST(X)                                                                                                        \
	X(NO_RECORDS, "no-records", "No record lies in this window.", "期間内に記録がない。")                                   \
	X(NOT_GIVEN, "not-given", "This version has no evidence for it: %3",                                                    \
	  "この版には証拠がない。%3")                                                                                           \
	X(NO_POLICY, "no-policy", "No sign of life in the window tells of a policy in force.",                                  \
	  "有効なポリシーを示す生存の記録が期間内にない。")                                                                     \
	X(AUDIT_ONLY, "audit", "The mode was audit: acts were recorded, none was refused.",                                     \
	  "監査モードであり、行為は記録されたが拒否されていない。")                                                             \
	X(PASSED, "passed", "%1 acts passed that the policy does not allow.",                                                   \
	  "ポリシーが許さない行為 %1 件が通った。")                                                                             \
	X(NO_ACT, "no-act",                                                                                                     \
	  "The protection was in force at %1 signs of life, but no act of this kind was refused "                               \
	  "in the window, so refusal is not shown here.",                                                                       \
	  "生存の記録 %1 件で保護は有効であったが、該当する行為の拒否が期間内にないため、" \
	  "拒否の実績は示されない。")                                                                                           \
	X(REFUSED, "refused",                                                                                                   \
	  "%1 acts were refused and recorded; the protection was in force at "                                                  \
	  "%2 of its signs of life.",                                                                                           \
	  "%1 件の行為が拒否され記録された。保護が有効である旨の生存の記録は %2 件。")                                          \
	X(PROBED, "probed",                                                                                                     \
	  "%1 of these acts are tries of sekisho selftest, which all have to be refused.",                                      \
	  "うち %1 件は sekisho selftest による試行であり、すべて拒否されなければならない。")                                   \
	X(NO_SUCH_RECORD, "no-such-record",                                                                                     \
	  "No record of this kind lies in the window: nothing happened that leaves one.",                                       \
	  "該当する記録が期間内にない（記録を残す事象がなかった）。")                                                           \
	X(RECORDED, "recorded", "%1 records of this kind lie in the window.",                                                   \
	  "該当する記録が期間内に %1 件ある。")                                                                                 \
	X(GAP, "gap", "%3", "%3")                                                                                               \
	X(LOSSES, "lost", "%1 records were lost; their number and cause are recorded.",                                         \
	  "%1 件の記録が失われた（件数と原因は記録されている）。")                                                              \
	X(UNEXPLAINED, "lost-unexplained", "%1 records were lost and nothing tells why.",                                       \
	  "%1 件の記録が原因不明で失われた。")                                                                                  \
	X(DISK, "lost-by-disk", "%1 records were lost by a failing disk.",                                                      \
	  "記憶装置の障害により %1 件の記録が失われた。")                                                                       \
	X(MALFORMED, "malformed", "%1 lines are no records.",                                                                   \
	  "記録として読めない行が %1 件ある。")                                                                                 \
	X(NEWER, "newer", "%1 records are of a newer version and were not looked at.",                                          \
	  "新しい版の記録 %1 件は判定していない。")                                                                             \
	X(UNPILED, "too-many-kinds", "%1 records were of too many kinds to be counted.",                                        \
	  "種類が多すぎるため %1 件を集計していない。")                                                                         \
	X(NO_BEATS, "no-heartbeat", "No heartbeat lies in the window.",                                                         \
	  "期間内に生存の記録（ハートビート）がない。")                                                                         \
	X(BEATS, "heartbeats", "%1 heartbeats; the canary was refused at %2 of them.",                                          \
	  "ハートビート %1 件、うちカナリアの拒否を確認したもの %2 件。")                                                       \
	X(DEVIATION, "pattern-deviation", "%3: %1; the service pattern asks for %2.",                                           \
	  "%3: %1（サービスパターンの値は %2）。")                                                                              \
	X(OTHER_PATTERN, "other-pattern",                                                                                       \
	  "A host was set to service pattern %1; this report judges by pattern %2.",                                            \
	  "ホストの設定はサービスパターン %1 であるが、本報告はパターン %2 により判定した。")                                   \
	X(NO_KEY, "not-verified",                                                                                               \
	  "The log was not verified: no public key was given (--key), or only files of records.",                               \
	  "公開鍵が与えられていない（--key）、又は記録ファイルのみのため、ログを検証していない。")                              \
	X(WRONG, "wrong", "%1 things in the log are not what was signed.",                                                      \
	  "署名内容と一致しない点が %1 件ある。")                                                                               \
	X(UNSIGNED, "unsigned", "%1 records are behind the last signed checkpoint.",                                            \
	  "最後の署名済みチェックポイントより後の記録が %1 件ある。")                                                           \
	X(VERIFIED, "verified", "%1 records verify against %2 signed checkpoints.",                                             \
	  "%1 件の記録が署名済みチェックポイント %2 個と一致した。")                                                            \
	X(NO_POSTURE, "no-posture", "The state of the host was not given (--posture).",                                         \
	  "ホストの状態が与えられていない（--posture）。")                                                                      \
	X(POSTURE_BAD, "posture-bad", "Bad: %3.", "不良: %3。")                                                                 \
	X(POSTURE_WEAK, "posture-weak", "Weak: %3.", "弱い: %3。")                                                              \
	X(POSTURE_UNSEEN, "posture-unseen", "Not to be seen: %3.", "確認できない: %3。")                                        \
	X(POSTURE_GOOD, "posture-good", "%1 posture items are good or do not apply.",                                           \
	  "姿勢項目 %1 件が良好又は非該当である。")                                                                             \
	X(BASELINE_SAME, "baseline-same", "Nothing that the baseline holds for it changed, %3.",                                \
	  "基準に含まれる該当部分に変更はない（%3）。")                                                                         \
	X(BASELINE_CHANGED, "baseline-changed",                                                                                 \
	  "%1 changes since the baseline, and no work under a ticket in between: %3.",                                          \
	  "基準からの変更が %1 件あり、その間に変更票に基づく作業の記録がない: %3。")                                           \
	X(BASELINE_TICKET, "baseline-changed-under-ticket",                                                                     \
	  "%1 changes since the baseline, with work under a ticket in between: %3.",                                            \
	  "基準からの変更が %1 件あり、その間に変更票に基づく作業の記録がある: %3。")                                           \
	X(BASELINE_UNSEEN, "baseline-not-compared", "Not compared with the baseline: %3.",                                      \
	  "基準と比較できない部分: %3。")                                                                                       \
	X(NO_CLOCK, "no-clock", "No heartbeat tells the state of the clock.",                                                   \
	  "時刻の状態を示すハートビートがない。")                                                                               \
	X(SYNCED, "clock-synchronised", "The clock was synchronised at %1 of %2 heartbeats.",                                   \
	  "ハートビート %2 件のうち %1 件で時刻が同期していた。")                                                               \
	X(CLOCK_SET, "clock-set", "The clock was set %1 times.", "時刻が %1 回設定された。")                                    \
	X(CLOCK_FOREIGN, "clock-set-by-another",                                                                                \
	  "%1 times a program that is not the time daemon set the clock.",                                                      \
	  "時刻デーモン以外のプログラムが %1 回時刻を設定した。")                                                               \
	X(POLICY_UNEXPLAINED, "policy-unexplained",                                                                             \
	  "%1 policies came into force without a record of their load.",                                                        \
	  "適用の記録がないポリシーが %1 件有効になった。")                                                                     \
	X(NO_SESSION, "no-session", "No operator came in the window.",                                                          \
	  "期間内に運用者の作業がない。")                                                                                       \
	X(NAMELESS, "nameless", "%1 acts of operators belong to no session.",                                                   \
	  "セッションに属さない運用者の行為が %1 件ある。")                                                                     \
	X(LACKING, "lacking", "%1 of %2 sessions lack their start, person, place or programs.",                                 \
	  "%2 セッションのうち %1 件で開始・人・場所・プログラムのいずれかを欠く。")                                            \
	X(SESSIONS, "sessions", "%1 sessions, each with start, person, place and programs.",                                    \
	  "開始・人・場所・プログラムのそろったセッションが %1 件ある。")                                                       \
	X(MADE, "made", "This report was made from %1 records.",                                                                \
	  "%1 件の記録から本報告を作成した。")

#define X(name, word, en, ja) SEKI_WHY_##name,
enum seki_why { SEKI_WHY_LIST(X) SEKI_WHYS };
#undef X

struct seki_cause {
	enum seki_why why;
	uint64_t a, b;
	size_t gaps[3];	  /* numbers of gaps, with GAP */
	size_t gap_count; /* all of them; the first three stand in .gaps */
	char text[600];
};

#define SEKI_CAUSES 14
struct seki_opinion {
	size_t row; /* of the items */
	enum seki_role role;
	enum seki_judgement judgement;
	struct seki_cause reason[SEKI_CAUSES];
	unsigned int reasons;
	uint64_t out[SEKI_OUTS]; /* records of its rules, by outcome */
	uint64_t records, first, last, probes;
	const struct seki_example *example[3];
	unsigned int examples;
};

struct seki_case {
	const struct seki_catalogue *c;
	const struct seki_sums *s;
	const json_t *posture; /* what "sekisho posture --json" printed, or NULL */
	bool japanese;
	unsigned int pattern;	/* service pattern 1 to 4; 0: none was named */
	const json_t *baseline; /* what "sekisho baseline compare --json" printed, or NULL */
};

void seki_judge(const struct seki_case *k, size_t row, struct seki_opinion *ret);
/* The reason in words of the language of the case. */
void seki_reason_text(const struct seki_case *k, const struct seki_cause *r, char *ret,
		      size_t size);
const char *seki_reason_word(const struct seki_cause *r);
const char *seki_gap_title(enum seki_gap_kind kind, bool japanese);
/* Records of one rule. */
uint64_t seki_rule_count(const struct seki_sums *s, size_t rule);
/* RFC 3339 with the offset of the first record; exact: with nanoseconds. */
void seki_when_text(const struct seki_sums *s, uint64_t ns, bool exact, char ret[48]);
/* NULL: not in it. */
const char *seki_posture_state_of(const json_t *posture, const char *id, size_t len);

#endif /* SEKI_REPORT_JUDGE_H */
