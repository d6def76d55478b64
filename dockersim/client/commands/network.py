"""``docker network ...``."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import suppress
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.endpoints import EMPTY_ENDPOINT
from dockersim.client.formatting import filters_json, map_text, print_list
from dockersim.client.paths import named, path_of
from dockersim.client.prompt import confirmed
from dockersim.client.table import row
from dockersim.client.template import Struct
from dockersim.client.transport import Failure, Refused
from dockersim.units.order import natural

Steps = Generator[Any, Any, int]
Json = dict[str, Any]
SURE = (
    "WARNING! This will remove all custom networks not used by at least one container.\n"
    "Are you sure you want to continue?"
)


def ls(cli: Cli) -> Steps:
    """List networks by name."""
    query = {"filters": filters_json(cli.options["filter"])} if cli.options["filter"] else {}
    found = yield from cli.daemon.get("/networks", query)
    found.sort(key=lambda network: natural(network["Name"]))
    print_list(cli, "network", [_row(cli, network) for network in found])
    return 0


def _row(cli: Cli, network: Json) -> Struct:
    labels = network["Labels"] or {}
    fields = {
        "CreatedAt": _time(network["Created"]),
        "Driver": network["Driver"],
        "ID": network["Id"] if cli.options["no-trunc"] else network["Id"][:12],
        "IPv4": _boolean(network["EnableIPv4"]),
        "IPv6": _boolean(network["EnableIPv6"]),
        "Internal": _boolean(network["Internal"]),
        "Labels": map_text(labels),
        "Name": network["Name"],
        "Scope": network["Scope"],
    }
    return row("network", fields, {"Label": lambda name: labels.get(name, "")})


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _time(text: str) -> str:
    """A time as the API has it, the way Go prints it: ``2026-01-12 09:00:00.5 +0000 UTC``."""
    from dockersim.units.time import go_string, parse_rfc3339

    return go_string(parse_rfc3339(text), fraction=True)


def inspect(cli: Cli) -> Steps:
    """Show networks whole."""
    from dockersim.client.inspection import Object
    from dockersim.client.inspection import inspect as show

    query = {"verbose": "true"} if cli.options["verbose"] else {}

    def fetch(name: str) -> Generator[Any, Any, Object]:
        return Object("network", (yield from cli.daemon.get(path_of("network", name), query)))

    return (yield from show(cli, cli.args, cli.options["format"], fetch))


# ---- making


def create(cli: Cli) -> Steps:
    """Make a network; prints its id."""
    o = cli.options
    body: Json = {"Driver": o["driver"], "Scope": o["scope"]}
    for family in ("ipv4", "ipv6"):
        if o.changed(family):
            body[f"EnableIP{family[2:]}"] = o[family]
    body |= {
        "IPAM": {"Driver": o["ipam-driver"], "Options": o["ipam-opt"], "Config": _ipam(o)},
        "Internal": o["internal"],
        "Attachable": o["attachable"],
        "Ingress": o["ingress"],
        "ConfigOnly": o["config-only"],
        "ConfigFrom": {"Network": o["config-from"]} if o["config-from"] else None,
        "Options": o["opt"],
        "Labels": _labels(o["label"]),
        "Name": cli.args[0],
    }
    answer = yield from cli.daemon.post("/networks/create", body=body)
    cli.print(answer["Id"])
    return 0


def _labels(entries: list[str]) -> dict[str, str]:
    return dict(sorted((name, value) for name, _, value in (entry.partition("=") for entry in entries)))


def _ipam(options: Mapping[str, Any]) -> list[Json]:
    """Subnets with the ranges, gateways and auxiliary addresses that belong to them."""
    subnets, ranges, gateways = options["subnet"], options["ip-range"], options["gateway"]
    if len(subnets) < max(len(ranges), len(gateways)):
        raise Failure("every ip-range or gateway must have a corresponding subnet")
    configs: dict[str, Json] = {}
    for subnet in subnets:
        for other in configs:
            if _holds(subnet, other) or _holds(other, subnet):
                raise Failure("multiple overlapping subnet configuration is not supported")
        configs[subnet] = {"Subnet": subnet}
    for text in ranges:
        if "/" not in text:
            raise Failure(f"invalid CIDR address: {text}")
        _put(configs, "IPRange", text, f"no matching subnet for range {text}", "ranges")
    for text in gateways:
        _put(configs, "Gateway", text, f"no matching subnet for gateway {text}", "gateways")
    for name, text in sorted(options["aux-address"].items()):
        homes = [config for subnet, config in configs.items() if _holds(subnet, text)]
        if not homes:
            raise Failure(f"no matching subnet for aux-address {text}")
        for config in homes:
            config.setdefault("AuxiliaryAddresses", {})[name] = text
    order = ("Subnet", "IPRange", "Gateway", "AuxiliaryAddresses")
    return [{key: config[key] for key in order if key in config} for config in configs.values()]


def _put(configs: dict[str, Json], key: str, text: str, missing: str, plural: str) -> None:
    homes = [(subnet, config) for subnet, config in configs.items() if _holds(subnet, text)]
    if not homes:
        raise Failure(missing)
    for subnet, config in homes:
        if key in config:
            preposition = "on the same" if key == "IPRange" else "for the same"
            raise Failure(f"cannot configure multiple {plural} ({text}, {config[key]}) {preposition} subnet ({subnet})")
        config[key] = text


def _holds(subnet: str, text: str) -> bool:
    """Whether a subnet holds an address, or another subnet's first one."""
    import ipaddress

    try:
        outer = ipaddress.ip_network(subnet, strict=False) if "/" in subnet else None
    except ValueError:
        outer = None
    if outer is None:
        raise Failure(f"invalid subnet: invalid CIDR address: {subnet}")
    try:
        inner = ipaddress.ip_interface(text).ip if "/" in text else ipaddress.ip_address(text)
    except ValueError:
        if "/" in text:
            raise Failure(f"invalid CIDR address: {text}") from None
        return False
    return inner in outer


