"""go-units sizes: 1000 and "kB" for people's disks, 1024 and "KiB" for memory."""

from __future__ import annotations

from dockersim.units.strconv import parse_float

_DECIMAL = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB")
_LOWEST = -(1 << 63)


def _scaled(size: float, base: float, names: tuple[str, ...], precision: int) -> str:
    place = 0
    while size >= base and place < len(names) - 1:
        size /= base
        place += 1
    return f"{size:.{precision}g}{names[place]}"


def human_size(size: float, precision: int = 4) -> str:
    """Bytes in powers of 1000, at most ``precision`` digits: ``13.3kB``. `docker images` uses 3, `docker ps -s` 3."""
    return _scaled(float(size), 1000.0, _DECIMAL, precision)


def bytes_size(size: float) -> str:
    """Bytes in powers of 1024, at most four digits: ``1.5GiB``."""
    return _scaled(float(size), 1024.0, _BINARY, 4)


def ram_in_bytes(text: str) -> int:
    """Read ``512m``, ``1.5GiB``, ``1g``: powers of 1024. Raises ``ValueError`` in go-units' words."""
    return _parse(text, 1024)


def from_human_size(text: str) -> int:
    """Read ``44kB``, ``17MB``: powers of 1000. Raises ``ValueError`` in go-units' words."""
    return _parse(text, 1000)


def _parse(text: str, base: int) -> int:
    at = max(text.rfind(c) for c in "0123456789. ")
    if at == -1:
        raise ValueError(f"invalid size: '{text}'")
    number = text[:at] if text[at] == " " else text[: at + 1]
    suffix = text[at + 1 :]
    size = parse_float(number)
    if size < 0:
        raise ValueError(f"invalid size: '{text}'")
    return _int64(size * _factor(suffix, base))


def _factor(suffix: str, base: int) -> int:
    if not suffix:
        return 1
    # Docker lowers the suffix only once it is short enough to be one; its message shows the difference.
    lower = suffix.lower() if len(suffix.encode(errors="surrogateescape")) <= 3 else suffix
    power = "bkmgtp".find(lower[0]) if lower in ("b",) or lower[1:] in ("", "b", "ib") else -1
    if len(suffix) > 3 or power == -1 or (power == 0 and len(lower) > 1):
        raise ValueError(f"invalid suffix: '{lower}'")
    return int(base**power)


def _int64(size: float) -> int:
    """Go's conversion on amd64: what does not fit becomes the lowest number."""
    return int(size) if size == size and size < 9.223372036854775807e18 else _LOWEST
