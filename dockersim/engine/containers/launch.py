"""From wishes to PID 1: what containerd and runc do when a container starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dockersim.engine.containers import rootfs, user
from dockersim.engine.containers.streams import Streams
from dockersim.errors import DockersimError, InvalidParameter, System
from dockersim.fs import Cred, FsError, Vfs
from dockersim.userland.computer import Computer
from dockersim.userland.process import Process, Program
from dockersim.userland.procfs import mount_kernel_files

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

RUNC = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: "
    "runc create failed: unable to start container process: error during container init: "
)
NOT_FOUND, NOT_EXECUTABLE, FAILED = 127, 126, 128
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
    """Start PID 1 of ``container``; its network is attached already. Raises :class:`StartFailed`."""
    spec = container.spec
    try:
        vfs = rootfs.assemble(engine, container)
    except FsError as error:
        raise StartFailed(f"{RUNC}error mounting: {error}", FAILED) from None
    computer = _computer(engine, container, vfs)
    mount_kernel_files(computer)
    try:
        account = user.resolve(vfs, spec.config["User"], container.host["GroupAdd"])
    except System as error:
        raise StartFailed(error.message, FAILED) from None
    cred = _privileges(account.cred, computer)
    env = environment(spec.config["Env"], container.hostname, account.home, spec.tty)
    cwd = working_directory(vfs, spec.config["WorkingDir"], cred)
    main, argv, path = find_program(computer, list(spec.argv), env, cwd, cred)
    run = container.run
    run.computer = computer
    run.streams = Streams(
        engine.sim,
        tty=spec.tty,
        open_stdin=spec.config["OpenStdin"],
        stdin_once=spec.config["StdinOnce"],
        size=run.size,
        on_output=lambda stream, data: run.log.write(engine.sim.nanoseconds(), stream, data),
    )
    if container.host.get("Init"):
        computer.spawn(["/sbin/docker-init", "--", *spec.argv], main=engine.kernel.programs["docker-init"], env=env,
                       cwd=cwd, cred=cred, fds=run.streams.files(), tty=run.streams.terminal)  # fmt: skip
    else:
        computer.spawn(argv, path=path, main=main, env=env, cwd=cwd, cred=cred, fds=run.streams.files(),
                       tty=run.streams.terminal)  # fmt: skip
    assert computer.init is not None
    return computer.init


def _computer(engine: Engine, container: Container, vfs: Vfs) -> Computer:
    host = container.host
    computer = Computer(engine.kernel, container.id, vfs, container.hostname, container.stack)
    computer.domainname = container.spec.config["Domainname"]
    computer.memory_limit = host["Memory"]
    computer.pids_limit = host["PidsLimit"] or 0
    computer.cpu_share = host["NanoCpus"] / 1e9 if host["NanoCpus"] else _quota(host)
    computer.capabilities = capabilities(host)
    return computer


def _quota(host: dict[str, Any]) -> float:
    return host["CpuQuota"] / (host["CpuPeriod"] or 100_000) if host["CpuQuota"] > 0 else 1.0


def capabilities(host: dict[str, Any]) -> frozenset[str]:
    """Docker's default set, less ``--cap-drop``, plus ``--cap-add``; all for ``--privileged``."""
    if host["Privileged"]:
        return ALL_CAPABILITIES
    drop = {name.upper().removeprefix("CAP_") for name in host["CapDrop"] or ()}
    add = {name.upper().removeprefix("CAP_") for name in host["CapAdd"] or ()}
    base = frozenset() if "ALL" in drop else DEFAULT_CAPABILITIES - drop
    return (ALL_CAPABILITIES - drop if "ALL" in add else base | add) & ALL_CAPABILITIES


def _privileges(cred: Cred, computer: Computer) -> Cred:
    """Root keeps its power over files only with CAP_DAC_OVERRIDE."""
    if cred.uid == 0 and "DAC_OVERRIDE" not in computer.capabilities:
        return Cred(cred.uid, cred.gid, cred.groups, privileged=False)
    return cred


def environment(wanted: list[str], hostname: str, home: str, tty: bool) -> dict[str, str]:
    """The environment of a process that the daemon starts: PATH, HOSTNAME, TERM, then what was asked, then HOME."""
    asked = dict(entry.split("=", 1) for entry in wanted)
    env = {"PATH": asked.get("PATH", ""), "HOSTNAME": hostname}
    if tty:
        env["TERM"] = "xterm"
    env.update(asked)
    env.setdefault("HOME", home)
    return env


def working_directory(vfs: Vfs, wanted: str, cred: Cred) -> str:
    """``WorkingDir``, made where it is missing."""
    cwd = wanted or "/"
    if not vfs.exists(cwd):
        vfs.makedirs(cwd, 0o755)
        vfs.chown(cwd, cred.uid, cred.gid)
    if not vfs.is_dir(cwd):
        raise StartFailed(
            f"{RUNC.removesuffix('error during container init: ')}error during container init: mkdir {cwd}: not a directory",
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
    words = "not a directory" if error.code == "ENOTDIR" else "no such file or directory"
    if vfs.exists(path, cwd=cwd):  # a script whose interpreter is missing
        return StartFailed(f"{prefix}exec {path}: no such file or directory", NOT_FOUND, 400)
    return StartFailed(f'{prefix}exec: "{name}": stat {path}: {words}', NOT_FOUND, 400)


def check(body: dict[str, Any]) -> None:
    """What a create request must satisfy before there is any container. Raises InvalidParameter."""
    cwd = body.get("WorkingDir") or ""
    if cwd and not cwd.startswith("/"):
        raise InvalidParameter(f"the working directory '{cwd}' is invalid, it needs to be an absolute path")
