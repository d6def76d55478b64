"""Published ports as the laptop sees them: a docker-proxy for each, which listens."""

from __future__ import annotations

import dockersim


def proxies(world: dockersim.World) -> list[list[str]]:
    lines = world.sh("ps -eo args").stdout.splitlines()
    return [line.split()[1:] for line in lines if line.startswith("/usr/bin/docker-proxy")]


def test_each_published_port_has_its_proxies_as_long_as_it_is_published() -> None:
    world = dockersim.World(seed=0)
    world.sh("docker pull -q nginx; docker run -d --name web -p 8099:80 -p 127.0.0.1:9000:9000/udp nginx")
    assert [words[3:6:2] + words[7:8] for words in proxies(world)] == [
        ["0.0.0.0", "8099", "172.17.0.2"],
        ["::", "8099", "172.17.0.2"],
        ["127.0.0.1", "9000", "172.17.0.2"],
    ]
    rows = [line.split() for line in world.sh("sudo ss -ltunpH").stdout.splitlines()]
    assert [row[4] for row in rows] == ["0.0.0.0:8099", "[::]:8099", "127.0.0.1:9000"]
    assert all("docker-proxy" in row[6] for row in rows)
    assert "docker-proxy" not in world.sh("ss -ltunp").stdout  # another user's processes are not told
    world.sh("docker network create n1; docker network connect n1 web; docker network disconnect bridge web")
    assert {words[7] for words in proxies(world)} == {"172.18.0.2"}
    world.sh("docker stop web")
    assert proxies(world) == []
    assert world.sh("sudo ss -ltunH").stdout == ""
