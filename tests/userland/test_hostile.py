"""Scripts that try to get out: nothing of the real machine is opened for writing, run, or connected to.

The scripts run in a process of their own, under an audit hook (PEP 578) that hears of every file, program and socket
that Python itself touches, whatever code asked for it.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCRIPTS = [
    "echo owned > /tmp/dockersim-was-here; cat /tmp/dockersim-was-here",
    "cat /etc/shadow /proc/1/environ /proc/self/environ; ls -la /root /home",
    "python3 -c \"import os; os.system('touch /tmp/dockersim-was-here')\"",
    "python3 -c \"open('/tmp/dockersim-was-here', 'w').write('x')\"",
    "python3 -c \"__import__('subprocess').run(['id'])\"",
    'python3 -c "print(().__class__.__base__.__subclasses__())"',
    'awk \'BEGIN { system("touch /tmp/dockersim-was-here"); print "x" > "/tmp/dockersim-was-here" }\'',
    "awk 'BEGIN { __import__ = 1; print __import__; eval = \"open\"; print eval }'",
    "sed -n '1e touch /tmp/dockersim-was-here' /etc/passwd; sed 'w /tmp/dockersim-was-here' /etc/passwd",
    "find / -maxdepth 1 -exec touch /tmp/dockersim-was-here \\;; xargs -n1 touch < /etc/hostname",
    "curl -s http://127.0.0.1:22 -m 2; nc -z 127.0.0.1 22; curl -s file:///etc/passwd | head -1",
    "eval \"$(printf 'cat /etc/hostname')\"; bash -c 'exec 3<>/dev/tcp/127.0.0.1/80'; . /etc/profile",
    "docker run --rm -v /:/host busybox sh -c 'ls /host; touch /host/tmp/dockersim-was-here'",
    "docker run --rm --privileged --pid host busybox sh -c 'kill -9 1; reboot; poweroff'",
    "tar cf - / 2>/dev/null | wc -c; tar xf /etc/passwd; printf '\\0' | tar xf -; dd if=/dev/zero of=/dev/sda count=1",
    "env | sort | head -3; printenv HOME PATH; date +%Y; uname -n",
    "node -e \"require('fs').writeFileSync('/tmp/dockersim-was-here', 'x')\"; perl -e 'system(\"id\")'; ruby -e '`id`'",
]

DRIVER = """
import json, sys
import dockersim
script = sys.stdin.read()
world = dockersim.World(seed=0)
world.sh("docker pull -q busybox; true")
touched = []
WATCHED = ("os.", "subprocess.", "socket.", "shutil.", "tempfile.", "ctypes.", "pty.", "signal.", "webbrowser.")
QUIET = ("os.listdir", "os.scandir")
def hear(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if not str(path).endswith((".py", ".pyc", ".so", ".json", ".txt", ".pyi")) or flags & 3:
            touched.append([event, str(path)])
    elif event.startswith(WATCHED) and event not in QUIET and "__pycache__" not in str(arguments):
        touched.append([event, repr(arguments)])
sys.addaudithook(hear)
result = world.sh(script)
while result.running:
    result = world.interrupt()
print(json.dumps({"touched": touched, "out": result.stdout, "crashes": [repr(c) for c in world.laptop.kernel.crashes]}))
"""


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_script_touches_the_real_machine(script: str) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-c", DRIVER], input=script, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["touched"] == []
    assert found["crashes"] == []
