"""Commands that move containers from state to state: each takes several, goes on after a failure, and tells all."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.exits import status_of
from dockersim.client.formatting import filters_json
from dockersim.client.paths import path_of
from dockersim.client.prompt import confirmed
from dockersim.client.transport import Failure, Refused
from dockersim.sim import Running
from dockersim.units import human_size

Steps = Generator[Any, Any, int]
Act = Callable[[str], Generator[Any, Any, Any]]
STOPPED = "WARNING! This will remove all stopped containers.\nAre you sure you want to continue?"


def each(cli: Cli, act: Act) -> Steps:
    """Do ``act`` for each argument and print it; what failed is told at the end, and makes the status 1."""
    return (yield from _tell(cli, ((name, act(name)) for name in cli.args)))


def together(cli: Cli, act: Act) -> Steps:
    """As :func:`each`, but all at the same time: ten containers take no longer to stop than one."""
    if len(cli.args) == 1:
        return (yield from each(cli, act))
    yield from cli.daemon.negotiate()
    attempts = [(name, cli.p.sim.process(_attempt(act, name))) for name in cli.args]
    return (yield from _tell(cli, ((name, _outcome(cli, attempt)) for name, attempt in attempts)))


def _tell(cli: Cli, acts: Iterable[tuple[str, Generator[Any, Any, Any]]]) -> Steps:
    failures = []
    for name, steps in acts:
        try:
            yield from steps
        except Failure as failure:
            failures.append(str(failure))
            continue
        cli.print(name)
        yield from cli.p.flush()
    if failures:
        raise Failure("\n".join(failures))
    return 0


def _outcome(cli: Cli, attempt: Running) -> Generator[Any, Any, None]:
    failure = attempt.value if attempt.processed else (yield from cli.p.block(attempt))
    if failure is not None:
        raise failure


def _attempt(act: Act, name: str) -> Generator[Any, Any, Failure | None]:
    try:
        yield from act(name)
    except Failure as failure:
        return failure
    return None


def _post(cli: Cli, verb: str, query: dict[str, str] | None = None) -> Act:
    return lambda name: cli.daemon.call("POST", path_of("container", name, verb), query)


def rm(cli: Cli) -> Steps:
    """Remove containers. With ``--force`` a missing one is told of, and is no failure."""
    options = cli.options
    query = {key: "1" for key, flag in (("force", "force"), ("link", "link"), ("v", "volumes")) if options[flag]}

    def remove(name: str) -> Generator[Any, Any, None]:
        name = name.strip("/")
        if not name:
            raise Failure("container name cannot be empty")
        yield from cli.daemon.call("DELETE", path_of("container", name), query)

    if not options["force"]:
        return (yield from together(cli, remove))
    serious: list[Failure] = []

    def remove_by_force(name: str) -> Generator[Any, Any, None]:
        try:
            yield from remove(name)
        except Failure as failure:
            if not (isinstance(failure, Refused) and failure.code == 404):
                serious.append(failure)
            raise

    try:
        return (yield from together(cli, remove_by_force))
    except Failure as failure:
        if serious:
            raise
        cli.warn(str(failure))
        return 0


def _stop_query(cli: Cli) -> dict[str, str]:
    given = [name for name in ("time", "timeout") if cli.options.changed(name)]
    if len(given) > 1:
        raise Failure("conflicting options: cannot specify both --timeout and --time")
    query = {}
    if cli.options["signal"]:
        query["signal"] = cli.options["signal"]
    if given:
        query["t"] = str(cli.options[given[0]])
    return query


def stop(cli: Cli) -> Steps:
    """Stop containers."""
    return (yield from together(cli, _post(cli, "stop", _stop_query(cli))))


def restart(cli: Cli) -> Steps:
    """Stop containers and start them again, one after the other."""
    return (yield from each(cli, _post(cli, "restart", _stop_query(cli))))


def kill(cli: Cli) -> Steps:
    """Send a signal."""
    query = {"signal": cli.options["signal"]} if cli.options["signal"] else {}
    return (yield from together(cli, _post(cli, "kill", query)))


def pause(cli: Cli) -> Steps:
    """Freeze all processes of containers."""
    return (yield from together(cli, _post(cli, "pause")))


def unpause(cli: Cli) -> Steps:
    """Let the processes of containers go on."""
    return (yield from together(cli, _post(cli, "unpause")))


def wait(cli: Cli) -> Steps:
    """Wait until containers end, one after the other, and print their exit statuses."""
    failures = []
    for name in cli.args:
        try:
            response = yield from cli.daemon.call("POST", path_of("container", name, "wait"))
        except Failure as failure:
            failures.append(str(failure))
            continue
        cli.print(str((yield from status_of(cli, response.body))))
        yield from cli.p.flush()
    if failures:
        raise Failure("\n".join(failures))
    return 0


def rename(cli: Cli) -> Steps:
    """Give a container another name."""
    old, new = (text.strip() for text in cli.args)
    if not old or not new:
        raise Failure("Error: Neither old nor new names may be empty")
    try:
        yield from cli.daemon.call("POST", path_of("container", old, "rename"), {"name": new})
    except Failure as failure:
        cli.warn(str(failure))
        raise Failure(f"Error: failed to rename container named {old}") from None
    return 0


def prune(cli: Cli) -> Steps:
    """Remove every stopped container."""
    yield from cli.daemon.negotiate()
    if not cli.options["force"]:
        agreed = yield from confirmed(cli, STOPPED)
        if not agreed:
            return 0
    filters = cli.options["filter"]
    report = yield from cli.daemon.post("/containers/prune", {"filters": filters_json(filters)} if filters else {})
    deleted = report["ContainersDeleted"]
    if deleted:
        cli.print("Deleted Containers:\n" + "".join(f"{identity}\n" for identity in deleted))
    cli.print(f"Total reclaimed space: {human_size(report['SpaceReclaimed'])}")
    return 0
