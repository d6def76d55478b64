"""mkdir, touch, ln, link, mktemp, truncate, mkfifo, mknod."""

from __future__ import annotations

import posixpath
import re

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import seconds_since_1970
from dockersim.userland.programs.instants import parse_date
from dockersim.userland.programs.modes import change_mode
from dockersim.userland.programs.options import Options, extra_operand, is_busybox, missing_operand, parse, quoted
from dockersim.userland.programs.support import Files, base, join, size_suffix
from dockersim.userland.programs.usage import try_help


def _mode(p: Process, text: str, initial: int) -> int:
    mode = change_mode(text, initial, False, p.umask)
    if mode is None:
        p.fail(f"invalid mode '{text}'" if is_busybox(p) else f"invalid mode {quoted(text)}")
        p.exit(1)
    return mode


def mkdir(p: Process) -> int:
    options = parse(p, "m:pv" + ("" if is_busybox(p) else "Z"), "mode:=m parents=p verbose=v context?=Z")
    if not options.operands:
        missing_operand(p)
    mode = _mode(p, options.get("m"), 0o777) if "m" in options else None
    files = Files(p)
    status = 0

    def make(path: str, last: bool) -> None:
        files.mkdir(path)
        if last and mode is not None:
            files.chmod(path, mode)
        if "v" in options:
            p.out(f"created directory: '{path}'\n" if is_busybox(p) else f"mkdir: created directory {quoted(path)}\n")

    for path in options.operands:
        at = path
        try:
            if "p" in options:
                parts = [part for part in path.split("/") if part]
                at = "/" if path.startswith("/") else ""
                for number, part in enumerate(parts):
                    at = posixpath.join(at, part)
                    if not files.is_dir(at):
                        if files.exists(at) and number < len(parts) - 1:
                            raise FsError("ENOTDIR", at)
                        make(at, number == len(parts) - 1)
            else:
                make(path, True)
        except FsError as error:
            words = "can't create directory" if is_busybox(p) else "cannot create directory"
            status = p.fail(f"{words} '{at if 'p' in options else path}': {error.strerror}")
    return status


def touch(p: Process) -> int:
    options = parse(p, "acmhd:r:t:f", "no-create=c date:=d reference:=r time: no-dereference=h")
    if not options.operands:
        if is_busybox(p):
            missing_operand(p)
        missing_operand(p, word="missing file operand")
    files = Files(p)
    now = p.sim.nanoseconds()
    atime = mtime = now
    if "r" in options:
        try:
            stat = files.stat(options.get("r"))
        except FsError as error:
            return p.fail(
                f"failed to get attributes of {quoted(options.get('r'))}: {error.strerror}"
                if not is_busybox(p)
                else f"{options.get('r')}: {error.strerror}"
            )
        atime, mtime = stat.atime_ns, stat.mtime_ns
    for key in ("d", "t"):
        if key in options:
            seconds = _stamp(p, options.get("t")) if key == "t" else parse_date(options.get("d"), now)
            if seconds is None:
                text = options.get(key)
                if is_busybox(p):
                    return p.fail(f"invalid date '{text}'")
                return p.fail(f"invalid date format {quoted(text)}")
            atime = mtime = seconds
    status = 0
    for path in options.operands:
        try:
            if not files.present(path) or (not files.exists(path) and "h" not in options):
                if "c" in options:
                    continue
                p.open(path, "a").release()
            stat = files.stat(path)
            both = not options.any("a m") or ("a" in options and "m" in options)
            files.utimens(
                path,
                atime if both or "a" in options else stat.atime_ns,
                mtime if both or "m" in options else stat.mtime_ns,
            )
        except FsError as error:
            if is_busybox(p):
                status = p.fail(f"{path}: {error.strerror}")
            else:
                word = "setting times of" if files.present(path) else "cannot touch"
                status = p.fail(f"{word} {quoted(path)}: {error.strerror}")
    return status


