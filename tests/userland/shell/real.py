"""One script, carried out by the simulated shell and by a real one, in equal directories."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.userland.harness import Box

FILES = {
    "a.txt": b"one\ntwo words\nthree\n",
    "b.txt": b"x:y:z\n",
    "c d": b"blank\n",
    ".hidden": b"h\n",
    "dir/inner": b"in\n",
    "dir/other.txt": b"o\n",
}
SHELLS = {"ash": ["/usr/bin/busybox", "sh"], "dash": ["/bin/dash"], "bash": ["/bin/bash"]}
ENVIRONMENT = {"HOME": "/root", "LC_ALL": "C", "TZ": "UTC0"}


@dataclass
class Outcome:
    """What a script did."""

    status: int
    out: bytes
    err: bytes
    files: dict[str, bytes]

    def same(self, other: Outcome, errors: bool = False) -> bool:
        mine, others = (self.status, self.out, self.files), (other.status, other.out, other.files)
        return mine == others and (not errors or self.err == other.err)


def simulated(
    script: str, flavour: str, *, arg0: str | None = None, stdin: bytes = b"", params: tuple[str, ...] = ()
) -> Outcome:
    """Run ``script`` with ``-c`` in a fresh little computer."""
    box = Box("busybox" if flavour == "ash" else "gnu")
    for path, data in FILES.items():
        box.write(f"/desk/{path}", data)
    extra = (arg0 or SHELLS[flavour][-1].rpartition("/")[2], *params)
    environment = {**ENVIRONMENT, "PATH": "/bin"}
    done = box.run("sh" if flavour == "ash" else flavour, "-c", script, *extra, stdin=stdin, env=environment)
    left = {}
    for path, stat in box.computer.vfs.walk("/desk"):
        name = path.removeprefix("/desk").lstrip("/")
        if name and stat.kind == "file":
            left[name] = box.read(path)
        elif name and stat.kind == "directory":
            left[name + "/"] = b""
    return Outcome(done.status, done.out, done.err, left)


def real(
    script: str, flavour: str, *, arg0: str | None = None, stdin: bytes = b"", params: tuple[str, ...] = ()
) -> Outcome:
    """Run ``script`` with ``-c`` in a temporary directory of this machine."""
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory, "work")
        for path, data in FILES.items():
            work.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
            work.joinpath(path).write_bytes(data)
        argv = SHELLS[flavour]
        extra = (arg0 or argv[-1].rpartition("/")[2], *params)
        environment = {**ENVIRONMENT, "PATH": "/usr/bin:/bin", "PWD": str(work)}
        done = subprocess.run(
            [*argv, "-c", script, *extra], cwd=work, input=stdin, capture_output=True, env=environment, timeout=20
        )
        left = {}
        for top, folders, names in os.walk(work):
            for folder in folders:
                left[str(Path(top, folder).relative_to(work)) + "/"] = b""
            for name in names:
                left[str(Path(top, name).relative_to(work))] = Path(top, name).read_bytes()
        where = directory.encode()
        status = done.returncode if done.returncode >= 0 else 128 - done.returncode
        return Outcome(status, done.stdout.replace(where, b""), done.stderr.replace(where, b""), left)
