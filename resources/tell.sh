#!/bin/sh
# Shows a line in a small window, with whatever this desktop has for that, and does not wait for it: tell.sh TEXT
text=$1
show() {
    "$@" </dev/null >/dev/null 2>&1 &
}
if command -v zenity >/dev/null; then
    show zenity --error --no-markup --title=desktopchat --text="$text"
elif command -v kdialog >/dev/null; then
    show kdialog --title desktopchat --error "$text"
elif command -v notify-send >/dev/null; then
    show notify-send --app-name=desktopchat desktopchat "$text"
elif command -v xmessage >/dev/null; then
    show xmessage -center -title desktopchat "$(printf '%s' "$text" | fold -s -w 72)"
fi
