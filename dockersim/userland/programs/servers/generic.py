"""Servers of which tutorials only see that they run: start, log, become ready, answer a word, stop."""

from __future__ import annotations

from typing import NamedTuple

from dockersim.sim import PortTaken
from dockersim.userland import signals
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.servers.core import Server, http_date, stamp
from dockersim.wire import Request, Response


class Plan(NamedTuple):
    """One such server.

    ``log`` are its lines, with ``{time}`` in ISO form; the last one appears when it is ready, ``seconds`` after the
    start. ``page`` is its answer: (status, Content-Type, body).
    """

    ports: tuple[int, ...]
    seconds: float
    log: tuple[str, ...]
    page: tuple[int, str, str]
    memory: int
    fd: int = 1
    farewell: str = ""


NOT_FOUND = (404, "text/plain; charset=utf-8", "404 page not found\n")
LOGIN = (302, "text/html; charset=utf-8", '<a href="/login">Found</a>.\n\n')


def _html(title: str, text: str) -> tuple[int, str, str]:
    page = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{text}</h1></body></html>\n"
    return 200, "text/html", page


PLANS = {
    "traefik": Plan(
        (80, 8080),
        0.3,
        (
            "{time} INF Traefik version 3.6.4 built on 2025-12-04T14:52:57Z version=3.6.4",
            "{time} INF Starting provider aggregator *aggregator.ProviderAggregator",
        ),
        NOT_FOUND,
        60 << 20,
    ),
    "caddy": Plan(
        (80, 2019),
        0.2,
        (
            '{{"level":"info","ts":{unix},"msg":"using config from file","file":"/etc/caddy/Caddyfile"}}',
            '{{"level":"info","ts":{unix},"msg":"serving initial configuration"}}',
        ),
        _html("Caddy works!", "Congratulations!"),
        30 << 20,
        2,
    ),
    "haproxy": Plan(
        (80,),
        0.2,
        ("[NOTICE]   (1) : New worker (8) forked", "[NOTICE]   (1) : Loading success."),
        (503, "text/html", "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this "
         "request.\n</body></html>\n"),
        20 << 20,
        2,
    ),
    "grafana": Plan(
        (3000,),
        4.0,
        (
            "logger=settings t={time} level=info msg=\"Starting Grafana\" version=12.3.0",
            "logger=http.server t={time} level=info msg=\"HTTP Server Listen\" address=[::]:3000 protocol=http",
        ),
        LOGIN,
        120 << 20,
    ),
    "prometheus": Plan(
        (9090,),
        1.0,
        (
            "time={time} level=INFO source=main.go:1565 msg=\"Start listening for connections\" address=0.0.0.0:9090",
            "time={time} level=INFO source=main.go:1293 msg=\"Server is ready to receive web requests.\"",
        ),
        (302, "text/html; charset=utf-8", '<a href="/query">Found</a>.\n\n'),
        80 << 20,
        2,
    ),
    "node_exporter": Plan(
        (9100,),
        0.1,
        ("time={time} level=INFO source=tls_config.go:347 msg=\"Listening on\" address=[::]:9100",),
        _html("Node Exporter", "Node Exporter"),
        15 << 20,
        2,
    ),
    "portainer": Plan(
        (9000, 9443, 8000),
        1.0,
        ("{time} INF portainer/api/http/server.go:369 > starting HTTP server | bind_address=:9000",),
        _html("Portainer", "Portainer"),
        40 << 20,
        2,
    ),
    "visualizer": Plan(
        (8080,), 0.8, ("Listening on 8080",), _html("Visualizer", "Docker Swarm Visualizer"), 60 << 20
    ),
    "catalina": Plan(
        (8080,),
        1.5,
        (
            "{log4j} INFO [main] org.apache.coyote.AbstractProtocol.init Initializing [\"http-nio-8080\"]",
            "{log4j} INFO [main] org.apache.catalina.startup.Catalina.start Server startup in [521] milliseconds",
        ),
        (404, "text/html;charset=utf-8", "<!doctype html><html lang=\"en\"><head><title>HTTP Status 404 – Not Found"
         "</title></head><body><h1>HTTP Status 404 – Not Found</h1></body></html>"),
        150 << 20,
        2,
    ),
    "jenkins": Plan(
        (8080, 50000),
        12.0,
        (
            "Running from: /usr/share/jenkins/jenkins.war",
            "*************************************************************\n\nJenkins initial setup is required. An "
            "admin user has been created and a password generated.\nPlease use the following password to proceed to "
            "installation:\n\n3f6bd0f4d1a24c8e9d0c5a7b1e2f4a6c\n\nThis may also be found at: "
            "/var/jenkins_home/secrets/initialAdminPassword\n\n"
            "*************************************************************",
            "{time} [id=38]\tINFO\thudson.lifecycle.Lifecycle#onReady: Jenkins is fully up and running",
        ),
        (403, "text/html;charset=utf-8", "<html><head><title>Jenkins</title></head><body>Authentication required"
         "</body></html>\n"),
        500 << 20,
    ),
    "rabbitmq-server": Plan(
        (5672, 15692),
        6.0,
        (
            "{time}+00:00 [info] <0.254.0> Starting RabbitMQ 4.2.1 on Erlang 27.3.4.6 [jit]",
            "{time}+00:00 [info] <0.643.0> started TCP listener on [::]:5672",
            "{time}+00:00 [info] <0.9.0> Server startup complete; 4 plugins started.",
        ),
        (400, "text/plain", "AMQP\x00\x00\x09\x01"),
        140 << 20,
    ),
    "mongod": Plan(
        (27017,),
        2.5,
        (
            '{{"t":{{"$date":"{time}+00:00"}},"s":"I","c":"CONTROL","id":4615611,"ctx":"initandlisten","msg":"MongoDB '
            'starting","attr":{{"pid":1,"port":27017,"dbPath":"/data/db"}}}}',
            '{{"t":{{"$date":"{time}+00:00"}},"s":"I","c":"NETWORK","id":23016,"ctx":"listener","msg":"Waiting for '
            'connections","attr":{{"port":27017,"ssl":"off"}}}}',
        ),
        (200, "text/plain", "It looks like you are trying to access MongoDB over HTTP on the native driver port.\n"),
        100 << 20,
    ),
}  # fmt: skip


