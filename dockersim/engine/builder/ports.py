"""EXPOSE's ports and STOPSIGNAL's names, checked as the engine checks them."""

from __future__ import annotations

from dockersim.dockerfile import DockerfileError
from dockersim.engine.containers import signalnames
from dockersim.errors import InvalidParameter


def expose(words: list[str]) -> list[str]:
    """``80``, ``53/udp``, ``8000-8002`` as the configuration names them: ``80/tcp``, one for each port."""
    ports: list[str] = []
    for word in words:
        numbers, slash, protocol = word.partition("/")
        protocol = (protocol if slash else "tcp").lower()
        if protocol not in ("tcp", "udp", "sctp"):
            raise DockerfileError(f"invalid proto: {protocol}")
        container = numbers.rpartition(":")[2]
        if not container:
            raise DockerfileError(f"no port specified: {word}<empty>")
        first, dash, last = container.partition("-")
        if not _is_port(first) or (dash and not _is_port(last)) or int(last or first) < int(first):
            raise DockerfileError(f"invalid containerPort: {container}")
        ports += [f"{port}/{protocol}" for port in range(int(first), int(last or first) + 1)]
    return ports


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text) <= 65535


def check_signal(text: str) -> str:
    """A signal by name, with or without SIG, or by number; returned as written."""
    try:
        signalnames.number_of(text)
    except InvalidParameter as error:
        raise DockerfileError(error.message) from None
    return text
