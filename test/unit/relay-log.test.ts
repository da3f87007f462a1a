import { expect, test } from 'vitest';
import { createLogger } from '../../src/logger.js';
import { startEmbedded } from '../support/embedded.js';
import { RawClient } from '../support/raw-client.js';
import { VirtualClock } from '../support/virtual-clock.js';

const TOKEN = 'correct horse battery';

/** A relay, what its log says, and a client that joins it. */
async function relayWithLog() {
  const said: { msg: string; more?: number }[] = [];
  const destination = { write: (line: string) => said.push(JSON.parse(line)) };
  const clock = new VirtualClock();
  const log = createLogger({ level: 'debug', secrets: [], destination, pretty: false });
  const { url } = await startEmbedded({}, { token: TOKEN, clock, log });
  const knock = async (token: string) => {
    const client = await RawClient.connect(url);
    client.frame('identify', { name: 'twin', channel: 'lab', token });
    return client;
  };
  return { said, clock, knock };
}

test.each([
  ['somebody who guesses tokens', 'wrong', 'relay: a client came without the right token', 0],
  [
    'members who take a name from each other',
    TOKEN,
    'relay: a second client of this name came, the first is closed',
    1,
  ],
])('%s: one line a minute, with how often', async (_, token, line, unharmed) => {
  const { said, clock, knock } = await relayWithLog();
  const come = async (times: number) => {
    for (let i = 0; i < times; i++) {
      const client = await knock(token);
      await (token === TOKEN ? client.next() : client.nextClose());
    }
  };
  await come(unharmed + 30);
  expect(said.map(({ msg }) => msg)).toEqual([line]);
  await clock.advance(59_000);
  await come(1);
  expect(said).toHaveLength(1);
  await clock.advance(1_000);
  await come(1);
  expect(said.slice(1)).toMatchObject([{ more: 30, msg: `${line}; and 30 more before, since the last such line` }]);
});
