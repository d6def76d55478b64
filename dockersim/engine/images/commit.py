"""New images from containers and archives: ``docker commit``, ``docker import``, and the changes that both take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dockersim.engine import times, version
from dockersim.engine.images.image import Image
from dockersim.engine.images.store import PLATFORM
from dockersim.errors import InvalidParameter, System
from dockersim.fs.errors import TarError
from dockersim.oci import ImageConfig, canonical, media

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine
    from dockersim.fs import Layer

ALLOWED = frozenset(
    "CMD ENTRYPOINT HEALTHCHECK ENV EXPOSE LABEL ONBUILD STOPSIGNAL USER VOLUME WORKDIR".split(),
)
"""The Dockerfile instructions that change a configuration only."""

ORDER = (
    *("Hostname", "Domainname", "User", "AttachStdin", "AttachStdout", "AttachStderr", "ExposedPorts", "Tty"),
    *("OpenStdin", "StdinOnce", "Env", "Cmd", "Healthcheck", "ArgsEscaped", "Image", "Volumes", "WorkingDir"),
    *("Entrypoint", "OnBuild", "Labels", "StopSignal", "StopTimeout", "Shell"),
)
OMITTED_WHEN_EMPTY = frozenset({"ExposedPorts", "Healthcheck", "ArgsEscaped", "StopSignal", "StopTimeout", "Shell"})


def changed(engine: Engine, config: Mapping[str, Any], changes: Iterable[str]) -> dict[str, Any]:
    """``config`` after Dockerfile instructions. Raises :class:`InvalidParameter` for what is none or not allowed."""
    wanted = list(changes)
    if not wanted:
        return dict(config)
    texts = [
        line for change in wanted for line in change.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    if not texts:
        raise InvalidParameter("file with no instructions")
    from dockersim.dockerfile import DockerfileError, parse_trigger
    from dockersim.engine.builder.stage import Build, StageState

    state = StageState(Build({}, PLATFORM, engine.sim.nanoseconds()), None, PLATFORM)
    before = {name: value for name, value in config.items() if value is not None}
    state.config = {"Env": [], "WorkingDir": "", **_copied(before)}
    for text in texts:
        word = text.split()[0]
        if word.upper() not in ALLOWED:
            raise InvalidParameter(f"{word} is not a valid change command")
        try:
            state.apply(parse_trigger(text))
        except DockerfileError as error:
            raise InvalidParameter(str(error)) from None
    gone = dict.fromkeys(name for name in before if name not in state.config)
    after = {**config, **state.config, **gone}
    if not config.get("ArgsEscaped"):
        after.pop("ArgsEscaped", None)
    if not after["Env"] and not config.get("Env"):
        after["Env"] = config.get("Env")
    return after


def _copied(config: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, list) else dict(value) if isinstance(value, dict) else value
        for name, value in config.items()
    }


def commit(
    engine: Engine,
    parent: Image | None,
    layer: Layer,
    config: Mapping[str, Any],
    *,
    comment: str = "",
    author: str = "",
    changes: Iterable[str] = (),
    created_by: Iterable[str] = (),
    container: str = "",
) -> Image:
    """An image of ``layer`` on top of ``parent``, to be run with ``config`` as ``changes`` change it.

    ``created_by`` is the command that made the layer, ``container`` the ID of the container that it comes from.
    """
    from dockersim.engine.builder.image import ImageLayer

    new = [ImageLayer.of(layer)] if len(layer) else []
    created = times.rfc3339(engine.sim.nanoseconds())
    entry: dict[str, Any] = {"created": created}
    if author:
        entry["author"] = author
    entry["created_by"] = " ".join(created_by)
    if comment:
        entry["comment"] = comment
    if not new:
        entry["empty_layer"] = True
    before = parent.config if parent is not None else None
    document = _document(
        changed(engine, config, changes),
        platform=before.platform.to_json() if before is not None else PLATFORM.to_json(),
        created=created,
        diff_ids=[*(before.diff_ids if before is not None else ()), *(one.diff_id for one in new)],
        history=[*(dict(one) for one in (before.history if before is not None else ())), entry],
    )
    if author:
        document["author"] = author
    if comment:
        document["comment"] = comment
    if container:
        document["container"] = container
    made = ImageConfig(canonical(dict(sorted(document.items()))), media.DOCKER_CONFIG)
    image = engine.images.build(
        made, new, parent.top if parent is not None else "", parent.id if parent is not None else ""
    )
    engine.images.log("create", image.id)
    return image


def import_archive(
    engine: Engine, data: bytes, *, message: str = "", changes: Iterable[str] = (), platform: Any = None
) -> Image:
    """An image of one layer: a file tree as an archive, perhaps compressed.

    Raises :class:`System` for what is no archive, :class:`InvalidParameter` for the platform or the changes.
    """
    from dockersim.engine.builder.image import ImageLayer
    from dockersim.fs.tar import gunzip, is_gzip, unpack
    from dockersim.oci import Digest

    if (platform or PLATFORM).os != PLATFORM.os:
        raise InvalidParameter("operating system is not supported")
    config = changed(engine, {}, changes)
    try:
        tar = gunzip(data) if is_gzip(data) else data
        layer = ImageLayer(unpack(tar), tar, Digest.of(tar))
    except TarError as error:
        raise System(tar_error(error)) from None
    created = times.rfc3339(engine.sim.nanoseconds())
    document = _document(
        config,
        platform=(platform or PLATFORM).to_json(),
        created=created,
        diff_ids=[layer.diff_id],
        history=[{"created": created, "comment": message}],
    )
    document["comment"] = message
    made = ImageConfig(canonical(dict(sorted(document.items()))), media.DOCKER_CONFIG)
    return engine.images.build(made, [layer])


def tar_error(error: TarError) -> str:
    """What Go's archive reader says of an archive that is none."""
    text = str(error)
    return f"archive/tar: {text}" if text.startswith("invalid tar header") else text


def _document(
    config: Mapping[str, Any],
    *,
    platform: Mapping[str, Any],
    created: str,
    diff_ids: list[Any],
    history: list[dict[str, Any]],
) -> dict[str, Any]:
    """An image configuration as the daemon itself writes it."""
    run: dict[str, Any] = {}
    for name in ORDER:
        value = config.get(name)
        if value or name not in OMITTED_WHEN_EMPTY:
            run[name] = value if value is not None else _EMPTY.get(name)
    return {
        **platform,
        "config": run,
        "created": created,
        "docker_version": version.ENGINE,
        "history": history,
        "rootfs": {"type": "layers", "diff_ids": [str(one) for one in diff_ids]},
    }


_EMPTY: dict[str, Any] = {
    **dict.fromkeys(("Hostname", "Domainname", "User", "Image", "WorkingDir"), ""),
    **dict.fromkeys(("AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce"), False),
}
