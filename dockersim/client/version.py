"""What this client says that it is."""

from __future__ import annotations

CLIENT = "28.2.2"
API = "1.50"
GO = "go1.24.3"
COMMIT = "e6534b4"
BUILT = "Fri May 30 12:07:14 2025"
