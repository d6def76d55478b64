"""Further commands in a running container: created, started (once), looked at (operations ``Exec*``)."""

from __future__ import annotations

from collections.abc import Callable, Generator
from itertools import count
from typing import TYPE_CHECKING, Any

from dockersim.engine.containers import states, user
from dockersim.engine.containers.launch import (
    ALL_CAPABILITIES,
    WRONG_KIND,
    StartFailed,
    effective,
    environment,
    find_program,
)
from dockersim.engine.containers.streams import Streams
from dockersim.errors import Conflict, InvalidParameter, NotFound, System
from dockersim.wire import detach

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine
    from dockersim.sim import Event
    from dockersim.userland.process import Process

Json = dict[str, Any]
Steps = Generator[Any, Any, None]
START_SECONDS = 0.05
RUNC = "OCI runtime exec failed: exec failed: unable to start container process: "
KEPT = 256
"""Ended commands that stay to be looked at; beyond them the oldest go."""


class Exec:
    """One command. ``exit_code`` is ``None`` until it ended; ``started`` is an event that every attempt triggers."""

    __slots__ = (
        "account",
        "container",
        "detach_keys",
        "exit_code",
        "id",
        "output",
        "process",
        "request",
        "running",
        "started",
        "streams",
    )

    def __init__(
        self, identity: str, container: Container, request: Json, account: user.Account, detach_keys: bytes
    ) -> None:
        self.id = identity
        self.container = container
        self.request = request
        self.account = account
        self.running = False
        self.exit_code: int | None = None
        self.detach_keys = detach_keys
        self.process: Process | None = None
        self.streams: Streams | None = None
        self.started: Event | None = None
        self.output: Callable[[int, bytes], None] = lambda stream, data: None

    @property
    def argv(self) -> list[str]:
        """The command and its arguments."""
        argv: list[str] = self.request["Cmd"]
        return argv

    @property
    def tty(self) -> bool:
        return bool(self.request.get("Tty"))

    def wants(self, stream: str) -> bool:
        """Whether the request attaches ``Stdin``, ``Stdout`` or ``Stderr``."""
        return bool(self.request.get(f"Attach{stream}"))

    def json(self) -> Json:
        """As operation ``ExecInspect`` shows it."""
        process: Json = {
            "tty": self.tty,
            "entrypoint": self.argv[0],
            "arguments": self.argv[1:],
            "privileged": bool(self.request.get("Privileged")),
        }
        if self.request.get("User"):
            process["user"] = self.request["User"]
        return {
            "ID": self.id,
            "Running": self.running,
            "ExitCode": self.exit_code,
            "ProcessConfig": process,
            "OpenStdin": self.wants("Stdin"),
            "OpenStderr": self.wants("Stderr"),
            "OpenStdout": self.wants("Stdout"),
            "CanRemove": False,
            "ContainerID": self.container.id,
            "DetachKeys": self.request.get("DetachKeys") or "",
            "Pid": self.process.host_pid if self.process is not None else 0,
        }


