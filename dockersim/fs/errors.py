"""Errors of file operations, by their Linux names (errno(3)), with Linux numbers and glibc's words.

The host's `errno` is not asked: the simulated computers are Linux wherever this runs.
"""

_TABLE: dict[str, tuple[int, str]] = {
    "EPERM": (1, "Operation not permitted"),
    "ENOENT": (2, "No such file or directory"),
    "ESRCH": (3, "No such process"),
    "EINTR": (4, "Interrupted system call"),
    "EIO": (5, "Input/output error"),
    "ENXIO": (6, "No such device or address"),
    "E2BIG": (7, "Argument list too long"),
    "ENOEXEC": (8, "Exec format error"),
    "EBADF": (9, "Bad file descriptor"),
    "EAGAIN": (11, "Resource temporarily unavailable"),
    "ENOMEM": (12, "Cannot allocate memory"),
    "EACCES": (13, "Permission denied"),
    "ENOTBLK": (15, "Block device required"),
    "EBUSY": (16, "Device or resource busy"),
    "EEXIST": (17, "File exists"),
    "EXDEV": (18, "Invalid cross-device link"),
    "ENODEV": (19, "No such device"),
    "ENOTDIR": (20, "Not a directory"),
    "EISDIR": (21, "Is a directory"),
    "EINVAL": (22, "Invalid argument"),
    "EMFILE": (24, "Too many open files"),
    "ENOTTY": (25, "Inappropriate ioctl for device"),
    "ETXTBSY": (26, "Text file busy"),
    "EFBIG": (27, "File too large"),
    "ENOSPC": (28, "No space left on device"),
    "ESPIPE": (29, "Illegal seek"),
    "EROFS": (30, "Read-only file system"),
    "EMLINK": (31, "Too many links"),
    "EPIPE": (32, "Broken pipe"),
    "ENAMETOOLONG": (36, "File name too long"),
    "ENOSYS": (38, "Function not implemented"),
    "ENOTEMPTY": (39, "Directory not empty"),
    "ELOOP": (40, "Too many levels of symbolic links"),
    "EOPNOTSUPP": (95, "Operation not supported"),
    "EADDRINUSE": (98, "Address already in use"),
    "ECONNREFUSED": (111, "Connection refused"),
    "EDQUOT": (122, "Disk quota exceeded"),
}


class FsError(Exception):
    """A file operation that Linux would refuse; `code` is the errno's name, `path` what was asked for."""

    def __init__(self, code: str, path: str = "") -> None:
        super().__init__(code, path)
        self.code = code
        self.path = path

    @property
    def number(self) -> int:
        """The errno of Linux: 2 for ENOENT."""
        return _TABLE[self.code][0]

    @property
    def strerror(self) -> str:
        """The words of strerror(3) in glibc: `No such file or directory`."""
        return _TABLE[self.code][1]

    def __str__(self) -> str:
        return f"{self.path}: {self.strerror}" if self.path else self.strerror


class TarError(Exception):
    """An archive that is malformed, cut short, unsafe, or of a kind that is not read here."""
