"""A whole world against a small model: random verbs on containers, files, volumes; all laws after every step."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

import dockersim
from dockersim.laws import check_all

SLEEPER = "sh -c 'trap \"exit 7\" TERM; while :; do sleep 3600 & wait; done'"
NAMES = st.sampled_from(["ant", "bee", "cat"])
MARKS = st.integers(0, 99)


class Model:
    """What a container is expected to be."""

    def __init__(self) -> None:
        self.state = "created"
        self.files: set[str] = set()
        self.status = 0


class WorldMachine(RuleBasedStateMachine):
    """Verbs of `docker` on at most three containers of busybox, each with the volume `shared` at /shared."""

    images: Bundle[str] = Bundle("images")

    def __init__(self) -> None:
        super().__init__()
        self.world = dockersim.World(seed=0)
        assert self.sh("docker pull -q busybox") == 0
        self.models: dict[str, Model] = {}
        self.volume: set[str] | None = None
        self.committed: dict[str, set[str]] = {}

    def sh(self, line: str) -> int | None:
        return self.world.sh(line).exit_code

    def running(self) -> list[str]:
        return [name for name, model in self.models.items() if model.state == "running"]

    # ---- making and removing

    @rule(name=NAMES)
    def create(self, name: str) -> None:
        expected = 1 if name in self.models else 0
        status = self.sh(f"docker create --name {name} -v shared:/shared busybox {SLEEPER}")
        assert (status == 0) == (expected == 0)
        if name not in self.models:
            self.models[name] = Model()
            self.volume = self.volume or set()

    @rule(name=NAMES, force=st.booleans(), volumes=st.booleans())
    def remove(self, name: str, force: bool, volumes: bool) -> None:
        flags = "-f " * force + "-v " * volumes
        status = self.sh(f"docker rm {flags}{name}")
        model = self.models.get(name)
        if model is None:
            assert status == (0 if force else 1)
        elif model.state in ("running", "paused") and not force:
            assert status == 1
        else:
            assert status == 0
            del self.models[name]

    # ---- life

    @rule(name=NAMES)
    def start(self, name: str) -> None:
        status = self.sh(f"docker start {name}")
        model = self.models.get(name)
        assert status == (1 if model is None or model.state == "paused" else 0)
        if model is not None and model.state in ("created", "exited"):
            model.state = "running"

    @rule(name=NAMES)
    def stop(self, name: str) -> None:
        status = self.sh(f"docker stop -t 2 {name}")
        model = self.models.get(name)
        assert status == (1 if model is None else 0)
        if model is not None and model.state in ("running", "paused"):
            model.status = 7 if model.state == "running" else 137
            model.state = "exited"

    @rule(name=NAMES)
    def kill(self, name: str) -> None:
        status = self.sh(f"docker kill {name}")
        model = self.models.get(name)
        alive = model is not None and model.state in ("running", "paused")
        assert status == (0 if alive else 1)
        if model is not None and alive:
            model.state, model.status = "exited", 137

    @rule(name=NAMES)
    def pause(self, name: str) -> None:
        status = self.sh(f"docker pause {name}")
        model = self.models.get(name)
        works = model is not None and model.state == "running"
        assert status == (0 if works else 1)
        if model is not None and works:
            model.state = "paused"

    @rule(name=NAMES)
    def unpause(self, name: str) -> None:
        status = self.sh(f"docker unpause {name}")
        model = self.models.get(name)
        works = model is not None and model.state == "paused"
        assert status == (0 if works else 1)
        if model is not None and works:
            model.state = "running"

    # ---- files

    @precondition(lambda self: self.running())
    @rule(mark=MARKS, data=st.data())
    def write(self, mark: int, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.running()))
        assert self.sh(f"docker exec {name} touch /mark{mark}") == 0
        self.models[name].files.add(f"mark{mark}")

    @precondition(lambda self: self.running())
    @rule(mark=MARKS, data=st.data())
    def write_in_the_volume(self, mark: int, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.running()))
        assert self.sh(f"docker exec {name} touch /shared/v{mark}") == 0
        assert self.volume is not None
        self.volume.add(f"v{mark}")

    @precondition(lambda self: len(self.committed) < 3)
    @rule(name=NAMES, target=images)
    def commit(self, name: str) -> str:
        image = f"copy{len(self.committed)}"
        model = self.models.get(name)
        status = self.sh(f"docker commit {name} {image}")
        assert status == (1 if model is None else 0)
        if model is None:
            return ""
        self.committed[image] = set(model.files)
        return image

    @rule(image=consumes(images))
    def run_what_was_committed(self, image: str) -> None:
        if not image:
            return
        result = self.world.sh(f"docker run --rm {image} sh -c 'cd /; ls -d mark* 2>/dev/null'")
        assert set(result.stdout.split()) == self.committed[image]

    @rule(seconds=st.integers(1, 100))
    def time_passes(self, seconds: int) -> None:
        assert self.sh(f"sleep {seconds}") == 0

    # ---- what must hold

    @invariant()
    def all_laws_hold(self) -> None:
        check_all(self.world)
        assert self.world.laptop.kernel.crashes == []

    @invariant()
    def the_daemon_agrees_with_the_model(self) -> None:
        listed = self.world.sh("docker ps -a --format '{{.Names}} {{.State}}'").stdout.split("\n")
        shown = dict(line.split() for line in listed if line)
        assert shown == {name: model.state for name, model in self.models.items()}

    @invariant()
    def no_write_is_seen_where_it_does_not_belong(self) -> None:
        for name, model in self.models.items():
            tree = self.world.engine.containers.get(name).overlay.tree()
            assert {path for path in tree.children("/") if path.startswith("mark")} == model.files

    @invariant()
    def volumes_outlive_everything(self) -> None:
        if self.volume is not None:
            listed = self.world.sh("sudo ls /var/lib/docker/volumes/shared/_data").stdout.split()
            assert set(listed) == self.volume


EXAMPLES = max(10, settings.default.max_examples // 3) if settings.default else 10
WorldMachine.TestCase.settings = settings(max_examples=EXAMPLES, stateful_step_count=20)
TestWorldMachine = WorldMachine.TestCase
