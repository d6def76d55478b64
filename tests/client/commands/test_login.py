"""``docker login``, ``logout`` and ``search`` against registries with and without users; words as recorded."""

from __future__ import annotations

import pytest

from dockersim.world import World

INSECURE = "WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n"
UNENCRYPTED = (
    "\nWARNING! Your credentials are stored unencrypted in '/home/student/.docker/config.json'.\n"
    "Configure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n\n"
)
STORED = '{\n\t"auths": {\n\t\t"localhost:5002": {\n\t\t\t"auth": "YWxpY2U6c2VjcmV0"\n\t\t}\n\t}\n}'
REFUSED = "Error response from daemon: login attempt to http://localhost:5002/v2/ failed with status: 401 Unauthorized"


@pytest.fixture
def world() -> World:
    return World(seed=0, registries={"localhost:5000": {}, "localhost:5002": {"alice": "secret"}})


def test_a_password_is_checked_kept_used_and_forgotten(world: World) -> None:
    wrong = world.sh("docker login -u alice -p wrong localhost:5002")
    assert (wrong.stdout, wrong.stderr, wrong.exit_code) == ("", f"{INSECURE}{REFUSED}\n", 1)
    right = world.sh("docker login -u alice -p secret localhost:5002")
    assert (right.stdout, right.stderr) == ("Login Succeeded\n", INSECURE + UNENCRYPTED)
    assert world.sh("cat .docker/config.json").stdout == STORED
    assert world.laptop.vfs.stat("/home/student/.docker/config.json").mode == 0o600
    again = world.sh("docker login localhost:5002")
    assert again.stdout == "Login Succeeded\n"
    assert again.stderr == (
        "Authenticating with existing credentials... [Username: alice]\n\n"
        " Info -> To login with a different account, run 'docker logout' followed by 'docker login'\n\n\n"
    )
    world.sh("docker pull -q hello-world && docker tag hello-world localhost:5002/app")
    assert world.sh("docker push -q localhost:5002/app").stdout == "localhost:5002/app:latest\n"
    assert world.sh("docker logout localhost:5002").stdout == "Removing login credentials for localhost:5002\n"
    denied = world.sh("docker push localhost:5002/app")
    assert (denied.stderr, denied.exit_code) == ("no basic auth credentials\n", 1)
    assert world.sh("docker logout").stdout == "Removing login credentials for https://index.docker.io/v1/\n"


def test_a_password_from_standard_input(world: World) -> None:
    result = world.sh("docker login -u alice --password-stdin localhost:5002", stdin=b"secret\n")
    assert (result.stdout, result.stderr) == ("Login Succeeded\n", UNENCRYPTED)


def test_a_password_typed_on_a_terminal_is_not_shown(world: World) -> None:
    result = world.sh("docker login localhost:5002", stdin=b"alice\rsecret\r", tty=True)
    shown = UNENCRYPTED.replace("\n", "\r\n")
    assert result.stdout.endswith(f"Username: alice\r\nPassword: \r\n{shown}Login Succeeded\r\n")


@pytest.mark.parametrize(
    ("line", "stderr"),
    [
        ("login localhost:5002", "Error: Cannot perform an interactive login from a non TTY device\n"),
        ("login --password-stdin localhost:5002", "the --password-stdin option requires --username to be set\n"),
        ("login -u a -p b --password-stdin", "conflicting options: cannot specify both --password and "
         "--password-stdin\n"),
        ("login -u a -p '' localhost:5002", "password is empty\n"),
        ("login -u '' -p x localhost:5002", "username is empty\n"),
        ("login -u bob -p x localhost:5999", INSECURE + 'Error response from daemon: Get "http://localhost:5999/v2/": '
         "dial tcp [::1]:5999: connect: connection refused\n"),
        ("search --limit 1000 nginx", "Error response from daemon: limit 1000 is outside the range of [1, 100]\n"),
    ],
)  # fmt: skip
def test_refusals(world: World, line: str, stderr: str) -> None:
    result = world.sh(f"docker {line}")
    assert (result.stdout, result.stderr, result.exit_code) == ("", stderr, 1)


def test_search_lists_what_the_hub_has(world: World) -> None:
    first, second = world.sh("docker search --limit 1 nginx").stdout.splitlines()
    assert first.split() == ["NAME", "DESCRIPTION", "STARS", "OFFICIAL"]
    assert second.startswith("nginx ")
    assert second.endswith("[OK]")
