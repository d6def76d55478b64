"""Image names: how ``hello-world`` comes to mean ``docker.io/library/hello-world:latest``.

The grammar, the normal form and the words of its errors are those of github.com/distribution/reference.
"""

from __future__ import annotations

import re
from collections import deque

from dockersim.errors import InvalidParameter
from dockersim.oci.digest import Digest
from dockersim.oci.value import Value, set_once

DEFAULT_DOMAIN = "docker.io"
LEGACY_DOMAIN = "index.docker.io"
OFFICIAL = "library/"
DEFAULT_TAG = "latest"
LONGEST_PATH = 255

_COMPONENT = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST = rf"(?:{_COMPONENT}(?:\.{_COMPONENT})*|\[(?:[a-fA-F0-9:]+)\])"
_DOMAIN = rf"{_HOST}(?::[0-9]+)?"
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = rf"{_PART}(?:/{_PART})*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"

NAME = re.compile(rf"(?:({_DOMAIN})/)?({_PATH})")
PATH = re.compile(_PATH)
TAG = re.compile(_TAG)
REFERENCE = re.compile(rf"((?:{_DOMAIN}/)?{_PATH})(?::({_TAG}))?(?:@({_DIGEST}))?")
IDENTIFIER = re.compile(r"[a-f0-9]{64}")


