"""The programs that there are: one lazy table from the name in an executable's header to what it does.

Nothing is imported before a program first runs. A name such as ``su-exec`` is the function ``su_exec`` of its module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dockersim.userland.programs import online

if TYPE_CHECKING:
    from dockersim.userland.process import Process, Program

HERE = "dockersim.userland.programs"

TEXT = {
    "concat": "cat tac rev nl tee",
    "ends": "head tail",
    "cutting": "split cut fold",
    "sorting": "sort",
    "merging": "uniq comm join paste shuf",
    "counting": "wc",
    "translate": "tr expand unexpand",
    "searching": "grep egrep fgrep",
    "sed.main": "sed",
    "awk.main": "awk gawk mawk nawk",
    "sums": "md5sum sha1sum sha224sum sha256sum sha384sum sha512sum cksum base64 base32",
    "dumps": "od hexdump hd xxd strings",
    "comparing": "cmp diff",
    "pagers": "less more vi vim nano emacs",
}
FILES = {
    "listing.main": "ls dir vdir",
    "trees": "tree",
    "copying": "cp mv install",
    "removing": "rm rmdir unlink",
    "making": "mkdir touch ln link mktemp truncate mkfifo mknod",
    "rights": "chmod chown chgrp",
    "paths": "readlink realpath basename dirname which pwd",
    "statistics": "stat du df",
    "find.main": "find",
    "filetype": "file",
    "dd": "dd",
    "archives.main": "tar",
    "compression": "gzip gunzip zcat bzip2 bunzip2 bzcat xz unxz xzcat",
    "zips": "zip unzip",
}
SYSTEM = {
    "basics": "echo true false sleep usleep yes printenv hello seq factor sync clear reset",
    "conditions": "test expr",
    "printing": "printf",
    "calculator": "bc",
    "dates": "date cal uptime",
    "identity": "id whoami groups users who w logname getent",
    "accounts.adding": "adduser useradd",
    "accounts.groups": "addgroup groupadd delgroup groupdel",
    "accounts.removing": "deluser userdel",
    "accounts.passwords": "passwd",
    "becoming": "su sudo su-exec gosu chroot",
    "machine": "hostname uname arch dmesg sysctl lscpu nproc free mount umount",
    "namespaces": "lsns nsenter",
    "processes.ps": "ps",
    "processes.finding": "pidof pgrep",
    "processes.signalling": "kill killall pkill",
    "processes.top": "top",
    "running": "env nice nohup setsid timeout watch ionice",
    "xargs": "xargs",
    "terminals": "tty stty",
    "inits": "tini docker-init dumb-init",
    "stress": "stress stress-ng",
    "busybox": "busybox",
}
TABLES: tuple[dict[str, str], ...] = (TEXT, FILES, SYSTEM, *online.TABLES)

ELSEWHERE = {
    "[": f"{HERE}.conditions:test",
    "docker-init": f"{HERE}.inits:tini",
    "sh": "dockersim.userland.shell:main",
    "ash": "dockersim.userland.shell:main",
    "bash": "dockersim.userland.shell:main",
    "dash": "dockersim.userland.shell:main",
}


class Table(Mapping[str, "Program"]):
    """Programs by name, each imported when it is first looked up."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places
        self._loaded: dict[str, Program] = {}

    def __getitem__(self, name: str) -> Program:
        program = self._loaded.get(name)
        if program is None:
            program = self._loaded[name] = _gnu(load(self._places[name]))
        return program

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def place(self, name: str) -> str:
        """Where the program is: ``module:function``."""
        return self._places[name]


def load(place: str) -> Program:
    """The function that ``module:function`` names."""
    module, _, function = place.partition(":")
    program: Program = getattr(import_module(module), function)
    return program


def places(tables: tuple[dict[str, str], ...]) -> dict[str, str]:
    """Program name to ``module:function`` for tables of module to names."""
    return {
        name: f"{HERE}.{module}:{name.replace('-', '_')}"
        for table in tables
        for module, names in table.items()
        for name in names.split()
    }


def _gnu(main: Program) -> Program:
    def run(process: Process) -> Any:
        process.flavour = "gnu"
        return main(process)

    return run


TABLE = Table(places(TABLES) | ELSEWHERE | online.PLACES)
