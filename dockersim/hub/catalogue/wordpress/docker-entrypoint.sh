#!/bin/bash
# Puts WordPress into the (volume's) web root where it is missing.
set -e
if [ "$1" = 'apache2-foreground' ]; then
    if [ ! -e index.php ] && [ ! -e wp-includes/version.php ]; then
        echo >&2 "WordPress not found in $PWD - copying now..."
        cp -a /usr/src/wordpress/. .
        echo >&2 "Complete! WordPress has been successfully copied to $PWD"
        if [ ! -s wp-config.php ] && [ -n "${WORDPRESS_DB_HOST:-}${WORDPRESS_DB_USER:-}${WORDPRESS_DB_PASSWORD:-}" ]; then
            echo >&2 "No 'wp-config.php' found in $PWD, but 'WORDPRESS_...' variables supplied; copying 'wp-config-docker.php' ($(env | sed -n 's/^\(WORDPRESS_[A-Z_]*\)=.*/\1/p' | sort | xargs))"
            cp wp-config-docker.php wp-config.php
        fi
    fi
fi
exec "$@"
