"""Redis: its protocol from any split, its store against a model, its server and command line together."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dockersim.userland import signals
from dockersim.userland.programs.servers.redis.cli import pretty, split
from dockersim.userland.programs.servers.redis.commands import run
from dockersim.userland.programs.servers.redis.resp import Error, Parser, Simple, encode
from dockersim.userland.programs.servers.redis.store import Store
from dockersim.userland.terminal import Terminal

plain = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)
replies = st.recursive(
    st.none() | st.integers() | st.binary(max_size=20) | plain.map(Simple) | plain.map(Error),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(replies, max_size=5), st.lists(st.integers(0, 500), max_size=8))
def test_values_are_read_back_from_any_split(values: list[Any], cuts: list[int]) -> None:
    data = b"".join(map(encode, values))
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    parser, got = Parser(), []
    for begin, end in pairwise(places):
        parser.feed(data[begin:end])
        while (value := parser.next()) is not None:
            got.append(value[0])
    assert got == values
    assert [type(one) for one in got] == [type(one) for one in values]


keys = st.sampled_from([b"a", b"b", b"c"])
texts = st.binary(max_size=5)
commands = st.one_of(
    st.tuples(st.just(b"SET"), keys, texts),
    st.tuples(st.just(b"GET"), keys),
    st.tuples(st.just(b"DEL"), keys, keys),
    st.tuples(st.just(b"INCR"), keys),
    st.tuples(st.just(b"APPEND"), keys, texts),
    st.tuples(st.just(b"RPUSH"), keys, texts),
    st.tuples(st.just(b"LPUSH"), keys, texts),
    st.tuples(st.just(b"LPOP"), keys),
    st.tuples(st.just(b"LRANGE"), keys, st.just(b"0"), st.just(b"-1")),
    st.tuples(st.just(b"SADD"), keys, texts),
    st.tuples(st.just(b"SMEMBERS"), keys),
    st.tuples(st.just(b"HSET"), keys, texts, texts),
    st.tuples(st.just(b"HGETALL"), keys),
)
WRONG = "WRONGTYPE Operation against a key holding the wrong kind of value"


def model(data: dict[bytes, Any], name: bytes, key: bytes, *rest: bytes) -> Any:
    """What Redis's documentation says."""
    kind = {b"R": list, b"L": list, b"S": set, b"H": dict}.get(name[:1]) if name not in (b"SET",) else None
    value = data.get(key)
    if name == b"SET":
        data[key] = rest[0]
        return "OK"
    if name == b"DEL":
        return sum(data.pop(one, None) is not None for one in (key, *rest))
    kind = kind or bytes
    if value is not None and not isinstance(value, kind):
        return WRONG
    return _reads(value, name) if name in READS else _writes(data, value, name, key, rest)


READS = (b"GET", b"HGETALL", b"SMEMBERS", b"LRANGE")


def _reads(value: Any, name: bytes) -> Any:
    if name == b"GET":
        return value
    if name == b"HGETALL":
        return [part for item in (value or {}).items() for part in item]
    return sorted(value) if name == b"SMEMBERS" and value else list(value or [])


def _writes(data: dict[bytes, Any], value: Any, name: bytes, key: bytes, rest: tuple[bytes, ...]) -> Any:
    if name == b"INCR":
        text = value or b"0"
        if not text.lstrip(b"-").isdigit() or str(int(text)).encode() != text:
            return "ERR value is not an integer or out of range"
        data[key] = b"%d" % (int(text) + 1)
        return int(data[key])
    if name == b"APPEND":
        data[key] = (value or b"") + rest[0]
        return len(data[key])
    if name in (b"RPUSH", b"LPUSH"):
        data[key] = [*(value or []), rest[0]] if name == b"RPUSH" else [rest[0], *(value or [])]
        return len(data[key])
    if name == b"LPOP":
        if not value:
            return None
        data[key] = value[1:]
        if not data[key]:
            del data[key]
        return value[0]
    if name == b"SADD":
        data[key] = (value or set()) | {rest[0]}
        return len(data[key]) - len(value or ())
    data[key] = {**(value or {}), rest[0]: rest[1]}
    return len(data[key]) - len(value or ())


@given(st.lists(commands, max_size=30))
def test_the_store_against_a_model(steps: list[tuple[bytes, ...]]) -> None:
    store, data = Store(lambda: 0.0), {}
    for name, key, *rest in steps:
        assert run(store, [name, key, *rest]) == model(data, name, key, *rest)
    again = Store(lambda: 0.0)
    assert again.load(store.dump()) == len(data)
    assert again.databases == store.databases


def test_a_key_expires() -> None:
    now = [0.0]
    store = Store(lambda: now[0])
    assert run(store, [b"SET", b"a", b"1", b"EX", b"10"]) == "OK"
    now[0] = 4
    assert run(store, [b"TTL", b"a"]) == 6
    now[0] = 10
    assert (run(store, [b"GET", b"a"]), run(store, [b"TTL", b"a"])) == (None, -2)


