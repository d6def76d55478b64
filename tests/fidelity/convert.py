"""Make ``record/`` from a recorder's directory: ``python -m tests.fidelity.convert DIRECTORY [TOPIC ...]``.

A recorder's file is one command with everything that went over the wire; kept is only what is compared.
``--rewrite OLD=NEW`` gives a directory of the recorder's machine the name that it has on the simulated laptop.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.fidelity.case import Case, save
from tests.fidelity.pages import structure
from tests.fidelity.tars import entry_line

LEFT_OUT = {"build_legacy", "build_buildkit", "noplugin", "compose"}
"""Topics of other reports: builds and compose."""


def convert(value: dict[str, Any]) -> Case:
    """One recorder's file as a case."""
    killed = value.get("killed", "")
    size = value.get("tty_size") or {"rows": 24, "cols": 80}
    return Case(
        topic=value["topic"],
        name=re.sub("^filter-id-.*", "filter-id", value["name"]),
        argv=tuple(value["argv"]),
        stdin=value["stdin"],
        steps=tuple(tuple(step) for step in value.get("stdin_steps", ())),
        tty=(size["rows"], size["cols"]) if value["tty"] else None,
        cwd=value.get("cwd", "/root"),
        env=value.get("env", {}),
        files=value.get("files", {}),
        setup=tuple(value.get("setup", ())),
        background=tuple(tuple(one) for one in value.get("background", ())),
        cleanup=tuple(value.get("cleanup", ())),
        killed=float(killed.split(" after ")[1].split()[0]) if killed else 0,
        exit_code=value["exit_code"],
        stdout=structure(text_of(value["stdout"])),
        stderr=structure(text_of(value["stderr"])),
        post=value.get("post_state", {}),
        http=tuple(_exchange(one) for one in value["http"]),
        seconds=round(value.get("duration_ms", 0) / 1000, 2),
    )


def _read(path: Path, before: str, after: str) -> Case:
    text = path.read_text()
    if before:
        text = text.replace(before, after).replace(quote(before, ""), quote(after, ""))
    return convert(json.loads(text))


def _exchange(value: dict[str, Any]) -> tuple[str, str, int]:
    return value["request"]["method"], value["request"]["path"], value.get("response", {}).get("status", 0)


def text_of(value: Any) -> str:
    """A recorded stream as text: an archive as its listing, other bytes as what they are."""
    if isinstance(value, str):
        return value
    if "tar" in value:
        lines = [entry_line(one["type"], one["mode"], one["size"], one["name"]) for one in value["tar"]]
        return "".join(lines) + f"{value.get('tar_entries', len(lines))} entries\n"
    if "b64" in value:
        return base64.b64decode(value["b64"]).decode("latin-1")
    return f"{value['size']} bytes, sha256 {value['sha256']}\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity.convert", description="Keep what is compared.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("topics", nargs="*", metavar="TOPIC")
    parser.add_argument("--rewrite", default="=", metavar="OLD=NEW")
    options = parser.parse_args()
    before, _, after = options.rewrite.partition("=")
    for folder in sorted(options.directory.iterdir()):
        if folder.is_dir() and folder.name not in LEFT_OUT and (not options.topics or folder.name in options.topics):
            cases = [_read(path, before, after) for path in sorted(folder.glob("*.json"))]
            save(folder.name, cases)
            print(f"{folder.name}: {len(cases)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
