"""One build stage while it grows: tree, layers, configuration, history, variables; one method per instruction."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dockersim.dockerfile import DockerfileError, Instruction, expand, expand_words, parse_trigger
from dockersim.dockerfile.words import quote
from dockersim.engine.times import rfc3339
from dockersim.errors import NotImplemented_
from dockersim.fs.layer import Layer, apply
from dockersim.fs.node import Node
from dockersim.fs.tree import Tree
from dockersim.oci import ImageConfig, Platform

from .copy import Attributes, Copy, find_owner, find_sources, parse_mode
from .image import Image, ImageLayer

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
COMMENT = "buildkit.dockerfile.v0"
PROXY_ARGUMENTS = frozenset(
    name
    for upper in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
    for name in (upper, upper.lower())
)
_ORDER = (
    *("Hostname", "Domainname", "User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels"),
    *("StopSignal", "ArgsEscaped", "Healthcheck", "OnBuild", "Shell"),
)
"""How the engine orders the fields of a configuration."""


class Build:
    """What is the same for all stages of one build. ``created_ns``: unix nanoseconds."""

    def __init__(self, arguments: dict[str, str], platform: Platform, created_ns: int) -> None:
        self.arguments = arguments
        self.platform = platform
        self.created_ns = created_ns
        self.created = rfc3339(created_ns)
        self.globals: dict[str, str] = {}

    def platform_arguments(self) -> dict[str, str]:
        """The arguments that are there without being declared before the first FROM."""
        os, arch, variant = self.platform.os, self.platform.architecture, self.platform.variant
        values: dict[str, str] = {}
        for side in ("TARGET", "BUILD"):
            values |= {f"{side}PLATFORM": str(self.platform), f"{side}OS": os, f"{side}ARCH": arch}
            values[f"{side}VARIANT"] = variant
        return values


class StageState:
    """A stage so far. ``image`` is what FROM named; ``None`` for scratch."""

    def __init__(self, build: Build, image: Image | None, platform: Platform, escape: str = "\\") -> None:
        self.build = build
        self.platform = platform
        self.escape = escape
        self.tree = image.tree if image else Tree.EMPTY
        self.layers = list(image.layers) if image else []
        self.history: list[dict[str, Any]] = [dict(entry) for entry in image.config.history] if image else []
        self.author = image.config.author if image else ""
        self.base_created = image.config.created if image else ""
        self.config: dict[str, Any] = _thawed(image.config.config) if image else {}
        self.config.setdefault("Env", [f"PATH={DEFAULT_PATH}"])
        self.config["WorkingDir"] = self.config.get("WorkingDir") or "/"
        self.declared: dict[str, str | None] = {}  # ARGs in order of declaration, None while unset
        self.cmd_set = False

    # What instructions see

    @property
    def cwd(self) -> str:
        return str(self.config["WorkingDir"])

    @property
    def user(self) -> str:
        return str(self.config.get("User", ""))

    @property
    def shell(self) -> list[str]:
        return list(self.config.get("Shell") or ["/bin/sh", "-c"])

    def environment(self) -> dict[str, str]:
        """Arguments and environment together; the environment wins."""
        known = {name: self.build.arguments[name] for name in PROXY_ARGUMENTS if name in self.build.arguments}
        known |= {name: value for name, value in self.declared.items() if value is not None}
        for entry in self.config["Env"] or ():
            name, _, value = entry.partition("=")
            known[name] = value
        return known

    def expand(self, word: str) -> str:
        return expand(word, self.environment(), self.escape)

    def triggers(self) -> list[Instruction]:
        """The base image's ONBUILD instructions; they are spent with this."""
        return [parse_trigger(text) for text in self.config.pop("OnBuild", None) or ()]

    def argv(self, instruction: Instruction) -> tuple[str, ...]:
        """The command of RUN, CMD or ENTRYPOINT: as it stands in exec form, in the shell otherwise."""
        if instruction.json:
            return instruction.args
        text = " ".join(instruction.args)
        heredocs = instruction.heredocs
        if len(heredocs) == 1 and text.strip().lstrip("0123456789").startswith("<<") and len(text.split()) == 1:
            text = heredocs[0].text
        else:
            text += "".join(f"\n{heredoc.content}{heredoc.name}" for heredoc in heredocs)
        return (*self.shell, text)

    # What instructions do

    def apply(self, instruction: Instruction) -> None:
        """An instruction that changes the configuration (WORKDIR makes its directory, too)."""
        _APPLY[instruction.name](self, instruction)

    def commit(self, created_by: str, layer: Layer | None = None) -> None:
        """One entry of the history, with its layer if it has one."""
        entry: dict[str, Any] = {"created": self.build.created, "created_by": created_by, "comment": COMMENT}
        if layer is None:
            entry["empty_layer"] = True
        else:
            self.tree = apply(self.tree, layer)
            self.layers.append(ImageLayer.of(layer))
        self.history.append(entry)

    def ran(self, instruction: Instruction, argv: tuple[str, ...], layer: Layer) -> None:
        """RUN has left ``layer`` behind."""
        known = self.environment()
        arguments = [f"{name}={known.get(name, '')}" for name in self.declared]
        prefix = [f"|{len(arguments)}", *arguments] if arguments else []
        self.commit(f"RUN {' '.join([*prefix, *argv])} # buildkit", layer)

    def copy(self, instruction: Instruction, source: Tree, *, stage: bool) -> None:
        """COPY and ADD. ``stage``: ``source`` is another stage or image, not the context."""
        flags = {name: self.expand(value) for name, value in instruction.flags.items()}
        owner = find_owner(self.tree, flags.get("chown", ""))
        mode = parse_mode(flags.get("chmod", ""))
        copying = Copy(self.tree, Attributes(owner, mode, self.build.created_ns))
        *words, last = (self.expand(word) for word in instruction.args)
        destination = self._absolute(last)
        contents = {f"<<{heredoc.name}": heredoc for heredoc in instruction.heredocs}
        sources = [word for word in words if not word.lstrip("0123456789").startswith("<<")]
        self._refuse_remote(instruction, sources)
        excluded = self._excluded(instruction)
        unpacks = instruction.name == "ADD" and flags.get("unpack") != "false"
        parents = flags.get("parents") == "true"
        for pattern in sources:
            for path in find_sources(source, pattern, stage=stage):
                if not (unpacks and self._unpack(copying, source.nodes[path], destination)):
                    place = _below(destination, pattern, path, source) if parents else destination
                    copying.copy(source, path, place, excluded=excluded)
        for heredoc in contents.values():
            text = (
                expand(heredoc.text, self.environment(), self.escape, quotes=False) if heredoc.expand else heredoc.text
            )
            node = Node("file", 0o644, mtime_ns=self.build.created_ns, data=text.encode())
            copying.put(copying.place(destination, heredoc.name), copying.attributes.on(node))
        shown = ["--parents"] if parents else []
        shown += [f"--{name}={flags[name]}" for name in ("chown", "chmod") if name in flags]
        shown += ["--link"] if flags.get("link") == "true" else []
        self.commit(" ".join([instruction.name, *shown, *sources, *contents, last, "# buildkit"]), copying.layer())

    def _absolute(self, path: str) -> str:
        """A destination in this stage; a trailing ``/`` (or ``/.``) is kept, for it means a directory."""
        slash = path.endswith(("/", "/.", "/..")) or path in (".", "..")
        absolute = _clean(posixpath.join(self.cwd, path))
        return absolute + "/" if slash and absolute != "/" else absolute

    @staticmethod
    def _refuse_remote(instruction: Instruction, sources: Iterable[str]) -> None:
        for word in sources:
            if word.startswith(("http://", "https://", "git://", "git@")):
                if instruction.name == "COPY":
                    raise DockerfileError("source can't be a URL for COPY")
                raise NotImplemented_(f"ADD {word}: adding from a URL is not simulated")

    @staticmethod
    def _excluded(instruction: Instruction) -> Callable[[str], bool]:
        patterns = instruction.repeated.get("exclude", ())
        if not patterns:
            return lambda path: False
        from dockersim.dockerfile.dockerignore import PatternMatcher

        return PatternMatcher(list(patterns)).matches

    @staticmethod
    def _unpack(copying: Copy, node: Node, destination: str) -> bool:
        if node.kind != "file" or not node.data:
            return False
        from dockersim.fs.errors import TarError
        from dockersim.fs.tar import unpack

        try:
            layer = unpack(node.data)
        except TarError:
            return False
        copying.unpack(layer, destination)
        return True

    def label(self, labels: Mapping[str, str]) -> None:
        """Labels given on the command line."""
        self.config["Labels"] = dict(sorted({**(self.config.get("Labels") or {}), **labels}.items()))

    def image(self) -> Image:
        """The stage as an image, as it stands."""
        config = {name: self.config[name] for name in _ORDER if self.config.get(name) is not None}
        config |= {name: value for name, value in self.config.items() if name not in _ORDER and value is not None}
        made = ImageConfig.build(
            platform=self.platform,
            diff_ids=[layer.diff_id for layer in self.layers],
            config=config,
            history=self.history,
            created=self.build.created if self.history else self.base_created,
            author=self.author,
        )
        return Image(made, tuple(self.layers), self.tree)


