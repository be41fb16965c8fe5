#!/bin/bash
# Succeeds if a program in this container answers 200: `answers PORT PATH`. For health checks, so that
# the images need no HTTP client.
set -eu
exec 3<>"/dev/tcp/127.0.0.1/$1"
printf 'GET %s HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3
read -r _ status _ <&3
[ "$status" = 200 ]
