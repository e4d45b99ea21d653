#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The index and the questions to it, and a session told in two languages."""

import json
import os
import subprocess

from lib import Log, equal, main, test

SEKISHO = os.path.abspath(os.environ.get("SEKISHO", "build/san/sekisho"))


def sekisho(*words, fails=0):
    got = subprocess.run([SEKISHO, *words], capture_output=True, text=True, timeout=60,
                         check=False, env={**os.environ, "TZ": "UTC"})
    equal(fails, got.returncode, got.stderr)
    return got.stderr if fails else got.stdout


class Story(Log):
    """Two persons; oper tries the register by two ways and reaches a key."""

    def __init__(self, where):
        super().__init__(where)
        self.index = os.path.join(where, "index.sqlite")
        who = {"mark": True, "session": "45c65f77a", "auid": 1000, "name": "oper", "asid": 3,
               "uid": 0, "user": "root", "tty": "pts/0", "from": "10.0.2.2", "service": "sshd"}
        other = dict(who, session="77", auid=1001, name="other", asid=4)
        none = {"verdict": None, "access": None, "hook": None, "obj": None}
        self.write(bt=10, who=who, t="2026-11-21T02:00:00.000000000+00:00",
                   **{"class": "session", "act": "operator session begins"}, **none)
        # a refusal comes before the program that it was told to
        self.write(bt=30, who=who, t="2026-11-21T02:00:20.000000000+00:00",
                   rule={"n": 7, "line": 12, "text": "deny: all, on: hlr.data"})
        self.write(bt=20, who=who, t="2026-11-21T02:00:10.000000000+00:00",
                   exec={"path": "/usr/bin/cat", "redacted": True,
                         "argv": ["cat", "--password=***", "a b"]},
                   **{"class": "exec", "act": "start a program"}, **none)
        self.write(bt=40, who=who, verdict="allowed", err=None, ticket="CHG-42",
                   t="2026-11-21T02:01:00.000000000+00:00",
                   obj={"label": "hlr.keys", "path": "/etc/osmocom/keys/a\x1b[31m"})
        self.write(bt=50, who=other, t="2026-11-21T03:00:00.000000000+00:00",
                   obj={"label": "msc.data", "path": "/var/lib/msc/x"},
                   controls=["IPA-DAT-01"])

    def ask(self, *words, **more):
        return sekisho("query", "--log", self.dir, "--index", self.index, *words, **more)

    def numbers(self, *words):
        return [json.loads(line)["id"].split(":")[2]
                for line in self.ask("--json", *words).splitlines()]


@test
def every_question_finds_its_records_only(where):
    log = Story(where)
    rows = [
        ([], "01234"), (["--person", "oper"], "0123"), (["--person", "1001"], "4"),
        (["--session", "45c65f77a"], "0123"), (["--session", "4"], "4"),
        (["--asset", "hlr"], "13"), (["--asset", "hlr.data"], "1"), (["--asset", "hl"], ""),
        (["--asset", "/etc/osmocom"], "3"), (["--asset", "/etc/osmo"], ""),
        (["--verdict", "denied"], "14"), (["--verdict", "allowed"], "3"),
        (["--class", "exec"], "2"), (["--rule", "12"], "1"), (["--rule", "on: hlr"], "1"),
        (["--ticket", "CHG-42"], "3"), (["--control", "IPA-DAT-01"], "4"),
        (["--control", "IPA-OPS-05"], "0123"),
        (["--from", "2026-11-21T02:01:00Z"], "34"), (["--to", "2026-11-21T02:00:10Z"], "02"),
        (["--person", "oper", "--verdict", "denied", "--asset", "hlr"], "1"),
        (["--limit", "2"], "34"), (["--person", "' OR 1=1 --"], ""),
    ]
    for words, want in rows:
        equal(list(want), log.numbers(*words), " ".join(words))
        equal("%d\n" % len(want), log.ask("--count", *words), "count of " + " ".join(words))


