"""Commands: each is a function of the store and of its arguments."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable

from dockersim.userland.programs.servers.redis.resp import Error, Reply, Simple
from dockersim.userland.programs.servers.redis.store import WRONG_TYPE, Ranked, Refused, Store

OK = Simple("OK")
NOT_INTEGER = "ERR value is not an integer or out of range"
SYNTAX = "ERR syntax error"
TYPES = {bytes: "string", list: "list", dict: "hash", set: "set", "ranked": "zset"}


def run(store: Store, words: list[bytes], database: int = 0) -> Reply:
    """The reply to one command in one database."""
    store.selected = database
    name = words[0].decode(errors="replace")
    entry = COMMANDS.get(name.lower())
    if entry is None:
        given = " ".join(f"'{word.decode(errors='replace')}'" for word in words[1:])
        return Error(f"ERR unknown command '{name}', with args beginning with: {given}{' ' if given else ''}")
    least, most, function = entry
    if len(words) - 1 < least or (most >= 0 and len(words) - 1 > most):
        return Error(f"ERR wrong number of arguments for '{name.lower()}' command")
    store.expire()
    try:
        reply = function(store, *words[1:])
    except Refused as refused:
        return Error(refused.args[0])
    if name.lower() in WRITES:
        store.dirty += 1
    return reply


def integer(text: bytes) -> int:
    """A whole number of 64 bits. Raises :class:`Refused`."""
    try:
        value = int(text)
    except ValueError:
        raise Refused(NOT_INTEGER) from None
    if str(value).encode() != text or not -(1 << 63) <= value < 1 << 63:
        raise Refused(NOT_INTEGER)
    return value


def number(text: bytes) -> float:
    """A number. Raises :class:`Refused`."""
    try:
        return float(text)
    except ValueError:
        raise Refused("ERR value is not a valid float") from None


def shown(value: float) -> bytes:
    """A score as Redis writes it."""
    return b"%d" % value if value == int(value) else repr(value).encode()


# ---- keys


def _set(store: Store, key: bytes, value: bytes, *options: bytes) -> Reply:
    words = [option.upper() for option in options]
    until: float | None = None
    keep = b"KEEPTTL" in words
    before = store.data.get(key)
    for at, word in enumerate(words):
        if word in (b"EX", b"PX"):
            if at + 1 >= len(words):
                raise Refused(SYNTAX)
            amount = integer(words[at + 1])
            if amount <= 0:
                raise Refused("ERR invalid expire time in 'set' command")
            until = store.now() + amount / (1 if word == b"EX" else 1000)
        elif word not in (b"NX", b"XX", b"GET", b"KEEPTTL") and words[at - 1] not in (b"EX", b"PX"):
            raise Refused(SYNTAX)
    if (b"NX" in words and before is not None) or (b"XX" in words and before is None):
        return None
    if b"GET" in words and before is not None and not isinstance(before, bytes):
        raise Refused(WRONG_TYPE)
    store.data[key] = value
    if until is not None:
        store.expiry[key] = until
    elif not keep:
        store.expiry.pop(key, None)
    return before if b"GET" in words else OK


def _add(store: Store, key: bytes, amount: int) -> int:
    value = integer(store.typed(key, bytes) or b"0") + amount
    if not -(1 << 63) <= value < 1 << 63:
        raise Refused("ERR increment or decrement would overflow")
    store.data[key] = b"%d" % value
    return value


def _add_float(store: Store, key: bytes, amount: bytes) -> bytes:
    value = number(store.typed(key, bytes) or b"0") + number(amount)
    store.data[key] = shown(value)
    return store.data[key]  # type: ignore[no-any-return]


def _delete(store: Store, *keys: bytes) -> int:
    gone = [key for key in dict.fromkeys(keys) if key in store.data]
    for key in gone:
        del store.data[key]
        store.expiry.pop(key, None)
    return len(gone)


def _keys(store: Store, pattern: bytes) -> Reply:
    text = pattern.decode("latin-1")
    return [key for key in store.data if fnmatch.fnmatchcase(key.decode("latin-1"), text)]


def _type(store: Store, key: bytes) -> Reply:
    value = store.data.get(key)
    if value is None:
        return Simple("none")
    return Simple("zset" if isinstance(value, Ranked) else TYPES[type(value)])


def _expire_in(store: Store, key: bytes, seconds: float) -> int:
    if key not in store.data:
        return 0
    if seconds <= 0:
        _delete(store, key)
    else:
        store.expiry[key] = store.now() + seconds
    return 1


def _ttl(store: Store, key: bytes, scale: int) -> int:
    if key not in store.data:
        return -2
    if key not in store.expiry:
        return -1
    return round((store.expiry[key] - store.now()) * scale)


def _rename(store: Store, old: bytes, new: bytes) -> Reply:
    if old not in store.data:
        raise Refused("ERR no such key")
    store.data[new] = store.data.pop(old)
    until = store.expiry.pop(old, None)
    store.expiry.pop(new, None)
    if until is not None:
        store.expiry[new] = until
    return OK


def _flush(store: Store, everything: bool) -> Reply:
    for at in range(16) if everything else (store.selected,):
        store.databases[at].clear()
        store.expiries[at].clear()
    return OK


def _pairs(words: tuple[bytes, ...], command: str) -> list[tuple[bytes, bytes]]:
    if len(words) % 2:
        raise Refused(f"ERR wrong number of arguments for '{command}' command")
    return list(zip(words[::2], words[1::2], strict=True))


def _mset(store: Store, *words: bytes) -> Reply:
    for key, value in _pairs(words, "mset"):
        store.data[key] = value
        store.expiry.pop(key, None)
    return OK


def _append(store: Store, key: bytes, value: bytes) -> int:
    store.data[key] = (store.typed(key, bytes) or b"") + value
    return len(store.data[key])


def _setnx(store: Store, key: bytes, value: bytes) -> int:
    if key in store.data:
        return 0
    store.data[key] = value
    return 1


# ---- lists


def _push(store: Store, left: bool, key: bytes, *values: bytes) -> int:
    items = store.made(key, list)
    for value in values:
        items.insert(0, value) if left else items.append(value)
    return len(items)


def _pop(store: Store, left: bool, key: bytes, count: bytes | None = None) -> Reply:
    items = store.typed(key, list)
    if items is None:
        return None
    taken = [items.pop(0 if left else -1) for _ in range(min(len(items), 1 if count is None else integer(count)))]
    store.tidy(key)
    return taken[0] if count is None else list(taken)


def _slice(items: list[bytes], first: bytes, last: bytes) -> list[Reply]:
    start, stop = integer(first), integer(last)
    start = max(0, start + len(items) if start < 0 else start)
    stop = stop + len(items) if stop < 0 else stop
    return list(items[start : stop + 1]) if stop >= start else []


def _index(store: Store, key: bytes, at: bytes) -> Reply:
    items, place = store.typed(key, list) or [], integer(at)
    return items[place] if -len(items) <= place < len(items) else None


# ---- hashes, sets, sorted sets


def _hset(store: Store, key: bytes, *words: bytes) -> int:
    pairs = _pairs(words, "hset")
    fields = store.made(key, dict)
    new = sum(1 for field in {field for field, _ in pairs} if field not in fields)
    fields.update(pairs)
    return new


def _hincr(store: Store, key: bytes, field: bytes, amount: bytes) -> int:
    fields = store.made(key, dict)
    value = integer(fields.get(field, b"0")) + integer(amount)
    fields[field] = b"%d" % value
    return value


def _remove(store: Store, kind: type, key: bytes, *members: bytes) -> int:
    held = store.typed(key, kind)
    gone = [member for member in dict.fromkeys(members) if held and member in held]
    for member in gone:
        held.discard(member) if isinstance(held, set) else held.pop(member)
    store.tidy(key)
    return len(gone)


def _sadd(store: Store, key: bytes, *members: bytes) -> int:
    held = store.made(key, set)
    before = len(held)
    held.update(members)
    return len(held) - before


def _zadd(store: Store, key: bytes, *words: bytes) -> int:
    pairs = [(number(score), member) for score, member in _pairs(words, "zadd")]
    held = store.made(key, Ranked)
    before = len(held)
    held.update((member, score) for score, member in pairs)
    return len(held) - before


def _zincr(store: Store, key: bytes, amount: bytes, member: bytes) -> bytes:
    held = store.made(key, Ranked)
    held[member] = held.get(member, 0.0) + number(amount)
    return shown(held[member])


def _zscore(store: Store, key: bytes, member: bytes) -> Reply:
    held = store.typed(key, Ranked) or Ranked()
    return shown(held[member]) if member in held else None


def _zrange(store: Store, down: bool, key: bytes, first: bytes, last: bytes, *options: bytes) -> Reply:
    held = store.typed(key, Ranked) or Ranked()
    words = [option.upper() for option in options]
    order = held.order()
    members = _slice(order[::-1] if down != (b"REV" in words) else order, first, last)
    if b"WITHSCORES" not in words:
        return members
    return [part for member in members if isinstance(member, bytes) for part in (member, shown(held[member]))]


def _fields(store: Store, key: bytes) -> dict[bytes, bytes]:
    return store.typed(key, dict) or {}


def _members(store: Store, key: bytes) -> set[bytes]:
    return store.typed(key, set) or set()


def _listed(store: Store, key: bytes) -> Reply:
    return [*sorted(_members(store, key))]


def _scan(store: Store, cursor: bytes, *options: bytes) -> Reply:
    words = [option.upper() for option in options]
    pattern = options[words.index(b"MATCH") + 1] if b"MATCH" in words[:-1] else b"*"
    return [b"0", _keys(store, pattern)]


Entry = tuple[int, int, Callable[..., Reply]]
"""The least and the most arguments (-1: any number), and the function."""
COMMANDS: dict[str, Entry] = {
    "ping": (0, 1, lambda s, *text: text[0] if text else Simple("PONG")),
    "echo": (1, 1, lambda s, text: text),
    "set": (2, -1, _set),
    "get": (1, 1, lambda s, key: s.typed(key, bytes)),
    "getset": (2, 2, lambda s, key, value: _set(s, key, value, b"GET")),
    "getdel": (1, 1, lambda s, key: (s.typed(key, bytes), _delete(s, key))[0]),
    "setex": (3, 3, lambda s, key, seconds, value: _set(s, key, value, b"EX", seconds)),
    "setnx": (2, 2, _setnx),
    "mset": (2, -1, _mset),
    "mget": (1, -1, lambda s, *keys: [v if isinstance(v := s.data.get(k), bytes) else None for k in keys]),
    "append": (2, 2, _append),
    "strlen": (1, 1, lambda s, key: len(s.typed(key, bytes) or b"")),
    "incr": (1, 1, lambda s, key: _add(s, key, 1)),
    "decr": (1, 1, lambda s, key: _add(s, key, -1)),
    "incrby": (2, 2, lambda s, key, amount: _add(s, key, integer(amount))),
    "decrby": (2, 2, lambda s, key, amount: _add(s, key, -integer(amount))),
    "incrbyfloat": (2, 2, _add_float),
    "del": (1, -1, _delete),
    "unlink": (1, -1, _delete),
    "exists": (1, -1, lambda s, *keys: sum(key in s.data for key in keys)),
    "keys": (1, 1, _keys),
    "scan": (1, -1, _scan),
    "randomkey": (0, 0, lambda s: s.rng.choice(sorted(s.data)) if s.data else None),
    "type": (1, 1, _type),
    "expire": (2, 3, lambda s, key, seconds, *_: _expire_in(s, key, integer(seconds))),
    "pexpire": (2, 3, lambda s, key, millis, *_: _expire_in(s, key, integer(millis) / 1000)),
    "ttl": (1, 1, lambda s, key: _ttl(s, key, 1)),
    "pttl": (1, 1, lambda s, key: _ttl(s, key, 1000)),
    "persist": (1, 1, lambda s, key: int(s.expiry.pop(key, None) is not None)),
    "rename": (2, 2, _rename),
    "dbsize": (0, 0, lambda s: len(s.data)),
    "flushall": (0, 1, lambda s, *_: _flush(s, True)),
    "flushdb": (0, 1, lambda s, *_: _flush(s, False)),
    "lpush": (2, -1, lambda s, *words: _push(s, True, *words)),
    "rpush": (2, -1, lambda s, *words: _push(s, False, *words)),
    "lpop": (1, 2, lambda s, *words: _pop(s, True, *words)),
    "rpop": (1, 2, lambda s, *words: _pop(s, False, *words)),
    "llen": (1, 1, lambda s, key: len(s.typed(key, list) or ())),
    "lrange": (3, 3, lambda s, key, first, last: _slice(s.typed(key, list) or [], first, last)),
    "lindex": (2, 2, _index),
    "hset": (3, -1, _hset),
    "hmset": (3, -1, lambda s, *words: (_hset(s, *words), OK)[1]),
    "hget": (2, 2, lambda s, key, field: _fields(s, key).get(field)),
    "hmget": (2, -1, lambda s, key, *fields: [_fields(s, key).get(field) for field in fields]),
    "hgetall": (1, 1, lambda s, key: [part for item in _fields(s, key).items() for part in item]),
    "hdel": (2, -1, lambda s, *words: _remove(s, dict, *words)),
    "hexists": (2, 2, lambda s, key, field: int(field in _fields(s, key))),
    "hkeys": (1, 1, lambda s, key: list(_fields(s, key))),
    "hvals": (1, 1, lambda s, key: list(_fields(s, key).values())),
    "hlen": (1, 1, lambda s, key: len(_fields(s, key))),
    "hincrby": (3, 3, _hincr),
    "sadd": (2, -1, _sadd),
    "srem": (2, -1, lambda s, *words: _remove(s, set, *words)),
    "smembers": (1, 1, _listed),
    "sismember": (2, 2, lambda s, key, member: int(member in _members(s, key))),
    "scard": (1, 1, lambda s, key: len(_members(s, key))),
    "zadd": (3, -1, _zadd),
    "zincrby": (3, 3, _zincr),
    "zrem": (2, -1, lambda s, *words: _remove(s, Ranked, *words)),
    "zcard": (1, 1, lambda s, key: len(s.typed(key, Ranked) or ())),
    "zscore": (2, 2, _zscore),
    "zrange": (3, -1, lambda s, *words: _zrange(s, False, *words)),
    "zrevrange": (3, 4, lambda s, *words: _zrange(s, True, *words)),
    "time": (0, 0, lambda s: [b"%d" % s.now(), b"%d" % (s.now() % 1 * 1e6)]),
}  # fmt: skip
WRITES = frozenset(
    """set getset getdel setex setnx mset append incr decr incrby decrby incrbyfloat del unlink expire pexpire persist
    rename flushall flushdb lpush rpush lpop rpop hset hmset hdel hincrby sadd srem zadd zincrby zrem""".split()
)
