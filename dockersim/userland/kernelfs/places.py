"""Places that are of the machine, not of a container: Docker masks them, or guards them against changes."""

PROC_PLACES = {
    **dict.fromkeys(("/acpi", "/bus", "/fs", "/irq", "/scsi", "/sys"), "directory"),
    **dict.fromkeys(("/interrupts", "/kcore", "/keys", "/sysrq-trigger", "/timer_list"), "file"),
}
SYS_PLACES = {"/firmware": "directory", "/devices/virtual/powercap": "directory"}
MODES = {"/kcore": 0o400, "/sysrq-trigger": 0o200, "/timer_list": 0o400}
"""Permissions of those that not everybody may read."""
