"""Record new cases from a real engine: ``python -m tests.fidelity.record FILE --out DIRECTORY [--engine SOCKET]``.

``FILE`` is TOML: ``topic = "name"`` and ``[[case]]`` tables with ``name``, ``argv`` (a list, or a line split as a shell
does) and what :class:`tests.fidelity.case.Case` has besides: ``stdin``, ``steps``, ``tty``, ``setup``, ``background``,
``cleanup``, ``post`` (a list of lines), ``cwd``, ``env``, ``files``. One JSON file a case is written, in the form that
``tests.fidelity.convert`` reads. The client runs against a proxy that notes each request's method, path and status.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import pty
import select
import shlex
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import tomllib
from pathlib import Path
from typing import Any

PATIENCE = 60.0
ENVIRONMENT = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}


class Proxy:
    """Stands between client and engine on a socket of its own, and keeps the heads of what goes by."""

    def __init__(self, directory: str, engine: str) -> None:
        self.path = f"{directory}/docker.sock"
        self.exchanges: list[dict[str, Any]] = []
        self._engine = engine
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen(64)
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """No more connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._engine)
        reader = Heads(self.exchanges)
        peers = {client: server, server: client}
        try:
            while peers:
                for one in select.select(list(peers), [], [])[0]:
                    data = one.recv(65_536)
                    other = peers[one]
                    if not data:
                        del peers[one]
                        other.shutdown(socket.SHUT_WR)
                        if one is server:
                            peers.clear()
                        continue
                    reader.feed(data, from_client=one is client)
                    other.sendall(data)
        except OSError:
            pass
        finally:
            client.close()
            server.close()


class Heads:
    """Finds the heads of requests and responses in the two directions of one connection."""

    METHODS = (b"GET ", b"HEAD ", b"POST ", b"PUT ", b"DELETE ")

    def __init__(self, exchanges: list[dict[str, Any]]) -> None:
        self._exchanges = exchanges
        self._open: dict[str, Any] | None = None

    def feed(self, data: bytes, *, from_client: bool) -> None:
        """The next bytes of one direction."""
        line = data.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        if from_client and data.startswith(self.METHODS) and len(line) == 3:
            self._open = {"request": {"method": line[0], "path": line[1]}}
            self._exchanges.append(self._open)
        elif not from_client and self._open is not None and data.startswith(b"HTTP/1.") and line[1] != "100":
            self._open["response"] = {"status": int(line[1])}
            self._open = None


