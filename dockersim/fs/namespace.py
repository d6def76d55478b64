"""Mounts, and the walk from a path to what it names (path_resolution(7)).

A canonical path here is absolute, normal, and free of symbolic links; it decides alone which mount it is on. The
walk goes name by name, as the kernel's does, and so meets the same errors in the same order.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from dockersim.fs.cred import Cred, X
from dockersim.fs.errors import FsError
from dockersim.fs.filesystem import Entry, FileSystem
from dockersim.fs.paths import child_of, is_below, parent_of

PATH_MAX = 4096  # bytes, the closing NUL included
NAME_MAX = 255  # bytes
MAX_LINKS = 40  # symbolic links followed in one walk
SPECIAL = ("", ".", "..")  # last names that name no new thing; "" stands for "/"


class Mount(NamedTuple):
    """A file system, or the part of it at `subpath`, seen at `path`.

    `source` is empty for what stands for a part of the disk below it: no table of mounts lists that.
    """

    path: str
    fs: FileSystem
    subpath: str = "/"
    read_only: bool = False
    source: str = "none"
    options: str | Callable[[], str] = ""

    def inner(self, path: str) -> str:
        """The path within the file system, for a canonical path on this mount."""
        if self.path != "/":
            path = path[len(self.path) :] or "/"
        if self.subpath == "/":
            return path
        return self.subpath if path == "/" else self.subpath + path

    @property
    def shown_options(self) -> str:
        """The options as tables of mounts show them; a long list is worked out when somebody looks."""
        return self.options if isinstance(self.options, str) else self.options()

    @property
    def executable(self) -> bool:
        """Whether programs of it may be run; options that are worked out late are a disk's, which has no `noexec`."""
        return not (isinstance(self.options, str) and "noexec" in self.options.split(","))

    @property
    def writable(self) -> bool:
        return not (self.read_only or self.fs.read_only)


class Last(NamedTuple):
    """A walk that stopped before the last name: the canonical directory, the name, and whether `/` came after it."""

    directory: str
    name: str
    slash: bool

    @property
    def path(self) -> str:
        """The path of what the last name names, links not followed."""
        if self.name == "..":
            return parent_of(self.directory)
        return child_of(self.directory, self.name) if self.name not in SPECIAL else self.directory


