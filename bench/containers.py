"""Containers: the whole cycle through `world.sh` and through the engine's handlers; many created ones; a long list.

Where a real engine answers on the usual socket, the same is done there, side by side, and the ratio is given.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Generator
from typing import Any

import dockersim
from dockersim.wire import Request, Response

CREATE = json.dumps({"Image": "busybox", "Cmd": ["true"]}).encode()
JSON = {"Content-Type": "application/json"}
REAL_CYCLE_A_SECOND, REAL_LIST_MS = 3.8, 28.0
"""The same on a real Docker 20.10 through its API, measured elsewhere: for want of an engine here."""


def answer(world: dockersim.World, request: Request) -> Response:
    """One request straight to the daemon's handler, with the clock driven as far as it needs."""
    result = world.engine.service.handler(request)
    if isinstance(result, Response):
        return result
    done = world.sim.process(result)
    while not done.processed:
        world.sim.env.step()
    assert isinstance(done.value, Response)
    return done.value


def cycle_by_handlers(world: dockersim.World) -> None:
    created = answer(world, Request("POST", "/v1.51/containers/create", dict(JSON), CREATE))
    identity = created.json()["Id"]
    waiting = answer(world, Request("POST", f"/v1.51/containers/{identity}/wait?condition=next-exit"))
    answer(world, Request("POST", f"/v1.51/containers/{identity}/start"))
    finished = world.sim.process(_first(waiting.body))
    while not finished.processed:
        world.sim.env.step()
    answer(world, Request("DELETE", f"/v1.51/containers/{identity}"))


def _first(body: Any) -> Generator[Any, Any, bytes]:
    data: bytes = yield from body.receive()
    return data


def rate(act: Callable[[], object], count: int, rounds: int) -> float:
    rates = []
    for _ in range(rounds):
        begin = time.perf_counter()
        for _ in range(count):
            act()
        rates.append(count / (time.perf_counter() - begin))
    return statistics.median(rates)


class RealEngine:
    """A real engine at the socket that DOCKER_HOST names (or the usual one), through its API; needs `busybox` there."""

    def __init__(self) -> None:
        self.path = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.path)
        connection.request(method, path, body, dict(JSON) if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def ready(self) -> bool:
        try:
            return self.ask("GET", "/images/busybox/json")[0] == 200
        except OSError:
            return False

    def cycle(self) -> None:
        identity = json.loads(self.ask("POST", "/containers/create", CREATE)[1])["Id"]
        self.ask("POST", f"/containers/{identity}/start")
        self.ask("POST", f"/containers/{identity}/wait")
        self.ask("DELETE", f"/containers/{identity}")

    def list_500(self) -> float:
        """Milliseconds for a list of 500 created containers, which are removed again."""
        made = [json.loads(self.ask("POST", "/containers/create", CREATE)[1])["Id"] for _ in range(500)]
        times = []
        for _ in range(7):
            begin = time.perf_counter()
            self.ask("GET", "/containers/json?all=1")
            times.append(1000 * (time.perf_counter() - begin))
        for identity in made:
            self.ask("DELETE", f"/containers/{identity}")
        return statistics.median(times)


def ready_world(**options: Any) -> dockersim.World:
    world = dockersim.World(seed=0, **options)
    assert world.sh("docker pull -q busybox").exit_code == 0
    return world


def many(count: int) -> dict[str, Any]:
    """Memory and time of each created container, all told (the trace is bounded)."""
    world = ready_world(trace_limit=1000)
    answer(world, Request("POST", "/v1.51/containers/create", dict(JSON), CREATE))
    begin = time.perf_counter()
    for _ in range(count):
        answer(world, Request("POST", "/v1.51/containers/create", dict(JSON), CREATE))
    seconds = time.perf_counter() - begin
    world = ready_world(trace_limit=1000)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    measured = min(count, 20_000)
    for _ in range(measured):
        answer(world, Request("POST", "/v1.51/containers/create", dict(JSON), CREATE))
    size = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return {
        "figure": f"{count} created containers",
        "bytes_each": round(size / measured),
        "limit_bytes": 4096,
        "microseconds_each": round(1e6 * seconds / count, 1),
        "limit_microseconds": 100,
    }


def main() -> None:
    short = "--short" in sys.argv
    count, rounds = (20, 2) if short else (300, 7)
    world = ready_world(trace_limit=5000)
    by_shell = rate(lambda: world.sh("docker run --rm busybox true"), count, rounds)
    by_handlers = rate(lambda: cycle_by_handlers(world), count, rounds)
    engine = RealEngine()
    here = engine.ready()
    real = rate(engine.cycle, 2 if short else 10, 3) if here else REAL_CYCLE_A_SECOND
    print(
        json.dumps(
            {
                "figure": "create, start, wait, remove a second",
                "world_sh": round(by_shell, 1),
                "handlers": round(by_handlers, 1),
                "real": round(real, 1),
                "real_measured_here": here,
                "ratio_world_sh": round(by_shell / real),
                "limit_world_sh": 200,
                "ratio_handlers": round(by_handlers / real),
                "limit_handlers": 500,
            }
        )
    )
    print(json.dumps(many(2_000 if short else 100_000)))
    world = ready_world(trace_limit=5000)
    for _ in range(500):
        answer(world, Request("POST", "/v1.51/containers/create", dict(JSON), CREATE))
    listing = 1 / rate(lambda: answer(world, Request("GET", "/v1.51/containers/json?all=1")), 3, rounds)
    theirs = engine.list_500() if here and not short else REAL_LIST_MS
    print(
        json.dumps(
            {
                "figure": "list 500 containers",
                "ms": round(1000 * listing, 2),
                "real_ms": round(theirs, 2),
                "real_measured_here": here and not short,
                "ratio": round(1000 * listing / theirs, 2),
                "limit": 0.4,
            }
        )
    )


if __name__ == "__main__":
    main()
