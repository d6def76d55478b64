"""What people look up: fixed scripts against recorded output of the real shells, and speed's preconditions."""

# ruff: noqa: E501 - a shell program on one line is easier to read than one that is wrapped

from __future__ import annotations

import shutil

import pytest

from tests.userland.shell.real import SHELLS, real, simulated

POSIX = [
    'set -- a "b c"; for i in "$@"; do echo "<$i>"; done; for i in "$*"; do echo "<$i>"; done; IFS=-; echo "$*"',
    "x=path/to/f.tar.gz; echo ${x#*/} ${x##*/} ${x%.*} ${x%%.*} ${#x} ${y:-d} ${y:=e} ${y:+f}",
    "echo *.txt *.nope .h* [ab].txt '*.txt' dir/*; set -f; echo *.txt",
    "echo $((1+2*3)) $((-7/2)) $((-7%3)) $((x=4)) $((x+=2)) $((0x1f)) $((9223372036854775807+1))",
    "f() { local v=1; echo $v $1; return 3; }; v=9; f q; echo $? $v",
    "set -e; false || true; if false; then :; fi; echo ok; false; echo not",
    "trap 'echo bye $?' EXIT; trap 'echo got' TERM; kill -TERM $$; echo after; exit 4",
    "cat <<E | tr a-z A-Z\nx $((1+1)) $(echo y)\nE\ncat <<'E'\n$x\nE\ncat <<-E\n\ttab\n\tE",
    "while getopts :ab: o -a -b v -c; do echo $o $OPTARG $OPTIND; done",
    'printf "%s-%05d|%-4s|%x\\n" a 42 b 255; printf "%s\\n" 1 2 3',
    "exec 3>out; echo three >&3; exec 3>&-; cat out; { echo e >&2; } 2>&1 | cat; cat < nofile; echo $?",
    "sleep 1 & wait $!; echo $?; (exit 7) & wait $!; echo $?; (exit 3); echo $?; false | true; echo $?",
    "nosuch; echo $?; ./a.txt; echo $?; ./nope; echo $?; cd /nonexistent",
    'echo \'a  b c\' | { read x y; echo "$x|$y"; }; while read -r l; do echo "[$l]"; done < a.txt',
    "set -u; echo ${x-ok}; echo $x; echo no",
    ": ${x:?is missing}; echo no",
    "readonly r=1; r=2; echo no",
    "echo $((1/0)); echo no",
    "echo one\necho two; )",
    "eval 'echo $((1+1))'; . ./nosuch; echo after",
    "sh -c 'kill -9 $$'; echo $?; sh -c 'echo $0 $1' zero one",
    "case abc in x|a*) echo A;; esac; case z in [!a-m]) echo Z;; esac; i=0; until [ $i -ge 2 ]; do i=$((i+1)); echo $i; done",
    "umask 027; umask; umask -S; echo > new; type echo cd; command -v echo; hash",
]
BASH = [
    'a=(1 2 "3 4"); a+=(5); a[9]=x; echo ${a[1]} "${a[@]}" ${#a[@]} ${!a[@]} ${a[-1]} "${a[@]:1:2}"; unset "a[0]"; declare -p a',
    "declare -A m=([k]=v); m[x y]=z; echo ${m[k]} ${#m[@]}; declare -i n=3+4; n+=1; echo $n; declare -r R=1; R=2; echo $?",
    "[[ abc == a* && abc =~ ^a(.)c$ ]] && echo ${BASH_REMATCH[1]}; for ((i=0;i<2;i++)); do echo $i; done; ((i==2)) && echo two",
    "x=hello; echo ${x^} ${x^^} ${x:1:3} ${x/l/L} ${x//l/L} ${x: -2} ${x@Q}; y=x; echo ${!y} {a,b}{1..3} {a..e..2}",
    'read a b <<< "1 2 3"; echo $a-$b; echo out &> f; cat f; false | true | false; echo ${PIPESTATUS[@]}; echo $(< a.txt)',
    "mapfile -t l < a.txt; echo ${#l[@]}; printf -v v %03d 7; echo $v $'a\\tb'; trap 'echo ERR' ERR; false; pushd dir >/dev/null; popd >/dev/null",
    "set -euo pipefail; f() { false; echo in; }; f || echo caught; false | cat; echo no",
    "diff <(printf 'a\\nb\\n') <(printf 'a\\nc\\n'); echo $? <(:); while read -r a b; do echo \"$b$a\"; done < <(echo 1 2; echo 3 4)",
    'f() { cat "$1"; cat "$2"; }; f <(echo x) <(echo y); head -1 <(yes); mapfile -t l < <(seq 3); echo ${#l[@]}; wc -l < <(seq 9)',
    "for i in 1 2; do paste <(echo $i) <(seq $i $i); done; x=$(cat <(echo in)); echo $x; tee >(cat >f) <<< hi >/dev/null; sleep 0.2; cat f",
]


