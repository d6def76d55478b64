"""Where the programs that need a network are, and those that bring others: tables of module to names."""

from __future__ import annotations

NETWORK = {
    "network.curl": "curl",
    "network.wget": "wget",
    "network.ping": "ping traceroute",
    "network.interfaces": "ip ifconfig route arp",
    "network.sockets": "netstat ss",
    "network.names": "nslookup dig host",
    "network.nc": "nc telnet",
    "network.refused": "tcpdump openssl ssh scp ssh-keygen iptables",
}
SERVERS = {
    "servers.nginx": "nginx",
    "servers.redis": "redis-server redis-cli",
}
PACKAGES: dict[str, str] = {}
LANGUAGES: dict[str, str] = {}
TABLES = (NETWORK, SERVERS, PACKAGES, LANGUAGES)
