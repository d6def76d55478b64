"""Help pages, laid out as docker/cli and pflag lay theirs out; what they say is in the grammar."""

from __future__ import annotations

from collections.abc import Iterable

from dockersim.client.grammar import COMMON, PLUGINS, SWARM, Command, Flag, children, command, forwarded

_GUIDES = "Docker's own guides are at https://docs.docker.com/go/guides/"


def page(
    shown: Command,
    called: str = "",
    width: int = 80,
    plugins: tuple[str, ...] = PLUGINS,
    features: frozenset[str] = frozenset(),
    legacy: bool = True,
) -> str:
    """The help page of ``shown``, for a terminal of ``width`` columns (80 where there is none).

    ``called`` is the path that was typed, if it differs; ``features`` are those of the daemon ("experimental",
    "swarm"), without which some flags and commands stay hidden. Without ``legacy`` the short forms of commands in
    groups do.
    """
    inner = _inner(shown, plugins, features)
    flags = [flag for flag in shown.flags if not flag.hidden and (not flag.needs or flag.needs in features)]
    parts = [f"Usage:  {_use(shown, bool(flags))}", _about(shown)]
    if shown.experimental:
        parts.append(_notice(shown))
    if shown.aliases:
        parts.append("Aliases:\n  " + ", ".join(f"docker {alias}" for alias in shown.aliases))
    builder = "default" if called and called != shown.path and not called.startswith("buildx") else ""
    options = _flag_usages(flags, width - 1, builder)
    if flags and shown.path:
        parts.append(f"Options:\n{options}")
    if shown.group:
        parts += _sections(shown, inner if legacy else [one for one in inner if _is_modern(one)], plugins)
    if flags and not shown.path:
        parts.append(f"Global Options:\n{options}")
    if shown.group:
        parts.append(f"Run '{shown.full} COMMAND --help' for more information on a command.")
    more = shown.more if shown.path else _GUIDES
    return "\n\n".join([*parts, *([more] if more else [])]) + "\n"


def _use(shown: Command, options: bool) -> str:
    if not shown.group:
        return shown.use
    return f"{shown.full} [OPTIONS] COMMAND" if options else f"{shown.full} COMMAND"


def _about(shown: Command) -> str:
    return "\n".join(shown.long) if shown.long else shown.about


def _notice(shown: Command) -> str:
    return (
        f"EXPERIMENTAL:\n  {shown.full} is an experimental feature.\n"
        "  It is there to be tried out. It may change or go away with any release, and no\n"
        "  notice will be given. What that means is told at\n  https://docs.docker.com/go/experimental/"
    )


def _inner(shown: Command, plugins: tuple[str, ...], features: frozenset[str]) -> list[Command]:
    if not shown.group:
        return []
    return [
        child
        for child in children(shown.path)
        if (not child.hidden or child.hidden in features) and (child.path in plugins or child.path not in PLUGINS)
    ]


def _is_modern(one: Command) -> bool:
    """Not the short form of a command in a group, unless it is a common one."""
    return bool(" " in one.path or one.group or one.name in COMMON or one.name in SWARM)


def _sections(shown: Command, inner: list[Command], plugins: tuple[str, ...]) -> Iterable[str]:
    pad = max([11, *(len(child.name) for child in children(shown.path))])
    listed = {child.name: child for child in inner}
    common = [name for name in COMMON if name in listed or name == "bake"] if not shown.path else []
    if "buildx" not in plugins:
        common = [name for name in common if name != "bake"]
    swarm = [name for name in SWARM if name in listed and not shown.path]
    groups = [name for name, child in listed.items() if child.group and name not in swarm]
    plain = [name for name, child in listed.items() if not child.group and name not in common]
    for title, names, marked in (
        ("Common Commands", common, True),
        ("Management Commands", groups, True),
        ("Swarm Commands", swarm, True),
        ("Commands", plain, False),
    ):
        if names:
            lines = [_line(name, listed.get(name) or command(forwarded(name)), pad, marked, shown) for name in names]
            yield "\n".join([f"{title}:", *lines])


def _line(name: str, child: Command | None, pad: int, marked: bool, shown: Command) -> str:
    assert child is not None
    star = "*" if marked and not shown.path and child.path in PLUGINS else " "
    return f"  {f'{name}{star}':<{pad + 1}}{child.about}"


def _flag_usages(flags: list[Flag], columns: int, builder: str) -> str:
    heads = [_head(flag) for flag in flags]
    # pflag aligns on a mark of one byte behind the longest head, and adds one more space by Fprintln.
    longest = max((len(head) for head in heads), default=0) + 1
    return "\n".join(
        f"{head}{' ' * (longest + 2 - len(head))}{_wrap(longest + 2, columns, _words(flag, builder))}"
        for flag, head in zip(flags, heads, strict=True)
    ).rstrip()


def _head(flag: Flag) -> str:
    name = f"  -{flag.short}, --{flag.name}" if flag.short else f"      --{flag.name}"
    return name if flag.type == "bool" else f"{name} {flag.type}"


def _words(flag: Flag, builder: str) -> str:
    default = f'"{builder}"' if builder and flag.name == "builder" else flag.default
    return f"{flag.about} (default {default})" if default else flag.about


def _wrap(indent: int, columns: int, text: str) -> str:
    """pflag's ``wrap``: a last line may be up to five columns longer, to save a word from standing alone."""
    room = columns - indent
    lead = ""
    if room < 24:
        indent, room, lead = 16, columns - 16, "\n" + " " * 16
    if room < 24:
        return text.replace("\n", lead)
    lines = []
    while text:
        line, text = _cut(room - 5, 5, text)
        lines.append(line)
    return lead + "\n".join(lines).replace("\n", "\n" + " " * indent)


def _cut(room: int, slop: int, text: str) -> tuple[str, str]:
    if room + slop > len(text):
        return text, ""
    at = max(text.rfind(char, 0, room) for char in " \t\n")
    if at <= 0:
        return text, ""
    newline = text.rfind("\n", 0, room)
    if 0 < newline < at:
        at = newline
    return text[:at], text[at + 1 :]