def same(script: str, flavour: str) -> None:
    mine, theirs = simulated(script, flavour), real(script, flavour)
    assert (mine.out, mine.err, mine.status, mine.files) == (theirs.out, theirs.err, theirs.status, theirs.files)


@pytest.mark.system
@pytest.mark.parametrize("flavour", ["ash", "dash", "bash"])
@pytest.mark.parametrize("script", POSIX)
def test_posix(script: str, flavour: str) -> None:
    if shutil.which(SHELLS[flavour][0]) is None:
        pytest.skip("the real shell is not installed")
    if "kill -9" in script and flavour == "bash":
        pytest.skip("bash names the pid")
    same(script, flavour)


@pytest.mark.system
@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize("script", BASH)
def test_bash(script: str) -> None:
    same(script, "bash")


def test_endless_loop_moves_the_clock() -> None:
    from tests.userland.harness import Box

    box = Box()
    process, _, _ = box.start("sh", "-c", "while :; do :; done")
    box.sim.env.run(until=5)
    assert process.alive
    process.signal(9)
    box.finish(process)
    assert process.status == 137


def test_endless_recursion_is_a_segmentation_fault() -> None:
    mine = simulated("f() { f; }; f", "bash")
    assert (mine.status, mine.err) == (139, b"Segmentation fault\n")


def test_script_files_and_shebangs() -> None:
    from tests.userland.harness import Box

    box = Box("busybox")
    box.write("/desk/s", "#!/bin/sh\necho $0 $1\nnosuch\nexit 3\n", 0o755)
    done = box.run("sh", "-c", "./s arg; echo $?")
    assert (done.text, done.errors) == ("./s arg\n3\n", "./s: line 3: nosuch: not found\n")
    done = box.run("sh", "-s", "p q", stdin=b"echo $1\nread x\nline\necho got $x\n")
    assert done.text == "p q\ngot line\n"
    done = box.run("sh", "/nope")
    assert (done.status, done.errors) == (2, "sh: can't open '/nope': No such file or directory\n")


def test_memory_persists_from_line_to_line() -> None:
    from typing import Any

    from dockersim.userland.shell import Flow, Incomplete, Shell
    from tests.userland.harness import Box

    box = Box()
    statuses: list[int] = []

    def main(p: Any) -> Any:
        shell = Shell(p, "bash")
        for line in ("x=5; f() { return $x; }", "cd /tmp", "f", "echo ${nope?}", "set -e", "true"):
            statuses.append((yield from shell.run_line(line)))
        assert p.cwd == "/tmp"
        with pytest.raises(Incomplete):
            yield from shell.run_line("if true")
        with pytest.raises(Flow):
            yield from shell.run_line("exit 4")
        return 0

    box.finish(box.computer.spawn(["bash"], main=main, cwd="/", env={"PATH": "/bin"}))
    assert statuses == [0, 0, 5, 1, 0, 0]
