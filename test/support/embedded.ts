import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.js';
import type { RelayLimits } from '../../src/relay/limits.js';
import { EmbeddedRelay, type EmbeddedRelayOptions } from '../../src/relay/relay.js';
import { systemClock } from '../../src/system-clock.js';
import { VirtualClock } from './virtual-clock.js';

/** Starts an embedded relay on a free port of 127.0.0.1 and stops it after the test. */
export async function startEmbedded(
  limits: Partial<RelayLimits> = {},
  options: Partial<EmbeddedRelayOptions> = {},
): Promise<{ relay: EmbeddedRelay; url: string; port: number }> {
  const clock: Clock = options.clock ?? systemClock();
  const relay = new EmbeddedRelay({ host: '127.0.0.1', port: 0, limits, ...options, clock });
  const { url, port } = await relay.start();
  onTestFinished(async () => {
    const stopped = relay.stop();
    if (clock instanceof VirtualClock) await clock.advance(1_000);
    await stopped;
  });
  return { relay, url, port };
}
