#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What "sekisho status" makes of answers: of the forwarder's, and of counters."""

import json
import os
import socket
import subprocess
import tempfile
import threading

from lib import Forwarder, Log, equal, main, test, wait_for

POLICY = "tests/golden/session/register.yaml"
SEKISHO = os.path.abspath(os.environ.get("SEKISHO", "build/san/sekisho"))


def collector(where, answers=None):
    """One that has no problem, and what else it is to answer."""
    path = os.path.join(where, "collector")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()

    def serve():
        while True:
            caller, _ = listener.accept()
            asked = caller.recv(100).decode().strip()
            answer = (answers or {}).get(asked, {"problems": [], "pid": 1})
            caller.sendall(json.dumps(answer).encode() + b"\n")
            caller.close()

    threading.Thread(target=serve, daemon=True).start()
    return path


@test
def sinks_and_their_trouble_are_shown(where):
    log, copies = Log(where), os.path.join(where, "copies")
    log.write(4)
    f = Forwarder(where, log, "  copy: { type: file, to: %s/c }\n" % copies)
    wait_for("the reason", lambda: "No such file" in f.sink("copy").get("state", ""))
    ask = [SEKISHO, "status", "--socket", collector(where), "--forward",
           os.path.join(where, "run", "control")]

    def status(*more):
        return subprocess.run([*ask, *more], capture_output=True, text=True, timeout=30,
                              check=False)

    got = status()
    equal(1, got.returncode, got.stderr)
    equal(True, "No such file" in got.stdout and "4 of 4 records wait" in got.stdout, got.stdout)
    os.mkdir(copies)
    f.await_certain("copy", 4)
    got = status("--json")
    equal(0, got.returncode, got.stdout)
    equal(4, json.loads(got.stdout)["forward"]["sinks"][0]["next"])
    f.stop()
    got = status()
    equal(0, got.returncode, "no forwarder is nothing wrong")
    equal(False, "forward" in got.stdout, got.stdout)


def bundle(where):
    path = os.path.join(where, "policy.bundle")
    subprocess.run([SEKISHO, "compile", "--offline", POLICY, "-o", path], check=True,
                   capture_output=True)
    shown = subprocess.run([SEKISHO, "show", path], check=True, capture_output=True, text=True)
    rules = shown.stdout.split("\nrules\n")[1].strip().split("\n")
    return path, shown.stdout.split()[1], rules


def hit(**row):
    return {"allowed": 0, "denied": 0, "would_deny": 0,
            "last": "2026-11-21T02:49:59.894084510+00:00", **row}


def counted(digest, rules):
    """Two pages: a label, the first rule and the last."""
    head = {"name": "register", "version": 3, "digest": digest, "generation": 2, "rows": 2048,
            "since": "2026-11-20T00:00:00.000000000+00:00"}
    return {"rules 0": {**head, "hits": [hit(label="hlr.data", denied=7), hit(rule=1, allowed=4)],
                        "next": 4099},
            "rules 4099": {**head, "hits": [hit(rule=rules, denied=1, would_deny=2)]}}


@test
def rules_are_counted_beside_their_words(where):
    words, digest, rules = bundle(where)
    ask = [SEKISHO, "status", "--rules", "--bundle", words, "--socket",
           collector(where, counted(digest, len(rules)))]
    got = subprocess.run(ask, capture_output=True, text=True, timeout=30, check=True).stdout
    lines = [line.split() for line in got.split("\n")]
    last = ["0", "1", "2", "2026-11-21T02:49:59+00:00",
            "register.yaml:21:", "deny", "hlr", "to", "delete,", "link", "on", "hlr.data"]
    equal(True, last in lines, got)
    never = ["-", "-", "-", "never", "register.yaml:20:", "allow", "backup", "to", "inspect",
             "on", "hlr.process"]
    equal(True, never in lines, got)
    equal(True, ["0", "7", "0", "2026-11-21T02:49:59+00:00", "hlr.data"] in lines, got)
    got = json.loads(subprocess.run([*ask, "--json"], capture_output=True, timeout=30,
                                    check=True).stdout)
    equal(list(range(1, len(rules) + 1)), [row["rule"] for row in got["rules"]])
    equal(4, got["rules"][0]["allowed"])
    equal((21, 2), (got["rules"][-1]["line"], got["rules"][-1]["would_deny"]))
    equal(["hlr.data"], [row["label"] for row in got["labels"]])


@test
def words_of_another_policy_are_not_used(where):
    words, _, rules = bundle(where)
    got = subprocess.run([SEKISHO, "status", "--rules", "--bundle", words, "--socket",
                          collector(where, counted("0" * 64, len(rules)))],
                         capture_output=True, text=True, timeout=30, check=True)
    equal(True, "is not the policy in force" in got.stderr, got.stderr)
    equal(True, "rule %u\n" % len(rules) in got.stdout, got.stdout)
    equal(False, "never" in got.stdout or "backup" in got.stdout, got.stdout)


@test
def the_loaded_policy_is_shown_if_the_kernel_confirms_it(where):
    words, digest, _ = bundle(where)

    def show(answer, *more):
        directory = tempfile.mkdtemp(dir=where)
        return subprocess.run([SEKISHO, "show", "--policy", "--socket",
                               collector(directory, {"status": answer}), *more],
                              capture_output=True, text=True, timeout=30, check=False)

    got = show({"policy": {"digest": digest}}, "--loaded", words)
    equal((0, ""), (got.returncode, got.stderr))
    again = os.path.join(where, "again.yaml")
    with open(again, "w", encoding="utf-8") as f:
        f.write(got.stdout)
    got = subprocess.run([SEKISHO, "diff", words, again], capture_output=True, text=True,
                         timeout=30, check=False)
    equal(0, got.returncode, got.stdout + got.stderr)
    got = show({"policy": {"digest": "0" * 64}}, "--loaded", words)
    equal((1, ""), (got.returncode, got.stdout))
    equal(True, "the policy in the kernel " + "0" * 64 in got.stderr, got.stderr)
    got = show({}, "--loaded", words)
    equal((1, ""), (got.returncode, got.stdout), got.stderr)
    got = subprocess.run([SEKISHO, "show", "--socket", os.path.join(where, "none"), "--loaded",
                          words], capture_output=True, text=True, timeout=30, check=False)
    equal((3, ""), (got.returncode, got.stdout), got.stderr)


if __name__ == "__main__":
    main()
