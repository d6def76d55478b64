"""Jobs: what runs in the foreground and the background, and control over it on a terminal (XCU 2.11)."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from dockersim.userland import signals
from dockersim.userland.process import Process
from dockersim.userland.shell.state import Flow, LineBroken

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell


class Job:
    """Processes of one pipeline. ``number`` is 0 until it is in the table."""

    def __init__(self, processes: list[Process], source: str) -> None:
        self.processes = processes
        self.source = source
        self.number = 0
        self.stopped = False
        self.collected = False
        """Whether the shell has been told of its end."""

    @property
    def running(self) -> bool:
        return any(process.status is None for process in self.processes)

    @property
    def status(self) -> int:
        return self.processes[-1].status or 0

    def state(self) -> str:
        """``Running``, ``Stopped``, ``Done``, ``Exit 3`` or what the signal is called."""
        if self.stopped:
            return "Stopped"
        if self.running:
            return "Running"
        if by_signal(self.processes[-1]):
            return signals.DESCRIPTIONS.get(self.status - 128, f"Signal {self.status - 128}")
        return f"Exit {self.status}" if self.status else "Done"


QUIET = frozenset((signals.INT, signals.PIPE))
QUIET_IN_BACKGROUND = QUIET | {signals.TERM}
"""Signals whose victims a shell says nothing about."""


def by_signal(process: Process) -> bool:
    """Whether a signal ended ``process``."""
    return process.why.startswith("killed")


def _suspended(job: Job) -> bool:
    return job.stopped and job.running


class Jobs:
    """The job table of one shell."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.table: dict[int, Job] = {}
        self.order: list[int] = []
        self._stop_events: dict[int, Any] = {}
        self.controlled = False
        """Whether each job gets a process group of its own and the terminal (``set -m``)."""
        self.waiting = False
        """Whether the shell waits for a job in the foreground."""
        self.interrupted = False
        """Whether SIGINT came to the shell itself meanwhile."""
        self._warned = 0

    def take_control(self) -> None:
        """An interactive shell takes charge of its terminal."""
        process = self.shell.p
        self.controlled = process.tty is not None
        if not self.controlled:
            return
        self.shell.options.add("m")
        computer, before = process.computer, process.computer.on_stop

        def stopped(other: Process, number: int) -> None:
            before(other, number)
            event = self._stop_events.pop(other.pid, None)
            if event is not None and not event.triggered:
                event.succeed()

        computer.on_stop = stopped

    def add(self, processes: list[Process], source: str) -> None:
        """A job goes to the background."""
        job = Job(processes, source)
        self._enter(job)
        if self.shell.interactive and self.shell.bash:
            self.shell.p.err(f"[{job.number}] {processes[-1].pid}\n")

    def _enter(self, job: Job) -> None:
        if not job.number:
            job.number = max(self.table, default=0) + 1
            self.table[job.number] = job
        if job.number in self.order:
            self.order.remove(job.number)
        self.order.append(job.number)

    def drop(self, job: Job) -> None:
        if self.table.get(job.number) is job:
            del self.table[job.number]
            self.order.remove(job.number)

    def foreground(self, job: Job) -> Generator[Any, Any, int]:
        """Wait for ``job`` with the terminal in its hands; its exit status."""
        process = self.shell.p
        tty = process.tty if self.controlled else None
        if tty is not None:
            tty.foreground = job.processes[0].group
        self.waiting, self.interrupted = True, False
        try:
            statuses = []
            for child in job.processes:
                if tty is not None and (yield from self._until_stopped(child)):
                    job.stopped = True
                    self._enter(job)
                    process.err(("\n" if self.shell.bash else "") + self.line(job) + "\n")
                    return 128 + signals.TSTP
                statuses.append((yield from process.wait(child)))
        finally:
            self.waiting = False
            if tty is not None:
                tty.foreground = process.group
        self.drop(job)
        self.collect()
        self.shell.statuses = statuses
        if statuses[-1] > 128 and by_signal(job.processes[-1]):
            self._report_death(job)
        return statuses[-1]

    def collect(self) -> None:
        """Reap the children that ended meanwhile, as every wait of a shell does; a script's bash tells of violence."""
        for child in list(self.shell.p.children):
            if child.status is not None:
                child.reap()
        for job in self.table.values():
            if not job.running and not job.collected:
                job.collected = True
                if self.shell.bash and not self.shell.interactive and by_signal(job.processes[-1]):
                    self._report_death(job, QUIET_IN_BACKGROUND)

    def _until_stopped(self, child: Process) -> Generator[Any, Any, bool]:
        """Wait until ``child`` ends (``False``) or is stopped."""
        if child.status is not None:
            return False
        event = self.shell.p.sim.event()
        self._stop_events[child.pid] = event

        def ended(_: Any) -> None:
            if not event.triggered:
                event.succeed()

        child.exited.callbacks.append(ended)
        yield from self.shell.p.block(event)
        self._stop_events.pop(child.pid, None)
        return child.status is None

    def waited_for(self, job: Job, named: bool) -> None:
        """The builtin ``wait`` saw ``job`` end, which may have been ``named``."""
        shell, seen_before = self.shell, job.collected
        self.collect()
        if shell.bash and shell.interactive:
            shell.p.err(self.line(job) + "\n")
        elif not shell.bash and named and not seen_before and by_signal(job.processes[-1]):
            self._report_death(job, QUIET)
        if shell.bash or not shell.interactive:
            self.drop(job)

    def _report_death(self, job: Job, quiet: frozenset[int] = frozenset((signals.PIPE,))) -> None:
        shell, number = self.shell, job.status - 128
        words = signals.DESCRIPTIONS.get(number, f"Signal {number}")
        if number in quiet:
            return
        if number == signals.INT:
            if shell.interactive:
                shell.p.err("\n")
            if self.interrupted and "INT" not in shell.traps:
                raise Flow("exit", job.status)
            if shell.breakable and "INT" not in shell.traps:
                raise LineBroken  # Ctrl-C went to the job alone: the shell acts as if it had come to itself
        elif shell.bash and not shell.interactive:
            shell.complain(f"{job.processes[-1].pid} {words:<23} {job.source}")
        else:
            shell.p.err(words + "\n")

    # ---- the table

    def line(self, job: Job, pid: bool = False) -> str:
        """A line of ``jobs``."""
        mark = " "
        if self.order and job.number == self.order[-1]:
            mark = "+"
        elif len(self.order) > 1 and job.number == self.order[-2]:
            mark = "-"
        state = job.state()
        source = job.source + (" &" if state == "Running" and self.shell.bash else "")
        number = f"{job.processes[-1].pid} " if pid else ""
        if self.shell.flavour == "dash":
            return f"[{job.number}] {mark} {number}{state:<26} {source}"
        return f"[{job.number}]{mark}  {number}{state:<{23 if self.shell.bash else 26}} {source}"

    def notify(self) -> None:
        """Before the prompt: report and forget the jobs that ended."""
        for job in list(self.table.values()):
            if not job.running:
                self.shell.p.err(self.line(job) + "\n")
                self.forget(job)

    def keep_shell(self) -> bool:
        """Whether the shell stays because of stopped jobs: it says so once, and does not insist."""
        if not self.shell.interactive or self._warned or not any(map(_suspended, self.table.values())):
            return False
        self._warned = 2
        self.shell.p.err("There are stopped jobs.\n" if self.shell.bash else "You have stopped jobs.\n")
        return True

    def next_command(self) -> None:
        """Another command line begins: a warning holds for one."""
        self._warned = max(0, self._warned - 1)

    def forget(self, job: Job) -> None:
        """Reap what ended."""
        for process in job.processes:
            process.reap()
        self.drop(job)

    def find(self, text: str) -> Job | None:
        """The job that ``%1``, ``%+``, ``%-``, ``%name`` or ``%?part`` names."""
        name = text.removeprefix("%")
        if name in ("", "%", "+"):
            return self.table[self.order[-1]] if self.order else None
        if name == "-":
            return self.table[self.order[-2]] if len(self.order) > 1 else None
        if name.isdigit():
            return self.table.get(int(name))
        for job in self.table.values():
            if job.source.startswith(name) or (name.startswith("?") and name[1:] in job.source):
                return job
        return None

    def of_pid(self, pid: int) -> Job | None:
        for job in self.table.values():
            if any(process.pid == pid for process in job.processes):
                return job
        return None