def _below(destination: str, pattern: str, path: str, source: Tree) -> str:
    """``--parents``: the source's own directories are kept, from ``/./`` on if the pattern has such a mark."""
    before, mark, _ = pattern.lstrip("/").partition("/./")
    above = posixpath.relpath(path, _clean(before) if mark else "/")
    if source.nodes[path].kind != "directory":
        above = posixpath.dirname(above)
    return posixpath.join(destination, above) + "/"


def _clean(path: str) -> str:
    path = posixpath.normpath("/" + path)
    return path[1:] if path.startswith("//") else path


def _thawed(config: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, list) else dict(value) if isinstance(value, dict) else value
        for name, value in config.items()
    }


def _env(state: StageState, instruction: Instruction) -> None:
    known = state.environment()
    pairs = [(expand(k, known, state.escape), expand(v, known, state.escape)) for k, v in instruction.pairs]
    entries: list[str] = list(state.config["Env"] or [])
    for name, value in pairs:
        places = [i for i, entry in enumerate(entries) if entry.partition("=")[0] == name]
        if places:
            entries[places[0]] = f"{name}={value}"
        else:
            entries.append(f"{name}={value}")
    state.config["Env"] = entries
    state.commit("ENV " + " ".join(f"{name}={value}" for name, value in pairs))


