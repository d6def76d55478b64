"""``docker info``."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import Any

from dockersim.client import version as me
from dockersim.client.cli import Cli
from dockersim.client.gotypes import decode
from dockersim.client.grammar import PLUGINS
from dockersim.client.inspection import parsed
from dockersim.client.template import TemplateError
from dockersim.client.transport import Failure, NoDaemon
from dockersim.units import bytes_size

Json = dict[str, Any]
Steps = Generator[Any, Any, int]
PLUGIN_DIRECTORY = "/usr/libexec/docker/cli-plugins"
KNOWN_PLUGINS = {
    "buildx": ("Docker Buildx", "v0.29.1"),
    "compose": ("Docker Compose", "v2.40.3"),
}
BUILDX_COMMIT = "a32761aeb3debd39be1eca514af3693af0db334b"


def info(cli: Cli) -> Steps:
    """Show what the client and the daemon know about themselves; the client's part also where no daemon answers."""
    failure, server = None, None
    try:
        server = yield from cli.daemon.get("/info")
    except NoDaemon as error:
        failure = error
    if cli.options["format"]:
        _print_formatted(cli, server, failure)
    else:
        lines = [*_client(cli), "", "Server:", *(_server(server) if server is not None else ())]
        cli.p.out("\n".join(lines) + "\n")
        if server is not None:
            cli.print()
    yield from cli.p.flush()
    if failure is not None:
        raise failure
    return 0


def buildx_version(cli: Cli) -> int:
    """``docker buildx version``."""
    cli.print(f"github.com/docker/buildx {KNOWN_PLUGINS['buildx'][1]} {BUILDX_COMMIT}")
    return 0


def compose_version(cli: Cli) -> int:
    """``docker compose version``."""
    release = KNOWN_PLUGINS["compose"][1]
    if cli.options["short"]:
        cli.print(release.removeprefix("v"))
    elif cli.options["format"] == "json":
        cli.print(f'{{"version":"{release}"}}')
    else:
        cli.print(f"Docker Compose version {release}")
    return 0


def _print_formatted(cli: Cli, server: Json | None, failure: NoDaemon | None) -> None:
    source = cli.options["format"]
    value = decode({**(server or {}), "ClientInfo": _client_info(cli)}, "system.dockerInfo")
    template = parsed(source)
    try:
        cli.print(template.execute(value))
    except TemplateError as error:
        cli.print(error.written)
        raise Failure(str(error)) from None


def _client_info(cli: Cli) -> Json:
    plugins = [
        {
            "SchemaVersion": "0.1.0",
            "Vendor": "Docker Inc.",
            "Version": KNOWN_PLUGINS[name][1],
            "ShortDescription": KNOWN_PLUGINS[name][0],
            "Name": name,
            "Path": f"{PLUGIN_DIRECTORY}/docker-{name}",
        }
        for name in PLUGINS
    ]
    return {"Debug": cli.debug, **me.view(cli.context), "Plugins": plugins}


def _client(cli: Cli) -> list[str]:
    lines = ["Client:", f" Version:    {me.CLIENT}", f" Context:    {cli.context}"]
    lines.append(f" Debug Mode: {_truth(cli.debug)}")
    if PLUGINS:
        lines.append(" Plugins:")
    for name in PLUGINS:
        title, release = KNOWN_PLUGINS[name]
        lines.append(f"  {name}: {title} (Docker Inc.)")
        lines.append(f"    Version:  {release}")
        lines.append(f"    Path:     {PLUGIN_DIRECTORY}/docker-{name}")
    return lines


def _server(view: Json) -> list[str]:
    return [*_contents(view), *_parts(view), *_host(view), *_registries(view), *_rest(view)]


def _contents(view: Json) -> Iterable[str]:
    yield f" Containers: {view['Containers']}"
    yield f"  Running: {view['ContainersRunning']}"
    yield f"  Paused: {view['ContainersPaused']}"
    yield f"  Stopped: {view['ContainersStopped']}"
    yield f" Images: {view['Images']}"
    yield f" Server Version: {view['ServerVersion']}"
    yield f" Storage Driver: {view['Driver']}"
    for name, value in view["DriverStatus"] or ():
        yield f"  {name}: {value}"
    yield f" Logging Driver: {view['LoggingDriver']}"
    yield f" Cgroup Driver: {view['CgroupDriver']}"
    yield f" Cgroup Version: {view['CgroupVersion']}"


def _parts(view: Json) -> Iterable[str]:
    yield " Plugins:"
    plugins: Mapping[str, Any] = view["Plugins"]
    for name in ("Volume", "Network", "Authorization", "Log"):
        if plugins[name]:
            yield f"  {name}: {' '.join(plugins[name])}"
    if view["CDISpecDirs"]:
        yield " CDI spec directories:"
        yield from (f"  {directory}" for directory in view["CDISpecDirs"])
    yield f" Swarm: {view['Swarm']['LocalNodeState']}"
    yield f" Runtimes: {' '.join(sorted(view['Runtimes']))}"
    yield f" Default Runtime: {view['DefaultRuntime']}"
    yield f" Init Binary: {view['InitBinary']}"
    for name, key in (("containerd", "ContainerdCommit"), ("runc", "RuncCommit"), ("init", "InitCommit")):
        yield f" {name} version: {view[key]['ID']}"
    yield " Security Options:"
    for option in view["SecurityOptions"] or ():
        name, *more = (pair.partition("=")[2] for pair in option.split(","))
        yield f"  {name}"
        yield from (f"   Profile: {value}" for value in more)


def _host(view: Json) -> Iterable[str]:
    yield f" Kernel Version: {view['KernelVersion']}"
    yield f" Operating System: {view['OperatingSystem']}"
    yield f" OSType: {view['OSType']}"
    yield f" Architecture: {view['Architecture']}"
    yield f" CPUs: {view['NCPU']}"
    yield f" Total Memory: {bytes_size(view['MemTotal'])}"
    yield f" Name: {view['Name']}"
    yield f" ID: {view['ID']}"
    yield f" Docker Root Dir: {view['DockerRootDir']}"
    yield f" Debug Mode: {_truth(view['Debug'])}"
    for name, key in (("HTTP Proxy", "HttpProxy"), ("HTTPS Proxy", "HttpsProxy"), ("No Proxy", "NoProxy")):
        if view[key]:
            yield f" {name}: {view[key]}"
    if view["Labels"]:
        yield " Labels:"
        yield from (f"  {label}" for label in view["Labels"])
    yield f" Experimental: {_truth(view['ExperimentalBuild'])}"


def _registries(view: Json) -> Iterable[str]:
    config = view["RegistryConfig"]
    yield " Insecure Registries:"
    yield from (f"  {network}" for network in config["InsecureRegistryCIDRs"])
    if config["Mirrors"]:
        yield " Registry Mirrors:"
        yield from (f"  {mirror}" for mirror in config["Mirrors"])


def _rest(view: Json) -> Iterable[str]:
    yield f" Live Restore Enabled: {_truth(view['LiveRestoreEnabled'])}"


def _truth(value: bool) -> str:
    return "true" if value else "false"
