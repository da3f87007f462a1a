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
  for (let late = 0; late < stage.slackMs * 10 && !isUp(world); late += STEP_MS) await stage.pass(STEP_MS);
  ledger.check(isUp(world), 'not everything is up 3 s after the start');
  world.troubles.start();
  const faults = await trouble(world, options.kinds ?? FAULTS, options.seed);
  const recovers = await recovery(world);
  ledger.check(recovers, `${world.recovery.missing.join(', ')}: it never recovered`);
  if (recovers) await proof(world);
  const { slowest, missing } = world.recovery;
  ledger.check(!recovers || missing.length === 0, `${missing.join(', ')}: well, and then not any more`);
  ledger.note('slowest', slowest);
  await world.stop();
  return {
    seed: options.seed,
    faults: faults.map(({ name }) => name),
    violations: ledger.violations,
    recoveryMs: slowest?.ms,
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
    await watched(world, STEP_MS);
  }
  taps();
  ledger.note('quiet', `since ${troubles.lastEnd.toFixed(0)}`);
  return happened;
}

/** Resolves with whether all was well again before the run is given up on. */
async function recovery(world: World): Promise<boolean> {
  const { clock } = world.stage;
  const { lastEnd } = world.troubles;
  while (clock.now() - lastEnd < GIVEN_UP_MS) {
    // The reset may have been lost with a connection.
    if (world.stops.stoppedAt !== undefined) world.letGo();
    else if (isUp(world)) return true;
    await watched(world, STEP_MS);
  }
  return false;
}

/** Time goes on, and it is looked how things are. */
async function watched({ stage, recovery }: World, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= STEP_MS) {
    await stage.pass(Math.min(left, STEP_MS));
    recovery.look();
  }
}

function isUp({ recovery }: World): boolean {
  recovery.look();
  return recovery.missing.length === 0;
}

/** Every output obeys again. */
async function proof(world: World): Promise<void> {
  const { ledger, stage } = world;
  // What phones asked for in the last moment is over by now.
  await watched(world, ANSWER_MS + stage.slackMs);
  for (const phone of world.phones) {
    const asked = world.wishes.outputs.map(({ device, point, wish }) => {
      const value = wish ? wish(world.wishes.fresh()) : true;
      return { device, point, cmd: phone.command(device, point, { value }) };
    });
    await watched(world, ANSWER_MS + stage.slackMs);
    for (const { device, point, cmd } of asked) {
      const answer = phone.answers.get(cmd ?? '');
      const what = `${phone.name} at ${stage.clock.now().toFixed(0)}: ${device}.${point}`;
      ledger.check(answer?.['ok'] === true, `${what} does not obey after the recovery: ${JSON.stringify(answer)}`);
    }
  }
}
