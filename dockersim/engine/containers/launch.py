"""From wishes to PID 1: what containerd and runc do when a container starts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dockersim.engine.containers import logdrivers, rootfs, runc, shim, user
from dockersim.engine.containers.runc import INIT as RUNC
from dockersim.engine.containers.streams import Streams
from dockersim.engine.volumes import MountFailed
from dockersim.errors import DockersimError, System
from dockersim.fs import Cred, FsError, Vfs
from dockersim.userland.computer import Computer
from dockersim.userland.kernelfs import KernelFiles
from dockersim.userland.pids import PidSpace
from dockersim.userland.process import Process, Program

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

WRONG_KIND = (
    "Are you trying to mount a directory onto a file (or vice-versa)? "
    "Check if the specified host path exists and is the expected type"
)
NOT_FOUND, NOT_EXECUTABLE, FAILED = 127, 126, 128
MOST_CPUS = 8192
DEFAULT_CAPABILITIES = frozenset(
    "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL "
    "AUDIT_WRITE".split()
)
ALL_CAPABILITIES = DEFAULT_CAPABILITIES | frozenset(
    "DAC_READ_SEARCH LINUX_IMMUTABLE NET_BROADCAST NET_ADMIN IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_PTRACE "
    "SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG LEASE AUDIT_CONTROL MAC_OVERRIDE "
    "MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE".split()
)


class StartFailed(DockersimError):
    """PID 1 could not be started. ``exit_code`` is what the container is left with."""

    def __init__(self, message: str, exit_code: int, status: int = 500) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.status = status


def launch(engine: Engine, container: Container) -> Process:
    """Start PID 1 of ``container``: mounts, the program, then networks. Raises :class:`StartFailed`.

    It is plugged into its networks when runc has made it, and so has found the program.
    """
    spec, host = container.spec, container.host
    pristine = not container.overlay.touched and not container.mounts
    kernel = KernelFiles(engine.sim.nanoseconds())
    vfs = _mounts(engine, container, kernel)
    if host["DeviceRequests"]:
        raise StartFailed(_no_driver(host["DeviceRequests"][0]), FAILED)
    computer = _computer(engine, container, vfs)
    kernel.tell_of(computer)
    account, cred = _who(container, computer, pristine)
    linked = engine.networks.links.environment(container)
    env = environment(spec.config["Env"], container.hostname, account.home, spec.tty, linked)
    cwd = working_directory(vfs, spec.config["WorkingDir"])
    _refusals(engine, container)
    if host.get("Init"):
        argv, path = ["/sbin/docker-init", "--", *spec.argv], "/sbin/docker-init"
        main = engine.kernel.programs["docker-init"]
    elif pristine and spec.found is not None:
        main, argv, path = spec.found[2], list(spec.found[3]), spec.found[4]
    else:
        main, argv, path = find_program(computer, list(spec.argv), env, cwd, cred)
        if pristine:
            spec.found = account, cred, main, tuple(argv), path
    _networks(engine, container, vfs)
    rootfs.protect(container, kernel, vfs)
    run, log = container.run, container.run.log
    run.computer = computer
    run.streams = Streams(
        engine.sim,
        tty=spec.tty,
        open_stdin=spec.config["OpenStdin"],
        stdin_once=spec.config["StdinOnce"],
        size=container.host["ConsoleSize"],
        on_output=lambda stream, data: log.write(engine.sim.nanoseconds(), stream, data),
    )
    shim.attend(engine, container, computer)
    computer.spawn(
        argv,
        path=path,
        main=main,
        env=env,
        cwd=cwd,
        cred=cred,
        fds=run.streams.files(),
        tty=run.streams.terminal,
    )
    assert computer.init is not None
    return computer.init


def _refusals(engine: Engine, container: Container) -> None:
    why = logdrivers.begin(engine, container.host["LogConfig"])
    if why:
        raise StartFailed(f"{runc.TASK}failed to initialize logging driver: {why}", FAILED)
    container.run.logged = True
    why = runc.refusal(engine, container)
    if "no such file or directory" in why:
        raise StartFailed(why, NOT_FOUND, 400 if why.startswith(runc.TASK) else 500)
    if why:
        raise StartFailed(why, FAILED)


def _who(container: Container, computer: Computer, pristine: bool) -> tuple[user.Account, Cred]:
    """The user of PID 1. A ``pristine`` tree is the image's: what was found in it once is there still."""
    found = container.spec.found
    if pristine and found is not None:
        return found[0], found[1]
    try:
        account = user.resolve(computer.vfs, container.spec.config["User"], container.host["GroupAdd"])
    except System as error:
        raise StartFailed(error.message, FAILED) from None
    return account, effective(account.cred, computer.capabilities)


