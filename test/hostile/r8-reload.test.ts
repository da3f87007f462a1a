import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { BridgeParts } from '../../src/bridge.js';
import { embeddedRelay } from '../support/relays.js';
import { sceneOf } from '../support/scene-of.js';

describe('an open relay that the bridge is about to leave for one with a token', () => {
  const scene = sceneOf(embeddedRelay, { open: true });

  it('switches nothing until it is left', async () => {
    const { rig, sketch } = scene();
    const next = await embeddedRelay({ token: 'token-of-the-next' });
    const mallory = await rig.phone('mallory');
    let tapping = true;
    const taps = (async () => {
      for (let i = 0; tapping; i++) {
        mallory.send({ msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: true, _from: `m${i % 40}`, _cmd: `c${i}` });
        await pause(20);
      }
    })();
    await pause(300);
    expect(sketch.heardBytes).toBe('');
    const { parts } = rig.bridge as unknown as { parts: BridgeParts };
    const relay = { ...parts.config.relay, url: next.url, token: 'token-of-the-next' } as BridgeParts['config']['relay'];
    await rig.bridge.reload({ ...parts, config: { ...parts.config, relay }, relayUrl: next.url, token: 'token-of-the-next', openRelay: false });
    await pause(300);
    tapping = false;
    await taps;
    const acked = mallory.broadcasts.filter((frame) => frame['msg_type'] === 'command_ack' && frame['ok'] === true);
    expect({ heard: sketch.heardBytes, pump: sketch.output('pump'), acked: acked.length }).toEqual({ heard: '', pump: false, acked: 0 });
  }, 30_000);
});
