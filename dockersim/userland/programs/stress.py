"""stress and stress-ng: workers that use the processor, or memory."""

from __future__ import annotations

from dockersim.userland import signals
from dockersim.userland.process import Process
from dockersim.userland.programs.options import parse
from dockersim.userland.programs.support import Steps, seconds_of, size_suffix

CHUNK = 16 << 20
"""Bytes that a memory worker takes at a time."""


def _size(p: Process, text: str) -> int:
    if text.endswith("%") and text[:-1].isdigit():
        return (p.computer.memory_limit or p.computer.kernel.memory) * int(text[:-1]) // 100
    value = size_suffix(text.upper())
    if value is None:
        p.fail(f"invalid number of bytes: {text}")
        p.exit(1)
    return value


def _hog_cpu(p: Process) -> Steps:
    while True:
        p.charge(0.25)
        yield from p.pay()


def _hog_memory(p: Process, size: int, keep: bool) -> Steps:
    while True:
        taken = 0
        while taken < size:
            step = min(CHUNK, size - taken)
            p.allocate(step)
            taken += step
            p.charge(0.01)
            yield from p.pay()
        if keep:
            yield from p.block(p.sim.event())
        p.charge(0.1)
        yield from p.pay()
        p.allocate(-taken)


def stress(p: Process) -> Steps:
    options = parse(
        p,
        "c:i:m:d:t:vqn",
        "cpu:=c io:=i vm:=m hdd:=d timeout:=t vm-bytes: vm-keep vm-hang: verbose=v quiet=q cpu-load: cpu-method: "
        "metrics metrics-brief vm-populate vm-method: times",
    )
    if not options.any("c i m d"):
        p.err(f"{p.name}: no workers asked for; try '{p.name} --cpu 1 --timeout 10s' or '--vm 1 --vm-bytes 128M'\n")
        return 1
    counts = {key: int(options.get(key) or 0) for key in "cimd" if options.get(key, "0").isdigit()}
    size = _size(p, options.get("vm-bytes", "256M"))
    ng = p.name == "stress-ng"
    head = f"stress-ng: info:  [{p.pid}]" if ng else f"stress: info: [{p.pid}]"
    quiet = "q" in options
    if ng and not quiet:
        named = ", ".join(
            f"{counts[key]} {name}"
            for key, name in (("c", "cpu"), ("i", "io"), ("m", "vm"), ("d", "hdd"))
            if counts.get(key)
        )
        p.out(f"{head} dispatching hogs: {named}\n")
    elif not quiet:
        p.out(
            f"{head} dispatching hogs: {counts.get('c', 0)} cpu, {counts.get('i', 0)} "
            f"io, {counts.get('m', 0)} vm, {counts.get('d', 0)} hdd\n"
        )
    yield from p.flush()
    children = [p.fork(_hog_cpu) for _ in range(counts.get("c", 0) + counts.get("i", 0) + counts.get("d", 0))]
    keep = "vm-keep" in options or "vm-hang" in options
    children += [p.fork(lambda q: _hog_memory(q, size, keep)) for _ in range(counts.get("m", 0))]
    started = p.sim.now
    limit = seconds_of(options.get("t")) if "t" in options else None
    clock = p.sim.timeout(limit) if limit else None
    failed: Process | None = None
    while any(child.status is None for child in children):
        waits = [child.exited for child in children if child.status is None]
        yield from p.block(p.sim.env.any_of([*waits, *([clock] if clock is not None else [])]))
        failed = next((child for child in children if child.status not in (None, 0)), None)
        if failed is not None or (clock is not None and clock.processed):
            break
    for child in children:
        if child.status is None:
            child.signal(signals.KILL)
    for child in children:
        yield from p.wait(child)
    span = int(p.sim.now - started)
    if failed is not None:
        p.err(f"stress: FAIL: [{p.pid}] (415) <-- worker {failed.pid} got signal {(failed.status or 128) - 128}\n")
        p.err(f"stress: WARN: [{p.pid}] (417) now reaping child worker processes\n")
        p.err(f"stress: FAIL: [{p.pid}] (451) failed run completed in {span}s\n")
        return 1
    if not quiet:
        p.out(f"{head} successful run completed in {span}s\n")
    return 0


stress_ng = stress
