"""Further commands in a container: what they get, how they end, and what is refused in which words."""

from __future__ import annotations

from typing import Any

import pytest

from dockersim.testing.engine import Api
from dockersim.trace import events as e
from dockersim.wire import Request
from dockersim.wire.frames import Decoder
from dockersim.world import World


def create(api: Api, *command: str, **more: Any) -> str:
    body = {"Cmd": list(command), "AttachStdout": True, "AttachStderr": True, **more}
    made = api("POST", "/containers/it/exec", body)
    assert made.status == 201
    identity: str = made.body["Id"]
    return identity


def output(world: World, identity: str) -> list[tuple[int, bytes]]:
    """Start a command and read its streams to the end."""
    head = {"Content-Type": "application/json", "Connection": "Upgrade", "Upgrade": "tcp"}
    answer: Any = world.engine.service.handler(Request("POST", f"/v1.51/exec/{identity}/start", head, b"{}"))
    assert answer.status == 101

    def read() -> Any:
        data = b""
        while chunk := (yield from answer.upgrade.receive()):
            data += chunk
        return data

    done = world.sim.process(read())
    while not done.processed:
        world.sim.env.step()
    return Decoder().feed(done.value)


def test_streams_status_and_events(world: World, api: Api) -> None:
    api.run("it")
    identity = create(api, "sh", "-c", "echo out; echo err >&2; exit 9")
    assert output(world, identity) == [(1, b"out\n"), (2, b"err\n")]
    seen = api("GET", f"/exec/{identity}/json").body
    assert list(seen) == (
        "ID Running ExitCode ProcessConfig OpenStdin OpenStderr OpenStdout CanRemove ContainerID DetachKeys Pid".split()
    )
    assert (seen["Running"], seen["ExitCode"]) == (False, 9)
    told = [event.message for event in world.trace if isinstance(event, e.EngineEvent)]
    actions = [message["Action"] for message in told if message["Action"].startswith("exec")]
    command = "sh -c echo out; echo err >&2; exit 9"
    assert actions == [f"exec_create: {command}", f"exec_start: {command}", "exec_die"]
    assert told[-1]["Actor"]["Attributes"] == {"execID": identity, "exitCode": "9", "image": "busybox", "name": "it"}


def test_user_directory_and_environment(world: World, api: Api) -> None:
    api.run("it", config={"Env": ["A=run", "B=run"], "WorkingDir": "/tmp"})
    script = "id -u; pwd; echo $A $B $HOME"
    own = create(api, "sh", "-c", script)
    assert output(world, own)[0][1] == b"0\n" or b"".join(data for _, data in output(world, own))
    other = create(api, "sh", "-c", script, User="1234:5678", WorkingDir="/etc", Env=["B=exec"])
    assert b"".join(data for _, data in output(world, other)) == b"1234\n/etc\nrun exec /\n"


def test_privileges_are_of_the_command_only(world: World, api: Api) -> None:
    api.run("it")
    for privileged, mask in ((True, b"000001ffffffffff"), (False, b"00000000a80425fb")):
        identity = create(api, "grep", "CapEff", "/proc/self/status", Privileged=privileged)
        assert mask in output(world, identity)[0][1]


@pytest.mark.parametrize(
    ("command", "more", "words", "status"),
    [
        (["nosuch"], {}, 'exec: "nosuch": executable file not found in $PATH', 127),
        (["/etc/passwd"], {}, 'exec: "/etc/passwd": permission denied', 126),
        (["/nosuch"], {}, 'exec: "/nosuch": stat /nosuch: no such file or directory', 127),
        (
            ["pwd"],
            {"WorkingDir": "/nosuch"},
            'chdir to cwd ("/nosuch") set in config.json failed: no such file or directory',
            127,
        ),
    ],
)
def test_what_cannot_start_says_so_in_the_stream(
    world: World, api: Api, command: list[str], more: dict[str, Any], words: str, status: int
) -> None:
    api.run("it")
    identity = create(api, *command, **more)
    prefix = "OCI runtime exec failed: exec failed: unable to start container process: "
    assert output(world, identity) == [(1, f"{prefix}{words}\r\n".encode())]
    assert api("GET", f"/exec/{identity}/json").body["ExitCode"] == status
    refusal = api("POST", f"/exec/{create(api, *command, **more)}/start", {"Detach": True})
    assert (refusal.status, refusal.message) == (400, prefix + words)


def test_refusals(world: World, api: Api) -> None:
    api.run("it")
    whole = api("GET", "/containers/it/json").body["Id"]

    def refused(body: dict[str, Any] | None = None) -> tuple[int, str]:
        answer = api("POST", "/containers/it/exec", body or {"Cmd": ["true"]})
        return answer.status, answer.message

    assert refused({"Cmd": []}) == (400, "No exec command specified")
    words = "unable to find user nosuch: no matching entries in passwd file"
    assert refused({"Cmd": ["id"], "User": "nosuch"}) == (400, words)
    assert refused({"Cmd": ["id"], "DetachKeys": "x,yy"}) == (500, "Invalid escape keys (x,yy) provided")
    assert api("POST", "/exec/nosuch/start", {}).message == "No such exec instance: nosuch"
    identity = create(api, "true")
    output(world, identity)
    assert output(world, identity) == [(1, f"exec command {identity} has already run\r\n".encode())]
    late = create(api, "true")
    api("POST", "/containers/it/pause")
    assert refused() == (409, "Container it is paused, unpause the container before exec")
    api("POST", "/containers/it/kill")
    assert refused() == (409, f"container {whole} is not running")
    assert api("POST", f"/exec/{late}/start", {}).status == 409


def test_it_dies_with_the_container_and_is_listed_while_it_lives(world: World, api: Api) -> None:
    api.run("it")
    identity = create(api, "sleep", "1000")
    api("POST", f"/exec/{identity}/start", {"Detach": True})
    assert api("GET", "/containers/it/json").body["ExecIDs"] == [identity]
    assert api("GET", f"/exec/{identity}/json").body["Running"]
    api("POST", "/containers/it/kill")
    world.sim.env.run(until=world.sim.now + 1)
    assert api("GET", f"/exec/{identity}/json").body["ExitCode"] == 137
    assert api("GET", "/containers/it/json").body["ExecIDs"] is None
