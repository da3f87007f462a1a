import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/mesh/frame.js';
import { CANARY } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';
import { RawClient } from '../support/raw-client.js';
import { sceneOf } from '../support/scene-of.js';

describe('who runs the relay of a room with a key', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token, roomKey: CANARY.roomKey });

  it('does not read the layout that is put on a phone', async () => {
    const { rig, page } = scene();
    const { client } = await RawClient.join(rig.relay.url, { name: 'relay-owner', token: CANARY.token, channel: 'lab', role: 'mobile', can_broadcast: true, can_route: true });
    client.ignore(({ type }) => type === 'broadcast' || type === 'server_client_list');
    const pushed = page.ask('panel.push', {});
    const seen: JsonObject[] = [];
    for (let i = 0; i < 2; i++) {
      const frame = await client.next();
      seen.push(frame as unknown as JsonObject);
      client.frame(frame.type, { ok: true, rendered: {} }, frame.id);
      if (frame.type === 'apply-layout') break;
    }
    await pushed;
    const readable = JSON.stringify(seen);
    client.socket.terminate();
    expect(readable).not.toContain('shed');
  }, 20_000);
});
