"""curl: what it prints and how it ends, against small servers made for it."""

from __future__ import annotations

from typing import Any

import pytest

from dockersim.sim import Service
from dockersim.wire import Response


def answer(request: Any) -> Response:
    if request.path == "/moved":
        return Response(302, {"Location": "/there", "Content-Length": "0"})
    if request.path == "/gone":
        return Response(404, {"Content-Length": "3"}, b"no\n")
    text = f"{request.method} {request.target} {dict(request.headers)} {request.body!r} from {request.peer}\n"
    return Response(200, {"Content-Type": "text/plain", "Content-Length": str(len(text))}, text.encode())


@pytest.fixture
def client(lab: Any) -> Any:
    server = lab.computer("server", "172.18.0.2")
    server.net.listen(8080, service=Service("server", answer))
    return lab.computer("client", "172.18.0.3")


def test_a_get_and_its_headers(lab: Any, client: Any) -> None:
    got = lab.run(client, "curl", "-s", "http://server:8080/x?a=1")
    assert got.out == (
        "GET /x?a=1 {'Host': 'server:8080', 'User-Agent': 'curl/8.5.0', 'Accept': '*/*'} b'' from 172.18.0.3\n"
    )


def test_posting_data(lab: Any, client: Any) -> None:
    got = lab.run(client, "curl", "-s", "server:8080", "-d", "a=1", "-d", "b=2", "-H", "X-One: two")
    assert got.out.startswith("POST / ")
    assert "'Content-Type': 'application/x-www-form-urlencoded', 'X-One': 'two'} b'a=1&b=2'" in got.out


def test_redirects_only_with_location(lab: Any, client: Any) -> None:
    assert lab.run(client, "curl", "-s", "server:8080/moved").out == ""
    assert lab.run(client, "curl", "-sL", "server:8080/moved").out.startswith("GET /there ")


def test_fail_turns_a_status_into_an_exit_code(lab: Any, client: Any) -> None:
    got = lab.run(client, "curl", "-fsS", "server:8080/gone")
    assert (got.status, got.out, got.err) == (22, "", "curl: (22) The requested URL returned error: 404\n")
    assert lab.run(client, "curl", "-s", "server:8080/gone").out == "no\n"
    got = lab.run(client, "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}\\n", "server:8080/gone")
    assert got.out == "404\n"


def test_head_and_include(lab: Any, client: Any) -> None:
    assert (
        lab.run(client, "curl", "-I", "server:8080/gone").out == "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\n"
    )
    got = lab.run(client, "curl", "-si", "server:8080/gone")
    assert got.out == "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno\n"


@pytest.mark.parametrize(
    ("url", "status", "error"),
    [
        ("http://nosuch", 6, "curl: (6) Could not resolve host: nosuch\n"),
        ("server:1", 7, "curl: (7) Failed to connect to server port 1 after 0 ms: Couldn't connect to server\n"),
        (
            "172.18.0.77",
            7,
            "curl: (7) Failed to connect to 172.18.0.77 port 80 after 3060 ms: Couldn't connect to server\n",
        ),
        ("ftp://server", 1, 'curl: (1) Protocol "ftp" not supported or disabled in libcurl\n'),
        ("http://", 3, "curl: (3) URL rejected: No host part in the URL\n"),
    ],
)
def test_failures(lab: Any, client: Any, url: str, status: int, error: str) -> None:
    got = lab.run(client, "curl", "-sS", url)
    assert (got.status, got.out, got.err) == (status, "", error)


def test_time_limits(lab: Any, client: Any) -> None:
    got = lab.run(client, "curl", "-sS", "--connect-timeout", "5", "http://10.9.9.9")
    assert got.status == 28
    assert got.err == "curl: (28) Failed to connect to 10.9.9.9 port 80 after 5000 ms: Timeout was reached\n"
    got = lab.run(client, "curl", "-sS", "-m", "2", "http://10.9.9.9")
    assert got.err == "curl: (28) Connection timed out after 2000 milliseconds\n"


def test_mistakes_on_the_command_line(lab: Any, client: Any) -> None:
    hint = "curl: try 'curl --help' or 'curl --manual' for more information\n"
    got = lab.run(client, "curl", "--nope")
    assert (got.status, got.err) == (2, "curl: option --nope: is unknown\n" + hint)
    assert lab.run(client, "curl").err == "curl: (2) no URL specified\n" + hint


def test_output_to_files(lab: Any, client: Any) -> None:
    assert lab.run(client, "curl", "-s", "-o", "/desk/out", "server:8080/gone").out == ""
    assert client.vfs.read_file("/desk/out") == b"no\n"
    lab.run(client, "curl", "-sO", "server:8080/gone")
    assert client.vfs.read_file("/desk/gone") == b"no\n"


def test_a_unix_socket_leads_to_its_service_for_who_may(lab: Any, client: Any) -> None:
    lab.kernel.bind_socket(client.vfs, "/run/docker.sock", Service("daemon", answer), mode=0o660)
    got = lab.run(client, "curl", "-s", "--unix-socket", "/run/docker.sock", "http://localhost/version")
    assert got.out.startswith("GET /version ")
    from dockersim.fs import Cred

    got = lab.run(client, "curl", "-sS", "--unix-socket", "/run/docker.sock", "http://localhost/", cred=Cred(5, 5))
    assert got.status == 7


def test_a_raw_server_that_speaks_http(lab: Any, client: Any) -> None:
    def accept(connection: Any, peer: str) -> None:
        lab.sim.process(session(connection))

    def session(connection: Any) -> Any:
        yield from connection.receive()
        connection.send_now(b"HTTP/1.0 200 OK\r\n\r\nraw ")
        connection.send_now(b"bytes\n")
        connection.close_write()

    lab.computers["server"].net.listen(99, accept=accept)
    assert lab.run(client, "curl", "-s", "server:99").out == "raw bytes\n"


def test_no_http_at_all(lab: Any, client: Any) -> None:
    lab.computers["server"].net.listen(98, accept=lambda connection, peer: connection.close())
    got = lab.run(client, "curl", "-sS", "server:98")
    assert (got.status, got.err) == (52, "curl: (52) Empty reply from server\n")