def _no_driver(wanted: dict[str, Any]) -> str:
    if wanted.get("Driver") == "cdi":
        return f"CDI device injection failed: unresolvable CDI devices {', '.join(wanted['DeviceIDs'])}"
    names = " ".join(f"[{' '.join(some)}]" for some in wanted.get("Capabilities") or ())
    return f'could not select device driver "{wanted.get("Driver") or ""}" with capabilities: [{names}]'


def _mounts(engine: Engine, container: Container, kernel: KernelFiles) -> Vfs:
    """The container's file tree; its network namespace comes first, since that may be another's that is not there."""
    try:
        engine.networks.open(container)
        container.run.prepared = True
        engine.networks.links.check_running(container)
        return rootfs.assemble(engine, container, kernel)
    except MountFailed as error:
        if "MS_BIND" in error.message and "not a directory" in error.message:
            raise StartFailed(f"{RUNC}{error.message}: {WRONG_KIND}", NOT_FOUND, 400) from None
        raise StartFailed(f"{RUNC}{error.message}", FAILED) from None
    except FsError as error:
        raise StartFailed(f"{RUNC}error mounting: {error}", FAILED) from None
    except DockersimError as error:
        raise StartFailed(error.message, _left_with(container), error.status) from None


def _left_with(container: Container) -> int:
    """The exit code of a container that the daemon itself could not start: the one that it had, if any."""
    return container.ran.exit_code or FAILED


def _networks(engine: Engine, container: Container, vfs: Vfs) -> None:
    """Plug it in; the files that tell of its addresses come after that."""
    try:
        engine.networks.attach(container)
    except DockersimError as error:
        words = f"failed to set up container networking: {error.message}"
        raise StartFailed(words, _left_with(container), error.status) from None
    rootfs.mount_daemon_files(engine, container, vfs)


def _computer(engine: Engine, container: Container, vfs: Vfs) -> Computer:
    host = container.host
    computer = Computer(
        engine.kernel, container.id, vfs, container.hostname, container.stack, _pids_of(engine, host["PidMode"])
    )
    if host["IpcMode"] != "private":
        computer.ipc = _ipc_of(engine, host["IpcMode"], computer)
    computer.domainname = container.spec.config["Domainname"]
    if host["UTSMode"] == "host":
        computer.hostname, computer.domainname = engine.host.hostname, engine.host.domainname
        computer.uts = engine.host.uts
    computer.memory_limit = host["Memory"]
    computer.pids_limit = host["PidsLimit"] or 0
    computer.cpu_share = cpu_share(host)
    computer.cpus = len(cpu_set(host["CpusetCpus"])) or engine.kernel.cpus
    computer.capabilities = capabilities(host)
    computer.no_new_privileges = any(
        option in ("no-new-privileges", "no-new-privileges:true", "no-new-privileges=true")
        for option in host["SecurityOpt"] or ()
    )
    computer.filters_calls = not host["Privileged"] and not _unconfined(host["SecurityOpt"])
    computer.oom_score_adj = host["OomScoreAdj"]
    computer.ulimits = {limit["Name"]: (limit["Soft"], limit["Hard"]) for limit in host["Ulimits"] or ()}
    computer.sysctls = dict(host.get("Sysctls") or {})
    return computer


def _unconfined(options: list[str] | None) -> bool:
    return any(option in ("seccomp=unconfined", "seccomp:unconfined") for option in options or ())


def _ipc_of(engine: Engine, mode: str, own: object) -> object:
    """Whose IPC namespace a container is in."""
    if mode == "host":
        return engine.host.ipc
    other = engine.containers.get(mode.partition(":")[2]).ran.computer if mode.startswith("container:") else None
    return other.ipc if other is not None else own


def _pids_of(engine: Engine, mode: str) -> PidSpace | None:
    """Whose process numbers a container shares: the host's, another container's, or nobody's."""
    if mode == "host":
        return engine.host.pids
    if not mode.startswith("container:"):
        return None
    other = engine.containers.get(mode.partition(":")[2])
    computer = other.ran.computer
    if computer is None:
        raise StartFailed(f"failed to join PID namespace: container {other.id} is not running", FAILED)
    return computer.pids


def cpu_share(host: dict[str, Any]) -> float:
    """How many CPUs ``--cpus``, or quota and period, allow; 0 is all."""
    if host["NanoCpus"]:
        share: float = host["NanoCpus"] / 1e9
        return share
    return host["CpuQuota"] / (host["CpuPeriod"] or 100_000) if host["CpuQuota"] > 0 else 0.0


def cpu_set(text: str) -> set[int]:
    """The CPUs of ``0-3,5``. ``ValueError`` in dockerd's words for what is no such list."""
    chosen: set[int] = set()
    for part in text.split(",") if text else ():
        low, dash, high = part.partition("-")
        if not re.fullmatch(r"[+-]?[0-9]+", low) or (dash and not re.fullmatch(r"[+-]?[0-9]+", high)):
            raise ValueError(f"invalid format: {text}")
        first, last = int(low), int(high or low)
        if last < first:
            raise ValueError(f"invalid format: {text}")
        if last > MOST_CPUS:
            raise ValueError(f"value of out range, maximum is {MOST_CPUS}")
        chosen.update(range(first, last + 1))
    return chosen


