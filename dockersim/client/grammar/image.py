"""Commands about images; the format is told in `dockersim.client.grammar`."""

# ruff: noqa: E501 (a flag is one line)

TEXT = r"""
image
group
about: Manage images

history, image history
aliases: image history, history
usage: [OPTIONS] IMAGE
about: Show the layers of an image and how they came about
args: 1
      --format   string     How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
  -H, --human    bool=true  Print sizes and dates as people read them
      --no-trunc bool       Print long values whole
      --platform string     Take the image for this platform, "os[/arch[/variant]]"
  -q, --quiet    bool       Print IDs or names only

import, image import
aliases: image import, import
usage: [OPTIONS] file|URL|- [REPOSITORY[:TAG]]
about: Make an image from a tar archive of files
args: 1+
  -c, --change   list    Dockerfile instruction to apply to the new image
  -m, --message  string  A line about the change
      --platform string  {env DOCKER_DEFAULT_PLATFORM} Take the image for this platform, "os[/arch[/variant]]"

image inspect
usage: [OPTIONS] IMAGE [IMAGE...]
about: Show everything known about images
args: 1+
  -f, --format   string  How to print each item:\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --platform string  Take the image for this platform, "os[/arch[/variant]]"

load, image load
aliases: image load, load
usage: [OPTIONS]
about: Read images from a tar archive or STDIN
args: 0
  -i, --input    string  Archive to read instead of STDIN
      --platform string  Take the image for this platform, "os[/arch[/variant]]"
  -q, --quiet    bool    Show no progress

images, image ls
aliases: image ls, image list, images
usage: [OPTIONS] [REPOSITORY[:TAG]]
about: List images
args: 0-1
  -a, --all      bool    List the hidden layers between images too
      --digests  bool    Show the digest of each image
  -f, --filter   filter  Keep only what meets the condition, "name=value"
      --format   string  How to print the list:\n'table':            columns under headings (default)\n'table TEMPLATE':   columns of your own, from a Go template\n'json':             as JSON\n'TEMPLATE':         with a Go template\nThe templates are explained at\nhttps://docs.docker.com/go/formatting/
      --no-trunc bool    Print long values whole
  -q, --quiet    bool    Print IDs or names only
      --tree     bool    {refused the tree view is an experiment of the client} List the platforms under each image (EXPERIMENTAL)

image prune
usage: [OPTIONS]
about: Remove unused images
args: 0
  -a, --all    bool    Remove every unused image, not only untagged ones
      --filter filter  Keep only what meets the condition, "name=value"
  -f, --force  bool    Do not ask first

pull, image pull
aliases: image pull, pull
usage: [OPTIONS] NAME[:TAG|@DIGEST]
about: Fetch an image from a registry
args: 1
  -a, --all-tags              bool       Transfer every tag of the repository
      --disable-content-trust bool=true  {env !DOCKER_CONTENT_TRUST} Do without the check of the image's signature
      --platform              string     {env DOCKER_DEFAULT_PLATFORM} Take the image for this platform, "os[/arch[/variant]]"
  -q, --quiet                 bool       Print the result only

push, image push
aliases: image push, push
usage: [OPTIONS] NAME[:TAG]
about: Send an image to a registry
args: 1
  -a, --all-tags              bool       Transfer every tag of the repository
      --disable-content-trust bool=true  {env !DOCKER_CONTENT_TRUST} Do without signing the image
      --platform              string     Take the image for this platform, "os[/arch[/variant]]"
  -q, --quiet                 bool       Print the result only

rmi, image rm
aliases: image rm, image remove, rmi
usage: [OPTIONS] IMAGE [IMAGE...]
about: Remove images
args: 1+
  -f, --force    bool     Remove it although a stopped container uses it or it has more tags
      --no-prune bool     Keep untagged parents
      --platform strings  Take the image for this platform, "os[/arch[/variant]]"

save, image save
aliases: image save, save
usage: [OPTIONS] IMAGE [IMAGE...]
about: Write images to a tar archive, to STDOUT by default
args: 1+
  -o, --output   string  File to write instead of STDOUT
      --platform string  Take the image for this platform, "os[/arch[/variant]]"

tag, image tag
aliases: image tag, tag
usage: SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]
about: Give SOURCE_IMAGE the further name TARGET_IMAGE
args: 2
options-first
"""
