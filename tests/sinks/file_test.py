#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sinks file and stdout: nothing lost, nothing twice, whatever ends the forwarder."""

import json
import os
import random
import subprocess
import time

from lib import FORWARD, TABLES, Forwarder, Log, equal, main, test, wait_for


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as f:
        return f.read().splitlines()


@test
def file_holds_the_log_exactly_after_kills(where):
    log, copy = Log(where), os.path.join(where, "copy.jsonl")
    f = Forwarder(where, log, "  copy: { type: file, to: %s }\n" % copy)
    for _ in range(5):
        log.write(3000)
        time.sleep(random.uniform(0, 0.4))
        f.kill()
        log.write(500)
        f.start()
    f.await_certain("copy", log.count)
    f.stop()
    equal(log.ids, [json.loads(line)["id"] for line in lines(copy)], "ids")
    with open(os.path.join(log.dir, "records.000000000000.jsonl"), encoding="utf-8") as original:
        equal(original.read().splitlines(), lines(copy), "native form is the record itself")


@test
def stdout_goes_into_a_pipe(where):
    log = Log(where)
    log.write(100)
    f = Forwarder(where, log, "  out: { type: stdout }\n")
    f.await_certain("out", 100)
    f.stop()
    equal(log.ids, [json.loads(line)["id"] for line in lines(os.path.join(where, "stdout"))])


@test
def full_disk_is_waited_for(where):
    log = Log(where)
    f = Forwarder(where, log, "  full: { type: file, to: /dev/full }\n")
    log.write(3)
    wait_for("a reason", lambda: "not a plain file" in f.sink("full").get("state", ""))
    equal(3, f.sink("full")["backlog"], "backlog")
    f.stop()


@test
def backlog_is_told_and_a_damaged_cursor_is_not_guessed(where):
    log, copy = Log(where), os.path.join(where, "no/such/copy")
    log.write(7)
    f = Forwarder(where, log, "  copy: { type: file, to: %s }\n" % copy)
    wait_for("the reason", lambda: "No such file" in f.sink("copy").get("state", ""))
    equal(7, f.sink("copy")["backlog"], "backlog")
    os.makedirs(os.path.dirname(copy))
    f.await_certain("copy", 7)
    equal(0, f.sink("copy")["backlog"], "backlog afterwards")
    f.stop()
    with open(os.path.join(f.state, "copy.cursor"), "a", encoding="ascii") as cursor:
        cursor.write("x")
    bad = subprocess.run([FORWARD, "--controls", TABLES, "-c", f.config, "--state", f.state, "--run", f.run],
                         capture_output=True, text=True, timeout=30, check=False)
    equal(1, bad.returncode, "exit status")
    equal(True, "not a cursor" in bad.stderr, bad.stderr)


@test
def sinks_do_not_wait_for_each_other(where):
    log, copy = Log(where), os.path.join(where, "copy")
    log.write(50)
    f = Forwarder(where, log, "  a: { type: file, to: /no/such/dir/f }\n"
                              "  b: { type: file, to: %s, format: ocsf }\n" % copy)
    f.await_certain("b", 50)
    equal(50, f.sink("a")["backlog"], "backlog of the other")
    equal(1001, json.loads(lines(copy)[0])["class_uid"], "OCSF class")
    f.stop()


@test
def wrong_configuration_is_one_clear_diagnostic(where):
    config = os.path.join(where, "f.yaml")
    rows = [
        ("sekisho-forward: 1\nsinks:\n  a: { type: sylog, to: 'h:1' }\n", "f.yaml:3:14: error"),
        ("sekisho-forward: 1\nsinks:\n  a: { type: file, to: relative }\n", "needs 'to: the path"),
        ("sekisho-forward: 1\nsinks:\n  a: { type: file, too: /x }\n", "is 'to' meant?"),
        ("sekisho-forward: 1\nsinks:\n  a: { type: otlp, to: 'http://x/' }\n", "https://"),
        ("sekisho-forward: 2\n", "the form this program knows"),
        ("sinks: {}\n", "begin with 'sekisho-forward: 1'"),
        ("sekisho-forward: 1\npattern: 5\n", "1 to 4"),
    ]
    for text, want in rows:
        with open(config, "w", encoding="ascii") as f:
            f.write(text)
        got = subprocess.run([FORWARD, "-c", config, "--check"], capture_output=True, text=True,
                             timeout=30, check=False)
        equal(1, got.returncode, text)
        equal(True, want in got.stderr, "%s in %s" % (want, got.stderr))


@test
def weaker_than_the_service_pattern_is_a_finding(where):
    config = os.path.join(where, "f.yaml")
    rows = [
        ("pattern: 1\nsilence: 130\nbacklog: 150\n", []),
        ("pattern: 1\nsilence: 131\n", ["silence: 131 s; service pattern 1 gives 130 s"]),
        ("pattern: 2\nsilence: 610\nbacklog: 301\n", ["backlog: 301 s; service pattern 2 gives 300 s"]),
        ("pattern: 4\nsilence: 3610\nbacklog: 900\n", []),
    ]
    for text, want in rows:
        with open(config, "w", encoding="ascii") as f:
            f.write("sekisho-forward: 1\n" + text)
        got = subprocess.run([FORWARD, "--controls", TABLES, "-c", config, "--check"],
                             capture_output=True, text=True, timeout=30, check=False)
        equal(0, got.returncode, got.stderr)
        equal(len(want), got.stderr.count("service pattern"), text)
        equal(True, all(w in got.stderr for w in want), got.stderr)
    log = Log(where)
    f = Forwarder(where, log, "  out: { type: stdout }\n", more="pattern: 1\nbacklog: 151")
    equal(1, len(f.status()["problems"]), "problems")
    equal(True, "MIC3-" in f.status()["problems"][0], "names the items")
    f.stop()


if __name__ == "__main__":
    main()
