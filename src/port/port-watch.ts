import { existsSync, type FSWatcher, readlinkSync, statSync, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Clock, Timer } from '../clock.js';
import type { PortAddress } from './line-link.js';
import { resolvePort } from './serial-path.js';
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
 * there already. Wakes by inotify on the folders that matter, and looks once a second besides. The caller calls the
 * returned function to stop.
 */
export function watchPort(address: PortAddress, onAppear: () => void, deps: PortWatchDeps): () => void {
  const { clock, roots = SYSTEM_ROOTS } = deps;
  const watchers = new Map<string, FSWatcher>();
  let timer: Timer;
  let stopped = false;
  let seen = mark(address, roots);

  const look = () => {
    if (stopped) return;
    const now = mark(address, roots);
    const appeared = now !== undefined && now !== seen;
    seen = now;
    follow();
    if (appeared) onAppear();
  };
  /** Watches the folders where the next change will be; they change as folders and links come and go. */
  const follow = () => {
    const folders = foldersOf(address, roots);
    for (const [folder, watcher] of watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of folders) {
      if (watchers.has(folder)) continue;
      const watcher = watchFolder(folder, look, () => watchers.delete(folder));
      if (watcher) watchers.set(folder, watcher);
    }
  };
  const tick = () => {
    timer = clock.after(LOOK_MS, () => {
      look();
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
