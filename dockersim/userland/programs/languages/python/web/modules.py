"""The modules ``flask``, ``fastapi``, ``uvicorn`` and ``http``."""

from __future__ import annotations

import json
import posixpath
import re
from typing import Any

from dockersim.userland.process import Steps
from dockersim.userland.programs.languages.python.interpreter import Interpreter
from dockersim.userland.programs.languages.python.modules.making import module as make_module
from dockersim.userland.programs.languages.python.modules.making import plain
from dockersim.userland.programs.languages.python.values import Object, Raised, Unsimulated
from dockersim.userland.programs.languages.python.web.application import Application
from dockersim.userland.programs.languages.python.web.serving import serve_uvicorn


def module(interpreter: Interpreter, name: str) -> Any:
    """``flask``, ``fastapi``, ``uvicorn`` or ``http``."""
    if name == "flask":
        return _flask(interpreter)
    if name == "fastapi":
        return make_module("fastapi", FastAPI=lambda one, arguments, keywords: _make(one, "fastapi"))
    if name == "uvicorn":

        def run(one: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Steps:
            target = arguments[0]
            if not isinstance(target, Object):
                raise Unsimulated("uvicorn.run with a name")
            host = str(keywords.get("host", "127.0.0.1"))
            yield from serve_uvicorn(one, target.attributes["application"], host, int(keywords.get("port", 8000)))

        return make_module("uvicorn", run=run)
    raise Unsimulated(f"the module {name}")


def _make(one: Interpreter, kind: str) -> Object:
    found = Application(one, kind, posixpath.basename(one.__dict__.get("script", "app")).removesuffix(".py"))
    if kind == "flask":
        found.request = one.modules["flask"].attributes["request"] if "flask" in one.modules else None
    made = found.object()
    one.__dict__.setdefault("applications", []).append(found)
    return made


def _flask(interpreter: Interpreter) -> Object:
    def jsonify(value: Any = None, **more: Any) -> Object:
        data = json.dumps(more if value is None else value, separators=(",", ":")).encode() + b"\n"
        return Object("response", {"type": "application/json", "body": data})

    def render(one: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> str:
        path = f"{one.p.cwd.rstrip('/')}/templates/{arguments[0]}"
        if not one.p.vfs.exists(path, cwd="/", cred=one.p.cred):
            raise Raised("OSError", str(arguments[0]))
        text = one.p.read_file(path).decode(errors="replace")
        if "{%" in text:
            raise Unsimulated("templates with statements")
        return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: str(keywords.get(found[1], "")), text)

    return make_module(
        "flask",
        Flask=lambda one, arguments, keywords: _make(one, "flask"),
        jsonify=plain(jsonify),
        render_template=render,
        request=Object("Request", dict.fromkeys(("method", "path", "args", "form"), None)),
    )
