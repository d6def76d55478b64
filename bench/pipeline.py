"""A pipeline of three programs over 10 MB of text: ``cat big | grep x | wc -l``. Prints one JSON line."""

import json
import time
from typing import Any

from dockersim.fs import Node, Overlay, Tree, Vfs
from dockersim.sim import Simulation
from dockersim.userland.binary import executable
from dockersim.userland.computer import Computer, Kernel
from dockersim.userland.files import Sink, null
from dockersim.userland.programs import TABLE

LINES = 200_000


def text() -> bytes:
    """About 10 MB, every seventh line with an x."""
    line = b"the quick brown fo%s jumps over the lazy dog 0123\n"
    return b"".join(line % (b"x" if number % 7 == 0 else b"c") for number in range(LINES))


def run(commands: list[list[str]], data: bytes) -> tuple[float, bytes]:
    """Seconds of real time, and the output."""
    sim = Simulation()
    names = {argv[0] for argv in commands}
    files: dict[str, Node | bytes | str] = {f"/bin/{name}": Node.file(executable(name), 0o755) for name in names}
    files["/big"] = data
    computer = Computer(Kernel(sim, TABLE), "bench", Vfs(Overlay(Tree.of(files))), "bench")
    out = bytearray()

    def main(p: Any) -> Any:
        before = p.file(0)
        children = []
        for number, argv in enumerate(commands):
            last = number == len(commands) - 1
            reader, writer = (before, p.file(1)) if last else p.pipe()
            child = p.spawn(argv, path=f"/bin/{argv[0]}", fds={0: before, 1: writer, 2: p.file(2)})
            children.append(child)
            before = reader
        for child in children:
            yield from p.wait(child)
        return 0

    sink = Sink(out.extend)
    start = time.perf_counter()
    process = computer.spawn(["bench"], main=main, fds={0: null(), 1: sink, 2: sink})
    sim.env.run(until=process.exited)
    return time.perf_counter() - start, bytes(out)


PIPELINES = (
    [["cat", "/big"], ["grep", "x"], ["wc", "-l"]],
    [["cat", "/big"], ["awk", "{ n += length($2) } END { print n }"]],
    [["cat", "/big"], ["sed", "s/quick/slow/"], ["wc", "-c"]],
    [["cat", "/big"], ["sort"], ["uniq", "-c"]],
    [["cat", "/big"], ["tr", "a-z", "A-Z"], ["md5sum"]],
)

if __name__ == "__main__":
    big = text()
    for pipeline in PIPELINES:
        seconds, output = run(pipeline, big)
        shown = " | ".join(" ".join(argv) for argv in pipeline)
        print(json.dumps({"bench": "pipeline", "pipeline": shown, "bytes": len(big), "seconds": round(seconds, 3)}))
