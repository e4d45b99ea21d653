#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""JetStream: a replicated stream on three real nats-servers."""

import base64
import json
import os
import re
import socket
import time

from lib import (CUT, Cable, Forwarder, Log, certificates, end, equal, free_port, main, note,
                 reachable, start, test, wait_for)

SUBJECT = "sekisho.test"


class Client:
    """As much of the NATS protocol as asking JetStream takes."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 5)
        self.socket.settimeout(5)
        self.buffer = b""
        self.line()  # INFO
        self.inbox = "_INBOX.test%d" % id(self)
        self.send('CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\n'
                  "SUB %s 1\r\n" % self.inbox)

    def send(self, text):
        self.socket.sendall(text.encode())

    def read(self):
        more = self.socket.recv(1 << 20)
        if not more:
            raise OSError("closed")
        self.buffer += more

    def line(self):
        while b"\r\n" not in self.buffer:
            self.read()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode()

    def ask(self, subject, question=None):
        body = json.dumps(question) if question is not None else ""
        self.send("PUB %s %s %d\r\n%s\r\n" % (subject, self.inbox, len(body.encode()), body))
        while True:
            words = self.line().split()
            if words[0] == "PING":
                self.send("PONG\r\n")
            if words[0] in ("MSG", "HMSG"):
                break
        size = int(words[-1])
        while len(self.buffer) < size + 2:
            self.read()
        answer, self.buffer = self.buffer[:size], self.buffer[size + 2:]
        if words[0] == "HMSG":
            raise OSError(answer)
        return json.loads(answer)


class Cluster:
    def __init__(self, where):
        self.where = where
        self.ports = [free_port() for _ in range(3)]
        routes = [free_port() for _ in range(3)]
        self.nodes = []
        for i in range(3):
            with open(os.path.join(where, "n%d.conf" % i), "w", encoding="ascii") as f:
                f.write('server_name: n%d\nlisten: "127.0.0.1:%d"\n'
                        'jetstream { store_dir: "%s/js%d" }\n'
                        'cluster { name: c, listen: "127.0.0.1:%d", routes: [%s] }\n' %
                        (i, self.ports[i], where, i, routes[i],
                         ", ".join('"nats://127.0.0.1:%d"' % r for r in routes)))
            self.nodes.append(None)
            self.start_node(i)
        wait_for("a cluster", self.make_stream, 60)

    def start_node(self, i):
        self.nodes[i] = start(self.where, "n%d" % i, "/usr/sbin/nats-server", "-c",
                              os.path.join(self.where, "n%d.conf" % i))

    def client(self):
        for node, port in zip(self.nodes, self.ports):
            if node.poll() is None:
                try:
                    return Client(port)
                except OSError:
                    pass
        raise OSError("no node")

    def make_stream(self):
        try:
            answer = self.client().ask("$JS.API.STREAM.CREATE.SEKISHO", {
                "name": "SEKISHO", "subjects": ["sekisho.>"], "num_replicas": 3,
                "storage": "file", "retention": "limits", "duplicate_window": 2000000000})
            return answer.get("config") or answer.get("error", {}).get("err_code") == 10058
        except OSError:
            return False

    def info(self):
        try:
            return self.client().ask("$JS.API.STREAM.INFO.SEKISHO")
        except OSError:
            return {}

    def leader(self):
        name = self.info().get("cluster", {}).get("leader")
        return int(name[1:]) if name else None

    def state(self, least):
        """First and last sequence, if there are as many messages."""
        state = self.info().get("state", {})
        return state if state.get("last_seq", 0) >= least else None

    def stored(self, least):
        """(Nats-Msg-Id, record id) of every message, in the stream's order.

        A node that was started again shows the stream of before until it caught up.
        """
        client, ret = self.client(), []
        state = wait_for("as many as were written", lambda: self.state(least))
        for seq in range(state["first_seq"], state["last_seq"] + 1):
            message = wait_for("message %d" % seq, lambda: client.ask(
                "$JS.API.STREAM.MSG.GET.SEKISHO", {"seq": seq}).get("message"))
            headers = base64.b64decode(message["hdrs"]).decode()
            ret.append((re.search(r"Nats-Msg-Id: (\S+)", headers).group(1),
                        json.loads(base64.b64decode(message["data"]))["id"]))
        return ret


def check(log, cluster):
    """Once each, in order, without taking anything out."""
    got = cluster.stored(log.count)
    equal(log.ids, [record for _, record in got], "records in the stream")
    equal(log.ids, [msg_id for msg_id, _ in got], "Nats-Msg-Id")
    note("%d records, each once, in order" % len(got))


def sink(ports):
    return ("  fleet: { type: nats, tls: off, to: [%s], stream: SEKISHO, subject: %s }\n" %
            (", ".join("'nats://127.0.0.1:%d'" % p for p in ports), SUBJECT))


@test
def killed_leader_loses_nothing_and_doubles_nothing(where):
    cluster, log = Cluster(where), Log(where)
    f = Forwarder(where, log, sink(cluster.ports))
    log.write(300)
    f.await_certain("fleet", 100)
    log.write(1000)
    leader = wait_for("a leader", lambda: cluster.leader() is not None) and cluster.leader()
    cluster.nodes[leader].kill()
    log.write(500)
    f.await_certain("fleet", log.count, 90)
    check(log, cluster)
    cluster.start_node(leader)
    log.write(100)
    f.await_certain("fleet", log.count)
    check(log, cluster)
    f.stop()


@test
def link_that_is_cut_loses_nothing_and_doubles_nothing(where):
    """For longer than the stream's window of de-duplication (2 s)."""
    cluster, log = Cluster(where), Log(where)
    cables = [Cable(port) for port in cluster.ports]
    f = Forwarder(where, log, sink([c.port for c in cables]))
    log.write(200)
    f.await_certain("fleet", 200)
    log.write(2000)
    time.sleep(0.1)
    for cable in cables:
        cable.cut()
    began = time.monotonic()
    while time.monotonic() - began < CUT:
        log.write(20)
        time.sleep(0.2)
    for cable in cables:
        cable.drop()
        cable.mend()
    f.await_certain("fleet", log.count, CUT + 60)
    check(log, cluster)
    f.stop()


