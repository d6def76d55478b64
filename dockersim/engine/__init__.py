"""Floor 5: the daemon: images, containers, networks, volumes, the builder, the Engine API."""
