"""Apache, busybox httpd, whoami, memcached, the registry and those that only run."""

from __future__ import annotations

import re
from typing import Any

from dockersim.fs import Cred
from dockersim.userland import signals
from dockersim.userland.binary import executable
from dockersim.wire import Response


def test_apache(lab: Any) -> None:
    files = {
        "/usr/local/apache2/htdocs/index.html": "<html><body><h1>It works!</h1></body></html>\n",
        "/usr/local/apache2/conf/httpd.conf": 'Listen 80\nDocumentRoot "/usr/local/apache2/htdocs"\n',
    }
    web = lab.computer("web", "172.18.0.2", files)
    running = lab.start(web, "httpd", "-DFOREGROUND", env={"HTTPD_VERSION": "2.4.66"})
    lab.wait(0.1)
    client = lab.computer("client", "172.18.0.3")
    assert lab.run(client, "curl", "-s", "web").out == "<html><body><h1>It works!</h1></body></html>\n"
    assert running.out == '172.18.0.3 - - [12/Jan/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 45\n'
    lost = lab.run(client, "curl", "-s", "web/x").out
    assert "<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n" in lost
    assert running.err.count("AH00558: httpd: Could not reliably determine") == 2
    assert "AH00489: Apache/2.4.66 (Unix) configured -- resuming normal operations\n" in running.err
    running.process.signal(signals.WINCH)
    lab.wait(0.1)
    assert running.status == 0
    assert running.err.endswith("AH00492: caught SIGWINCH, shutting down gracefully\n")


def test_busybox_httpd(lab: Any) -> None:
    web = lab.computer("web", "172.18.0.2", {"/www/index.html": "small\n"})
    lab.start(web, "busybox", "httpd", "-f", "-p", "8080", "-h", "/www")
    lab.wait(0.1)
    assert lab.run(web, "curl", "-s", "localhost:8080").out == "small\n"
    assert (
        "<H1>404 Not Found</H1>\nThe requested URL was not found\n"
        in lab.run(web, "curl", "-s", "localhost:8080/x").out
    )
    again = lab.run(web, "busybox", "httpd", "-f", "-p", "8080")
    assert (again.status, again.err) == (1, "httpd: bind: Address already in use\n")


def test_whoami(lab: Any) -> None:
    box = lab.computer("web", "172.18.0.2")
    box.vfs.write_file("/bin/who-am-i", executable("traefik-whoami"))
    box.vfs.chmod("/bin/who-am-i", 0o755)
    lab.start(box, "/bin/who-am-i")
    lab.wait(0.1)
    got = lab.run(lab.computer("client", "172.18.0.3"), "curl", "-s", "http://web/")
    assert re.fullmatch(
        r"Hostname: web\nIP: 127\.0\.0\.1\nIP: ::1\nIP: 172\.18\.0\.2\nRemoteAddr: 172\.18\.0\.3:\d+\n"
        r"GET / HTTP/1\.1\nHost: web\nUser-Agent: curl/8\.5\.0\nAccept: \*/\*\n\n",
        got.out,
    )


def test_memcached_by_hand(lab: Any) -> None:
    box = lab.computer("cache", "172.18.0.2")
    assert lab.run(box, "memcached").status == 71
    lab.start(box, "memcached", cred=Cred(11211, 11211))
    lab.wait(0.1)
    got = lab.run(box, "nc", "localhost", "11211", stdin=b"set a 0 0 2\r\n41\r\nincr a 1\r\nget a\r\nquit\r\n")
    assert got.out == "STORED\r\n42\r\nVALUE a 0 2\r\n42\r\nEND\r\n"


def test_the_registry_s_service_is_handed_down(lab: Any) -> None:
    box = lab.computer("registry", "172.18.0.2", {"/etc/r.yml": "http:\n  addr: :5000\n"})
    got = lab.run(box, "registry", "serve", "/etc/r.yml")
    assert (got.status, got.err) == (1, "registry: this world has no registry to run in a container\n")
    lab.kernel.services["registry"] = lambda p: lambda request: Response(200, {}, b"{}")
    running = lab.start(box, "registry", "serve", "/etc/r.yml")
    lab.wait(0.1)
    assert lab.run(box, "curl", "-s", "localhost:5000/v2/").out == "{}"
    assert 'level=info msg="listening on [::]:5000"' in running.err


def test_servers_that_only_run(lab: Any) -> None:
    box = lab.computer("q", "172.18.0.2")
    running = lab.start(box, "rabbitmq-server")
    lab.wait(1)
    assert "Server startup complete" not in running.out
    lab.wait(10)
    assert running.out.endswith("Server startup complete; 4 plugins started.\n")
    assert lab.run(box, "nc", "-z", "localhost", "5672").status == 0
    running.process.signal(signals.TERM)
    lab.wait(1)
    assert running.status == 0


def test_every_server_of_the_table_starts_and_stops(lab: Any) -> None:
    from dockersim.userland.programs.servers.generic import PLANS

    for number, name in enumerate(PLANS, 2):
        box = lab.computer(f"c{number}", f"172.18.1.{number}")
        program = {"catalina": "catalina.sh", "jenkins": "jenkins.sh"}.get(name, name)
        running = lab.start(box, program)
        lab.wait(20)
        assert running.status is None
        assert lab.run(box, "curl", "-s", f"localhost:{PLANS[name].ports[0]}").status == 0
        running.process.signal(signals.TERM)
        lab.wait(1)
        assert running.status == 0
