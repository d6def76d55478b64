"""What this daemon says that it is: the release whose behaviour it follows."""

from __future__ import annotations

from typing import Any

ENGINE = "28.5.2"
CLIENT = "28.2.2"
API = "1.51"
API_MINIMUM = "1.24"
GO = "go1.24.9"
COMMIT = "89c5e8f"
BUILT = "2025-11-05T14:43:22.000000000+00:00"
SERVER = f"Docker/{ENGINE} (linux)"
CONTAINERD, CONTAINERD_COMMIT = "v1.7.29", "442cb34bda9a6a0fed82a2ca7cade05c5c749582"
RUNC, RUNC_COMMIT = "1.3.3", "v1.3.3-0-gd842d771"
INIT, INIT_COMMIT = "0.19.0", "de40ad0"


def version_json(kernel: str) -> dict[str, Any]:
    """The body of ``GET /version`` on a machine whose kernel is ``kernel``."""
    return {
        "Platform": {"Name": ""},
        "Components": [
            {
                "Name": "Engine",
                "Version": ENGINE,
                "Details": {
                    "ApiVersion": API,
                    "Arch": "amd64",
                    "BuildTime": BUILT,
                    "Experimental": "false",
                    "GitCommit": COMMIT,
                    "GoVersion": GO,
                    "KernelVersion": kernel,
                    "MinAPIVersion": API_MINIMUM,
                    "Os": "linux",
                },
            },
            {"Name": "containerd", "Version": CONTAINERD, "Details": {"GitCommit": CONTAINERD_COMMIT}},
            {"Name": "runc", "Version": RUNC, "Details": {"GitCommit": RUNC_COMMIT}},
            {"Name": "docker-init", "Version": INIT, "Details": {"GitCommit": INIT_COMMIT}},
        ],
        "Version": ENGINE,
        "ApiVersion": API,
        "MinAPIVersion": API_MINIMUM,
        "GitCommit": COMMIT,
        "GoVersion": GO,
        "Os": "linux",
        "Arch": "amd64",
        "KernelVersion": kernel,
        "BuildTime": BUILT,
    }
