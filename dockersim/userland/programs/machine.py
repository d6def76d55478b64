"""hostname, uname, dmesg, sysctl, lscpu, nproc, free, mount, umount: what a program may learn about the machine."""

from __future__ import annotations

from dockersim.fs import FsError
from dockersim.userland import kernelfs
from dockersim.userland.kernelfs.process import mount_lines
from dockersim.userland.process import Process
from dockersim.userland.programs.formats import human
from dockersim.userland.programs.options import extra_operand, is_busybox, parse, quoted, uses_musl
from dockersim.userland.programs.support import Files, Steps
from dockersim.userland.programs.usage import try_help

MACHINE = "x86_64"


def hostname(p: Process) -> int:
    options = parse(
        p,
        "sidf" + ("" if is_busybox(p) else "IAyb") + "F:",
        "short=s ip-address=i domain=d fqdn=f long=f all-ip-addresses=I file:=F",
    )
    name = p.computer.hostname
    if "I" in options:
        p.out("".join(f"{one} " for one in _all_addresses(p)) + "\n")
        return 0
    if "i" in options:
        return _print_named(p)
    if "d" in options:
        domain = p.computer.domainname or name.partition(".")[2]
        p.out(domain + "\n" if domain else "")
        return 0
    if "F" in options or options.operands:
        new = p.read_file(options.get("F")).decode().strip() if "F" in options else options.operands[0]
        allowed = (
            not {"SYS_ADMIN", "CAP_SYS_ADMIN"}.isdisjoint(p.computer.capabilities) or p.computer.pid1_protected is False
        )
        if p.cred.uid != 0 or not allowed:
            return p.fail(
                "sethostname: Operation not permitted" if is_busybox(p) else "you must be root to change the host name"
            )
        p.computer.hostname = new
        return 0
    full = f"{name}.{p.computer.domainname}" if "f" in options and p.computer.domainname else name
    p.out((name.partition(".")[0] if "s" in options else full) + "\n")
    return 0


def _all_addresses(p: Process) -> list[str]:
    """Those of its interfaces, loopback aside."""
    return list(p.computer.net.addresses()) if p.computer.net is not None else []


def _print_named(p: Process) -> int:
    from dockersim.sim import ConnectFailed
    from dockersim.userland.programs.network.connect import resolve, unresolved

    try:
        p.out(" ".join(_in_hosts(p) or [resolve(p, p.computer.hostname)]) + "\n")
    except ConnectFailed:
        return p.fail(f"{p.computer.hostname}: Host name lookup failure" if is_busybox(p) else unresolved(p))
    return 0


def _in_hosts(p: Process) -> list[str]:
    """The addresses of /etc/hosts for this name."""
    try:
        text = p.read_file("/etc/hosts").decode("utf-8", "replace")
    except FsError:
        return []
    rows = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = [row[0] for row in rows if p.computer.hostname in row[1:]]
    if is_busybox(p):  # it knows addresses of IPv4 only
        found = [address for address in found if ":" not in address]
    return found


def uname(p: Process) -> int:
    options = parse(
        p,
        "asnrvmpio",
        "all=a kernel-name=s nodename=n kernel-release=r kernel-version=v machine=m processor=p hardware-platform=i "
        "operating-system=o",
    )
    if options.operands:
        extra_operand(p, options.operands[0])
    kernel = p.computer.kernel
    values = {
        "s": "Linux",
        "n": p.computer.hostname,
        "r": kernel.release,
        "v": kernel.version,
        "m": MACHINE,
        "p": "unknown" if "a" not in options and not is_busybox(p) else MACHINE,
        "i": "unknown" if "a" not in options and not is_busybox(p) else MACHINE,
        "o": "GNU/Linux" if not is_busybox(p) or not uses_musl(p) else "Linux",
    }
    wanted = "snrvmo" if "a" in options else "".join(key for key in "snrvmpio" if key in options) or "s"
    p.out(" ".join(values[key] for key in wanted) + "\n")
    return 0


def arch(p: Process) -> int:
    parse(p, "")
    p.out(MACHINE + "\n")
    return 0


def nproc(p: Process) -> int:
    options = parse(p, "", "all ignore:")
    text = options.get("ignore", "0")
    if not text.isdigit():
        return p.fail(f"invalid number: {quoted(text)}" if not is_busybox(p) else f"invalid number '{text}'")
    p.out(f"{max(1, p.computer.cpus - int(text))}\n")
    return 0


