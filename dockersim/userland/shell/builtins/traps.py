"""The builtin trap (XCU 2.14)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dockersim.userland import signals
from dockersim.userland.process import IGNORE
from dockersim.userland.shell.xtrace import single_quoted

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell


def trap_(shell: Shell, argv: Sequence[str]) -> int:
    args = list(argv[1:])
    if args[:1] == ["--"]:
        args.pop(0)
    if args[:1] == ["-l"]:
        from dockersim.userland.shell.builtins.process import list_signals

        return list_signals(shell)
    if not args or args[0] == "-p":
        wanted = [_trap_name(arg) for arg in args[1:]]
        for name in sorted(shell.traps, key=_order):
            if not wanted or name in wanted:
                shown = name if name in ("EXIT", "ERR", "DEBUG", "RETURN") or not shell.bash else f"SIG{name}"
                shell.p.out(f"trap -- {single_quoted(shell.traps[name])} {shown}\n")
        return 0
    action: str | None = args[0]
    conditions = args[1:]
    if len(args) == 1 or (args[0].isdigit() and _trap_name(args[0])):
        action, conditions = None, args
    elif action == "-":
        action = None
    status = 0
    for condition in conditions:
        known = _trap_name(condition)
        if known is None:
            status = _bad_trap(shell, condition)
        else:
            _set_trap(shell, known, action)
    return status


def _order(name: str) -> int:
    return signals.NUMBERS.get(name, 0 if name == "EXIT" else 99)


def _trap_name(text: str) -> str | None:
    upper = text.upper()
    if upper in ("0", "EXIT"):
        return "EXIT"
    if upper in ("ERR", "DEBUG", "RETURN"):
        return upper
    number = signals.number_of(text)
    return signals.name_of(number).removeprefix("SIG") if number else None


def _bad_trap(shell: Shell, text: str) -> int:
    if shell.flavour == "dash":
        shell.p.err(f"trap: {text}: bad trap\n")
        return 1
    return shell.complain(f"{text}: invalid signal specification", "trap")


def _set_trap(shell: Shell, name: str, action: str | None) -> None:
    number = signals.NUMBERS.get(name)
    if action is None:
        shell.traps.pop(name, None)
        if number in shell.own_handlers:
            shell.p.handlers[number] = shell.own_handlers[number]
        elif number is not None:
            shell.p.handlers.pop(number, None)
        return
    shell.traps[name] = action
    if number is not None:
        shell.p.handlers[number] = shell.arriving if action else IGNORE
