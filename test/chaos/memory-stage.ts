import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dial } from '../../src/mesh/client-socket.js';
import type { PortAddress } from '../../src/port/line-link.js';
import type { Supply } from '../../src/port/supply.js';
import type { Life } from './life.js';
import { MemoryJack, memoryPorts, type PortOwner } from './memory-ports.js';
import { Network } from './network.js';
import { PatientClock } from './patient-clock.js';
import { MemoryRelay, TOKEN } from './relay.js';
import type { PortTaps, Stage } from './stage.js';

const STEP_MS = 5;
/** Where Linux keeps files in memory: no disk makes anybody wait there. */
const MEMORY = '/dev/shm';
/** Parts of the stop that wait for the real machine get real time after so many steps. */
const VIRTUAL_STEPS = 20;
/** Whoever takes longer than these is waited for no more. */
const MOST_STEPS = 2_000;

/** Ports and network in memory, in virtual time: a seed replays exactly. */
export class MemoryStage implements Stage {
  readonly clock = new PatientClock();
  readonly virtual = this.clock;
  readonly folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'carter-chaos-'));
  readonly url = 'ws://192.0.2.7:8765';
  readonly token = TOKEN;
  readonly slackMs = 0;
  readonly worstLagMs = 0;
  readonly dial: Dial;
  readonly relay: MemoryRelay;
  private readonly network: Network;
  private readonly jacks: MemoryJack[] = [];
  private readonly ports = memoryPorts(this.jacks, () => this.supply);
  /** How the supply of the machine is. */
  supply: Supply = 'good';
  private life: Life | undefined;
  private readonly owner: PortOwner;

  /** `kernel`: bytes that wait in the network for somebody who does not read. */
  constructor(kernel?: number) {
    this.network = new Network(this.clock, kernel);
    this.dial = this.network.dial;
    this.relay = new MemoryRelay(this.network, this.clock);
    const { clock } = this;
    const after: PortOwner['clock']['after'] = (ms, fn) => (this.life?.clock ?? clock).after(ms, fn);
    const pass = (event: () => void) => (this.life && this.life.state !== 'over' ? this.life.pass(event) : event());
    this.owner = { clock: { now: () => clock.now(), wall: () => clock.wall(), after }, pass };
  }

  portsFor(life: Life) {
    this.life = life;
    return this.ports;
  }

  /** Some are known by their sockets, others by their adapters. */
  address(id: string): PortAddress {
    return id === 'greenhouse' ? `/dev/${id}` : { vendorId: '1a86', productId: '7523', serialNumber: id };
  }

  jack(id: string, taps: PortTaps): MemoryJack {
    const jack = new MemoryJack(`/dev/${id}`, this.address(id), this.owner, taps);
    this.jacks.push(jack);
    return jack;
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  during(work: Promise<unknown>): void {
    this.clock.during(work);
  }

  async finish(work: Promise<unknown>): Promise<void> {
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
