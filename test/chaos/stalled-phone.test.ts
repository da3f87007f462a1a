import { expect, it } from 'vitest';
import { every } from './faults/fault.js';
import { memoryWorld } from './memory-world.js';
import type { World } from './world.js';

/** So little waits in the network that the relay soon feels who does not read. */
const KERNEL = 4 * 1024;
const STEP_MS = 50;
const STALL_MS = 20_000;
/** Another device comes or goes this often: its health and quality want frames too. */
const FLAP_MS = 600;

/** Time goes on by `ms`; returns how old the first phone's picture of a board was at worst, how many values it got, and how late the relay answered. */
async function watch(world: World, ms: number): Promise<{ oldest: number; values: number; answer: number }> {
  const [anna] = world.phones;
  const witness = world.witnesses.get('greenhouse');
  let oldest = 0;
  let answer = 0;
  const values = new Set<unknown>();
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    await world.stage.pass(STEP_MS);
    answer = Math.max(answer, world.host.bridge?.mesh.oldestUnansweredMs ?? 0);
    const value = anna?.values.get('greenhouse.n');
    values.add(value);
    oldest = Math.max(oldest, witness?.ageOf('n', value) ?? Number.POSITIVE_INFINITY);
  }
  return { oldest, values: values.size, answer };
}

it('a phone that reads nothing costs the others at most a second, and nothing a second after it reads again', async () => {
  const world = memoryWorld({ seed: 1, kernel: KERNEL });
  await world.start();
  await world.stage.pass(3_000);
  const usual = await watch(world, 4_000);
  world.phones[1]?.sleep();
  await watch(world, 2_000);
  const tank = world.cables.get('tank');
  const flapping = every(world, FLAP_MS, () => (tank?.plugged ? tank.pull() : tank?.plug()));
  const stalled = await watch(world, STALL_MS);
  flapping();
  tank?.plug();
  // It is felt, or this shows nothing.
  expect(stalled.answer).toBeGreaterThan(1_000);
  expect(stalled.oldest).toBeLessThanOrEqual(1_000);
  world.phones[1]?.wake();
  await world.stage.pass(1_000);
  const after = await watch(world, 4_000);
  expect(after.values).toBeGreaterThanOrEqual(usual.values - 1);
  await world.stop();
  expect(world.ledger.violations).toEqual([]);
});
