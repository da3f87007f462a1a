import { expect, onTestFinished, test } from 'vitest';
import { EmbeddedRelay } from '../../src/relay/relay.js';
import { replay } from '../support/replay.js';
import { recording, recordings } from '../support/recording.js';
import { VirtualClock } from '../support/virtual-clock.js';

test.each(recordings())('%s', async (name) => {
  const clock = new VirtualClock();
  const relay = new EmbeddedRelay({ host: '127.0.0.1', port: 0, clock, token: name.startsWith('09') ? 's3cret' : undefined, limits: { socketsPerAddress: 10, framesPerSecond: name.startsWith('10') ? 10 : 0 } });
  const { url } = await relay.start();
  onTestFinished(async () => {
    const stopped = relay.stop();
    await clock.advance(1_000);
    await stopped;
  });
  const found = await replay(recording(name), { url, clock, listed: new Set(), again: new Set(name.startsWith('17') ? [12] : []) });
  console.log(name, JSON.stringify(found, null, 1));
});
