import { existsSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BridgeError } from '../error.js';
import { printable } from '../text.js';
import type { PortAddress } from './line-link.js';
import { SYSTEM_ROOTS, type SystemRoots } from './system-roots.js';
import { attribute, identityText, sameIdentity, type UsbIdentity, usbIdentity } from './usb-identity.js';

/** A serial port that the kernel has a driver for. */
export interface SerialPortEntry {
  /** The device node. */
  readonly path: string;
  readonly usb?: UsbIdentity;
  /** Its name in /dev/serial/by-id; absent where a twin without serial number contests it. */
  readonly byId?: string;
  /** Its name in /dev/serial/by-path: the socket it is plugged into. */
  readonly byPath?: string;
}

/** A process that has a port open. */
export interface Holder {
  readonly pid: number;
  readonly command: string;
}

/** All serial ports with hardware behind them, from sysfs and so without udev; an empty list where there is no sysfs. */
export function listPorts(roots: SystemRoots = SYSTEM_ROOTS): SerialPortEntry[] {
  const byId = linksIn(join(roots.dev, 'serial/by-id'));
  const byPath = linksIn(join(roots.dev, 'serial/by-path'));
  const ports: SerialPortEntry[] = [];
  for (const name of namesIn(join(roots.sys, 'class/tty'))) {
    const tty = join(roots.sys, 'class/tty', name);
    const path = join(roots.dev, name);
    // Consoles have no device; an 8250 port that the board does not have is of type 0 (PORT_UNKNOWN, linux/serial_core.h).
    if (!existsSync(join(tty, 'device')) || attribute(tty, 'type') === '0' || !existsSync(path)) continue;
    const usb = usbIdentity(join(tty, 'device'), roots.sys);
    const id = byId.get(path);
    const socket = byPath.get(path);
    ports.push({ path, ...(usb && { usb }), ...(id && { byId: id }), ...(socket && { byPath: socket }) });
  }
  return ports
    .map((port) => (isContested(port, ports) ? withoutId(port) : port))
    .sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}

/**
 * The device node behind an address, as things stand now: links are followed, an identity is looked up.
 * Throws `port/missing`, or `port/ambiguous` where several adapters have the identity.
 */
export function resolvePort(address: PortAddress, roots: SystemRoots = SYSTEM_ROOTS): string {
  if (typeof address === 'string') return followPath(address);
  const matches = listPorts(roots).filter(({ usb }) => usb && sameIdentity(usb, address));
  const [first, ...others] = matches;
  if (!first) {
    throw new BridgeError('port/missing', `no serial port of USB device ${identityText(address)} is plugged in`, {
      hint: '`carter-bridge devices` lists what is',
    });
  }
  if (others.length > 0) {
    const names = matches.map((port) => port.byPath ?? port.path).join(', ');
    throw new BridgeError(
      'port/ambiguous',
      `${matches.length} ports are USB device ${identityText(address)}: ${names}`,
      {
        hint: 'add serialNumber where they differ in it, else give the by-path name of the socket it is plugged into',
      },
    );
  }
  return first.path;
}

/** Whether a path is a kernel name that another device may have after the next replug or boot. */
export function isUnstableName(path: string): boolean {
  return /^\/dev\/tty(USB|ACM)\d+$/.test(path);
}

/** A name for a device node that survives replug and reboot: by-id, else by-path; undefined where it has none. */
export function stableName(path: string, roots: SystemRoots = SYSTEM_ROOTS): string | undefined {
  const port = listPorts(roots).find((p) => p.path === path);
  return port?.byId ?? port?.byPath;
}

/** The processes that have a port open, as far as this user may see; an empty list is no proof that there is none. */
export async function holders(path: string, roots: SystemRoots = SYSTEM_ROOTS): Promise<Holder[]> {
  const node = await realpath(path).catch(() => path);
  const found: Holder[] = [];
  for (const pid of await readdir(roots.proc).catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue;
    const folder = join(roots.proc, pid, 'fd');
    // What cannot be read belongs to another user or has ended meanwhile.
    const fds = await readdir(folder).catch(() => []);
    const targets = await Promise.all(fds.map((fd) => readlink(join(folder, fd)).catch(() => undefined)));
    if (!targets.includes(node)) continue;
    const command = await readFile(join(roots.proc, pid, 'comm'), 'utf8').catch(() => 'a process');
    found.push({ pid: Number(pid), command: command.trim() });
  }
  return found;
}

/** Milliseconds since a node was made or its owner, group or mode changed; undefined where `wall` or the node is missing. */
export function nodeAge(path: string, wall: number | undefined): number | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return wall === undefined || !stat ? undefined : wall - stat.ctimeMs;
}

function followPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EACCES') {
      throw new BridgeError('port/denied', `no permission to look at ${printable(path)}`, {
        hint: 'the folders above it must be readable for the user that runs this',
        cause,
      });
    }
    throw new BridgeError('port/missing', `${printable(path)} does not exist`, {
      hint: 'is the device plugged in? `carter-bridge devices` lists what is',
      cause,
    });
  }
}

/** Whether the port's by-id name could as well be that of another port: one of the same identity that got none. */
function isContested({ usb, byId }: SerialPortEntry, ports: readonly SerialPortEntry[]): boolean {
  return ports.some((other) => usb && other.usb && byId && !other.byId && sameIdentity(other.usb, usb));
}

function withoutId({ byId: _, ...port }: SerialPortEntry): SerialPortEntry {
  return port;
}

/** The links in a folder: from the path that each points to, to the first link that does. */
function linksIn(folder: string): Map<string, string> {
  const links = new Map<string, string>();
  for (const name of namesIn(folder)) {
    const link = join(folder, name);
    try {
      const target = resolve(folder, readlinkSync(link));
      if (!links.has(target)) links.set(target, link);
    } catch {
      // Not a link, or gone since the folder was read: no name of anything.
    }
  }
  return links;
}

/** The names in a folder; none where it does not exist. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
