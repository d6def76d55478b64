"""Commands about manifest lists; the format is told in `dockersim.client.grammar`."""

TEXT = r"""
manifest
group
usage: COMMAND
about: Manage manifests and manifest lists
long: A manifest list gives one name to images of the same software for several
long: platforms. The commands here look at such lists and make them.
long:
long: Help on one of them:
long:
long:     docker manifest CMD --help
experimental

manifest annotate
usage: [OPTIONS] MANIFEST_LIST MANIFEST
about: Say which platform an image of the list is for
args: 2
experimental
      --arch        string   Architecture to record
      --os          string   Operating system to record
      --os-features strings  Features of the operating system to record
      --os-version  string   Version of the operating system to record
      --variant     string   Variant of the architecture to record

manifest create
usage: MANIFEST_LIST MANIFEST [MANIFEST...]
about: Make a manifest list on this machine
args: 2+
experimental
  -a, --amend    bool  Change a list that exists already
      --insecure bool  Accept a registry without valid TLS

manifest inspect
usage: [OPTIONS] [MANIFEST_LIST] MANIFEST
about: Show a manifest or a manifest list
args: 1-2
experimental
      --insecure bool  Accept a registry without valid TLS
  -v, --verbose  bool  Print more

manifest push
usage: [OPTIONS] MANIFEST_LIST
about: Send a manifest list to a registry
args: 1
experimental
      --insecure bool  Accept a registry without valid TLS
  -p, --purge    bool  Remove the local list afterwards

manifest rm
usage: MANIFEST_LIST [MANIFEST_LIST...]
about: Remove manifest lists from this machine
args: 1+
experimental
"""
