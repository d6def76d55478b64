"""A volume of the driver ``local``: a directory of the host, or what its options say to mount there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dockersim.engine.times import rfc3339
from dockersim.errors import InvalidParameter, System
from dockersim.fs import FsError, Node, Overlay
from dockersim.units import quote, ram_in_bytes

if TYPE_CHECKING:
    from dockersim.fs import Vfs

Json = dict[str, Any]
ANONYMOUS = "com.docker.volume.anonymous"
DRIVER = "local"
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_OPTIONS = ("type", "o", "device", "size")
_NEEDS = {"device": ("type",), "type": ("device",), "o": ("device", "type")}
BIND = 0x1000
"""MS_BIND of mount(2)."""
_FLAGS = {"ro": 0x1, "nosuid": 0x2, "nodev": 0x4, "noexec": 0x8, "bind": BIND, "rbind": 0x5000}


class Volume:
    """``refs`` are the ids of the containers that have it, in order; ``created`` is in unix nanoseconds.

    ``users`` counts the containers that have it mounted now, which only matters to volumes with options.
    """

    __slots__ = ("created", "labels", "name", "options", "path", "refs", "users")

    def __init__(
        self, name: str, path: str, created: int, labels: dict[str, str] | None, options: dict[str, str] | None
    ) -> None:
        self.name = name
        self.path = path
        self.created = created
        self.labels = labels
        self.options = options
        self.refs: dict[str, None] = {}
        self.users = 0

    @property
    def anonymous(self) -> bool:
        return ANONYMOUS in (self.labels or {})

    def json(self) -> Json:
        """As the Engine API has it; times here are in whole seconds."""
        return {
            "CreatedAt": rfc3339(self.created - self.created % 1_000_000_000),
            "Driver": DRIVER,
            "Labels": self.labels,
            "Mountpoint": self.path,
            "Name": self.name,
            "Options": self.options,
            "Scope": "local",
        }

    # ---- what the options say

    @property
    def needs_mount(self) -> bool:
        options = self.options or {}
        return bool(options.get("device") or options.get("type"))

    def acquire(self, host: Vfs) -> None:
        """Somebody mounts it: the first one also has its own mount made. System in the engine's words."""
        if self.needs_mount and not self.users:
            self._mount(host)
        self.users += 1

    def release(self, host: Vfs) -> None:
        """Somebody let go of it; with the last one its own mount goes."""
        self.users = max(0, self.users - 1)
        if self.needs_mount and not self.users:
            host.umount(self.path)

    def _mount(self, host: Vfs) -> None:
        options = self.options or {}
        kind, device = options["type"], options["device"]
        words = [word for word in options.get("o", "").split(",") if word]
        flags = sum(_FLAGS.get(word, 0) for word in words)
        data = ",".join(word for word in words if word not in _FLAGS)
        try:
            if kind == "tmpfs":
                self._mount_tmpfs(host, words)
            elif flags & BIND:
                there = host.mount_of(device)
                read_only = "ro" in words
                host.mount(self.path, there.fs, there.inner(host.realpath(device)), read_only=read_only, source=device)
            elif kind in ("nfs", "nfs4", "cifs"):
                raise FsError("ECONNREFUSED", device)
            elif kind in ("ext4", "ext3", "xfs", "btrfs", "vfat"):
                raise FsError("ENOTBLK" if host.exists(device) else "ENOENT", device)
            else:
                raise FsError("ENODEV", kind)
        except FsError as error:
            shown = f", flags: {flags:#x}" if flags else ""
            shown += f", data: {data}" if data else ""
            raise System(
                f"failed to mount local volume: mount {device}:{self.path}{shown}: {error.strerror.lower()}"
            ) from None

    def _mount_tmpfs(self, host: Vfs, words: list[str]) -> None:
        settings = dict(word.split("=", 1) for word in words if "=" in word)
        size = ram_in_bytes(settings["size"]) if "size" in settings else None
        owner = int(settings.get("uid", 0)), int(settings.get("gid", 0))
        root = Node.directory(int(settings.get("mode", "1777"), 8), *owner, mtime=host.now() / 1e9)
        memory = Overlay(fstype="tmpfs", capacity=size, root=root, plain=True)
        shown = ["relatime", *([f"size={size >> 10}k"] if size else [])]
        shown += [f"{key}={settings[key].lstrip('0') or 0}" for key in ("mode", "uid", "gid") if key in settings]
        host.mount(self.path, memory, source="tmpfs", options=",".join(shown))


def check_name(name: str) -> None:
    """InvalidParameter for what is no name of a local volume."""
    if len(name) == 1:
        raise InvalidParameter(
            f"create {name}: volume name is too short, names should be at least two alphanumeric characters"
        )
    if not _NAME.fullmatch(name):
        raise InvalidParameter(
            f"create {name}: {quote(name)} includes invalid characters for a local volume name, only "
            '"[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path'
        )


def check_options(name: str, options: dict[str, str]) -> None:
    """InvalidParameter for driver options that there are not, or that go only with others."""
    for option in options:
        if option not in _OPTIONS:
            raise InvalidParameter(f'create {name}: invalid option: "{option}"')
    if "size" in options:
        try:
            size = ram_in_bytes(options["size"])
        except ValueError as error:
            raise InvalidParameter(f"create {name}: {error}") from None
        if size > 0:
            raise InvalidParameter(f"create {name}: quota size requested but no quota support")
    for option, needed in _NEEDS.items():
        for other in needed:
            if option in options and other not in options:
                raise InvalidParameter(f'create {name}: missing required option: "{other}"')
