#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Alarms: to a command, an HTTP hook and syslog, within the notice time."""

import http.server
import json
import os
import threading
import time

from lib import Answering, Forwarder, Log, equal, main, note, test, wait_for
from rsyslog import Rsyslog

HIGH = {"class": "integrity", "act": "enforcement-lost", "sev": "high", "verdict": None}
BEAT = {"class": "heartbeat", "act": "alive", "verdict": None}


class Hook:
    def __init__(self):
        self.got, self.refuse = [], 0
        hook = self

        class Handler(Answering):
            def do_POST(self):
                body = json.loads(self.body())
                if hook.refuse:
                    hook.refuse -= 1
                    self.send_response(500)
                else:
                    hook.got.append(body)
                    self.send_response(204)
                self.end_headers()

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d/alarm" % server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def kinds(self):
        return [a["alarm"] for a in self.got]


def command(where):
    """Appends each alarm it gets to a file."""
    path = os.path.join(where, "tell")
    with open(path, "w", encoding="ascii") as f:
        f.write('#!/bin/sh\ncat >>"$1" && echo >>"$1"\n')
    os.chmod(path, 0o755)
    told = os.path.join(where, "told")

    def read():
        try:
            with open(told, encoding="utf-8") as f:
                return [json.loads(line) for line in f]
        except FileNotFoundError:
            return []

    return "  page: { command: [%s, %s] }\n" % (path, told), read


@test
def record_of_severity_high_is_told_by_all_three_ways(where):
    server, log, hook = Rsyslog(where), Log(where), Hook()
    hook.refuse = 1
    text, told = command(where)
    log.write(**HIGH)  # before the first start: past
    f = Forwarder(where, log, "  out: { type: stdout }\n", text +
                  "  hook: { http: '%s' }\n"
                  "  soc: { syslog: 'localhost:%d', tls: { ca: %s, cert: %s, key: %s } }\n" %
                  (hook.url, server.port, server.pem("ca.pem"), server.pem("client.pem"),
                   server.pem("client.key")))
    log.write(50)
    began = time.monotonic()
    log.write(**HIGH)
    wait_for("the hook", lambda: hook.got)
    wait_for("the command", told)
    wait_for("syslog", lambda: os.path.exists(os.path.join(where, "received")))
    note("told within %.1f s" % (time.monotonic() - began))
    for alarm in (hook.got[0], told()[0]):
        equal(("record", "enforcement-lost", log.ids[-1]),
              (alarm["alarm"], alarm["what"], alarm["record"]["id"]))
    with open(os.path.join(where, "received"), encoding="utf-8") as received:
        equal(True, '"what":"enforcement-lost"' in received.read(), "syslog")
    time.sleep(1)
    equal((1, 1), (len(hook.got), len(told())), "a refusal or the past is no alarm")
    f.stop()


@test
def silence_and_its_end_are_told(where):
    log, hook = Log(where), Hook()
    f = Forwarder(where, log, "  out: { type: stdout }\n", "  hook: { http: '%s' }\n" % hook.url,
                  more="silence: 2")
    for _ in range(6):
        log.write(**BEAT)
        time.sleep(0.5)
    equal([], hook.got, "no alarm while it beats")
    wait_for("the alarm", lambda: hook.got, 10)
    equal("silence", hook.got[0]["alarm"])
    log.write(**BEAT)
    wait_for("its end", lambda: len(hook.got) == 2, 10)
    equal(True, "are back" in hook.got[1]["what"], hook.got[1])
    f.stop()


@test
def clock_stop_and_new_policy_are_told(where):
    log, hook = Log(where), Hook()
    f = Forwarder(where, log, "  out: { type: stdout }\n", "  hook: { http: '%s' }\n" % hook.url)
    log.write(**BEAT, ntp={"sync": True})
    log.write(**BEAT, ntp={"sync": False})
    log.write(**BEAT, ntp={"sync": False})
    log.write(**BEAT, ntp={"sync": True})
    log.write(**{"class": "lifecycle", "act": "collector stops", "verdict": None})
    log.write(**{"class": "lifecycle", "act": "policy changes", "verdict": None})
    log.write(**{"class": "lifecycle", "act": "log file begins", "verdict": None})
    wait_for("four alarms", lambda: len(hook.got) >= 4)
    time.sleep(0.7)
    equal(["clock", "clock", "record", "record"], hook.kinds())
    f.stop()


@test
def records_that_can_not_leave_are_told(where):
    log, hook = Log(where), Hook()
    f = Forwarder(where, log, "  copy: { type: file, to: %s/no/copy }\n" % where,
                  "  hook: { http: '%s' }\n" % hook.url, more="backlog: 1")
    log.write()
    wait_for("the alarm", lambda: hook.got, 10)
    equal(("backlog", "records can't leave the host by sink copy"),
          (hook.got[0]["alarm"], hook.got[0]["what"]))
    os.makedirs(os.path.join(where, "no"))
    wait_for("its end", lambda: len(hook.got) == 2, 20)
    f.stop()


@test
def flood_is_told_as_a_number(where):
    log, hook = Log(where), Hook()
    f = Forwarder(where, log, "  out: { type: stdout }\n", "  hook: { http: '%s' }\n" % hook.url)
    log.write(500, **HIGH)
    wait_for("the first", lambda: len(hook.got) == 10)
    time.sleep(1)
    equal(10, len(hook.got), "told one by one")
    equal(500, f.status()["alarms_raised"], "raised")
    f.stop()


@test
def alarms_of_the_time_between_two_runs_are_told(where):
    log, hook = Log(where), Hook()
    f = Forwarder(where, log, "  out: { type: stdout }\n", "  hook: { http: '%s' }\n" % hook.url)
    log.write(**HIGH)
    wait_for("the first", lambda: hook.got)
    f.stop()
    log.write(**HIGH)
    f.start()
    wait_for("the second", lambda: len(hook.got) == 2)
    equal(log.ids[-1], hook.got[1]["record"]["id"])
    f.stop()


@test
def command_that_fails_is_tried_again_and_shown(where):
    log = Log(where)
    log.write()
    f = Forwarder(where, log, "  out: { type: stdout }\n",
                  "  bad: { command: [/bin/false] }\n  none: { command: [/no/such] }\n")
    log.write(**HIGH)

    def states():
        return {a["name"]: a["state"] for a in (f.status() or {"alarms": []})["alarms"]}

    wait_for("the reasons", lambda: "exit status 1" in states()["bad"] and
             "No such file" in states()["none"])
    f.stop()


if __name__ == "__main__":
    main()
