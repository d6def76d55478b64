#!/bin/sh
# Lets the server of a pristine default.conf listen on IPv6, too.
set -e

say() {
    if [ -z "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ]; then
        echo "$@"
    fi
}

ME=$(basename "$0")
CONF=etc/nginx/conf.d/default.conf

if [ ! -f "/$CONF" ]; then
    say "$ME: info: /$CONF is not a file or does not exist"
    exit 0
fi
if ! touch /$CONF 2>/dev/null; then
    say "$ME: info: can not modify /$CONF (read-only file system?)"
    exit 0
fi
if grep -q "listen  *\[::]:80;" /$CONF; then
    say "$ME: info: IPv6 listen already enabled"
    exit 0
fi
say "$ME: info: Getting the checksum of /$CONF"
if ! grep -q "^    server_name  localhost;$" /$CONF; then
    say "$ME: info: /$CONF differs from the packaged version"
    exit 0
fi
sed -i 's,listen       80;,listen       80;\n    listen  [::]:80;,' /$CONF
say "$ME: info: Enabled listen on IPv6 in /$CONF"