def _stamp(p: Process, text: str) -> int | None:
    """``[[CC]YY]MMDDhhmm[.ss]`` in nanoseconds."""
    found = re.fullmatch(r"(\d{4}|\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?", text)
    if found is None:
        return None
    year = found[1] or str(1970 + int(p.sim.time() // 31556952))
    full = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 69 else 1900)
    month, day, hour, minute = (int(found[n]) for n in range(2, 6))
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60):
        return None
    return seconds_since_1970(full, month, day, hour, minute, int(found[6] or 0)) * 10**9


def ln(p: Process) -> int:
    """``ln [options] target ... [link or directory]``"""
    options = parse(
        p,
        "sfnbTvS:" + ("" if is_busybox(p) else "rt:iLP"),
        "symbolic=s force=f no-dereference=n no-target-directory=T verbose=v relative=r target-directory:=t backup?=b "
        "suffix:=S logical=L physical=P",
    )
    operands = list(options.operands)
    if not operands:
        missing_operand(p, word="missing file operand")
    files = Files(p)
    directory = options.get("t")
    if not directory and len(operands) == 1:
        directory = "."
    elif not directory:
        last = operands[-1]
        link = files.present(last) and files.lstat(last).kind == "symlink"
        if files.is_dir(last) and "T" not in options and not (link and "n" in options):
            directory = operands.pop()
        elif len(operands) > 2:
            return p.fail(
                f"target {quoted(last)} is not a directory" if not is_busybox(p) else f"{last}: Not a directory"
            )
    pairs = [(name, join(directory, base(name))) for name in operands] if directory else [(operands[0], operands[1])]
    return max(_linked(p, options, files, target, path) for target, path in pairs)


def _linked(p: Process, options: Options, files: Files, target: str, path: str) -> int:
    """Make one link, ``path``; the status."""
    shown = target
    if "r" in options and "s" in options:
        here = posixpath.dirname(posixpath.normpath(posixpath.join(p.cwd, path)))
        target = _relative(posixpath.normpath(posixpath.join(p.cwd, target)), here)
    try:
        if "s" not in options:
            files.lstat(target)
        present = "f" in options and files.present(path)
        if present and (not files.is_dir(path) or files.lstat(path).kind == "symlink"):
            files.unlink(path)
        (files.symlink if "s" in options else files.link)(target, path)
        if "v" in options:
            p.out(f"{quoted(path)} {'->' if 's' in options else '=>'} {quoted(target)}\n")
    except FsError as error:
        if is_busybox(p):
            return p.fail(f"{shown if 's' not in options and not files.present(target) else path}: {error.strerror}")
        if "s" not in options and not files.present(target):
            return p.fail(f"failed to access {quoted(shown)}: {error.strerror}")
        if "s" not in options and files.is_dir(target):
            return p.fail(f"{shown}: hard link not allowed for directory")
        kind = "symbolic" if "s" in options else "hard"
        more = "" if "s" in options or error.code == "EEXIST" else f" => {quoted(target)}"
        return p.fail(f"failed to create {kind} link {quoted(path)}{more}: {error.strerror}")
    return 0


def _relative(path: str, start: str) -> str:
    one, other = path.strip("/").split("/"), [part for part in start.strip("/").split("/") if part]
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return "/".join([".."] * (len(other) - same) + one[same:]) or "."


def link(p: Process) -> int:
    operands = parse(p, "").operands
    if len(operands) < 2:
        missing_operand(p, operands[0] if operands else "")
    if len(operands) > 2:
        extra_operand(p, operands[2])
    try:
        p.vfs.link(operands[0], operands[1], cwd=p.cwd, cred=p.cred)
    except FsError as error:
        words = "can't create hardlink '{1}' to '{0}'" if is_busybox(p) else "cannot create link '{1}' to '{0}'"
        return p.fail(f"{words.format(*operands)}: {error.strerror}")
    return 0