# ---- plugging


def connect(cli: Cli) -> Steps:
    """Plug a container into a network."""
    o = cli.options
    wanted = {"IPv4Address": o["ip"], "IPv6Address": o["ip6"], "LinkLocalIPs": o["link-local-ip"]}
    endpoint = EMPTY_ENDPOINT | {
        "IPAMConfig": {key: value for key, value in wanted.items() if value},
        "Links": o["link"] or None,
        "Aliases": list(o["alias"]),
        "DriverOpts": _driver_options(o["driver-opt"]),
        "GwPriority": o["gw-priority"],
    }
    network, container = cli.args
    body = {"Container": named("container", container), "EndpointConfig": endpoint}
    yield from cli.daemon.post(path_of("network", network, "connect"), body=body)
    return 0


def _driver_options(entries: list[str]) -> dict[str, str]:
    options = {}
    for entry in entries:
        key, equals, value = entry.partition("=")
        if not equals or not key.strip():
            raise Failure("invalid key/value pair format in driver options")
        options[key.strip()] = value.strip()
    return options


def disconnect(cli: Cli) -> Steps:
    """Take a container off a network."""
    network, container = cli.args
    body = {"Container": named("container", container), "Force": cli.options["force"]}
    yield from cli.daemon.post(path_of("network", network, "disconnect"), body=body)
    return 0


# ---- removing


def rm(cli: Cli) -> Steps:
    """Remove networks; looks at each first, as the client does to ask about the swarm's ingress network."""
    status = 0
    for name in cli.args:
        try:
            path = path_of("network", name)
            with suppress(Failure):
                yield from cli.daemon.get(path)
            yield from cli.daemon.delete(path)
        except Failure as failure:
            if not (cli.options["force"] and isinstance(failure, Refused) and failure.code == 404):
                cli.warn(str(failure))
                status = 1
            continue
        cli.print(name)
    if status:
        raise Failure(f"exit status {status}", status)
    return 0


def prune(cli: Cli) -> Steps:
    """Remove networks that no container is on."""
    if not cli.options["force"]:
        agreed = yield from confirmed(cli, SURE)
        if not agreed:
            return 0
    text = yield from prune_networks(cli, cli.options["filter"])
    if text:
        cli.print(text)
    return 0


def prune_networks(cli: Cli, filters: Mapping[str, list[str]]) -> Generator[Any, Any, str]:
    """Remove unused networks; what to print about it."""
    query = {"filters": filters_json(filters)} if filters else {}
    report = yield from cli.daemon.post("/networks/prune", query)
    gone = report["NetworksDeleted"] or ()
    return "Deleted Networks:\n" + "".join(f"{name}\n" for name in gone) if gone else ""
