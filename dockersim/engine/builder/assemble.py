"""The assembling core of the builder: instruction values, a context and base images in; an image out.

A pure function of its inputs: the same inputs give the same bytes. It is a generator, because what it is handed may
take simulated time: ``base`` (a pull) and ``run`` (a process); whatever they yield is passed on. Histories and
configurations are those that BuildKit writes. Only the stages that the target needs are built.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from types import GeneratorType
from typing import Any, NamedTuple, TypeVar, cast

from dockersim.dockerfile import Dockerfile, DockerfileError, Instruction, expand
from dockersim.errors import InvalidParameter
from dockersim.fs.layer import Layer
from dockersim.fs.tree import Tree
from dockersim.oci import Platform

from .image import Image
from .stage import Build, StageState

T = TypeVar("T")
Steps = Generator[Any, Any, T]
LINUX_AMD64 = Platform("linux", "amd64")


class Command(NamedTuple):
    """What one RUN is to execute: argv, environment (arguments included), directory and user."""

    argv: tuple[str, ...]
    env: dict[str, str]
    cwd: str
    user: str
    stage: int
    instruction: Instruction


Base = Callable[[str, Platform], Image | Steps[Image]]
"""``FROM``'s and ``COPY --from``'s images by the reference written there. May take simulated time."""
Run = Callable[[Tree, Command], Layer | Steps[Layer]]
"""RUN: what the command leaves behind in the tree. May take simulated time."""


def assemble(
    dockerfile: Dockerfile,
    context: Tree,
    *,
    base: Base | None = None,
    run: Run | None = None,
    arguments: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    target: str = "",
    platform: Platform = LINUX_AMD64,
    created_ns: int = 0,
) -> Steps[Image]:
    """The image of the ``target`` stage (the last one, if empty).

    ``arguments`` are the build's ``--build-arg``, ``labels`` its ``--label``; ``created_ns`` (unix nanoseconds) is
    when it all happens. Raises :class:`DockerfileError` with the lines of the instruction that failed.
    """
    assembly = _Assembly(dockerfile, context, base, run, Build(dict(arguments or {}), platform, created_ns))
    state = yield from assembly.stage(dockerfile.target(target))
    if labels:
        state.label(labels)
    return state.image()


def assemble_now(dockerfile: Dockerfile, context: Tree, **options: Any) -> Image:
    """:func:`assemble` where nothing takes time. Raises :class:`RuntimeError` if something does."""
    steps = assemble(dockerfile, context, **options)
    try:
        next(steps)
    except StopIteration as done:
        image: Image = done.value
        return image
    raise RuntimeError("this build takes simulated time: drive assemble() with the clock")


def _settle(result: T | Steps[T]) -> Steps[T]:
    if isinstance(result, GeneratorType):
        return cast(T, (yield from result))
    return cast(T, result)


class _Assembly:
    def __init__(self, dockerfile: Dockerfile, context: Tree, base: Base | None, run: Run | None, build: Build) -> None:
        self.dockerfile = dockerfile
        self.context = context
        self.base = base
        self.run = run
        self.build = build
        self.stages: dict[int, StageState] = {}
        self.images: dict[tuple[str, Platform], Image] = {}
        build.globals = self._global_arguments()

    def _global_arguments(self) -> dict[str, str]:
        known = self.build.platform_arguments()
        for instruction in self.dockerfile.arguments:
            for word in instruction.args:
                name, _, default = word.partition("=")
                value = self.build.arguments.get(name)
                if value is None and "=" in word:
                    value = expand(default, known, self.dockerfile.escape)
                if value is not None:
                    known[name] = value
        return known

    def stage(self, number: int) -> Steps[StageState]:
        """The finished state of one stage, built at most once."""
        if number in self.stages:
            return self.stages[number]
        stage = self.dockerfile.stages[number]
        origin = stage.origin
        try:
            name = expand(stage.base, self.build.globals, self.dockerfile.escape)
            if not name:
                raise DockerfileError(f"base name ({stage.base}) should not be blank")
            platform = self._platform(stage.platform)
            image = yield from self._image(name, number, platform)
        except DockerfileError as error:
            raise error.at(origin.start, origin.end) from None
        state = StageState(self.build, image, platform, self.dockerfile.escape)
        steps = [(trigger, origin) for trigger in state.triggers()] + [(step, step) for step in stage.instructions]
        for instruction, place in steps:
            try:
                yield from self._step(state, instruction, number)
            except DockerfileError as error:
                raise error.at(place.start, place.end) from None
        self.stages[number] = state
        return state

    def _platform(self, text: str) -> Platform:
        """``FROM --platform``, or the build's own."""
        text = expand(text, self.build.globals, self.dockerfile.escape)
        try:
            return Platform.parse(text) if text else self.build.platform
        except InvalidParameter as error:
            raise DockerfileError(f"failed to parse platform {text}: {error.message}") from None

    def _image(self, name: str, number: int, platform: Platform) -> Steps[Image | None]:
        """What ``name`` means in stage ``number``: ``None`` for scratch, an earlier stage, or an image."""
        for earlier in range(number - 1, -1, -1):
            if self.dockerfile.stages[earlier].name == name.lower():
                return (yield from self.stage(earlier)).image()
        if name == "scratch":
            return None
        if (name, platform) not in self.images:
            if self.base is None:
                raise DockerfileError(f"{name}: no base images are at hand")
            self.images[name, platform] = yield from _settle(self.base(name, platform))
        return self.images[name, platform]

    def _step(self, state: StageState, instruction: Instruction, number: int) -> Steps[None]:
        if instruction.name == "RUN":
            yield from self._run(state, instruction, number)
        elif instruction.name in ("COPY", "ADD"):
            source = yield from self._source(state, instruction, number)
            state.copy(instruction, source or self.context, stage=source is not None)
        else:
            state.apply(instruction)

    def _source(self, state: StageState, instruction: Instruction, number: int) -> Steps[Tree | None]:
        name = state.expand(instruction.flags.get("from", ""))
        if not name:
            return None
        if name.isdecimal():
            if int(name) >= number:
                raise DockerfileError(f"invalid from flag value {name}: invalid stage index {name}")
            return (yield from self.stage(int(name))).tree
        image = yield from self._image(name, number, self.build.platform)
        return image.tree if image else Tree.EMPTY

    def _run(self, state: StageState, instruction: Instruction, number: int) -> Steps[None]:
        if self.run is None:
            raise DockerfileError("RUN needs a computer to run on, and this build has none")
        argv = state.argv(instruction)
        command = Command(argv, state.environment(), state.cwd, state.user, number, instruction)
        layer = yield from _settle(self.run(state.tree, command))
        state.ran(instruction, argv, layer)
