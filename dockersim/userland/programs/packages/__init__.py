"""Package managers over a small simulated index: what tutorials install, with the files that it brings."""
