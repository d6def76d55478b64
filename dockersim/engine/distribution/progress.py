"""The stream of JSON messages that long operations answer with, one object a line (Engine API, ``ImageCreate``)."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from dockersim.errors import Cancelled, DockersimError
from dockersim.sim import Channel
from dockersim.wire import Response, json_bytes

if TYPE_CHECKING:
    from dockersim.sim import Simulation
    from dockersim.wire import Steps

BAR = 50


def human_size(size: float) -> str:
    """Bytes with four significant digits and a unit of a power of 1000, as go-units writes them."""
    units = ("B", "kB", "MB", "GB", "TB", "PB")
    index = 0
    while size >= 1000 and index < len(units) - 1:
        size /= 1000
        index += 1
    return f"{size:.4g}{units[index]}"


def bar(current: int, total: int) -> str:
    """``[=====>     ]  3.4MB/10MB``, as the engine draws it."""
    if total <= 0:
        return f"{human_size(current):>8}"
    filled = min(BAR, int(current / total * 100) // 2)
    numbers = f"{human_size(current):>8}"
    if current <= total:
        numbers += f"/{human_size(total)}"
    return f"[{'=' * filled}>{' ' * (BAR - filled)}] {numbers}"


class Progress:
    """What one operation reports. ``begun`` is triggered at the first message, or at the end.

    Every report raises :class:`Cancelled` once the reader has gone away: that is how an operation learns of it.
    ``quiet`` reports nothing. ``told`` says whether anything was reported.
    """

    def __init__(self, sim: Simulation, *, quiet: bool = False) -> None:
        self.channel = Channel(sim)
        self.begun = sim.event()
        self.quiet = quiet
        self.failure: DockersimError | None = None
        self.told = False

    def open(self) -> None:
        """Answer at once: failures, too, are told in the stream from here on."""
        self._begin()

    def check(self) -> None:
        """Raises :class:`Cancelled` when nobody reads any more."""
        if self.channel.gone.triggered:
            raise Cancelled("context canceled")

    def send(self, message: dict[str, Any]) -> None:
        """Report any JSON object."""
        self.check()
        if not self.quiet:
            self._write(message)

    def message(self, identity: str, status: str) -> None:
        """A sentence about ``identity`` (empty: about the whole)."""
        self.send({"status": status, "id": identity} if identity else {"status": status})

    def update(self, identity: str, action: str, current: int = 0, total: int = 0) -> None:
        """What is being done to ``identity``, and how far it is, in bytes."""
        if not (current or total):
            self.send({"status": action, "progressDetail": {}, "id": identity})
            return
        detail = {"current": current, "total": total}
        self.send({"status": action, "progressDetail": detail, "progress": bar(current, total), "id": identity})

    def aux(self, value: dict[str, Any]) -> None:
        """A result for programs."""
        self.send({"progressDetail": {}, "aux": value})

    def end(self, failure: DockersimError | None = None) -> None:
        """No more reports. A failure is told in the stream, if the stream has begun."""
        self.failure = failure
        if failure is not None and self.begun.triggered and not self.channel.gone.triggered:
            self._write({"errorDetail": {"message": failure.message}, "error": failure.message})
        self.channel.close()
        self._begin()

    def _write(self, message: dict[str, Any]) -> None:
        self.told = True
        self.channel.send_now(json_bytes(message)[:-1] + b"\r\n")
        self._begin()

    def _begin(self) -> None:
        if not self.begun.triggered:
            self.begun.succeed()


def streamed(sim: Simulation, progress: Progress, work: Callable[[], Generator[Any, Any, None]]) -> Steps:
    """Answer with the stream of ``progress`` while ``work`` goes on beside it.

    Work that fails before its first report is an ordinary error: it is raised. Afterwards the status is sent.
    """
    sim.process(_run(progress, work))
    yield progress.begun
    if progress.failure is not None and not progress.told:
        raise progress.failure
    return Response(200, {"Content-Type": "application/json"}, progress.channel)


def _run(progress: Progress, work: Callable[[], Generator[Any, Any, None]]) -> Steps:
    try:
        yield from work()
    except DockersimError as error:
        progress.end(error)
    else:
        progress.end()
