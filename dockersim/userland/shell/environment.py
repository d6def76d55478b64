"""What a shell makes of the environment that it finds: its first variables (XCU 2.5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.userland.shell.syntax.words import is_name

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

_BASH = {
    "_": "/bin/bash",
    "BASH": "/bin/bash",
    "BASH_VERSION": "5.2.21(1)-release",
    "HOSTTYPE": "x86_64",
    "OSTYPE": "linux-gnu",
    "MACHTYPE": "x86_64-pc-linux-gnu",
}


def take_environment(shell: Shell) -> None:
    """Import the process's environment, and set what each flavour sets by itself."""
    variables = shell.vars
    for name, value in shell.p.env.items():
        if is_name(name):
            variables[name] = value
            shell.exported.add(name)
    variables["IFS"] = " \t\n"
    shell.exported.discard("IFS")
    variables["PPID"] = str(shell.p.ppid)
    variables["PWD"] = shell.p.cwd
    shell.exported.add("PWD")
    variables.setdefault("PS4", "+ ")
    variables.setdefault("OPTIND", "1")
    if shell.flavour != "dash":
        _count_level(shell)
        variables.setdefault("HOSTNAME", shell.p.computer.hostname)
    if shell.bash:
        variables.setdefault("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        for name, value in _BASH.items():
            variables.setdefault(name, value)
    else:
        variables.setdefault("PATH", "/sbin:/usr/sbin:/bin:/usr/bin")


def _count_level(shell: Shell) -> None:
    """One shell more inside the others (``SHLVL``)."""
    level = shell.vars.get("SHLVL", "0")
    shell.vars["SHLVL"] = str(int(level) + 1 if level.isdigit() else 1)
    shell.exported.add("SHLVL")
