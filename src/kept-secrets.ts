import { join } from 'node:path';
import type { Clock } from './clock.js';
import type { Log } from './log.js';
import type { Credential } from './mesh/artifact.js';
import { isObject } from './mesh/frame.js';
import { closeToOthers } from './private-file.js';
import { KeptFile } from './state/kept-file.js';
import { StateFile } from './state/state-file.js';

/** The lasting secret of a device, as its service gave it last. */
interface Kept {
  readonly deviceId: string;
  readonly refresh: string;
  /** The secret of the credential in the config, from which this one comes. */
  readonly after: string;
}

/** The newest one, as it was kept where there was room for one only, and those before it. */
type KeptRecord = Kept & { readonly others?: readonly Kept[] };

/** Devices of accounts whose secrets are kept; the one that was replaced least lately makes room. */
const MOST = 8;

/**
 * The lasting secrets of devices that were added to accounts, kept over restarts where services replace them. One for a
 * folder: an account that the bridge has left may still answer.
 */
export class KeptSecrets {
  private readonly file: KeptFile<KeptRecord>;
  /** The newest first. */
  private kept: readonly Kept[];

  constructor(stateDir: string, clock: Clock, log: Log) {
    const path = join(stateDir, 'device.json');
    // Closed or not, what is in it is needed: without the newest secret the account would not know us any more.
    for (const copy of [path, `${path}.previous`]) closeToOthers(copy, log, 'Add the device to your account anew');
    this.file = new KeptFile(new StateFile<KeptRecord>(path, log), clock);
    const record = this.file.read(undefined, isRecord);
    if (record) {
      const { others = [], ...newest } = record;
      this.kept = [newest, ...others];
    } else this.kept = [];
  }

  /** The secret that came of a credential's; undefined where none did. One in the config is worth more than what came of another. */
  of({ deviceId, refresh }: Credential): string | undefined {
    return this.kept.find((kept) => kept.deviceId === deviceId && kept.after === refresh)?.refresh;
  }

  /** A credential's secret was replaced; resolves with whether that is on the disk. */
  replace({ deviceId, refresh: after }: Credential, refresh: string): Promise<boolean> {
    const newest = { deviceId, refresh, after };
    const others = this.kept.filter((kept) => kept.deviceId !== deviceId).slice(0, MOST - 1);
    this.kept = [newest, ...others];
    return this.file.write({ ...newest, others });
  }

  /** Resolves once the newest ones are on the disk, or could not be written. */
  async close(): Promise<void> {
    await this.file.close();
  }
}

function isRecord(value: unknown): value is KeptRecord {
  if (!isKept(value)) return false;
  const { others = [] } = value as KeptRecord;
  return Array.isArray(others) && others.every(isKept);
}

function isKept(value: unknown): value is Kept {
  return isObject(value) && ['deviceId', 'refresh', 'after'].every((key) => typeof value[key] === 'string');
}
