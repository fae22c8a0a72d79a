"""Prints as JSON for which platforms and Pythons the package index has no wheel with a locked hash.

Only packages with compiled parts are looked up: any other one has the same wheel everywhere, and set-up installed it here.
Nothing is downloaded but the index's pages, which state the hash of each file.
"""

import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distributions
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from packaging.requirements import Requirement
from packaging.tags import compatible_tags, cpython_tags, mac_platforms
from packaging.utils import canonicalize_name, parse_wheel_filename

INDEX = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")
PYTHON_MINORS = range(10, 15)


def manylinux(machine):
    # 2.28 is the oldest glibc that Node 24 runs with.
    return [f"manylinux_2_{minor}_{machine}" for minor in range(28, 16, -1)] + [f"manylinux2014_{machine}"]


# 13 is the oldest macOS that Node 24 runs on.
PLATFORMS = [
    ("linux", "x86_64", manylinux("x86_64")),
    ("linux", "aarch64", manylinux("aarch64")),
    ("darwin", "arm64", list(mac_platforms((13, 0), "arm64"))),
    ("darwin", "x86_64", list(mac_platforms((13, 0), "x86_64"))),
]


def read_locks(files):
    """Returns the requirements of the files, each with its locked hashes."""
    text = "\n".join(Path(file).read_text() for file in files)
    entries = re.findall(r"^([^\s#].*?) \\\n((?:    --hash=.*\n?)+)", text, re.M)
    return [(Requirement(wanted), set(re.findall(r"sha256:(\w+)", hashes))) for wanted, hashes in entries]


def is_pure(distribution):
    tags = re.findall(r"^Tag: (.*)$", distribution.read_text("WHEEL") or "", re.M)
    return tags != [] and all(tag.endswith("-any") for tag in tags)


def read_wheels(name, hashes):
    """Returns the tags of each wheel that the index has with one of the hashes, by that hash."""
    try:
        request = Request(f"{INDEX}/{name}/", headers={"Accept": "text/html"})
        page = urlopen(request, timeout=30).read().decode()
    except HTTPError as error:
        if error.code != 404:
            raise
        page = ""
    found = re.findall(r'href="[^"]*?([^"/#]+\.whl)#sha256=(\w+)', page)
    return {sha256: parse_wheel_filename(file)[3] for file, sha256 in found if sha256 in hashes}


def main(files):
    locked = read_locks(files)
    pure = {canonicalize_name(one.metadata["Name"]) for one in distributions() if is_pure(one)}
    names = sorted({canonicalize_name(wanted.name) for wanted, _ in locked} - pure)
    all_hashes = set().union(*(hashes for _, hashes in locked))
    try:
        with ThreadPoolExecutor(8) as pool:
            wheels = dict(zip(names, pool.map(lambda name: read_wheels(name, all_hashes), names)))
    except HTTPError:
        raise
    except (URLError, TimeoutError) as error:
        return {"index": INDEX, "unreachable": str(error)}

    checked, missing = [], []
    for system, machine, platforms in PLATFORMS:
        for minor in PYTHON_MINORS:
            environment = {
                "sys_platform": system,
                "platform_machine": machine,
                "os_name": "posix",
                "implementation_name": "cpython",
                "python_version": f"3.{minor}",
                "python_full_version": f"3.{minor}.20",
            }
            tags = {*cpython_tags((3, minor), platforms=platforms)}
            tags |= {*compatible_tags((3, minor), f"cp3{minor}", platforms)}
            for wanted, hashes in locked:
                name = canonicalize_name(wanted.name)
                if name in pure or (wanted.marker and not wanted.marker.evaluate(environment)):
                    continue
                subject = f"{wanted.name}{wanted.specifier} for {system} {machine}, Python 3.{minor}"
                checked.append(subject)
                if not any(tags & its for sha256, its in wheels[name].items() if sha256 in hashes):
                    missing.append(subject)
    return {"index": INDEX, "checked": checked, "missing": missing}


print(json.dumps(main(sys.argv[1:])))
