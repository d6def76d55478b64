"""cobra, as docker/cli sets it up: from the words after ``docker`` to one command with its options and arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dockersim.client.flags.pflag import FlagError, FlagSet, Options
from dockersim.client.grammar import PLUGINS, Command, Flag, command, forwarded
from dockersim.units import parse_bool, quote

_HELP = Flag("help", short="h", about="Print usage", hidden=True)
_HELP_COMMAND = Command("help", usage=("[command]",), about="Explain a command")
_DEPRECATED = "DEPRECATED: The legacy builder is deprecated and will be removed in a future release."
_DISABLED = (
    "BuildKit is currently disabled; enable it by removing the DOCKER_BUILDKIT=0",
    "environment-variable.",
)
_INSTALL = ("Install the buildx component to build images with BuildKit:", "https://docs.docker.com/go/buildx/")
_NO_BAKE = "ERROR: docker bake requires the buildx component but it is missing or broken."
_INSTALL_BAKE = ("Install the buildx component to use bake:", "https://docs.docker.com/go/buildx/")
_BROKEN = "ERROR: BuildKit is enabled but the buildx component is missing or broken."
_WRONG_FLAGS = 125


class UsageError(Exception):
    """The command line is wrong. The client prints ``stdout`` and ``stderr``, newlines included, and exits.

    ``command`` is the command that was meant, where its arguments or (``wrong_flags``) its flags are wrong.
    """

    command: Command | None = None
    wrong_flags = False

    def __init__(self, message: str, exit_code: int, stdout: str = "", stderr: str = "") -> None:
        self.stdout = stdout
        self.stderr = f"{stderr}{message}\n"
        self.exit_code = exit_code
        super().__init__(message)


class Invocation(NamedTuple):
    """A command line that parses: what to run, with which options and arguments.

    ``show`` is ``""`` to run ``command``, ``"help"`` for its page on stdout, ``"bare"`` for its page as the answer to
    a command that only holds others (docker writes that to stderr), ``"version"`` for the version line. ``stdout`` and
    ``stderr`` are to be printed first: notices of deprecation. ``called`` is the path as typed, before builds are sent
    to buildx. ``outer`` are the options of a group that has some (``docker compose -p NAME up``).
    """

    command: Command
    options: Options
    args: list[str]
    globals: Options
    show: str = ""
    stdout: str = ""
    stderr: str = ""
    called: str = ""
    outer: Options | None = None


def parse(
    argv: Sequence[str],
    environ: Mapping[str, str] | None = None,
    cwd: str = "/",
    plugins: tuple[str, ...] = PLUGINS,
) -> Invocation:
    """Read ``argv`` (without ``docker`` itself). Raises :class:`UsageError`.

    ``environ`` is the client's environment (``-e NAME`` takes from it; ``DOCKER_BUILDKIT`` chooses the builder),
    ``cwd`` its directory (mounts of relative paths), ``plugins`` the client plugins that are installed.
    """
    return _Reader(environ or {}, cwd, plugins).read(argv)


class _Reader:
    def __init__(self, environ: Mapping[str, str], cwd: str, plugins: tuple[str, ...]) -> None:
        self._environ = environ
        self._cwd = cwd
        self._plugins = plugins
        # cobra writes the notices of a command's flags to stdout; those of global flags go to stderr.
        self._stdout = ""
        self._stderr = ""
        self._outer: Options | None = None

    def read(self, argv: Sequence[str]) -> Invocation:
        root = command("")
        assert root is not None
        top = self._flags(root, interspersed=False)
        try:
            top.parse(argv)
        except FlagError as error:
            self._stderr += top.notices
            self._fail(f"{error}{_trailer(root)}", _WRONG_FLAGS, root)
        self._stderr += top.notices
        self._globals = top.options
        words = top.args
        if words and words[0] == "help":
            return self._help(words[1:])
        found, called, rest, asked = self._find(root, words)
        if not found.path:
            return self._bare(root, top, words)
        flags = self._flags(found)
        self._parse(flags, found, rest)
        made = self._made(found, flags.options, flags.args, called)
        if asked or top.options["help"] or flags.options["help"]:
            return made._replace(show="help")
        self._check_args(found, flags.args, called)
        if not found.group:
            return made
        return made._replace(show="help" if _plugin(found) else "bare")

    def _made(self, found: Command, options: Options, args: list[str], called: str = "") -> Invocation:
        return Invocation(
            found, options, args, self._globals, "", self._stdout, self._stderr, called or found.path, self._outer
        )

    def _bare(self, root: Command, top: FlagSet, words: list[str]) -> Invocation:
        """``docker`` alone, with global options only, or with a word that is no command."""
        again = self._flags(root)
        self._parse(again, root, words)
        made = self._made(root, top.options, again.args)
        if top.options["help"] or again.options["help"]:
            return made._replace(show="help")
        if top.options["version"] or again.options["version"]:
            return made._replace(show="version")
        if not again.args:
            return made._replace(show="bare")
        self._fail(f"docker: unknown command: docker {again.args[0]}\n\nRun 'docker --help' for more information", 1)
        raise AssertionError

    def _help(self, words: list[str]) -> Invocation:
        """``docker help [command]``."""
        flags = FlagSet([_HELP], self._environ, self._cwd)
        self._parse(flags, _HELP_COMMAND, words)
        found: Command | None = command("")
        assert found is not None
        called = ""
        for at, word in enumerate(flags.args):
            if flags.args[0] == "help":
                found = _HELP_COMMAND
                break
            inner = self._command(f"{called} {word}".strip())
            if inner is None:
                self._fail(f"unknown help topic: {' '.join(flags.args[at:])}", 1)
            assert inner is not None
            found, called = inner, inner.path
        return self._made(found, flags.options, [], called)._replace(show="help")

    def _find(self, root: Command, words: list[str]) -> tuple[Command, str, list[str], bool]:
        """cobra's Traverse: walk down the groups, reading each group's own flags on the way."""
        if words:
            self._choose_builder(words)
        found, called, rest, asked = root, "", words, False
        while found.group:
            at = self._next_word(found, rest)
            inner = None
            if at is not None:
                typed = f"{called} {rest[at]}".strip()
                inner = self._command(f"{found.path} {rest[at]}".strip()) if rest[at] else None
            if inner is None or at is None:
                break
            between = self._flags(found)
            try:
                between.parse(rest[:at])
            except FlagError as error:
                self._fail(str(error), 1)
            self._stdout += between.notices
            asked = asked or bool(between.options["help"])
            if found.path and found.flags:
                self._outer = between.options
            found, called, rest = inner, typed, rest[at + 1 :]
        return found, called, rest, asked

    def _next_word(self, group: Command, words: list[str]) -> int | None:
        """Where the first word is that is neither a flag of the group nor the value of one."""
        value = False
        for at, word in enumerate(words):
            if word.startswith("--") and "=" not in word:
                value = not self._is_bool(group, word[2:], "")
            elif len(word) == 2 and word[0] == "-" and not self._is_bool(group, "", word[1]):
                value = True
            elif value:
                value = False
            elif len(word) < 2 or word[0] != "-":
                return at
        return None

    def _is_bool(self, group: Command, name: str, short: str) -> bool:
        return any(
            flag.type == "bool" and ((name and flag.name == name) or (short and flag.short == short))
            for flag in (*group.flags, _HELP)
        )

    def _command(self, path: str) -> Command | None:
        home = self._home(path)
        if home.partition(" ")[0] in ("buildx", "compose") and home.partition(" ")[0] not in self._plugins:
            return None
        return command(home)

    def _home(self, path: str) -> str:
        return path if self._legacy() else forwarded(path, self._plugins)

    def _legacy(self) -> bool:
        value = self._environ.get("DOCKER_BUILDKIT", "")
        try:
            return bool(value) and not parse_bool(value)
        except ValueError as error:
            self._fail(f"DOCKER_BUILDKIT environment variable expects boolean value: {error}", 1)
            raise AssertionError from None

    def _choose_builder(self, words: list[str]) -> None:
        """Say so where a build goes to the legacy builder."""
        if words[0] == "bake" and "buildx" not in self._plugins:
            self._fail("\n       ".join((_NO_BAKE, *_INSTALL_BAKE)), 1)
        if words[0] not in ("build", "builder") and words[:2] != ["image", "build"]:
            return
        if self._legacy():
            lines: tuple[str, ...] = _DISABLED
        elif "buildx" in self._plugins:
            return
        elif self._environ.get("DOCKER_BUILDKIT"):
            self._fail("\n       ".join((_BROKEN, *_INSTALL)), 1)
            return
        else:
            lines = _INSTALL
        self._stderr += f"\n{' ' * 12}".join((_DEPRECATED, *lines)) + "\n\n"

    def _flags(self, found: Command, interspersed: bool | None = None) -> FlagSet:
        known: list[Flag] = [self._with_default(flag) if flag.env else flag for flag in found.flags]
        own = found.flag("help")
        if own is None:
            known.append(_HELP)
        loose = not found.options_first if interspersed is None else interspersed
        return FlagSet(known, self._environ, self._cwd, loose)

    def _with_default(self, flag: Flag) -> Flag:
        """A flag whose default is in the environment."""
        said = self._environ.get(flag.env.removeprefix("!"), "")
        if not said:
            return flag
        if not flag.env.startswith("!"):
            return flag._replace(default=said)
        try:
            return flag._replace(default="" if parse_bool(said) else "true")
        except ValueError:
            return flag._replace(default="")

    def _parse(self, flags: FlagSet, found: Command, argv: Sequence[str]) -> None:
        try:
            flags.parse(argv)
        except FlagError as error:
            if _plugin(found) == "compose":
                self._fail(str(error), 1)
            self._fail(f"{error}{_trailer(found)}", _WRONG_FLAGS, found)
        self._stdout += flags.notices

    def _check_args(self, found: Command, args: list[str], called: str) -> None:
        message = args_error(found, args)
        if message is None:
            return
        plugin = _plugin(found)
        if found.group and plugin:
            from dockersim.client.help import page

            self._stdout += page(found, called)
            said = f"unknown command: {quote(args[0])}"
            message = said if plugin == "buildx" else f"unknown docker command: {quote(f'{found.path} {args[0]}')}"
        self._fail(f"ERROR: {message}" if plugin == "buildx" else message, 1, found)

    def _fail(self, message: str, exit_code: int, found: Command | None = None) -> Any:
        error = UsageError(message, exit_code, self._stdout, self._stderr)
        error.command = found
        error.wrong_flags = exit_code == _WRONG_FLAGS
        raise error


def _plugin(found: Command) -> str:
    """The client plugin that runs a command, or the empty text."""
    word = found.path.partition(" ")[0]
    return word if word in PLUGINS else ""


def args_error(found: Command, args: Sequence[str]) -> str | None:
    """What the client says if ``args`` are too few or too many, or ``None``."""
    count = len(args)
    if found.group:
        return f"docker: unknown command: {found.full} {args[0]}{_trailer(found)}" if args else None
    rule = found.args
    least, most = _bounds(rule.removeprefix("="))
    if count >= least and (most is None or count <= most):
        return None
    if rule.startswith("="):
        return _cobra_error(found, args, least, most)
    if most == 0:
        return f"docker: '{found.full}' accepts no arguments{_trailer(found)}"
    if most is None:
        return f"docker: '{found.full}' requires at least {_plural(least)}{_trailer(found, 'See')}"
    if least == most:
        return f"docker: '{found.full}' requires {_plural(least)}{_trailer(found)}"
    if least == 0:
        # "SRun" is how the real client spells it.
        return f"docker: '{found.full}' requires at most {_plural(most)}{_trailer(found, 'SRun')}"
    return f"docker: '{found.full}' requires at least {least} and at most {_plural(most)}{_trailer(found)}"


def _cobra_error(found: Command, args: Sequence[str], least: int, most: int | None) -> str:
    """cobra's own words, which docker/cli replaces nearly everywhere."""
    if most == 0:
        return f"unknown command {quote(args[0])} for {quote(found.full)}"
    if most is None:
        return f"requires at least {least} arg(s), only received {len(args)}"
    if least == most:
        return f"accepts {least} arg(s), received {len(args)}"
    if least == 0:
        return f"accepts at most {most} arg(s), received {len(args)}"
    return f"accepts between {least} and {most} arg(s), received {len(args)}"


def _trailer(found: Command, verb: str = "Run") -> str:
    return f"\n\nUsage:  {found.use}\n\n{verb} '{found.full} --help' for more information"


def _bounds(rule: str) -> tuple[int, int | None]:
    if rule in ("any", ""):
        return 0, None
    if rule.endswith("+"):
        return int(rule[:-1]), None
    least, _, most = rule.partition("-")
    return int(least), int(most or least)


def _plural(count: int) -> str:
    return f"{count} argument" if count == 1 else f"{count} arguments"
