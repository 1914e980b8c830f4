#!/bin/sh
# Makes an AppImage of the frozen folder. Needs appimagetool, and its runtime where it cannot fetch one.
#
#   packaging/linux/appimage.sh FOLDER SHARE IMAGE
#
# FOLDER is build/package/frozen/desktopchat and SHARE build/package/deb/usr/share, both of `dev.py package`.
# RUNTIME names the runtime file, for machines without network.
set -eu
folder=$1
share=$2
image=$3
staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT
mkdir -p "$staged/usr/lib"
cp -a "$folder" "$staged/usr/lib/desktopchat"
cp -a "$share" "$staged/usr/share"
ln -s usr/lib/desktopchat/desktopchat "$staged/AppRun"
cp "$share/applications/desktopchat.desktop" "$staged/"
cp "$share/icons/hicolor/256x256/apps/desktopchat.png" "$staged/desktopchat.png"
ln -s desktopchat.png "$staged/.DirIcon"
# Everything is of one time, so that it is the same image whenever it is made.
find "$staged" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-1700000000}" {} +
ARCH=$(uname -m) appimagetool --no-appstream ${RUNTIME:+--runtime-file "$RUNTIME"} "$staged" "$image"
