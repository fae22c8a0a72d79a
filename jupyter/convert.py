"""Writes the pages of notebooks: convert.py <templates>

Reads the path of a folder from each line of standard input, and writes report.html beside the folder's report.ipynb.
Answers with one line of JSON for each: null, or the lines that say what went wrong. Loading nbconvert takes seconds and
a page a tenth of one, so one process serves all pages. It ends with its standard input.
"""

import base64
import hashlib
import json
import os
import re
import sys
import traceback
from pathlib import Path

import bleach
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.ansi import ansi2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from traitlets.config import Config

# Whatever a library prints must not be taken for an answer.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


# What a page shows of an output that has several forms; it draws nothing else, and text stands for the rest.
SHOWN_TYPES = ["text/html", "text/markdown", "image/svg+xml", "image/png", "text/plain", "text/latex"]

# What Markdown becomes.
MARKDOWN_TAGS = {
    *("a abbr b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li mark ol p".split()),
    *("pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split()),
}


class OutputRenderer(IPythonRenderer):
    """An output has no attachments: a picture that names one is a picture that is missing."""

    def _embed_image_or_attachment(self, src):
        return src


def render_markdown_output(source):
    renderer = OutputRenderer(escape=False, allow_harmful_protocols=False, exclude_anchor_links=True)
    return bleach.clean(
        MarkdownWithMath(renderer=renderer).render(source),
        tags=MARKDOWN_TAGS,
        attributes=is_allowed,
        protocols={"data", "http", "https", "mailto"},
    )


def is_allowed(tag, name, value):
    if (tag, name) == ("img", "src"):
        return value.startswith("data:image/")
    if (tag, name) == ("a", "href"):
        return not value.strip().lower().startswith("data:")
    return (tag, name) in {("a", "title"), ("img", "alt"), ("details", "open")} or name in {"align", "class", "colspan", "rowspan"}


def disarm(markup):
    """Leaves out style sheets, as JupyterLab does, and makes text of the elements that act by themselves.

    Scripts and handlers are also what the page's policy stops.
    """
    without_style = re.sub(r"<style\b[^<>]*>[^<]*</style\s*>", "", markup, flags=re.IGNORECASE)
    # They lead away, load, or change what the page is.
    return re.sub(
        r"<(?=/?(?:base|button|embed|foreignobject|form|frame|frameset|iframe|input|link|meta|object|plaintext|script|style|textarea|title)\b)",
        "&lt;",
        without_style,
        flags=re.IGNORECASE,
    )


def render_printed(text):
    """Puts a table that was drawn with lines, as polars and console.table() do, into a box of its own.

    Other lines wrap, but a table's rows do not.
    """
    return re.sub(
        r"(?:^[\u2500-\u257f][^\n]*(?:\n|\Z)){2,}",
        r'<span class="printed-table" tabindex="0" role="group" aria-label="Table">\g<0></span>',
        ansi2html(text),
        flags=re.MULTILINE,
    )


def convert(templates, folder):
    exporter = HTMLExporter(
        template_name="page",
        extra_template_basedirs=[templates],
        extra_template_paths=[str(folder)],
        config=Config({"NbConvertBase": {"display_data_priority": SHOWN_TYPES}}),
    )

    def hash_script(name):
        source, _, _ = exporter.environment.loader.get_source(exporter.environment, name)
        # As `include_js` puts it into the page.
        digest = hashlib.sha256(f"\n{source}".encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    exporter.register_filter("hash_script", hash_script)
    exporter.register_filter("markdown_output", render_markdown_output)
    exporter.register_filter("disarm", disarm)
    exporter.register_filter("printed", render_printed)
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
