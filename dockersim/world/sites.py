"""Well-known places on the simulated internet, with which people try whether a network has a way out.

They answer to ping under these names and addresses, and have one short page of their own. Names of the real world,
pages of ours; short addresses redirect as in life.
"""

from __future__ import annotations

from typing import NamedTuple

from dockersim.sim import Net, Service
from dockersim.wire import Request, Response


class Site(NamedTuple):
    """A host: its names, its address, and the title of its page (``""``: no web server); where ``moved`` to."""

    names: tuple[str, ...]
    address: str
    title: str = ""
    moved: str = ""


SITES = (
    Site(("dns.google",), "8.8.8.8"),
    Site(("dns2.google",), "8.8.4.4"),
    Site(("one.one.one.one",), "1.1.1.1"),
    Site(("google.com",), "142.250.185.78", "301 Moved", "http://www.google.com/"),
    Site(("www.google.com",), "142.250.185.100", "Google"),
    Site(("example.com", "www.example.com", "example.org", "www.example.org"), "23.220.75.245", "Example Domain"),
    Site(("docker.com",), "23.185.0.4", "301 Moved", "https://www.docker.com/"),
    Site(("www.docker.com",), "23.185.0.5", "Docker"),
    Site(("hub.docker.com",), "44.193.181.103", "Docker Hub"),
    Site(("docs.docker.com",), "108.156.60.34", "Docker Docs"),
    Site(("wikipedia.org", "www.wikipedia.org"), "185.15.59.224", "Wikipedia"),
)

MOVED = """<HTML><HEAD><meta http-equiv="content-type" content="text/html;charset=utf-8">
<TITLE>301 Moved</TITLE></HEAD><BODY>
<H1>301 Moved</H1>
The document has moved
<A HREF="{to}">here</A>.\r
</BODY></HTML>\r
"""
PAGE = """<!doctype html>
<html lang="en">
<head><title>{title}</title></head>
<body>
<h1>{title}</h1>
<p>The simulated internet has this page in the place of the real one: your request came through.</p>
</body>
</html>
"""


def open_sites(net: Net) -> None:
    """Put them on the internet."""
    for site in SITES:
        server = net.add_server(site.names[0], site.address)
        net.names.update(dict.fromkeys(site.names, site.address))
        if site.title:
            service = Service(site.names[0], _Pages(site).handle)
            for port in (80, 443):
                server.listen(port, service=service)


class _Pages:
    """A web server with one page for every path."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def handle(self, request: Request) -> Response:
        site = self._site
        text = MOVED.format(to=site.moved) if site.moved else PAGE.format(title=site.title)
        headers = {"Content-Type": "text/html; charset=UTF-8", "Content-Length": str(len(text))}
        if site.moved:
            headers["Location"] = site.moved
        body = b"" if request.method == "HEAD" else text.encode()
        return Response(301 if site.moved else 200, headers, body)
