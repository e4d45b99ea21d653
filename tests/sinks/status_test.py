#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The forwarder's part of "sekisho status"."""

import json
import os
import socket
import subprocess
import threading

from lib import Forwarder, Log, equal, main, test, wait_for

SEKISHO = os.path.abspath(os.environ.get("SEKISHO", "build/san/sekisho"))


def collector(where):
    """One that has no problem."""
    path = os.path.join(where, "collector")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()

    def serve():
        while True:
            caller, _ = listener.accept()
            caller.recv(100)
            caller.sendall(b'{"problems":[],"pid":1}\n')
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


if __name__ == "__main__":
    main()
