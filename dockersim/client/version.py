"""What this client says that it is."""

from __future__ import annotations

CLIENT = "28.2.2"
API = "1.50"
GO = "go1.24.3"
COMMIT = "e6534b4"
BUILT = "Fri May 30 12:07:14 2025"


def view(context: str) -> dict[str, str]:
    """The same for templates, under the names that JSON has for it; ``context`` is the one in use."""
    return {
        "Version": CLIENT,
        "DefaultAPIVersion": API,
        "GitCommit": COMMIT,
        "GoVersion": GO,
        "Os": "linux",
        "Arch": "amd64",
        "BuildTime": BUILT,
        "Context": context,
    }
