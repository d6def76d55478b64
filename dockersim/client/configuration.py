"""What the client's ``config.json`` may hold: docker/cli's ``configfile.ConfigFile``."""

from __future__ import annotations

from dockersim.wire.gotypes import STRING, TEXTS, Map, Struct

_LOGIN = Struct("types.AuthConfig", {STRING: "username password auth email serveraddress identitytoken registrytoken"})
FILE = Struct(
    "configfile.ConfigFile",
    {
        STRING: "psFormat imagesFormat networksFormat pluginsFormat volumesFormat statsFormat detachKeys credsStore "
        "currentContext",
        TEXTS: "HttpHeaders credHelpers",
        Map(_LOGIN): "auths",
    },
)
