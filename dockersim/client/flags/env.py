"""Variables and labels: ``-e``, ``--env-file``, ``--label-file`` (docker/cli's ``kvfile``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def env(text: str, environ: Mapping[str, str]) -> str:
    """``-e NAME=value``, or ``NAME`` to pass the client's own value on (kept as ``NAME`` if it has none)."""
    name, equals, _ = text.partition("=")
    if not name:
        raise ValueError(f"invalid environment variable: {text}")
    return f"{name}={environ[name]}" if not equals and name in environ else text


def read_file(name: str, content: bytes, environ: Mapping[str, str] | None) -> list[str]:
    """The pairs of an env file (or of a label file, where ``environ`` is ``None``).

    A name alone takes the client's value and is left out if there is none. Raises ``ValueError`` in Docker's words.
    """
    pairs: list[str] = []
    for number, raw in enumerate(content.split(b"\n"), 1):
        raw = raw.removesuffix(b"\r")
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            numbers = " ".join(str(byte) for byte in raw)
            raise _bad(name, f"invalid utf8 bytes at line {number}: [{numbers}]") from None
        line = (text.removeprefix("\ufeff") if number == 1 else text).lstrip()
        if not line or line[0] == "#":
            continue
        key, equals, _ = line.partition("=")
        if not key:
            raise _bad(name, f"no variable name on line '{line}'")
        if " " in key or "\t" in key:
            raise _bad(name, f"variable '{key}' contains whitespaces")
        if equals:
            pairs.append(line)
        elif environ is not None and key in environ:
            pairs.append(f"{key}={environ[key]}")
    return pairs


def _bad(name: str, why: str) -> ValueError:
    return ValueError(f"invalid env file ({name}): {why}")


def to_map(pairs: Iterable[str]) -> dict[str, str]:
    """``key=value`` texts as a mapping; the last of a key wins, a key alone has the empty value."""
    split = (pair.partition("=") for pair in pairs)
    return {key: value for key, _, value in split}
