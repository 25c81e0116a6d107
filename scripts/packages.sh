# The one place that lists the Debian packages Muster needs. Sourced by ./run and ./test.

# To build and run: what the Swift toolchain itself needs on a bare Debian 12, then our own libraries.
build_packages=(
    ca-certificates git binutils libc6-dev libgcc-12-dev libstdc++-12-dev libncurses6 libcurl4 libxml2 pkg-config
    zlib1g-dev libsqlite3-dev libpq-dev libsimdjson-dev libcurl4-openssl-dev
)

# To test: Python for the third-party clients and the browser suite, a browser with a font, and PostgreSQL.
test_packages=(
    python3 python3-venv chromium chromium-driver fonts-dejavu-core openssl postgresql-15
)

# install_packages NAME...: installs what is missing, and says nothing when nothing is.
install_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        echo "This is not a Debian system; these packages (or their like) must be here: $*" >&2
        return 0
    fi
    local missing=() name
    for name in "$@"; do
        dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "Missing Debian packages: ${missing[*]}" >&2
            echo "Run as root: apt-get install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
        [ -n "${CI:-}" ] && as_root=(sudo -n)
    fi
    echo "Installing Debian packages: ${missing[*]}"
    local log
    log=$(mktemp)
    if ! { "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            "${missing[@]}"; } >"$log" 2>&1; then
        tail -20 "$log" >&2
        rm -f "$log"
        echo "The packages could not be installed. Mend what apt says above, then run this again." >&2
        return 1
    fi
    rm -f "$log"
}

# require_swift: the one thing that is not installed for you.
require_swift() {
    local version
    if ! version=$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' | grep -oE '[0-9]+\.[0-9]+$'); then
        echo "The Swift toolchain is not on the PATH (or does not start)." >&2
        echo "Install Swift 6.3 for Debian 12 from https://www.swift.org/install/linux/ and run this again." >&2
        return 1
    fi
    if [ "${version%%.*}" -lt 6 ] || { [ "${version%%.*}" -eq 6 ] && [ "${version#*.}" -lt 2 ]; }; then
        echo "Swift $version is too old for Muster." >&2
        echo "Install Swift 6.3 from https://www.swift.org/install/linux/ and run this again." >&2
        return 1
    fi
}
