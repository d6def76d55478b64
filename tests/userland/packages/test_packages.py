"""Package managers: what they print, what they leave in the tree, and how they fail without a network or an index."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dockersim.fs import Cred
from dockersim.userland.binary import program_of
from dockersim.userland.programs.packages.index import closure, packages
from dockersim.userland.terminal import Terminal

SOURCES = "Types: deb\nURIs: http://deb.debian.example/debian\nSuites: trixie trixie-updates\nComponents: main\n"


def debian(lab: Any, online: bool = True) -> Any:
    return lab.computer(
        "deb",
        "172.18.0.2" if online else "",
        {"/etc/apt/sources.list.d/debian.sources": SOURCES, "/var/lib/dpkg/status": ""},
    )


def alpine(lab: Any, online: bool = True) -> Any:
    files = {"/etc/apk/repositories": "https://dl-cdn.example/alpine/v3.22/main\n", "/etc/apk/world": "busybox\n"}
    return lab.computer("alp", "172.18.0.3" if online else "", files)


@pytest.mark.parametrize("kind", ["deb", "apk", "rpm", "pip", "npm"])
def test_the_index_is_whole(kind: str) -> None:
    table = packages(kind)
    assert len(table) > 25
    for package in table.values():
        assert package.version
        assert package.summary
        assert all(dependency in table for dependency in package.depends), package
        names = [one.name for one in closure(kind, [package.name], set())]
        assert len(names) == len(set(names))
        assert names[-1] == package.name


# ---- apt


def test_apt_needs_an_update_first(lab: Any) -> None:
    box = debian(lab)
    got = lab.run(box, "apt-get", "install", "-y", "curl")
    assert (got.status, got.err) == (100, "E: Unable to locate package curl\n")
    assert got.out == "Reading package lists...\nBuilding dependency tree...\nReading state information...\n"


def test_apt_installs_and_removes(lab: Any) -> None:
    box = debian(lab)
    box.vfs.unlink("/bin/curl")
    update = lab.run(box, "apt-get", "update")
    assert update.status == 0
    assert update.out.startswith("Get:1 http://deb.debian.example/debian trixie InRelease [151 kB]\n")
    assert update.out.endswith("Reading package lists...\n")
    before = lab.sim.now
    got = lab.run(box, "apt-get", "install", "-y", "--no-install-recommends", "curl")
    assert got.status == 0
    assert lab.sim.now > before
    assert "The following NEW packages will be installed:\n  curl libcurl4t64 libnghttp2-14 libssh2-1t64\n" in got.out
    assert "Setting up curl (8.14.1-2) ...\n" in got.out
    assert got.err == "debconf: delaying package configuration, since apt-utils is not installed\n"
    assert program_of(box.vfs.read_file("/usr/bin/curl")[:100]) == "curl"
    assert box.vfs.stat("/usr/bin/curl").size > 100_000
    assert lab.run(box, "dpkg", "-s", "curl").out.startswith("Package: curl\nStatus: install ok installed\n")
    assert "/usr/bin/curl\n" in lab.run(box, "dpkg", "-L", "curl").out
    assert lab.run(box, "dpkg", "-S", "/usr/bin/curl").out == "curl: /usr/bin/curl\n"
    again = lab.run(box, "apt-get", "install", "-y", "curl")
    assert again.out.endswith(
        "curl is already the newest version (8.14.1-2).\n"
        "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"
    )
    assert lab.run(box, "apt-get", "remove", "-y", "curl").status == 0
    assert not box.vfs.exists("/usr/bin/curl")
    got = lab.run(box, "apt-get", "install", "-y", "nosuch")
    assert (got.status, got.err) == (100, "E: Unable to locate package nosuch\n")


def test_apt_asks(lab: Any) -> None:
    box = debian(lab)
    lab.run(box, "apt-get", "update")
    got = lab.run(box, "apt-get", "install", "git")
    assert got.status == 1
    assert got.out.endswith("Do you want to continue? [Y/n] Abort.\n")
    assert lab.run(box, "apt-get", "install", "git", stdin=b"y\n").status == 0
    assert lab.run(box, "apt-get", "install", "tree").status == 0
    screen = bytearray()
    terminal = Terminal(lab.sim, screen.extend)
    running = lab.start(box, "apt", "install", "vim", tty=terminal)
    lab.wait(1)
    terminal.type(b"n\r")
    lab.finish(running)
    assert running.status == 1
    assert screen.endswith(b"[Y/n] n\r\nAbort.\r\n")


def test_apt_without_a_network_or_the_right(lab: Any) -> None:
    box = debian(lab, online=False)
    got = lab.run(box, "apt-get", "update")
    assert got.status == 0
    assert (
        "Err:1 http://deb.debian.example/debian trixie InRelease\n  Temporary failure resolving 'deb.debian.example'\n"
        in got.out
    )
    assert got.err.startswith(
        "W: Failed to fetch http://deb.debian.example/debian/dists/trixie/InRelease  "
        "Temporary failure resolving 'deb.debian.example'\n"
    )
    got = lab.run(box, "apt-get", "install", "-y", "curl", cred=Cred(1000, 1000))
    assert got.status == 100
    assert got.err.startswith(
        "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\n"
    )


def test_an_installed_server_serves(lab: Any) -> None:
    box = debian(lab)
    lab.run(box, "apt-get", "update")
    lab.run(box, "apt-get", "install", "-y", "nginx", env={"DEBIAN_FRONTEND": "noninteractive"})
    assert lab.run(box, "/usr/sbin/nginx").status == 0
    assert "Welcome to nginx!" in lab.run(box, "curl", "-s", "localhost").out


# ---- apk


def test_apk(lab: Any) -> None:
    box = alpine(lab)
    got = lab.run(box, "apk", "add", "curl")
    assert got.status == 1
    assert got.err.endswith(
        "ERROR: unable to select packages:\n  curl (no such package):\n    required by: world[curl]\n"
    )
    got = lab.run(box, "apk", "add", "--no-cache", "curl")
    lines = got.out.splitlines()
    assert lines[0] == "fetch https://dl-cdn.example/alpine/v3.22/main/x86_64/APKINDEX.tar.gz"
    assert lines[1] == "(1/5) Installing ca-certificates (20250911-r0)"
    assert lines[5] == "(5/5) Installing curl (8.17.0-r1)"
    assert re.fullmatch(r"OK: \d+ MiB in 21 packages", lines[-1])
    assert box.vfs.read_file("/etc/apk/world") == b"busybox\ncurl\n"
    assert lab.run(box, "apk", "info", "-e", "curl").out == "curl\n"
    got = lab.run(box, "apk", "del", "curl")
    assert "Purging curl (8.17.0-r1)\n" in got.out
    assert not box.vfs.exists("/usr/bin/curl")
    assert lab.run(box, "apk", "update").out.endswith("distinct packages available\n")
    assert lab.run(box, "apk", "add", "tree").status == 0


def test_apk_without_a_network(lab: Any) -> None:
    box = alpine(lab, online=False)
    got = lab.run(box, "apk", "add", "--no-cache", "curl")
    assert got.status == 1
    assert "temporary error (try again later)\n" in got.err
    assert lab.run(box, "apk", "add", "curl", cred=Cred(5, 5)).status == 99


def test_apk_virtual_packages(lab: Any) -> None:
    box = alpine(lab)
    lab.run(box, "apk", "add", "--no-cache", "--virtual", ".deps", "gcc", "musl-dev")
    assert box.vfs.exists("/usr/bin/gcc")
    lab.run(box, "apk", "del", ".deps")
    assert not box.vfs.exists("/usr/bin/gcc")


# ---- dnf


def test_dnf(lab: Any) -> None:
    box = lab.computer("fed", "172.18.0.4", {"/etc/os-release": 'PRETTY_NAME="Fedora Linux 43"\n'})
    got = lab.run(box, "dnf", "install", "-y", "nosuch")
    assert (got.status, got.err) == (
        1,
        "No match for argument: nosuch\nError: Unable to find a match: nosuch\n",
    )
    got = lab.run(box, "dnf", "install", "-y", "httpd")
    assert got.status == 0
    assert got.out.endswith("Complete!\n")
    assert box.vfs.exists("/usr/sbin/httpd")
    assert lab.run(box, "rpm", "-q", "httpd").out.startswith("httpd-2.4")


# ---- pip


def python(lab: Any, online: bool = True) -> Any:
    return lab.computer(
        "py",
        "172.18.0.5" if online else "",
        {"/usr/local/lib/python3.13/site-packages/pip/__init__.py": '__version__ = "25.3"\n'},
    )


def test_pip(lab: Any) -> None:
    box = python(lab)
    box.vfs.write_file("/desk/requirements.txt", "flask==3.0.0\nredis  # a comment\n")
    got = lab.run(box, "pip", "install", "--no-cache-dir", "-r", "requirements.txt")
    assert got.status == 0
    assert "Collecting flask==3.0.0\n" in got.out
    assert "\nSuccessfully installed blinker-1.9.0 click-8.3.1 flask-3.0.0 " in got.out
    assert got.err.startswith("WARNING: Running pip as the 'root' user")
    assert "flask==3.0.0\n" in lab.run(box, "pip", "freeze").out
    assert "pip" in lab.run(box, "pip", "list").out
    assert box.vfs.exists("/usr/local/bin/flask")
    assert lab.run(box, "pip", "install", "flask").out.startswith("Requirement already satisfied: flask in ")
    assert "Successfully uninstalled redis" in lab.run(box, "pip", "uninstall", "-y", "redis").out


def test_pip_failures(lab: Any) -> None:
    box = python(lab)
    got = lab.run(box, "pip", "install", "nosuch")
    assert (got.status, got.err) == (
        1,
        "ERROR: Could not find a version that satisfies the requirement nosuch (from versions: none)\n"
        "ERROR: No matching distribution found for nosuch\n",
    )
    got = lab.run(box, "pip", "install", "-r", "requirements.txt")
    assert got.err == (
        "ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'\n"
    )
    offline = lab.run(lab.computer("off"), "pip", "install", "flask")
    assert offline.status == 1
    assert offline.err.count("WARNING: Retrying") == 5


# ---- npm


def test_npm(lab: Any) -> None:
    box = lab.computer("node", "172.18.0.6")
    got = lab.run(box, "npm", "start")
    assert got.status == 254
    assert got.err.startswith("npm error code ENOENT\nnpm error syscall open\nnpm error path /desk/package.json\n")
    assert lab.run(box, "npm", "init", "-y").out.startswith("Wrote to /desk/package.json:\n\n{\n")
    got = lab.run(box, "npm", "install", "express")
    assert re.fullmatch(
        r"\nadded 65 packages, and audited 66 packages in \d+(s|ms)\n\n16 packages are looking for funding\n"
        r"  run `npm fund` for details\n\nfound 0 vulnerabilities\n",
        got.out,
    )
    assert b'"express": "^5.2.1"' in box.vfs.read_file("/desk/package.json")
    assert box.vfs.exists("/desk/node_modules/express/package.json")
    got = lab.run(box, "npm", "install", "nosuchpackage")
    assert got.err.startswith("npm error code E404\n")
    got = lab.run(box, "npm", "run", "nothing")
    assert got.err.startswith('npm error Missing script: "nothing"\n')


# ---- the rest


def test_git_clones_what_it_knows(lab: Any) -> None:
    box = lab.computer("g", "172.18.0.7")
    got = lab.run(box, "git", "clone", "https://github.com/docker/getting-started-app.git")
    assert got.err.startswith("Cloning into 'getting-started-app'...\n")
    assert b"express" in box.vfs.read_file("/desk/getting-started-app/package.json")
    got = lab.run(box, "git", "clone", "https://github.com/some/thing")
    assert got.status == 128
    assert "not among those that are simulated" in got.err
    got = lab.run(lab.computer("off"), "git", "clone", "https://github.com/docker/getting-started-app")
    assert got.err.endswith("Could not resolve host: github.com\n")
    assert lab.run(box, "git", "status").err.startswith("fatal: not a git repository")


def test_cowsay(lab: Any) -> None:
    box = lab.computer("c")
    assert lab.run(box, "cowsay", "hello").out == (
        " _______\n< hello >\n -------\n        \\   ^__^\n         \\  (oo)\\_______\n"
        "            (__)\\       )\\/\\\n                ||----w |\n                ||     ||\n"
    )
    assert lab.run(box, "cowsay", stdin=b"from a pipe\n").out.startswith(" _____________\n< from a pipe >\n")
    assert lab.run(box, "cowsay", "-f", "unicorn", "boo").err == "cowsay: Could not find unicorn cowfile!\n"


def test_cowsay_reads_the_cow_file_that_is_there(lab: Any) -> None:
    box = lab.computer("c")
    box.vfs.write_file("/tmp/dot.cow", b'$the_cow = <<"EOC";\n $thoughts ($eyes)\\\\_\nEOC\n')
    assert lab.run(box, "cowsay", "-d", "-f", "/tmp/dot.cow", "hi").out.endswith(" ----\n \\ (xx)\\_\n")


def test_figlet_fortune_and_the_train(lab: Any) -> None:
    box = lab.computer("c")
    assert lab.run(box, "figlet", "hi").out == (" _     _ \n| |__ (_)\n| '_ \\| |\n| | | | |\n|_| |_|_|\n         \n")
    assert lab.run(box, "figlet", "-f", "none", "hi").err == "figlet: none: Unable to open font file\n"
    assert lab.run(box, "figlet", "-k", "hi").err == "figlet: the option -k is not simulated\n"
    assert lab.run(box, "fortune").out.endswith(".\n")
    before = lab.sim.now
    assert "________" in lab.run(box, "sl").out
    assert lab.sim.now > before
