"""Runs one command line in the simulated computer and for real, in equal directories, and compares."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.userland.harness import Box

FILES = {
    "a": b"one two three\nfour five six\n\nseven\tEight nine\n\n\nten\nten\nTen\nlast",
    "n": b"10\n9\n2.5\n-3\n1K\n2M\n0x10\nabc\n10\n",
    "s1": b"a 1\nb 2\nc 3\n",
    "s2": b"a x\nc y\nd z\n",
    "p": b"root:x:0:0:root:/root:/bin/bash\nbob:x:1000:1000::/home/bob:/bin/sh\nal:x:7:7::/:/bin/false\n",
    "bin": bytes(range(256)),
    "e": b"",
    "dir/inner": b"inside\n",
    "dir/sub/deep": b"deep\n",
}
STDIN = b"in put\nsecond line\n"
BUSYBOX = "/usr/bin/busybox"


def real_argv(argv: list[str], flavour: str) -> list[str] | None:
    """How to run it for real; ``None`` where the machine has no such program."""
    if flavour == "busybox":
        listed = subprocess.run([BUSYBOX, "--list"], capture_output=True, text=True, check=True).stdout.split()
        return [BUSYBOX, *argv] if argv[0] in listed else None
    found = shutil.which(argv[0], path="/usr/bin:/bin")
    return [found, *argv[1:]] if found else None


def run_real(argv: list[str], name: str, stdin: bytes) -> tuple[int, bytes, bytes, dict[str, bytes]]:
    with tempfile.TemporaryDirectory() as directory:
        for path, data in FILES.items():
            target = Path(directory, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC0"}
        done = subprocess.run(
            [name, *argv[1:]], executable=argv[0], cwd=directory, input=stdin, capture_output=True, env=environment,
            timeout=20,
        )  # fmt: skip
        left = {}
        for top, _, names in os.walk(directory):
            for each in names:
                path = Path(top, each)
                key = str(path.relative_to(directory))
                left[key] = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
        out = done.stdout.replace(directory.encode(), b"/desk")
        err = done.stderr.replace(directory.encode(), b"/desk")
    return done.returncode, out, err, left


def run_simulated(argv: list[str], flavour: str, stdin: bytes) -> tuple[int, bytes, bytes, dict[str, bytes]]:
    box = Box(flavour)
    for path, data in FILES.items():
        box.write(f"/desk/{path}", data)
    done = box.run(*argv, stdin=stdin, env={"LC_ALL": "C"})
    left = {}
    vfs = box.computer.vfs
    for path, stat in vfs.walk("/desk"):
        if stat.kind == "file":
            left[path[6:]] = vfs.read_file(path)
        elif stat.kind == "symlink":
            left[path[6:]] = vfs.readlink(path).encode()
    return done.status, done.out, done.err, left


def difference(line: str, flavour: str, stdin: bytes = STDIN, errors: bool = True) -> str | None:
    """What differs for a command line; ``""`` for nothing, ``None`` where it cannot be run for real."""
    argv = shlex.split(line)
    real = real_argv(argv, flavour)
    if real is None:
        return None
    name = BUSYBOX if flavour == "busybox" else argv[0]
    expected = run_real(real, name, stdin)
    try:
        got = run_simulated(argv, flavour, stdin)
    except Exception as error:
        return f"  CRASH {error!r}"
    said = []
    for what, one, other in zip(("status", "stdout", "stderr", "files"), expected, got, strict=True):
        if what == "stderr":
            one, other = (text.split(b"BusyBox v")[0] for text in (one, other))  # type: ignore[union-attr]
            if not errors:
                continue
        if what == "files" and one != other:
            keys = [key for key in {*one, *other} if one.get(key) != other.get(key)]  # type: ignore[union-attr,misc]
            one, other = ({key: side.get(key) for key in keys} for side in (one, other))  # type: ignore[union-attr]
        if one != other:
            said.append(f"  {what}\n    real {one!r:.300}\n    ours {other!r:.300}")
    return "\n".join(said)


def main() -> None:
    ok = bad = 0
    for line in sys.stdin.read().splitlines():
        for flavour in ("gnu", "busybox"):
            if not line.strip() or (found := difference(line, flavour)) is None:
                continue
            ok, bad = ok + (not found), bad + bool(found)
            if found:
                print(f"{flavour}: {line}\n{found}")
    print(f"equal {ok}, different {bad}")


if __name__ == "__main__":
    main()
