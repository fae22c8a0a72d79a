"""Runs the deadline timer, in a process of its own, for each line of JSON that it reads; prints the process ids.

python3 harness.py <deadline_timer.py>. A line has: constants (which of the timer's have other values), environment,
log (a file) and wall (how far its clock goes wrong, as pairs of seconds after its first look and seconds ahead).
"""

import contextlib  # noqa: F401 - what the timer imports is imported once, for all of them
import datetime  # noqa: F401
import email.utils  # noqa: F401
import json
import os
import re
import signal
import sys
import time
import types  # noqa: F401
import urllib.request  # noqa: F401

true_time, first_look = time.time, []


def wrong_time(steps):
    first_look.append(time.monotonic())
    since = time.monotonic() - first_look[0]
    ahead = [seconds for after, seconds in steps if since >= after]
    return true_time() + (ahead[-1] if ahead else 0)


def run(row, source):
    log = os.open(row["log"], os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    if row.get("closedLog"):
        reading, writing = os.pipe()
        os.close(reading)
        os.dup2(writing, 1)
    os.environ.clear()
    os.environ.update(row["environment"])
    sys.argv = ["deadline_timer.py"]
    if row["isStartedAgain"]:
        clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
        sys.argv.append(str(true_time() - time.clock_gettime(clock)))
    time.time = lambda: wrong_time(row["wall"])
    exec(compile(source, "deadline_timer.py", "exec"), {"__name__": "__main__"})


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    children = []
    for line in sys.stdin:
        row, source = json.loads(line), text
        for name, value in row["constants"].items():
            source, found = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", source)
            assert found == 1, name
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                run(row, source)
            except BaseException as error:
                os.write(2, repr(error).encode())
            os._exit(0)
        children.append(child)
        print(child, flush=True)
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


main()
