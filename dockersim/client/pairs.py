"""Variables and labels of a command line: those of files first, then those of flags."""

from __future__ import annotations

from collections.abc import Iterable

from dockersim.client.files import go_error
from dockersim.client.flags.env import read_file
from dockersim.fs import FsError
from dockersim.userland.process import Process


def env(p: Process, files: Iterable[str], given: Iterable[str]) -> list[str]:
    """``--env-file`` and ``-e``. Raises ``ValueError`` in Docker's words."""
    return [*_of_files(p, files, variables=True), *filter(None, given)]


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
        raise ValueError(f"open {path}: {go_error(error)}") from None
