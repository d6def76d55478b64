"""su, sudo, su-exec, gosu: programs run as somebody else; chroot, which a container may not."""

from __future__ import annotations

from dockersim.fs import Cred, FsError
from dockersim.userland import users
from dockersim.userland.process import Process
from dockersim.userland.programs.options import is_busybox, missing_operand, parse, quoted
from dockersim.userland.programs.running import find_program, refused, start
from dockersim.userland.programs.support import Steps


def _run(p: Process, argv: list[str], cred: Cred, env: dict[str, str], cwd: str, say: str = "") -> Steps:
    """Run ``argv`` as a child with another identity and pass signals on; its status."""
    try:
        path = find_program(p, argv[0], env.get("PATH"))
        child = p.spawn(argv, path=path, cred=cred, env=env, cwd=cwd)
    except FsError as error:
        return refused(p, argv[0], error, say or f"{argv[0]}: {error.strerror}")
    for number in (1, 2, 3, 15):
        p.handlers[number] = child.signal
    return (yield from p.wait(child))


def _become(p: Process, argv: list[str], cred: Cred, env: dict[str, str]) -> int:
    """Go on as ``argv`` with another identity (setuid, exec); returns the status of a failure."""
    try:
        path = find_program(p, argv[0], env.get("PATH"))
        before, p.cred = p.cred, cred
        try:
            p.exec(argv, path=path, env=env)
        except FsError:
            p.cred = before
            raise
    except FsError as error:
        p.err(
            f'error: exec: "{argv[0]}": '
            f"{'executable file not found in $PATH' if error.code == 'ENOENT' else error.strerror.lower()}\n"
        )
        return 1


def su(p: Process) -> Steps:
    options = parse(p, "c:lmps:P", "command:=c login=l preserve-environment=m shell:=s pty=P")
    operands = list(options.operands)
    login = "l" in options
    if operands and operands[0] == "-":
        operands.pop(0)
        login = True
    name = operands.pop(0) if operands else "root"
    found = users.account(p.vfs, name)
    if found is None:
        return p.fail(
            f"unknown user {name}"
            if is_busybox(p)
            else f"user {name} does not exist or the user entry does not contain all the required fields"
        )
    if p.cred.uid != 0:
        p.err("Password: ")
        yield from p.flush()
        yield from p.lines(0).next()
        p.err("\n")
        return p.fail("incorrect password" if is_busybox(p) else "Authentication failure")
    shell = options.get("s") or found.shell or "/bin/sh"
    if shell.endswith(("/nologin", "/false")) and "s" not in options:
        if shell.endswith("/nologin"):
            p.out("This account is currently not available.\n")
        return 1
    env = dict(p.env)
    if "m" not in options:
        env |= {"HOME": found.home, "SHELL": shell, "USER": name, "LOGNAME": name}
        if name == "root" and not login:
            env.pop("USER")
            env.pop("LOGNAME")
    cwd = p.cwd
    if login:
        kept = {key: p.env[key] for key in ("TERM",) if key in p.env}
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        env = {**kept, "HOME": found.home, "SHELL": shell, "USER": name, "LOGNAME": name, "PATH": path}
        cwd = found.home if p.vfs.is_dir(found.home) else "/"
    argv = [shell] + (["-l"] if login else []) + (["-c", options.get("c")] if "c" in options else []) + operands
    return (
        yield from _run(
            p, argv, users.credentials(p.vfs, found), env, cwd, f"failed to execute {shell}: No such file or directory"
        )
    )


