"""What passes over connections that do not speak HTTP is in the trace, too."""

from __future__ import annotations

import dockersim
from dockersim.story.words import sentence
from dockersim.trace import events as e


def test_what_a_client_of_redis_says_can_be_read() -> None:
    world = dockersim.World(seed=0)
    world.sh("docker network create n; docker run -d --name cache --network n redis:alpine")
    said = world.sh("docker run --rm --network n redis:alpine redis-cli -h cache set colour blue").events
    cache = world.engine.containers.get("cache").id
    opened = [event for event in said if isinstance(event, e.ConnectionOpened)]
    assert [(event.target, event.port, event.protocol) for event in opened] == [(cache, 6379, "tcp")]
    data = [event for event in said if isinstance(event, e.DataSent)]
    assert {event.connection for event in data} == {opened[0].connection}
    sent = b"".join(event.data for event in data if event.target == cache)
    assert sent.endswith(b"*3\r\n$3\r\nset\r\n$6\r\ncolour\r\n$4\r\nblue\r\n")
    assert [event.data for event in data if event.source == cache][-1] == b"+OK\r\n"
    assert sentence(data[-1]).endswith(": +OK")
    assert "connected to port 6379" in sentence(opened[0])
