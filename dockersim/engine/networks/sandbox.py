"""A sandbox: the network side of one run of a container (libnetwork's word for it)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dockersim.engine.networks.ports import Binding
    from dockersim.fs import Overlay
    from dockersim.sim import Stack

KEYS = "/var/run/docker/netns"


class Sandbox:
    """``stack`` is its network namespace, ``bindings`` are its published ports.

    ``files`` holds its ``/etc/hosts`` and the like once they are written. ``plugged`` is set once its networks are
    joined. ``resolver`` tells whether the embedded name server runs for it.
    """

    __slots__ = ("bindings", "files", "id", "key", "plugged", "resolver", "stack")

    def __init__(self, identity: str, stack: Stack, key: str = "") -> None:
        self.id = identity
        self.key = key or f"{KEYS}/{identity[:12]}"
        self.stack = stack
        self.bindings: list[Binding] = []
        self.files: Overlay | None = None
        self.plugged = False
        self.resolver = False