def dmesg(p: Process) -> int:
    parse(p, "cCHTtwn:s:rxkl:L::", "clear=C human=H ctime=T follow=w level:=l color?=L")
    if {"SYSLOG", "CAP_SYSLOG"}.isdisjoint(p.computer.capabilities):
        if is_busybox(p):
            return p.fail("klogctl: Operation not permitted")
        return p.fail("read kernel buffer failed: Operation not permitted")
    p.out(f"[    0.000000] Linux version {p.computer.kernel.release} {p.computer.kernel.version}\n")
    return 0


def sysctl(p: Process) -> Steps:
    options = parse(p, "aAneNqwp::", "all=a values=n ignore=e names=N quiet=q write=w load?=p")
    files = Files(p)
    status = 0

    def value(key: str) -> str:
        text: bytes = files.read_file("/proc/sys/" + key.replace(".", "/"))
        return text.decode().rstrip("\n")

    def show(key: str) -> None:
        text = value(key)
        p.out((key if "N" in options else text if "n" in options else f"{key} = {text}") + "\n")

    if options.any("a A"):
        for path, stat in p.vfs.walk("/proc/sys"):
            if stat.kind == "file":
                show(path[len("/proc/sys/") :].replace("/", "."))
        yield from p.flush()
        return 0
    if not options.operands:
        try_help(p)
    for word in options.operands:
        key, equals, new = (part.strip() for part in word.partition("="))
        key = key.replace("/", ".")
        try:
            if not equals:
                show(key)
                continue
            value(key)
            status = _set(p, key, new) or status
            if not status:
                show(key)
        except FsError as error:
            path = "/proc/sys/" + key.replace(".", "/")
            if "e" in options:
                continue
            words = f"cannot stat {path}: {error.strerror}"
            if is_busybox(p):
                words = f"error: '{key.replace('.', '/')}' is an unknown key"
            status = p.fail(words, 255 if not is_busybox(p) else 1)
    return status


def _set(p: Process, key: str, value: str) -> int:
    """Write a setting; the status."""
    try:
        p.write_file("/proc/sys/" + key.replace(".", "/"), value.encode())
    except FsError as error:
        if is_busybox(p):
            return p.fail(f"error setting key '{key}': {error.strerror}")
        if error.code == "EACCES":
            return p.fail(f'permission denied on key "{key}"')
        return p.fail(f'setting key "{key}": {error.strerror}')
    return 0


def lscpu(p: Process) -> int:
    parse(p, "aebcJpxys:", "all=a parse?=p extended?=e json=J")
    cpus = p.computer.kernel.cpus
    rows = (
        ("Architecture:", MACHINE),
        ("  CPU op-mode(s):", "32-bit, 64-bit"),
        ("  Byte Order:", "Little Endian"),
        ("CPU(s):", cpus),
        ("  On-line CPU(s) list:", f"0-{cpus - 1}"),
        ("Vendor ID:", "GenuineIntel"),
        ("  Model name:", kernelfs.CPU_MODEL),
        ("    CPU family:", 6),
        ("    Model:", 85),
        ("    Thread(s) per core:", 1),
        ("    Core(s) per socket:", cpus),
        ("    Socket(s):", 1),
    )
    p.out("".join(f"{name:<24} {value}\n" for name, value in rows))
    return 0


