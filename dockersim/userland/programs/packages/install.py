"""Putting a package's files into the tree and taking them out again."""

from __future__ import annotations

import posixpath

from dockersim.fs import Cred, FsError
from dockersim.userland.binary import executable
from dockersim.userland.process import Process
from dockersim.userland.programs.packages.index import Package

ROOT = Cred(0, 0)

NGINX = """user www-data;
worker_processes auto;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events { worker_connections 768; }
http {
    sendfile on;
    types { text/html html htm; text/css css; application/javascript js; text/plain txt; image/png png; }
    default_type application/octet-stream;
    access_log /var/log/nginx/access.log;
    include /etc/nginx/conf.d/*.conf;
    include /etc/nginx/sites-enabled/*;
}
"""
SITE = """server {
    listen 80 default_server;
    root /var/www/html;
    index index.html index.nginx-debian.html;
    server_name _;
    location / { try_files $uri $uri/ =404; }
}
"""
WELCOME = """<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>The web server is installed and answers.</p>
</body>
</html>
"""
DATA: dict[str, dict[str, str]] = {
    "nginx-common": {
        "/etc/nginx/nginx.conf": NGINX,
        "/etc/nginx/sites-enabled/default": SITE,
        "/var/www/html/index.nginx-debian.html": WELCOME,
        "/var/log/nginx/access.log": "",
        "/var/log/nginx/error.log": "",
    },
    "nginx": {
        "/etc/nginx/nginx.conf": NGINX.replace("www-data", "root").replace("include /etc/nginx/sites-enabled/*;", ""),
        "/etc/nginx/conf.d/default.conf": SITE.replace("index.nginx-debian.html", "").replace("html html", "html"),
        "/var/www/html/index.html": WELCOME,
        "/var/log/nginx/access.log": "",
        "/var/log/nginx/error.log": "",
    },
    "apache2": {
        "/etc/apache2/apache2.conf": "Listen 80\nDocumentRoot /var/www/html\n",
        "/var/www/html/index.html": "<html><body><h1>Apache2 Debian Default Page: It works!</h1></body></html>\n",
    },
    "httpd-core": {"/etc/httpd/conf/httpd.conf": "Listen 80\nDocumentRoot /var/www/html\n", "/var/www/html/.keep": ""},
    "python3": {"/usr/lib/python3/EXTERNALLY-MANAGED": "[externally-managed]\n"},
}
CONFLICTS = {("nginx", "deb"), ("apache2", "apk")}
"""Packages whose data above belong to another distribution's package of that name."""


def put(p: Process, path: str, data: bytes, size: int = 0, mode: int = 0o644) -> None:
    """Write a file as root; a larger ``size`` in bytes is what it has in life. Raises :class:`FsError`."""
    vfs = p.vfs
    vfs.makedirs(posixpath.dirname(path), cwd="/", cred=ROOT)
    if vfs.exists(path, cwd="/", cred=ROOT) and vfs.lstat(path, cwd="/", cred=ROOT).kind == "symlink":
        vfs.unlink(path, cwd="/", cred=ROOT)
    vfs.write_file(path, data, mode=mode, cwd="/", cred=ROOT)
    vfs.chmod(path, mode, cwd="/", cred=ROOT)
    if size > len(data):
        where = vfs.realpath(path, cwd="/", cred=ROOT)
        mount = vfs.mount_of(where)
        mount.fs.writable(mount.inner(where)).truncate(size, 0)


def install(p: Process, package: Package, kind: str, library: str) -> list[str]:
    """Put the files of a package in place; their paths. ``library`` is the folder for what is not a program."""
    paths: list[str] = []
    programs = list(package.programs)
    data = {} if (package.name, kind) in CONFLICTS else DATA.get(package.name, {})
    share = package.installed // (len(programs) + 1)
    for path, program in programs:
        put(p, path, executable(program), share, 0o755)
        paths.append(path)
    rest = package.installed - share * len(programs)
    if rest > 0:
        bulk = f"{library}/{package.name}.bundle"
        put(p, bulk, b"", rest)
        paths.append(bulk)
    for path, text in data.items():
        if not p.vfs.exists(path, cwd="/", cred=ROOT):
            put(p, path, text.encode())
        paths.append(path)
    return paths


def remove(p: Process, paths: list[str]) -> None:
    """Take files away, and the directories that become empty with them."""
    for path in paths:
        try:
            p.vfs.unlink(path, cwd="/", cred=ROOT)
            parent = posixpath.dirname(path)
            while parent not in ("/", "/usr", "/usr/bin", "/usr/lib", "/etc", "/var") and not p.vfs.listdir(
                parent, cwd="/", cred=ROOT
            ):
                p.vfs.rmdir(parent, cwd="/", cred=ROOT)
                parent = posixpath.dirname(parent)
        except FsError:
            continue


def kilobytes(size: int) -> str:
    """apt's sizes: ``715 kB``, ``1,361 kB``, ``12.5 MB``."""
    if size < 10_000:
        return f"{size} B" if size < 1000 else f"{size:,d} B".replace(",", "")
    if size < 10_000_000:
        return f"{size // 1000} kB"
    return f"{size / 1e6:.1f} MB" if size < 100_000_000 else f"{size // 1_000_000} MB"
