"""zip and unzip."""

from __future__ import annotations

import io
import posixpath
import zipfile

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import moment, seconds_since_1970
from dockersim.userland.programs.options import is_busybox, parse
from dockersim.userland.programs.support import Files, Steps, join


def _entries(files: Files, name: str, recursive: bool) -> list[str]:
    if not files.is_dir(name):
        return [name]
    below = (
        [path for child in files.listdir(name) for path in _entries(files, join(name, child), True)]
        if recursive
        else []
    )
    return [name.rstrip("/") + "/", *below]


def zip(p: Process) -> int:
    options = parse(p, "rqj0123456789", "recurse-paths=r quiet=q junk-paths=j", status=16)
    if len(options.operands) < 2:
        p.err("\nzip error: Nothing to do!\n")
        return 12
    archive, *names = options.operands
    archive = archive if "." in posixpath.basename(archive) else archive + ".zip"
    files = Files(p)
    buffer = io.BytesIO()
    missing = False
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            if not files.exists(name):
                p.out(f"\tzip warning: name not matched: {name}\n")
                missing = True
                continue
            for path in _entries(files, name, "r" in options):
                stat = files.stat(path)
                at = moment(stat.mtime)
                stored = posixpath.basename(path) if "j" in options else path.lstrip("/")
                info = zipfile.ZipInfo(stored, (max(1980, at.year), at.month, at.day, at.hour, at.minute, at.second))
                info.compress_type = zipfile.ZIP_STORED if stat.is_dir or not stat.size else zipfile.ZIP_DEFLATED
                info.external_attr = (0o040000 if stat.is_dir else 0o100000) + stat.mode << 16
                data = b"" if stat.is_dir else files.read_file(path)
                made.writestr(info, data)
                if "q" not in options:
                    small = made.infolist()[-1].compress_size
                    how = f"deflated {100 - small * 100 // len(data)}%" if data else "stored 0%"
                    p.out(f"  adding: {stored} ({how})\n")
    if missing and len(buffer.getvalue()) < 30:
        p.err(f"\nzip error: Nothing to do! ({archive})\n")
        return 12
    p.write_file(archive, buffer.getvalue())
    return 0


def unzip(p: Process) -> Steps:
    options = parse(p, "lqopnd:jtv", "", status=10)
    if not options.operands:
        from dockersim.userland.programs.usage import try_help

        try_help(p, 10)
    name, *wanted = options.operands
    files = Files(p)
    path = name if files.is_file(name) else name + ".zip"
    try:
        data = p.read_file(path)
        archive = zipfile.ZipFile(io.BytesIO(data))
    except FsError:
        if is_busybox(p):
            return p.fail(f"can't open {name}[.zip]")
        p.err(f"unzip:  cannot find or open {name}, {name}.zip or {name}.ZIP.\n")
        return 9
    except zipfile.BadZipFile:
        p.err(f"Archive:  {path}\n  End-of-central-directory signature not found.\n")
        return 9
    infos = [info for info in archive.infolist() if not wanted or info.filename in wanted]
    if "p" in options:
        for info in infos:
            yield from p.write(1, archive.read(info))
        return 0
    if not options.any("q"):
        p.out(f"Archive:  {path}\n")
    if "l" in options:
        p.out("  Length      Date    Time    Name\n---------  ---------- -----   ----\n")
        for info in infos:
            y, m, d, hour, minute, _ = info.date_time
            p.out(f"{info.file_size:>9}  {y}-{m:02}-{d:02} {hour:02}:{minute:02}   {info.filename}\n")
        plural = "" if len(infos) == 1 else "s"
        total = sum(info.file_size for info in infos)
        p.out(f"---------                     -------\n{total:>9}                     {len(infos)} file{plural}\n")
        return 0
    for info in infos:
        yield from _extract(p, files, archive, info, options.get("d"), "q" in options)
    return 0


def _extract(
    p: Process, files: Files, archive: zipfile.ZipFile, info: zipfile.ZipInfo, directory: str, quiet: bool
) -> Steps:
    name = posixpath.normpath(info.filename.lstrip("/"))
    if name.startswith("../"):
        p.err(f'warning:  skipped "../" path component(s) in {info.filename}\n')
        return
    target = join(directory, name) if directory else name
    parent = target if info.is_dir() else posixpath.dirname(target)
    if parent and not files.is_dir(parent):
        files.makedirs(parent)
        if not quiet and info.is_dir():
            p.out(f"   creating: {target}/\n")
    if info.is_dir():
        return
    data = archive.read(info)
    files.write_file(target, data)
    mode = info.external_attr >> 16 & 0o777
    if mode:
        files.chmod(target, mode)
    ns = seconds_since_1970(*info.date_time) * 10**9
    files.utimens(target, ns, ns)
    if not quiet:
        p.out(f"{' extracting' if info.compress_type == zipfile.ZIP_STORED else '  inflating'}: {target}\n")
    yield from p.flush()
