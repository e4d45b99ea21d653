#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""RFC 5424 over TLS to a real rsyslogd, with both of its TLS drivers."""

import json
import os
import re
import time

from lib import CUT, Cable, Forwarder, Log, end, equal, main, note, test, wait_for
from rsyslog import Rsyslog

def check(log, server):
    """Nothing lost; in order once repetitions are taken out."""
    wait_for("all records", lambda: set(log.ids) <= set(server.received()))
    got = server.received()
    equal(log.ids, list(dict.fromkeys(got)), "ids in order")
    note("%d records, %d arrivals" % (len(log.ids), len(got)))
    return len(got)


@test
def link_that_is_cut_for_a_while_loses_nothing(where):
    server, log = Rsyslog(where), Log(where)
    cable = Cable(server.port)
    f = Forwarder(where, log, server.sink(cable.port))
    log.write(300)
    f.await_certain("siem", 300)
    log.write(700)
    time.sleep(0.1)
    cable.cut()
    began = time.monotonic()
    while time.monotonic() - began < CUT:
        log.write(50)
        time.sleep(0.2)
    equal(True, f.sink("siem")["backlog"] > 0, "there is a backlog")
    cable.drop()
    cable.mend()
    log.write(100)
    f.await_certain("siem", log.count, CUT + 60)
    check(log, server)
    f.stop()


@test
def connections_reset_under_load_lose_nothing(where):
    server, log = Rsyslog(where), Log(where)
    cable = Cable(server.port)
    f = Forwarder(where, log, server.sink(cable.port))
    for _ in range(6):
        log.write(400)
        time.sleep(0.25)
        cable.drop()
    f.await_certain("siem", log.count)
    equal(True, f.sink("siem")["errors"] > 0, "connections broke")
    check(log, server)
    f.stop()


@test
def receiver_that_restarts_loses_nothing(where):
    server, log = Rsyslog(where, "ossl"), Log(where)
    f = Forwarder(where, log, server.sink(server.port))
    for _ in range(2):
        log.write(500)
        time.sleep(0.3)
        end(server.process)
        log.write(500)
        server.start()
    f.await_certain("siem", log.count)
    check(log, server)
    f.stop()


@test
def messages_are_rfc_5424(where):
    server, log = Rsyslog(where), Log(where)
    f = Forwarder(where, log, server.sink(server.port))
    log.write()
    log.write(**{"class": "heartbeat", "act": "alive", "verdict": None, "clock": "unsync"})
    log.write(**{"class": "integrity", "act": "enforcement-lost", "sev": "high",
                 "verdict": None, "t": "2026-11-21T11:49:59.123456789+09:00"})
    f.await_certain("siem", 3)
    check(log, server)
    f.stop()
    with open(os.path.join(where, "parts"), encoding="utf-8") as parts:
        rows = [line.rstrip("\n").split("|") for line in parts if "sekisho" in line]
    equal(["log audit.warning", "log audit.info", "log audit.crit"],
          [priority(int(r[0])) for r in rows], "priorities")
    equal(["access", "heartbeat", "integrity"], [r[4] for r in rows], "MSGID")
    equal("2026-11-21T11:49:59.123456+09:00", rows[2][1], "time, six digits of a second")
    equal('[meta sequenceId="2"][origin software="sekisho"]'
          '[timeQuality tzKnown="1" isSynced="0"]', rows[1][5], "structured data")
    with open(os.path.join(where, "received"), encoding="utf-8") as f:
        equal(True, re.match(r"1 2026-\S+ \S+ sekisho - access \[meta [^]]*\]\[[^]]*\]\[[^]]*\]"
                             " \ufeff?\\{", f.readline()) is not None, "header")


def priority(n):
    facilities = {13: "log audit"}
    severities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]
    return "%s.%s" % (facilities.get(n // 8), severities[n % 8])


@test
def stranger_gets_no_record(where):
    """A server whose certificate is by another authority, or for another name."""
    server, log = Rsyslog(where), Log(where)
    log.write(5)
    for sink in (server.sink(server.port).replace("tls/ca.pem", "tls/stranger.pem"),
                 server.sink(server.port, "      name: other.test\n")):
        f = Forwarder(where, log, sink)
        wait_for("a reason", lambda: "certificate" in f.sink("siem").get("state", ""))
        equal(0, f.sink("siem")["next"], "nothing is certain")
        f.stop()
    equal([], server.received(), "received")
    f = Forwarder(where, log, server.sink(server.port, "      name: collector.test\n"))
    f.await_certain("siem", 5)
    check(log, server)
    f.stop()


if __name__ == "__main__":
    main()
