"""Putting ``/proc``, ``/sys`` and the control groups into a computer's tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import ref

from dockersim.fs import FsError, Mount, Node, SyntheticFs
from dockersim.userland.kernelfs.files import Content
from dockersim.userland.kernelfs.places import PROC_PLACES, SYS_PLACES

if TYPE_CHECKING:
    from dockersim.userland.computer import Computer

OPTIONS = "nosuid,nodev,noexec,relatime"
CGROUPS = "/sys/fs/cgroup"
_PLACES = {f"/proc{path}": kind for path, kind in PROC_PLACES.items()} | {
    f"/sys{path}": kind for path, kind in SYS_PLACES.items()
}


class KernelFiles:
    """They are worked out when somebody looks, so the computer may come to be after they are mounted (:meth:`tell_of`).

    ``born``, in unix nanoseconds, is the time that their files show.
    """

    def __init__(self, born: int, computer: Computer | None = None) -> None:
        self.born = born
        self._subject = _Subject()
        if computer is not None:
            self.tell_of(computer)
        proc = _OnDemand(_proc, self._subject)
        sys = _OnDemand(_sys, self._subject)
        self._proc = SyntheticFs(proc.content, opener=proc.open, names=proc.names, store=proc.store, made_ns=born)
        self._sys = SyntheticFs(sys.content, fstype="sysfs", read_only=True, names=sys.names, made_ns=born)
        self._cgroups = SyntheticFs(sys.below("/fs/cgroup"), fstype="cgroup2", read_only=True, made_ns=born)

    def tell_of(self, computer: Computer) -> None:
        """The computer that they tell of."""
        self._subject.computer = ref(computer)

    @property
    def proc(self) -> Mount:
        return Mount("/proc", self._proc, source="proc", options=OPTIONS)

    @property
    def sys(self) -> tuple[Mount, Mount]:
        """``/sys``, and the cgroups below it."""
        options = f"{OPTIONS},nsdelegate,memory_recursiveprot"
        return (
            Mount("/sys", self._sys, "/", True, "sysfs", OPTIONS),
            Mount(CGROUPS, self._cgroups, "/", True, "cgroup", options),
        )

    def guarded(self, path: str) -> Mount:
        """A place below ``/proc`` once more, where it cannot be written to."""
        return Mount(path, self._proc, path.removeprefix("/proc"), True, "proc", OPTIONS)


def kind_of(path: str) -> str:
    """``file`` or ``directory`` for what there is below ``/proc`` and ``/sys`` to be masked; empty for nothing."""
    return _PLACES.get(path, "")


def mount_kernel_files(computer: Computer) -> None:
    """Mount them on the tree of a computer, which may have no place for them yet."""
    vfs = computer.vfs
    for path in ("/proc", "/sys"):
        if not vfs.exists(path):
            vfs.mkdir(path, 0o555)
    files = KernelFiles(vfs.now(), computer)
    vfs.mount_known(files.proc, *files.sys)


class _Subject:
    """The computer that kernel files tell of; they do not keep it, so that one that ended goes without a search."""

    __slots__ = ("computer",)

    computer: ref[Computer]


class _OnDemand:
    """The content of a file system that is worked out when somebody first looks below its root: most never do."""

    _ROOT = Node.directory(0o555)

    def __init__(self, make: Callable[[Computer], Any], subject: _Subject) -> None:
        self._make = make
        self._subject = subject
        self._made: Any = None

    def _get(self) -> Any:
        if self._made is None:
            computer = self._subject.computer()
            if computer is None:
                raise FsError("ESRCH")
            self._made = self._make(computer)
        return self._made

    def content(self, path: str) -> Any:
        return self._ROOT if path in ("/", "/sys") else self._get().content(path)

    def names(self, path: str) -> list[str]:
        found = self._get().content(path)
        return [] if found is None or isinstance(found, Node) else list(found)

    def open(self, path: str, flags: int) -> Any:
        return self._get().open(path, flags)

    def store(self, path: str, data: bytes) -> None:
        self._get().store(path, data)

    def below(self, top: str) -> Callable[[str], Content]:
        """The content of what is at ``top``, as of a file system of its own."""
        return lambda path: self._get().content(top + path.rstrip("/"))


def _proc(computer: Computer) -> Any:
    from dockersim.userland.kernelfs.proc import Proc

    return Proc(computer)


def _sys(computer: Computer) -> Any:
    from dockersim.userland.kernelfs.sys import Sys

    return Sys(computer)