def _label(state: StageState, instruction: Instruction) -> None:
    pairs = [(state.expand(name), state.expand(value)) for name, value in instruction.pairs]
    state.label(dict(pairs))
    state.commit("LABEL " + " ".join(f"{name}={value}" for name, value in pairs))


def _arg(state: StageState, instruction: Instruction) -> None:
    told = []
    for word in instruction.args:
        name, equals, default = word.partition("=")
        value = state.build.arguments.get(name)
        if value is None and equals:
            value = state.expand(default)
        if value is None:
            value = state.build.globals.get(name)
        state.declared.pop(name, None)
        state.declared[name] = value
        told.append(name if value is None else f"{name}={value}")
    state.commit("ARG " + " ".join(told))


def _cmd(state: StageState, instruction: Instruction) -> None:
    argv = list(state.argv(instruction))
    state.config["Cmd"] = argv
    state.config["ArgsEscaped"] = True
    state.cmd_set = True
    state.commit(f"CMD {_go_strings(argv)}")


def _entrypoint(state: StageState, instruction: Instruction) -> None:
    argv = list(state.argv(instruction))
    state.config["Entrypoint"] = argv or None
    if not state.cmd_set:
        state.config.pop("Cmd", None)
    state.commit(f"ENTRYPOINT {_go_strings(argv)}")


