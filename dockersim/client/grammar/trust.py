"""Commands about content trust; the format is told in `dockersim.client.grammar`."""

TEXT = r"""
trust
group
about: Manage signatures of images

trust key
group
about: Manage signing keys

trust signer
group
about: Manage signers

trust inspect
usage: IMAGE[:TAG] [IMAGE[:TAG]...]
about: Show keys and signatures
args: 1+
      --pretty bool  Print for people, not for programs

trust key generate
usage: NAME
about: Make a signing key
args: 1
support: refused nobody signs images here
      --dir string  Directory for the new key (default: this one)

trust key load
usage: [OPTIONS] KEYFILE
about: Read a private signing key
args: 1
support: refused nobody signs images here
      --name string="signer"  Name to give it

trust revoke
usage: [OPTIONS] IMAGE[:TAG]
about: Take the trust in an image back
args: 1
support: refused nobody signs images here
  -y, --yes bool  Answer every question with yes

trust sign
usage: IMAGE:TAG
about: Sign an image
args: 1
support: refused nobody signs images here
      --local bool  Sign a tag of this machine

trust signer add
usage: OPTIONS NAME REPOSITORY [REPOSITORY...]
about: Add a signer
args: 2+
support: refused nobody signs images here
      --key list  The signer's public key

trust signer remove
usage: [OPTIONS] NAME REPOSITORY [REPOSITORY...]
about: Remove a signer
args: 2+
support: refused nobody signs images here
  -f, --force bool  Do not ask first
"""
