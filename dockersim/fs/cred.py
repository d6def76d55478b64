"""Who asks, and what the permission bits let them do (path_resolution(7), inode(7))."""

from dockersim.fs.filesystem import Entry, Stat

R, W, X = 4, 2, 1


class Cred:
    """The identity of a process towards file systems.

    `privileged` stands for CAP_DAC_OVERRIDE and CAP_FOWNER, `gives_away` for CAP_CHOWN; uid 0 has them unless told
    otherwise.
    """

    __slots__ = ("gid", "gives_away", "groups", "privileged", "uid")

    def __init__(
        self,
        uid: int = 0,
        gid: int = 0,
        groups: frozenset[int] = frozenset(),
        privileged: bool | None = None,
        gives_away: bool | None = None,
    ) -> None:
        self.uid = uid
        self.gid = gid
        self.groups = groups
        self.privileged = uid == 0 if privileged is None else privileged
        self.gives_away = self.privileged if gives_away is None else gives_away

    def may(self, entry: Entry | Stat, want: int) -> bool:
        """Whether the bits of `entry` allow `want`, a sum of R (4), W (2) and X (1)."""
        mode = entry.mode
        if self.privileged:
            return not want & X or entry.kind == "directory" or bool(mode & 0o111)
        if entry.uid == self.uid:
            mode >>= 6
        elif self.in_group(entry.gid):
            mode >>= 3
        return mode & want == want

    def owns(self, entry: Entry | Stat) -> bool:
        """Whether this is the owner, or may act as the owner."""
        return self.privileged or entry.uid == self.uid

    def in_group(self, gid: int) -> bool:
        return gid == self.gid or gid in self.groups

    def dropped_ids(self, entry: Entry) -> int:
        """The set-user-ID and set-group-ID bits that a file loses when it is given away, or written by others."""
        keeps_group = not entry.mode & 0o010 and (self.privileged or self.in_group(entry.gid))
        return entry.mode & (0o4000 if keeps_group else 0o6000)

    def __repr__(self) -> str:
        return f"Cred(uid={self.uid}, gid={self.gid})"


ROOT = Cred()
