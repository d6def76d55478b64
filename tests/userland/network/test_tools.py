"""ping, wget, nc, ip and their kin: the words of each, for what works and what does not."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dockersim.sim import Service
from dockersim.userland import signals
from dockersim.userland.terminal import Terminal
from dockersim.wire import Response


def busy(name: str) -> tuple[str, ...]:
    return ("busybox", name)


@pytest.fixture
def box(lab: Any) -> Any:
    server = lab.computer("web", "172.18.0.2")
    page = Response(200, {"Content-Type": "text/html", "Content-Length": "3"}, b"hi\n")
    lost = Response(404, {"Content-Length": "0"})
    server.net.listen(80, service=Service("web", lambda request: page if request.path == "/" else lost))
    return lab.computer("box", "172.18.0.3")


# ---- ping


def test_ping_counts(lab: Any, box: Any) -> None:
    got = lab.run(box, "ping", "-c", "2", "web")
    assert got.status == 0
    lines = got.out.splitlines()
    assert lines[0] == "PING web (172.18.0.2) 56(84) bytes of data."
    assert re.fullmatch(r"64 bytes from web\.lab \(172\.18\.0\.2\): icmp_seq=1 ttl=64 time=0\.\d{3} ms", lines[1])
    assert lines[4] == "--- web ping statistics ---"
    assert re.fullmatch(r"2 packets transmitted, 2 received, 0% packet loss, time 1\d{3}ms", lines[5])
    assert lines[6].startswith("rtt min/avg/max/mdev = 0.")


def test_busybox_ping(lab: Any, box: Any) -> None:
    got = lab.run(box, *busy("ping"), "-c1", "172.18.0.2")
    lines = got.out.splitlines()
    assert lines[0] == "PING 172.18.0.2 (172.18.0.2): 56 data bytes"
    assert re.fullmatch(r"64 bytes from 172\.18\.0\.2: seq=0 ttl=64 time=0\.\d{3} ms", lines[1])
    assert lines[4] == "1 packets transmitted, 1 packets received, 0% packet loss"
    assert lines[5].startswith("round-trip min/avg/max = 0.")


def test_ping_of_nobody(lab: Any, box: Any) -> None:
    got = lab.run(box, "ping", "-c1", "nosuch")
    assert (got.status, got.err) == (2, "ping: nosuch: Name or service not known\n")
    got = lab.run(box, *busy("ping"), "-c1", "nosuch")
    assert (got.status, got.err) == (1, "ping: bad address 'nosuch'\n")
    got = lab.run(box, "ping", "-c1", "172.18.0.99")
    assert got.status == 1
    assert "From 172.18.0.3 icmp_seq=1 Destination Host Unreachable\n" in got.out
    assert "1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms\n" in got.out


def test_ping_without_network_or_right(lab: Any, box: Any) -> None:
    alone = lab.computer("alone")
    got = lab.run(alone, "ping", "-c1", "8.8.8.8")
    assert (got.status, got.err) == (2, "ping: connect: Network is unreachable\n")
    assert lab.run(alone, "ping", "-c1", "web").err == "ping: web: Temporary failure in name resolution\n"
    box.capabilities = frozenset()
    got = lab.run(box, *busy("ping"), "web")
    assert (got.status, got.err) == (1, "ping: permission denied (are you root?)\n")


def test_control_c_ends_ping_with_statistics(lab: Any, box: Any) -> None:
    screen = bytearray()
    terminal = Terminal(lab.sim, screen.extend)
    running = lab.start(box, "ping", "web", tty=terminal)
    lab.wait(2.5)
    terminal.type(b"\x03")
    lab.wait(0.1)
    assert running.status == 0
    assert b"3 packets transmitted, 3 received, 0% packet loss" in screen


# ---- wget


def test_wget_saves_a_file(lab: Any, box: Any) -> None:
    got = lab.run(box, "wget", "http://web/")
    assert got.status == 0
    assert box.vfs.read_file("/desk/index.html") == b"hi\n"
    lines = got.err.splitlines()
    assert lines[:6] == [
        "--2026-01-12 09:00:00--  http://web/",
        "Resolving web (web)... 172.18.0.2",
        "Connecting to web (web)|172.18.0.2|:80... connected.",
        "HTTP request sent, awaiting response... 200 OK",
        "Length: 3 [text/html]",
        "Saving to: 'index.html'",
    ]
    assert re.search(r"\([\d.]+ .?B/s\) - 'index.html' saved \[3/3\]\n\n$", got.err)


def test_wget_failures(lab: Any, box: Any) -> None:
    got = lab.run(box, "wget", "-q", "http://nosuch/")
    assert (got.status, got.err) == (4, "wget: unable to resolve host address 'nosuch'\n")
    got = lab.run(box, "wget", "http://web/no")
    assert (got.status, got.err.splitlines()[-2]) == (8, "2026-01-12 09:00:00 ERROR 404: Not Found.")
    got = lab.run(box, "wget", "http://web:81/")
    assert got.status == 4
    assert got.err.endswith("Connecting to web (web)|172.18.0.2|:81... failed: Connection refused.\n")


def test_busybox_wget(lab: Any, box: Any) -> None:
    got = lab.run(box, *busy("wget"), "-qO-", "http://web")
    assert (got.status, got.out, got.err) == (0, "hi\n", "")
    got = lab.run(box, *busy("wget"), "http://web")
    assert got.err == (
        "Connecting to web (172.18.0.2:80)\nsaving to 'index.html'\n"
        "\rindex.html           100% |********************************|     3  0:00:00 ETA\n'index.html' saved\n"
    )
    for url, error in (
        ("nosuch", "wget: bad address 'nosuch'\n"),
        ("web:81", "wget: can't connect to remote host (172.18.0.2): Connection refused\n"),
        ("web/no", "wget: server returned error: HTTP/1.1 404 Not Found\n"),
    ):
        got = lab.run(box, *busy("wget"), "-q", "-O-", url)
        assert (got.status, got.err) == (1, error)
    got = lab.run(box, *busy("wget"), "--spider", "http://web")
    assert got.err == "Connecting to web (172.18.0.2:80)\nremote file exists\n"


# ---- nc and telnet


def test_nc_asks_whether_a_port_is_open(lab: Any, box: Any) -> None:
    got = lab.run(box, "nc", "-zv", "web", "80")
    assert (got.status, got.err) == (0, "Connection to web (172.18.0.2) 80 port [tcp/http] succeeded!\n")
    got = lab.run(box, "nc", "-zv", "web", "81")
    assert (got.status, got.err) == (1, "nc: connect to web (172.18.0.2) port 81 (tcp) failed: Connection refused\n")
    refused = lab.run(box, *busy("nc"), "web", "81")
    assert refused.err == "nc: can't connect to remote host (172.18.0.2): Connection refused\n"
    assert lab.run(box, *busy("nc"), "-z", "web", "80").err.startswith("nc: invalid option -- 'z'\n")


def test_alpine_has_the_larger_nc(lab: Any, box: Any) -> None:
    box.vfs.makedirs("/lib")
    box.vfs.write_file("/lib/ld-musl-x86_64.so.1", "")
    assert lab.run(box, *busy("nc"), "-zv", "web", "80").err == "web (172.18.0.2:80) open\n"
    assert lab.run(box, *busy("nc"), "web", "81").err == "nc: web (172.18.0.2:81): Connection refused\n"
    assert lab.run(box, *busy("nc"), "10.9.9.9", "81", "-w", "1").err == "nc: timed out\n"


def test_nc_sends_datagrams_and_is_answered(lab: Any, box: Any) -> None:
    server = lab.start(lab.computers["web"], "nc", "-u", "-l", "-w", "2", "9000", stdin=b"pong\n")
    lab.wait(0.1)
    client = lab.run(box, "nc", "-u", "-w", "1", "web", "9000", stdin=b"ping\n")
    lab.finish(server)
    assert (client.status, client.out, server.out) == (0, "pong\n", "ping\n")


def test_a_lost_datagram_is_no_error_and_the_trace_knows_why(lab: Any, box: Any) -> None:
    got = lab.run(box, "nc", "-u", "-w", "1", "web", "9000", stdin=b"ping\n")
    assert (got.status, got.err) == (0, "")
    assert "nothing listens on UDP port 9000 of web" in [getattr(event, "reason", "") for event in lab.sim.trace]
    assert lab.run(box, "nc", "-zvu", "web", "9000").status == 1


def test_nc_runs_a_program_for_who_calls(lab: Any, box: Any) -> None:
    server = lab.start(lab.computers["web"], *busy("nc"), "-l", "-p", "9000", "-e", "/bin/echo", "served")
    lab.wait(0.1)
    assert lab.run(box, *busy("nc"), "web", "9000").out == "served\n"
    lab.finish(server)


def test_nc_talks_to_nc(lab: Any, box: Any) -> None:
    server = lab.start(lab.computers["web"], "nc", "-N", "-l", "-p", "9000", stdin=b"from server\n")
    lab.wait(0.1)
    client = lab.run(box, "nc", "-N", "web", "9000", stdin=b"from client\n")
    lab.finish(server)
    assert (client.out, server.out) == ("from server\n", "from client\n")


def test_http_typed_by_hand_reaches_a_web_server(lab: Any, box: Any) -> None:
    got = lab.run(box, "nc", "web", "80", stdin=b"GET / HTTP/1.0\r\n\r\n")
    assert got.out == "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\nConnection: close\r\n\r\nhi\n"
    got = lab.run(box, "telnet", "web", "80", stdin=b"GET / HTTP/1.0\n\n")
    assert got.out.startswith("Trying 172.18.0.2...\nConnected to web.\nEscape character is '^]'.\nHTTP/1.1 200 OK\r\n")
    assert (got.status, got.err) == (1, "Connection closed by foreign host.\n")


def test_nc_listening_on_a_taken_port(lab: Any, box: Any) -> None:
    got = lab.run(lab.computers["web"], *busy("nc"), "-l", "-p", "80")
    assert (got.status, got.err) == (1, "nc: bind: Address already in use\n")


# ---- names


def test_nslookup(lab: Any, box: Any) -> None:
    box.vfs.write_file("/etc/resolv.conf", "nameserver 127.0.0.11\noptions ndots:0\n")
    got = lab.run(box, "nslookup", "web")
    assert got.out == (
        "Server:\t\t127.0.0.11\nAddress:\t127.0.0.11#53\n\n"
        "Non-authoritative answer:\nName:\tweb\nAddress: 172.18.0.2\n\n"
    )
    got = lab.run(box, "nslookup", "nosuch")
    assert got.status == 1
    assert got.out.endswith("** server can't find nosuch: NXDOMAIN\n\n")
    assert lab.run(box, "dig", "+short", "web").out == "172.18.0.2\n"
    assert lab.run(box, "host", "web").out == "web has address 172.18.0.2\n"


# ---- what a stack looks like


def test_ip(lab: Any, box: Any) -> None:
    assert lab.run(box, "ip", "-br", "addr").out == (
        "lo               UNKNOWN        127.0.0.1/8 ::1/128 \neth0@if4         UP             172.18.0.3/16 \n"
    )
    assert lab.run(box, "ip", "route").out == (
        "default via 172.18.0.1 dev eth0 \n172.18.0.0/16 dev eth0 proto kernel scope link src 172.18.0.3 \n"
    )
    got = lab.run(box, *busy("ip"), "a").out
    assert (
        "2: eth0@if4: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue state UP \n"
        "    link/ether 02:42:ac:12:00:03 brd ff:ff:ff:ff:ff:ff\n"
        "    inet 172.18.0.3/16 brd 172.18.255.255 scope global eth0\n"
        "       valid_lft forever preferred_lft forever\n"
    ) in got
    got = lab.run(box, "ip", "link", "set", "eth0", "down")
    assert (got.status, got.err) == (2, "RTNETLINK answers: Operation not permitted\n")
    assert lab.run(box, "ip", "a", "show", "eth9").err == 'Device "eth9" does not exist.\n'


def test_route_and_ifconfig(lab: Any, box: Any) -> None:
    assert lab.run(box, "route", "-n").out == (
        "Kernel IP routing table\n"
        "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n"
        "0.0.0.0         172.18.0.1      0.0.0.0         UG    0      0        0 eth0\n"
        "172.18.0.0      0.0.0.0         255.255.0.0     U     0      0        0 eth0\n"
    )
    assert "inet addr:172.18.0.3  Bcast:172.18.255.255  Mask:255.255.0.0\n" in lab.run(box, *busy("ifconfig")).out
    assert "inet 172.18.0.3  netmask 255.255.0.0  broadcast 172.18.255.255\n" in lab.run(box, "ifconfig", "eth0").out


def test_who_listens(lab: Any, box: Any) -> None:
    server = lab.start(box, "nc", "-l", "-k", "-p", "7000")
    lab.wait(0.1)
    got = lab.run(box, "netstat", "-tlnp").out.splitlines()
    assert got[2].split() == ["tcp", "0", "0", "0.0.0.0:7000", "0.0.0.0:*", "LISTEN", f"{server.process.pid}/nc"]
    assert f'users:(("nc",pid={server.process.pid},fd=6))' in lab.run(box, "ss", "-tlnp").out
    server.process.signal(signals.KILL)
    lab.wait(0.1)
    assert "7000" not in lab.run(box, "ss", "-tln").out


def test_what_is_refused_says_so(lab: Any, box: Any) -> None:
    for name in ("tcpdump", "ssh", "openssl", "scp"):
        got = lab.run(box, name, "x")
        assert got.status
        assert "not simulated" in got.err
