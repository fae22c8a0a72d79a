"""Reads what the pages of reports show of figures: read-figures.py <page>…

Prints one JSON list: of each table, chart and sentence with figures where it stands, its cells, and what it says of their
origin.
"""

import itertools
import json
import sys

from bs4 import BeautifulSoup


def read_origin(element):
    return {
        "kind": element.b.get_text().lower() if element.b else None,
        "columns": [head.get_text() for head in element.select("i")],
        "dates": [day.get_text() for day in element.select("time")],
        "sources": [source.get_text() for source in element.select("cite")],
    }


def following(element):
    """The origins below an element, notes between them."""
    for sibling in element.find_next_siblings(True):
        if "note" not in sibling.get("class", []):
            return
        if "origin" in sibling["class"]:
            yield read_origin(sibling)


def read_sources(table):
    """The source of each row by the number at one of its cells; the numbers leave the cells."""
    box = table.find_parent("div", class_="table-scroll") or table
    notes = box.find_next_sibling(class_="sources")
    names = dict(note.get_text().split(": ", 1) for note in notes.select("span")) if notes else {}
    marks = [row.sup.extract().get_text() if row.sup else "" for row in table.select("tbody tr")]
    return [names.get(mark, "") for mark in marks] if names else None


def read_table(table):
    box = table.find_parent("div", class_="table-scroll") or table
    sources = read_sources(table)
    heads = [{"text": head.get_text(), "says": head.get("data-says")} for head in table.select("thead th")]
    rows = [[cell.get_text() for cell in row.select("td")] for row in table.select("tbody tr")]
    if sources is not None:
        heads.append({"text": "source", "says": "source"})
        rows = [[*cells, source] for cells, source in zip(rows, sources)]
    return {
        "what": table.caption.get_text() if table.caption else "a table",
        "heads": heads,
        "rows": rows,
        "origins": list(following(box)),
    }


def read_chart(figure):
    origins = [read_origin(line) for line in figure.select(".origin")]
    return {"what": figure.figcaption.get_text(), "heads": [], "rows": [], "origins": origins}


def read_figure(item):
    """A figure of a run's front page: its name and its value."""
    value = {"what": item.dt.get_text(), "heads": [{"text": "value", "says": None}], "rows": [[item.dd.get_text()]]}
    return {**value, "origins": list(following(item.parent))}


def read_sentence(paragraph):
    """A sentence of a front page, with what its section says of origins: in lines, and in a table of sources."""
    section = [*itertools.takewhile(lambda element: element.name != "h2", paragraph.find_next_siblings(True))]
    origins = [read_origin(element) for element in section if "origin" in element.get("class", [])]
    for heads, rows in [(table["heads"], table["rows"]) for box in section for table in map(read_table, box.select("table"))]:
        for part in ("date", "source"):
            columns = [index for index, head in enumerate(heads) if head["says"] == part]
            for origin in origins:
                origin[f"{part}s"] += [row[index] for row in rows for index in columns]
    sentence = {"what": "a sentence", "heads": [{"text": "sentence", "says": None}], "rows": [[paragraph.get_text()]]}
    return {**sentence, "origins": origins}


pages = []
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        main = BeautifulSoup(file, "html.parser").main
    read = [
        *((table, read_table) for table in main.select("table") if not table.find_parent(class_="prose")),
        *((figure, read_chart) for figure in main.select("figure.chart")),
        *((item, read_figure) for item in main.select(".figures > div")),
        *((text, read_sentence) for text in main.find_all("p", class_=None, recursive=False)),
    ]
    pages.append([function(element) for element, function in read])
json.dump(pages, sys.stdout)
