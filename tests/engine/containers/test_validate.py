"""Create requests that are refused, and update requests: dockerd's words; whatever is sent, no fault."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.engine.containers import validate
from dockersim.engine.containers.launch import cpu_set
from dockersim.errors import InvalidParameter
from dockersim.testing.engine import Api

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"Memory": 1 << 20}, "Minimum memory limit allowed is 6MB"),
    (
        {"Memory": 64 << 20, "MemorySwap": 32 << 20},
        "Minimum memoryswap limit should be larger than memory limit, see usage",
    ),
    ({"MemorySwap": 1 << 30}, "You should always set the Memory limit when using Memoryswap limit, see usage"),
    ({"NanoCpus": 100 * 10**9}, "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"),
    ({"CpusetCpus": "0-50"}, "Requested CPUs are not available - requested 0-50, available: 0-1"),
    ({"CpusetCpus": "x"}, "Invalid value x for cpuset cpus: invalid format: x"),
    ({"CpuPeriod": 1}, "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)"),
    ({"BlkioWeight": 5}, "Range of blkio weight is from 10 to 1000"),
    ({"CapAdd": ["NOSUCH"]}, 'invalid CapAdd: unknown capability: "CAP_NOSUCH"'),
    ({"Runtime": "nosuch"}, "unknown or invalid runtime name: nosuch"),
    ({"PidMode": "container:nosuch"}, "No such container: nosuch"),
    ({"IpcMode": "nosuch"}, "invalid IPC mode: nosuch"),
    ({"OomScoreAdj": 2000}, "Invalid value 2000, range for oom score adj is [-1000, 1000]"),
    ({"LogConfig": {"Type": "nosuch"}}, 'error looking up logging plugin nosuch: plugin "nosuch" not found'),
    ({"LogConfig": {"Type": "json-file", "Config": {"a": "1"}}}, "unknown log opt 'a' for json-file log driver"),
    (
        {"AutoRemove": True, "RestartPolicy": {"Name": "always"}},
        "can't create 'AutoRemove' container with restart policy",
    ),
    (
        {"RestartPolicy": {"Name": "sometimes"}},
        "invalid restart policy: unknown policy 'sometimes'; "
        "use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
    ),
    (
        {"RestartPolicy": {"Name": "always", "MaximumRetryCount": 3}},
        "invalid restart policy: maximum retry count can only be used with 'on-failure'",
    ),
]  # fmt: skip
OF_THE_COMMAND: list[tuple[dict[str, Any], str]] = [
    ({"WorkingDir": "rel"}, "the working directory 'rel' is invalid, it needs to be an absolute path"),
    ({"StopSignal": "NOSUCH"}, "invalid signal: NOSUCH"),
    ({"Env": ["=x"]}, "invalid environment variable: =x"),
    ({"Healthcheck": {"Test": ["CMD", "x"], "Interval": 1000}}, "Interval in Healthcheck cannot be less than 1ms"),
]


@pytest.mark.parametrize(("host", "words"), REFUSED, ids=[words[:40] for _, words in REFUSED])
def test_the_hosts_part(api: Api, host: dict[str, Any], words: str) -> None:
    answer = api("POST", "/containers/create", {"Image": "busybox", "Cmd": ["true"], "HostConfig": host})
    assert (answer.status, answer.message) == (400, words)


@pytest.mark.parametrize(("config", "words"), OF_THE_COMMAND, ids=[words[:40] for _, words in OF_THE_COMMAND])
def test_the_commands_part(api: Api, config: dict[str, Any], words: str) -> None:
    answer = api("POST", "/containers/create", {"Image": "busybox", "Cmd": ["true"], **config})
    assert (answer.status, answer.message) == (400, words)


NUMBERS = "Memory MemorySwap MemoryReservation NanoCpus CpuPeriod CpuQuota CpuShares BlkioWeight OomScoreAdj".split()
HOSTS = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.integers(-(2**40), 2**40) | st.none() for name in NUMBERS},
        "CpusetCpus": st.text("0123456789,-x", max_size=8),
        "IpcMode": st.text(max_size=12),
        "PidMode": st.sampled_from(["", "host", "container:", "x"]),
        "RestartPolicy": st.fixed_dictionaries({"Name": st.text(max_size=10), "MaximumRetryCount": st.integers(-2, 9)}),
        "CapAdd": st.lists(st.sampled_from(["ALL", "NET_ADMIN", "cap_kill", "x", ""]), max_size=3) | st.none(),
        "NetworkMode": st.sampled_from(["", "host", "container:x", "none"]),
    },
)


@given(HOSTS)
def test_a_request_is_right_or_refused(host: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidParameter):
        assert all(validate.create({"HostConfig": host}, 2))


@given(st.sets(st.integers(0, 200), max_size=20))
def test_cpu_sets(cpus: set[int]) -> None:
    assert cpu_set(",".join(map(str, cpus))) == cpus
    if cpus:
        low, high = min(cpus), max(cpus)
        assert cpu_set(f"{low}-{high}") == set(range(low, high + 1))


def test_a_security_option_that_is_none(api: Api) -> None:
    answer = api("POST", "/containers/create", {"Image": "busybox", "HostConfig": {"SecurityOpt": ["nosuch=1"]}})
    assert (answer.status, answer.message) == (500, 'invalid --security-opt 2: "nosuch=1"')


def test_update(api: Api) -> None:
    api.run("it", Memory=64 << 20)
    whole = api("GET", "/containers/it/json").body["Id"]
    refusal = api("POST", "/containers/it/update", {"Memory": 256 << 20})
    assert (refusal.status, refusal.message) == (
        409,
        f"Cannot update container {whole}: Memory limit should be smaller than already set memoryswap limit, "
        "update the memoryswap at the same time",
    )
    assert api("POST", "/containers/it/update", {"Memory": 1}).message == "Minimum memory limit allowed is 6MB"
    assert api("POST", "/containers/nosuch/update", {}).message == "No such container: nosuch"
    change = {"Memory": 32 << 20, "NanoCpus": 1_500_000_000, "PidsLimit": 7, "CpusetCpus": "0"}
    assert api("POST", "/containers/it/update", change).body == {"Warnings": None}
    host = api("GET", "/containers/it/json").body["HostConfig"]
    assert {key: host[key] for key in change} == change
    computer = api.world.engine.containers.get("it").run.computer
    assert (computer.memory_limit, computer.pids_limit, computer.cpu_share, computer.cpus) == (32 << 20, 7, 1.5, 1)
    assert api("POST", "/containers/it/update", {"CpuQuota": 50_000}).message == (
        f"Cannot update container {whole}: Conflicting options: "
        "CPU Quota cannot be updated as NanoCPUs has already been set"
    )
