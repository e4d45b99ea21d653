#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A witness and a time stamping authority, and what verify says of what they gave."""

import glob
import http.server
import os
import subprocess
import threading

from lib import Answering, Forwarder, equal, free_port, main, reachable, start, test, wait_for

SEKISHO = os.path.abspath(os.environ.get("SEKISHO", "build/san/sekisho"))
MKLOG = os.path.abspath(os.environ.get("MKLOG", "build/san/mklog"))
HOST = "0123456789abcdef"


def run(*command, ok=True, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if (done.returncode == 0) != ok:
        raise AssertionError("%s: exit %d\n%s" % (command, done.returncode, done.stdout))
    return done.stdout


class Log:
    """A signed log that grows."""

    def __init__(self, where, name="log"):
        self.dir, self.keys = os.path.join(where, name), os.path.join(where, "keys")
        os.mkdir(self.dir)
        self.count = 0

    def more(self, count, *back):
        self.count += count
        self.key = run(MKLOG, self.dir, self.keys, HOST, str(count), "100000", *back).splitlines()[-1]


class Witness:
    def __init__(self, where, log):
        key = os.path.join(where, "witness")
        run(SEKISHO, "keygen", "-o", key)
        command = [SEKISHO, "witness", "--key", key + ".key", "--name", "w.example"]
        self.key, self.port = run(*command).strip(), free_port()
        start(where, "witness", *command, "--log", log.key, "--state", os.path.join(where, "seen"),
              "--listen", "127.0.0.1:%d" % self.port)
        wait_for("the witness", lambda: reachable(self.port))
        self.sink = "  w: { type: witness, tls: off, confirm: 1, to: 'http://127.0.0.1:%d/add-checkpoint', witness: '%s' }\n" % (
            self.port, self.key)


@test
def checkpoints_are_cosigned_as_the_log_grows(where):
    log = Log(where)
    log.more(40)
    witness = Witness(where, log)
    f = Forwarder(where, log, witness.sink)
    f.await_certain("w", 40)
    log.more(30)
    f.await_certain("w", 70)
    f.stop()
    kept = os.path.join(f.state, "w.cosigned")
    verify = (SEKISHO, "verify", "--key", log.key, "--witness", witness.key, "--checkpoint", kept, log.dir)
    out = run(*verify)
    for size in (40, 70):
        assert "cosigned     size %d by w.example at 20" % size in out, out
    # A forwarder that has forgotten where the witness stands is told.
    for name in glob.glob(f.state + "/*"):
        os.unlink(name)
    log.more(10)
    f.start()
    f.await_certain("w", 80)
    f.stop()
    out = run(*verify)
    assert "size 80" in out and "size 40" not in out, out


@test
def fork_gets_no_cosignature(where):
    log = Log(where)
    log.more(40)
    witness = Witness(where, log)
    f = Forwarder(where, log, witness.sink)
    f.await_certain("w", 40)
    f.stop()
    fork = Log(where, "fork")
    fork.more(60, "7")
    g = Forwarder(where, fork, witness.sink)
    wait_for("the refusal", lambda: "does not go on from the checkpoint" in g.sink("w").get("state", ""))
    g.stop()
    with open(os.path.join(f.state, "w.cosigned"), encoding="utf-8") as kept:
        equal(1, kept.read().count("sekisho.log/" + HOST + "\n"), "cosigned checkpoints")


class Authority:
    """RFC 3161 over HTTP, by openssl ts; stale: it answers with the answer before."""

    def __init__(self, where):
        self.where, self.stale, self.last = where, False, b""
        conf = self.file("tsa.cnf")
        with open(conf, "w", encoding="ascii") as f:
            f.write("[req]\ndistinguished_name = dn\n[dn]\n[ca]\nbasicConstraints = critical,CA:true\n"
                    "[tsa]\nextendedKeyUsage = critical,timeStamping\n[stamp]\nserial = serial\ncrypto_device = builtin\n"
                    "signer_cert = tsa.pem\ncerts = tsaca.pem\nsigner_key = tsa.key\nsigner_digest = sha256\n"
                    "default_policy = 1.2.3.4.1\ndigests = sha256\naccuracy = secs:1\n")
        with open(self.file("serial"), "w", encoding="ascii") as f:
            f.write("01\n")
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsaca.key", "-out", "tsaca.pem", "-subj", "/CN=ca",
                     "-config", conf, "-extensions", "ca", "-days", "2")
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=tsa",
                     "-config", conf)
        self.openssl("x509", "-req", "-in", "tsa.csr", "-CA", "tsaca.pem", "-CAkey", "tsaca.key", "-CAcreateserial", "-days", "2",
                     "-extfile", conf, "-extensions", "tsa", "-out", "tsa.pem")
        authority = self

        class Handler(Answering):
            def do_POST(self):
                body = self.body()
                equal("application/timestamp-query", self.headers["Content-Type"], "type of the request")
                self.answer(authority.answer(body))

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.sink = "  t: { type: timestamp, tls: off, confirm: 1, to: 'http://127.0.0.1:%d/', authority: %s }\n" % (
            self.server.server_port, self.file("tsaca.pem"))

    def file(self, name):
        return os.path.join(self.where, name)

    def openssl(self, *args):
        subprocess.run(("openssl",) + args, cwd=self.where, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def answer(self, query):
        if not self.stale:
            with open(self.file("q"), "wb") as f:
                f.write(query)
            self.openssl("ts", "-reply", "-config", "tsa.cnf", "-section", "stamp", "-queryfile", "q", "-out", "r")
            with open(self.file("r"), "rb") as f:
                self.last = f.read()
        return self.last


@test
def checkpoints_are_stamped(where):
    log, authority = Log(where), Authority(where)
    log.more(40)
    f = Forwarder(where, log, authority.sink)
    f.await_certain("t", 40)
    log.more(30)
    f.await_certain("t", 70)
    # an old answer is none to the next request
    authority.stale = True
    log.more(10)
    wait_for("the refusal", lambda: "another request" in f.sink("t").get("state", ""))
    authority.stale = False
    f.await_certain("t", 80)
    f.stop()
    kept = sorted(name for name in glob.glob(f.state + "/t.0*") if not name.endswith(".tsr"))
    equal(["t.%012d" % n for n in (40, 70, 80)], [os.path.basename(name) for name in kept], "stamped")
    options = [word for name in kept for word in ("--checkpoint", name)]
    out = run(SEKISHO, "verify", "--key", log.key, "--tsa", authority.file("tsaca.pem"), *options, log.dir)
    equal(3, out.count("\nstamped      "), out)
    # and by openssl itself
    run("openssl", "ts", "-verify", "-data", kept[0], "-in", kept[0] + ".tsr", "-CAfile", authority.file("tsaca.pem"))


if __name__ == "__main__":
    main()
