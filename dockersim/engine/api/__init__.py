"""The Engine API: one module for each resource, behind one border."""
