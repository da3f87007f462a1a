import type { Clock, Timer } from '../clock.js';
import type { PointState, Store } from '../state/store.js';
import { printable } from '../text.js';

/** Where and how values are shown. */
export interface LiveViewParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly out: (line: string) => void;
  /** Width where a person watches; undefined where output goes to a file. */
  readonly columns: number | undefined;
  readonly rows: number | undefined;
}

/** How often the picture is renewed on a terminal, and lines are printed elsewhere. */
const TERMINAL_MS = 250;
const FILE_MS = 1000;
/** Characters of a value with its name, so that values stay in columns. */
const ITEM = 18;

/** Shows the devices' values as they change: a table that stays in place on a terminal, a line per device elsewhere. */
export class LiveView {
  private timer: Timer | undefined;
  private readonly dirty = new Set<string>();
  private readonly unsubscribe: () => void;
  private drawn = 0;

  constructor(private readonly parts: LiveViewParts) {
    const mark = (device: string) => void this.dirty.add(device);
    this.unsubscribe = parts.store.subscribe({ changed: mark, quality: mark, health: mark, described: mark });
    for (const device of parts.store.devices()) mark(device);
    this.schedule();
  }

  /** Ends the view. */
  stop(): void {
    this.timer?.cancel();
    this.unsubscribe();
  }

  private schedule(): void {
    const { clock, columns } = this.parts;
    this.timer = clock.after(columns === undefined ? FILE_MS : TERMINAL_MS, () => {
      this.show();
      this.schedule();
    });
  }

  private show(): void {
    if (this.dirty.size === 0) return;
    const { out, columns } = this.parts;
    if (columns === undefined) {
      for (const device of this.dirty) out(this.line(device));
    } else {
      this.draw(columns);
    }
    this.dirty.clear();
  }

  /** Draws all devices over what was drawn before. */
  private draw(columns: number): void {
    const { store, out, rows = 24 } = this.parts;
    const lines = store.devices().flatMap((device) => this.block(device, columns));
    if (lines.length > rows - 2) lines.splice(rows - 3, lines.length, '…');
    const home = this.drawn > 0 ? `\u001b[${this.drawn}A` : '';
    out(`${home}${lines.map((line) => `\u001b[2K${line}`).join('\n')}\u001b[J`);
    this.drawn = lines.length;
  }

  private line(device: string): string {
    return `${device} (${this.parts.store.health(device)})  ${this.values(device).join('  ')}`;
  }

  /** A device's name and health, and its values in as many lines as they need. */
  private block(device: string, columns: number): string[] {
    const lines = [`${device} (${this.parts.store.health(device)})`.slice(0, columns - 1)];
    for (const value of this.values(device)) {
      const item = value.padEnd(ITEM).slice(0, columns - 4);
      const last = lines.at(-1) ?? '';
      if (lines.length > 1 && last.length + item.length + 2 < columns) lines[lines.length - 1] = `${last}  ${item}`;
      else lines.push(`  ${item}`);
    }
    return lines;
  }

  private values(device: string): string[] {
    const { store } = this.parts;
    return [...store.points(device).values()].filter(({ spec }) => spec.role !== 'event').map(describe);
  }
}

function describe({ spec, value, quality }: PointState): string {
  const unit = spec.unit === undefined || value === null ? '' : ` ${printable(spec.unit, 12)}`;
  const mark = quality === 'stale' ? '?' : '';
  return `${spec.id}=${value === null ? '—' : printable(String(value), 40)}${unit}${mark}`;
}
