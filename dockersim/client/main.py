"""``docker``: one program of the laptop. Reads its arguments, finds the command, and turns failures into messages."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from importlib import import_module
from typing import Any

from dockersim.client import asking, version
from dockersim.client.cli import Cli
from dockersim.client.flags import Invocation, UsageError, parse
from dockersim.client.grammar import Command
from dockersim.client.transport import DEFAULT_HOST, Daemon, Failure, NoDaemon
from dockersim.userland import signals
from dockersim.userland.process import Process

Steps = Generator[Any, Any, int]
NOT_SIMULATED = 125


def main(p: Process) -> Steps:
    """The program. It heeds SIGINT and SIGTERM even where a shell started it to ignore them."""
    for number in (signals.INT, signals.TERM):
        p.handlers.pop(number, None)
    for fd in range(3):  # Go's runtime opens what its caller closed
        if fd not in p.fds:
            p.fds[fd] = p.open("/dev/null", "r" if fd == 0 else "w")
    try:
        invocation = parse(p.argv[1:], p.env, p.cwd)
    except UsageError as error:
        if error.command is not None and error.command.hidden == "experimental":
            return (yield from _experiment(p, error.command, Daemon(p, p.env.get("DOCKER_HOST") or DEFAULT_HOST), None))
        if error.command is not None and _asks_for(error):
            with contextlib.suppress(Failure):
                yield from Daemon(p, p.env.get("DOCKER_HOST") or DEFAULT_HOST).negotiate()
        p.out(error.stdout)
        p.err(error.stderr)
        return error.exit_code
    p.out(invocation.stdout)
    p.err(invocation.stderr)
    if invocation.command.hidden == "experimental":
        return (yield from _experiment(p, invocation.command, Cli(p, invocation).daemon, invocation))
    foreign = yield from _foreign(p, invocation)
    if foreign and invocation.show:  # told in the page's place
        p.out(foreign)
        return 0
    if foreign:
        p.err(foreign)
        return 1
    if invocation.show:
        return (yield from _show(p, invocation))
    refusal = _refusal(invocation)
    if refusal:
        p.err(f"docker: {refusal}\n")
        return NOT_SIMULATED
    return (yield from _run(p, invocation))


def _experiment(p: Process, command: Command, daemon: Daemon, invocation: Invocation | None) -> Steps:
    """Commands that only experimental daemons have, which the daemon here is not; ``invocation`` is one that parses."""
    show = invocation.show if invocation is not None else ""
    yield from daemon.negotiate()
    if invocation is not None and show and not daemon.server:
        return (yield from _show(p, invocation))
    text = f"{command.full} is only supported on a Docker daemon with experimental features enabled\n"
    if show == "help":
        p.out(text)
        return 0
    p.err(text)
    return 1


def _foreign(p: Process, invocation: Invocation) -> Generator[Any, Any, str]:
    """Lines about the flags that are for daemons on other systems; none where no daemon tells what its system is."""
    given = sorted(flag.name for flag in invocation.options.given if flag.needs == "os windows")
    if not given:
        return ""
    here = ""
    with contextlib.suppress(Failure):
        daemon = Cli(p, invocation).daemon
        yield from daemon.negotiate()
        here = daemon.server.get("Ostype", "")
    words = f"is only supported on a Docker daemon running on windows, but the Docker daemon is running on {here}"
    return "".join(f'"--{name}" {words}\n' for name in given) if here else ""


def _asks_for(error: UsageError) -> bool:
    """Whether the client had asked the daemon by the time it noticed the mistake."""
    assert error.command is not None
    if error.wrong_flags:
        return asking.for_page(error.command, error.command.path)
    return asking.for_any(error.command)


def _run(p: Process, invocation: Invocation) -> Steps:
    module, name = COMMANDS[invocation.command.canonical].split(":")
    function = getattr(import_module(f"dockersim.client.commands.{module}"), name)
    cli: Cli | None = None
    try:
        cli = Cli(p, invocation)
        cli.config()
        if asking.for_any(invocation.command):
            yield from cli.daemon.negotiate()
        answer = function(cli)
        status: int = answer if isinstance(answer, int) else (yield from answer)
    except Failure as failure:
        if cli is not None and cli.has_daemon and not isinstance(failure, NoDaemon):
            yield from cli.daemon.negotiate()
        yield from p.flush()
        if str(failure):
            p.err(f"{failure}\n")
        status = failure.status
    return status


def _show(p: Process, invocation: Invocation) -> Steps:
    cli = Cli(p, invocation)
    cli.config()
    if invocation.show == "version":
        p.out(f"Docker version {version.CLIENT}, build {version.COMMIT}\n")
        return 0
    from dockersim.client.help import page

    if asking.for_page(invocation.command, invocation.called):
        with contextlib.suppress(Failure):
            yield from cli.daemon.negotiate()
    width = p.tty.columns if p.isatty(1) else 80
    text = page(invocation.command, invocation.called, width=width, legacy=not p.env.get("DOCKER_HIDE_LEGACY_COMMANDS"))
    if invocation.show == "bare":
        p.err(text)
        return 0
    p.out(text)
    return 0


def _refusal(invocation: Invocation) -> str:
    """Why this command line is not simulated; empty when it is."""
    found = invocation.command
    if found.support.startswith("refused"):
        return f"'{found.full}' is not simulated: {found.support.removeprefix('refused').strip()}"
    if found.canonical not in COMMANDS:
        return f"'{found.full}' is not simulated yet"
    if not invocation.options.get("disable-content-trust", True):
        return "content trust is not simulated: images here carry no signatures"
    for flag in invocation.options.given:
        if flag.support.startswith("refused"):
            why = flag.support.removeprefix("refused").strip()
            return f"the flag --{flag.name} of '{found.full}' is not simulated: {why}"
    return ""


COLLECTIONS = ("config", "node", "plugin", "secret", "service")
SWARM_ASKS = {
    "config": "create ls",
    "node": "demote ls promote update",
    "plugin": "disable enable push set",
    "secret": "create ls",
    "service": "create logs ls rollback update",
    "swarm": "ca join-token leave update",
}
"""Commands that a daemon without a swarm or plugins answers at once."""

COMMANDS: dict[str, str] = {
    "run": "run:run",
    "create": "run:create",
    "ps": "ps:ps",
    "images": "images:images",
    "history": "images:history",
    "tag": "images:tag",
    "pull": "images:pull",
    "push": "images:push",
    "rmi": "removal:rmi",
    "image prune": "removal:prune",
    "save": "archive:save",
    "load": "archive:load",
    "import": "archive:import_",
    "export": "archive:export",
    "commit": "archive:commit",
    "cp": "copy:cp",
    "diff": "copy:diff",
    "port": "port:port",
    "network ls": "network:ls",
    "network inspect": "network:inspect",
    "network create": "network:create",
    "network connect": "network:connect",
    "network disconnect": "network:disconnect",
    "network rm": "network:rm",
    "network prune": "network:prune",
    "volume ls": "volume:ls",
    "volume inspect": "volume:inspect",
    "volume create": "volume:create",
    "volume rm": "volume:rm",
    "volume prune": "volume:prune",
    "volume update": "volume:update",
    "events": "events:events",
    "info": "info:info",
    "system df": "disk:df",
    "system prune": "disk:prune",
    "buildx prune": "disk:builder_prune",
    "buildx version": "info:buildx_version",
    "compose version": "info:compose_version",
    "login": "login:login",
    "logout": "login:logout",
    "search": "login:search",
    **{f"manifest {name}": f"manifest:{name}" for name in ("annotate", "create", "inspect", "push", "rm")},
    "context create": "context:create",
    "context export": "context:export",
    "context import": "context:import_",
    "context inspect": "context:inspect",
    "context ls": "context:ls",
    "context rm": "context:rm",
    "context show": "context:show",
    "context update": "context:update",
    "context use": "context:use",
    "trust inspect": "swarm:trust_inspect",
    "plugin ls": "swarm:plugin_ls",
    "plugin upgrade": "swarm:plugin_upgrade",
    "node ps": "swarm:node_ps",
    "service ps": "swarm:service_ps",
    "service scale": "swarm:service_scale",
    "stack deploy": "swarm:stack_deploy",
    "swarm unlock": "swarm:unlock",
    "swarm unlock-key": "swarm:unlock_key",
    **dict.fromkeys((f"stack {name}" for name in ("ls", "ps", "rm", "services")), "swarm:stack"),
    **dict.fromkeys(
        (f"{kind} {verb}" for kind, verbs in SWARM_ASKS.items() for verb in verbs.split()),
        "swarm:ask",
    ),
    **dict.fromkeys((f"{kind} inspect" for kind in COLLECTIONS), "swarm:inspect"),
    **dict.fromkeys((f"{kind} rm" for kind in COLLECTIONS), "swarm:rm"),
    "version": "system:version",
    "rm": "life:rm",
    "stop": "life:stop",
    "restart": "life:restart",
    "kill": "life:kill",
    "pause": "life:pause",
    "unpause": "life:unpause",
    "wait": "life:wait",
    "rename": "life:rename",
    "container prune": "life:prune",
    "logs": "logs:logs",
    "start": "start:start",
    "attach": "attach:attach",
    "exec": "exec:exec_",
    "top": "top:top",
    "stats": "stats:stats",
    "update": "update:update",
    "inspect": "inspect:inspect",
    "container inspect": "inspect:containers",
    "image inspect": "inspect:images",
}
"""Canonical path of a command, as the grammar names it, to ``module:function`` under ``commands``."""