def capabilities(host: dict[str, Any]) -> frozenset[str]:
    """Docker's default set, less ``--cap-drop``, plus ``--cap-add``; all for ``--privileged``."""
    if host["Privileged"]:
        return ALL_CAPABILITIES
    if not (host["CapDrop"] or host["CapAdd"]):
        return DEFAULT_CAPABILITIES
    drop = {name.upper().removeprefix("CAP_") for name in host["CapDrop"] or ()}
    add = {name.upper().removeprefix("CAP_") for name in host["CapAdd"] or ()}
    base = frozenset() if "ALL" in drop else DEFAULT_CAPABILITIES - drop
    return (ALL_CAPABILITIES - drop if "ALL" in add else base | add) & ALL_CAPABILITIES


def effective(cred: Cred, granted: frozenset[str]) -> Cred:
    """Root keeps its power over files only with CAP_DAC_OVERRIDE and CAP_CHOWN."""
    if cred.uid == 0 and not granted.issuperset(("DAC_OVERRIDE", "CHOWN")):
        return Cred(cred.uid, cred.gid, cred.groups, "DAC_OVERRIDE" in granted, "CHOWN" in granted)
    return cred


def environment(wanted: list[str], hostname: str, home: str, tty: bool, linked: Sequence[str] = ()) -> dict[str, str]:
    """The environment of a process that the daemon starts: PATH, HOSTNAME, TERM, links, what was asked, HOME."""
    base = {"PATH": "", "HOSTNAME": hostname}
    if tty:
        base["TERM"] = "xterm"
    base.update(dict(entry.split("=", 1) for entry in linked))
    env = dict(base)
    for entry in wanted:
        name, equals, value = entry.partition("=")
        if name not in base or not equals:
            env.pop(name, None)  # a name that is there twice has the place of the last; one without a value is unset
        if equals:
            env[name] = value
    env.setdefault("HOME", home)
    return env


def working_directory(vfs: Vfs, wanted: str) -> str:
    """``WorkingDir``, made where a mount hides the one that the daemon had made."""
    cwd = wanted or "/"
    if not vfs.exists(cwd):
        vfs.makedirs(cwd, 0o755)
    if not vfs.is_dir(cwd):
        raise StartFailed(
            f"{RUNC}mkdir {cwd}: not a directory",
            FAILED,
        )
    return cwd


def find_program(
    computer: Computer, argv: list[str], env: dict[str, str], cwd: str, cred: Cred, prefix: str = RUNC
) -> tuple[Program, list[str], str]:
    """Look ``argv[0]`` up as runc does, in the container's own PATH. Raises :class:`StartFailed` with its words."""
    name = argv[0]
    path = name if "/" in name else _in_path(computer.vfs, name, env.get("PATH", ""), cred)
    if not path:
        raise StartFailed(f'{prefix}exec: "{name}": executable file not found in $PATH', NOT_FOUND, 400)
    try:
        main, argv = computer.load(path, argv, cwd, cred)
    except FsError as error:
        raise _refusal(computer.vfs, error, name, path, cwd, prefix) from None
    return main, argv, path


def _in_path(vfs: Vfs, name: str, search: str, cred: Cred) -> str:
    for directory in search.split(":"):
        candidate = f"{directory or '.'}/{name}"
        try:
            if vfs.stat(candidate, cred=cred).kind == "file":
                vfs.access(candidate, 1, cred=cred)
                return candidate
        except FsError:
            continue
    return ""


def _refusal(vfs: Vfs, error: FsError, name: str, path: str, cwd: str, prefix: str) -> StartFailed:
    if error.code == "ENOEXEC":
        text = f"{prefix.removesuffix('error during container init: ')}exec {path}: exec format error"
        return StartFailed(text, 255 if not name else NOT_EXECUTABLE, 400)
    if error.code == "EACCES":
        is_directory = vfs.is_dir(path, cwd=cwd)
        return StartFailed(
            f'{prefix}exec: "{name}": {"is a directory: " if is_directory else ""}permission denied',
            NOT_EXECUTABLE,
            400,
        )
    words = f"not a directory: {WRONG_KIND}" if error.code == "ENOTDIR" else "no such file or directory"
    if vfs.exists(path, cwd=cwd):  # a script whose interpreter is missing
        return StartFailed(f"{prefix}exec {path}: no such file or directory", NOT_FOUND, 400)
    return StartFailed(f'{prefix}exec: "{name}": stat {path}: {words}', NOT_FOUND, 400)
