"""jq's own functions: those that Python computes, and those that are written in jq."""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from dockersim.userland.programs.jq import tree as t
from dockersim.userland.programs.jq.evaluator import (
    NOWHERE,
    Evaluator,
    Function,
    Names,
    Result,
    Results,
    at,
    made,
    without,
)
from dockersim.userland.programs.jq.formats import formatted
from dockersim.userland.programs.jq.matching import MATCHING
from dockersim.userland.programs.jq.parser import definitions
from dockersim.userland.programs.jq.values import (
    JqError,
    by_order,
    compare,
    equal,
    fault,
    get,
    kind,
    put,
    shown,
    split,
    text_of,
    told,
    true,
)
from dockersim.userland.programs.jq.written import TEXT

Native = Callable[[Evaluator, tuple[t.Node, ...], Names, Result], Results]

# ---- written in jq


@cache
def _texts() -> dict[tuple[str, int], str]:
    found = {}
    for text in TEXT.strip().split("\ndef "):
        head = re.match(r"(?:def )?(\w+)(?:\(([^)]*)\))?:", text)
        assert head is not None
        found[head[1], len(head[2].split(";")) if head[2] else 0] = f"def {text.removeprefix('def ')}"
    return found


@cache
def written(name: str, count: int) -> Function | None:
    """The function of this name and so many arguments that is written in jq."""
    text = _texts().get((name, count))
    if text is None:
        return None
    tree = definitions(text)
    function = Function(tree.parameters, tree.body)
    function.names = Names()
    function.names.functions[name, count] = function
    return function


# ---- computed


def _simple(compute: Callable[..., Any]) -> Native:
    """A function of the value and its arguments' values, each combination once, the last argument changing slowest."""

    def run(evaluator: Evaluator, arguments: tuple[t.Node, ...], names: Names, result: Result) -> Results:
        def each(rest: tuple[t.Node, ...], values: tuple[Any, ...]) -> Iterator[Any]:
            if not rest:
                yield compute(result[1], *values)
                return
            for value in evaluator.values(rest[-1], names, result[1]):
                yield from each(rest[:-1], (value, *values))

        for value in each(arguments, ()):
            yield made(result, value)

    return run


def _empty(evaluator: Evaluator, arguments: tuple[t.Node, ...], names: Names, result: Result) -> Results:
    return iter(())


def _error(value: Any, *message: Any) -> Any:
    raise JqError(message[0] if message else value)


def _path(evaluator: Evaluator, arguments: tuple[t.Node, ...], names: Names, result: Result) -> Results:
    for path in evaluator.paths(arguments[0], names, result[1]):
        yield made(result, list(path))


def _getpath(evaluator: Evaluator, arguments: tuple[t.Node, ...], names: Names, result: Result) -> Results:
    path, value = result
    if path is NOWHERE:
        raise JqError(f"Invalid path expression with result {shown(value)}")
    for wanted in evaluator.values(arguments[0], names, value):
        if not isinstance(wanted, list):
            raise JqError("Path must be specified as an array")
        yield (None if path is None else (*path, *wanted)), at(value, tuple(wanted))


def _range(evaluator: Evaluator, arguments: tuple[t.Node, ...], names: Names, result: Result) -> Results:
    for step in evaluator.values(arguments[2], names, result[1]):
        for end in evaluator.values(arguments[1], names, result[1]):
            for start in evaluator.values(arguments[0], names, result[1]):
                if any(kind(one) != "number" for one in (start, end, step)):
                    raise JqError("Range bounds must be numeric")
                while step and (start < end if step > 0 else start > end):
                    yield made(result, start)
                    start += step


def _input(evaluator: Evaluator, arguments: tuple[t.Node, ...], names: Names, result: Result) -> Results:
    for value in evaluator.more():
        yield made(result, value)
        return
    raise JqError("No more inputs")


def _debug(evaluator: Evaluator, arguments: tuple[t.Node, ...], names: Names, result: Result) -> Results:
    for message in evaluator.values(arguments[0], names, result[1]) if arguments else (result[1],):
        evaluator.messages.append(shown(["DEBUG:", message]) + "\n")
    yield result


