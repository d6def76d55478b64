"""Help pages as their structure: usage, sections, names of commands, flags with types and defaults; no prose."""

from __future__ import annotations

import re

_HEADING = re.compile(r"(Aliases|[A-Z][\w ]*(?:Options|Flags|Commands)|Options|Commands):$")
_FLAG = re.compile(r"  (?:-(\w), |    )--(\S+)(?: (\S+))?(?:\s{2,}(.*))?$")
_COMMAND = re.compile(r"  ([a-z][\w-]*\*?)(?:\s{2,}.*)?$")
_DEFAULT = re.compile(r'\(default ("[^"]*"|\w*\[[^]]*\]|[^)\s]+)\)')


def is_page(text: str) -> bool:
    """Whether a text is a help page, not a message that quotes a usage line."""
    return text.lstrip().startswith("Usage:  docker")


def structure(text: str) -> str:
    """The lines of a help page that are interface; of any other text, all of it."""
    if not is_page(text):
        return text
    lines: list[str] = []
    section = ""
    flag: list[str] = []
    for line in [*text.splitlines(), ""]:
        heading = _HEADING.match(line)
        if flag and not line.startswith(" " * 10):
            lines.append(_flag(flag))
            flag = []
        if heading or line.startswith("Usage:"):
            section = heading[1] if heading else "Usage"
            lines.append(line.rstrip())
        elif section == "Usage" and line.startswith(("\t", "   ")):
            lines.append(line.rstrip())
        elif section == "Aliases" and line.startswith("  "):
            lines.append(line)
        elif section.endswith("Commands") and (found := _COMMAND.match(line)):
            lines.append(f"  {found[1]}")
        elif section.endswith(("Options", "Flags")):
            if _FLAG.match(line):
                flag = [line]
            elif flag:
                flag.append(line.strip())
        elif line.startswith("Run '"):
            lines.append(line)
    return "\n".join(lines) + "\n"


def _flag(lines: list[str]) -> str:
    found = _FLAG.match(lines[0])
    assert found is not None
    short, name, kind, rest = found.groups(default="")
    default = _DEFAULT.search(" ".join([rest, *lines[1:]]))
    parts = [f"-{short}," if short else "   ", f"--{name}", kind, f"(default {default[1]})" if default else ""]
    return "  " + " ".join(filter(None, parts))
