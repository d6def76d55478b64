"""Small programs that images and packages bring along: envsubst, jq, certificates, PHP's extensions."""

from __future__ import annotations

import json
import re
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.process import Process, Steps


def envsubst(p: Process) -> Steps:
    """``envsubst ['$A $B']``: standard input with variables of the environment put in."""
    wanted = re.findall(r"\$\{?(\w+)\}?", p.argv[1]) if len(p.argv) > 1 else None
    text = (yield from p.read_all(0)).decode("utf-8", "surrogateescape")

    def put(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return found[0] if wanted is not None and name not in wanted else p.env.get(name, "")

    p.out(re.sub(r"\$(?:\{(\w+)\}|([A-Za-z_]\w*))", put, text))
    return 0


def update_ca_certificates(p: Process) -> int:
    """Tells how many certificates it took in: none."""
    p.out("Updating certificates in /etc/ssl/certs...\n0 added, 0 removed; done.\n")
    p.out("Running hooks in /etc/ca-certificates/update.d...\ndone.\n")
    return 0


def docker_php_ext_install(p: Process) -> Steps:
    """``docker-php-ext-install name...``: takes its time and leaves a configuration file for each."""
    for name in (word for word in p.argv[1:] if not word.startswith("-")):
        p.out(f"Configuring for:\nPHP Api Version:         20240924\nInstalling shared extensions: {name}.so\n")
        yield from p.flush()
        p.cpu += 4
        yield from p.sleep(5)
        _enable(p, name)
    return 0


def docker_php_ext_enable(p: Process) -> int:
    """``docker-php-ext-enable name...``."""
    for name in (word for word in p.argv[1:] if not word.startswith("-")):
        _enable(p, name)
    return 0


def docker_php_ext_configure(p: Process) -> int:
    p.out("Configuring for:\nPHP Api Version:         20240924\n")
    return 0


def _enable(p: Process, name: str) -> None:
    folder = "/usr/local/etc/php/conf.d"
    p.vfs.makedirs(folder, cwd="/", cred=p.cred)
    p.write_file(f"{folder}/docker-php-ext-{name}.ini", f"extension={name}.so\n".encode())


# ---- jq


class JqError(Exception):
    """What jq says after ``jq: error``."""


def jq(p: Process) -> Steps:
    """``jq [-r] [-c] FILTER [file...]``: paths, ``[]``, ``|``, ``,``, ``length``, ``keys``."""
    words: list[str] = []
    flags: set[str] = set()
    for word in p.argv[1:]:
        if word.startswith("--"):
            flags |= set({"raw-output": "r", "compact-output": "c"}.get(word[2:], ""))
        elif word.startswith("-") and len(word) > 1:
            flags |= set(word[1:])
        else:
            words.append(word)
    if not words:
        p.err("jq - commandline JSON processor\n\nUsage:\tjq [OPTIONS] FILTER [FILES...]\n")
        return 2
    data = b""
    for name in words[1:]:
        try:
            data += p.read_file(name)
        except FsError as error:
            p.err(f"jq: error: Could not open {name}: {error.strerror}\n")
            return 2
    if not words[1:]:
        data = yield from p.read_all(0)
    text, at, decoder = data.decode(errors="replace").strip(), 0, json.JSONDecoder()
    try:
        while at < len(text):
            value, at = decoder.raw_decode(text, at)
            for result in _pipe(words[0], value):
                p.out(_shown(result, flags) + "\n")
            at += len(text[at:]) - len(text[at:].lstrip())
    except ValueError:
        p.err("jq: parse error: Invalid numeric literal at line 1, column 1\n")
        return 5 if at else 2
    except JqError as error:
        p.err(f"jq: error {error}\n")
        return 5 if str(error).startswith("(at") else 3
    return 0


def _shown(value: Any, flags: set[str]) -> str:
    if "r" in flags and isinstance(value, str):
        return value
    if "c" in flags:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return json.dumps(value, indent=2, ensure_ascii=False)


def _pipe(text: str, value: Any) -> list[Any]:
    values = [value]
    for stage in text.split("|"):
        values = [result for one in values for part in stage.split(",") for result in _path(part.strip(), one)]
    return values


def _path(text: str, value: Any) -> list[Any]:
    if text in ("length", "keys"):
        if text == "keys":
            return [sorted(value) if isinstance(value, dict) else list(range(len(value)))]
        return [0 if value is None else len(value) if isinstance(value, str | list | dict) else value]
    if not re.fullmatch(r"\.|(?:\.?\[\d*\]|\.?\[-\d+\]|\.[A-Za-z_]\w*|\.\"[^\"]*\"|\.?\[\"[^\"]*\"\]|\?)+", text):
        raise JqError(f"the filter '{text}' is not simulated")
    values = [value]
    for number, name, quoted, inner in re.findall(
        r"\[(-?\d*)\]|\.([A-Za-z_]\w*)|\.\"([^\"]*)\"|\[\"([^\"]*)\"\]", text
    ):
        key = name or quoted or inner
        values = [result for one in values for result in (_field(one, key) if key else _item(one, number))]
    return values


def _field(value: Any, key: str) -> list[Any]:
    if value is None:
        return [None]
    if not isinstance(value, dict):
        raise JqError(f'(at <stdin>:0): Cannot index {_kind(value)} with "{key}"')
    return [value.get(key)]


def _item(value: Any, number: str) -> list[Any]:
    if not number:
        if isinstance(value, dict):
            return list(value.values())
        if not isinstance(value, list):
            raise JqError(f"(at <stdin>:0): Cannot iterate over {_kind(value)}")
        return list(value)
    if not isinstance(value, list):
        raise JqError(f"(at <stdin>:0): Cannot index {_kind(value)} with number")
    at = int(number)
    return [value[at] if -len(value) <= at < len(value) else None]


def _kind(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else (
        "object" if isinstance(value, dict) else "number")  # fmt: skip
