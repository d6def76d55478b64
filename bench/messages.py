"""Messages a second, traced, against a bare SimPy request and reply of the same shape."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Generator
from typing import Any

import simpy

from dockersim.sim import Link, Service, Simulation, exchange
from dockersim.wire import Request, Response

BODY = b'{"message":"hello"}\n'


def handler(request: Request) -> Response:
    return Response(200, {"Content-Type": "application/json"}, BODY)


def bare(count: int) -> float:
    """Request, latency, handler, latency, response: nothing recorded."""
    env = simpy.Environment()

    def client() -> Generator[Any, Any, None]:
        for _ in range(count):
            request = Request("GET", "/version", {"Host": "x"})
            yield env.timeout(0.0002 + len(request.body) / 2e9)
            response = handler(request)
            yield env.timeout(0.0002 + len(response.body) / 2e9)

    env.process(client())
    begin = time.perf_counter()
    env.run()
    return count / (time.perf_counter() - begin)


def traced(count: int) -> float:
    """The same through :func:`dockersim.sim.exchange`: two typed events for each."""
    sim = Simulation(trace_limit=20_000)
    link, service = Link(), Service("daemon", handler)

    def client() -> Generator[Any, Any, None]:
        for _ in range(count):
            yield from exchange(sim, "client", link, service, Request("GET", "/version", {"Host": "x"}))

    sim.process(client())
    begin = time.perf_counter()
    sim.env.run()
    return count / (time.perf_counter() - begin)


def main() -> None:
    rounds, count = (3, 2_000) if "--short" in sys.argv else (81, 2_000)
    pairs = [(traced(count), bare(count)) for _ in range(rounds)]
    print(
        json.dumps(
            {
                "figure": "exchanges a second, traced",
                "traced": round(statistics.median(ours for ours, _ in pairs)),
                "bare": round(statistics.median(theirs for _, theirs in pairs)),
                "ratio": round(statistics.median(ours / theirs for ours, theirs in pairs), 2),
                "limit": 0.5,
            }
        )
    )


if __name__ == "__main__":
    main()
