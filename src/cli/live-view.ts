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
}

/** How often the picture is renewed on a terminal, and lines are printed elsewhere. */
const TERMINAL_MS = 250;
const FILE_MS = 1000;

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
    const { store, out, columns } = this.parts;
    if (columns === undefined) {
      for (const device of this.dirty) out(this.line(device));
    } else {
      const lines = store.devices().map((device) => this.line(device).slice(0, columns - 1));
      const home = this.drawn > 0 ? `\u001b[${this.drawn}A` : '';
      out(`${home}${lines.map((line) => `\u001b[2K${line}`).join('\n')}`);
      this.drawn = lines.length;
    }
    this.dirty.clear();
  }

  private line(device: string): string {
    const { store } = this.parts;
    const values = [...store.points(device).values()].filter(({ spec }) => spec.role !== 'event').map(describe);
    return `${device} (${store.health(device)})  ${values.join('  ')}`;
  }
}

function describe({ spec, value, quality }: PointState): string {
  const unit = spec.unit === undefined || value === null ? '' : ` ${printable(spec.unit, 12)}`;
  const mark = quality === 'stale' ? '?' : '';
  return `${spec.id}=${value === null ? '—' : printable(String(value), 40)}${unit}${mark}`;
}
