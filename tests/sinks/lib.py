# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of the sinks share: a log, a forwarder, a cable, certificates, TAP."""

import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

TABLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../policies/controls")
FORWARD = os.path.abspath(os.environ.get("FORWARD", "build/san/sekisho-forward"))
# A link is cut for so long; the minute of the requirement is SINKS_CUT=60.
CUT = float(os.environ.get("SINKS_CUT", "4"))

_processes = []
_tests = []


def test(function):
    _tests.append(function)
    return function


def main():
    """Run the tests of the file in a scratch directory each, as TAP."""
    print("TAP version 13\n1..%d" % len(_tests), flush=True)
    failed = 0
    for number, function in enumerate(_tests, 1):
        where = tempfile.mkdtemp(prefix="sekisho-sinks.")
        good = True
        try:
            function(where)
        except Exception:  # a test may fail in any way
            good = False
            for line in traceback.format_exc().splitlines():
                print("# " + line)
            show_logs(where)
        finally:
            end_all()
            shutil.rmtree(where, ignore_errors=True)
        failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", number, function.__name__), flush=True)
    sys.exit(bool(failed))


def show_logs(where):
    for name in sorted(os.listdir(where)):
        if name.endswith(".err"):
            with open(os.path.join(where, name), errors="replace") as f:
                for line in f.read().splitlines()[-15:]:
                    print("# %s: %s" % (name, line))


def note(text):
    print("# " + text, flush=True)


def equal(want, got, what=""):
    if want != got and isinstance(want, list) and isinstance(got, list):
        at = next((i for i, (a, b) in enumerate(zip(want, got)) if a != b), min(len(want), len(got)))
        raise AssertionError("%s: expected %d, are %d; they differ from number %d on: %r, %r" % (
            what, len(want), len(got), at, want[at:at + 3], got[at:at + 3]))
    if want != got:
        raise AssertionError("%s: expected %r, is %r" % (what, want, got))


