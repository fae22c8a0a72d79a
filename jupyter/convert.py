"""Writes the pages of notebooks: convert.py <templates>

Reads the path of a folder from each line of standard input, and writes report.html beside the folder's report.ipynb.
Answers with one line of JSON for each: null, or the lines that say what went wrong. Loading nbconvert takes seconds and
a page a tenth of one, so one process serves all pages. It ends with its standard input.
"""

import json
import os
import sys
import traceback
from pathlib import Path

from nbconvert.exporters import HTMLExporter

# Whatever a library prints must not be taken for an answer.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def convert(templates, folder):
    exporter = HTMLExporter(
        template_name="page",
        extra_template_basedirs=[templates],
        extra_template_paths=[str(folder)],
    )
    page, _ = exporter.from_filename(str(folder / "report.ipynb"))
    (folder / "report.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    for line in sys.stdin:
        failure = None
        try:
            convert(sys.argv[1], Path(line.rstrip("\n")))
        except Exception:
            failure = traceback.format_exc().splitlines()
        print(json.dumps(failure), file=answers, flush=True)