@test
def killed_forwarder_doubles_nothing(where):
    cluster, log = Cluster(where), Log(where)
    f = Forwarder(where, log, sink(cluster.ports))
    for _ in range(4):
        log.write(400)
        time.sleep(0.3)
        f.kill()
        time.sleep(0.6)
        f.start()
    f.await_certain("fleet", log.count)
    f.stop()
    os.unlink(os.path.join(f.state, "fleet.cursor"))
    log.write(10)
    f.start()
    f.await_certain("fleet", log.count)
    check(log, cluster)
    f.stop()


@test
def foreign_message_in_our_subject_is_seen(where):
    """Somebody else writes there: the sink stops and says so, and goes on behind it."""
    cluster, log = Cluster(where), Log(where)
    f = Forwarder(where, log, sink(cluster.ports))
    log.write(5)
    f.await_certain("fleet", 5)
    equal(True, cluster.client().ask(SUBJECT, {"id": "forged"}).get("seq") == 6, "forged")
    log.write(5)
    f.await_certain("fleet", 10)
    equal(True, f.sink("fleet")["errors"] >= 1, "seen")
    f.stop()


@test
def tls_with_certificates_of_both(where):
    pem, log, port = certificates(where), Log(where), free_port()
    with open(os.path.join(where, "n.conf"), "w", encoding="ascii") as f:
        f.write('listen: "127.0.0.1:%d"\njetstream { store_dir: "%s/js" }\n'
                'tls { cert_file: "%s", key_file: "%s", ca_file: "%s", verify: true }\n' %
                (port, where, pem("server.pem"), pem("server.key"), pem("ca.pem")))
    start(where, "n", "/usr/sbin/nats-server", "-c", os.path.join(where, "n.conf"))
    wait_for("nats-server", lambda: reachable(port))
    log.write(3)
    text = ("  fleet:\n    type: nats\n    to: tls://localhost:%d\n    stream: NONE\n"
            "    subject: sekisho.{host}\n    tls:\n      ca: %s\n      cert: %s\n      key: %s\n")
    for ca, want in (("stranger.pem", "SSL"), ("ca.pem", "stream not found")):
        f = Forwarder(where, log, text % (port, pem(ca), pem("client.pem"), pem("client.key")))
        wait_for(want, lambda: want in f.sink("fleet").get("state", ""))
        f.stop()


if __name__ == "__main__":
    main()
