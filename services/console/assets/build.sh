#!/bin/sh
# Rebuilds ../static from the exact versions in package.json. Needs Node and npm; running the console needs neither.
#   sh build.sh [folder with node_modules]     (without one: npm install here, without a lock file)
set -eu
cd "$(dirname "$0")"
modules="${1:-$PWD}/node_modules"
[ -d "$modules" ] || npm install --no-package-lock --no-audit --no-fund --silent
out=../static
mkdir -p "$out"
"$modules/.bin/sass" --no-source-map --style=compressed --quiet \
    --load-path="$modules/@uswds/uswds/packages" console.scss "$out/console.css"
cp console.js handrail.svg "$out/"
sed '/^\/\/# sourceMappingURL/d' "$modules/htmx.org/dist/htmx.min.js" > "$out/htmx.js"
sed '/^\/\/# sourceMappingURL/d' "$modules/htmx.org/dist/ext/hx-sse.min.js" > "$out/hx-sse.js"
for weight in Regular Bold; do
    name=$(printf '%s' "$weight" | tr '[:upper:]' '[:lower:]')
    cp "$modules/@uswds/uswds/dist/fonts/public-sans/PublicSans-$weight.woff2" "$out/public-sans-$name.woff2"
done
cp "$modules/axe-core/axe.min.js" ../../../tests/browser/axe.min.js
(cd "$out" && sha256sum -- *.css *.js *.svg *.woff2) > digests.txt
