"""Where the programs that need a network are, and those that bring others: tables of module to names."""

from __future__ import annotations

NETWORK = {
    "network.curl": "curl",
}
SERVERS = {
    "servers.nginx": "nginx",
}
PACKAGES: dict[str, str] = {}
LANGUAGES: dict[str, str] = {}
TABLES = (NETWORK, SERVERS, PACKAGES, LANGUAGES)
