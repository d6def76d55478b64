"""Floor 6: the simulated Docker Hub's images, each a Dockerfile and a root tree, built on first demand."""

from .images import Catalogue, SearchResult

__all__ = ["Catalogue", "SearchResult"]
