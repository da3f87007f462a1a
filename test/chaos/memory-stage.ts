import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dial } from '../../src/mesh/client-socket.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { MemoryJack, memoryPorts } from './memory-ports.js';
import { Network } from './network.js';
import { MemoryRelay, TOKEN } from './relay.js';
import type { PortTaps, Stage } from './stage.js';

const STEP_MS = 5;
/** Parts of the stop that wait for the real machine get real time after so many steps. */
const VIRTUAL_STEPS = 20;
const MOST_STEPS = 400;

/** Ports and network in memory, in virtual time: a seed replays exactly. */
export class MemoryStage implements Stage {
  readonly clock = new VirtualClock();
  readonly virtual = this.clock;
  readonly folder = mkdtempSync(join(tmpdir(), 'carter-chaos-'));
  readonly url = 'ws://192.0.2.7:8765';
  readonly token = TOKEN;
  readonly slackMs = 0;
  readonly worstLagMs = 0;
  readonly dial: Dial;
  readonly relay: MemoryRelay;
  private readonly network: Network;
  private readonly jacks = new Map<string, MemoryJack>();
  readonly ports = memoryPorts(this.jacks);

  /** `kernel`: bytes that wait in the network for somebody who does not read. */
  constructor(kernel?: number) {
    this.network = new Network(this.clock, kernel);
    this.dial = this.network.dial;
    this.relay = new MemoryRelay(this.network, this.clock);
  }

  path(id: string): string {
    return `/dev/${id}`;
  }

  jack(path: string, taps: PortTaps): MemoryJack {
    const jack = new MemoryJack(path, this.clock, taps);
    this.jacks.set(path, jack);
    return jack;
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  async finish(work: Promise<void>): Promise<void> {
    let done = false;
    const finished = work.then(() => {
      done = true;
    });
    // Sockets and files of the real machine take part, and know nothing of this clock.
    for (let step = 0; !done && step < MOST_STEPS; step++) {
      await this.clock.advance(STEP_MS);
      if (step > VIRTUAL_STEPS) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await finished;
  }

  async close(): Promise<string[]> {
    await this.relay.stop();
    await this.clock.advance(3_000);
    rmSync(this.folder, { recursive: true, force: true });
    return [
      ...(this.clock.timers === 0 ? [] : [`${this.clock.timers} timers are left`]),
      ...(this.network.connections === 0 ? [] : [`${this.network.connections} connections are left`]),
    ];
  }
}
