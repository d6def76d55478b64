"""From a Dockerfile's instructions and a context to an image."""
