"""Floor 4: little computers: processes, terminals, a shell and its programs."""
