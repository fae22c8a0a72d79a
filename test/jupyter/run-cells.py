"""Runs cells in a real kernel, through Jupyter's own protocol, and tells everything that the kernel sends.

Reads JSON objects from standard input, one per line. The first says what to start, and may say what to run as well:

    folder          working folder of the kernel (default: the current one)
    environment     variables that the kernel gets beside the inherited ones

Each further one says what to run in it:

    cells           list of { code, interruptAfterMs?, questions?, stopOnError? }; with interruptAfterMs the cell is
                    interrupted that long after its first output, questions are asked at its first output, and with
                    stopOnError false the next cell comes at once, whether this one fails or not

or, without cells, what to ask it:

    questions       list of { what: "complete" or "inspect", code, cursor, detail? }; cursor counts characters

Writes JSON objects to standard output, one per line; atMs counts from the start of the first of these cells:

    { type: "kernel", pid, readyMs }                             counts from the start of the kernel
    { type: "message", cell, atMs, messageType, content }        everything on iopub that belongs to the cell
    { type: "late", atMs, messageType, content, parentCell }     what came after its cell had been idle
    { type: "interrupt", cell, atMs }
    { type: "answer", question, atMs, content }                  the reply to a question
    { type: "end", cell, atMs, status, idleAtMs }                status of the reply: ok, error, abort or timeout
    { type: "done" }                                             after the last of these cells
    { type: "closed" }                                           after standard input has ended and the kernel has shut down
"""

import itertools
import json
import os
import queue
import sys
import time

from jupyter_client.manager import KernelManager

# Longer than any cell takes, also on a slow machine.
CELL_TIMEOUT_SECONDS = 600

# After the last cell, how long late messages are waited for.
SETTLE_SECONDS = 0.5

# tslab refuses cells that arrive within 200 ms of a failed one, which are those that were queued behind it.
AFTER_FAILURE_SECONDS = 0.5

# A kernel inherits standard output, and Node makes what it inherits non-blocking, also for us: messages would be lost.
messages = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

replies = {}


def main():
    order = json.loads(sys.stdin.readline())
    manager = KernelManager(kernel_name="tslab")
    started = time.monotonic()
    manager.start_kernel(
        cwd=order.get("folder", os.getcwd()),
        env={**os.environ, **order.get("environment", {})},
    )
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=CELL_TIMEOUT_SECONDS)
        ready_ms = round((time.monotonic() - started) * 1000, 1)
        tell(type="kernel", pid=manager.provisioner.pid, readyMs=ready_ms)
        for each in itertools.chain([order] if "cells" in order else [], map(json.loads, sys.stdin)):
            run_cells(client, manager, each["cells"]) if "cells" in each else ask(client, each["questions"])
            tell(type="done")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=False)
    tell(type="closed")


def run_cells(client, manager, cells):
    started = time.monotonic()
    cell_of = {}

    def now():
        return round((time.monotonic() - started) * 1000, 1)

    for index, cell in enumerate(cells):
        stop_on_error = cell.get("stopOnError", True)
        message_id = client.execute(cell["code"], stop_on_error=stop_on_error)
        cell_of[message_id] = index
        interrupt_at = None
        idle_at = None
        deadline = time.monotonic() + CELL_TIMEOUT_SECONDS
        while idle_at is None and time.monotonic() < deadline:
            if interrupt_at is not None and time.monotonic() >= interrupt_at:
                tell(type="interrupt", cell=index, atMs=now())
                manager.interrupt_kernel()
                interrupt_at = float("inf")
            message = next_message(client, 0.001 if interrupt_at not in (None, float("inf")) else 0.1)
            if message is None:
                continue
            if message["parent_header"].get("msg_id") != message_id:
                tell_late(message, cell_of, now())
                continue
            tell(type="message", cell=index, atMs=now(), messageType=message["msg_type"], content=message["content"])
            if message["msg_type"] == "status":
                if message["content"]["execution_state"] == "idle":
                    idle_at = now()
            elif interrupt_at is None and "interruptAfterMs" in cell:
                interrupt_at = time.monotonic() + cell["interruptAfterMs"] / 1000
            elif message["msg_type"] == "stream":
                ask(client, cell.pop("questions", []))
        status = "timeout" if idle_at is None else reply_to(client, message_id)["status"]
        tell(type="end", cell=index, atMs=now(), status=status, idleAtMs=idle_at)
        if status == "error" and stop_on_error:
            time.sleep(AFTER_FAILURE_SECONDS)
    settled = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < settled:
        message = next_message(client, 0.1)
        if message is not None:
            tell_late(message, cell_of, now())


def next_message(client, timeout):
    try:
        return client.get_iopub_msg(timeout=timeout)
    except queue.Empty:
        return None


def ask(client, questions):
    started = time.monotonic()
    for index, question in enumerate(questions):
        code, cursor = question["code"], question["cursor"]
        if question["what"] == "complete":
            message_id = client.complete(code, cursor)
        else:
            message_id = client.inspect(code, cursor, question.get("detail", 0))
        content = reply_to(client, message_id)
        tell(type="answer", question=index, atMs=round((time.monotonic() - started) * 1000, 1), content=content)


def reply_to(client, message_id):
    """The content of a reply; replies to other requests are kept, since a cell may end while a question is answered."""
    while message_id not in replies:
        reply = client.get_shell_msg(timeout=CELL_TIMEOUT_SECONDS)
        replies[reply["parent_header"].get("msg_id")] = reply["content"]
    return replies.pop(message_id)


def tell_late(message, cell_of, at_ms):
    tell(
        type="late",
        atMs=at_ms,
        messageType=message["msg_type"],
        content=message["content"],
        parentCell=cell_of.get(message["parent_header"].get("msg_id")),
    )


def tell(**message):
    print(json.dumps(message), file=messages, flush=True)


if __name__ == "__main__":
    main()
