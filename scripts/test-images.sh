#!/usr/bin/env bash
# Builds the two images that the cluster tests use, as folders, and loads each by a command that takes NAME ROOTFS COMMAND…:
#   scripts/test-images.sh ../shared/cluster/image
# One is the example workload, the other this package as npm installs it. Prints the variables that tell the tests of them.
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,4p' "$0" >&2; exit 2; }
load=$(realpath "$1")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# add ROOTFS PROGRAM PATH: a program and the libraries that it is linked to.
add() {
  local library
  install -D -m 755 "$(realpath "$2")" "$1$3"
  { ldd "$(realpath "$2")" 2>/dev/null || true; } | grep -oE '/[^ ]+' | while read -r library; do
    [ -e "$1$library" ] || install -D -m 755 "$(realpath "$library")" "$1$library"
  done
}
base() {
  mkdir -p "$1/tmp" && chmod 1777 "$1/tmp"
  add "$1" "$(node -p process.execPath)" /usr/local/bin/node
  add "$1" /bin/sh /bin/sh
  add "$1" "$(command -v env)" /usr/bin/env
}

workload=docker.io/arbk8s-example/spread-search:1.0
base "$work/workload"
cp -r examples/spread-search/. "$work/workload/"
"$load" "$workload" "$work/workload" node worker.mjs >&2

cli=docker.io/library/arbk8s:test
base "$work/cli"
npm pack --silent --ignore-scripts --pack-destination "$work" >&2
mkdir -p "$work/cli/opt/arbk8s"
echo '{"private": true}' >"$work/cli/opt/arbk8s/package.json"
npm install --silent --omit=dev --no-audit --no-fund --prefix "$work/cli/opt/arbk8s" "$work"/arbk8s-*.tgz >&2
ln -s ../../../opt/arbk8s/node_modules/arbk8s/bin/run.js "$work/cli/usr/local/bin/arbk8s"
chmod -R go+rX "$work/cli"
"$load" "$cli" "$work/cli" arbk8s --help >&2

echo "ARBK8S_TEST_WORKLOAD_IMAGE=$workload"
echo "ARBK8S_TEST_CLI_IMAGE=$cli"