@test
def answer_is_the_record_as_the_log_has_it(where):
    log = Story(where)
    with open(os.path.join(log.dir, "records.000000000000.jsonl"), encoding="utf-8") as f:
        equal(f.read(), log.ask("--json"))
    text = log.ask("--verdict", "denied", "--person", "oper")
    equal(True, "oper@10.0.2.2" in text and "(hlr.data)" in text and "line 12" in text, text)


@test
def index_grows_and_is_thrown_away_at_will(where):
    log = Story(where)
    equal("5\n", log.ask("--count"))
    log.write(3)
    equal("8\n", log.ask("--count"), "after three more")
    equal("8\n", log.ask("--count", "--rebuild"), "made anew")
    with open(log.index, "wb") as f:
        f.write(b"no database at all" * 100)
    equal("8\n", log.ask("--count"), "damaged")
    os.unlink(log.index)
    equal("8\n", log.ask("--count"), "removed")
    other = os.path.join(where, "other")
    os.mkdir(other)
    second = Log(other)
    second.count = 90
    second.write(2)
    equal("2\n", sekisho("query", "--log", second.dir, "--index", log.index, "--count"),
          "another log with the same index")


@test
def answer_never_comes_from_the_index_alone(where):
    """Who alters the index gets an error, not a changed answer."""
    import sqlite3
    log = Story(where)
    log.ask("--count")
    with sqlite3.connect(log.index) as db:
        db.execute("UPDATE records SET name = 'angel' WHERE name = 'oper'")
        db.execute("UPDATE records SET id = 'x' WHERE n = 4")
    equal(True, "oper" in log.ask("--person", "angel"), "the log's text is shown")
    equal(True, "--rebuild" in log.ask("--person", "other", fails=1), "other record")
    equal([], log.numbers("--person", "angel", "--rebuild"), "made anew")


@test
def session_is_told_in_english_and_japanese(where):
    log = Story(where)
    base = ["session", "--log", log.dir, "--index", log.index]
    english = sekisho(*base, "45c65f77a")
    equal("""Session     45c65f77a
Person      oper (login uid 1000)
From        10.0.2.2, by sshd
Terminal    pts/0
Ticket said CHG-42
Time        2026-11-21T02:00:00 - 2026-11-21T02:01:00 (60 seconds)

  02:00:00  session begins  #0
  02:00:10  ran cat '--password=***' 'a b'  (/usr/bin/cat, as root, secrets hidden)  #2
  02:00:20  REFUSED  open for reading /var/lib/osmocom/加入者 1 (hlr.data)  EPERM\
  deny: all, on: hlr.data  <- cat[226]  #1
  02:01:00  reached  open for reading /etc/osmocom/keys/a\\u{001b}[31m (hlr.keys)\
  [CHG-42]  <- cat[226]  #3

In all      1 commands, 1 refused, 1 reached
End         no record tells it; the last act was at 2026-11-21T02:01:00
""", english)
    japanese = sekisho(*base, "--lang", "ja", "3")
    for want in ("操作者      oper", "接続元      10.0.2.2", "申告の票番号 CHG-42", "実行 cat",
                 "拒否  open for", "集計        1件のコマンド、1件の拒否、1件の到達", "終了の記録なし"):
        equal(True, want in japanese, "%s in %s" % (want, japanese))
    whole = json.loads(sekisho(*base, "--json", "45c65f77a"))
    equal((1, 1, 1, "oper"), (whole["commands"], whole["denied"], whole["allowed"],
                              whole["person"]))
    equal(True, "--class session" in sekisho(*base, "nobody", fails=1))


@test
def wrong_options_are_told(where):
    log = Story(where)
    for words in (["--from", "yesterday"], ["--limit", "x"], ["more"]):
        log.ask(*words, fails=2)
    equal(True, "No such file" in sekisho("query", "--log", "/no/such", "--index", log.index,
                                          fails=1))


if __name__ == "__main__":
    main()
