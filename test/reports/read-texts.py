"""Reads the texts of reports that cells or the run have put out: read-texts.py <page>…

Prints one JSON list: of each page the texts that the workbook lays out (tables, notes, captions, front pages), and those
that a cell printed, which may be a model's own.
"""

import json
import sys

from bs4 import BeautifulSoup

pages = []
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        main = BeautifulSoup(file, "html.parser").main
    for element in main.select(".code, .prose, script, svg"):
        element.decompose()
    printed = [element.extract().get_text() for element in main.select("pre")]
    pages.append({"laidOut": [text for text in main.find_all(string=True) if text.strip()], "printed": printed})
json.dump(pages, sys.stdout)
