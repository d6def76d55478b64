"""Looking inside: top as the host's ps, stats as the cgroup counts, and limits as they show in a container."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dockersim.testing.engine import Api
from dockersim.wire import Request
from dockersim.world import World


def test_top(api: Api) -> None:
    api.run("it", "sh", "-c", "sleep 1000 & wait")
    api.world.sim.env.run(until=api.world.sim.now + 1)
    pid = api("GET", "/containers/it/json").body["State"]["Pid"]
    seen = api("GET", "/containers/it/top").body
    assert seen["Titles"] == ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
    assert [(row[0], row[7]) for row in seen["Processes"]] == [
        ("root", "sh -c sleep 1000 & wait"),
        ("root", "sleep 1000"),
    ]
    assert seen["Processes"][0][1] == seen["Processes"][1][2] == str(pid)
    chosen = api("GET", "/containers/it/top?ps_args=-o+pid,comm").body
    assert chosen["Titles"] == ["PID", "COMMAND"]
    assert [row[1] for row in chosen["Processes"]] == ["sh", "sleep"]
    assert api("GET", "/containers/it/top?ps_args=aux").body["Titles"][-1] == "COMMAND"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ("-nosuch", 500, "ps: error: unsupported SysV option"),
        ("-o+comm", 500, "Couldn't find PID field in ps output"),
        ("-o+pid,nosuch", 500, 'ps: error: unknown user-defined format specifier "nosuch"'),
        ("-o+x=PID", 400, 'specifying "x=PID" is not allowed'),
    ],
)
def test_top_refuses(api: Api, arguments: str, status: int, words: str) -> None:
    api.run("it")
    answer = api("GET", f"/containers/it/top?ps_args={arguments}")
    assert (answer.status, answer.message) == (status, words)


def test_top_of_what_does_not_run(api: Api) -> None:
    made = api("POST", "/containers/create?name=it", {"Image": "busybox", "Cmd": ["true"]}).body["Id"]
    answer = api("GET", "/containers/it/top")
    assert (answer.status, answer.message) == (409, f"container {made} is not running")


def test_stats_count_cpu_memory_and_processes(world: World, api: Api) -> None:
    api.run("busy", "sh", "-c", "while :; do :; done", Memory=64 << 20, PidsLimit=9)
    seen = api("GET", "/containers/busy/stats?stream=0").body
    used = seen["cpu_stats"]["cpu_usage"]["total_usage"] - seen["precpu_stats"]["cpu_usage"]["total_usage"]
    whole = seen["cpu_stats"]["system_cpu_usage"] - seen["precpu_stats"]["system_cpu_usage"]
    assert whole == pytest.approx(2e9)  # a second of two CPUs
    assert used == pytest.approx(1e9, rel=0.1)
    computer = world.engine.containers.get("busy").run.computer
    assert seen["memory_stats"]["usage"] == computer.memory_used
    assert (seen["memory_stats"]["limit"], seen["pids_stats"]) == (64 << 20, {"current": 1, "limit": 9})
    assert list(seen["networks"]) == ["eth0"]


def test_stats_of_what_does_not_run_are_nothing(api: Api) -> None:
    made = api("POST", "/containers/create?name=it", {"Image": "busybox", "Cmd": ["true"]}).body["Id"]
    seen = api("GET", "/containers/it/stats?stream=0").body
    assert (seen["id"], seen["name"], seen["read"]) == (made, "/it", "0001-01-01T00:00:00Z")
    assert (seen["pids_stats"], seen["memory_stats"]) == ({}, {})


def test_stats_stream_once_a_second_until_the_container_is_removed(world: World, api: Api) -> None:
    api.run("it")
    answer: Any = world.engine.service.handler(Request("GET", "/v1.51/containers/it/stats"))
    got: list[tuple[float, dict[str, Any]]] = []

    def read() -> Any:
        while chunk := (yield from answer.body.receive()):
            got.append((world.sim.now, json.loads(chunk)))

    done = world.sim.process(read())
    world.sim.env.run(until=world.sim.now + 3.5)
    api("DELETE", "/containers/it?force=1")
    world.sim.env.run(until=world.sim.now + 2)
    assert done.processed
    times = [now for now, _ in got]
    assert [round(later - times[0]) for later in times] == list(range(len(times)))
    assert len(times) == 4
    assert got[0][1]["preread"] == "0001-01-01T00:00:00Z"
    assert got[2][1]["preread"] == got[1][1]["read"]


@pytest.mark.parametrize(
    ("flags", "command", "printed"),
    [
        ("--cpuset-cpus 0", "nproc", "1\n"),
        ("--cpus 0.5", "cat /sys/fs/cgroup/cpu.max", "50000 100000\n"),
        ("-m 64m", "cat /sys/fs/cgroup/memory.max", "67108864\n"),
        ("--pids-limit 10", "cat /sys/fs/cgroup/pids.max", "10\n"),
        ("--ulimit nofile=100:200", "sh -c 'ulimit -n; ulimit -Hn'", "100\n200\n"),
        ("--security-opt no-new-privileges", "grep NoNewPrivs /proc/1/status", "NoNewPrivs:\t1\n"),
        ("--cap-drop ALL --cap-add NET_ADMIN", "grep CapEff /proc/1/status", "CapEff:\t0000000000001000\n"),
        ("--sysctl net.ipv4.ip_forward=0", "cat /proc/sys/net/ipv4/ip_forward", "0\n"),
        ("--hostname myhost", "hostname", "myhost\n"),
        ("--uts host", "hostname", "laptop\n"),
        ("--group-add 44 --group-add daemon", "id -G", "0 1 44\n"),
        ("--init", "cut -c 1-22 /proc/1/cmdline", "/sbin/docker-init\0--\0c\n"),
    ],
)  # fmt: skip
def test_limits_show(world: World, flags: str, command: str, printed: str) -> None:
    result = world.sh(f"docker run --rm {flags} busybox {command}")
    assert (result.stdout, result.stderr, result.exit_code) == (printed, "", 0)


def test_process_numbers_are_shared(world: World) -> None:
    world.sh("docker run -d --name first busybox sleep 1000")
    seen = world.sh("docker run --rm --pid container:first busybox ps -o args").stdout
    assert seen.splitlines() == ["COMMAND", "sleep 1000", "ps -o args"]
    assert world.sh("docker exec first true").exit_code == 0
    assert "init" in world.sh("docker run --rm --pid host busybox ps -o args").stdout


def test_no_more_processes_than_allowed(world: World) -> None:
    result = world.sh("docker run --rm --pids-limit 3 busybox sh -c 'for i in 1 2 3 4 5; do sleep 1 & done; wait'")
    assert "Resource temporarily unavailable" in result.stderr


@pytest.mark.parametrize(
    ("driver", "why"),
    [
        ("journald", "journald is not enabled on this host"),
        ("fluentd", "dial tcp 127.0.0.1:24224: connect: connection refused"),
    ],
)
def test_logging_drivers_that_find_nobody(world: World, driver: str, why: str) -> None:
    result = world.sh(f"docker run --log-driver {driver} busybox true")
    words = f"failed to create task for container: failed to initialize logging driver: {why}"
    assert result.stderr.startswith(f"docker: Error response from daemon: {words}\n")
