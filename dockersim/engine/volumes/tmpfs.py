"""Tmpfs mounts of containers: their options, and the empty file system that comes of them."""

from __future__ import annotations

from dockersim.errors import System
from dockersim.fs import FsError, Node, Overlay, Vfs
from dockersim.units import ram_in_bytes

_PAIRS = (
    *(("noexec", "exec"), ("nosuid", "suid"), ("nodev", "dev"), ("ro", "rw"), ("sync", "async")),
    *(("noatime", "atime"), ("nodiratime", "diratime"), ("strictatime", "nostrictatime")),
)
_WORDS = frozenset(
    "defaults bind rbind private rprivate slave rslave shared rshared unbindable runbindable relatime norelatime "
    "remount".split()
)
_VALUES = frozenset("mode uid gid nr_inodes nr_blocks mpol size".split())
UNLIMITED = 2 << 30
"""Half of a machine's memory: what a tmpfs without a size may take, in bytes."""


class Options:
    """Mount options, merged over Docker's own (``noexec,nosuid,nodev``). System for one that there is not."""

    def __init__(self, text: str) -> None:
        self.switches = dict.fromkeys(("noexec", "nosuid", "nodev"), True)
        self.switches |= dict.fromkeys(("ro", "sync", "noatime", "nodiratime", "strictatime"), False)
        self.values: dict[str, str] = {}
        for word in filter(None, text.split(",")):
            key, equals, value = word.partition("=")
            if equals and key in _VALUES:
                self.values[key] = value
            elif equals or not self._switch(word):
                raise System(f'invalid tmpfs option "{key}"')

    def _switch(self, word: str) -> bool:
        for on, off in _PAIRS:
            if word in (on, off):
                self.switches[on] = word == on
                return True
        return word in _WORDS

    @property
    def read_only(self) -> bool:
        return self.switches["ro"]

    def shown(self, mode: int) -> str:
        """As the kernel lists them in ``/proc/mounts``, after ``rw``."""
        named = ("sync", "nosuid", "nodev", "noexec", "noatime", "nodiratime")
        words = [name for name in named if self.switches[name]]
        if not (self.switches["noatime"] or self.switches["strictatime"]):
            words.append("relatime")
        if "size" in self.values:
            words.append(f"size={self._size() >> 10}k")
        if "nr_inodes" in self.values:
            words.append(f"nr_inodes={self._number('nr_inodes')}")
        if mode != 0o1777:
            words.append(f"mode={mode:o}")
        words += [f"{key}={self.values[key]}" for key in ("uid", "gid") if self.values.get(key, "0") != "0"]
        return ",".join(words)

    def asked(self, existing: int | None) -> str:
        """Flags and data of the call of mount(2)."""
        words = ("ro", "MS_RDONLY"), ("nosuid", "MS_NOSUID"), ("nodev", "MS_NODEV"), ("noexec", "MS_NOEXEC")
        flags = "|".join(flag for name, flag in words if self.switches[name])
        values = {**({} if existing is None else {"mode": f"{existing:04o}"}), **self.values}
        return f"flags={flags}, data={','.join(f'{key}={value}' for key, value in values.items())}"

    def _size(self) -> int:
        text = self.values["size"]
        try:
            if text.endswith("%"):
                return UNLIMITED * 2 * int(text[:-1]) // 100
            return -(-ram_in_bytes(text) // 4096) * 4096
        except ValueError:
            raise FsError("EINVAL", text) from None

    def mode(self, existing: int | None) -> int:
        """Permission bits: those asked for, those of the directory that it covers, or those of /tmp."""
        asked = self.values.get("mode")
        if asked is None:
            return 0o1777 if existing is None else existing
        try:
            return int(asked, 8) & 0o7777
        except ValueError:
            raise FsError("EINVAL", asked) from None

    def file_system(self, mode: int, now: float) -> Overlay:
        """An empty file system in memory, made at ``now`` (unix seconds)."""
        root = Node.directory(mode, self._number("uid"), self._number("gid"), mtime=now)
        capacity = self._size() if "size" in self.values else UNLIMITED
        made = Overlay(fstype="tmpfs", capacity=capacity or UNLIMITED, root=root, plain=True)
        made.inodes = self._number("nr_inodes") or None
        return made

    def _number(self, key: str) -> int:
        text = self.values.get(key, "0")
        if not text.isdecimal():
            raise FsError("EINVAL", text)
        return int(text)


def mount(vfs: Vfs, path: str, text: str, existing: int | None) -> None:
    """Mount a new tmpfs at ``path``, which is there; ``existing`` is the mode of the directory that it covers.

    Raises System and FsError.
    """
    options = Options(text)
    mode = options.mode(existing)
    file_system = options.file_system(mode, vfs.now() / 1e9)
    vfs.mount(path, file_system, read_only=options.read_only, source="tmpfs", options=options.shown(mode))
