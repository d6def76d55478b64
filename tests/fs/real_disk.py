"""A process that does file operations on a real directory, for comparison. Run as a script; knows nothing of dockersim.

Each line of stdin is JSON: {"root": DIRECTORY, "chroot": BOOL, "ops": [[NAME, UID, ARGS...], ...]}. Each line of
stdout is the list of results: ["ok", VALUE] or ["err", ERRNO]. Only the standard library; an operation's meaning is
written here for the real disk and in `sequences.py` for the simulated one.
"""

import json
import os
import stat
import sys

GROUPS = {0: (0, []), 1000: (1000, [50]), 1001: (1001, [1000])}
KINDS = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFIFO: "fifo",
}


def status(st):
    kind = KINDS[stat.S_IFMT(st.st_mode)]
    size = 0 if kind == "directory" else st.st_size
    return [kind, stat.S_IMODE(st.st_mode), st.st_uid, st.st_gid, size, st.st_nlink]


class Disk:
    def __init__(self, home):
        self.home = home
        self.files = {}
        self.openers = {}

    def become(self, uid):
        if os.geteuid() != uid:
            gid, groups = GROUPS[uid]
            os.seteuid(0)
            os.setgroups(groups)
            os.setegid(gid)
            os.seteuid(uid)

    def stat(self, path):
        return status(os.stat(path))

    def lstat(self, path):
        return status(os.lstat(path))

    def readlink(self, path):
        return os.readlink(path)

    def listdir(self, path):
        return sorted(os.listdir(path))

    def access(self, path, mode):
        return os.access(path, mode, effective_ids=True)

    def mkdir(self, path, mode):
        os.mkdir(path, mode)

    def rmdir(self, path):
        os.rmdir(path)
        os.chdir(self.home)

    def unlink(self, path):
        os.unlink(path)

    def rename(self, old, new):
        os.rename(old, new)
        os.chdir(self.home)  # it may be this directory that moved, and the simulated one keeps its path

    def link(self, old, new):
        os.link(old, new, follow_symlinks=False)

    def symlink(self, target, path):
        os.symlink(target, path)

    def mkfifo(self, path, mode):
        os.mkfifo(path, mode)

    def chmod(self, path, mode):
        os.chmod(path, mode)

    def chown(self, path, uid, gid):
        os.chown(path, uid, gid)

    def lchown(self, path, uid, gid):
        os.lchown(path, uid, gid)

    def truncate(self, path, size):
        os.truncate(path, size)

    def utimens(self, path, time, follow):
        if time is None:
            os.utime(path, follow_symlinks=follow)
        else:
            os.utime(path, ns=(time, time), follow_symlinks=follow)
        return None if time is None else os.stat(path, follow_symlinks=follow).st_mtime_ns

    def chdir(self, path):
        os.chdir(path)

    def write(self, path, flags, mode, data):
        fd = self._open(path, flags, mode)
        try:
            return os.write(fd, data.encode())
        finally:
            os.close(fd)

    def read(self, path):
        fd = self._open(path, 0, 0)
        try:
            return os.read(fd, 1 << 20).decode()
        finally:
            os.close(fd)

    def _open(self, path, flags, mode):
        fd = os.open(path, flags | os.O_NONBLOCK, mode)
        if stat.S_ISFIFO(os.fstat(fd).st_mode):
            os.close(fd)
            raise OSError(6, "fifo")
        return fd

    def hold(self, slot, path, flags, mode):
        self.drop(slot)
        self.files[slot] = self._open(path, flags, mode)
        self.openers[slot] = os.geteuid()

    def reopen(self, slot):
        """Be who opened the file again."""
        if slot in self.files and os.getuid() == 0:
            self.become(self.openers[slot])

    def drop(self, slot):
        if slot in self.files:
            os.close(self.files.pop(slot))

    def held_write(self, slot, data):
        self.reopen(slot)
        return os.write(self.files[slot], data.encode()) if slot in self.files else None

    def held_read(self, slot, count):
        return os.read(self.files[slot], count).decode() if slot in self.files else None

    def held_seek(self, slot, offset, whence):
        if slot in self.files and not stat.S_ISDIR(os.fstat(self.files[slot]).st_mode):
            return os.lseek(self.files[slot], offset, whence)
        return None

    def held_truncate(self, slot, size):
        self.reopen(slot)
        if slot in self.files:
            os.ftruncate(self.files[slot], size)

    def held_stat(self, slot):
        if slot not in self.files or stat.S_ISDIR(os.fstat(self.files[slot]).st_mode):
            return None
        return status(os.fstat(self.files[slot]))

    def snapshot(self):
        for slot in list(self.files):
            self.drop(slot)

    def settle(self):
        """Set all modification times to nothing, so that `touched` tells what the next operation modifies."""
        for path in self.tree(self.home):
            os.utime(path, ns=(0, 0), follow_symlinks=False)

    def touched(self):
        top = self.home if self.home != "/" else ""
        paths = [path for path in self.tree(self.home) if os.lstat(path).st_mtime_ns]
        return sorted(path[len(top) :] or "/" for path in paths)

    def tree(self, top):
        found, first = {}, {}
        stack = [top]
        while stack:
            path = stack.pop()
            st = os.lstat(path)
            entry = status(st)
            if entry[0] == "file":
                with open(path) as file:
                    entry.append(file.read())
                entry.append(first.setdefault(st.st_ino, path))
            elif entry[0] == "symlink":
                entry.append(os.readlink(path))
            elif entry[0] == "directory":
                names = sorted(os.listdir(path), reverse=True)
                stack.extend(f"{path.rstrip('/')}/{name}" for name in names)
            found[path] = entry
        return found


def run(job):
    disk, out = Disk("/" if job["chroot"] else job["root"]), []
    os.chdir(job["root"])
    if job["chroot"]:
        os.chroot(".")
    for name, uid, *args in job["ops"]:
        if job["chroot"]:
            disk.become(uid)
        try:
            out.append(["ok", getattr(disk, name)(*args)])
        except OSError as error:
            out.append(["err", error.errno])
    disk.snapshot()
    return out


def main():
    os.umask(0o022)
    home = os.open("/", os.O_RDONLY)
    for line in sys.stdin:
        result = run(json.loads(line))
        if os.geteuid() != 0 and os.getuid() == 0:
            os.seteuid(0)
            os.setegid(0)
            os.setgroups([])
        os.fchdir(home)
        if os.getuid() == 0:
            os.chroot(".")
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