def start(p: Process, name: str) -> Steps:
    """Run the server ``name`` of :data:`PLANS`."""
    plan = PLANS[name]
    with Server(p) as server:

        def handle(request: Request) -> Response:
            status, kind, body = plan.page
            data = body.encode()
            headers = {"Content-Type": kind, "Date": http_date(p.sim.nanoseconds()), "Content-Length": str(len(data))}
            if status == 302:
                headers["Location"] = body.partition('href="')[2].partition('"')[0]
            return Response(status, headers, data)

        for line in plan.log[:-1]:
            server.log(_line(p, line), plan.fd)
        yield from p.sleep(plan.seconds)
        p.allocate(plan.memory)
        for port in plan.ports:
            try:
                server.http(port, handle)
            except PortTaken:
                server.log(f"listen tcp :{port}: bind: address already in use\n", 2)
                return 1
        server.log(_line(p, plan.log[-1]), plan.fd)
        yield from server.run((signals.TERM, signals.INT))
        if plan.farewell:
            server.log(_line(p, plan.farewell), plan.fd)
    return 0


def _line(p: Process, text: str) -> str:
    millis = f"{p.sim.nanoseconds() // 1_000_000 % 1000:03d}"
    return (
        text.format(
            time=stamp(p, "%Y-%m-%dT%H:%M:%S") + f".{millis}",
            unix=f"{p.sim.time():.6f}",
            log4j=stamp(p, "%d-%b-%Y %H:%M:%S") + f".{millis}",
        )
        + "\n"
    )


def traefik(p: Process) -> Steps:
    return (yield from start(p, "traefik"))


def caddy(p: Process) -> Steps:
    if p.argv[1:2] == ["version"]:
        p.out("v2.10.2 h1:g/gTYjGMD0dec+UgMw8SnfmJ3I9+M2TdvoRL/Ovu6U8=\n")
        return 0
    return (yield from start(p, "caddy"))


def haproxy(p: Process) -> Steps:
    if p.argv[1:2] in (["-v"], ["-vv"]):
        p.out("HAProxy version 3.3.0-7832fb21f 2025/11/26 - https://haproxy.org/\n")
        return 0
    return (yield from start(p, "haproxy"))


def grafana(p: Process) -> Steps:
    return (yield from start(p, "grafana"))


def prometheus(p: Process) -> Steps:
    return (yield from start(p, "prometheus"))


def node_exporter(p: Process) -> Steps:
    return (yield from start(p, "node_exporter"))


def portainer(p: Process) -> Steps:
    return (yield from start(p, "portainer"))


def visualizer(p: Process) -> Steps:
    return (yield from start(p, "visualizer"))


def catalina(p: Process) -> Steps:
    """``catalina.sh run``."""
    return (yield from start(p, "catalina"))


def jenkins(p: Process) -> Steps:
    """``jenkins.sh``."""
    return (yield from start(p, "jenkins"))


def rabbitmq_server(p: Process) -> Steps:
    return (yield from start(p, "rabbitmq-server"))


def mongod(p: Process) -> Steps:
    if "--version" in p.argv:
        p.out("db version v8.2.2\n")
        return 0
    return (yield from start(p, "mongod"))


def mongosh(p: Process) -> int:
    return p.fail("MongoDB's shell is not simulated; the server only starts and stops")


def dockerd(p: Process) -> int:
    p.err("failed to start daemon: an engine inside a container is not simulated\n")
    return 1
