"""A container as ``GET /containers/{id}/json`` shows it (operation ``ContainerInspect``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dockersim.engine.containers import states
from dockersim.engine.disk import cache_id
from dockersim.engine.times import rfc3339

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

Json = dict[str, Any]


def inspect(engine: Engine, container: Container, size: bool = False) -> Json:
    """The whole object; with ``size`` also SizeRw and SizeRootFs, in bytes."""
    run = container.ran
    directory = f"{engine.root}/containers/{container.id}"
    started = bool(run.started)
    host = {**container.host, "Links": engine.networks.links.shown(container)}
    if started:  # looked at once more by then, and found impossible with cgroups of version 2
        host["OomKillDisable"] = None
    body: Json = {
        "Id": container.id,
        "Created": rfc3339(container.created),
        "Path": container.spec.argv[0],
        "Args": list(container.spec.argv[1:]),
        "State": _state(container),
        "Image": container.image.id,
        "ResolvConfPath": f"{directory}/resolv.conf" if run.prepared else "",
        "HostnamePath": f"{directory}/hostname" if run.prepared else "",
        "HostsPath": f"{directory}/hosts" if run.prepared else "",
        "LogPath": f"{directory}/{container.id}-json.log" if run.logged and _in_json_file(host) else "",
        "Name": f"/{container.name}",
        "RestartCount": run.restarts,
        "Driver": "overlay2",
        "Platform": "linux",
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": _apparmor(host["SecurityOpt"]),
        "ExecIDs": list(run.execs) or None,
        "HostConfig": host,
        "GraphDriver": _graph_driver(engine, container),
    }
    if size:
        upper = container.overlay.size()
        body |= {"SizeRw": upper, "SizeRootFs": container.image.size + upper}
    body |= {
        "Mounts": engine.volumes.mount_points(container),
        "Config": _config(container),
        "NetworkSettings": engine.networks.settings(container),
    }
    return body


def _config(container: Container) -> Json:
    """``Config``, with the MAC address that was asked for on the first network, as clients of old expect it."""
    config = {**container.spec.config, "Hostname": container.hostname}
    mode = container.host["NetworkMode"]
    plug = container.spec.networking.get(mode) or container.spec.networking.get("default") or {}
    if not plug.get("MacAddress") or mode in ("host", "none") or mode.startswith("container:"):
        return config
    before = list(config)[: list(config).index("OnBuild")]
    return {key: config[key] for key in before} | {"MacAddress": plug["MacAddress"]} | config


def _in_json_file(host: Json) -> bool:
    return bool(host["LogConfig"]["Type"] == "json-file")


def _apparmor(options: list[str] | None) -> str:
    named = [option.partition("=")[2] for option in options or () if option.startswith("apparmor=")]
    return named[-1] if named else ""


def _state(container: Container) -> Json:
    run, state = container.ran, container.state
    view: Json = {
        "Status": state,
        "Running": state in states.ALIVE,
        "Paused": state == states.PAUSED,
        "Restarting": state == states.RESTARTING,
        "OOMKilled": run.oom_killed,
        "Dead": state == states.DEAD,
        "Pid": run.process.host_pid if run.process is not None else 0,
        "ExitCode": run.exit_code,
        "Error": run.error,
        "StartedAt": rfc3339(run.started),
        "FinishedAt": rfc3339(run.finished),
    }
    if run.health is not None:
        view["Health"] = run.health.json()
    return view


def _graph_driver(engine: Engine, container: Container) -> Json:
    base = f"{engine.root}/overlay2"
    chain = reversed(container.image.chain_ids)
    lower = [
        f"{base}/{container.id}-init/diff",
        *(f"{base}/{cache_id(str(link))}/diff" for link in chain),
    ]
    top = f"{base}/{container.id}"
    return {
        "Data": {
            "ID": container.id,
            "LowerDir": ":".join(lower),
            "MergedDir": f"{top}/merged",
            "UpperDir": f"{top}/diff",
            "WorkDir": f"{top}/work",
        },
        "Name": "overlay2",
    }
