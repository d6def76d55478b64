"""``python3 -m http.server``."""

from __future__ import annotations

import posixpath
from urllib.parse import quote

from dockersim.sim import PortTaken
from dockersim.userland import signals
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.languages.python.modules.making import version_of
from dockersim.userland.programs.servers import static
from dockersim.userland.programs.servers.core import Server, http_date, stamp
from dockersim.userland.programs.servers.files import Manner, answer
from dockersim.wire import Request, Response


def http_server(p: Process, words: list[str]) -> Steps:
    """``python -m http.server [port] [-b address] [-d directory]``."""
    port, address, root = "8000", "0.0.0.0", p.cwd
    while words:
        word = words.pop(0)
        if word in ("-b", "--bind") and words:
            address = words.pop(0)
        elif word in ("-d", "--directory") and words:
            root = posixpath.join(p.cwd, words.pop(0))
        else:
            port = word
    if not port.isdigit():
        p.err("usage: server.py [-h] [--cgi] [-b ADDRESS] [-d DIRECTORY] [port]\n")
        p.err(f"server.py: error: argument port: invalid int value: '{port}'\n")
        return 2
    manner = Manner(
        ("index.html", "index.htm"),
        _error_page,
        lambda path, uri: _listing(p, path, uri),
        lambda: {"Server": f"SimpleHTTP/0.6 Python/{version_of(p)}", "Date": http_date(p.sim.nanoseconds())},
        lambda path: static.TYPES.get(static.extension(path), "application/octet-stream"),
        "text/html;charset=utf-8",
    )
    with Server(p) as server:

        def handle(request: Request) -> Response:
            response = answer(p, root, request, manner)
            response.headers.pop("ETag", None)
            response.headers.pop("Accept-Ranges", None)
            at = stamp(p, "%d/%b/%Y %H:%M:%S")
            if response.status == 404:
                server.log(f"{request.peer} - - [{at}] code 404, message File not found\n", 2)
            server.log(
                f'{request.peer} - - [{at}] "{request.method} {request.target} HTTP/1.1" {response.status} -\n', 2
            )
            return response

        try:
            server.http(int(port), handle, address)
        except PortTaken:
            p.err('Traceback (most recent call last):\n  File "<frozen runpy>", line 198, in _run_module_as_main\n')
            p.err('  File "<frozen runpy>", line 88, in _run_code\nOSError: [Errno 98] Address already in use\n')
            return 1
        p.out(f"Serving HTTP on {address} port {port} (http://{address}:{port}/) ...\n")
        yield from server.run((signals.INT,))
        p.out("\nKeyboard interrupt received, exiting.\n")
    return 0


def _error_page(status: int, request: Request) -> bytes:
    title = {404: "File not found"}.get(status, Response(status).reason)
    meaning = {404: "Nothing matches the given URI"}.get(status, Response(status).reason)
    return (
        '<!DOCTYPE HTML>\n<html lang="en">\n    <head>\n        <style type="text/css">\n            :root {\n'
        '                color-scheme: light dark;\n            }\n        </style>\n        <meta charset="utf-8">\n'
        "        <title>Error response</title>\n    </head>\n    <body>\n        <h1>Error response</h1>\n"
        f"        <p>Error code: {status}</p>\n        <p>Message: {title}.</p>\n"
        f"        <p>Error code explanation: {status} - {meaning}.</p>\n    </body>\n</html>\n"
    ).encode()


def _listing(p: Process, path: str, uri: str) -> bytes:
    title = f"Directory listing for {uri}"
    rows = []
    for name in sorted(p.vfs.listdir(path, cwd="/", cred=p.cred), key=str.lower):
        slash = "/" if p.vfs.is_dir(f"{path.rstrip('/')}/{name}", cwd="/", cred=p.cred) else ""
        rows.append(f'<li><a href="{quote(name)}{slash}">{name}{slash}</a></li>\n')
    return (
        '<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<style type="text/css">\n:root {\n'
        f"color-scheme: light dark;\n}}\n</style>\n<title>{title}</title>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n<hr>\n<ul>\n{''.join(rows)}</ul>\n<hr>\n</body>\n</html>\n"
    ).encode()
