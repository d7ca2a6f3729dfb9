#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Puts test tools that only a newer Debian suite has into ${HAECHI_TOOLS_DIR:-~/.cache/haechi/tools}/bin, where
# test/support/tools.ts finds them. Single packages are downloaded and unpacked, nothing is installed: a private apt
# configuration takes the mirror's address from the machine's own and checks every signature and hash as apt does.
# Safe to run again; quick when all tools are there. Usage: fetch-tools.sh [TOOL…] (default: all of them)
set -eu

# Tool, Debian package, suite, path in the package, package of a shared library or -. The oldest suite that has it new
# enough; beyond the library they need no more than a libc of Debian 12.
TOOLS='
cosign cosign forky usr/bin/cosign -
crane crane forky usr/bin/crane -
kubectl kubectl forky usr/bin/kubectl -
notation notation forky usr/bin/notation -
oras oras forky usr/bin/oras -
upx upx-ucl bookworm-backports usr/bin/upx-ucl libucl1
'

target=${HAECHI_TOOLS_DIR:-$HOME/.cache/haechi/tools}
wanted=${*:-cosign crane kubectl notation oras upx}
missing=
for tool in $wanted; do
  [ -x "$target/bin/$tool" ] || missing="$missing $tool"
done
if [ -z "$missing" ]; then
  exit 0
fi

for program in apt-get dpkg-deb; do
  if ! command -v "$program" >/dev/null; then
    echo "fetch-tools: $program is not installed; this script needs a Debian machine" >&2
    exit 1
  fi
done
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
if [ ! -r "$keyring" ]; then
  echo "fetch-tools: $keyring is missing; install debian-archive-keyring" >&2
  exit 1
fi
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' 'Component: main' |
  awk -v codename="$codename" '$1 == codename { print $2; exit }')
if [ -z "$mirror" ]; then
  echo "fetch-tools: apt knows no mirror for ${codename:-this system}; run apt-get update first" >&2
  exit 1
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$root/lists/partial" "$root/cache/archives/partial" "$root/download" "$target/bin"
: >"$root/status"
suites=$(for tool in $missing; do echo "$TOOLS" | awk -v tool="$tool" '$1 == tool { print $3 }'; done | sort -u)
for suite in $codename $suites; do
  echo "deb [signed-by=$keyring] $mirror $suite main" >>"$root/sources.list"
done

private_apt() {
  apt-get -qq \
    -o Dir::Etc::SourceList="$root/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State="$root" -o Dir::State::Lists="$root/lists" -o Dir::State::status="$root/status" \
    -o Dir::Cache="$root/cache" -o APT::Sandbox::User= -o Acquire::Languages=none -o Acquire::Retries=3 \
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
    "$@"
}

private_apt update
for tool in $missing; do
  line=$(echo "$TOOLS" | awk -v tool="$tool" '$1 == tool')
  if [ -z "$line" ]; then
    echo "fetch-tools: $tool is not in the list of this script" >&2
    exit 1
  fi
  # shellcheck disable=SC2086
  set -- $line
  package=$2 suite=$3 path=$4 library=$5
  unpacked=$root/unpacked-$tool
  (cd "$root/download" && private_apt download "$package/$suite")
  dpkg-deb -x "$root"/download/"$package"_*.deb "$unpacked"
  if [ "$library" != - ]; then
    (cd "$root/download" && private_apt download "$library/$codename")
    dpkg-deb -x "$root"/download/"$library"_*.deb "$unpacked"
  fi
  # The whole tree first and the name in bin last, so that a second run at the same time never sees half a tool.
  tree=$target/packages/$tool.$$
  mkdir -p "$target/packages"
  mv "$unpacked" "$tree"
  libraries=$(find "$tree/usr/lib" -name '*.so*' -exec dirname {} \; 2>/dev/null | sort -u | head -1)
  {
    echo '#!/bin/sh'
    if [ "$library" != - ]; then
      echo "LD_LIBRARY_PATH='$libraries' exec '$tree/$path' \"\$@\""
    else
      echo "exec '$tree/$path' \"\$@\""
    fi
  } >"$target/bin/.$tool.$$"
  chmod 755 "$target/bin/.$tool.$$"
  mv "$target/bin/.$tool.$$" "$target/bin/$tool"
  echo "fetch-tools: $tool ($(basename "$root"/download/"$package"_*.deb))" >&2
done
