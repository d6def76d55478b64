"""The registry against what the reference registry (Distribution 2.8.2) answered to the same requests.

``goldens/distribution.json`` holds the requests with the recorded answers. ``$LOCATION`` stands for where the last
upload goes on. Running this file with the path of a ``docker-registry`` binary records the answers again.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dockersim.registry import Registry
from dockersim.sim import Simulation
from dockersim.wire import Request

GOLDENS = Path(__file__).parent / "goldens" / "distribution.json"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
VARIES = {"date", "connection"}
Answer = dict[str, Any]
Send = Callable[[str, str, dict[str, str], bytes], tuple[int, dict[str, str], bytes]]


def masked(text: str) -> str:
    text = re.sub(r"http://[^/]+/", "http://HOST/", text)
    return UUID.sub("UUID", re.sub(r"_state=[A-Za-z0-9_%-]+", "_state=STATE", text))


def play(steps: list[dict[str, Any]], send: Send) -> Iterator[Answer]:
    """The masked answers to the steps' requests, one after the other."""
    location = ""
    for step in steps:
        path = step["path"].replace("$LOCATION", location)
        status, headers, body = send(step["method"], path, step.get("headers", {}), step.get("body", "").encode())
        if "/uploads/" in headers.get("Location", ""):
            location = re.sub(r"http://[^/]+", "", headers["Location"])
        told = {name: masked(value) for name, value in sorted(headers.items()) if name.lower() not in VARIES}
        yield {"status": status, "headers": told, "body": masked(body.decode())}


def simulated() -> Send:
    sim = Simulation()
    registry = Registry("localhost:5000", sim, deletes=True)

    def send(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        answer = registry.handle(Request(method, path, headers, body))
        if not hasattr(answer, "status"):
            answer = sim.env.run(sim.process(answer))
        assert isinstance(answer.body, bytes)
        return answer.status, answer.headers, answer.body

    return send


@contextlib.contextmanager
def real(binary: str) -> Iterator[Send]:
    """A reference registry of its own, on a free port, with an empty disk."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.yml")
        config.write_text(
            "version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n"
            f"storage: {{filesystem: {{rootdirectory: {folder}/data}}, delete: {{enabled: true}}}}\n"
            f"http: {{addr: 127.0.0.1:{port}}}\n"
        )
        server = subprocess.Popen([binary, "serve", config], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

        def send(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            found = answer.status, dict(answer.getheaders()), answer.read()
            connection.close()
            return found

        try:
            for _ in range(100):
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                time.sleep(0.05)
            yield send
        finally:
            server.terminate()
            server.wait()


def load() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(GOLDENS.read_text())
    return loaded


def differences(steps: list[dict[str, Any]], send: Send) -> list[tuple[str, Answer, Answer]]:
    answers = play(steps, send)
    return [
        (f"{step['method']} {step['path']}", step["answer"], answer)
        for step, answer in zip(steps, answers, strict=True)
        if answer != step["answer"]
    ]


def test_answers_are_the_recorded_ones() -> None:
    steps = load()
    assert len(steps) > 80
    assert differences(steps, simulated()) == []


@pytest.mark.system
def test_a_real_registry_still_answers_so() -> None:
    binary = shutil.which("docker-registry")
    if binary is None:
        pytest.skip("no docker-registry here")
    with real(binary) as send:
        assert differences(load(), send) == []


def record(binary: str) -> None:
    steps = load()
    with real(binary) as send:
        for step, answer in zip(steps, play(steps, send), strict=True):
            step["answer"] = answer
    lines = ",\n".join(json.dumps(step) for step in steps)
    GOLDENS.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    record(sys.argv[1])
