import type { PointDescription } from '../../firmware-protocol/message.js';
import { seededRandom } from '../../src/device/seeded-random.js';
import type { FaultKind } from './faults/fault.js';
import { FAULTS } from './faults/index.js';
import { memoryWorld } from './memory-world.js';
import { realWorld } from './real-world.js';
import type { World, WorldOptions } from './world.js';

/** What one run came to. */
export interface RunResult {
  readonly seed: number;
  /** The faults that happened, by name, in order. */
  readonly faults: readonly string[];
  readonly violations: readonly string[];
  /** Milliseconds from the end of the last fault until everybody knew again how things were; undefined: never. */
  readonly recoveryMs: number | undefined;
  /** Milliseconds for which the machine did not let the run go on, at worst: it can't be judged where that is long. */
  readonly stoodStillMs: number;
  readonly commands: { readonly came: number; readonly confirmed: number };
  /** Of everything that happened, in order. */
  readonly hash: string;
  readonly trace: readonly string[];
}

/** How a run may differ. */
export interface RunOptions extends WorldOptions {
  /** Only these kinds of faults. */
  readonly kinds?: readonly FaultKind[];
  /** On pseudo terminals, a real network and an emulated board, in real time. */
  readonly real?: boolean;
  /** The points of the simulated boards, where they are not the usual ones. */
  readonly points?: readonly PointDescription[];
}

/** All devices are live this soon after the start. */
const UP_MS = 3_000;
/** Faults begin within this time, and last between these. */
const TROUBLE_MS = 10_000;
const SHORTEST_MS = 20;
const LONGEST_MS = 6_000;
const MOST_FAULTS = 6;
/** A recovery is in time until here; a run is given up on after the other. */
export const RECOVERY_MS = 2_000;
const GIVEN_UP_MS = 90_000;
const STEP_MS = 50;
/** A command is answered within this time where nothing is wrong. */
const ANSWER_MS = 1_700;

/** One run: a world starts, trouble comes and goes as the seed says, and in the end all must be well. */
export async function run(options: RunOptions): Promise<RunResult> {
  const world = options.real ? await realWorld(options) : memoryWorld(options);
  const { ledger, stage } = world;
  await world.start();
  await stage.pass(UP_MS);
  for (let late = 0; late < stage.slackMs * 10 && !world.recovered(0); late += STEP_MS) await stage.pass(STEP_MS);
  ledger.check(world.recovered(0), 'not everything is up 3 s after the start');
  const faults = await trouble(world, options.kinds ?? FAULTS, options.seed);
  const recoveryMs = await recovery(world, faults);
  ledger.check(recoveryMs !== undefined, 'it never recovered');
  if (recoveryMs !== undefined) await proof(world);
  await world.stop();
  return {
    seed: options.seed,
    faults: faults.map(({ name }) => name),
    violations: ledger.violations,
    recoveryMs,
    stoodStillMs: stage.worstLagMs,
    commands: world.orders.counts,
    trace: ledger.trace,
    hash: ledger.digest(),
  };
}

/** Some faults, each with its time, while phones tap. Resolves at the end of the last one. */
async function trouble(world: World, kinds: readonly FaultKind[], seed: number): Promise<FaultKind[]> {
  const { random, ledger, troubles } = world;
  const { clock } = world.stage;
  // Of its own, so that a seed means the same faults in memory and on real ports.
  const plan = seededRandom(seed);
  const happened: FaultKind[] = [];
  const count = 1 + Math.floor(plan() * MOST_FAULTS);
  let toCome = count;
  let wellAt: number | undefined;
  const taps = world.tapping();
  const possible = kinds.filter((kind) => kind.targets(world).length > 0);
  for (let n = 0; n < count; n++) {
    const kind = possible[Math.floor(plan() * possible.length)];
    const at = plan() * TROUBLE_MS;
    const length = SHORTEST_MS * (LONGEST_MS / SHORTEST_MS) ** plan();
    const pick = plan();
    clock.after(at, () => {
      toCome--;
      const targets = kind?.targets(world) ?? [];
      const target = targets[Math.floor(pick * targets.length)];
      if (!kind || target === undefined) return;
      const over = troubles.begin(kind, target);
      if (!over) return;
      happened.push(kind);
      wellAt = undefined;
      ledger.note('fault', `${kind.name}: ${target}`);
      const end = kind.begin(world, target, random);
      clock.after(length, async () => {
        ledger.note('end', `${kind.name}: ${target}`);
        await end();
        over();
      });
    });
  }
  while (toCome > 0 || troubles.count > 0) {
    await world.stage.pass(STEP_MS);
    if (troubles.count > 0) wellAt = undefined;
    else if (world.recovered(troubles.lastEnd)) wellAt ??= clock.now();
  }
  taps();
  ledger.note('quiet', `since ${troubles.lastEnd.toFixed(0)}`);
  world.wellAt = wellAt;
  return happened;
}

async function recovery(world: World, faults: readonly FaultKind[]): Promise<number | undefined> {
  const quietSince = world.troubles.lastEnd;
  const { clock } = world.stage;
  const holdOff = Math.max(0, ...faults.map((kind) => kind.holdsOff ?? 0));
  // A wait longer than what is meant to be is not the bridge's purpose any more.
  const since = () => Math.max(quietSince, Math.min(world.triedAt, quietSince + holdOff));
  while (clock.now() - quietSince < GIVEN_UP_MS) {
    // The reset may have been lost with a connection.
    if (world.orders.isStopped) world.letGo();
    else if (world.recovered(quietSince)) return Math.max(0, (world.wellAt ?? clock.now()) - since());
    await world.stage.pass(STEP_MS);
  }
  return undefined;
}

/** Every output obeys again. */
async function proof(world: World): Promise<void> {
  const { ledger, stage } = world;
  // What phones asked for in the last moment is over by now.
  await stage.pass(ANSWER_MS + stage.slackMs);
  for (const phone of world.phones) {
    const asked = world.wishes.outputs.map(({ device, point, wish }) => {
      const value = wish ? wish(world.wishes.fresh()) : true;
      return { device, point, cmd: phone.command(device, point, { value }) };
    });
    await stage.pass(ANSWER_MS + stage.slackMs);
    for (const { device, point, cmd } of asked) {
      const answer = phone.answers.get(cmd ?? '');
      const what = `${phone.name} at ${stage.clock.now().toFixed(0)}: ${device}.${point}`;
      ledger.check(answer?.['ok'] === true, `${what} does not obey after the recovery: ${JSON.stringify(answer)}`);
    }
  }
}
