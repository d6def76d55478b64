#!/bin/sh
# Sets the number of workers to the number of processors, where that is asked for.
set -e

[ -n "${NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE:-}" ] || exit 0
sed -i "s/^worker_processes .*/worker_processes $(nproc);/" /etc/nginx/nginx.conf
