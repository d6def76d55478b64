"""Containers on networks: a random history against what must always hold, and the cases that a person looks up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from dockersim.testing.engine import Api
from dockersim.trace import events as e
from dockersim.world import World

NETWORKS = ("bridge", "one", "two", "inside")
CONTAINERS = ("web", "db", "cache")
networks, containers = st.sampled_from(NETWORKS), st.sampled_from(CONTAINERS)


class Histories(RuleBasedStateMachine):
    """Networks and containers come and go; addresses, ports, names and the trace must stay in order."""

    @initialize()
    def begin(self) -> None:
        self.world = World(seed=1)
        assert self.world.sh("docker pull -q busybox").exit_code == 0
        self.api = Api(self.world)
        for name in NETWORKS[1:]:
            self.create(name)

    @rule(name=st.sampled_from(NETWORKS[1:]))
    def create(self, name: str) -> None:
        answer = self.api("POST", "/networks/create", {"Name": name, "Internal": name == "inside"})
        assert answer.status in (201, 409)

    @rule(name=networks)
    def remove(self, name: str) -> None:
        assert self.api("DELETE", f"/networks/{name}").status in (204, 403, 404)

    @rule(name=containers, network=networks, port=st.sampled_from([None, "8080", "8081", ""]))
    def start(self, name: str, network: str, port: str | None) -> None:
        bindings = {} if port is None else {"80/tcp": [{"HostPort": port}]}
        answer = self.api.run(name, NetworkMode=network, PortBindings=bindings)
        assert answer.status in (204, 404, 409, 500), answer
        if answer.status == 409:
            self.api("POST", f"/containers/{name}/start")

    @rule(name=containers)
    def stop(self, name: str) -> None:
        self.api("POST", f"/containers/{name}/stop?t=0")

    @rule(name=containers)
    def rm(self, name: str) -> None:
        self.api("DELETE", f"/containers/{name}?force=1")

    @rule(name=containers, network=networks)
    def connect(self, name: str, network: str) -> None:
        self.api("POST", f"/networks/{network}/connect", {"Container": name, "EndpointConfig": {"Aliases": []}})

    @rule(name=containers, network=networks)
    def disconnect(self, name: str, network: str) -> None:
        self.api("POST", f"/networks/{network}/disconnect", {"Container": name, "Force": False})

    @rule(name=containers, other=containers)
    def rename(self, name: str, other: str) -> None:
        self.api("POST", f"/containers/{name}/rename?name={other}")

    # ---- what always holds

    @invariant()
    def addresses_are_unique_and_inside(self) -> None:
        for network in self.world.engine.networks:
            if network.segment is None:
                continue
            addresses = [one.address for one in network.endpoints.values()]
            assert len(set(addresses)) == len(addresses)
            assert all(address in network.segment and address != network.gateway(4) for address in addresses)

    @invariant()
    def only_running_containers_are_plugged_in(self) -> None:
        for network in self.world.engine.networks:
            for identity in network.endpoints:
                assert self.world.engine.containers.get(identity).running

    @invariant()
    def no_two_on_one_port(self) -> None:
        taken = [
            (row["IP"], row["PublicPort"])
            for container in self.world.engine.containers
            for row in self.world.engine.networks.ports_of(container)
            if "IP" in row
        ]
        assert len(set(taken)) == len(taken)
        assert sorted(taken) == sorted((one.address, one.port) for one in self.world.engine.stack.forwards)

    @invariant()
    def names_resolve_on_shared_networks_only(self) -> None:
        running = [one for one in self.world.engine.containers if one.running]
        for one in running:
            for other in running:
                shared = self.plugged(one.id) & self.plugged(other.id) - {"bridge"}
                assert one.stack is not None
                address, reason = one.stack.resolve(other.name)
                assert bool(address) == bool(shared), reason
                assert reason

    def plugged(self, container: str) -> set[str]:
        """The networks that it is on; one that it could not be put on stays among its wishes."""
        return {network.name for network in self.world.engine.networks if container in network.endpoints}

    @invariant()
    def the_trace_folds_to_the_state(self) -> None:
        scene = self.world.trace.scene()
        networks = {one.id: one for one in self.world.engine.networks}
        assert scene.networks.keys() == networks.keys()
        for identity, network in networks.items():
            plugs = {container: endpoint.address for container, endpoint in network.endpoints.items()}
            assert scene.networks[identity]["endpoints"] == plugs
        four = {
            (row["IP"], row["PublicPort"], row["Type"])
            for container in self.world.engine.containers
            for row in self.world.engine.networks.ports_of(container)
            if "IP" in row and row["IP"] != "::"
        }
        assert set(scene.ports) == four


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=8, stateful_step_count=15, deadline=None)


@pytest.mark.campaign
def test_long_histories() -> None:
    run_state_machine_as_test(Histories, settings=settings(max_examples=300, stateful_step_count=40, deadline=None))


# ---- making and removing


def test_a_network_is_listed_inspected_and_removed(api: Api) -> None:
    body = {
        "Name": "net2",
        "Driver": "bridge",
        "Internal": True,
        "Labels": {"a": "b"},
        "Options": {"com.docker.network.bridge.name": "brx"},
        "IPAM": {
            "Driver": "default",
            "Options": {},
            "Config": [{"Subnet": "10.20.0.0/16", "IPRange": "10.20.5.0/24", "Gateway": "10.20.0.1"}],
        },
    }
    identity = api("POST", "/networks/create", body).body["Id"]
    shown = api("GET", f"/networks/{identity[:12]}").body
    assert list(shown) == [
        "Name", "Id", "Created", "Scope", "Driver", "EnableIPv4", "EnableIPv6", "IPAM", "Internal", "Attachable",
        "Ingress", "ConfigFrom", "ConfigOnly", "Containers", "Options", "Labels",
    ]  # fmt: skip
    assert shown["IPAM"] == body["IPAM"]
    assert (shown["Internal"], shown["Options"], shown["Labels"]) == (True, body["Options"], body["Labels"])
    assert {one["Name"] for one in api("GET", "/networks").body} == {"bridge", "host", "none", "net2"}
    assert "brx" in [interface.name for interface in api.world.engine.stack.interfaces]
    assert api("DELETE", "/networks/net2").status == 204
    assert "brx" not in [interface.name for interface in api.world.engine.stack.interfaces]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"Name": "host"}, 403, "operation is not permitted on predefined host network "),
        ({"Name": ""}, 400, "invalid name: name is empty"),
        ({"Name": "n", "Driver": "host"}, 403, 'only one instance of "host" network is allowed'),
        ({"Name": "n", "Driver": "nosuch"}, 404, 'plugin "nosuch" not found'),
        ({"Name": "n", "Driver": "macvlan"}, 500, "operation not supported"),
        (
            {"Name": "n", "Options": {"com.docker.network.driver.mtu": "big"}},
            400,
            'failed to parse com.docker.network.driver.mtu value: big (strconv.Atoi: parsing "big": invalid syntax)',
        ),
        (
            {"Name": "n", "IPAM": {"Config": [{"Subnet": "172.17.9.0/24"}]}},
            403,
            "invalid pool request: Pool overlaps with other one on this address space",
        ),
    ],
)
def test_refused(api: Api, body: dict[str, Any], status: int, words: str) -> None:
    answer = api("POST", "/networks/create", body)
    assert (answer.status, answer.message) == (status, words)


def test_the_same_bridge_twice(api: Api) -> None:
    options = {"com.docker.network.bridge.name": "brx"}
    assert api("POST", "/networks/create", {"Name": "n1", "Options": options}).status == 201
    assert api("POST", "/networks/create", {"Name": "n2", "Options": options}).message.endswith(
        "networks have same bridge name"
    )


# ---- plugs


def test_a_plug_that_cannot_be_put_in_resolves_nothing(api: Api) -> None:
    for network, internal in (("one", False), ("inside", True)):
        api("POST", "/networks/create", {"Name": network, "Internal": internal})
    bindings = {"80/tcp": [{"HostPort": "8080"}]}
    assert api.run("web", NetworkMode="one", PortBindings=bindings).status == 204
    assert api.run("db", NetworkMode="inside", PortBindings=bindings).status == 204
    answer = api("POST", "/networks/one/connect", {"Container": "db"})
    assert answer.message.endswith("Bind for 0.0.0.0:8080 failed: port is already allocated")
    assert "one" in api("GET", "/containers/db/json").body["NetworkSettings"]["Networks"]
    assert len(api("GET", "/networks/one").body["Containers"]) == 1
    stack = api.world.engine.containers.get("web").stack
    assert stack is not None
    assert stack.resolve("db")[0] == ""


def test_addresses_are_the_lowest_free_and_come_back(api: Api) -> None:
    for name in ("one", "two", "three"):
        api.run(name)
    addresses = [api("GET", f"/containers/{name}/json").body["NetworkSettings"]["IPAddress"] for name in ("one", "two")]
    assert addresses == ["172.17.0.2", "172.17.0.3"]
    api("POST", "/containers/one/stop?t=0")
    assert api("GET", "/containers/one/json").body["NetworkSettings"]["IPAddress"] == ""
    api.run("four")
    assert api("GET", "/containers/four/json").body["NetworkSettings"]["IPAddress"] == "172.17.0.2"
    api("POST", "/containers/one/start")
    assert api("GET", "/containers/one/json").body["NetworkSettings"]["IPAddress"] == "172.17.0.5"


def test_settings_have_the_recorded_shape_and_order(api: Api) -> None:
    api.run(
        "web", config={"ExposedPorts": {"80/tcp": {}, "1234/tcp": {}}}, PortBindings={"80/tcp": [{"HostPort": "8080"}]}
    )
    settings = api("GET", "/containers/web/json").body["NetworkSettings"]
    assert list(settings) == [
        "Bridge", "SandboxID", "SandboxKey", "Ports", "HairpinMode", "LinkLocalIPv6Address", "LinkLocalIPv6PrefixLen",
        "SecondaryIPAddresses", "SecondaryIPv6Addresses", "EndpointID", "Gateway", "GlobalIPv6Address",
        "GlobalIPv6PrefixLen", "IPAddress", "IPPrefixLen", "IPv6Gateway", "MacAddress", "Networks",
    ]  # fmt: skip
    assert list(settings["Networks"]["bridge"]) == [
        "IPAMConfig", "Links", "Aliases", "MacAddress", "DriverOpts", "GwPriority", "NetworkID", "EndpointID",
        "Gateway", "IPAddress", "IPPrefixLen", "IPv6Gateway", "GlobalIPv6Address", "GlobalIPv6PrefixLen", "DNSNames",
    ]  # fmt: skip
    assert settings["Ports"] == {
        "1234/tcp": None,
        "80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}, {"HostIp": "::", "HostPort": "8080"}],
    }
    assert settings["SandboxKey"] == f"/var/run/docker/netns/{settings['SandboxID'][:12]}"
    api("POST", "/containers/web/stop?t=0")
    settings = api("GET", "/containers/web/json").body["NetworkSettings"]
    assert (settings["Ports"], settings["SandboxID"], settings["Networks"]["bridge"]["EndpointID"]) == ({}, "", "")
    assert settings["Networks"]["bridge"]["NetworkID"] != ""


def test_connecting_gives_another_interface_and_its_line_in_hosts(api: Api) -> None:
    api("POST", "/networks/create", {"Name": "net1"})
    api.run("box")
    wanted = {"IPAMConfig": {}, "Aliases": ["other"], "DriverOpts": {}}
    assert api("POST", "/networks/net1/connect", {"Container": "box", "EndpointConfig": wanted}).status == 200
    container = api.world.engine.containers.get("box")
    assert container.stack is not None
    assert [one.name for one in container.stack.interfaces] == ["eth0", "eth1"]
    plug = api("GET", "/containers/box/json").body["NetworkSettings"]["Networks"]["net1"]
    assert (plug["IPAMConfig"], plug["DNSNames"]) == ({}, ["box", "other", container.id[:12]])
    computer = container.run.computer
    assert computer is not None
    hosts = computer.vfs.read_file("/etc/hosts").decode()
    assert hosts.endswith(f"172.17.0.2\t{container.id[:12]}\n172.18.0.2\t{container.id[:12]}\n")
    assert b"nameserver 127.0.0.11" in computer.vfs.read_file("/etc/resolv.conf")
    api("POST", "/networks/net1/disconnect", {"Container": "box"})
    assert b"172.18" not in computer.vfs.read_file("/etc/hosts")
    assert [one.name for one in container.stack.interfaces] == ["eth0"]


def test_a_container_can_share_anothers_network(api: Api) -> None:
    api.run("web", config={"Hostname": "shared"})
    api.run("side", NetworkMode="container:web")
    web, side = (api.world.engine.containers.get(name) for name in ("web", "side"))
    assert side.stack is web.stack
    assert side.hostname == "shared"
    assert api("GET", "/containers/side/json").body["NetworkSettings"]["Networks"] == {}
    api("POST", "/containers/web/stop?t=0")
    answer = api.run("late", NetworkMode="container:web")
    assert (answer.status, answer.message) == (
        409,
        "cannot join network namespace of a non running container: container web is exited",
    )


def test_ports_move_with_the_default_route(api: Api) -> None:
    api("POST", "/networks/create", {"Name": "inside", "Internal": True})
    api("POST", "/networks/create", {"Name": "out"})
    api.run("web", NetworkMode="inside", PortBindings={"80/tcp": [{"HostPort": "9090"}]})
    assert api("GET", "/containers/web/json").body["NetworkSettings"]["Ports"] == {"80/tcp": None}
    api("POST", "/networks/out/connect", {"Container": "web", "EndpointConfig": {}})
    assert [one.target_address for one in api.world.engine.stack.forwards] == ["172.19.0.2", "172.19.0.2"]
    api("POST", "/networks/out/disconnect", {"Container": "web"})
    assert api.world.engine.stack.forwards == []


def test_two_on_one_port(api: Api) -> None:
    bindings = {"80/tcp": [{"HostPort": "8080"}]}
    api.run("web", PortBindings=bindings)
    answer = api.run("web2", PortBindings=bindings)
    assert answer.status == 500
    assert answer.message.startswith(
        "failed to set up container networking: driver failed programming external connectivity on endpoint web2 ("
    )
    assert answer.message.endswith("): Bind for 0.0.0.0:8080 failed: port is already allocated")
    assert api("GET", "/containers/web2/json").body["State"]["Status"] == "created"
    api("DELETE", "/containers/web?force=1")
    assert api("POST", "/containers/web2/start").status == 204


def test_events(api: Api) -> None:
    api("POST", "/networks/create", {"Name": "net1"})
    api.run("box", "true", NetworkMode="net1")
    box = api.world.engine.containers.get("box")
    while box.running:
        api.world.sim.env.step()
    api("POST", "/networks/prune")
    told = [one.message for one in api.world.trace if isinstance(one, e.EngineEvent)]
    network = [one["Action"] for one in told if one["Type"] == "network"]
    assert network == ["create", "connect", "disconnect", "destroy", "prune"]
    actions = [one["Action"] for one in told if one["Type"] in ("network", "container")]
    assert actions[1:6] == ["create", "connect", "start", "disconnect", "die"]


# ---- links of old


def test_a_link_gives_lines_and_variables(api: Api) -> None:
    api.run("db", config={"Env": ["PW=x"], "ExposedPorts": {"5432/tcp": {}}})
    answer = api.run("app", Links=["db:database"])
    assert answer.status == 204
    app = api.world.engine.containers.get("app")
    process = app.run.process
    assert process is not None
    linked = {name: value for name, value in process.env.items() if name.startswith("DATABASE")}
    assert linked == {
        "DATABASE_PORT": "tcp://172.17.0.2:5432",
        "DATABASE_PORT_5432_TCP": "tcp://172.17.0.2:5432",
        "DATABASE_PORT_5432_TCP_ADDR": "172.17.0.2",
        "DATABASE_PORT_5432_TCP_PORT": "5432",
        "DATABASE_PORT_5432_TCP_PROTO": "tcp",
        "DATABASE_NAME": "/app/database",
        "DATABASE_ENV_PW": "x",
    }
    db = api.world.engine.containers.get("db")
    assert f"172.17.0.2\tdatabase {db.id[:12]} db\n".encode() in process.vfs.read_file("/etc/hosts")
    assert api("GET", "/containers/app/json").body["HostConfig"]["Links"] == ["/db:/app/database"]
    api("POST", "/containers/db/stop?t=0")
    api.run("thief")
    api("POST", "/containers/db/start")
    assert b"172.17.0.4\tdatabase" in process.vfs.read_file("/etc/hosts")


def test_a_link_can_be_removed(api: Api) -> None:
    api.run("db")
    api.run("app", Links=["db:database"])
    names = [row["Names"] for row in api("GET", "/containers/json").body]
    assert names == [["/app"], ["/db", "/app/database"]]
    assert api("DELETE", "/containers/app/nosuch?link=1").message == "No such container: app/nosuch"
    assert api("DELETE", "/containers/app/database?link=1").status == 204
    assert api("GET", "/containers/app/json").body["HostConfig"]["Links"] is None


def test_a_link_to_nobody(api: Api) -> None:
    answer = api.run("app", Links=["nosuch"])
    assert (answer.status, answer.message) == (400, "could not get container for nosuch: No such container: nosuch")
