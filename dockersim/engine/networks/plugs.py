"""Plugging containers into networks and out of them: at start and end, and by hand in between."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dockersim.engine.networks import bridge, files, ports, proxies, requests
from dockersim.engine.networks.dns import Resolver, names_of
from dockersim.engine.networks.network import Endpoint, Network, is_user_defined
from dockersim.engine.networks.sandbox import KEYS, Sandbox
from dockersim.errors import Conflict, Forbidden, InvalidParameter, NotFound, System
from dockersim.fs import FsError, Vfs
from dockersim.sim import Stack
from dockersim.trace import events as e

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine
    from dockersim.engine.networks.manager import Networks

Json = dict[str, Any]
_RESOLVER_PORTS = 32_768, 61_000
NO_IPV6 = "net.ipv6.conf.all.disable_ipv6"
INTERFACE_NAME = "com.docker.network.endpoint.ifname"


class Plugs:
    """What :class:`~dockersim.engine.networks.manager.Networks` does about containers."""

    def __init__(self, engine: Engine, networks: Networks) -> None:
        self._engine = engine
        self._networks = networks

    def wanted(self, container: Container) -> dict[str, Endpoint]:
        """The container's plugs by network name. One that never ran has its wishes, made anew at each look."""
        if container.endpoints is not None:
            return container.endpoints
        mode = container.host["NetworkMode"]
        if mode.startswith("container:"):
            return {}
        asked = {("bridge" if name == "default" else name): wish for name, wish in container.spec.networking.items()}
        network = self._networks.find(mode)
        name = network.name if network is not None else mode
        by_id = asked.pop(network.id, None) if network is not None and network.id != name else None
        first = {name: asked.pop(name, None) or asked.pop(mode, None) or by_id or {}}
        return {key: Endpoint(wish) for key, wish in {**first, **asked}.items()}

    # ---- start

    def open(self, container: Container) -> None:
        """Make the sandbox, or join another container's. System and Conflict in the engine's words."""
        mode, sim = container.host["NetworkMode"], self._engine.sim
        if mode.startswith("container:"):
            self._join(container, mode.partition(":")[2])
            return
        if mode == "host":
            container.stack = self._engine.stack
            container.run.sandbox = Sandbox(sim.hex(64), container.stack, f"{KEYS}/default")
            return
        container.stack = Stack(self._engine.net, container.id)
        container.stack.ipv6 = (container.host.get("Sysctls") or {}).get(NO_IPV6) != "1"
        container.run.sandbox = Sandbox(sim.hex(64), container.stack)
        resolver = Resolver(self._engine, container)
        container.stack.resolvers.append(resolver)
        container.stack.name_of = resolver.name_of

    def _join(self, container: Container, reference: str) -> None:
        try:
            other = self._engine.containers.get(reference)
        except (NotFound, InvalidParameter) as missing:
            raise System(f"joining network namespace of container: {missing.message}") from None
        if other is container:
            raise System("cannot join own network namespace")
        if not other.running or other.stack is None:
            raise Conflict(
                f"cannot join network namespace of a non running container: container {other.name} is {other.state}"
            )
        container.stack = other.stack
        container.run.sandbox = other.run.sandbox
        container.hostname_shared = other.hostname

    def attach(self, container: Container) -> None:
        """Join all networks and publish the ports. Whatever fails leaves :meth:`detach` to be called."""
        if container.host["NetworkMode"].startswith("container:"):
            return
        sandbox = container.run.sandbox
        assert sandbox is not None
        plugs = container.endpoints = self.wanted(container)
        for name, endpoint in list(plugs.items()):
            self._connect(container, sandbox, name, endpoint)
        sandbox.plugged = True
        self._tell_parents(container)

    def _connect(self, container: Container, sandbox: Sandbox, name: str, endpoint: Endpoint) -> None:
        """One plug. NotFound, InvalidParameter, Forbidden, System."""
        network = self._networks.get(endpoint.network_id or name)
        if name != container.host["NetworkMode"]:
            self._find_mode(container)
        endpoint.clear()
        self._settle(container, network, name, endpoint)
        self._check(container, network, endpoint)
        if container.id in network.endpoints:
            raise Forbidden(f"endpoint with name {container.name} already exists in network {network.name}")
        if network.segment is not None:
            self._plug(container, sandbox, network, endpoint)
        endpoint.id = self._engine.sim.hex(64)
        endpoint.network_id = network.id
        endpoint.container, endpoint.name = container.id, container.name
        network.endpoints[container.id] = endpoint
        self._engine.sim.trace.record(
            e.EndpointAttached,
            self._engine.name,
            network.id,
            container.id,
            endpoint.address,
            endpoint.dns_names or (container.name,),
        )
        if network.segment is not None:
            self._route(container, sandbox)
        self._networks.log(network, "connect", container.id)

    def _find_mode(self, container: Container) -> None:
        """The network that a container was made for must be there, whatever it joins; it is kept by name or full id."""
        mode = container.host["NetworkMode"]
        if not is_user_defined(mode):
            return
        network = self._networks.find(mode)
        if network is None:
            raise NotFound(f"could not find a network matching network mode {mode}: network {mode} not found")
        if mode not in (network.id, network.name):
            container.host_override = {**container.host, "NetworkMode": network.id}

    @staticmethod
    def _settle(container: Container, network: Network, name: str, endpoint: Endpoint) -> None:
        """Keep the plug under its network's own name."""
        assert container.endpoints is not None
        if name != network.name:
            container.endpoints.pop(name, None)
        container.endpoints[network.name] = endpoint

    @staticmethod
    def _check(container: Container, network: Network, endpoint: Endpoint) -> None:
        if network.config_only:
            raise Forbidden("cannot create endpoint on configuration-only network")
        error = requests.endpoint_errors(network, network.name, endpoint.wanted)
        if error:
            raise InvalidParameter(error)
        if network.resolves_names:
            endpoint.dns_names = names_of(container, endpoint.wanted.get("Aliases"))

    def _plug(self, container: Container, sandbox: Sandbox, network: Network, endpoint: Endpoint) -> None:
        segment = network.segment
        assert segment is not None
        for address in endpoint.link_locals:
            requests.check_link_local(address)
        for family, pool in network.pools.items():
            if family == 6 and not sandbox.stack.ipv6:
                continue
            # as in life, an IPv4 address stays taken where no IPv6 address is left
            address = pool.give(endpoint.fixed_address(family), segment.members, f"{network.name} ({network.id})")
            if family == 4:
                endpoint.address, endpoint.prefix = address, pool.subnet.prefix
            else:
                endpoint.address6, endpoint.prefix6 = address, pool.subnet.prefix
        if network.routes:
            endpoint.gateway, endpoint.gateway6 = network.gateway(4), network.gateway(6) if endpoint.address6 else ""
        endpoint.mac = self._mac(endpoint.wanted.get("MacAddress") or "")
        name = (endpoint.wanted.get("DriverOpts") or {}).get(INTERFACE_NAME)
        endpoint.interface = sandbox.stack.plug(
            name or _free_name(sandbox.stack, network.bridge_options.prefix or "eth"),
            segment,
            endpoint.address,
            endpoint.mac,
            address6=endpoint.address6,
            more=endpoint.link_locals,
        )
        if network.resolves_names and not sandbox.resolver:
            sandbox.resolver = True
            self._serve_names(sandbox.stack)

    def _mac(self, wanted: str) -> str:
        """The address that was asked for, or a random one. System for one that is for groups, which none can have."""
        if not wanted:
            return self._networks.mac()
        mac = requests.mac_address(wanted)
        if int(mac[:2], 16) & 1:
            name = f"veth{self._engine.sim.hex(7)}"
            raise System(
                f'failed to add interface {name} to sandbox: error setting interface "{name}" MAC to "{mac}": '
                "cannot assign requested address"
            )
        return mac

    def _serve_names(self, stack: Stack) -> None:
        """The sockets of the embedded name server, to which the kernel leads what is sent to its port 53."""
        for protocol in ("tcp", "udp"):
            stack.listen(self._engine.sim.rng.randrange(*_RESOLVER_PORTS), files.SERVER, protocol=protocol)

    # ---- the default routes, and the ports that come in by them

    def _route(self, container: Container, sandbox: Sandbox) -> None:
        """Choose the plugs with the default routes, and let the published ports lead to them."""
        plugs = [plug for plug in (container.endpoints or {}).values() if plug.interface is not None]
        networks = {plug.network_id: self._networks.get(plug.network_id) for plug in plugs}
        ranked = sorted(plugs, key=lambda plug: _rank(plug, networks[plug.network_id]))
        best, best6 = _gateways(ranked)
        changed = False
        for plug in plugs:
            assert plug.interface is not None
            gateways = plug.gateway if plug is best else "", plug.gateway6 if plug is best6 else ""
            changed = changed or gateways != (plug.interface.gateway, plug.interface.gateway6)
            plug.interface.gateway, plug.interface.gateway6 = gateways
        if not changed and (best or best6):
            return
        first = best or best6
        if len(plugs) > 1 and first is not None:
            name = networks[first.network_id].name
            reason = "it has the highest priority" if first.priority else "of the networks with a way out, it is first"
            self._engine.sim.trace.record(
                e.Decided, self._engine.name, container.id, f"the default route goes through {name}", reason
            )
        self._publish(container, sandbox, best, best6)

    def _publish(self, container: Container, sandbox: Sandbox, best: Endpoint | None, best6: Endpoint | None) -> None:
        """Publish the ports at the addresses of the plugs with the default routes, or move them there."""
        gateway = best or best6
        if gateway is None:
            self._unpublish(container, sandbox)
            return
        target = self._target(sandbox.stack, best, best6)
        if sandbox.bindings:
            for forward in ports.forwards(sandbox.bindings):
                proxies.turn(forward, target.address_for(forward.address))
            return
        binding_ip = self._networks.get(gateway.network_id).bridge_options.binding
        wanted = ports.requests(container.spec.config, container.host, binding_ip)
        if not wanted:
            return
        host, record = self._engine.stack, self._engine.sim.trace.record
        try:
            sandbox.bindings, reasons = ports.bind(self._networks.ports, host, target, wanted)
        except System as failed:
            raise System(
                "driver failed programming external connectivity on endpoint "
                f"{container.name} ({gateway.id}): {failed.message}"
            ) from None
        proxies.start(self._engine, ports.forwards(sandbox.bindings))
        for reason in reasons:
            record(e.Decided, self._engine.name, container.id, "publish at a port of the daemon's choice", reason)
        for binding in sandbox.bindings:
            if binding.told:
                place = binding.host_ip, binding.host_port, binding.port, binding.protocol
                record(e.PortPublished, self._engine.name, container.id, *place)

    def _target(self, stack: Stack, best: Endpoint | None, best6: Endpoint | None) -> ports.Target:
        """Where published ports lead: to the plugs with the default routes of IPv4 and IPv6."""
        routed = [
            family
            for family, plug in ((4, best), (6, best6))
            if plug is not None and self._networks.get(plug.network_id).bridge_options.mode(family) == bridge.ROUTED
        ]
        address, address6 = best.address if best is not None else "", best6.address6 if best6 is not None else ""
        return ports.Target(stack, address, address6, tuple(routed))

    def _unpublish(self, container: Container, sandbox: Sandbox) -> None:
        bindings, sandbox.bindings = sandbox.bindings, []
        ports.release(self._networks.ports, self._engine.stack, bindings)
        proxies.stop(ports.forwards(bindings))
        for binding in bindings:
            if binding.told:
                place = binding.host_ip, binding.host_port, binding.protocol
                self._engine.sim.trace.record(e.PortReleased, self._engine.name, container.id, *place)

    # ---- end

    def detach(self, container: Container) -> None:
        """Leave all networks. What is kept of each plug is what ``docker inspect`` shows of a stopped container."""
        sandbox = container.ran.sandbox
        container.stack = None
        if sandbox is None:
            return
        container.run.sandbox = None
        if container.host["NetworkMode"].startswith("container:"):
            return
        self._unpublish(container, sandbox)
        for name, endpoint in self.wanted(container).items():
            network = self._networks.find(endpoint.network_id or name)
            if network is not None:
                self._leave(container, network, endpoint)
                self._networks.log(network, "disconnect", container.id)
            endpoint.clear()

    def _leave(self, container: Container, network: Network, endpoint: Endpoint) -> None:
        if endpoint.interface is not None:
            endpoint.interface.unplug()
            for address in filter(None, (endpoint.address, endpoint.address6)):
                network.pools[6 if ":" in address else 4].freed(address)
        if network.endpoints.get(container.id) is endpoint:
            del network.endpoints[container.id]
            self._engine.sim.trace.record(e.EndpointDetached, self._engine.name, network.id, container.id)

    # ---- by hand

    def connect(self, container: Container, reference: str, wanted: Json) -> None:
        """Plug in. InvalidParameter, NotFound (network, of a running container), Forbidden."""
        if container.host["NetworkMode"].startswith("container:") and container.running:
            raise InvalidParameter(requests.SHARED)
        network, endpoint = self._networks.find(reference), Endpoint(wanted)
        plugs = container.endpoints = self.wanted(container)
        if network is None:
            if container.running:
                raise NotFound(f"network {reference} not found")
            plugs[reference] = endpoint
            return
        self._check(container, network, endpoint)
        self._check_company(container, network, plugs)
        if not container.running:
            plugs.setdefault(network.name, endpoint)
            return
        if network.name in plugs and plugs[network.name].id:
            raise Forbidden(f"endpoint with name {container.name} already exists in network {network.name}")
        sandbox = container.run.sandbox
        assert sandbox is not None
        had_resolver = sandbox.resolver
        try:
            self._connect(container, sandbox, network.name, endpoint)
        except BaseException:
            self._leave(container, network, endpoint)
            endpoint.clear()  # the wish stays, as in life
            raise
        self._add_hosts(container, sandbox, endpoint)
        if sandbox.resolver and not had_resolver:
            self._write(sandbox, "/etc/resolv.conf", self._networks.resolv_conf(container))

    def _check_company(self, container: Container, network: Network, plugs: dict[str, Endpoint]) -> None:
        """Host and none are for those who are nowhere else."""
        if network.driver == "host" and container.host["NetworkMode"] != "host":
            raise InvalidParameter(requests.TO_HOST)
        for name in plugs:
            other = self._networks.find(name)
            if other is None:
                continue
            if other is network:
                return
            if other.driver == "host":
                raise InvalidParameter(requests.SHARED)
            if "null" in (other.driver, network.driver):
                raise InvalidParameter(requests.PRIVATE)

    def disconnect(self, container: Container, reference: str, force: bool) -> None:
        """Unplug. NotFound, System when it is not plugged in, InvalidParameter."""
        network = self._networks.find(reference)
        plugs = container.endpoints = self.wanted(container)
        if not container.running or (network is None and force):
            name = network.name if network is not None else reference
            if name not in plugs:
                raise System(f"container {container.id} is not connected to the network {name}")
            del plugs[name]
            return
        if network is None:
            raise NotFound(f"network {reference} not found")
        if container.host["NetworkMode"] == "host" and network.driver == "host":
            raise InvalidParameter(requests.FROM_HOST)
        endpoint = network.endpoints.get(container.id)
        sandbox = container.run.sandbox
        if endpoint is None or sandbox is None:
            raise System(f"container {container.id} is not connected to network {network.name}")
        self._remove_hosts(sandbox, endpoint)
        self._leave(container, network, endpoint)
        del plugs[network.name]
        self._route(container, sandbox)
        self._networks.log(network, "disconnect", container.id)

    def renamed(self, container: Container) -> None:
        """New names on all networks."""
        for endpoint in (container.endpoints or {}).values():
            if endpoint.id:
                endpoint.name = container.name
                if endpoint.dns_names is not None:
                    endpoint.dns_names = names_of(container, endpoint.wanted.get("Aliases"))

    # ---- files of those who run

    def _add_hosts(self, container: Container, sandbox: Sandbox, endpoint: Endpoint) -> None:
        names = files.own_names(container.hostname, container.spec.config["Domainname"])
        addresses = [address for address in (endpoint.address, endpoint.address6) if address]
        lines = "".join(f"{address}\t{names}\n" for address in addresses)
        self._write(sandbox, "/etc/hosts", self._read(sandbox, "/etc/hosts") + lines)

    def _remove_hosts(self, sandbox: Sandbox, endpoint: Endpoint) -> None:
        gone = (endpoint.address, endpoint.address6)
        kept = [line for line in self._lines(sandbox) if line.partition("\t")[0] not in gone]
        self._write(sandbox, "/etc/hosts", "".join(kept))

    def _tell_parents(self, container: Container) -> None:
        """Whoever has a link to a container learns of its new address."""
        bridge = (container.endpoints or {}).get("bridge")
        if bridge is None or not self._networks.links:
            return
        for parent, alias in self._networks.links.parents(container):
            sandbox = parent.ran.sandbox
            if parent.running and sandbox is not None:
                lines = [_readdressed(line, alias, bridge.address) for line in self._lines(sandbox)]
                self._write(sandbox, "/etc/hosts", "".join(lines))

    def _lines(self, sandbox: Sandbox) -> Iterable[str]:
        return self._read(sandbox, "/etc/hosts").splitlines(keepends=True)

    @staticmethod
    def _read(sandbox: Sandbox, path: str) -> str:
        if sandbox.files is None:
            return ""
        try:
            return Vfs(sandbox.files).read_file(path).decode(errors="replace")
        except FsError:
            return ""

    def _write(self, sandbox: Sandbox, path: str, text: str) -> None:
        if sandbox.files is not None:
            Vfs(sandbox.files, clock=self._engine.sim.time).write_file(path, text)


def _readdressed(line: str, alias: str, address: str) -> str:
    return f"{address}\t{line.partition(chr(9))[2]}" if alias in line.split()[1:] else line


def _rank(plug: Endpoint, network: Network) -> tuple[int, bool, int, str]:
    """Who comes first for the default routes: priority, a way out, gateways of both families, the network's name."""
    return -plug.priority, network.internal, -(bool(plug.gateway) + bool(plug.gateway6)), network.name


def _gateways(ranked: list[Endpoint]) -> tuple[Endpoint | None, Endpoint | None]:
    """The plugs with the default routes of IPv4 and IPv6: the first with both, else the first with each."""
    both = next((plug for plug in ranked if plug.gateway and plug.gateway6), None)
    if both is not None:
        return both, both
    return (
        next((plug for plug in ranked if plug.gateway), None),
        next((plug for plug in ranked if plug.gateway6), None),
    )


def _free_name(stack: Stack, prefix: str) -> str:
    used = {interface.name for interface in stack.interfaces}
    return next(name for number in range(len(used) + 1) if (name := f"{prefix}{number}") not in used)
