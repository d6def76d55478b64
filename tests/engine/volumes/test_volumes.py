"""Volumes and mounts: content outlives containers, writes are seen everywhere at once, and the recorded refusals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from dockersim.fs import Vfs
from dockersim.testing.engine import Api
from dockersim.trace import events as e
from dockersim.world import World

ROOT = "/var/lib/docker/volumes"
volumes, containers = st.sampled_from(["data", "logs", "cache"]), st.sampled_from(["web", "db"])


def files_of(api: Api, name: str) -> Vfs:
    computer = api.world.engine.containers.get(name).run.computer
    assert computer is not None
    vfs: Vfs = computer.vfs
    return vfs


class Histories(RuleBasedStateMachine):
    """Containers come, write and go; a plain dictionary says what each volume must hold."""

    @initialize()
    def begin(self) -> None:
        self.world = World(seed=2)
        assert self.world.sh("docker pull -q busybox").exit_code == 0
        self.api = Api(self.world)
        self.model: dict[str, dict[str, bytes]] = {}

    @rule(name=volumes)
    def create(self, name: str) -> None:
        assert self.api("POST", "/volumes/create", {"Name": name}).status == 201
        self.model.setdefault(name, {})

    @rule(name=containers, volume=volumes, mode=st.sampled_from(["", ":ro"]))
    def start(self, name: str, volume: str, mode: str) -> None:
        answer = self.api.run(name, Binds=[f"{volume}:/v{mode}"])
        if answer.status == 204:
            self.model.setdefault(volume, {})

    @rule(name=containers, file=st.sampled_from("abc"), data=st.binary(max_size=3))
    def write(self, name: str, file: str, data: bytes) -> None:
        container = self.world.engine.containers.names.get(name)
        if container is None or not container.running:
            return
        point = (container.mounts or [])[0]
        vfs = files_of(self.api, name)
        if point.rw:
            vfs.write_file(f"/v/{file}", data)
            self.model[point.name][file] = data
        else:
            with pytest.raises(Exception, match="Read-only file system"):
                vfs.write_file(f"/v/{file}", data)

    @rule(name=containers)
    def stop(self, name: str) -> None:
        self.api("POST", f"/containers/{name}/stop?t=0")

    @rule(name=containers, more=st.sampled_from(["", "&v=1"]))
    def rm(self, name: str, more: str) -> None:
        self.api("DELETE", f"/containers/{name}?force=1{more}")

    @rule(name=volumes)
    def remove(self, name: str) -> None:
        answer = self.api("DELETE", f"/volumes/{name}")
        used = any(name in {point.name for point in one.mounts or ()} for one in self.world.engine.containers)
        assert answer.status == (404 if name not in self.model else 409 if used else 204)
        if answer.status == 204:
            del self.model[name]

    @rule(everything=st.booleans())
    def prune(self, everything: bool) -> None:
        query = "?filters=%7B%22all%22%3A%7B%22true%22%3Atrue%7D%7D" if everything else ""
        gone = self.api("POST", f"/volumes/prune{query}").body["VolumesDeleted"]
        assert everything or not gone
        for name in gone:
            del self.model[name]

    @invariant()
    def content_is_what_was_written(self) -> None:
        host = self.world.laptop.vfs
        for name, files in self.model.items():
            assert {file: host.read_file(f"{ROOT}/{name}/_data/{file}") for file in files} == files
            assert host.listdir(f"{ROOT}/{name}/_data") == sorted(files)
        for container in self.world.engine.containers:
            if container.running:
                point = (container.mounts or [])[0]
                assert files_of(self.api, container.name).listdir("/v") == sorted(self.model[point.name])

    @invariant()
    def the_trace_folds_to_the_state(self) -> None:
        scene = self.world.trace.scene()
        assert scene.volumes.keys() == self.model.keys() == {volume.name for volume in self.world.engine.volumes}
        for container in self.world.engine.containers:
            mounted = {point.destination for point in container.mounts or () if point.mounted}
            assert scene.containers[container.id]["mounts"].keys() == mounted
            assert bool(mounted) == container.running


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=8, stateful_step_count=15, deadline=None)


@pytest.mark.campaign
def test_long_histories() -> None:
    run_state_machine_as_test(Histories, settings=settings(max_examples=300, stateful_step_count=40, deadline=None))


# ---- population


def test_an_empty_volume_is_filled_from_the_image_with_owners(api: Api) -> None:
    made = api("POST", "/containers/create?name=web", {"Image": "busybox", "HostConfig": {"Binds": ["etc:/etc"]}})
    assert made.status == 201
    host = api.world.laptop.vfs
    assert "passwd" in host.listdir(f"{ROOT}/etc/_data")
    told = [one for one in api.world.trace if isinstance(one, e.Decided) and one.outcome == "filled from the image"]
    assert told[0].reason == "it was empty, and the image has files at /etc"
    host.write_file(f"{ROOT}/etc/_data/passwd", b"changed")
    api("POST", "/containers/create?name=web2", {"Image": "busybox", "HostConfig": {"Binds": ["etc:/etc"]}})
    assert host.read_file(f"{ROOT}/etc/_data/passwd") == b"changed"


def test_nocopy_and_bind_mounts_stay_empty(api: Api) -> None:
    host = {"Binds": ["plain:/etc:nocopy", "/srv/etc:/bin2"]}
    assert api("POST", "/containers/create?name=web", {"Image": "busybox", "HostConfig": host}).status == 201
    assert api.world.laptop.vfs.listdir(f"{ROOT}/plain/_data") == []


# ---- sharing


def test_a_write_is_seen_through_every_other_mount_at_once(api: Api) -> None:
    api.run("one", Binds=["data:/a"])
    api.run("two", Binds=["data:/b"], VolumesFrom=["one:ro"])
    files_of(api, "one").write_file("/a/f", b"x")
    assert files_of(api, "two").read_file("/b/f") == b"x"
    assert files_of(api, "two").read_file("/a/f") == b"x"
    api.world.laptop.vfs.write_file(f"{ROOT}/data/_data/f", b"y")
    assert files_of(api, "one").read_file("/a/f") == b"y"
    with pytest.raises(Exception, match="Read-only file system"):
        files_of(api, "two").write_file("/a/f", b"z")


def test_a_missing_directory_of_the_host_is_made_for_root(api: Api) -> None:
    api.run("web", Binds=["/home/student/new/dir:/d"])
    stat = api.world.laptop.vfs.stat("/home/student/new/dir")
    assert (stat.kind, stat.uid, stat.mode) == ("directory", 0, 0o755)


def test_mounts_inside_mounts(api: Api) -> None:
    api.run("web", Binds=["inner:/o/i", "outer:/o"], Tmpfs={"/o/t": "size=1m"})
    files_of(api, "web").write_file("/o/i/f", b"x")
    assert api.world.laptop.vfs.listdir(f"{ROOT}/outer/_data") == ["i", "t"]
    assert api.world.laptop.vfs.listdir(f"{ROOT}/inner/_data") == ["f"]


def test_the_daemons_socket_can_be_mounted(api: Api) -> None:
    api.run("web", Binds=["/var/run/docker.sock:/run/docker.sock"])
    assert files_of(api, "web").stat("/run/docker.sock").kind == "socket"


# ---- what is shown


def test_mounts_of_inspect(api: Api) -> None:
    mounts: list[dict[str, Any]] = [{"Type": "tmpfs", "Target": "/t"}]
    api.run(
        "web",
        Binds=["data:/data", "/srv/x:/host:ro"],
        Mounts=mounts,
        Tmpfs={"/run": ""},
        config={"Volumes": {"/anon": {}}},
    )
    shown = {one["Destination"]: one for one in api("GET", "/containers/web/json").body["Mounts"]}
    assert shown["/data"] == {
        "Type": "volume",
        "Name": "data",
        "Source": f"{ROOT}/data/_data",
        "Destination": "/data",
        "Driver": "local",
        "Mode": "z",
        "RW": True,
        "Propagation": "",
    }
    assert shown["/host"] == {
        "Type": "bind",
        "Source": "/srv/x",
        "Destination": "/host",
        "Mode": "ro",
        "RW": False,
        "Propagation": "rprivate",
    }
    assert shown["/t"] == {
        "Type": "tmpfs", "Source": "", "Destination": "/t", "Mode": "", "RW": True, "Propagation": "",
    }  # fmt: skip
    assert len(shown["/anon"]["Name"]) == 64
    assert "/run" not in shown


def test_anonymous_volumes_go_where_that_is_asked(api: Api) -> None:
    config: dict[str, Any] = {"Volumes": {"/anon": {}}}
    api.run("kept", config=config)
    api("DELETE", "/containers/kept?force=1")
    assert len(api("GET", "/volumes").body["Volumes"]) == 1
    api.run("gone", config=config, Binds=["named:/n"])
    api("DELETE", "/containers/gone?force=1&v=1")
    names = [one["Name"] for one in api("GET", "/volumes").body["Volumes"]]
    assert len(names) == 2
    assert "named" in names


def test_a_container_that_cannot_be_created_leaves_no_volume(api: Api) -> None:
    answer = api.run("web", Binds=["data:/data", "more:/data"])
    assert (answer.status, answer.message) == (400, "Duplicate mount point: /data")
    assert [one for one in api.world.engine.volumes if one.refs] == []


def test_events(api: Api) -> None:
    api.run("web", "true", Binds=["data:/data"])
    web = api.world.engine.containers.get("web")
    while web.running:
        api.world.sim.env.step()
    api("DELETE", "/containers/web")
    api("DELETE", "/volumes/data")
    told = [one.message for one in api.world.trace if isinstance(one, e.EngineEvent)]
    mine = [one for one in told if one["Type"] == "volume"]
    assert [one["Action"] for one in mine] == ["create", "mount", "unmount", "destroy"]
    assert mine[1]["Actor"]["Attributes"] == {
        "container": web.id, "destination": "/data", "driver": "local", "propagation": "", "read/write": "true",
    }  # fmt: skip


# ---- options of the driver


def test_a_tmpfs_volume_lives_as_long_as_somebody_has_it_mounted(api: Api) -> None:
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m,uid=1000"}
    api("POST", "/volumes/create", {"Name": "tv", "DriverOpts": options})
    api.run("one", Binds=["tv:/t"])
    files_of(api, "one").write_file("/t/f", b"x")
    assert api.world.laptop.vfs.read_file(f"{ROOT}/tv/_data/f") == b"x"
    assert files_of(api, "one").stat("/t").uid == 1000
    api("DELETE", "/containers/one?force=1")
    assert api.world.laptop.vfs.listdir(f"{ROOT}/tv/_data") == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"type": "nfs", "o": "addr=10.0.0.9,rw", "device": ":/e"},
            f"mount :/e:{ROOT}/vv/_data, data: addr=10.0.0.9,rw: connection refused",
        ),
        (
            {"type": "none", "o": "bind", "device": "/nosuch"},
            f"mount /nosuch:{ROOT}/vv/_data, flags: 0x1000: no such file or directory",
        ),
        ({"type": "weird", "device": "x"}, f"mount x:{ROOT}/vv/_data: no such device"),
    ],
)
def test_what_cannot_be_mounted(api: Api, options: dict[str, str], words: str) -> None:
    api("POST", "/volumes/create", {"Name": "vv", "DriverOpts": options})
    answer = api.run(
        "web", Mounts=[{"Type": "volume", "Source": "vv", "Target": "/d", "VolumeOptions": {"NoCopy": True}}]
    )
    assert answer.status == 500
    assert answer.message == (f"error while mounting volume '{ROOT}/vv/_data': failed to mount local volume: {words}")


def test_what_cannot_be_mounted_cannot_be_filled(api: Api) -> None:
    options = {"type": "nfs", "o": "addr=10.0.0.9", "device": ":/e"}
    api("POST", "/volumes/create", {"Name": "vv", "DriverOpts": options})
    answer = api.run("web", Binds=["vv:/etc"])
    assert answer.status == 500
    assert answer.message.startswith("failed to populate volume: error while mounting volume ")
    assert api("GET", "/containers/json?all=1").body == []
    assert api("DELETE", "/volumes/vv").status == 204


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"Name": "x"}, 400,
         "create x: volume name is too short, names should be at least two alphanumeric characters"),
        ({"Name": "v", "Driver": "nosuch"}, 404,
         'create v: error looking up volume plugin nosuch: plugin "nosuch" not found'),
        ({"Name": "v3", "DriverOpts": {"nosuch": "1"}}, 400, 'create v3: invalid option: "nosuch"'),
        ({"Name": "v3", "DriverOpts": {"type": "none"}}, 400, 'create v3: missing required option: "device"'),
        ({"Name": "v3", "DriverOpts": {"size": "1g"}}, 400,
         "create v3: quota size requested but no quota support"),
    ],
)  # fmt: skip
def test_refused(api: Api, body: dict[str, Any], status: int, words: str) -> None:
    answer = api("POST", "/volumes/create", body)
    assert (answer.status, answer.message) == (status, words)


def test_a_file_on_a_directory(api: Api) -> None:
    api.world.laptop.vfs.write_file("/srv/file", b"")
    answer = api.run("web", Binds=["/srv/file:/etc"])
    assert answer.status == 400
    assert 'error mounting "/srv/file" to rootfs at "/etc"' in answer.message
    assert answer.message.endswith(
        ": not a directory: Are you trying to mount a directory onto a file (or vice-versa)? "
        "Check if the specified host path exists and is the expected type"
    )
    assert api("GET", "/containers/web/json").body["State"]["ExitCode"] == 127
