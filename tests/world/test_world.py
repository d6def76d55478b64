"""The world: one laptop from line to line, and what happens when a wire is cut."""

from __future__ import annotations

import re

import pytest

import dockersim
from dockersim.laws import check_all


@pytest.fixture
def world() -> dockersim.World:
    return dockersim.World(seed=0)


def test_directory_variables_and_functions_go_on_from_line_to_line(world: dockersim.World) -> None:
    world.sh("cd /tmp; x=1; f() { echo f$1; }")
    assert world.sh("echo $PWD $x; f 2").stdout == "/tmp 1\nf2\n"


def test_exit_ends_the_shell_and_the_next_line_gets_a_new_one(world: dockersim.World) -> None:
    assert world.sh("x=1; exit 4").exit_code == 4
    assert world.sh("echo [$x]").stdout == "[]\n"


def test_standard_input_reaches_the_line(world: dockersim.World) -> None:
    assert world.sh("cat; cat", stdin=b"hello\n").stdout == "hello\n"


def test_a_line_on_a_terminal_shows_what_a_terminal_shows(world: dockersim.World) -> None:
    result = world.sh("echo a; echo b >&2", tty=True)
    assert (result.stdout, result.stderr) == ("a\r\nb\r\n", "")


def test_a_line_that_does_not_end_comes_back_and_can_be_interrupted(world: dockersim.World) -> None:
    stuck = world.sh("docker run nginx")
    assert stuck.running
    assert stuck.note == "still running: docker run nginx"
    assert world.sh("docker ps --format '{{.Image}} {{.Command}}'").stdout.startswith("nginx ")
    ended = world.interrupt()
    assert ended.exit_code == 0
    assert world.sh("docker ps -q").stdout == ""
    with pytest.raises(ValueError, match="no line is running"):
        world.interrupt()


def masked(text: str) -> str:
    return re.sub(r"\b[0-9a-f]{12}\b|[0-9a-f]{64}", "ID", text)


HELLO_PULL = """\
Unable to find image 'hello-world:latest' locally
latest: Pulling from library/hello-world
ID: Pulling fs layer
ID: Verifying Checksum
ID: Download complete
ID: Pull complete
Digest: sha256:ID
Status: Downloaded newer image for hello-world:latest
"""


def test_the_first_and_the_second_run_print_what_real_docker_printed(world: dockersim.World) -> None:
    first, second = world.sh("docker run hello-world"), world.sh("docker run hello-world")
    assert masked(first.stderr) == HELLO_PULL
    assert second.stderr == ""
    assert first.stdout == second.stdout
    assert first.stdout.startswith("\nHello from Docker!\nThis message shows that your installation appears to be")
    assert first.exit_code == second.exit_code == 0


TRAILER = "\n\nRun 'docker run --help' for more information\n"
REFUSED = "docker: Error response from daemon: "


@pytest.mark.parametrize(
    ("line", "stderr", "status"),
    [
        (
            "docker run Foo",
            "docker: invalid reference format: repository name (library/Foo) must be lowercase" + TRAILER,
            125,
        ),
        ("docker run a::b", "docker: invalid reference format" + TRAILER, 125),
        (
            "docker run hello-world:nosuch",
            "Unable to find image 'hello-world:nosuch' locally\n"
            + REFUSED
            + "manifest for hello-world:nosuch not found: manifest unknown: manifest unknown"
            + TRAILER,
            125,
        ),
        (
            "docker run nosuchimage",
            "Unable to find image 'nosuchimage:latest' locally\n"
            + REFUSED
            + "pull access denied for nosuchimage, repository does not exist or may require 'docker login': denied: "
            + "requested access to the resource is denied"
            + TRAILER,
            125,
        ),
        (
            "docker run --nosuch hello-world",
            "unknown flag: --nosuch\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]" + TRAILER,
            125,
        ),
        (
            "docker run",
            "docker: 'docker run' requires at least 1 argument\n\n"
            + "Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nSee 'docker run --help' for more information\n",
            1,
        ),
    ],
)
def test_bad_input_gets_dockers_own_words(world: dockersim.World, line: str, stderr: str, status: int) -> None:
    result = world.sh(line)
    assert (result.stderr, result.stdout, result.exit_code) == (stderr, "", status)
    check_all(world)


@pytest.mark.parametrize("party", ["registry-1.docker.io", "auth.docker.io"])
def test_a_cut_wire_to_the_hub_is_dockers_own_error_and_leaves_nothing(world: dockersim.World, party: str) -> None:
    world.network.cut("daemon", party)
    result = world.sh("docker run hello-world")
    assert result.exit_code == 125
    assert "docker: Error response from daemon: " in result.stderr
    assert f'Get "https://{party}/' in result.stderr
    assert list(world.engine.content.walk()) == []
    check_all(world)
    world.network.mend("daemon", party)
    assert world.sh("docker run hello-world").exit_code == 0


def test_a_cut_wire_to_the_daemon(world: dockersim.World) -> None:
    world.network.cut("client", "daemon")
    result = world.sh("docker ps")
    assert result.stderr == (
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n"
    )
    assert result.exit_code == 1


def test_a_tampered_blob_is_refused_with_an_event(world: dockersim.World) -> None:
    world.sh("docker pull hello-world")
    world.sh("docker rmi hello-world")
    content = world.hub.registry.storage.content
    layer = next(digest for digest, _ in content.walk() if content.get(digest).startswith(b"\x1f\x8b"))
    content._blobs[layer] = (b"other bytes", content.media_type(layer))
    result = world.sh("docker run hello-world")
    assert result.exit_code == 125
    refused = [event for event in result.events if type(event).__name__ == "BlobRefused"]
    assert [event.expected for event in refused] == [layer]  # type: ignore[attr-defined]
    assert list(world.engine.content.walk()) == []


def test_private_registries_stand_beside_the_laptop() -> None:
    world = dockersim.World(seed=0, registries={"localhost:5000": {}, "localhost:5002": {"alice": "secret"}})
    world.sh("docker pull hello-world; docker tag hello-world localhost:5000/mine")
    assert world.sh("docker push -q localhost:5000/mine").exit_code == 0
    assert world.sh("docker pull localhost:5002/mine").exit_code == 1


def test_the_trace_can_be_bounded() -> None:
    world = dockersim.World(seed=0, trace_limit=50)
    for _ in range(3):
        world.sh("docker run --rm hello-world")
    assert len(world.trace) <= 100
    check_all(world)


def test_what_is_not_simulated_says_so(world: dockersim.World) -> None:
    result = world.sh("docker buildx bake")
    assert result.exit_code == 125
    assert "not simulated" in result.stderr
