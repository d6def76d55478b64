"""``docker update``."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.flags.policy import restart
from dockersim.client.paths import path_of
from dockersim.client.transport import Failure

Steps = Generator[Any, Any, int]


def update(cli: Cli) -> Steps:
    """Change limits and restart policies of containers that are there."""
    options = cli.options
    if not options.given:
        raise Failure("you must provide one or more flags when using this command")
    try:
        policy = restart(options["restart"])
    except ValueError as error:
        raise Failure(str(error)) from None
    request = {
        "CpuShares": options["cpu-shares"],
        "Memory": options["memory"],
        "NanoCpus": options["cpus"],
        "CgroupParent": "",
        "BlkioWeight": options["blkio-weight"],
        "BlkioWeightDevice": None,
        "BlkioDeviceReadBps": None,
        "BlkioDeviceWriteBps": None,
        "BlkioDeviceReadIOps": None,
        "BlkioDeviceWriteIOps": None,
        "CpuPeriod": options["cpu-period"],
        "CpuQuota": options["cpu-quota"],
        "CpuRealtimePeriod": options["cpu-rt-period"],
        "CpuRealtimeRuntime": options["cpu-rt-runtime"],
        "CpusetCpus": options["cpuset-cpus"],
        "CpusetMems": options["cpuset-mems"],
        "Devices": None,
        "DeviceCgroupRules": None,
        "DeviceRequests": None,
        "MemoryReservation": options["memory-reservation"],
        "MemorySwap": options["memory-swap"],
        "MemorySwappiness": None,
        "OomKillDisable": None,
        "PidsLimit": options["pids-limit"] if options.changed("pids-limit") else None,
        "Ulimits": None,
        "CpuCount": 0,
        "CpuPercent": 0,
        "IOMaximumIOps": 0,
        "IOMaximumBandwidth": 0,
        "RestartPolicy": policy,
    }
    return (yield from _update_all(cli, request))


def _update_all(cli: Cli, request: dict[str, Any]) -> Steps:
    warnings: list[str] = []
    failures = []
    for name in cli.args:
        try:
            answer = yield from cli.daemon.post(path_of("container", name, "update"), body=request)
        except Failure as failure:
            failures.append(str(failure))
            continue
        cli.print(name)
        warnings += answer["Warnings"] or ()
    if warnings:
        cli.print("\n".join(warnings))
    if failures:
        raise Failure("\n".join(failures))
    return 0
