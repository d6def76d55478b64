"""``import``: the module that a name means."""

from __future__ import annotations

from typing import Any

from dockersim.userland.programs.languages.python.interpreter import Interpreter
from dockersim.userland.programs.languages.python.modules.standard import MODULES
from dockersim.userland.programs.languages.python.values import Raised, Unsimulated

NEEDED = {"flask": "flask", "redis": "redis", "requests": "requests", "fastapi": "fastapi", "uvicorn": "uvicorn"}
"""Modules that must be installed, by the folder that they are in."""
STANDARD = frozenset(
    """re subprocess threading asyncio collections itertools functools pathlib logging argparse csv sqlite3 unittest
    typing dataclasses signal shutil string urllib struct hashlib base64 tempfile glob io copy enum uuid""".split()
)


def load(interpreter: Interpreter, name: str) -> Any:
    """The module ``name``, or steps that give it. Raises :class:`Raised` and :class:`Unsimulated`."""
    if name in NEEDED and not _is_installed(interpreter, NEEDED[name]):
        raise Raised("ModuleNotFoundError", f"No module named '{name}'")
    make = MODULES.get(name)
    if make is not None:
        return make(interpreter)
    if name == "redis":
        from dockersim.userland.programs.languages.python.modules.redis import redis

        return redis()
    if name == "requests":
        from dockersim.userland.programs.languages.python.modules.requests import requests

        return requests()
    if name in ("flask", "fastapi", "uvicorn", "http"):
        from dockersim.userland.programs.languages.python.web import modules

        return modules.module(interpreter, name)
    path = f"{interpreter.p.cwd.rstrip('/')}/{name}.py"
    if interpreter.p.vfs.exists(path, cwd="/", cred=interpreter.p.cred):
        raise Unsimulated(f"importing {name}.py")
    if name in STANDARD or _is_installed(interpreter, name):
        raise Unsimulated(f"the module {name}")
    raise Raised("ModuleNotFoundError", f"No module named '{name}'")


def _is_installed(interpreter: Interpreter, name: str) -> bool:
    from dockersim.userland.programs.packages.pip import site_packages

    folder = site_packages(interpreter.p)
    return bool(interpreter.p.vfs.exists(f"{folder}/{name}", cwd="/", cred=interpreter.p.cred))
