"""The built-in functions."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.programs.languages.python.formatting import formatted
from dockersim.userland.programs.languages.python.interpreter import Interpreter
from dockersim.userland.programs.languages.python.operators import items_of, type_name
from dockersim.userland.programs.languages.python.values import EXCEPTIONS, MAX_SIZE, Function, Native, Object, Raised


def builtins() -> dict[str, Any]:
    """A new set of names that every program has."""
    table: dict[str, Any] = dict(EXCEPTIONS)
    for name, function in SIMPLE.items():
        table[name] = Native(name, _simple(name, function))
    for name, call in NATIVE.items():
        table[name] = Native(name, call)
    table["__name__"] = "__main__"
    return table


def _simple(name: str, function: Callable[..., Any]) -> Callable[[Interpreter, list[Any], dict[str, Any]], Any]:
    def call(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        try:
            result = function(*arguments, **keywords)
        except TypeError as error:
            raise Raised("TypeError", str(error)) from None
        except ValueError as error:
            raise Raised("ValueError", str(error)) from None
        return list(result) if isinstance(result, enumerate | zip | reversed) else result

    return call


def _range(*arguments: int) -> range:
    found = range(*arguments)
    if len(found) > MAX_SIZE:
        raise Raised("MemoryError")
    return found


def _list(value: Any = ()) -> list[Any]:
    return (
        list(value.attributes["__iter__"])
        if isinstance(value, Object) and "__iter__" in value.attributes
        else list(value)
    )


SIMPLE: dict[str, Callable[..., Any]] = {
    "len": len,
    "str": lambda *arguments: str(*arguments[:1]) if len(arguments) < 2 else arguments[0].decode(),
    "int": lambda value=0, base=None: int(value) if base is None else int(value, base),
    "float": lambda value=0.0: float(value),
    "bool": lambda value=False: bool(value),
    "list": _list,
    "tuple": lambda value=(): tuple(value),
    "set": lambda value=(): set(value),
    "dict": lambda value=(), **more: dict(value, **more),
    "range": _range,
    "enumerate": lambda value, start=0: enumerate(value, start),
    "zip": lambda *values: zip(*values, strict=False),
    "reversed": lambda value: reversed(value),
    "sum": lambda value, start=0: sum(value, start),
    "abs": abs,
    "round": lambda value, digits=None: round(value, digits),
    "repr": repr,
    "any": lambda value: any(value),
    "all": lambda value: all(value),
    "divmod": divmod,
    "chr": chr,
    "ord": ord,
    "hex": hex,
    "bin": bin,
    "oct": oct,
    "callable": lambda value: isinstance(value, Function | Native),
    "isinstance": lambda value, kind: any(
        isinstance(one, Native) and type_name(value) == one.name
        for one in (kind if isinstance(kind, tuple) else (kind,))
    ),
}


def _print(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    separator = keywords.get("sep")
    end = keywords.get("end")
    text = (" " if separator is None else str(separator)).join(map(str, arguments))
    target = keywords.get("file")
    fd = target.attributes.get("fd", 1) if isinstance(target, Object) else 1
    interpreter.write(fd, text + ("\n" if end is None else str(end)))
    if keywords.get("flush") and interpreter.foreground:
        return interpreter.p.flush()
    return None


def _input(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Generator[Any, Any, str]:
    if arguments:
        interpreter.write(1, str(arguments[0]))
    yield from interpreter.p.flush()
    reader = interpreter.__dict__.setdefault("stdin", interpreter.p.lines())
    line: bytes = yield from reader.next()
    if not line:
        raise Raised("EOFError", "EOF when reading a line")
    return line.decode(errors="replace").rstrip("\n")


def _type(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    value = arguments[0]
    if isinstance(value, Object) and "class" in value.attributes:
        return value.attributes["class"]
    return Object("type", {"__name__": type_name(value)}, f"<class '{type_name(value)}'>")


def _sorted(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Generator[Any, Any, list[Any]]:
    return (yield from interpreter.in_order(list(items_of(arguments[0])), keywords))


def _extreme(largest: bool) -> Callable[[Interpreter, list[Any], dict[str, Any]], Any]:
    def call(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Generator[Any, Any, Any]:
        items = list(items_of(arguments[0])) if len(arguments) == 1 else arguments
        if not items:
            if "default" in keywords:
                return keywords["default"]
            raise Raised("ValueError", f"{'max' if largest else 'min'}() iterable argument is empty")
        order = yield from interpreter.in_order(items, keywords)
        return order[-1 if largest else 0]

    return call


def _map(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Generator[Any, Any, list[Any]]:
    found = []
    for item in items_of(arguments[1]):
        found.append((yield from interpreter.invoke(arguments[0], [item], {})))
    return found


def _filter(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Generator[Any, Any, list[Any]]:
    found = []
    for item in items_of(arguments[1]):
        if arguments[0] is None:
            keep = item
        else:
            keep = yield from interpreter.invoke(arguments[0], [item], {})
        if keep:
            found.append(item)
    return found


def _exit(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    from dockersim.userland.programs.languages.python.modules.making import leave

    return leave(interpreter, arguments, keywords)


def _format(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> str:
    return formatted(arguments[0], arguments[1] if len(arguments) > 1 else "")


def _open(interpreter: Interpreter, arguments: list[Any], keywords: dict[str, Any]) -> Object:
    p = interpreter.p
    path = str(arguments[0])
    mode = str(arguments[1] if len(arguments) > 1 else keywords.get("mode", "r"))
    binary = "b" in mode
    try:
        file = p.vfs.open(path, mode.replace("b", "").replace("t", ""), cwd=p.cwd, cred=p.cred, umask=p.umask)
        if file.kind == "directory":
            raise FsError("EISDIR", path)
    except FsError as error:
        kind = {"ENOENT": "FileNotFoundError", "EACCES": "PermissionError"}.get(error.code, "OSError")
        raise Raised(kind, f"[Errno {error.number}] {error.strerror}: {path!r}") from None

    def read(_: Interpreter, words: list[Any], __: dict[str, Any]) -> Any:
        data = file.read(*words)
        return data if binary else data.decode(errors="replace")

    def write(_: Interpreter, words: list[Any], __: dict[str, Any]) -> int:
        data = words[0] if isinstance(words[0], bytes) else str(words[0]).encode()
        file.write(data)
        return len(words[0])

    def lines(_: Interpreter, __: list[Any], ___: dict[str, Any]) -> list[str]:
        found: str = file.read().decode(errors="replace")
        return found.splitlines(keepends=True)

    def close(_: Interpreter, __: list[Any], ___: dict[str, Any]) -> None:
        file.close()

    return Object(
        "_io.TextIOWrapper",
        {
            "read": Native("read", read),
            "write": Native("write", write),
            "readlines": Native("readlines", lines),
            "close": Native("close", close),
            "flush": Native("flush", lambda *_: None),
        },
    )


NATIVE: dict[str, Callable[[Interpreter, list[Any], dict[str, Any]], Any]] = {
    "print": _print,
    "input": _input,
    "type": _type,
    "sorted": _sorted,
    "min": _extreme(False),
    "max": _extreme(True),
    "map": _map,
    "filter": _filter,
    "exit": _exit,
    "quit": _exit,
    "format": _format,
    "open": _open,
}