class Namespace:
    """A mount table, and the walk over it."""

    def __init__(self, root: Mount) -> None:
        self._table: dict[str, Mount] = {"/": root}
        self._root = root
        self._hidden: list[tuple[Mount, Sequence[Mount]]] = []

    # -- the table

    def attach(self, mount: Mount) -> None:
        """Put a mount on its path; what was mounted there or below is hidden until it is detached.

        In the table it takes the place of what it hides at its own path.
        """
        here = mount.path
        below = here if here == "/" else here + "/"
        hidden = [m for path, m in self._table.items() if path == here or path.startswith(below)]
        for old in hidden:
            if old.path != here:
                del self._table[old.path]
        self._hidden.append((mount, hidden))
        self._table[mount.path] = mount
        self._root = self._table["/"]

    def add(self, mounts: Iterable[Mount]) -> None:
        """Put mounts on their paths, which have none below them."""
        for mount in mounts:
            before = self._table.get(mount.path)
            self._hidden.append((mount, (before,) if before is not None else ()))
            self._table[mount.path] = mount

    def detach(self, path: str) -> None:
        """Take the topmost mount off a path: EINVAL where there is none, EBUSY for `/` and where others are below."""
        mount = self._table.get(path)
        if mount is None:
            raise FsError("EINVAL", path)
        if any(is_below(other, path) for other in self._table):
            raise FsError("EBUSY", path)
        for place in reversed(range(len(self._hidden))):
            if self._hidden[place][0] is mount:
                _, hidden = self._hidden.pop(place)
                del self._table[path]
                self._table.update((old.path, old) for old in hidden)
                self._root = self._table["/"]
                return
        raise FsError("EBUSY", path)

    def mounts(self) -> list[Mount]:
        """The mounts that can be seen, in the order in which they were made."""
        return list(self._table.values())

    def is_mount(self, path: str) -> bool:
        return path in self._table

    def mounts_below(self, path: str) -> bool:
        return len(self._table) > 1 and any(is_below(other, path) for other in self._table)

    def at(self, path: str) -> Mount:
        """The mount that a canonical path is on."""
        table = self._table
        if len(table) == 1:
            return self._root
        while (mount := table.get(path)) is None:
            path = path[: path.rindex("/")]
            if not path:
                return self._root
        return mount

    def entry(self, path: str) -> Entry | None:
        """What a canonical path names."""
        mount = self.at(path)
        return mount.fs.lookup(mount.inner(path))

    # -- the walk

    def last(self, path: str, cwd: str, cred: Cred, links: list[str] | None = None) -> Last:
        """Walk to the directory that the last name of a path is in.

        `links` collects the symbolic links that were followed. Errors: ENOENT, ENOTDIR, EACCES, ELOOP,
        ENAMETOOLONG.
        """
        top = "/" if path.startswith("/") else ""
        if cred.privileged and path != "/" and _is_plain(path):
            cut = path.rindex("/")
            above = self.entry(path[:cut] or "/")
            if above is not None and above.kind == "directory":
                return Last(path[:cut] or "/", path[cut + 1 :], False)
            top = self._head(path[:cut], path)
        if not path:
            raise FsError("ENOENT", path)
        if len(path) >= PATH_MAX // 4 and len(_encoded(path)) >= PATH_MAX:
            raise FsError("ENAMETOOLONG", path)
        if "\0" in path:
            raise FsError("EINVAL", path)
        here = top or cwd
        names = [name for name in path[len(top) :].split("/") if name]
        if not names:
            return Last("/", "", True)
        if names[0] == ".." and self.entry(here) is None:  # the way out of a working directory that was removed
            here, names[0] = parent_of(here), "."
        followed: list[str] = [] if links is None else links
        entry = self.entry(here)
        for name in names[:-1]:
            here, entry = self._step(here, entry, name, cred, followed, path)
        _check_searchable(entry, cred, path)
        return Last(here, names[-1], path.endswith("/"))

    def _head(self, directory: str, path: str) -> str:
        """How far a plain path is canonical: the directory from which a walk to `directory` is still to be made.

        ENOENT, without any walk, where that directory has not the next name.
        """
        while (entry := self.entry(directory)) is None:
            directory = parent_of(directory)
        if entry.kind != "directory":
            return parent_of(directory)
        if len(path) > NAME_MAX // 4:
            return directory
        raise FsError("ENOENT", path)

    def final(self, last: Last, path: str) -> Entry | None:
        """What the last name of a walk names, links not followed; ENAMETOOLONG."""
        _check_name(last.name, path)
        return self.entry(last.path)

    def _step(
        self, here: str, above: Entry | None, name: str, cred: Cred, links: list[str], path: str
    ) -> tuple[str, Entry | None]:
        """From the directory `here`, which is `above`, to `name` in it: the same two of the next directory."""
        _check_searchable(above, cred, path)
        _check_name(name, path)
        if name == ".":
            return here, above
        if name == "..":
            below = parent_of(here)
            return below, self.entry(below)
        below = child_of(here, name)
        entry = self.entry(below)
        if entry is None:
            raise FsError("ENOENT", path)
        if entry.kind != "symlink":
            return below, entry
        last = self.follow(entry, here, cred, links, path)
        above = self.entry(last.directory)
        return self._step(last.directory, above, last.name, cred, links, path) if last.name else (last.directory, above)

    def follow(self, link: Entry, directory: str, cred: Cred, links: list[str], path: str) -> Last:
        """Walk the target of a symbolic link that is in `directory`, up to its last name."""
        if len(links) >= MAX_LINKS:
            raise FsError("ELOOP", path)
        links.append(link.target)
        try:
            return self.last(link.target, directory, cred, links)
        except FsError as error:
            raise FsError(error.code, path) from None

    def locate(self, path: str, cwd: str, cred: Cred, follow: bool = True) -> tuple[str, Entry]:
        """The canonical path and the entry of what must exist; a last symbolic link is followed or is the entry."""
        found = self.probe(path, cwd, cred, follow)
        if found[1] is None:
            raise FsError("ENOENT", path)
        return found[0], found[1]

    def probe(self, path: str, cwd: str, cred: Cred, follow: bool = True) -> tuple[str, Entry | None]:
        """As `locate`, with None for an entry that is missing in a directory that exists."""
        if cred.privileged and _is_plain(path):
            entry = self.entry(path)
            if entry is not None and (entry.kind != "symlink" or not follow):
                return path, entry
        links: list[str] = []
        last = self.last(path, cwd, cred, links)
        slash = last.slash
        while True:
            entry = self.final(last, path)
            if entry is None or entry.kind != "symlink" or not (follow or slash):
                break
            last = self.follow(entry, last.directory, cred, links, path)
            slash = slash or last.slash
        if slash and entry is not None and entry.kind != "directory":
            raise FsError("ENOTDIR", path)
        return last.path, entry


@lru_cache(maxsize=4096)
def _is_plain(path: str) -> bool:
    """Whether a path is written as a canonical path may be; then a hit needs no walk."""
    return (
        path.startswith("/")
        and "//" not in path
        and "\0" not in path
        and "/." not in path
        and len(path) < PATH_MAX // 4
        and (path == "/" or not path.endswith("/"))
    )


def _check_searchable(entry: Entry | None, cred: Cred, path: str) -> None:
    if entry is None:
        raise FsError("ENOENT", path)
    if entry.kind != "directory":
        raise FsError("ENOTDIR", path)
    if not cred.may(entry, X):
        raise FsError("EACCES", path)


def _check_name(name: str, path: str) -> None:
    if len(name) > NAME_MAX // 4 and len(_encoded(name)) > NAME_MAX:
        raise FsError("ENAMETOOLONG", path)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
