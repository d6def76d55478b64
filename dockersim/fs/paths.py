"""Absolute, normal paths as trees use them: `/`, `/etc`, `/etc/passwd`."""


def parent_of(path: str) -> str:
    """`/etc` for `/etc/passwd`; `/` is its own parent."""
    return path[: path.rindex("/")] or "/"


def name_of(path: str) -> str:
    """`passwd` for `/etc/passwd`; `` for `/`."""
    return path[path.rindex("/") + 1 :]


def child_of(parent: str, name: str) -> str:
    """The path of `name` in the directory `parent`."""
    return f"/{name}" if parent == "/" else f"{parent}/{name}"


def order(path: str) -> str:
    """Sort key: a directory, then all below it, then its next sibling."""
    return path.replace("/", "\0")


def ancestors(path: str) -> list[str]:
    """The directories above a path, nearest first, without `/`: `/usr/bin`, `/usr` for `/usr/bin/env`."""
    out = []
    while (path := parent_of(path)) != "/":
        out.append(path)
    return out


def is_below(path: str, top: str) -> bool:
    """True if `path` is strictly below the directory `top`."""
    return path != top and (top == "/" or path.startswith(top + "/"))
