"""Images over the wire: the daemon as a client of registries (OCI Distribution API), after moby's ``distribution``."""
