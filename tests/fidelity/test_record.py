"""The recorder, on commands that need no engine: what it writes is a case that the converter reads."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fidelity.convert import convert
from tests.fidelity.record import record

ASK = (
    "import os, socket; s = socket.socket(socket.AF_UNIX); s.connect(os.environ['DOCKER_HOST'][7:]);"
    "s.sendall(b'HEAD /_ping HTTP/1.1\\r\\nHost: d\\r\\n\\r\\n'); print(s.recv(99).split()[1].decode())"
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[str]:
    """Something at a socket that answers one request at a time."""
    path = str(tmp_path / "engine.sock")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(4)

    def serve() -> None:
        while True:
            try:
                one, _ = listener.accept()
            except OSError:
                return
            with one:
                if one.recv(4096):
                    one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield path
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def run(engine: str, **case: Any) -> dict[str, Any]:
    return convert(record("new", {"name": "one", **case}, engine)).to_json()


def test_streams_exit_code_and_shell_lines(engine: str, tmp_path: Path) -> None:
    found = run(
        engine,
        argv="sh -c 'cat; cat f; echo err >&2; exit 3'",
        stdin="typed\n",
        cwd=str(tmp_path),
        files={"f": "from a file\n"},
        setup=["echo set > up"],
        post=["cat up"],
        cleanup=["rm up"],
    )
    assert (found["stdout"], found["stderr"], found["exit_code"]) == ("typed\nfrom a file\n", "err\n", 3)
    assert found["post"] == {"cat up": "set\n"}
    assert not (tmp_path / "up").exists()


def test_a_terminal_and_what_is_typed_on_it(engine: str) -> None:
    script = "stty size; printf 'name? '; read n; echo hello $n; read x"
    found = run(engine, argv=["sh", "-c", script], tty=[40, 132], steps=[["name? ", "Bob\r"], [0.3, "\x03"]], timeout=9)
    assert "40 132\r\n" in found["stdout"]
    assert "hello Bob\r\n" in found["stdout"]
    assert found["tty"] == (40, 132)
    assert found["steps"] == (("name? ", "Bob\r"), (0.3, "\x03"))


def test_requests_are_noted_in_order(engine: str) -> None:
    found = run(engine, argv=[sys.executable, "-c", ASK])
    assert found["http"] == (("HEAD", "/_ping", 200),)
    assert found["stdout"] == "200\n"


def test_a_command_that_goes_on_is_ended(engine: str) -> None:
    found = run(engine, argv="sleep 100", timeout=0.5)
    assert found["exit_code"] is None
    assert found["killed"] == 0.5