def _stderr(evaluator: Evaluator, arguments: tuple[t.Node, ...], names: Names, result: Result) -> Results:
    evaluator.messages.append(text_of(result[1]))
    yield result


class Halt(Exception):
    """``halt`` and ``halt_error``: the end, with a status and a last word."""

    def __init__(self, status: int, value: Any = None) -> None:
        super().__init__()
        self.status = status
        self.value = value


def _halt(value: Any, *status: Any) -> Any:
    raise Halt(int(status[0]) if status else 0, value if status else None)


def _length(value: Any) -> Any:
    if value is None:
        return 0
    if isinstance(value, bool):
        raise JqError(f"{told(value)} has no length")
    return abs(value) if isinstance(value, (int, float)) else len(value)


def _keys(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return sorted(value)
    if isinstance(value, list):
        return list(range(len(value)))
    raise JqError(f"{told(value)} has no keys")


def _has(value: Any, key: Any) -> bool:
    if isinstance(value, dict) and isinstance(key, str):
        return key in value
    if isinstance(value, list) and kind(key) == "number":
        return bool(0 <= key < len(value))
    raise JqError(f"Cannot check whether {kind(value)} has a {'string' if isinstance(key, str) else kind(key)} key")


def _contains(value: Any, other: Any) -> bool:
    if kind(value) != kind(other):
        raise JqError(f"{told(value)} and {told(other)} cannot have their containment checked")
    return _holds(value, other)


def _holds(value: Any, other: Any) -> bool:
    if kind(value) != kind(other):
        return False
    if isinstance(value, dict):
        return all(key in value and _holds(value[key], one) for key, one in other.items())
    if isinstance(value, list):
        return all(any(_holds(mine, one) for mine in value) for one in other)
    return other in value if isinstance(value, str) else equal(value, other)


def _add(value: Any) -> Any:
    from dockersim.userland.programs.jq.values import calculate

    total = None
    for one in _members(value):
        total = calculate("+", total, one)
    return total


def _members(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return value
    raise JqError(f"Cannot iterate over {told(value)}")


def _tonumber(value: Any) -> Any:
    if kind(value) == "number":
        return value
    if isinstance(value, str):
        try:
            return int(value) if re.fullmatch(r"-?\d+", value) else float(value)
        except ValueError:
            raise JqError(f"{fault(value, 0)} (while parsing '{value}')") from None
    raise JqError(f"{told(value)} cannot be parsed as a number")


def _fromjson(value: Any) -> Any:
    text = _need_text(value, "only strings can be parsed")
    try:
        return json.loads(text)
    except ValueError as error:
        raise JqError(f"{fault(text, getattr(error, 'pos', 0))} (while parsing '{text}')") from None


def _need_text(value: Any, words: str) -> str:
    if not isinstance(value, str):
        raise JqError(f"{told(value)} {words}")
    return value


def _sort(value: Any) -> list[Any]:
    return sorted(_array(value, "sorted"), key=by_order)


def _array(value: Any, verb: str) -> list[Any]:
    if not isinstance(value, list):
        raise JqError(f"{told(value)} cannot be {verb}, as it is not an array")
    return value


def _sorted(value: Any, keys: list[Any]) -> list[Any]:
    pairs = zip(keys, _array(value, "sorted"), strict=True)
    return [one for _, one in sorted(pairs, key=lambda pair: by_order(pair[0]))]


def _group(value: Any, keys: list[Any]) -> list[Any]:
    groups: list[list[Any]] = []
    last: Any = None
    for key, one in sorted(zip(keys, _array(value, "grouped"), strict=True), key=lambda pair: by_order(pair[0])):
        if groups and equal(last, key):
            groups[-1].append(one)
        else:
            groups.append([one])
        last = key
    return groups


def _extreme(value: Any, keys: list[Any], wanted: int) -> Any:
    best: Any = None
    found: Any = None
    for key, one in zip(keys, _array(value, "compared"), strict=True):
        if best is None or compare(key, best) == wanted or (wanted == 1 and compare(key, best) == 0):
            best, found = key, one
    return found


def _flatten(value: Any, *depth: Any) -> list[Any]:
    if depth and depth[0] < 0:
        raise JqError("flatten depth must not be negative")
    left = depth[0] if depth else 1 << 30
    flat: list[Any] = []
    for one in _members(value):
        flat += _flatten(one, left - 1) if isinstance(one, list) and left > 0 else [one]
    return flat


def _join(value: Any, between: Any) -> str:
    words: list[str] = []
    for one in _members(value):
        if isinstance(one, (list, dict)):
            raise JqError(f"{told(between.join(words) + between)} and {told(one)} cannot be added")
        words.append("" if one is None else text_of(one))
    return str(between).join(words) if words else ""


def _trimmed(value: Any, part: Any, start: bool) -> Any:
    if not isinstance(value, str) or not isinstance(part, str):
        return value
    return value.removeprefix(part) if start else value.removesuffix(part)


def _begins(value: Any, part: Any) -> bool:
    if not isinstance(value, str) or not isinstance(part, str):
        raise JqError("startswith() requires string inputs")
    return value.startswith(part)


def _ends(value: Any, part: Any) -> bool:
    if not isinstance(value, str) or not isinstance(part, str):
        raise JqError("endswith() requires string inputs")
    return value.endswith(part)


def _strip(value: Any, which: str) -> str:
    if not isinstance(value, str):
        raise JqError("trim input must be a string")
    return str(getattr(value, which)())


def _cased(value: Any, upper: bool) -> str:
    if not isinstance(value, str):
        raise JqError("explode input must be a string")
    return "".join((one.upper() if upper else one.lower()) if one.isascii() else one for one in value)


def _indices(value: Any, part: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, str) and isinstance(part, str):
        return [at for at in range(len(value)) if part and value.startswith(part, at)]
    if isinstance(value, list) and not isinstance(part, list):
        return [number for number, one in enumerate(value) if equal(one, part)]
    return get(value, part)


def _split(value: Any, by: Any) -> list[str]:
    if not isinstance(value, str) or not isinstance(by, str):
        raise JqError("split input and separator must be strings")
    return split(value, by)


def _reverse(value: Any) -> Any:
    if value is None:
        return []
    return value[::-1] if isinstance(value, (str, list)) else _array(value, "reversed")


def _transpose(value: Any) -> list[list[Any]]:
    longest = max((len(one) for one in value), default=0)
    return [[get(row, number) for row in value] for number in range(longest)]


def _moment(value: Any) -> datetime.datetime:
    if kind(value) == "number":
        return datetime.datetime.fromtimestamp(value, datetime.UTC)
    if isinstance(value, list):
        year, month, day, hour, minute, second = map(int, value[:6])
        return datetime.datetime(year, month + 1, day, hour, minute, second, tzinfo=datetime.UTC)
    raise JqError("strftime/1 requires parsed datetime inputs")


def _broken(moment: datetime.datetime) -> list[Any]:
    parts = moment.timetuple()
    return [*parts[:1], parts[1] - 1, *parts[2:6], (parts[6] + 1) % 7, parts[7] - 1]


def _strptime(value: Any, form: str) -> list[Any]:
    try:
        return _broken(datetime.datetime.strptime(value, form))
    except (ValueError, TypeError):
        raise JqError(f'date "{value}" does not match format "{form}"') from None


def _math(compute: Callable[[float], float]) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        if kind(value) != "number":
            raise JqError(f"{told(value)} number required")
        try:
            found = compute(value)
        except (ValueError, OverflowError):
            return math.nan
        return int(found) if isinstance(found, float) and found.is_integer() and abs(found) < 1e17 else found

    return run


def _setpath(value: Any, path: Any, new: Any) -> Any:
    return put(value, tuple(path), new)


def _delpaths(value: Any, paths: Any) -> Any:
    return without(value, [tuple(path) for path in paths])


_COMPUTED: dict[tuple[str, int], Callable[..., Any]] = {
    ("not", 0): lambda value: not true(value),
    ("error", 0): _error,
    ("error", 1): _error,
    ("length", 0): _length,
    ("utf8bytelength", 0): lambda value: len(_need_text(value, "only strings have UTF-8 byte length").encode()),
    ("keys", 0): _keys,
    ("keys_unsorted", 0): lambda value: list(value) if isinstance(value, dict) else _keys(value),
    ("has", 1): _has,
    ("contains", 1): _contains,
    ("add", 0): _add,
    ("type", 0): kind,
    ("tostring", 0): text_of,
    ("tojson", 0): shown,
    ("fromjson", 0): _fromjson,
    ("tonumber", 0): _tonumber,
    ("sort", 0): _sort,
    ("_sorted", 1): _sorted,
    ("_group", 1): _group,
    ("_extreme", 2): _extreme,
    ("min", 0): lambda value: _extreme(value, value, -1),
    ("max", 0): lambda value: _extreme(value, value, 1),
    ("reverse", 0): _reverse,
    ("flatten", 0): _flatten,
    ("flatten", 1): _flatten,
    ("join", 1): _join,
    ("transpose", 0): _transpose,
    ("ltrimstr", 1): lambda value, part: _trimmed(value, part, True),
    ("rtrimstr", 1): lambda value, part: _trimmed(value, part, False),
    ("startswith", 1): _begins,
    ("endswith", 1): _ends,
    ("trim", 0): lambda value: _strip(value, "strip"),
    ("ltrim", 0): lambda value: _strip(value, "lstrip"),
    ("rtrim", 0): lambda value: _strip(value, "rstrip"),
    ("ascii_downcase", 0): lambda value: _cased(value, False),
    ("ascii_upcase", 0): lambda value: _cased(value, True),
    ("explode", 0): lambda value: [ord(letter) for letter in _need_text(value, "cannot be exploded")],
    ("implode", 0): lambda value: "".join(map(chr, value)),
    ("indices", 1): _indices,
    ("split", 1): _split,
    ("setpath", 2): _setpath,
    ("delpaths", 1): _delpaths,
    ("floor", 0): _math(math.floor),
    ("ceil", 0): _math(math.ceil),
    ("round", 0): _math(lambda value: math.floor(value + 0.5)),
    ("fabs", 0): _math(abs),
    ("sqrt", 0): _math(math.sqrt),
    ("log", 0): _math(math.log),
    ("log2", 0): _math(math.log2),
    ("log10", 0): _math(math.log10),
    ("exp", 0): _math(math.exp),
    ("pow", 2): lambda value, base, power: _math(lambda one: base**one)(power),
    ("infinite", 0): lambda value: math.inf,
    ("nan", 0): lambda value: math.nan,
    ("isnan", 0): lambda value: isinstance(value, float) and math.isnan(value),
    ("isinfinite", 0): lambda value: isinstance(value, float) and math.isinf(value),
    ("isnormal", 0): lambda value: value != 0 and math.isfinite(value),
    ("gmtime", 0): lambda value: _broken(_moment(value)),
    ("mktime", 0): lambda value: int(_moment(value).timestamp()),
    ("strftime", 1): lambda value, form: _moment(value).strftime(form),
    ("strptime", 1): _strptime,
    ("format", 1): lambda value, name: formatted(name, value),
    ("halt", 0): _halt,
    ("halt_error", 1): _halt,
    ("builtins", 0): lambda value: sorted(f"{name}/{count}" for name, count in [*NATIVE, *_texts()] if name[0] != "_"),
    ("input_filename", 0): lambda value: None,
    ("have_literal_numbers", 0): lambda value: True,
    **MATCHING,
}
NATIVE: dict[tuple[str, int], Native] = {
    **{key: _simple(compute) for key, compute in _COMPUTED.items()},
    ("empty", 0): _empty,
    ("path", 1): _path,
    ("getpath", 1): _getpath,
    ("range", 3): _range,
    ("input", 0): _input,
    ("debug", 0): _debug,
    ("debug", 1): _debug,
    ("stderr", 0): _stderr,
}


def known(name: str, count: int) -> bool:
    """Whether jq has this function."""
    return (name, count) in NATIVE or (name, count) in _texts()
