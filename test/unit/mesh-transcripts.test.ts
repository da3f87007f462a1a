import { describe, expect, it } from 'vitest';
import type { MeshFrame } from '../../src/mesh/frame.js';
import { MeshSide, stopClientsAfterEach, until } from '../support/mesh-side.js';
import { type Row, recording } from '../support/recording.js';
import { ScriptedRelay } from '../support/scripted-relay.js';

/** What one client of a recording of a 0.1.1 relay sent and got, in order. */
const rowsOf = (name: string, client: string): Row[] => recording(name).filter((row) => row.client === client);

const frameOf = (row: Row) => JSON.parse(String(row.data)) as MeshFrame;

stopClientsAfterEach();

describe('recorded relays', () => {
  it('error objects and values of routed requests are told apart', async () => {
    const rows = rowsOf('05-route-msg', 'A');
    const answers = rows.filter((row) => row.dir === 'recv').map(frameOf);
    const replies = answers.filter((frame) => frame.type === 'route_msg').map((frame) => frame.payload);
    const queue = [...replies];
    const relay = await ScriptedRelay.start({
      frame: (peer, { id, type }) => {
        if (type === 'get_nodes') peer.say(type, { clients: [{ id: 'b', name: 'b' }] }, id);
        else peer.say(type, queue.shift(), id);
      },
    });
    const side = await new MeshSide(relay.url).join();
    for (const reply of replies) {
      const asked = side.client.request('b', 'x', {});
      const failed = (reply as { status?: string }).status === 'failed';
      if (failed)
        await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/^mesh\/(no-target|not-allowed)$/) });
      else expect(await asked).toEqual(reply);
    }
    expect(replies.some((reply) => (reply as { status?: string }).status === 'failed')).toBe(true);
    await relay.kill();
  });

  it('a close for too many frames means: slowly', async () => {
    const close = rowsOf('10-rate-limit', 'A').find((row) => row.dir === 'close');
    const relay = await ScriptedRelay.start();
    const side = await new MeshSide(relay.url).join();
    relay.peer.close(close?.code ?? 0, close?.reason);
    await until(() => side.moves.length === 2);
    expect(side.downs[0]).toBe(
      'the relay closed the connection (1008 Rate limit exceeded); lower publish.maxHz [mesh/limited]',
    );
    await relay.kill();
  });
});