def free(p: Process) -> int:
    options = parse(
        p,
        "bkmgh" + ("" if is_busybox(p) else "tlwsc:V"),
        "bytes=b kibi=k mebi=m gibi=g human=h total=t wide=w si seconds:=s count:=c",
    )
    use = kernelfs.memory(p.computer)
    unit = {"b": 1, "m": 1 << 20, "g": 1 << 30}.get(options.last("b k m g h"), 1024)

    def shown(size: int) -> str:
        if options.last("b k m g h") == "h":
            return (
                human(size) if is_busybox(p) else human(size).replace("K", "Ki").replace("M", "Mi").replace("G", "Gi")
            )
        return str(size // unit)

    cached = use["cache"] + use["buffers"]
    row = [use["total"], use["used"], use["free"], use["shared"], cached, use["available"]]
    names = ["total", "used", "free", "shared", "buff/cache", "available"]
    if is_busybox(p):
        p.out(" " * 14 + "".join(f"{name:>12}" for name in names).removeprefix(" " * 2) + "\n")
        p.out("Mem:      " + "".join(f"{shown(size):>12}" for size in row) + "\n")
        p.out("Swap:     " + "".join(f"{shown(0):>12}" for _ in range(3)) + "\n")
        return 0
    p.out(" " * 8 + "".join(f"{name:>12}" for name in names) + "\n")
    p.out("Mem:    " + "".join(f"{shown(size):>12}" for size in row) + "\n")
    zero = "0B" if options.last("b k m g h") == "h" else "0"
    p.out("Swap:   " + "".join(f"{zero:>12}" for _ in range(3)) + "\n")
    if "t" in options:
        p.out("Total:  " + "".join(f"{shown(size):>12}" for size in row[:3]) + "\n")
    return 0


def mount(p: Process) -> int:
    options = parse(
        p, "afFhilnrvwVt:o:O:BMRL:U:", "all=a types:=t options:=o read-only=r bind=B rbind=R source: target: move=M"
    )
    operands = list(options.operands)
    for key in ("source", "target"):
        if key in options:
            operands.append(options.get(key))
    if not operands:
        wanted = options.get("t")
        for source, path, kind, flags in mount_lines(p):
            if not wanted or kind in wanted.split(","):
                p.out(f"{source} on {path} type {kind} ({flags})\n")
        return 0
    target = operands[-1]
    if p.cred.uid != 0:
        p.fail("must be superuser to use mount." if not is_busybox(p) else "permission denied (are you root?)")
        return 1
    if len(operands) == 1 and "remount" not in options.get("o"):
        return p.fail(f"can't find {target} in /etc/fstab" if is_busybox(p) else f"{target}: can't find in /etc/fstab.")
    if {"SYS_ADMIN", "CAP_SYS_ADMIN"}.isdisjoint(p.computer.capabilities) and p.computer.pid1_protected:
        return (
            p.fail("permission denied (are you root?)", 1)
            if is_busybox(p)
            else p.fail(
                f"{target}: permission denied.\n       dmesg(1) may "
                f"have more information after failed mount system call.",
                32,
            )
        )
    return _do_mount(p, operands[0], target, options.get("t"), options.get("o"), options.any("B R"), "r" in options)


def _do_mount(p: Process, source: str, target: str, kind: str, flags: str, bind: bool, read_only: bool) -> int:
    from dockersim.fs import Overlay, Tree

    words = flags.split(",")
    read_only = read_only or "ro" in words
    try:
        if bind or "bind" in words or "rbind" in words:
            path = p.vfs.realpath(source, cwd=p.cwd)
            under = p.vfs.mount_of(path)
            p.vfs.mount(target, under.fs, under.inner(path), read_only=read_only, source=under.source, cwd=p.cwd)
        elif kind == "tmpfs" or source == "tmpfs":
            p.vfs.mount(target, Overlay(Tree.EMPTY), read_only=read_only, source=source, cwd=p.cwd)
        elif kind == "proc":
            p.vfs.mount(target, p.vfs.mount_of("/proc").fs, source="proc", cwd=p.cwd)
        else:
            name = kind or "auto"
            return p.fail(f"{target}: unknown filesystem type '{name}'.", 32)
    except FsError as error:
        if is_busybox(p):
            return p.fail(f"mounting {source} on {target} failed: {error.strerror}", 255)
        what = "mount point does not exist" if error.code == "ENOENT" else error.strerror.lower()
        return p.fail(f"{target}: {what}.", 32)
    return 0


def umount(p: Process) -> int:
    options = parse(p, "afhlnrRvVt:O:dD", "all=a force=f lazy=l types:=t")
    if not options.operands:
        if is_busybox(p):
            try_help(p)
        p.fail("bad usage")
        try_help(p)
    status = 0
    for target in options.operands:
        try:
            path = p.vfs.realpath(target, cwd=p.cwd, cred=p.cred)
            if path not in {mount.path for mount in p.vfs.mounts()}:
                raise FsError("EINVAL", target)
        except FsError as error:
            if is_busybox(p):
                status = p.fail(f"can't unmount {target}: {error.strerror}")
            else:
                status = p.fail(
                    f"{target}: {'no mount point specified' if error.code == 'ENOENT' else 'not mounted'}.", 32
                )
            continue
        allowed = (
            not {"SYS_ADMIN", "CAP_SYS_ADMIN"}.isdisjoint(p.computer.capabilities) or not p.computer.pid1_protected
        )
        if p.cred.uid != 0 or not allowed:
            status = p.fail(
                f"can't unmount {target}: Operation not permitted"
                if is_busybox(p)
                else f"{target}: must be superuser to unmount.",
                1 if is_busybox(p) else 32,
            )
            continue
        try:
            p.vfs.umount(path)
        except FsError as error:
            status = p.fail(
                f"can't unmount {target}: {error.strerror}" if is_busybox(p) else f"{target}: target is busy.",
                1 if is_busybox(p) else 32,
            )
    return status