class Execs:
    """The commands of one daemon's containers, by id."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._by_id: dict[str, Exec] = {}

    def get(self, identity: str) -> Exec:
        """NotFound in the engine's words."""
        found = self._by_id.get(identity)
        if found is None:
            raise NotFound(f"No such exec instance: {identity}")
        return found

    def active(self, identity: str) -> Exec:
        """A command whose container runs. Raises NotFound and Conflict."""
        found = self.get(identity)
        if found.container.id not in self._engine.containers:
            raise NotFound(f"No such container: {identity}")
        _check_active(found.container, found.container.id)
        return found

    def processes(self, container: Container) -> list[Process]:
        """What was begun in ``container``, and nobody has heard yet that it ended."""
        begun = [self._by_id[identity] for identity in container.ran.execs]
        return [made.process for made in begun if made.process is not None and made.exit_code is None]

    def create(self, container: Container, request: Json, name: str = "") -> Exec:
        """A command to be started; ``name`` is what the caller called the container.

        Raises Conflict where the container does not run, InvalidParameter for an unknown user.
        """
        _check_active(container, name or container.id)
        computer = container.run.computer
        assert computer is not None
        try:
            account = user.resolve(
                computer.vfs,
                request.get("User") or container.spec.config["User"],
                container.host["GroupAdd"],
            )
        except System as error:
            raise InvalidParameter(error.message) from None
        keys = _detach_keys(request.get("DetachKeys") or "")
        made = Exec(self._engine.sim.hex(64), container, request, account, keys)
        self._forget_old()
        self._by_id[made.id] = made
        container.run.execs.append(made.id)
        self._log_command(made, "exec_create")
        return made

    def start(self, made: Exec, size: tuple[int, int] = (0, 0)) -> Steps:
        """Start it, taking the time that this takes. Conflict, or :class:`StartFailed` with runc's words."""
        self.check_startable(made)
        self.open(made, size)
        yield from self.run(made)

    def check_startable(self, made: Exec) -> None:
        """Conflict for a command that was started already."""
        if made.exit_code is not None:
            raise Conflict(f"exec command {made.id} has already run")
        if made.running or made.streams is not None:
            raise Conflict(f"exec command {made.id} is already running")

    def open(self, made: Exec, size: tuple[int, int] = (0, 0)) -> Streams:
        """Make its standard streams, so that clients can attach before it runs."""
        made.streams = Streams(
            self._engine.sim,
            tty=made.tty,
            open_stdin=made.wants("Stdin"),
            stdin_once=True,
            size=size,
            device=self._free_terminal(made.container),
            on_output=made.output,
        )
        made.started = self._engine.sim.event()
        return made.streams

    def _free_terminal(self, container: Container) -> str:
        """The name that the container's next terminal has: the first that none of its terminals has."""
        used = [container.run.streams, *(self._by_id[identity].streams for identity in container.run.execs)]
        taken = {one.terminal.name for one in used if one is not None and one.terminal is not None}
        return next(name for number in count() if (name := f"/dev/pts/{number}") not in taken)

    def run(self, made: Exec) -> Steps:
        """Run what :meth:`open` prepared. :class:`StartFailed` with runc's words, which attached clients have seen."""
        assert made.started is not None
        self._log_command(made, "exec_start")
        yield self._engine.sim.timeout(START_SECONDS)
        try:
            made.process = process = self._spawn(made)
        except StartFailed as failed:
            made.exit_code = failed.exit_code
            assert made.streams is not None
            made.streams.emit(1, f"{failed.message}\r\n".encode())
            self._discard(made)
            made.started.succeed()
            raise
        made.running = True
        made.started.succeed()
        assert process.exited.callbacks is not None
        process.exited.callbacks.append(lambda event: self._ended(made, event.value))

    def _spawn(self, made: Exec) -> Process:
        container, request = made.container, made.request
        computer, spec = container.run.computer, container.spec
        if computer is None or not container.running:
            raise StartFailed(f"{RUNC}container {container.id} is not running", 128)
        env = environment(
            [*spec.config["Env"], *(request.get("Env") or ())],
            container.hostname,
            made.account.home,
            made.tty,
            self._engine.networks.links.environment(container),
        )
        granted = ALL_CAPABILITIES if request.get("Privileged") else computer.capabilities
        cred = effective(made.account.cred, granted)
        cwd = request.get("WorkingDir") or spec.config["WorkingDir"] or "/"
        if not cwd.startswith("/"):
            raise StartFailed("OCI runtime exec failed: exec failed: Cwd must be an absolute path", 128)
        if not computer.vfs.is_dir(cwd, cred=cred):
            why = f"not a directory: {WRONG_KIND}" if computer.vfs.exists(cwd) else "no such file or directory"
            raise StartFailed(f'{RUNC}chdir to cwd ("{cwd}") set in config.json failed: {why}', 127, 400)
        main, argv, path = find_program(computer, list(made.argv), env, cwd, cred, RUNC)
        assert made.streams is not None
        process = computer.spawn(
            argv,
            path=path,
            main=main,
            env=env,
            cwd=cwd,
            cred=cred,
            fds=made.streams.files(),
            tty=made.streams.terminal,
        )
        process.capabilities = granted
        return process

    def _ended(self, made: Exec, status: int) -> None:
        made.exit_code = status
        self._discard(made)
        self._log(made, "exec_die", exitCode=str(status))

    def _discard(self, made: Exec) -> None:
        made.running = False
        if made.streams is not None:
            made.streams.close()
        if made.id in made.container.ran.execs:
            made.container.ran.execs.remove(made.id)

    def detached(self, made: Exec) -> None:
        """A client typed the detach keys."""
        self._log(made, "exec_detach: " + " ".join(made.argv))

    def resize(self, made: Exec, rows: int, columns: int) -> Steps:
        """Give its terminal another size, waiting until it runs. InvalidParameter where it could not start."""
        if made.started is None:
            raise InvalidParameter("exec process is not started")
        if not made.started.triggered:
            yield made.started
        if made.process is None or made.streams is None:
            raise InvalidParameter("exec process is not started")
        made.streams.resize(rows, columns)

    def _log_command(self, made: Exec, action: str) -> None:
        """With the command in the action's name: the program, a space, and its arguments."""
        program, *arguments = made.argv
        self._log(made, f"{action}: {program} {' '.join(arguments)}")

    def _log(self, made: Exec, action: str, **attributes: str) -> None:
        self._engine.lifecycle.log(made.container, action, execID=made.id, **attributes)

    def _forget_old(self) -> None:
        if len(self._by_id) >= 2 * KEPT:
            ended = [one.id for one in self._by_id.values() if not one.running and one.exit_code is not None]
            for identity in ended[:-KEPT]:
                del self._by_id[identity]


def _detach_keys(text: str) -> bytes:
    try:
        return detach.keys_of(text)
    except ValueError:
        raise System(f"Invalid escape keys ({text}) provided") from None


def _check_active(container: Container, name: str) -> None:
    if container.state == states.PAUSED:
        raise Conflict(f"Container {name} is paused, unpause the container before exec")
    if container.state == states.RESTARTING:
        raise Conflict(f"Container {container.id} is restarting, wait until the container is running")
    if not container.running:
        raise Conflict(f"container {container.id} is not running")
