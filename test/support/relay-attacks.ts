import { connect } from 'node:net';
import { isObject, type JsonObject } from '../../src/mesh/frame.js';
import type { RelayCounters } from '../../src/relay/counters.js';
import type { Attack } from './attack.js';
import { eventually } from './eventually.js';
import { CANARY, type HostileScene } from './hostile-scene.js';
import { RawClient } from './raw-client.js';

/** What a member of the bridge's channel says of itself. */
export const MEMBER = { channel: 'lab', role: 'mobile', token: CANARY.token };

/** What a client without a welcome sends, and how it is closed. */
export function hungUp(
  name: string,
  send: (client: RawClient) => void,
  refusal: object,
  headers = {},
): Attack<HostileScene> {
  return {
    name,
    refusal,
    attack: async ({ rig }) => {
      const client = await RawClient.connect(rig.relay.url, headers);
      send(client);
      return await client.nextClose();
    },
  };
}

/** What a client without a welcome sends and gets no answer to; nor does it reach anybody. */
export function ignored(
  name: string,
  send: (client: RawClient) => void,
  why: keyof RelayCounters | 'nothing',
  path = '',
): Attack<HostileScene> {
  return {
    name,
    refusal: { answers: [], heard: [], ...(why === 'nothing' ? {} : { why: 1 }) },
    attack: async (scene) => {
      const client = await RawClient.connect(`${scene.rig.relay.url}${path}`);
      const { heard, why: reasons } = await overheard(scene, async () => {
        send(client);
        await client.sync();
      });
      client.socket.terminate();
      return { answers: client.frames, heard, why: why === 'nothing' ? undefined : reasons[why] };
    },
  };
}

/** What a member sends, and what comes back. */
export function asked(
  name: string,
  type: string,
  payload: (scene: HostileScene) => unknown,
  refusal: object,
  rights = {},
): Attack<HostileScene> {
  return {
    name,
    refusal: { answer: refusal, heard: [] },
    attack: async (scene) => {
      const client = await member(scene, rights);
      let answer: unknown;
      const { heard } = await overheard(scene, async () => {
        answer = await client.ask(type, payload(scene));
      });
      client.socket.terminate();
      return { answer, heard };
    },
  };
}

/** What a member sends in vain: the relay says why to itself, goes on as if nothing had been, and tells nobody. */
export function lost(name: string, text: string, why: keyof RelayCounters): Attack<HostileScene> {
  return {
    name,
    refusal: { next: 'pong', heard: [], why: { [why]: 1 } },
    attack: async (scene) => {
      const client = await member(scene);
      let next: unknown;
      const came = await overheard(scene, async () => {
        client.send(text);
        next = await client.ask('ping');
      });
      client.socket.terminate();
      return { next, ...came };
    },
  };
}

/** Somebody with the token on the bridge's channel, who listens to nobody. */
export async function member(scene: HostileScene, rights: JsonObject = {}): Promise<RawClient> {
  const identity = { ...MEMBER, name: scene.stranger, can_monitor: false, ...rights };
  const { client } = await RawClient.join(scene.rig.relay.url, identity);
  client.ignore(({ type }) => type === 'broadcast');
  return client;
}

/** What another member hears from anybody but the bridge while something happens, and what the relay counts of it. */
export async function overheard(scene: HostileScene, happens: () => Promise<void>) {
  const began = scene.rig.relay.counters;
  const { client: witness } = await RawClient.join(scene.rig.relay.url, {
    ...MEMBER,
    name: `witness of ${scene.stranger}`,
    can_monitor: false,
  });
  witness.ignore(({ payload }) => isObject(payload) && payload['_src'] !== undefined);
  await happens();
  await witness.sync();
  const heard = witness.frames;
  witness.socket.terminate();
  await eventually(() => witness.closed).toBeDefined();
  const more = Object.entries(scene.rig.relay.counters).map(([why, n]) => [why, n - (began[why] ?? 0)] as const);
  return { heard, why: Object.fromEntries(more.filter(([, n]) => n > 0)) as Record<string, number> };
}

/** Sends bytes as somebody who speaks no WebSocket; resolves with what came until the end. */
export function bytes(url: string, text: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let heard = '';
    socket.on('data', (data) => {
      heard += data.toString('latin1');
    });
    socket.on('error', () => {}); // the close that follows tells
    socket.on('close', () => resolve(heard));
    socket.write(text);
  });
}

/** Says who it is, or what it would like to be taken for. */
export const identify = (wish: unknown) => (client: RawClient) => void client.frame('identify', wish);
