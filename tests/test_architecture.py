"""The house keeps its rules: no simulated thing touches the real machine, and examples in docstrings run."""

from __future__ import annotations

import ast
import doctest
import importlib
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "dockersim"
REAL = {
    "asyncio", "ctypes", "glob", "multiprocessing", "os", "pathlib", "pty", "resource", "shutil", "signal", "socket",
    "subprocess", "tempfile", "termios", "threading", "time", "tty", "urllib.request", "webbrowser",
}  # fmt: skip
ALLOWED = {"app"}
"""Packages that stand between the simulation and the real machine."""

COMPILED = {"userland/programs/awk/main.py": {"compile", "exec"}}
"""Exceptions: awk's programs are translated to Python functions, whose text is made of checked nodes only."""
FORBIDDEN = {"open", "eval", "exec", "compile", "__import__", "input", "print"}

MODULES = sorted(PACKAGE.rglob("*.py"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Call))
    )


def imported(path: Path) -> set[str]:
    names = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names


def called(path: Path) -> set[str]:
    calls = (node.func for node in nodes(path) if isinstance(node, ast.Call))
    return {function.id for function in calls if isinstance(function, ast.Name)}


def test_no_simulated_thing_touches_the_real_machine() -> None:
    guilty = {
        str(path.relative_to(PACKAGE)): sorted(imported(path) & REAL)
        for path in MODULES
        if path.relative_to(PACKAGE).parts[0] not in ALLOWED and imported(path) & REAL
    }
    assert guilty == {}


def test_nothing_opens_a_real_file_or_evaluates_text() -> None:
    guilty = []
    for path in MODULES:
        if path.relative_to(PACKAGE).parts[0] in ALLOWED:
            continue
        where = path.relative_to(PACKAGE).as_posix()
        guilty += [f"{where}: {name}" for name in called(path) & FORBIDDEN - COMPILED.get(where, set())]
    assert guilty == []


@pytest.mark.parametrize("name", ["dockersim", "dockersim.notebook"])
def test_examples_in_docstrings_run_as_printed(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert failed == 0
    assert tried > 0
