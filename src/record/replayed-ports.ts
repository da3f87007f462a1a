import type { Clock } from '../clock.js';
import { BridgeError } from '../error.js';
import type { LineHandlers, LineLink, LineOptions, OpenLine, PortAddress } from '../port/line-link.js';
import type { Ports } from '../port/ports.js';
import type { SerialPortEntry } from '../port/serial-path.js';
import type { Happening } from './recording.js';
import { ReplayedLine } from './replayed-line.js';

type Opened = Extract<Happening, { open: LineOptions }>;

/** Somebody who wants to open a port. */
interface Waiting {
  readonly options: LineOptions;
  readonly handlers: LineHandlers;
  resolve(link: LineLink): void;
  reject(error: unknown): void;
  /** It is not to be given up any more. */
  free(): void;
}

/** What came on a line that nobody has opened yet. */
type Missed = (line: ReplayedLine) => void;

/**
 * The ports of a recording. An opening takes as long as it took then, and goes as it went then; where it is asked for later
 * than it was then, it goes at once, and what came on the line so far follows.
 */
export class ReplayedPorts implements Ports {
  private ports: readonly SerialPortEntry[] = [];
  private readonly paths = new Map<string, string>();
  private readonly lines = new Map<string, ReplayedLine>();
  private readonly waiting = new Map<string, Waiting[]>();
  private readonly early = new Map<string, { readonly opened: Opened; readonly missed: Missed[] }>();
  private readonly wakers = new Set<{ readonly port: string; wake(): void }>();
  private readonly listeners = new Set<() => void>();

  /** `wrote`: told of each line that a driver writes. */
  constructor(
    private readonly clock: Clock,
    private readonly wrote: (path: string, bytes: Buffer) => void,
  ) {}

  /** Something happens that has to do with ports. */
  happen(happening: Happening): void {
    if ('ports' in happening) this.change(happening.ports);
    else if ('wake' in happening) this.wake(happening.wake);
    else if ('open' in happening) this.opened(happening);
    else if ('data' in happening && happening.dir === 'in') {
      this.onLine(happening.port, (line) => line.receive(happening.data));
    } else if ('end' in happening) {
      const { port, end: reason, message } = happening;
      const error = message === undefined ? {} : { error: new BridgeError('port/gone', message) };
      this.onLine(port, (line) => line.end({ reason, ...error }));
    }
  }

  readonly open: OpenLine = (options, handlers, signal) =>
    new Promise((resolve, reject) => {
      const key = keyOf(options.port);
      const onAbort = () => {
        this.waiting.set(key, others());
        reject(signal.reason);
      };
      const free = () => signal.removeEventListener('abort', onAbort);
      const waiter: Waiting = { options, handlers, resolve, reject, free };
      const others = () => (this.waiting.get(key) ?? []).filter((other) => other !== waiter);
      const early = this.early.get(key);
      this.early.delete(key);
      if (early) {
        const line = this.give(early.opened, waiter);
        for (const missed of early.missed) if (line) missed(line);
        return;
      }
      this.waiting.set(key, [...others(), waiter]);
      signal.addEventListener('abort', onAbort, { once: true });
    });

  readonly watch: Ports['watch'] = (port, wake) => {
    const waker = { port: keyOf(port), wake };
    this.wakers.add(waker);
    return () => this.wakers.delete(waker);
  };

  readonly resolve: Ports['resolve'] = (port) => {
    const path = this.paths.get(keyOf(port));
    if (path === undefined) throw new BridgeError('port/missing', `the recording has not opened ${keyOf(port)}`);
    return path;
  };

  readonly list: Ports['list'] = () => [...this.ports];

  readonly nodeOf: Ports['nodeOf'] = (path) => path;

  readonly holders: Ports['holders'] = async () => [];

  readonly watchList: Ports['watchList'] = (onChange) => {
    this.listeners.add(onChange);
    return () => this.listeners.delete(onChange);
  };

  private change(ports: readonly SerialPortEntry[]): void {
    this.ports = ports;
    for (const listener of [...this.listeners]) listener();
  }

  private wake(port: PortAddress): void {
    const key = keyOf(port);
    for (const waker of [...this.wakers]) if (waker.port === key) waker.wake();
  }

  private opened(opened: Opened): void {
    const key = keyOf(opened.open.port);
    if ('port' in opened) this.paths.set(key, opened.port);
    const [first, ...others] = this.waiting.get(key) ?? [];
    this.waiting.set(key, others);
    if (first) this.give(opened, first);
    else this.early.set(key, { opened, missed: [] });
  }

  private give(opened: Opened, waiter: Waiting): ReplayedLine | undefined {
    waiter.free();
    if (!('port' in opened)) {
      waiter.reject(new BridgeError(opened.code, opened.message));
      return undefined;
    }
    const path = opened.port;
    const line = new ReplayedLine(path, waiter.options, waiter.handlers, this.clock, (bytes) =>
      this.wrote(path, bytes),
    );
    this.lines.set(path, line);
    waiter.resolve(line);
    return line;
  }

  /** Does something with the line at a path, now or once it is opened. */
  private onLine(path: string, work: (line: ReplayedLine) => void): void {
    const early = [...this.early.values()].find(({ opened }) => 'port' in opened && opened.port === path);
    if (early) early.missed.push(work);
    else {
      const line = this.lines.get(path);
      if (line) work(line);
    }
  }
}

function keyOf(port: PortAddress): string {
  return typeof port === 'string' ? port : JSON.stringify(port);
}