def _go_strings(words: list[str]) -> str:
    return "[" + " ".join(quote(word) for word in words) + "]"


def _expose(state: StageState, instruction: Instruction) -> None:
    from .ports import expose

    known = state.environment()
    ports = [port for word in instruction.args for port in expose(expand_words(word, known, state.escape))]
    state.config["ExposedPorts"] = {port: {} for port in sorted({*(state.config.get("ExposedPorts") or {}), *ports})}
    state.commit(f"EXPOSE [{' '.join(sorted(set(ports)))}]")


def _workdir(state: StageState, instruction: Instruction) -> None:
    path = _clean(posixpath.join(state.cwd, state.expand(instruction.args[0])))
    state.config["WorkingDir"] = path
    if path == "/":
        state.commit(f"WORKDIR {path}")
        return
    making = Copy(state.tree, Attributes(find_owner(state.tree, state.user), None, state.build.created_ns))
    making.make_directory(path)
    state.commit(f"WORKDIR {path}", making.layer())


def _user(state: StageState, instruction: Instruction) -> None:
    state.config["User"] = state.expand(instruction.args[0])
    state.commit(f"USER {state.config['User']}")


def _volume(state: StageState, instruction: Instruction) -> None:
    volumes = [state.expand(word) for word in instruction.args]
    if "" in volumes:
        raise DockerfileError("VOLUME specified can not be an empty string")
    state.config["Volumes"] = {path: {} for path in sorted({*(state.config.get("Volumes") or {}), *volumes})}
    state.commit(f"VOLUME [{' '.join(volumes)}]")


def _stopsignal(state: StageState, instruction: Instruction) -> None:
    from .ports import check_signal

    state.config["StopSignal"] = check_signal(state.expand(instruction.args[0]))
    state.commit(f"STOPSIGNAL {state.config['StopSignal']}")


def _healthcheck(state: StageState, instruction: Instruction) -> None:
    from dockersim.dockerfile.healthcheck import check_options, format_duration

    options = check_options({name: state.expand(value) for name, value in instruction.flags.items()})
    state.config["Healthcheck"] = {"Test": list(instruction.args), **options}
    durations = (options.get(field, 0) for field in ("Interval", "Timeout", "StartPeriod", "StartInterval"))
    told = " ".join(quote(format_duration(duration)) for duration in durations)
    retries = quote(chr(options.get("Retries", 0)))[1:-1].replace("'", "\\'")
    state.commit(f"HEALTHCHECK &{{{_go_strings(list(instruction.args))} {told} '{retries}'}}")


def _onbuild(state: StageState, instruction: Instruction) -> None:
    state.config["OnBuild"] = [*(state.config.get("OnBuild") or []), instruction.args[0]]
    state.commit(f"ONBUILD {instruction.args[0]}")


def _shell(state: StageState, instruction: Instruction) -> None:
    state.config["Shell"] = list(instruction.args)
    state.commit(f"SHELL [{' '.join(instruction.args)}]")


def _maintainer(state: StageState, instruction: Instruction) -> None:
    state.author = instruction.args[0]
    state.commit(f"MAINTAINER {state.author}")


_APPLY: dict[str, Callable[[StageState, Instruction], None]] = {
    "ENV": _env,
    "LABEL": _label,
    "ARG": _arg,
    "CMD": _cmd,
    "ENTRYPOINT": _entrypoint,
    "EXPOSE": _expose,
    "WORKDIR": _workdir,
    "USER": _user,
    "VOLUME": _volume,
    "STOPSIGNAL": _stopsignal,
    "HEALTHCHECK": _healthcheck,
    "ONBUILD": _onbuild,
    "SHELL": _shell,
    "MAINTAINER": _maintainer,
}