def test_errors_in_redis_s_words() -> None:
    store = Store(lambda: 0.0)
    assert run(store, [b"foo", b"bar"]) == "ERR unknown command 'foo', with args beginning with: 'bar' "
    assert run(store, [b"GET"]) == "ERR wrong number of arguments for 'get' command"


def test_how_the_prompt_shows_replies() -> None:
    assert pretty([b"a", 1, None, [b"x", b"y"]]) == (b'1) "a"\n2) (integer) 1\n3) (nil)\n4) 1) "x"\n   2) "y"\n')
    assert pretty([]) == b"(empty array)\n"
    assert split('set a "b c"') == ["set", "a", "b c"]
    assert split('set a "b') is None


def redis(lab: Any, *options: str) -> tuple[Any, Any]:
    box = lab.computer("redis", "172.18.0.2")
    running = lab.start(box, "redis-server", *options, cwd="/desk")
    lab.wait(0.1)
    return box, running


def test_server_and_command_line(lab: Any) -> None:
    _, running = redis(lab)
    assert "1:M" not in running.out
    lines = running.out.splitlines()
    assert lines[0].endswith("* oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo")
    assert lines[-1] == f"{running.process.pid}:M 12 Jan 2026 09:00:00.005 * Ready to accept connections tcp"
    client = lab.computer("client", "172.18.0.3")
    assert lab.run(client, "redis-cli", "-h", "redis", "set", "x", "1").out == "OK\n"
    assert lab.run(client, "redis-cli", "-h", "redis", "incr", "x").out == "2\n"
    assert lab.run(client, "redis-cli", "-h", "redis", stdin=b"get x\nping\nnope\n").out == (
        "2\nPONG\nERR unknown command 'nope', with args beginning with: \n\n"
    )
    got = lab.run(client, "redis-cli", "ping")
    assert (got.status, got.err) == (1, "Could not connect to Redis at 127.0.0.1:6379: Connection refused\n")


def test_data_survives_a_stop_and_not_a_kill(lab: Any) -> None:
    box, running = redis(lab)
    lab.run(box, "redis-cli", "set", "x", "kept")
    running.process.signal(signals.TERM)
    lab.wait(1)
    assert running.status == 0
    assert running.out.endswith("# Redis is now ready to exit, bye bye...\n")
    assert "* DB saved on disk" in running.out
    again = lab.start(box, "redis-server")
    lab.wait(0.1)
    assert "* DB loaded from disk" in again.out
    assert lab.run(box, "redis-cli", "get", "x").out == "kept\n"
    lab.run(box, "redis-cli", "set", "x", "lost")
    again.process.signal(signals.KILL)
    lab.wait(0.1)
    lab.start(box, "redis-server")
    lab.wait(0.1)
    assert lab.run(box, "redis-cli", "get", "x").out == "kept\n"


def test_append_only_survives_a_kill(lab: Any) -> None:
    box, running = redis(lab, "--appendonly", "yes")
    lab.run(box, "redis-cli", "incr", "n")
    running.process.signal(signals.KILL)
    lab.wait(0.1)
    lab.start(box, "redis-server", "--appendonly", "yes")
    lab.wait(0.1)
    assert lab.run(box, "redis-cli", "incr", "n").out == "2\n"


def test_a_password(lab: Any) -> None:
    box, _ = redis(lab, "--requirepass", "secret")
    assert lab.run(box, "redis-cli", "get", "x").out == "NOAUTH Authentication required.\n\n"
    got = lab.run(box, "redis-cli", "-a", "secret", "ping")
    assert got.out == "PONG\n"
    assert got.err.startswith("Warning: Using a password with '-a'")


def test_at_the_prompt(lab: Any) -> None:
    box, _ = redis(lab)
    screen = bytearray()
    terminal = Terminal(lab.sim, screen.extend)
    running = lab.start(box, "redis-cli", tty=terminal)
    for line in (b"lpush l a b\r", b"lrange l 0 -1\r", b"get nothing\r", b"quit\r"):
        lab.wait(0.1)
        terminal.type(line)
    lab.wait(0.1)
    assert running.status == 0
    assert screen.decode() == (
        "127.0.0.1:6379> lpush l a b\r\n(integer) 2\r\n"
        '127.0.0.1:6379> lrange l 0 -1\r\n1) "b"\r\n2) "a"\r\n'
        "127.0.0.1:6379> get nothing\r\n(nil)\r\n127.0.0.1:6379> quit\r\n"
    )


def test_waiting_for_work(lab: Any) -> None:
    box, _ = redis(lab)
    waiting = lab.start(box, "redis-cli", "blpop", "jobs", "0")
    lab.wait(5)
    assert waiting.status is None
    lab.run(box, "redis-cli", "rpush", "jobs", "one")
    lab.finish(waiting)
    assert waiting.out == "jobs\none\n"


def test_a_taken_port(lab: Any) -> None:
    box, _ = redis(lab)
    got = lab.run(box, "redis-server")
    assert got.status == 1
    assert "Could not create server TCP listening socket *:6379: bind: Address already in use" in got.out
