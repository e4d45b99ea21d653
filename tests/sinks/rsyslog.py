# SPDX-License-Identifier: GPL-2.0-or-later
"""A real rsyslogd that listens with TLS."""

import json
import os

from lib import certificates, free_port, reachable, start, wait_for

CONFIG = """
global(workDirectory="{where}" maxMessageSize="256k"
  defaultNetstreamDriverCAFile="{ca}" defaultNetstreamDriverCertFile="{cert}"
  defaultNetstreamDriverKeyFile="{key}")
module(load="imtcp" streamDriver.name="{driver}" streamDriver.mode="1"
  streamDriver.authMode="x509/certvalid")
template(name="all" type="list") {{
  property(name="rawmsg-after-pri") constant(value="\\n") }}
template(name="parts" type="list") {{
  property(name="pri") constant(value="|") property(name="timereported" dateFormat="rfc3339")
  constant(value="|") property(name="hostname") constant(value="|") property(name="app-name")
  constant(value="|") property(name="msgid") constant(value="|")
  property(name="structured-data") constant(value="\\n") }}
ruleset(name="take") {{
  action(type="omfile" file="{where}/received" template="all")
  action(type="omfile" file="{where}/parts" template="parts") }}
input(type="imtcp" port="{port}" address="127.0.0.1" ruleset="take")
"""


class Rsyslog:
    def __init__(self, where, driver="gtls", server="server"):
        self.where, self.port = where, free_port()
        self.pem = certificates(where)
        with open(os.path.join(where, "rsyslog.conf"), "w", encoding="ascii") as f:
            f.write(CONFIG.format(where=where, driver=driver, port=self.port,
                                  ca=self.pem("ca.pem"), cert=self.pem(server + ".pem"),
                                  key=self.pem(server + ".key")))
        self.start()

    def start(self):
        self.process = start(self.where, "rsyslogd", "/usr/sbin/rsyslogd", "-n", "-f",
                             os.path.join(self.where, "rsyslog.conf"), "-i",
                             os.path.join(self.where, "rsyslog.pid"))
        wait_for("rsyslogd", lambda: reachable(self.port))

    def received(self):
        """Ids in the order of arrival."""
        try:
            with open(os.path.join(self.where, "received"), encoding="utf-8") as f:
                return [json.loads(line[line.index("{"):])["id"] for line in f
                        if line.endswith("\n") and "{" in line]
        except FileNotFoundError:
            return []

    def sink(self, port, more=""):
        return ("  siem:\n    type: syslog\n    to: localhost:%d\n    confirm: 1\n    tls:\n"
                "      ca: %s\n      cert: %s\n      key: %s\n%s" %
                (port, self.pem("ca.pem"), self.pem("client.pem"), self.pem("client.key"), more))
