import { type Clock, startOf } from '../clock.js';
import type { Config } from '../config/schema.js';
import type { Fleet } from '../device/fleet.js';
import { idsIn } from '../device/point.js';
import type { Log } from '../log.js';
import type { Memory } from '../memory.js';
import type { Store } from '../state/store.js';
import { accessOf, stricter } from './access.js';
import { ownWish } from './command.js';
import { EmergencyStop, type EstopSource } from './estop.js';
import { watchEstopSources } from './estop-sources.js';
import { Outputs } from './outputs.js';
import { RelayLoss } from './relay-loss.js';
import { Restore } from './restore.js';
import type { Router } from './router.js';
import { UnknownOutputs } from './unknown-outputs.js';
import type { Access, Rules } from './validate.js';

/** What the safety of all outputs is built from. */
export interface SafetyParts {
  readonly config: Config;
  readonly fleet: Fleet;
  readonly store: Store;
  readonly memory: Pick<Memory, 'latch' | 'outputs'>;
  /** Anybody can be on the relay, and nobody said that this is all right. */
  readonly openRelay: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** The rules that commands are held against, and what moves outputs without a command: losses, returns, emergencies. */
export class Safety {
  readonly rules: Rules;
  private restore: Restore | undefined;
  private relayLoss: RelayLoss | undefined;
  private unwatch: () => void = () => {};

  private config: Config;
  /** From whom the config takes commands. */
  private access: Access;
  private watch: () => void = () => {};

  constructor(private readonly parts: SafetyParts) {
    const { config, fleet, store, memory, openRelay, clock, log } = parts;
    const { safety } = config;
    const { devices } = fleet;
    const access = accessOf(config, openRelay, startOf(clock));
    this.access = access;
    const estop = new EmergencyStop(store, memory.latch, safety.estop.map(sourceOf));
    const { interlocks } = safety;
    const outputs = new Outputs({ store, devices, interlocks, desired: memory.outputs, clock, log });
    this.rules = { fleet, store, access, estop, outputs, clock };
    const unknown = new UnknownOutputs(store, log);
    store.subscribe({
      connected: (device) => unknown.look(device, this.config),
      described: (device) => {
        if (store.health(device) === undefined) outputs.forget(device);
      },
    });
    this.config = config;
  }

  /** Begins to watch; wishes that come back, and emergency stops, go through `router`. */
  begin(router: Router): void {
    const { store, memory, clock, log } = this.parts;
    const { outputs, estop } = this.rules;
    const config = () => this.config;
    const restore = new Restore({
      store,
      outputs,
      desired: memory.outputs,
      clock,
      hindered: () => estop.hindrance !== undefined,
      wish: (device, point, value) => router.execute(ownWish(device, point, value)),
    });
    this.restore = restore;
    this.relayLoss = new RelayLoss({
      store,
      outputs,
      restore,
      clock,
      log,
      get grace() {
        return config().safety.relayGrace;
      },
    });
    // Until the relay is joined it is as good as lost.
    this.relayDown();
    this.watch = () => {
      this.unwatch();
      this.unwatch = watchEstopSources(estop, store, (by) => void router.emergencyStop(by));
    };
    this.watch();
  }

  /**
   * Goes by another config from now on. What is latched, on, on its way or wished stays so. Where the bridge `leaves` its
   * relay, the config's access is for the next one: who is on this one has no more than both give, until `arrive`.
   */
  take(config: Config, openRelay: boolean, leaves = false): void {
    const { rules } = this;
    const { interlocks, estop } = config.safety;
    this.config = config;
    this.access = accessOf(config, openRelay, rules.access.begun);
    rules.access = leaves ? stricter(rules.access, this.access) : this.access;
    rules.outputs.regroup(interlocks);
    rules.estop.sources = estop.map(sourceOf);
    this.watch();
  }

  /** The relay before is left. */
  arrive(): void {
    this.rules.access = this.access;
  }

  /** The bridge is on the relay's channel. */
  relayUp(): void {
    this.relayLoss?.up();
  }

  /** The bridge is off it. */
  relayDown(): void {
    this.relayLoss?.down();
  }

  /** The bridge stops: nothing moves by itself any more. */
  close(): void {
    this.unwatch();
    this.restore?.close();
    this.relayLoss?.close();
    this.rules.outputs.close();
  }
}

/** What presses the emergency stop, as the config names it. */
function sourceOf({ point: name, when }: Config['safety']['estop'][number]): EstopSource {
  const [device, point] = idsIn(name);
  return when === undefined ? { device, point } : { device, point, when };
}

/** The groups of outputs of which at most one is on. */
export function interlocksOf({ safety }: Pick<Config, 'safety'>): readonly (readonly string[])[] {
  return safety.interlocks.map(({ outputs }) => outputs);
}
