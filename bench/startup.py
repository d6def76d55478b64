"""Start-up: the narrated hello-world as a whole process, against importing its two libraries."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time

OURS = [sys.executable, "-m", "dockersim", "hello-world"]
LIBRARIES = [sys.executable, "-c", "import simpy, rich.console"]


def seconds(command: list[str]) -> float:
    """Wall time of one run. Byte code is cached, as it is on a learner's machine after the first run."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - begin


def main() -> None:
    runs = 3 if "--short" in sys.argv else 21
    for command in (OURS, LIBRARIES):
        seconds(command)
    pairs = [(seconds(OURS), seconds(LIBRARIES)) for _ in range(runs)]
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    print(
        json.dumps(
            {
                "figure": "start-up",
                "ours_ms": round(1000 * statistics.median(ours for ours, _ in pairs), 1),
                "libraries_ms": round(1000 * statistics.median(theirs for _, theirs in pairs), 1),
                "ratio": round(ratio, 2),
                "limit": 2,
            }
        )
    )


if __name__ == "__main__":
    main()
