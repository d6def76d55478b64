"""Floor 0: the vocabulary of images: digests, references, descriptors, manifests, indexes, configurations."""

from dockersim.oci import media
from dockersim.oci.config import ImageConfig
from dockersim.oci.descriptor import Descriptor, Platform
from dockersim.oci.digest import Digest, chain_id, chain_ids
from dockersim.oci.document import canonical
from dockersim.oci.manifest import Index, Manifest, parse_manifest
from dockersim.oci.reference import Reference, familiar_match, parse_any

__all__ = [
    "Descriptor",
    "Digest",
    "ImageConfig",
    "Index",
    "Manifest",
    "Platform",
    "Reference",
    "canonical",
    "chain_id",
    "chain_ids",
    "familiar_match",
    "media",
    "parse_any",
    "parse_manifest",
]
