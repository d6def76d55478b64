"""Redis: the store, its protocol, its server and its command line."""

from __future__ import annotations

from dockersim.userland.programs.servers.redis.cli import redis_cli
from dockersim.userland.programs.servers.redis.server import redis_server

__all__ = ["redis_cli", "redis_server"]
