"""Executes a notebook and writes the executed copy: execute.py <notebook> <copy>

Prints one JSON object per line: each cell as it starts, and at the end whether the notebook went through. The copy of
a notebook that failed holds what it had put out until then.
"""

import json
import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

# Longer than any measurement of a notebook takes; a cell that hangs must not hold up the launcher for ever.
CELL_TIMEOUT_SECONDS = 1_800

# How often a kernel is started for one notebook.
MOST_STARTS = 3

# A kernel inherits standard output, and Node makes what it inherits non-blocking, also for us: reports would be lost.
reports = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def execute(path, copy):
    notebook = nbformat.read(path, as_version=4)
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    started = []

    def on_cell_start(cell, cell_index):
        if cell.cell_type == "code":
            started.append(cell)
            report(cell=len(started), cells=len(code_cells))

    client = NotebookClient(
        notebook,
        kernel_name=notebook.metadata.kernelspec.name,
        resources={"metadata": {"path": str(path.parent)}},
        timeout=CELL_TIMEOUT_SECONDS,
        record_timing=False,
        # Text that was streamed is one text again: else markup breaks into paragraphs wherever a batch ended.
        coalesce_streams=True,
        on_cell_start=on_cell_start,
    )
    failure = None
    try:
        run(client, has_begun=lambda: len(started) > 0)
    except (CellExecutionError, CellTimeoutError, DeadKernelError, RuntimeError) as error:
        failure = {
            "cell": len(started),
            "source": started[-1].source if started else "",
            "output": (text_of(started[-1]) if started else "") or str(error),
        }
    # It holds what reports leave out, such as ids of pods and the balance.
    with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        nbformat.write(notebook, file)
    report(title=title_of(notebook) or path.stem, cells=len(code_cells), failure=failure)


def run(client, has_begun):
    """Executes the cells; a kernel that never answers is replaced, for its ports may have been taken by another program."""
    for _ in range(MOST_STARTS - 1):
        try:
            return client.execute()
        except RuntimeError:
            if has_begun():
                raise
    return client.execute()


def text_of(cell):
    """What a failed cell printed: tslab writes errors to the standard error stream and sends no error message."""
    return "".join(output.get("text", "") for output in cell.outputs)


def title_of(notebook):
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    heading = re.search(r"^# (.+)$", prose, re.MULTILINE)
    return heading and heading.group(1).strip()


def report(**message):
    # On a line of its own, also behind a line that a kernel has begun on standard error.
    print(f"\n{json.dumps(message)}", file=reports, flush=True)


if __name__ == "__main__":
    try:
        execute(Path(sys.argv[1]), Path(sys.argv[2]))
    except OSError as error:
        sys.exit(f"{error.filename or sys.argv[2]} could not be opened or written: {error.strerror}.")
