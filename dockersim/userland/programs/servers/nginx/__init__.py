"""nginx: a master and its workers, static files, a reverse proxy."""

from __future__ import annotations

from dockersim.userland.programs.servers.nginx.main import nginx

__all__ = ["nginx"]