def sudo(p: Process) -> Steps:
    options = parse(p, "u:EHinsbSklvg:", "user:=u preserve-env?=E login=i shell=s non-interactive=n", early=True)
    name = options.get("u", "root")
    found = users.account(p.vfs, name)
    if found is None:
        return p.fail(f"unknown user {name}")
    me = users.user_name(p.vfs, p.cred.uid)
    if p.cred.uid != 0 and not _may_sudo(p, me):
        p.err(f"{me} is not in the sudoers file.\nThis incident has been reported to the administrator.\n")
        return 1
    argv = list(options.operands)
    env = {} if "E" not in options else dict(p.env)
    while argv and "=" in argv[0] and not argv[0].startswith("="):
        key, _, value = argv.pop(0).partition("=")
        env[key] = value
    if options.any("i s"):
        argv = [found.shell or "/bin/sh", *(["-c", " ".join(argv)] if argv else [])]
    if not argv:
        if options.any("k v l"):
            return 0
        p.err("usage: sudo -h | -K | -k | -V\nusage: sudo [-ABbEHnPS] [-u user] [VAR=value] [command [arg ...]]\n")
        return 1
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    kept: dict[str, str] = {key: p.env[key] for key in ("TERM", "LANG") if key in p.env}
    env = {
        **kept, **env, "PATH": path, "HOME": found.home, "USER": name, "LOGNAME": name,
        "SHELL": found.shell or "/bin/sh",
        "SUDO_USER": me, "SUDO_UID": str(p.cred.uid), "SUDO_GID": str(p.cred.gid), "SUDO_COMMAND": " ".join(argv),
    }  # fmt: skip
    try:
        find_program(p, argv[0], path)
    except FsError:
        return p.fail(f"{argv[0]}: command not found")
    cwd = found.home if "i" in options and p.vfs.is_dir(found.home) else p.cwd
    return (yield from _run(p, argv, users.credentials(p.vfs, found), env, cwd))


def _may_sudo(p: Process, me: str) -> bool:
    names = {group.name for group in users.groups(p.vfs) if me in group.members or group.gid in p.cred.groups}
    return bool(names & {"sudo", "wheel", "admin"})


def _identity(p: Process, text: str) -> Cred | str:
    """``user[:group]`` by name or number; the words of the failure otherwise."""
    who, colon, which = text.partition(":")
    account = users.account(p.vfs, who) or (users.account(p.vfs, int(who)) if who.isdigit() else None)
    if account is None and not who.isdigit():
        return f"unable to find user {who}: no matching entries in passwd file"
    cred = users.credentials(p.vfs, account) if account is not None else Cred(int(who), 0)
    if colon:
        group = users.group(p.vfs, which) or (users.group(p.vfs, int(which)) if which.isdigit() else None)
        if group is None and not which.isdigit():
            return f"unable to find group {which}: no matching entries in group file"
        gid = group.gid if group is not None else int(which)
        cred = Cred(cred.uid, gid, frozenset({gid}))
    return cred


def gosu(p: Process) -> int:
    if len(p.argv) < 3:
        p.err(
            f"Usage: {p.name} user-spec command [args]\n   eg: {p.name} tianon bash\n    "
            f"   {p.name} nobody:root bash -c 'whoami && id'\n       {p.name} 1000:1 id\n"
        )
        return 1
    cred = _identity(p, p.argv[1])
    if isinstance(cred, str):
        p.err(
            f'error: failed switching to "{p.argv[1]}": {cred}\n'
            if p.name == "gosu"
            else f"su-exec: getpwnam({p.argv[1]}): Success\n"
        )
        return 1
    if p.cred.uid != 0 and cred.uid != p.cred.uid:
        p.err(f'error: failed switching to "{p.argv[1]}": operation not permitted\n')
        return 1
    account = users.account(p.vfs, cred.uid)
    env = {**p.env, "HOME": account.home if account is not None else "/"}
    return _become(p, p.argv[2:], cred, env)


su_exec = gosu


def chroot(p: Process) -> Steps:
    options = parse(p, "", "userspec: groups: skip-chdir", early=True, status=125)
    if not options.operands:
        missing_operand(p, status=125)
    root = options.operands[0]
    try:
        if p.vfs.stat(root, cwd=p.cwd, cred=p.cred).kind != "directory":
            raise FsError("ENOTDIR", root)
    except FsError as error:
        words = (
            f"can't change root directory to '{root}': {error.strerror}"
            if is_busybox(p)
            else f"cannot change root directory to {quoted(root)}: {error.strerror}"
        )
        return p.fail(words, 1 if is_busybox(p) else 125)
    if p.vfs.realpath(root, cwd=p.cwd, cred=p.cred) == "/" and p.cred.uid == 0:
        argv = options.operands[1:] or [p.env.get("SHELL", "/bin/sh"), "-i"]
        try:
            return (yield from p.wait(start(p, argv, cwd="/")))
        except FsError as error:
            return refused(p, argv[0], error, f"failed to run command {quoted(argv[0])}: {error.strerror}")
    words = (
        f"can't change root directory to '{root}'"
        if is_busybox(p)
        else f"cannot change root directory to {quoted(root)}"
    )
    return p.fail(f"{words}: Operation not permitted", 1 if is_busybox(p) else 125)
