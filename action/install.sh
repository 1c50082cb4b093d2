#!/usr/bin/env bash
# Puts lakeshare below $RUNNER_TEMP and tells the step where: the release that
# checksums.txt lists for this machine, or, where it lists none, a build of the
# source that this file is part of. It has to run on the bash 3.2 of macOS.
set -euo pipefail

fail() { # MESSAGE: one line, shown on the run's page
  printf '::error title=lakeshare::%s\n' "$(printf '%s' "$1" | tr -d '\r\n' | sed 's/%/%25/g')" >&2
  exit 1
}

platform() { # as in the names of assets
  local os arch
  os=$(uname -s)
  arch=$(uname -m)
  case "$os" in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    *) fail "lakeshare runs on Linux and macOS, this runner is $os $arch. Use runs-on: ubuntu-latest" ;;
  esac
  case "$arch" in
    x86_64 | amd64) arch=amd64 ;;
    arm64 | aarch64) arch=arm64 ;;
    *) fail "lakeshare runs on x86-64 and arm64, this runner is $os $arch. Use runs-on: ubuntu-latest" ;;
  esac
  echo "${os}_${arch}"
}

sha256() { # FILE
  if command -v sha256sum >/dev/null; then
    sha256sum <"$1" | cut -c 1-64
  elif command -v shasum >/dev/null; then
    shasum -a 256 <"$1" | cut -c 1-64
  else
    fail "neither sha256sum nor shasum is on this runner: what was downloaded cannot be checked"
  fi
}

matches() { # FILE DIGEST
  test -f "$1" && test "$(sha256 "$1")" = "$2"
}

download() { # URL FILE DIGEST
  local got
  command -v curl >/dev/null || fail "curl is not on this runner: install it in an earlier step"
  curl --fail --silent --show-error --location --proto '=https' --proto-redir '=https' --tlsv1.2 \
    --retry 3 --connect-timeout 20 --max-time 300 --output "$2.part" --url "$1" ||
    fail "could not download $1"
  got=$(sha256 "$2.part")
  if test "$got" != "$3"; then
    rm -f "$2.part"
    fail "$1 has SHA-256 $got, checksums.txt of this action says $3: it was not run"
  fi
  chmod 755 "$2.part"
  mv -f "$2.part" "$2"
}

build() { # FILE
  command -v go >/dev/null ||
    fail "this commit of the action is no release, so it is built here, and go is not on this runner. Pin a release of lakeshare, or add actions/setup-go before"
  echo "lakeshare: building from source"
  # Settings of the job's own Go modules are none of ours.
  (cd "$root" && env -u GOFLAGS GOWORK=off CGO_ENABLED=0 go build -trimpath -buildvcs=false -o "$1.part" ./cmd/lakeshare) ||
    fail "could not build lakeshare from $root"
  mv -f "$1.part" "$1"
}

root=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
table=$root/action/checksums.txt
name=$(platform)
version=$(sed -n 's/^# version \(v[0-9][0-9A-Za-z.-]*\)$/\1/p' "$table")
# Two commits of the action in one job have folders of their own.
dir=${RUNNER_TEMP:?RUNNER_TEMP is not set: this does not look like a GitHub Actions run}/lakeshare-$(printf '%s' "$root" | cksum | cut -d ' ' -f 1)
bin=$dir/lakeshare
mkdir -p "$dir"

if test -n "$version"; then
  asset=lakeshare_${version}_$name
  digest=$(awk -v asset="$asset" '$2 == asset { print $1 }' "$table")
  [[ $digest =~ ^[0-9a-f]{64}$ ]] || fail "checksums.txt of this action has no digest of $asset"
  # A mirror may be named, and nobody has to trust it: what does not have the
  # digest is not run. For the same reason a copy that is there is checked again.
  url=${LAKESHARE_RELEASES:-https://github.com/lakeshare/lakeshare/releases/download}/$version/$asset
  matches "$bin" "$digest" || download "$url" "$bin" "$digest"
elif ! test -x "$bin"; then
  build "$bin"
fi
echo "bin=$bin" >>"$GITHUB_OUTPUT"
