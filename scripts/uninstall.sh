#!/bin/sh
# Takes away what scripts/install.sh made. Config and state stay, unless --purge is given. Running it again does no harm.
set -eu

usage() {
  cat <<'END'
usage: sudo scripts/uninstall.sh [--dry-run] [--purge]

  --dry-run  only show what would be done
  --purge    also remove config, state and the service's user

With DESTDIR=folder only files below that folder are removed.
END
}

dry_run=no purge=no
for word in "$@"; do
  case $word in
    --dry-run) dry_run=yes ;;
    --purge) purge=yes ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done

die() { printf 'uninstall.sh: %s\n' "$*" >&2; exit 1; }
say() { printf '%s\n' "$*"; }
run() {
  if [ "$dry_run" = yes ]; then say "would run: $*"; else say "run: $*"; "$@"; fi
}

dest=${DESTDIR:-}
user=carter-bridge
service=carter-bridge.service
live() { [ -z "$dest" ]; }

# take PATH: removes a file or folder that is there.
take() {
  if [ -e "$dest$1" ]; then run rm -rf -- "$dest$1"; fi
}

if live && [ "$dry_run" = no ] && [ "$(id -u)" != 0 ]; then die 'this needs root: sudo scripts/uninstall.sh'; fi

# The bridge puts its outputs to their safe values as it stops.
if live && command -v systemctl >/dev/null && [ -e "/etc/systemd/system/$service" ]; then
  if [ -d /run/systemd/system ]; then run systemctl stop "$service"; fi
  run systemctl disable "$service"
fi
take "/etc/systemd/system/$service"
take /etc/udev/rules.d/70-carter-bridge.rules
if live && [ -d /run/systemd/system ]; then run systemctl daemon-reload; fi
if live && [ -S /run/udev/control ]; then run udevadm control --reload; fi

if [ "$purge" = yes ]; then
  take /etc/carter-bridge
  take /var/lib/carter-bridge
  if live && getent passwd "$user" >/dev/null; then run userdel "$user"; fi
else
  say "kept: $dest/etc/carter-bridge and $dest/var/lib/carter-bridge; --purge removes them too"
fi
