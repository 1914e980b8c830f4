#!/bin/sh
# Starts desktopchat, where the C library is not older than the one that it was built with.
here=$(dirname -- "$(readlink -f -- "$0")")
libc=$(getconf GNU_LIBC_VERSION 2>/dev/null)
version=${libc#glibc }
minor=${version#2.}
if [ -z "$libc" ] || [ "${minor%%.*}" -lt @GLIBC_MINOR@ ]; then
    words="desktopchat needs glibc 2.@GLIBC_MINOR@ or newer, and here is ${libc:-another C library}.
Use it on a newer system, or run it from source."
    echo "$words" >&2
    # Started from a menu, nobody would see that.
    if [ $# -eq 0 ] && [ ! -t 2 ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        sh "$here/_internal/desktopchat/_resources/tell.sh" "$words"
    fi
    exit 1
fi
exec "$here/desktopchat.bin" "$@"
