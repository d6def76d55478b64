"""Lines a second at the shell's prompt: `echo x` typed line by line into one world, and as one script."""

from __future__ import annotations

import json
import statistics
import sys
import time

import dockersim


def main() -> None:
    rounds, count = (2, 200) if "--short" in sys.argv else (7, 5_000)
    world = dockersim.World(seed=0, trace_limit=1000)
    typed, script = [], []
    for _ in range(rounds):
        begin = time.perf_counter()
        for _ in range(count):
            world.sh("echo x")
        typed.append(count / (time.perf_counter() - begin))
        begin = time.perf_counter()
        assert world.sh("echo x\n" * count).stdout == "x\n" * count
        script.append(count / (time.perf_counter() - begin))
    print(
        json.dumps(
            {
                "figure": "echo lines a second",
                "typed_through_world_sh": round(statistics.median(typed)),
                "in_a_script": round(statistics.median(script)),
                "limit": 10_000,
            }
        )
    )


if __name__ == "__main__":
    main()