def mktemp(p: Process) -> int:
    options = parse(p, "dqup:t", "directory=d quiet=q dry-run=u tmpdir?=p suffix:")
    template = options.operands[0] if options.operands else "tmp.XXXXXXXXXX" if not is_busybox(p) else "tmp.XXXXXX"
    found = re.search(r"X{3,}$", template) if "/" not in options.get("suffix") else None
    if found is None:
        return p.fail(f"too few X's in template {quoted(template)}" if not is_busybox(p) else "Invalid argument")
    name = template
    if options.any("p t") or not options.operands:
        name = join(options.get("p") or p.env.get("TMPDIR") or "/tmp", template)
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    count = len(found[0])
    files = Files(p)
    for _ in range(100):
        path = name[:-count] + "".join(p.sim.rng.choice(letters) for _ in range(count)) + options.get("suffix")
        try:
            if "u" not in options:
                if "d" in options:
                    files.mkdir(path, 0o700, 0)
                else:
                    p.open(path, "x", 0o600).release()
        except FsError as error:
            if error.code == "EEXIST":
                continue
            kind = "directory" if "d" in options else "file"
            if is_busybox(p):
                return p.fail(f"{name}: {error.strerror}")
            return p.fail(f"failed to create {kind} via template {quoted(name)}: {error.strerror}")
        p.out(path + "\n")
        return 0
    return 1


def truncate(p: Process) -> int:
    options = parse(p, "cos:r:", "no-create=c size:=s reference:=r io-blocks=o")
    if not options.any("s r"):
        p.fail("you must specify either '--size' or '--reference'")
        try_help(p)
    if not options.operands:
        missing_operand(p, word="missing file operand")
    files = Files(p)
    text = options.get("s") or str(files.stat(options.get("r")).size)
    sign = text[0] if text[0] in "+-<>/%" else ""
    amount = size_suffix(text[len(sign) :])
    if amount is None:
        return p.fail(f"Invalid number: {quoted(text)}" if not is_busybox(p) else f"invalid number '{text}'")
    status = 0
    for path in options.operands:
        try:
            if not files.exists(path):
                if "c" in options:
                    continue
                p.open(path, "a").release()
            now = files.stat(path).size
            sizes = {
                "": amount,
                "+": now + amount,
                "-": max(0, now - amount),
                "<": min(now, amount),
                ">": max(now, amount),
                "/": now // (amount or 1) * amount,
                "%": -(-now // (amount or 1)) * amount,
            }
            files.truncate(path, sizes[sign])
        except FsError as error:
            status = p.fail(
                f"cannot open {quoted(path)} for writing: {error.strerror}"
                if not is_busybox(p)
                else f"{path}: open: {error.strerror}"
            )
    return status


def mkfifo(p: Process) -> int:
    options = parse(p, "m:", "mode:=m")
    if not options.operands:
        missing_operand(p)
    status = 0
    for path in options.operands:
        try:
            p.vfs.mkfifo(path, cwd=p.cwd, cred=p.cred, umask=p.umask)
            if "m" in options:
                p.vfs.chmod(path, _mode(p, options.get("m"), 0o666), cwd=p.cwd, cred=p.cred)
        except FsError as error:
            status = p.fail(
                f"cannot create fifo {quoted(path)}: {error.strerror}"
                if not is_busybox(p)
                else f"{path}: {error.strerror}"
            )
    return status


def mknod(p: Process) -> int:
    options = parse(p, "m:", "mode:=m")
    operands = options.operands
    if len(operands) < 2:
        missing_operand(p, operands[0] if operands else "")
    path, kind = operands[0], operands[1]
    kinds = {"b": "block", "c": "char", "u": "char", "p": "fifo"}
    if kind not in kinds:
        p.fail(f"invalid device type {quoted(kind)}")
        try_help(p)
    if kind != "p" and len(operands) < 4:
        p.fail("Special files require major and minor device numbers.")
        try_help(p)
    if kind != "p" and not (p.computer.capabilities & {"CAP_MKNOD", "MKNOD"} or not p.computer.capabilities):
        return p.fail(f"{path}: Operation not permitted")
    try:
        numbers = None if kind == "p" else (int(operands[2], 0), int(operands[3], 0))
        p.vfs.mknod(path, kinds[kind], 0o666, numbers, cwd=p.cwd, cred=p.cred, umask=p.umask)
    except (FsError, ValueError) as error:
        return p.fail(f"{path}: {error.strerror if isinstance(error, FsError) else 'Invalid argument'}")
    return 0
