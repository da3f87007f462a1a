import { cpSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bridge, type BridgeParts } from '../../src/bridge.js';
import { Reloader, type ReloaderParts } from '../../src/cli/reload.js';
import { loadConfig } from '../../src/config/load.js';
import { seededRandom } from '../../src/device/seeded-random.js';
import type { Log } from '../../src/log.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { noPins } from '../support/no-pins.js';
import { Belongings } from './belongings.js';
import { bridgeParts, configContext, configFor } from './bridge-parts.js';
import { Life } from './life.js';
import type { Specimen } from './specimen.js';
import type { Stage } from './stage.js';
import { type RelayTaps, tapped } from './tap.js';

/** What a run may replace by something broken, to see that it is found out. */
export type Sabotage = (parts: BridgeParts) => BridgeParts;

/** What a host is made of. */
export interface HostParts {
  readonly stage: Stage;
  readonly specimens: readonly Specimen[];
  readonly seed: number;
  readonly sabotage: Sabotage;
  /** Where the bridge's log goes. */
  readonly log: Log;
  readonly taps: RelayTaps;
}

/** A bridge that runs. */
interface Running {
  readonly life: Life;
  readonly belongings: Belongings;
  readonly bridge: Bridge;
  readonly reloader: Reloader;
  stopping: boolean;
}

/** The machine that the bridge runs on: begins it on a config file and a state folder, holds it up, stops and kills it. */
export class Host {
  /** What its config file says when all is well. */
  config: JsonObject;
  /** How often it began. */
  begins = 0;
  private deaths = 0;
  private running: Running | undefined;
  private heldBefore = 0;

  constructor(private readonly parts: HostParts) {
    this.config = configFor(parts.stage, parts.specimens);
  }

  get bridge(): Bridge | undefined {
    return this.running?.bridge;
  }

  /** Whether the bridge runs, is not held up and does not stop. */
  get awake(): boolean {
    return this.running?.life.state === 'runs' && !this.running.stopping;
  }

  /** The bridge's devices, each the same object for as long as it is the same device. */
  get devicesNow(): readonly object[] {
    return [...(this.bridge?.fleet.devices.values() ?? [])];
  }

  /** When that came to the machine which the bridge sees to now. */
  get arrivedAt(): number {
    return this.running?.life.arrivedAt ?? this.parts.stage.clock.now();
  }

  /** Milliseconds for which bridges were held up so far. */
  get heldMs(): number {
    return this.heldBefore + (this.running?.life.heldMs ?? 0);
  }

  /** Where the bridge keeps what it remembers. */
  get stateDir(): string {
    return join(this.parts.stage.folder, `state-${this.deaths}`);
  }

  /** A bridge begins, on what the last one has left. */
  async begin(): Promise<void> {
    const { stage, specimens, seed, sabotage, log } = this.parts;
    this.begins++;
    writeFileSync(this.file, JSON.stringify(this.config));
    const life = new Life(stage.clock);
    const belongings = new Belongings(life);
    const context = configContext(stage.folder, this.stateDir);
    const loaded = loadConfig(this.file, context);
    const random = seededRandom(seed + this.begins);
    const taps = muted(this.parts.taps, life);
    const pins = belongings.pins(
      (id) => specimens.find((specimen) => specimen.id === id)?.wired?.pinsFor(life) ?? noPins,
    );
    const ports = belongings.ports(stage.portsFor(life));
    const dial = tapped(belongings.dial(stage.dial), taps);
    const own = { clock: life.clock, random, log: mutedLog(log, life), ports, pins, dial };
    const parts = sabotage(bridgeParts(stage, loaded.config, own));
    const bridge = new Bridge(parts);
    const relay = { ...parts, url: stage.url, stop: async () => {} };
    const reloading = { ...context, drivers: parts.drivers, clock: life.clock, signal: new AbortController().signal };
    const reloader = new Reloader({
      file: this.file,
      bridge,
      loaded,
      relay,
      names: [],
      panel: () => undefined,
      service: undefined,
      // What else there is of a command line is for panels.
      context: reloading as unknown as ReloaderParts['context'],
      log: { ...parts.log, child: (about) => parts.log.child(about), take: () => {} },
    });
    this.running = { life, belongings, bridge, reloader, stopping: false };
    await bridge.start();
  }

  /** It is asked to stop, and does so in order; resolves with what it leaves open. */
  async stop(): Promise<string[]> {
    const { running } = this;
    if (!running) return [];
    const { life, belongings, bridge } = running;
    running.stopping = true;
    await new Promise<void>((resolve) => life.pass(() => void bridge.stop().then(resolve)));
    const { timers } = life;
    const { count } = belongings;
    this.bury(running);
    return [
      ...(timers === 0 ? [] : [`${timers} timers are left`]),
      ...(count === 0 ? [] : [`${count} ports and connections are left open`]),
    ];
  }

  /** It is gone without a word. */
  kill(): void {
    if (this.running) this.bury(this.running);
  }

  /** The machine has no time for it. */
  hold(): void {
    this.running?.life.hold();
  }

  goOn(timersFirst: boolean): void {
    this.running?.life.goOn(timersFirst);
  }

  /** Somebody has written the config file anew, and tells the bridge. */
  reload(text = JSON.stringify(this.config)): void {
    const { running } = this;
    writeFileSync(this.file, text);
    running?.life.pass(() => void running.reloader.request());
  }

  private get file(): string {
    return join(this.parts.stage.folder, 'bridge.yaml');
  }

  /** The kernel closes what the process had open; what it has in this one here is ended where nobody sees it. */
  private bury({ life, belongings, bridge }: Running): void {
    this.heldBefore += life.heldMs;
    this.running = undefined;
    life.end();
    belongings.drop();
    // What the dead one still writes is nothing that anybody reads.
    const left = this.stateDir;
    this.deaths++;
    cpSync(left, this.stateDir, { recursive: true, filter: (path) => !statSync(path).isSocket() });
    this.parts.stage.during(life.lay(bridge.stop()));
  }
}

/** A dead process writes no log. */
function mutedLog(log: Log, life: Life): Log {
  const level = (name: 'debug' | 'info' | 'warn' | 'error') => (about: object, message: string) => {
    if (life.state !== 'over') log[name](about, message);
  };
  const child = (about: object) => mutedLog(log.child(about), life);
  return { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error'), child };
}

/** A dead process says nothing. */
function muted({ sent, ...taps }: RelayTaps, life: Life): RelayTaps {
  return {
    ...taps,
    sent: (payload) => {
      if (life.state !== 'over') sent(payload);
    },
  };
}