class Take:
    """One run of a case's command: its streams, what is typed, and its end."""

    def __init__(self, case: dict[str, Any], environment: dict[str, str]) -> None:
        self.case = case
        self.output: list[tuple[int, bytes]] = []
        self.master = -1
        self._environment = environment
        self._process: subprocess.Popen[bytes]

    def run(self) -> int | None:
        """Run to the end; the exit code, or ``None`` where it had to be ended."""
        case = self.case
        argv = case["argv"] if isinstance(case["argv"], list) else shlex.split(case["argv"])
        common: dict[str, Any] = {"cwd": case.get("cwd") or "/", "env": self._environment, "start_new_session": True}
        if case.get("tty"):
            self.master, slave = pty.openpty()
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *case["tty"], 0, 0))
            self._process = subprocess.Popen(
                argv, stdin=slave, stdout=slave, stderr=slave, preexec_fn=_take_terminal, **common
            )
            os.close(slave)
            sources = {self.master: 1}
        else:
            self._process = subprocess.Popen(
                argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **common
            )
            assert self._process.stdout is not None
            assert self._process.stderr is not None
            sources = {self._process.stdout.fileno(): 1, self._process.stderr.fileno(): 2}
        threading.Thread(target=self._write, daemon=True).start()
        return self._read(sources)

    def stream(self, number: int) -> str:
        """What came out of a stream; on a terminal everything is on the first."""
        return b"".join(data for which, data in self.output if which == number).decode("utf-8", "replace")

    def _read(self, sources: dict[int, int]) -> int | None:
        deadline = time.monotonic() + float(self.case.get("timeout", PATIENCE))
        while sources and time.monotonic() < deadline:
            for source in select.select(list(sources), [], [], 0.2)[0]:
                try:
                    data = os.read(source, 65_536)
                except OSError:
                    data = b""
                if data:
                    self.output.append((sources[source], data))
                else:
                    del sources[source]
        ended = not sources
        if not ended:
            self._signal(signal.SIGINT)
            time.sleep(1)
            self._signal(signal.SIGKILL)
        status = self._process.wait()
        self._close()
        return status if ended and status >= 0 else None

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        if self.master >= 0:
            os.close(self.master)

    def _write(self) -> None:
        try:
            if self.case.get("stdin") is not None:
                self._send(self.case["stdin"])
            position = 0
            for wait, send in self.case.get("steps", ()):
                position = self._wait(wait, position)
                if self._process.poll() is not None:
                    return
                self._step(send)
            if not self.case.get("steps"):
                self._step(["eof"])
        except (OSError, ValueError):
            pass

    def _wait(self, wait: float | str, position: int) -> int:
        if not isinstance(wait, str):
            time.sleep(wait)
            return position
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self._process.poll() is None:
            found = self.stream(1).find(wait, position)
            if found >= 0:
                time.sleep(0.15)
                return found + len(wait)
            time.sleep(0.03)
        return position

    def _step(self, send: Any) -> None:
        if isinstance(send, str):
            self._send(send)
        elif send[0] == "signal":
            self._signal(getattr(signal, f"SIG{send[1]}"))
        elif self._process.stdin is not None:
            self._process.stdin.close()

    def _send(self, text: str) -> None:
        if self.master >= 0:
            os.write(self.master, text.encode())
        elif self._process.stdin is not None:
            self._process.stdin.write(text.encode())
            self._process.stdin.flush()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def record(topic: str, case: dict[str, Any], engine: str) -> dict[str, Any]:
    """Run one case, with its setup before and its questions and cleanup after; its record."""
    cwd = case.get("cwd") or "/"
    for path, text in case.get("files", {}).items():
        place = Path(cwd, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    for line in case.get("setup", ()):
        shell(line, cwd, engine)
    with tempfile.TemporaryDirectory() as directory:
        proxy = Proxy(directory, engine)
        terminal = {"TERM": "xterm-256color"} if case.get("tty") else {}
        environment = {**ENVIRONMENT, "DOCKER_HOST": f"unix://{proxy.path}", **case.get("env", {}), **terminal}
        take = Take(case, environment)
        began = time.monotonic()
        beside = threading.Thread(target=_background, args=(case.get("background", ()), cwd, engine))
        beside.start()
        status = take.run()
        beside.join()
        duration = time.monotonic() - began
        proxy.close()
    made = {
        **{key: value for key, value in case.items() if key not in ("steps", "post", "timeout")},
        "topic": topic,
        "argv": case["argv"] if isinstance(case["argv"], list) else shlex.split(case["argv"]),
        "stdin": case.get("stdin"),
        "tty": bool(case.get("tty")),
        "exit_code": status,
        "stdout": take.stream(1),
        "stderr": take.stream(2),
        "http": proxy.exchanges,
        "duration_ms": round(1000 * duration),
    }
    if case.get("tty"):
        made["tty_size"] = {"rows": case["tty"][0], "cols": case["tty"][1]}
    if case.get("steps"):
        made["stdin_steps"] = case["steps"]
    if status is None:
        made["killed"] = f"ended after {float(case.get('timeout', PATIENCE))} s"
    if case.get("post"):
        made["post_state"] = {line: shell(line, cwd, engine) for line in case["post"]}
    for line in case.get("cleanup", ()):
        shell(line, cwd, engine)
    return made


def shell(line: str, cwd: str, engine: str) -> str:
    """An unrecorded line, straight to the engine; what it printed."""
    environment = {**ENVIRONMENT, "DOCKER_HOST": f"unix://{engine}", "DOCKER_CLI_HINTS": "false"}
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode("utf-8", "replace")


def _background(lines: Any, cwd: str, engine: str) -> None:
    for seconds, line in lines:
        time.sleep(seconds)
        shell(line, cwd, engine)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity.record", description="Record a real engine.")
    parser.add_argument("file", type=Path, help="the cases, in TOML")
    parser.add_argument("--out", type=Path, required=True, help="where the records go")
    parser.add_argument("--engine", default="/var/run/docker.sock", help="the engine's socket")
    options = parser.parse_args()
    cases = tomllib.loads(options.file.read_text())
    folder = options.out / cases["topic"]
    folder.mkdir(parents=True, exist_ok=True)
    for number, case in enumerate(cases["case"], 1):
        made = record(cases["topic"], case, options.engine)
        (folder / f"{number:03d}-{case['name']}.json").write_text(json.dumps(made, indent=1, ensure_ascii=False))
        print(f"{cases['topic']}/{case['name']}: exit {made['exit_code']}, {len(made['http'])} exchanges")
    return 0


if __name__ == "__main__":
    sys.exit(main())
