#!/bin/sh
# Makes carter-bridge a service of this machine: user, config, systemd unit, udev rules. Running it again updates all that, and
# leaves the config alone. Needs root, and the program where every user may read it: see "Run it as a service" in the README.
set -eu

usage() {
  cat <<'END'
usage: sudo scripts/install.sh [--dry-run] [--no-start] [--node FILE]

  --dry-run    only show what would be done
  --no-start   do not start the service
  --node FILE  the Node.js that runs it (default: the one in the PATH)

With DESTDIR=folder only files are written, below that folder, for those who make packages or images.
END
}

dry_run=no start=yes node=
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=yes ;;
    --no-start) start=no ;;
    --node)
      [ $# -ge 2 ] || { usage >&2; exit 2; }
      node=$2
      shift
      ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

die() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }
say() { printf '%s\n' "$*"; }
run() {
  if [ "$dry_run" = yes ]; then say "would run: $*"; else say "run: $*"; "$@"; fi
}

scripts=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
main=${scripts%/*}/dist/src/main.js
dest=${DESTDIR:-}
user=carter-bridge
config=/etc/carter-bridge/bridge.yaml
unit=/etc/systemd/system/carter-bridge.service
rules=/etc/udev/rules.d/70-carter-bridge.rules

# Whether something is to be done to the running machine, and not only to files below DESTDIR.
live() { [ -z "$dest" ]; }

# put TEXT-FILE PATH MODE: installs a file unless it is there already with the same text.
put() {
  if cmp -s "$1" "$dest$2"; then say "unchanged: $dest$2"; return; fi
  changed=yes
  if [ "$dry_run" = yes ]; then say "would write: $dest$2"; return; fi
  mkdir -p "$dest$(dirname "$2")"
  # By way of another name, so that a power cut leaves the old file or the new one.
  cp "$1" "$dest$2.new"
  chmod "$3" "$dest$2.new"
  mv "$dest$2.new" "$dest$2"
  say "written: $dest$2"
}

[ "$(uname -s)" = Linux ] || die 'this is for Linux'
if live && [ "$dry_run" = no ] && [ "$(id -u)" != 0 ]; then die 'this needs root: sudo scripts/install.sh'; fi
[ -f "$main" ] || die "there is no $main; run \`npm ci && npm run build\` first"
[ -n "$node" ] || node=$(command -v node) || die "root finds no node; give it with --node, for example --node \"\$(command -v node)\""
node=$(readlink -f "$node") || die 'what --node names is no program'
if ! [ -f "$node" ] || ! [ -x "$node" ]; then die 'what --node names is no program'; fi
case $node$main in
  *[!A-Za-z0-9/._@+-]*) die "a unit can't hold these paths: $node $main" ;;
esac
version=$("$node" "$main" --version) || die "$node can't run $main"
for path in "$node" "$main"; do
  case $path in
    /home/* | /root/* | /run/user/* | /tmp/* | /var/tmp/*)
      if live; then die "a service sees nothing below home folders and /tmp, and so not $path; install it for all users first, see the README"; fi
      ;;
  esac
done
say "carter-bridge $version with $node"

if live; then
  for group in dialout gpio; do
    getent group "$group" >/dev/null || run groupadd --system "$group"
  done
  if ! getent passwd "$user" >/dev/null; then
    run useradd --system --user-group --home-dir /var/lib/carter-bridge --no-create-home --shell /usr/sbin/nologin "$user"
  fi
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -e "s#@NODE@#$node#g" -e "s#@MAIN@#$main#g" "$scripts/systemd/carter-bridge.service" >"$work/unit"

changed=no
put "$work/unit" "$unit" 644
put "$scripts/udev/70-carter-bridge.rules" "$rules" 644
if [ -e "$dest$config" ]; then
  say "kept: $dest$config"
else
  put "$scripts/systemd/bridge.yaml" "$config" 640
  if live; then
    # Secrets may be in it.
    run chown "root:$user" "$(dirname "$config")" "$config"
    run chmod 750 "$(dirname "$config")"
  fi
fi

if live && [ "$dry_run" = no ]; then "$node" "$main" validate "$config" || die "put $config right, then run this again"; fi
if live && [ -S /run/udev/control ]; then
  run udevadm control --reload
  run udevadm trigger --action=add --subsystem-match=usb --subsystem-match=usb-serial --subsystem-match=tty --subsystem-match=gpio
fi
if live && command -v systemctl >/dev/null; then
  # Works on the files alone too, as when an image is made.
  run systemctl enable carter-bridge.service
  if [ -d /run/systemd/system ]; then
    run systemctl daemon-reload
    if [ "$start" = yes ]; then run systemctl restart carter-bridge.service; fi
  fi
fi
if [ "$changed" = no ]; then say 'nothing was to be changed'; fi
say "config: $config; log: journalctl -u carter-bridge -f"
