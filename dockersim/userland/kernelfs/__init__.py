"""``/proc`` and ``/sys`` of a computer: computed when looked at (proc(5), namespaces(7), cgroup-v2).

``machine`` holds what is true of the whole machine, ``files`` helps to make files of text; ``process`` has what is
below ``/proc/PID``, ``proc`` the rest of ``/proc``; ``sys`` and ``cgroup`` make ``/sys``; ``mounting`` puts both in
place.
"""

from dockersim.userland.kernelfs.machine import CPU_MODEL, boot_age, cpu_seconds, memory
from dockersim.userland.kernelfs.mounting import OPTIONS, KernelFiles, kind_of, mount_kernel_files

__all__ = [
    "CPU_MODEL", "OPTIONS", "KernelFiles", "boot_age", "cpu_seconds", "kind_of", "memory", "mount_kernel_files",
]  # fmt: skip
