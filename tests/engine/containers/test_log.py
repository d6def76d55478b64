"""Kept output: lines are whole, files rotate, the tail is the tail, since and until are instants."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dockersim.engine.containers import log
from dockersim.engine.containers.log import LINE_LIMIT, Log, json_line
from dockersim.testing.engine import Api
from dockersim.wire import Request
from dockersim.wire.frames import Decoder
from dockersim.world import World

PIECES = st.lists(st.tuples(st.sampled_from([1, 2]), st.text("ab\n", max_size=8).map(str.encode)), max_size=30)


@given(PIECES)
def test_lines_are_kept_whole_and_in_order_of_their_end(pieces: list[tuple[int, bytes]]) -> None:
    kept = Log()
    for now, (stream, data) in enumerate(pieces):
        kept.write(now, stream, data)
    assert all(entry.data.count(b"\n") == 1 and entry.data.endswith(b"\n") for entry in kept.entries)
    kept.end_run(len(pieces))
    for stream in (1, 2):
        written = b"".join(data for to, data in pieces if to == stream)
        assert b"".join(entry.data for entry in kept.entries if entry.stream == stream) == written
    times = [entry.nanoseconds for entry in kept.entries]
    assert times == sorted(times)


@given(st.integers(0, 3 * LINE_LIMIT))
def test_long_lines_come_in_pieces(size: int) -> None:
    kept = Log()
    kept.write(0, 1, b"x" * size + b"\n")
    assert all(len(entry.data) <= LINE_LIMIT + 1 for entry in kept.entries)
    assert b"".join(entry.data for entry in kept.entries) == b"x" * size + b"\n"


@given(st.lists(st.integers(1, 400), max_size=60), st.integers(200, 1500), st.integers(1, 4))
def test_only_the_newest_files_are_kept(sizes: list[int], limit: int, files: int) -> None:
    kept = Log(max_size=limit, max_files=files)
    for now, size in enumerate(sizes):
        kept.write(now, 1, b"x" * (size - 1) + b"\n")
    lines = [entry.nanoseconds for entry in kept.entries]
    assert lines == list(range(len(sizes)))[len(sizes) - len(lines) :]
    lengths = [len(json_line(entry)) for entry in kept.entries]
    assert sum(lengths) <= files * (limit + max(lengths, default=0))
    if sizes:
        assert lines


def test_options_of_the_drivers() -> None:
    assert log.of({"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}}).max_size == 10_000_000
    assert not log.of({"Type": "none", "Config": {}}).kept
    assert log.of({"Type": "local", "Config": {"max-size": "x"}}).max_files == 5
    assert not log.of({"Type": "syslog", "Config": {"cache-disabled": "true"}}).kept


# ---- through the API


def lines(world: World, query: str) -> list[tuple[int, bytes]]:
    """What the daemon answers, decoded."""
    answer: Any = world.engine.service.handler(Request("GET", f"/v1.51/containers/lo/logs?{query}"))

    def read() -> Any:
        data = b""
        while chunk := (yield from answer.body.receive()):
            data += chunk
        return data

    done = world.sim.process(read())
    while not done.processed:
        world.sim.env.step()
    return Decoder().feed(done.value)


@given(n=st.integers(0, 30))
def test_the_tail_is_of_all_streams(n: int) -> None:
    world = _ten_lines()
    whole = lines(world, "stdout=1&stderr=1")
    assert len(whole) == 20
    assert lines(world, f"stdout=1&stderr=1&tail={n}") == whole[20 - n :] if n < 20 else whole
    newest = whole[max(0, 20 - n) :]
    assert lines(world, f"stdout=1&tail={n}") == [one for one in newest if one[0] == 1]


_WORLDS: list[World] = []


def _ten_lines() -> World:
    if not _WORLDS:
        world = World(seed=0)
        world.sh("docker pull -q busybox")
        line = (
            "docker run --name lo busybox sh -c 'for i in 0 1 2 3 4 5 6 7 8 9; do echo $i; echo e$i >&2; sleep 1; done'"
        )
        assert world.sh(line).exit_code == 0
        _WORLDS.append(world)
    return _WORLDS[0]


@given(begin=st.integers(-2, 12), end=st.integers(-2, 12))
def test_since_and_until_cut_by_time(begin: int, end: int) -> None:
    world = _ten_lines()
    container = world.engine.containers.get("lo")
    zero = container.run.started // 10**9
    found = lines(world, f"stdout=1&since={zero + begin}&until={zero + end}.5")
    wanted = [
        entry.data
        for entry in container.run.log.entries
        if entry.stream == 1 and (zero + begin) * 10**9 <= entry.nanoseconds <= (zero + end) * 10**9 + 5 * 10**8
    ]
    assert [data for _, data in found] == wanted


def test_nobody_reads_what_nobody_keeps(api: Api) -> None:
    api.run("no", "echo", "x", LogConfig={"Type": "none", "Config": {}})
    refusal = api("GET", "/containers/no/logs?stdout=1")
    assert (refusal.status, refusal.message) == (501, "configured logging driver does not support reading")
    assert api("GET", "/containers/no/logs").message == "Bad parameters: you must choose at least one stream"
