"""Contexts, hosts, log levels and the like: words as docker/cli 28 printed them."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.client.contexts import parse_host
from dockersim.client.transport import Failure
from dockersim.world import World

META = "/home/student/.docker/contexts/meta"


def _place(name: str) -> str:
    return f"{META}/{hashlib.sha256(name.encode()).hexdigest()}"


@pytest.fixture
def world() -> World:
    return World(seed=0)


def test_a_context_is_made_used_and_removed(world: World) -> None:
    made = world.sh("docker context create other --docker host=tcp://127.0.0.1:1 --description 'some words'")
    assert (made.stdout, made.stderr) == ("other\n", 'Successfully created context "other"\n')
    assert world.sh("docker context ls --format '{{.Name}}|{{.Current}}|{{.DockerEndpoint}}'").stdout == (
        "default|true|unix:///var/run/docker.sock\nother|false|tcp://127.0.0.1:1\n"
    )
    used = world.sh("docker context use other")
    assert (used.stdout, used.stderr) == ("other\n", 'Current context is now "other"\n')
    assert world.sh("docker context show").stdout == "other\n"
    lost = world.sh("docker ps")
    assert lost.stderr == "Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?\n"
    assert world.sh("docker -c default ps -q").exit_code == 0
    kept = world.sh("docker context rm other")
    assert kept.stderr == 'context "other" is in use, set -f flag to force remove\n'
    assert world.sh("docker context use default; docker context rm other").stdout == "default\nother\n"
    assert world.sh("cat .docker/config.json").stdout == '{\n\t"auths": {}\n}'


def test_a_context_goes_through_an_archive(world: World) -> None:
    world.sh("docker context create one --docker host=tcp://far:2376 --description far")
    assert world.sh("docker context export one").stderr == 'Written file "one.dockercontext"\n'
    assert world.sh("docker context export one").stderr == "open one.dockercontext: file exists\n"
    world.sh("docker context import two one.dockercontext && docker context export two - > two.tar")
    world.sh("docker context import three - < two.tar")
    first, third = (json.loads(world.sh(f"docker context inspect {name}").stdout)[0] for name in ("one", "three"))
    assert (first["Metadata"], first["Endpoints"]) == (third["Metadata"], third["Endpoints"])
    assert third["Storage"]["MetadataPath"] == _place("three")


@pytest.mark.parametrize(
    ("line", "stderr"),
    [
        ("context create default", '"default" is a reserved context name\n'),
        ("context create x", 'context name "x" is invalid, names are validated against regexp '
         '"^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$"\n'),
        ("context create yy --docker host=foo", "unable to create docker endpoint config: unable to apply docker "
         "endpoint options: unable to parse docker host `foo`\n"),
        ("context create yy --docker nosuch=1", "unable to create docker endpoint config: unrecognized config key: "
         "nosuch\n"),
        ("context use nosuch", f'context "nosuch": context not found: open {_place("nosuch")}/meta.json: no such file '
         "or directory\n"),
        ("context rm default", 'context "default" cannot be removed\n'),
        ("context rm nosuch", 'context "nosuch" does not exist\n'),
        ("-c nosuch ps", 'Failed to initialize: unable to resolve docker endpoint: context "nosuch": context not '
         f"found: open {_place('nosuch')}/meta.json: no such file or directory\n"),
        ("-H nosuch://x ps", "Failed to initialize: unable to resolve docker endpoint: invalid bind address format: "
         "nosuch://x\n"),
        ("-H a -H b ps", "Failed to initialize: unable to resolve docker endpoint: Specify only one -H\n"),
        ("-H tcp://h:1 -c x ps", "conflicting options: cannot specify both --host and --context\n"),
        ("-H unix:///no.sock ps", "Cannot connect to the Docker daemon at unix:///no.sock. Is the docker daemon "
         "running?\n"),
        ("-l nosuch ps", "Unable to parse logging level: nosuch\n"),
        ("--tls ps", "Failed to initialize: unable to resolve docker endpoint: open /home/student/.docker/ca.pem: "
         "no such file or directory\n"),
    ],
)  # fmt: skip
def test_refusals(world: World, line: str, stderr: str) -> None:
    result = world.sh(f"docker {line}")
    assert (result.stdout, result.stderr, result.exit_code) == ("", stderr, 1)


def test_the_environment_chooses_too(world: World) -> None:
    assert world.sh("DOCKER_CONTEXT=nope docker context show").stdout == "nope\n"
    listed = world.sh("DOCKER_HOST=tcp://127.0.0.1:1 docker context ls")
    assert "default *   Current DOCKER_HOST based configuration   tcp://127.0.0.1:1" in listed.stdout
    assert listed.stderr.startswith("Warning: DOCKER_HOST environment variable overrides the active context. ")
    assert (
        "API version:       1.24 (downgraded from 1.50)\n" in world.sh("DOCKER_API_VERSION=1.24 docker version").stdout
    )
    old = world.sh("DOCKER_API_VERSION=1.12 docker ps").stderr
    assert old == (
        "Error response from daemon: client version 1.12 is too old. Minimum supported API version is 1.24, "
        "please upgrade your client to a newer version\n"
    )


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("", "unix:///var/run/docker.sock"),
        ("unix://", "unix:///var/run/docker.sock"),
        (":1", "tcp://localhost:1"),
        ("far", "tcp://far:2375"),
        ("tcp://", "tcp://localhost:2375"),
        ("tcp://127.0.0.1:1/v", "tcp://127.0.0.1:1/v"),
    ],
)
def test_addresses_are_completed(text: str, host: str) -> None:
    assert parse_host(text) == host


@given(st.text(max_size=20))
def test_an_address_is_completed_once_or_refused(text: str) -> None:
    try:
        host = parse_host(text)
    except Failure:
        return
    assert parse_host(host) == host
