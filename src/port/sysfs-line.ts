import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BridgeError } from '../error.js';
import { errnoOf, pinFault } from './pin-fault.js';
import { holders } from './serial-path.js';
import { allowed, patiently, type SysfsAccess } from './sysfs-file.js';
import type { SystemRoots } from './system-roots.js';

/** A line that is exported in sysfs, by its files. */
export class SysfsLine {
  /** True: it was exported before, by another program or an earlier run. */
  readonly adopted: boolean;
  private readonly gpio: string;
  private readonly folder: string;

  private constructor(
    readonly number: number,
    readonly name: string,
    private readonly access: SysfsAccess,
  ) {
    this.gpio = join(access.roots.sys, 'class/gpio');
    this.folder = join(this.gpio, `gpio${number}`);
    this.adopted = existsSync(this.folder);
  }

  /** Exports a line, or takes over one that is exported while nobody has it open. Throws `pin/…`; takes at most 2 s. */
  static async open(number: number, name: string, access: SysfsAccess): Promise<SysfsLine> {
    const line = new SysfsLine(number, name, access);
    if (line.adopted) await line.refuseIfOpen(access.roots);
    else await line.export();
    await allowed(line.folder, ['direction', 'value', 'active_low'], access).catch((cause) => {
      throw pinFault({ name, cause });
    });
    // Inversion has one place, and it is not here.
    if (line.get('active_low') !== '0') line.set('active_low', '0');
    return line;
  }

  /** True while the line is an output. */
  get isOutput(): boolean {
    return this.get('direction') === 'out';
  }

  /** Makes it an output that has this level from the first moment on; on an output it sets the level. */
  drive(high: boolean): void {
    this.set('direction', high ? 'high' : 'low');
    this.verify('direction', 'out');
  }

  /** The electrical level. */
  read(): boolean {
    return this.get('value') === '1';
  }

  /** Sets the electrical level of an output. */
  write(high: boolean): void {
    this.set('value', high ? '1' : '0');
  }

  /** Throws `pin/state` where a setting did not take: on a line exported before, that is not an error of the write itself. */
  verify(setting: 'direction' | 'edge', wanted: string): void {
    const said = this.get(setting);
    if (said === wanted) return;
    throw new BridgeError('pin/state', `${this.name}: \`${setting}\` is ${said}, though ${wanted} was written`, {
      hint: 'another program or driver uses this pin',
    });
  }

  /** Gives the line back to the kernel; one that is gone already is all right. */
  unexport(): void {
    if (!existsSync(this.folder)) return;
    try {
      this.access.write(join(this.gpio, 'unexport'), String(this.number));
    } catch (error) {
      if (errnoOf(error) !== 'EINVAL') throw pinFault({ name: this.name, cause: error });
    }
  }

  private async export(): Promise<void> {
    const { write } = this.access;
    try {
      await patiently(this.access, ['EACCES'], async () => write(join(this.gpio, 'export'), String(this.number)));
    } catch (cause) {
      if (errnoOf(cause) === 'ENOENT') throw noSysfs(this.gpio, cause);
      throw pinFault({ name: this.name, cause });
    }
  }

  /** The kernel lets two programs share a line in silence; what shows is who has its file open. */
  private async refuseIfOpen(roots: SystemRoots): Promise<void> {
    const [holder] = await holders(join(this.folder, 'value'), roots);
    if (!holder) return;
    const cause = Object.assign(new Error('in use'), { code: 'EBUSY' });
    throw pinFault({ name: this.name, cause, holder: `${holder.command} (pid ${holder.pid})` });
  }

  private get(file: string): string {
    try {
      return readFileSync(join(this.folder, file), 'utf8').trim();
    } catch (cause) {
      throw pinFault({ name: this.name, cause: goneIfMissing(cause) });
    }
  }

  private set(file: string, text: string): void {
    try {
      this.access.write(join(this.folder, file), text);
    } catch (cause) {
      throw pinFault({ name: this.name, cause: goneIfMissing(cause) });
    }
  }
}

/** Why there are no pins in sysfs. */
export function noSysfs(gpio: string, cause?: unknown): BridgeError {
  return new BridgeError('pin/no-sysfs', `this kernel has no sysfs GPIO (${gpio}/export does not exist)`, {
    hint: 'set `backend: auto`: the character device /dev/gpiochip* does the same and more',
    cause,
  });
}

/** A file of an exported line that is missing: somebody unexported it, or its chip is gone. */
function goneIfMissing(cause: unknown): unknown {
  return errnoOf(cause) === 'ENOENT' ? Object.assign(new Error('not exported any more'), { code: 'ENODEV' }) : cause;
}