class Reference(Value):
    """A name with an optional tag and an optional digest. ``domain`` is empty where the name has none."""

    __slots__ = ("digest", "domain", "path", "tag")
    domain: str
    path: str
    tag: str
    digest: str

    def __init__(self, domain: str, path: str, tag: str = "", digest: str = "") -> None:
        name = f"{domain}/{path}" if domain else path
        found = NAME.fullmatch(name)
        if found is None or (found[1] or "") != domain:
            raise InvalidParameter("invalid reference format")
        if len(path) > LONGEST_PATH:
            raise InvalidParameter(f"repository name must not be more than {LONGEST_PATH} characters")
        if tag and not TAG.fullmatch(tag):
            raise InvalidParameter("invalid tag format")
        set_once(self, "domain", domain)
        set_once(self, "path", path)
        set_once(self, "tag", tag)
        set_once(self, "digest", Digest(digest) if digest else "")

    @classmethod
    def parse(cls, text: str) -> Reference:
        """The reference exactly as written, nothing added; see :meth:`normalized` for what a user types."""
        found = REFERENCE.fullmatch(text)
        if found is None:
            if not text:
                raise InvalidParameter("repository name must have at least one component")
            if REFERENCE.fullmatch(text.lower()):
                raise InvalidParameter("repository name must be lowercase")
            raise InvalidParameter("invalid reference format")
        name, tag, digest = found.groups(default="")
        named = NAME.fullmatch(name)
        assert named is not None
        return cls(named[1] or "", named[2], tag, digest)

    @classmethod
    def normalized(cls, text: str) -> Reference:
        """What a user means by ``text``: Docker Hub where no domain is given, ``library/`` for official images."""
        if IDENTIFIER.fullmatch(text):
            raise InvalidParameter(f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings")
        domain, remainder = _split_domain(text)
        remote = remainder.partition(":")[0]
        if remote.lower() != remote:
            raise InvalidParameter(f"invalid reference format: repository name ({remote}) must be lowercase")
        return cls.parse(f"{domain}/{remainder}")

    @classmethod
    def docker(cls, text: str) -> Reference:
        """What ``docker pull`` asks for: normalized, ``latest`` added, a tag beside a digest dropped."""
        found = cls.normalized(text)
        if found.digest:
            return cls(found.domain, found.path, "", found.digest)
        return found.tagged_or_latest()

    @property
    def name(self) -> str:
        """Domain and path, without tag and digest."""
        return f"{self.domain}/{self.path}" if self.domain else self.path

    @property
    def is_name_only(self) -> bool:
        return not self.tag and not self.digest

    @property
    def identifier(self) -> str:
        """What to ask a registry for: the digest, else the tag."""
        return self.digest or self.tag

    @property
    def familiar_name(self) -> str:
        """The name as Docker shows it: without ``docker.io/`` and ``library/``."""
        if self.domain != DEFAULT_DOMAIN:
            return self.name
        short = self.path.removeprefix(OFFICIAL)
        return self.path if "/" in short else short

    @property
    def familiar(self) -> str:
        """The whole reference as Docker shows it."""
        return self.familiar_name + self._suffix()

    def tagged_or_latest(self) -> Reference:
        """With ``:latest`` where there is neither tag nor digest."""
        return self.with_tag(DEFAULT_TAG) if self.is_name_only else self

    def with_tag(self, tag: str) -> Reference:
        if not tag:
            raise InvalidParameter("invalid tag format")
        return Reference(self.domain, self.path, tag, self.digest)

    def with_digest(self, digest: str) -> Reference:
        return Reference(self.domain, self.path, self.tag, Digest(digest))

    def trimmed(self) -> Reference:
        """The name alone."""
        return Reference(self.domain, self.path)

    def _suffix(self) -> str:
        return (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")

    def __str__(self) -> str:
        return self.name + self._suffix()


def parse_any(text: str) -> Reference | Digest:
    """An image by name or by digest: 64 hexadecimal digits and ``algorithm:digits`` are digests."""
    if IDENTIFIER.fullmatch(text):
        return Digest("sha256:" + text)
    try:
        return Digest(text)
    except InvalidParameter:
        return Reference.normalized(text)


def _split_domain(text: str) -> tuple[str, str]:
    first, slash, rest = text.partition("/")
    if not slash:
        return DEFAULT_DOMAIN, OFFICIAL + text
    if not (first == "localhost" or "." in first or ":" in first or first.lower() != first):
        return DEFAULT_DOMAIN, text
    if first not in (DEFAULT_DOMAIN, LEGACY_DOMAIN):
        return first, rest
    return DEFAULT_DOMAIN, rest if "/" in rest else OFFICIAL + rest


def familiar_match(pattern: str, reference: Reference) -> bool:
    """Whether a shell pattern matches the familiar reference or name, as image filters match.

    ``*`` and ``?`` stop at slashes (Go's ``path.Match``). Raises :class:`InvalidParameter` for a bad pattern.
    """
    expression = re.compile(_pattern(pattern), re.DOTALL)
    return any(expression.fullmatch(text) for text in (reference.familiar, reference.familiar_name))


def _pattern(pattern: str) -> str:
    """The pattern as a regular expression."""
    chars = deque(pattern)
    out = ""
    while chars:
        char = chars.popleft()
        if char == "*":
            out += "[^/]*"
        elif char == "?":
            out += "[^/]"
        elif char == "[":
            out += _char_class(chars)
        else:
            out += re.escape(_next(chars) if char == "\\" else char)
    return out


def _char_class(chars: deque[str]) -> str:
    negated = bool(chars) and chars[0] == "^"
    if negated:
        chars.popleft()
    ranges: list[str] = []
    while not (ranges and chars and chars[0] == "]"):
        low = high = _class_member(chars)
        if chars and chars[0] == "-":
            chars.popleft()
            high = _class_member(chars)
        ranges.append(f"{re.escape(low)}-{re.escape(high)}" if low <= high else "")
    chars.popleft()
    inside = "".join(ranges)
    if not inside:
        return "." if negated else "(?!)"
    return f"[^{inside}]" if negated else f"[{inside}]"


def _class_member(chars: deque[str]) -> str:
    char = _next(chars)
    if char in "-]":
        raise InvalidParameter("syntax error in pattern")
    return _next(chars) if char == "\\" else char


def _next(chars: deque[str]) -> str:
    if not chars:
        raise InvalidParameter("syntax error in pattern")
    return chars.popleft()
