"""Variables and labels of a command line: those of files first, then those of flags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dockersim.client.flags.env import read_file
from dockersim.fs import FsError
from dockersim.userland.process import Process


def env(p: Process, files: Iterable[str], given: Iterable[str]) -> list[str]:
    """``--env-file`` and ``-e``. Raises ``ValueError`` in Docker's words."""
    return [*_of_files(p, files, variables=True), *filter(None, given)]


_PROXIES = {
    "HTTP_PROXY": "httpProxy",
    "HTTPS_PROXY": "httpsProxy",
    "NO_PROXY": "noProxy",
    "FTP_PROXY": "ftpProxy",
    "ALL_PROXY": "allProxy",
}


def with_proxies(given: Iterable[str], config: Mapping[str, Any], host: str) -> list[str]:
    """``-e``, the last of each name, and the variables that ``proxies`` in ``config.json`` has for a daemon's host."""
    known = {entry.partition("=")[0]: entry for entry in given}
    every = config.get("proxies") or {}
    proxies = every.get(host) or every.get("default") or {}
    for name, key in _PROXIES.items():
        for spelled in (name, name.lower()):
            if proxies.get(key):
                known.setdefault(spelled, f"{spelled}={proxies[key]}")
    return list(known.values())


def labels(p: Process, files: Iterable[str], given: Iterable[str]) -> list[str]:
    """``--label-file`` and ``--label``. Raises ``ValueError`` in Docker's words."""
    return [*_of_files(p, files, variables=False), *given]


def _of_files(p: Process, files: Iterable[str], *, variables: bool) -> Iterable[str]:
    for path in files:
        yield from read_file(path, _content(p, path), p.env if variables else None)


def _content(p: Process, path: str) -> bytes:
    try:
        return p.read_file(path)
    except FsError as error:
        if error.code == "EISDIR":
            raise ValueError(f"invalid env file ({path}): read {path}: is a directory") from None
        from dockersim.client.files import go_error

        raise ValueError(f"open {path}: {go_error(error)}") from None
