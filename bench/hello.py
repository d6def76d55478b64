"""Runs of `docker run hello-world` a second, in one warm world."""

from __future__ import annotations

import json
import statistics
import sys
import time

import dockersim


def main() -> None:
    rounds, runs = (2, 5) if "--short" in sys.argv else (9, 100)
    world = dockersim.World(seed=0, trace_limit=10_000)
    assert world.sh("docker run hello-world").exit_code == 0
    rates = []
    for _ in range(rounds):
        begin = time.perf_counter()
        for _ in range(runs):
            world.sh("docker run --rm hello-world")
        rates.append(runs / (time.perf_counter() - begin))
    print(json.dumps({"figure": "hello-world runs a second", "median": round(statistics.median(rates), 1)}))


if __name__ == "__main__":
    main()
