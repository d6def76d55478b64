"""File trees at scale: what a container's file system costs, and what a lookup costs. Prints JSON lines.

`python bench/trees.py [CONTAINERS]`: over one image of 5,000 files in 10 layers, CONTAINERS (100,000) overlays are
created, then each writes one file. Bytes are traced allocations, in a run of their own, for tracing slows the clock.
"""

import gc
import json
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial

from dockersim.fs import Layer, Node, Overlay, Tree, Vfs, apply

FILES, LAYERS = 5_000, 10


def image(files: int, layers: int) -> Tree:
    """`files` files in 50 directories, merged from `layers` layers."""
    tree = Tree.EMPTY
    each = files // layers
    for layer in range(layers):
        entries: dict[str, Node] = {}
        for number in range(layer * each, (layer + 1) * each):
            top = f"/usr/share/d{number % 50:02}"
            entries.setdefault("/usr", Node.directory())
            entries.setdefault("/usr/share", Node.directory())
            entries.setdefault(top, Node.directory())
            entries[f"{top}/f{number}"] = Node.file(b"content %d" % number)
        tree = apply(tree, Layer(entries))
    return tree


def show(**figures: object) -> None:
    print(json.dumps(figures), flush=True)


def median_ns(act: Callable[[], object], loops: int = 20_000) -> float:
    """Nanoseconds for one call, the median of nine rounds."""
    rounds = []
    for _ in range(9):
        start = time.perf_counter_ns()
        for _ in range(loops):
            act()
        rounds.append((time.perf_counter_ns() - start) / loops)
    return statistics.median(rounds)


def containers(count: int) -> None:
    tree = image(FILES, LAYERS)
    path = "/usr/share/d07/f7"
    Vfs(Overlay(tree)).write_file(path, b"warm")

    def create() -> list[Overlay]:
        return [Overlay(tree) for _ in range(count)]

    def write(overlays: list[Overlay]) -> None:
        for overlay in overlays:
            Vfs(overlay).write_file(path, b"changed")

    def timed(act: Callable[[], object]) -> float:
        start = time.perf_counter()
        act()
        return round((time.perf_counter() - start) / count * 1e6, 3)

    made: list[Overlay] = []
    create_us = timed(lambda: made.extend(create()))
    write_us = timed(lambda: write(made))
    made.clear()
    gc.collect()
    few = max(1, count // 10)
    tracemalloc.start()
    overlays = [Overlay(tree) for _ in range(few)]
    untouched = tracemalloc.get_traced_memory()[0]
    write(overlays)
    written = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    show(
        bench="overlays",
        containers=count,
        files=FILES,
        create_us=create_us,
        create_bytes=round(untouched / few),
        one_write_us=write_us,
        total_us=round(create_us + write_us, 3),
        total_bytes=round(written / few),
    )


def lookups() -> None:
    path = "/usr/share/d07/f7"
    figures: dict[str, float] = {}
    for layers in (1, LAYERS):
        tree = image(FILES, layers)
        overlay, vfs = Overlay(tree), Vfs(Overlay(tree))
        figures[f"lookup_{layers}_ns"] = round(median_ns(partial(overlay.lookup, path)), 1)
        figures[f"stat_{layers}_ns"] = round(median_ns(partial(vfs.stat, path)), 1)
    ratio = figures[f"lookup_{LAYERS}_ns"] / figures["lookup_1_ns"]
    show(bench="lookups", **figures, ratio_10_to_1=round(ratio, 3))


def merging() -> None:
    start = time.perf_counter()
    tree = image(FILES, LAYERS)
    merged = time.perf_counter()
    tree.children("/")
    show(
        bench="merging",
        files=FILES,
        layers=LAYERS,
        build_and_merge_ms=round((merged - start) * 1e3, 2),
        index_ms=round((time.perf_counter() - merged) * 1e3, 2),
    )


def archives() -> None:
    from dockersim.fs.tar import pack, unpack

    tree = image(FILES, 1)
    start = time.perf_counter()
    data = pack(tree)
    packed = time.perf_counter()
    unpack(data)
    unpacked = time.perf_counter()
    show(
        bench="archives",
        files=FILES,
        pack_us_a_file=round((packed - start) / FILES * 1e6, 2),
        unpack_us_a_file=round((unpacked - packed) / FILES * 1e6, 2),
    )


if __name__ == "__main__":
    merging()
    lookups()
    archives()
    containers(2_000 if "--short" in sys.argv else 100_000)
