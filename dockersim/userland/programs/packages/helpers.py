"""Small programs that images and packages bring along: envsubst, certificates, PHP's extensions."""

from __future__ import annotations

import re

from dockersim.userland.process import Process, Steps


def envsubst(p: Process) -> Steps:
    """``envsubst ['$A $B']``: standard input with variables of the environment put in."""
    wanted = re.findall(r"\$\{?(\w+)\}?", p.argv[1]) if len(p.argv) > 1 else None
    text = (yield from p.read_all(0)).decode("utf-8", "surrogateescape")

    def put(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return found[0] if wanted is not None and name not in wanted else p.env.get(name, "")

    p.out(re.sub(r"\$(?:\{(\w+)\}|([A-Za-z_]\w*))", put, text))
    return 0


def update_ca_certificates(p: Process) -> int:
    """Tells how many certificates it took in: none."""
    p.out("Updating certificates in /etc/ssl/certs...\n0 added, 0 removed; done.\n")
    p.out("Running hooks in /etc/ca-certificates/update.d...\ndone.\n")
    return 0


def docker_php_ext_install(p: Process) -> Steps:
    """``docker-php-ext-install name...``: takes its time and leaves a configuration file for each."""
    for name in (word for word in p.argv[1:] if not word.startswith("-")):
        p.out(f"Configuring for:\nPHP Api Version:         20240924\nInstalling shared extensions: {name}.so\n")
        yield from p.flush()
        p.cpu += 4
        yield from p.sleep(5)
        _enable(p, name)
    return 0


def docker_php_ext_enable(p: Process) -> int:
    """``docker-php-ext-enable name...``."""
    for name in (word for word in p.argv[1:] if not word.startswith("-")):
        _enable(p, name)
    return 0


def docker_php_ext_configure(p: Process) -> int:
    p.out("Configuring for:\nPHP Api Version:         20240924\n")
    return 0


def _enable(p: Process, name: str) -> None:
    folder = "/usr/local/etc/php/conf.d"
    p.vfs.makedirs(folder, cwd="/", cred=p.cred)
    p.write_file(f"{folder}/docker-php-ext-{name}.ini", f"extension={name}.so\n".encode())