def wait_for(what, condition, seconds=30):
    """The first true value of condition(), or a failure that names what was awaited."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("%s: not within %g s" % (what, seconds))
        time.sleep(0.05)


class Answering(http.server.BaseHTTPRequestHandler):
    """The far side of HTTP, for a do_POST of its own."""

    def body(self):
        return self.rfile.read(int(self.headers["Content-Length"]))

    def answer(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def reachable(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def start(where, name, *command, **more):
    err = open(os.path.join(where, name + ".err"), "ab")
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=err,
                               stdout=more.pop("stdout", err), **more)
    err.close()
    _processes.append(process)
    return process


def end(process, how=signal.SIGTERM):
    if process.poll() is None:
        process.send_signal(how)
    try:
        return process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise AssertionError("did not end by signal %d" % how)


def end_all():
    while _processes:
        process = _processes.pop()
        if process.poll() is None:
            process.kill()
        process.wait()


class Log:
    """A log directory that grows."""

    def __init__(self, where):
        self.dir = os.path.join(where, "log")
        os.makedirs(self.dir, exist_ok=True)
        self.count = 0
        self.ids = []

    def record(self, **more):
        n = self.count
        r = {"v": 1, "id": "00112233aabbccdd:c6e144c3170f:%d" % n, "cpu": 0, "cseq": n,
             "bt": 1000 * n, "t": "2026-11-21T02:49:59.%09d+00:00" % (n % 10**9),
             "clock": "sync", "class": "access", "act": "open for reading", "hook": "file_open",
             "access": ["read"], "verdict": "denied", "reason": "default", "err": "EPERM",
             "policy": {"name": "osmo-hlr", "version": 1, "digest": "e106f3781e25150c"},
             "who": {"mark": True, "session": "45c65f77a", "auid": 1000, "name": "oper",
                     "uid": 0, "user": "root", "tty": "pts/0", "from": "10.0.2.2",
                     "service": "sshd"},
             "proc": {"pid": 226, "comm": "cat", "domain": "other", "exe": "/usr/bin/cat",
                      "sha256": "00" * 32},
             "obj": {"label": "hlr.data", "path": "/var/lib/osmocom/加入者 %d" % n,
                     "dev": "254:0", "ino": 9109},
             "controls": ["MIC3-IV.1.1.12", "IPA-OPS-05"]}
        r.update(more)
        return {key: value for key, value in r.items() if value is not None}

    def write(self, count=1, **more):
        lines = []
        for _ in range(count):
            r = self.record(**more)
            self.count += 1
            self.ids.append(r["id"])
            lines.append(json.dumps(r, ensure_ascii=False, separators=(",", ":")) + "\n")
        with open(os.path.join(self.dir, "records.000000000000.jsonl"), "a", encoding="utf-8") as f:
            f.write("".join(lines))


class Forwarder:
    def __init__(self, where, log, sinks, alarms="", more=""):
        self.where, self.process = where, None
        self.state = os.path.join(where, "state")
        self.run = os.path.join(where, "run")
        os.makedirs(self.state, exist_ok=True)
        os.makedirs(self.run, exist_ok=True)
        self.config = os.path.join(where, "forward.yaml")
        with open(self.config, "w", encoding="utf-8") as f:
            f.write("sekisho-forward: 1\nlog: %s\n%s\nsinks:\n%s" % (log.dir, more, sinks))
            if alarms:
                f.write("alarms:\n" + alarms)
        self.start()

    def start(self):
        self.process = start(self.where, "forward", FORWARD, "--controls", TABLES, "-c", self.config, "--state",
                             self.state, "--run", self.run,
                             stdout=open(os.path.join(self.where, "stdout"), "ab"))
        wait_for("control socket", lambda: self.status() or self.process.poll() is not None)

    def status(self):
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(5)
                s.connect(os.path.join(self.run, "control"))
                s.sendall(b"status\n")
                text = b""
                while True:
                    more = s.recv(65536)
                    if not more:
                        break
                    text += more
            return json.loads(text)
        except (OSError, ValueError):
            return None

    def sink(self, name):
        status = self.status() or {"sinks": []}
        return next((s for s in status["sinks"] if s["name"] == name), {})

    def await_certain(self, name, count, seconds=60):
        wait_for("%s certain up to %d (%s)" % (name, count, self.sink(name)),
                 lambda: self.sink(name).get("next", 0) >= count, seconds)

    def kill(self):
        end(self.process, signal.SIGKILL)

    def stop(self):
        """A clean end, which the sanitizers judge too."""
        equal(0, end(self.process), "exit status of the forwarder")


class Cable:
    """A TCP relay on localhost that can be cut: nothing passes, nothing is refused."""

    def __init__(self, to):
        self.to, self.open, self.pairs = to, True, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, reset=False):
        """Silence; with reset the connections break visibly as well."""
        self.open = False
        if reset:
            self.drop()

    def mend(self):
        self.open = True

    def drop(self):
        for pair in self.pairs:
            for s in pair:
                try:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    s.close()
                except OSError:
                    pass
        self.pairs = []

    def _accept(self):
        while True:
            here, _ = self.listener.accept()
            try:
                there = socket.create_connection(("127.0.0.1", self.to), 5)
            except OSError:
                here.close()
                continue
            self.pairs.append((here, there))
            for a, b in ((here, there), (there, here)):
                threading.Thread(target=self._carry, args=(a, b), daemon=True).start()

    def _carry(self, a, b):
        try:
            while True:
                data = a.recv(65536)
                while not self.open:
                    time.sleep(0.02)
                if not data:
                    b.shutdown(socket.SHUT_WR)
                    return
                b.sendall(data)
        except OSError:
            for s in (a, b):
                try:
                    s.close()
                except OSError:
                    pass


def certificates(where):
    """An authority, a server and a client below it, a stranger: PEM files by name."""
    dir_ = os.path.join(where, "tls")
    os.makedirs(dir_)

    def run(*command):
        subprocess.run(command, cwd=dir_, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for name in ("ca", "stranger"):
        run(*new, "-x509", "-days", "2", "-subj", "/CN=" + name, "-keyout", name + ".key",
            "-out", name + ".pem")
    with open(os.path.join(dir_, "ext"), "w", encoding="ascii") as f:
        f.write("subjectAltName=DNS:collector.test,DNS:localhost,IP:127.0.0.1\n")
    for name in ("server", "client"):
        run(*new, "-subj", "/CN=" + name, "-keyout", name + ".key", "-out", name + ".csr")
        run("openssl", "x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", "ext", "-out", name + ".pem")
    return lambda name: os.path.join(dir_, name)
