"""Images at the daemon: the store, and everything that makes, changes, lists or removes them."""

from dockersim.engine.images.image import Image
from dockersim.engine.images.store import PLATFORM, Blob, ImageStore, Lease

__all__ = ["PLATFORM", "Blob", "Image", "ImageStore", "Lease"]
