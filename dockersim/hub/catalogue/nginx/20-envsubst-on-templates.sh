#!/bin/sh
# Fills the environment into /etc/nginx/templates/*.template.
set -e

ME=$(basename "$0")
FROM=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
TO=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}

[ -d "$FROM" ] || exit 0
for template in "$FROM"/*.template; do
    [ -f "$template" ] || continue
    output="$TO/$(basename "$template" .template)"
    echo "$ME: Running envsubst on $template to $output"
    envsubst < "$template" > "$output"
done
