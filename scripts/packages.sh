# shellcheck shell=bash
# What the scripts beside this file need from the system, and how to get it. To be sourced.
#
# A package is asked for only when the thing it brings is missing, so a machine that has Java or a C compiler from
# elsewhere keeps them, and a machine that has everything needs neither root nor a network.

# Absolute, whatever the caller's directory was.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Cargo reads a relative CARGO_TARGET_DIR from where it runs: the scripts run it in the root.
case ${CARGO_TARGET_DIR:=$root/target} in
/*) ;;
*) CARGO_TARGET_DIR=$root/$CARGO_TARGET_DIR ;;
esac
export CARGO_TARGET_DIR

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }

fail() {
  say "$@"
  exit 1
}

# The rust-version of the workspace.
rust_minimum() { sed -n 's/^rust-version *= *"\(.*\)"/\1/p' "$root/Cargo.toml"; }

need_cargo() {
  # rustup leaves cargo here, and a shell that was open before doesn't know.
  if ! command -v cargo >/dev/null && [ -x "$HOME/.cargo/bin/cargo" ]; then
    PATH=$HOME/.cargo/bin:$PATH
  fi
  command -v cargo >/dev/null || fail "there is no cargo. Install Rust $(rust_minimum) or newer with rustup" \
    "(https://rustup.rs), open a new shell, and run this again. Debian 12's own Rust is too old."
  local found minimum
  minimum=$(rust_minimum)
  found=$(cd "$root" && rustc --version | cut -d' ' -f2)
  if [ "$(printf '%s\n' "$minimum" "${found%%-*}" | sort -V | head -n1)" != "$minimum" ]; then
    fail "Rust $found is too old: $minimum or newer is needed. Run: rustup update stable"
  fi
}

# Prints the first Java of version 17 or newer.
java_program() {
  local java version
  for java in ${JAVA_HOME:+"$JAVA_HOME/bin/java"} "$(command -v java || true)" /usr/lib/jvm/java-17-openjdk-*/bin/java; do
    [ -x "$java" ] || continue
    version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n1)
    if [ "${version:-0}" -ge 17 ]; then
      printf '%s\n' "$java"
      return
    fi
  done
  return 1
}

# Debian keeps the Redis server's program in redis-tools as well: redis-check-rdb is the same file, which looks at its
# own name. Package redis-server would add a service that starts by itself on port 6379.
redis_program() {
  command -v redis-server || { [ -x /usr/bin/redis-check-rdb ] && printf '/usr/bin/redis-check-rdb\n'; }
}

has() { command -v "$1" >/dev/null; }

# Prints the first Python that has PyYAML: Debian's package serves Debian's Python only, which need not be the first.
python_with_yaml() {
  local python
  for python in "$(command -v python3 || true)" /usr/bin/python3; do
    if [ -x "$python" ] && "$python" -c 'import yaml' 2>/dev/null; then
      printf '%s\n' "$python"
      return
    fi
  done
  return 1
}

# Prints promtool; there is one after this. Debian's package is unpacked, not installed: it would add a service that starts by
# itself on port 9090. What it holds needs nothing but the C library.
promtool_program() {
  local home=$CARGO_TARGET_DIR/tools/prometheus deb
  command -v promtool && return
  if [ ! -x "$home/usr/bin/promtool" ]; then
    has apt-get || fail "there is no promtool and no apt-get here: install Prometheus (2.42 or newer) your way."
    say "fetching Debian's prometheus, for promtool"
    # Whole or not at all: the directory gets its name when it is complete.
    rm -rf "$home" "$home.part"
    mkdir -p "$home.part"
    (cd "$home.part" && { apt-get download -q prometheus || { as_root apt-get update -q && apt-get download -q prometheus; }; }) >&2 ||
      fail "apt-get failed (its words are above). To see it again, run: apt-get download prometheus"
    for deb in "$home.part"/*.deb; do
      dpkg-deb -x "$deb" "$home.part" || fail "cannot unpack $deb"
      rm "$deb"
    done
    mv "$home.part" "$home"
  fi
  printf '%s\n' "$home/usr/bin/promtool"
}

# Prints those packages of one set ("build", "test" or "alerts") that are missing.
missing_packages() {
  case $1 in
  build)
    { has cc && has c++ && has make; } || echo build-essential
    has pkg-config || echo pkg-config
    [ -e /usr/include/openssl/ssl.h ] || echo libssl-dev
    [ -e /usr/include/zlib.h ] || echo zlib1g-dev
    # librdkafka's build derives its list of exported symbols with it.
    has python3 || echo python3-minimal
    [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
    ;;
  test)
    if [ -z "${CALLWARDEN_TEST_KAFKA:-}" ]; then
      java_program >/dev/null || echo openjdk-17-jre-headless
      has mvn || echo maven
    fi
    { has redis-cli && redis_program >/dev/null; } || echo redis-tools
    has kcat || echo kcat
    has openssl || echo openssl
    has python3 || echo python3
    python3 -m pip --version >/dev/null 2>&1 || echo python3-pip
    has zstd || echo zstd
    has gzip || echo gzip
    # It brings the library that moves the clock of one process.
    has faketime || echo faketime
    ;;
  alerts)
    python_with_yaml >/dev/null || echo python3-yaml
    ;;
  *) fail "no package set named '$1'" ;;
  esac
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2
}

# need_packages SET…: installs what is missing of the sets.
need_packages() {
  local set packages=()
  for set; do
    mapfile -t -O "${#packages[@]}" packages < <(missing_packages "$set")
  done
  [ "${#packages[@]}" = 0 ] && return
  local command="apt-get install --no-install-recommends ${packages[*]}"
  has apt-get || fail "missing: ${packages[*]} (names of Debian 12). There is no apt-get here: install them your way."
  if [ "$(id -u)" != 0 ] && ! has sudo; then
    fail "missing: ${packages[*]}. Only root can install them, and there is no sudo. As root, run: $command"
  fi
  say "installing ${packages[*]}"
  # Package lists that are there are used as they are; none, or old ones, are fetched.
  apt_install "${packages[@]}" || { as_root apt-get update -q >&2 && apt_install "${packages[@]}"; } ||
    fail "apt-get failed (its words are above). To see it again, run: $command"
}
