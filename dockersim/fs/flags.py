"""Flags of open(2), with the numbers of Linux on x86-64, and the mode strings of fopen(3)."""

O_RDONLY = 0
O_WRONLY = 1
O_RDWR = 2
O_ACCMODE = 3
O_CREAT = 0o100
O_EXCL = 0o200
O_NOCTTY = 0o400
O_TRUNC = 0o1000
O_APPEND = 0o2000
O_NONBLOCK = 0o4000
O_DIRECTORY = 0o200000
O_NOFOLLOW = 0o400000

_BY_STRING = {
    "r": O_RDONLY,
    "r+": O_RDWR,
    "w": O_WRONLY | O_CREAT | O_TRUNC,
    "w+": O_RDWR | O_CREAT | O_TRUNC,
    "a": O_WRONLY | O_CREAT | O_APPEND,
    "a+": O_RDWR | O_CREAT | O_APPEND,
    "x": O_WRONLY | O_CREAT | O_EXCL,
    "x+": O_RDWR | O_CREAT | O_EXCL,
}


def open_flags(flags: str | int) -> int:
    """The number for `r`, `w`, `a`, `x`, each also with `+`; a number is itself. ValueError for other words."""
    if isinstance(flags, int):
        return flags
    number = _BY_STRING.get(flags.replace("b", ""))
    if number is None:
        raise ValueError(f"not a mode of open: {flags!r}")
    return number
