"""Starts vLLM in a pod of the workbook: python3 -Ic <this text> <the guard's text> <the timer's text> <vLLM's arguments>.

It does what a plain vLLM pod does not: every door but /health and /ping asks for the key, and the pod ends itself at
its deadline. This process stays: it starts the timer again when that was killed, and when it ends itself, so does the
container. Nothing but the image's own Python is needed. Not yet tried on a live Runpod account.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

key_guard, deadline_timer, *arguments = sys.argv[1:]

# Past the deadline the timer needs a while: a vLLM that fails at once, again and again, must not leave it none. Until
# a name that cannot be read is given up, and one of three ways has worked, 10 minutes can pass.
SECONDS_FOR_THE_TIMER = 60
SECONDS_PAST_THE_DEADLINE = 600
# Python does not find itself where the environment has no PATH.
PYTHON = sys.executable or "/proc/self/exe"


def keep_timer():
    """Runs the timer, again and again when it was killed; returns when it has nothing to do."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    # How the clocks stood at the start, which a timer that is started again could not find out.
    ahead = time.time() - time.clock_gettime(clock)
    # As an argument, for a disk can be full, and a file can go; isolated (-I) from what lies around. The last one only
    # names it in lists of processes.
    name = "workbook_deadline_timer"
    command = [PYTHON, "-I", "-c", deadline_timer, str(ahead), name + ".py"]
    while True:
        with contextlib.suppress(Exception):
            # Its own session: what ends the server's process group does not end the timer.
            if subprocess.run(command, stdin=subprocess.DEVNULL, start_new_session=True).returncode == 0:
                return
        time.sleep(1)


def start_server():
    if not os.environ.get("VLLM_API_KEY"):
        raise RuntimeError("VLLM_API_KEY is not set, and this pod does not serve without a key.")
    folder = tempfile.mkdtemp(prefix="workbook-")
    with open(os.path.join(folder, "workbook_key_guard.py"), "w", encoding="utf-8") as file:
        file.write(key_guard)
    search_path = [folder, *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(search_path)}
    module = [PYTHON, "-m", "vllm.entrypoints.openai.api_server", "--model"]
    command = ["vllm", "serve"] if shutil.which("vllm") else module
    guarded = [*arguments, "--middleware", "workbook_key_guard.KeyGuard"]
    return subprocess.Popen([*command, *guarded], env=environment)


def say_peer_to_peer():
    """Prints, where the pod has several cards, which of them reach each other's memory past the host's."""
    with contextlib.suppress(Exception):
        command = ["nvidia-smi", "topo", "-p2p", "r"]
        said = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30).stdout
        lines = [" ".join(line.split()) for line in said.splitlines()]
        rows = [line for line in lines if line.startswith("GPU") and "X" in line.split()]
        if len(rows) > 1:
            print("workbook: peer-to-peer: " + "; ".join(rows), flush=True)


def main():
    # Beside all else: a driver that hangs must not hold vLLM up.
    threading.Thread(target=say_peer_to_peer, daemon=True).start()
    timer = threading.Thread(target=keep_timer, daemon=True)
    timer.start()
    received, servers = [], []

    def pass_on(number, _):
        received.append(number)
        for server in servers:
            server.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, pass_on)
    try:
        server = start_server()
        servers.append(server)
        ended = server.wait()
        # As shells put it, where a signal ended it.
        code = ended if ended >= 0 else 128 - ended
    except Exception as error:
        code = 1
        with contextlib.suppress(Exception):
            print("workbook: vLLM could not be started:", error, file=sys.stderr, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(code))
    if not received:
        # As texts, for both are in UTC.
        is_late = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) > os.environ.get("WORKBOOK_DEADLINE", "")
        timer.join(SECONDS_PAST_THE_DEADLINE if is_late else SECONDS_FOR_THE_TIMER)
    sys.exit(code)


main()
