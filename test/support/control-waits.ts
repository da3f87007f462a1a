import { expect } from 'vitest';
import { askControl } from '../../src/control/client.js';

/** What nobody on this machine minds; now and then a busy machine takes longer. */
export const QUICK = { median: expect.toSatisfy((ms: number) => ms < 40, 'within 40 ms') };

/** How long somebody on this machine waits for answers who asks for `ms`, one question after the other, in milliseconds. */
export async function controlWaits(control: string, ms: number): Promise<{ median: number }> {
  const waits: number[] = [];
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const asked = performance.now();
    await askControl(control, { op: 'status' });
    waits.push(performance.now() - asked);
  }
  waits.sort((a, b) => a - b);
  return { median: waits[waits.length >> 1] ?? ms };
}
