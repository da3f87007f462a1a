import type { Clock, Timer } from '../clock.js';
import type { PointState, Store } from '../state/store.js';
import { printable } from '../text.js';
import type { Terminal } from './context.js';
import { cutToWidth, textWidth } from './text-width.js';

/** Where and how values are shown. */
export interface LiveViewParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly out: (line: string) => void;
  /** The terminal as it is now; undefined where output goes to a file. */
  readonly terminal: () => Terminal | undefined;
  /** The lines above the picture, already printed; they are printed anew when the terminal gets another size. */
  readonly heading: readonly string[];
}

/** How often the picture is renewed on a terminal, and lines are printed elsewhere. */
const TERMINAL_MS = 250;
const FILE_MS = 1000;
/** Columns of a value with its name, so that values stay one below the other. */
const ITEM = 18;

// Control sequences of ECMA-48 and, for the wrapping of long lines (DECAWM), of the VT100.
const CLEAR_LINE = '\u001b[2K';
const CLEAR_BELOW = '\u001b[J';
const CLEAR_ALL = '\u001b[H\u001b[2J';
const WRAP_OFF = '\u001b[?7l';
const WRAP_ON = '\u001b[?7h';

/** Shows the devices' values as they change: a table that stays in place on a terminal, a line per device elsewhere. */
export class LiveView {
  private timer: Timer | undefined;
  private readonly dirty = new Set<string>();
  private readonly unsubscribe: () => void;
  /** Lines of the picture above the cursor. */
  private drawn = 0;
  private size: Terminal | undefined;

  constructor(private readonly parts: LiveViewParts) {
    const mark = (device: string) => void this.dirty.add(device);
    this.unsubscribe = parts.store.subscribe({ changed: mark, quality: mark, health: mark, described: mark });
    for (const device of parts.store.devices()) mark(device);
    this.size = parts.terminal();
    this.schedule();
  }

  /** Ends the view. */
  stop(): void {
    this.timer?.cancel();
    this.unsubscribe();
  }

  /** Takes the picture away, so that other lines can be printed; the next one comes below them. */
  clear(): void {
    if (this.drawn === 0) return;
    // `out` ends a line: one more up, so that the cursor is where the picture began.
    this.parts.out(`${up(this.drawn)}${CLEAR_BELOW}${up(1)}`);
    this.drawn = 0;
    for (const device of this.parts.store.devices()) this.dirty.add(device);
  }

  private schedule(): void {
    const { clock, terminal } = this.parts;
    this.timer = clock.after(terminal() ? TERMINAL_MS : FILE_MS, () => {
      this.show();
      this.schedule();
    });
  }

  private show(): void {
    const { out, terminal } = this.parts;
    const size = terminal();
    const resized = size?.columns !== this.size?.columns || size?.rows !== this.size?.rows;
    this.size = size;
    if (this.dirty.size === 0 && !resized) return;
    if (size) this.draw(size, resized);
    else for (const device of this.dirty) out(this.line(device));
    this.dirty.clear();
  }

  /** Draws all devices over what was drawn before; on a terminal of a new size, where that may be anywhere, from the top. */
  private draw({ columns, rows }: Terminal, resized: boolean): void {
    const { store, out, heading } = this.parts;
    const lines = store.devices().flatMap((device) => this.block(device, columns - 1));
    // The last row is the cursor's; what scrolls out at the top can't be drawn over.
    const most = Math.max(1, rows - 1);
    if (lines.length > most) lines.splice(most - 1, lines.length, '…');
    const start = resized ? [CLEAR_ALL, ...heading.map((line) => `${line}\n`)].join('') : up(this.drawn);
    out(`${start}${WRAP_OFF}${lines.map((line) => `${CLEAR_LINE}${line}`).join('\n')}${WRAP_ON}${CLEAR_BELOW}`);
    this.drawn = lines.length;
  }

  private line(device: string): string {
    return `${device} (${this.parts.store.health(device)})  ${this.values(device).join('  ')}`;
  }

  /** A device's name and health, and its values in as many lines of at most `width` columns as they need. */
  private block(device: string, width: number): string[] {
    const lines = [`${device} (${this.parts.store.health(device)})`];
    for (const value of this.values(device)) {
      const item = value + ' '.repeat(Math.max(0, ITEM - textWidth(value)));
      const last = lines.at(-1) ?? '';
      if (lines.length > 1 && textWidth(last) + 2 + textWidth(item) <= width)
        lines[lines.length - 1] = `${last}  ${item}`;
      else lines.push(`  ${item}`);
    }
    return lines.map((line) => cutToWidth(line, width));
  }

  private values(device: string): string[] {
    const { store } = this.parts;
    return [...store.points(device).values()].filter(({ spec }) => spec.role !== 'event').map(describe);
  }
}

/** Moves the cursor up; zero would count as one. */
function up(lines: number): string {
  return lines > 0 ? `\u001b[${lines}A` : '';
}

function describe({ spec, value, quality }: PointState): string {
  const unit = spec.unit === undefined || value === null ? '' : ` ${printable(spec.unit, 12)}`;
  const mark = quality === 'stale' ? '?' : '';
  return `${spec.id}=${value === null ? '—' : printable(String(value), 40)}${unit}${mark}`;
}
