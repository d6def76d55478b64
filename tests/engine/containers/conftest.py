"""A world with busybox on it, and its daemon asked directly."""

from __future__ import annotations

import pytest

from dockersim.testing.engine import Api
from dockersim.world import World


@pytest.fixture
def world() -> World:
    world = World(seed=0)
    assert world.sh("docker pull -q busybox").exit_code == 0
    return world


@pytest.fixture
def api(world: World) -> Api:
    return Api(world)
