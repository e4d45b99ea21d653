#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""usage: timed.py MIB COMMAND...

Run a command in so much address space and print what it took.
"""
import resource
import subprocess
import sys
import time

room = int(sys.argv[1]) << 20
begin = time.monotonic()
code = subprocess.run(sys.argv[2:],
                      preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (room, room))).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{time.monotonic() - begin:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of them at work, "
      f"{used.ru_maxrss / 1024:.0f} MiB at most")
sys.exit(code)
