import { existsSync, type FSWatcher, readlinkSync, statSync, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Clock, Timer } from '../clock.js';
import type { PortAddress } from './line-link.js';
import { listPorts, resolvePort } from './serial-path.js';
import { SYSTEM_ROOTS, type SystemRoots } from './system-roots.js';

/** How often to look where the system does not tell. */
const LOOK_MS = 1000;
/** Links to links that are followed. */
const MAX_LINKS = 8;

/** What watching a port needs. */
export interface PortWatchDeps {
  readonly clock: Clock;
  readonly roots?: SystemRoots;
}

/**
 * Calls `onAppear` each time that a port comes into being, is another one, or has its permissions changed; not for what is
 * there already. The caller calls the returned function to stop.
 */
export function watchPort(address: PortAddress, onAppear: () => void, deps: PortWatchDeps): () => void {
  const { clock, roots = SYSTEM_ROOTS } = deps;
  return watchFor(
    clock,
    () => mark(address, roots),
    () => foldersOf(address, roots),
    (there) => {
      if (there) onAppear();
    },
  );
}

/** Calls `onChange` each time that the list of serial ports is another one. The caller calls the returned function to stop. */
export function watchPortList(onChange: () => void, deps: PortWatchDeps): () => void {
  const { clock, roots = SYSTEM_ROOTS } = deps;
  const marks = () => listPorts(roots).map(({ path }) => mark(path, roots) ?? path);
  return watchFor(
    clock,
    () => marks().join('\n'),
    () => new Set([roots.dev]),
    onChange,
  );
}

/** Looks at something when folders change, by inotify, and once a second besides; tells when it is another than before. */
function watchFor(
  clock: Clock,
  look: () => string | undefined,
  folders: () => Set<string>,
  changed: (there: boolean) => void,
): () => void {
  const watchers = new Map<string, FSWatcher>();
  let timer: Timer;
  let stopped = false;
  let seen = look();

  const compare = () => {
    if (stopped) return;
    const now = look();
    const different = now !== seen;
    seen = now;
    follow();
    if (different) changed(now !== undefined);
  };
  /** Watches the folders where the next change will be; they change as folders and links come and go. */
  const follow = () => {
    const wanted = folders();
    for (const [folder, watcher] of watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of wanted) {
      if (watchers.has(folder)) continue;
      const watcher = watchFolder(folder, compare, () => watchers.delete(folder));
      if (watcher) watchers.set(folder, watcher);
    }
  };
  const tick = () => {
    timer = clock.after(LOOK_MS, () => {
      compare();
      if (!stopped) tick();
    });
  };
  follow();
  tick();
  return () => {
    stopped = true;
    timer.cancel();
    for (const watcher of watchers.values()) watcher.close();
    watchers.clear();
  };
}

/** A watcher whose failure leaves the looking once a second: too many watches, or the folder has gone. */
function watchFolder(folder: string, onChange: () => void, onFailure: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onChange);
    watcher.on('error', () => {
      watcher.close();
      onFailure();
    });
    return watcher;
  } catch {
    return undefined;
  }
}

/** What tells one state of a port's node from another; undefined while it is not there. */
function mark(address: PortAddress, roots: SystemRoots): string | undefined {
  try {
    const path = resolvePort(address, roots);
    const { ino, mode, uid, gid } = statSync(path);
    return [path, ino, mode, uid, gid].join(' ');
  } catch {
    return undefined;
  }
}

/** The folders in which something will change when the port appears. */
function foldersOf(address: PortAddress, roots: SystemRoots): Set<string> {
  if (typeof address !== 'string') return new Set([roots.dev]);
  const folders = new Set<string>();
  let path: string | undefined = resolve(address);
  for (let i = 0; path !== undefined && i < MAX_LINKS; i++) {
    folders.add(nearestFolder(dirname(path)));
    path = linkTarget(path);
  }
  return folders;
}

function nearestFolder(folder: string): string {
  let nearest = folder;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  return nearest;
}

function linkTarget(path: string): string | undefined {
  try {
    return resolve(dirname(path), readlinkSync(path));
  } catch {
    return undefined;
  }
}
