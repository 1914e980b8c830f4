#!/bin/sh
# Signs desktopchat.app, puts it into a disk image and has Apple notarize it.
#
#   packaging/macos/package.sh APP IMAGE
#
# IDENTITY       of `security find-identity -v -p codesigning`; without it the signature is ad hoc, and people have to
#                allow the program in the system's settings.
# NOTARY_PROFILE of `xcrun notarytool store-credentials`; without it nothing is notarized.
set -eu
app=$1
image=$2
here=$(cd "$(dirname "$0")" && pwd)
identity=${IDENTITY:--}
stamp=--timestamp
[ "$identity" != - ] || stamp=--timestamp=none  # Apple stamps no signature of nobody

# From the inside out: a signature covers what lies in a bundle.
find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' -o -perm -u+x \) -print0 |
    xargs -0 -n 50 codesign --force "$stamp" \
        --options runtime --sign "$identity"
codesign --force "$stamp" --options runtime --entitlements "$here/entitlements.plist" --sign "$identity" "$app"
codesign --verify --deep --strict "$app"

staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT
cp -R "$app" "$staged/"
ln -s /Applications "$staged/Applications"
rm -f "$image"
hdiutil create -volname desktopchat -srcfolder "$staged" -fs HFS+ -format ULMO "$image"
codesign --force --sign "$identity" "$image"

if [ -n "${NOTARY_PROFILE:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
    spctl --assess --type open --context context:primary-signature "$image"
fi
