"""The rules of ``docker cp`` about names: where an archive is unpacked, and what its entries are called there.

They are those of ``cp -a``, told in moby's ``archive`` package: a source that ends in ``/.`` means what is in it; a
target that ends in ``/`` must be a directory; a target that does not exist becomes the copy itself.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import NamedTuple

from dockersim.client.transport import Failure
from dockersim.fs.archive import Member


class CopyInfo(NamedTuple):
    """One end of a copy. ``rebase_name`` is what the source's top entry is to be called, if not by its own name."""

    path: str
    exists: bool = False
    is_directory: bool = False
    rebase_name: str = ""


def keep_ending(clean: str, original: str) -> str:
    """``clean`` with the ``/`` or ``/.`` that ``original`` ends in."""
    if names_content(original) and not names_content(clean):
        clean = f"{clean.rstrip('/')}/."
    if original.endswith("/") and not clean.endswith("/"):
        clean += "/"
    return clean


def names_content(path: str) -> bool:
    """Whether a path is empty, ``.`` or ends in ``/.``."""
    return not path or posixpath.basename(path) == "."


def asserts_directory(path: str) -> bool:
    """Whether a path is written as only a directory's can be."""
    return path.endswith("/") or names_content(path)


def split(path: str) -> tuple[str, str]:
    """Directory and entry; of ``DIR/.`` the entry is ``.``."""
    clean = posixpath.normpath(path) if path else "."
    if clean.startswith("//"):
        clean = clean[1:]
    if names_content(path):
        return clean, "."
    return posixpath.dirname(clean) or ".", posixpath.basename(clean) or "/"


def rebase_name(path: str, resolved: str) -> tuple[str, str]:
    """``resolved`` with the ending of ``path``, and the name to keep where a link led to one of another name."""
    kept = keep_ending(resolved, path)
    name, real = (posixpath.basename(one.rstrip("/")) for one in (path, kept))
    return kept, name if name != real else ""


def plan(source: CopyInfo, target: CopyInfo) -> tuple[str, str, str]:
    """The directory to unpack into, and the old and new name of the top entry (empty: as it is).

    Raises :class:`Failure` for what ``cp`` refuses.
    """
    directory, base = split(target.path)
    name = source.rebase_name or split(source.path)[1]
    if target.exists and target.is_directory:
        return target.path, "", ""
    if target.exists and source.is_directory:
        raise Failure("cannot copy directory")
    if not target.exists and not source.is_directory and asserts_directory(target.path):
        raise Failure("no such directory")
    return directory, name, base


def renamed(members: Iterable[Member], old: str, new: str) -> list[Member]:
    """The members with the first ``old`` in each name made ``new``."""
    if not old and not new:
        return list(members)
    old = "" if old == "/" else old
    return [
        one._replace(
            name=one.name.replace(old, new, 1),
            linkname=one.linkname.replace(old, new, 1) if one.type == "link" else one.linkname,
        )
        for one in members
    ]
