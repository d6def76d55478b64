"""``docker stats``: a table of what containers use, redrawn twice a second on a terminal."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.formatting import filters_json
from dockersim.client.paths import path_of
from dockersim.client.table import format_of, render, row
from dockersim.client.template import Struct, TemplateError
from dockersim.client.transport import Failure
from dockersim.sim import Event, read_all
from dockersim.units import bytes_size, human_size
from dockersim.userland import signals

Json = dict[str, Any]
Steps = Generator[Any, Any, int]
REDRAW = 0.5
"""Seconds between two pictures."""
INTERRUPTED = 130
HOME, REST_OF_LINE, REST_OF_SCREEN = "\x1b[H", " \x1b[K", "\x1b[J"


def stats(cli: Cli) -> Steps:
    """Show measurements: one of each container, or on and on."""
    watch = _Watch(cli)
    yield from watch.begin()
    if cli.options["no-stream"]:
        yield from watch.once()
        cli.p.out(watch.table())
        return 0
    return (yield from watch.forever())


class _Source:
    """One container: the last answer about it, and what went wrong."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.last: Json | None = None
        self.failure: Failure | None = None
        self.gone = False
        self.silent = False


class _Watch:
    """The containers that a call watches: those named, or all that run."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli
        self._stream = not cli.options["no-stream"]
        self._sources = [_Source(name) for name in cli.args]
        self._arrived = 0

    def begin(self) -> Generator[Any, Any, None]:
        """Find out whom to watch; without names, also who comes and goes."""
        cli = self._cli
        if not cli.args:
            events = yield from cli.daemon.call("GET", "/events", {"filters": filters_json({"type": ["container"]})})
            query = {"all": "1"} if cli.options["all"] else {}
            found = yield from cli.daemon.get("/containers/json", query)
            self._sources = [_Source(one["Id"][:12]) for one in found]
            if self._stream:
                cli.p.sim.process(self._follow(events.body))
            else:
                _leave(events.body)
        elif not cli.daemon.api:
            yield from cli.daemon.negotiate()

    def once(self) -> Generator[Any, Any, None]:
        """One answer about each, all asked at the same time."""
        cli = self._cli
        if self._sources:
            yield from cli.p.block(cli.p.sim.env.all_of([cli.p.sim.process(self._ask(one)) for one in self._sources]))
        failures = [one.failure for one in self._sources if one.failure is not None]
        if failures and self._cli.args:
            raise Failure("\n".join(str(failure) for failure in failures))
        self._sources = [one for one in self._sources if one.failure is None]

    def forever(self) -> Steps:
        """A picture every half second, until there is nobody left to watch or a signal ends it."""
        cli, p = self._cli, self._cli.p
        for one in self._sources:
            p.sim.process(self._listen(one))
        stop = p.sim.event()
        for number in (signals.INT, signals.TERM):
            p.handlers[number] = lambda number: _trigger(stop)
        while True:
            yield from p.block(stop | p.sim.timeout(REDRAW))
            if stop.triggered:
                for one in self._sources:
                    one.silent = True
            elif cli.args and all(one.failure is not None for one in self._sources):
                raise Failure("\n".join(str(one.failure) for one in self._sources))
            self._sources = [one for one in self._sources if one.failure is None and not one.gone]
            if not self._sources and cli.args:
                return 0
            p.out(_picture(self.table()))
            yield from p.flush()
            if stop.triggered:
                return INTERRUPTED

    # ---- asking

    def _ask(self, source: _Source) -> Generator[Any, Any, None]:
        try:
            response = yield from self._cli.daemon.call(
                "GET", path_of("container", source.name, "stats"), {"stream": "0"}
            )
            source.last = json.loads((yield from read_all(response.body)))
        except Failure as failure:
            source.failure = failure

    def _listen(self, source: _Source) -> Generator[Any, Any, None]:
        try:
            response = yield from self._cli.daemon.call(
                "GET", path_of("container", source.name, "stats"), {"stream": "1"}
            )
        except Failure as failure:
            source.failure = failure
            return
        body: Any = response.body
        while data := (yield from body.receive()):
            source.last = json.loads(data)
            if self._cli.p.status is not None:
                body.cancel()
                return
        source.gone = True

    def _follow(self, body: Any) -> Generator[Any, Any, None]:
        """Containers that start are watched from then on, those that end no longer (unless ``--all``)."""
        rest = b""
        while data := (yield from body.receive()):
            if self._cli.p.status is not None:
                body.cancel()
                return
            *lines, rest = (rest + data).split(b"\n")
            for line in filter(None, lines):
                self._heard(json.loads(line))

    def _heard(self, message: Json) -> None:
        name, action, everything = message["Actor"]["ID"][:12], message["Action"], self._cli.options["all"]
        known = next((one for one in self._sources if one.name == name), None)
        if action == ("create" if everything else "start") and known is None:
            source = _Source(name)
            self._sources.append(source)
            self._cli.p.sim.process(self._listen(source))
        elif action == ("destroy" if everything else "die") and known is not None:
            known.gone = True

    # ---- showing

    def table(self) -> str:
        """The list in the format that was asked for."""
        options = self._cli.options
        rows = [_row(one, bool(options["no-trunc"])) for one in self._sources]
        try:
            return render("stats", format_of("stats", self._cli.list_format("stats")), rows)
        except TemplateError as error:
            raise Failure(str(error)) from None


def _trigger(event: Event) -> None:
    if not event.triggered:
        event.succeed()


def _leave(body: Any) -> None:
    """The rest of a stream is for nobody."""
    body.cancel()


def _picture(table: str) -> str:
    """From the top of the screen: the table, then once more with what clears old text, which goes over it."""
    text = HOME + table
    again = "".join(f"{line}{REST_OF_LINE}\n" for line in text.split("\n"))
    return f"{text}{again}{REST_OF_SCREEN}"


def _row(source: _Source, whole: bool) -> Struct:
    answer = source.last
    identity = answer["id"] if answer else source.name
    fields: Json = {
        "Container": source.name,
        "ID": identity if whole else identity[:12],
        "Name": answer["name"].removeprefix("/") if answer else "--",
    }
    return row("stats", fields | (_NOTHING if answer is None or source.silent else _measured(answer)))


_NOTHING = {
    "BlockIO": "--",
    "CPUPerc": "--",
    "MemPerc": "--",
    "MemUsage": "-- / --",
    "NetIO": "--",
    "PIDs": "--",
}


def _measured(answer: Json) -> Json:
    memory = answer["memory_stats"]
    limit = memory.get("limit", 0)
    used = memory.get("usage", 0) - memory.get("stats", {}).get("inactive_file", 0)
    interfaces = (answer.get("networks") or {}).values()
    received, sent = (sum(one[key] for one in interfaces) for key in ("rx_bytes", "tx_bytes"))
    read, written = _block_io(answer)
    return {
        "BlockIO": f"{human_size(read, 3)} / {human_size(written, 3)}",
        "CPUPerc": f"{_cpu_percent(answer):.2f}%",
        "MemPerc": f"{used / limit * 100 if limit else 0:.2f}%",
        "MemUsage": f"{bytes_size(used)} / {bytes_size(limit)}",
        "NetIO": f"{human_size(received, 3)} / {human_size(sent, 3)}",
        "PIDs": str(answer["pids_stats"].get("current", 0)),
    }


def _cpu_percent(answer: Json) -> float:
    now, before = answer["cpu_stats"], answer["precpu_stats"]
    used = now["cpu_usage"]["total_usage"] - before["cpu_usage"]["total_usage"]
    system = now.get("system_cpu_usage", 0) - before.get("system_cpu_usage", 0)
    if used <= 0 or system <= 0:
        return 0.0
    return float(used / system * now.get("online_cpus", 1) * 100)


def _block_io(answer: Json) -> tuple[int, int]:
    totals = {"read": 0, "write": 0}
    for entry in answer["blkio_stats"]["io_service_bytes_recursive"] or ():
        if entry["op"].lower() in totals:
            totals[entry["op"].lower()] += entry["value"]
    return totals["read"], totals["write"]
