"""Persistent, layered, copy-on-write file trees, and a Linux-like VFS over them.

`Tree` is an immutable snapshot, `Layer` a change set between two; `Overlay` is a writable file system over a tree,
`Vfs` the file system calls of one little computer over what is mounted there. Archives are in `dockersim.fs.tar`.
"""

from dockersim.fs.cred import Cred, R, W, X
from dockersim.fs.devices import device_nodes
from dockersim.fs.errors import FsError, TarError
from dockersim.fs.file import DeviceFactory, Directory, File, RegularFile
from dockersim.fs.filesystem import Entry, FileSystem, Stat, StatFs
from dockersim.fs.flags import (
    O_APPEND,
    O_CREAT,
    O_DIRECTORY,
    O_EXCL,
    O_NOFOLLOW,
    O_NONBLOCK,
    O_RDONLY,
    O_RDWR,
    O_TRUNC,
    O_WRONLY,
)
from dockersim.fs.inode import Inode
from dockersim.fs.layer import ChangeKind, Layer, apply, changes, diff
from dockersim.fs.namespace import Mount
from dockersim.fs.node import WHITEOUT, Kind, Node
from dockersim.fs.overlay import Overlay
from dockersim.fs.synthetic import SyntheticFs, Through
from dockersim.fs.tree import Tree
from dockersim.fs.vfs import Vfs

__all__ = [
    "O_APPEND", "O_CREAT", "O_DIRECTORY", "O_EXCL", "O_NOFOLLOW", "O_NONBLOCK", "O_RDONLY", "O_RDWR", "O_TRUNC",
    "O_WRONLY", "WHITEOUT", "ChangeKind", "Cred", "DeviceFactory", "Directory", "Entry", "File", "FileSystem",
    "FsError", "Inode", "Kind", "Layer", "Mount", "Node", "Overlay", "R", "RegularFile", "Stat", "StatFs",
    "SyntheticFs", "TarError", "Through", "Tree", "Vfs", "W", "X", "apply", "changes", "device_nodes", "diff",
]  # fmt: skip
