import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { overwrite } from '../../src/port/sysfs-file.js';
import type { SystemRoots } from '../../src/port/system-roots.js';

/** A made-up /sys of a Pi: chips with their numbers, and what the kernel does when something is written. */
export class SysfsTree {
  readonly folder = mkdtempSync(join(tmpdir(), 'sysfs-'));
  readonly gpio = join(this.folder, 'sys/class/gpio');
  readonly pwm = join(this.folder, 'sys/class/pwm');
  /** Everything that was written, oldest first, as `gpio529/direction=high`. */
  readonly written: string[] = [];
  /** What an export fails with, by number. */
  readonly refused = new Map<number, string>();

  constructor() {
    for (const name of ['sys', 'dev', 'proc']) mkdirSync(join(this.folder, name));
  }

  get roots(): SystemRoots {
    return { sys: join(this.folder, 'sys'), dev: join(this.folder, 'dev'), proc: join(this.folder, 'proc') };
  }

  /** A chip as sysfs shows it. */
  chip(base: number, label: string, ngpio: number): this {
    put(join(this.gpio, `gpiochip${base}`), { base, label, ngpio });
    put(this.gpio, { export: '', unexport: '' });
    return this;
  }

  /** A PWM chip with so many channels. */
  pwmChip(name: string, npwm: number): this {
    put(join(this.pwm, name), { npwm, export: '', unexport: '' });
    return this;
  }

  /** A channel as after its export, with settings of its own. */
  pwmChannel(chip: string, channel: number, settings: Record<string, string | number> = {}): this {
    const fresh = { period: 0, duty_cycle: 0, enable: 0, polarity: 'normal' };
    put(join(this.pwm, chip, `pwm${channel}`), { ...fresh, ...settings });
    return this;
  }

  /** A line as after its export, with settings of its own. */
  exported(number: number, settings: Record<string, string> = {}): this {
    put(join(this.gpio, `gpio${number}`), { direction: 'in', value: 0, active_low: 0, edge: 'none', ...settings });
    return this;
  }

  /** What a file holds now, such as `gpio529/value` or `pwmchip0/pwm1/period`. */
  read(path: string): string | undefined {
    const full = join(path.startsWith('pwm') ? this.pwm : this.gpio, path);
    return existsSync(full) ? readFileSync(full, 'utf8').trim() : undefined;
  }

  /** Given to what writes to the kernel: the tree is then what the kernel would have made of it. */
  readonly write = (path: string, text: string): void => {
    const folder = dirname(path);
    this.written.push(`${basename(folder)}/${basename(path)}=${text}`);
    if (basename(path) === 'export') this.export(folder, Number(text));
    else if (basename(path) === 'unexport') this.unexport(folder, Number(text));
    else if (basename(path) === 'direction' && (text === 'high' || text === 'low')) {
      overwrite(path, 'out\n');
      overwrite(join(folder, 'value'), text === 'high' ? '1\n' : '0\n');
    } else if (basename(path) === 'duty_cycle' && Number(text) > Number(readFileSync(join(folder, 'period'), 'utf8'))) {
      throw failure('EINVAL');
    } else overwrite(path, `${text}\n`);
  };

  close(): void {
    rmSync(this.folder, { recursive: true });
  }

  private export(folder: string, number: number): void {
    const refusal = this.refused.get(number);
    if (refusal) throw failure(refusal);
    if (folder === this.gpio) this.exported(number);
    else this.pwmChannel(basename(folder), number);
  }

  private unexport(folder: string, number: number): void {
    rmSync(join(folder, `${folder === this.gpio ? 'gpio' : 'pwm'}${number}`), { recursive: true });
  }
}

/** An error with the kernel's word. */
export function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function put(folder: string, files: Record<string, string | number>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text}\n`);
}
