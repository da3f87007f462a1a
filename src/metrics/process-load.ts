import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metric, Sample } from './exposition.js';

/** Milliseconds between two looks at the event loop. */
const LOOK_MS = 20;
const QUANTILES = [0.5, 0.99, 1] as const;

/** What this process costs: how late its event loop is, its memory, its open files. */
export class ProcessLoad {
  private readonly delays = monitorEventLoopDelay({ resolution: LOOK_MS });

  /** `proc` is where the kernel shows processes. */
  constructor(private readonly proc = '/proc') {}

  start(): void {
    this.delays.enable();
  }

  stop(): void {
    this.delays.disable();
  }

  /** What it is now, and how late the event loop was since the last call. */
  metrics(): Metric[] {
    return [
      {
        name: 'carter_event_loop_lag_seconds',
        help: 'How late the event loop was since the last scrape; quantile 1 is the worst',
        type: 'gauge',
        samples: this.lags(),
      },
      {
        name: 'process_resident_memory_bytes',
        help: 'Memory of the process',
        type: 'gauge',
        samples: this.look(() => {
          const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`${this.proc}/self/status`, 'latin1')) ?? [];
          return Number(kilobytes) * 1024;
        }),
      },
      {
        name: 'process_open_fds',
        help: 'Open files, ports and sockets of the process',
        type: 'gauge',
        // The look itself takes one.
        samples: this.look(() => readdirSync(`${this.proc}/self/fd`).length - 1),
      },
    ];
  }

  private lags(): Sample[] {
    const { delays } = this;
    if (delays.count === 0) return [];
    const samples = QUANTILES.map((quantile) => {
      const between = quantile === 1 ? delays.max : delays.percentile(quantile * 100);
      return { labels: { quantile: String(quantile) }, value: Math.max(0, between / 1e9 - LOOK_MS / 1000) };
    });
    delays.reset();
    return samples;
  }

  /** No sample where the kernel does not tell. */
  private look(read: () => number): Sample[] {
    try {
      const value = read();
      return Number.isNaN(value) ? [] : [{ value }];
    } catch {
      return [];
    }
  }
}
