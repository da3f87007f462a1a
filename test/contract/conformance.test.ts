import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DEFAULT_LIMITS, type RelayLimits } from '../../src/relay/limits.js';
import { EmbeddedRelay } from '../../src/relay/relay.js';
import { readDeviations } from '../support/deviations.js';
import { duties } from '../support/duties.js';
import { stopClientsAfterEach } from '../support/mesh-side.js';
import { RawClient } from '../support/raw-client.js';
import { frameOf, isOurs, playClient } from '../support/reactions.js';
import { recording, recordings } from '../support/recording.js';
import { replay } from '../support/replay.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** The limits of the recorded relay. */
const NO_PACE = { framesPerSecond: 0, bytesPerSecond: 0 };
const RECORDED_LIMITS: Readonly<RelayLimits> = { ...DEFAULT_LIMITS, socketsPerAddress: 10, ...NO_PACE };

interface Setting {
  token?: string;
  limits?: Partial<RelayLimits>;
  /** Rows after which a client that only our relay closes comes back. */
  again?: number[];
}

const SETTINGS: Readonly<Record<string, Setting>> = {
  '09-auth-token': { token: 's3cret' },
  '10-rate-limit': { limits: { framesPerSecond: 10 } },
  '17-reidentify-node-status': { again: [12] },
};

const deviations = readDeviations();

async function start({ token, limits }: Setting = {}): Promise<{ url: string; clock: VirtualClock }> {
  const clock = new VirtualClock();
  const options = { host: '127.0.0.1', port: 0, clock, token, limits: { ...RECORDED_LIMITS, ...limits } };
  const relay = new EmbeddedRelay(options);
  const { url } = await relay.start();
  onTestFinished(async () => {
    const stopped = relay.stop();
    await clock.advance(1_000);
    await stopped;
  });
  return { url, clock };
}

describe('the embedded relay behaves as recorded, but for the listed rows', () => {
  test.each(recordings())('%s', async (name) => {
    const setting = SETTINGS[name] ?? {};
    const listed = deviations.rows.filter(({ transcript }) => transcript === name);
    const { url, clock } = await start(setting);
    const found = await replay(recording(name), {
      url,
      clock,
      listed: new Set(listed.map(({ row }) => row)),
      again: new Set(setting.again),
    });
    // One comparison says both what is not listed and what is listed but does not happen any more.
    expect(found).toEqual(listed.map(({ row, recorded, ours }) => ({ row, recorded, ours })));
  });

  test('ids, which the replays do not compare, are as documented: new for each frame, one for all receivers of a broadcast', async () => {
    const { url } = await start();
    const { client: a } = await RawClient.join(url, { name: 'a' });
    const { client: b } = await RawClient.join(url, { name: 'b' });
    for (let i = 0; i < 2; i++) a.frame('broadcast_request', { i });
    const [first, second] = [await b.next(), await b.next()];
    const atA = [await a.next(), await a.next(), await a.next(), await a.next()].map(({ id }) => id);
    expect(new Set(atA).size).toBe(4);
    expect(atA).toEqual(expect.arrayContaining([first.id, second.id]));
  });
});

describe('the list of deviations', () => {
  test('names recordings that exist', () => {
    expect(recordings()).toHaveLength(20);
    expect(recordings()).toEqual(expect.arrayContaining(deviations.rows.map(({ transcript }) => transcript)));
  });

  test('has every default that is not the recorded one', () => {
    const keys = Object.keys(DEFAULT_LIMITS) as (keyof RelayLimits)[];
    const different = keys
      .filter((limit) => DEFAULT_LIMITS[limit] !== RECORDED_LIMITS[limit])
      .map((limit) => ({ limit, ours: DEFAULT_LIMITS[limit], recorded: RECORDED_LIMITS[limit] }));
    const listed = deviations.defaults.map(({ limit, ours, recorded }) => ({ limit, ours, recorded }));
    expect(listed.sort((a, b) => a.limit.localeCompare(b.limit))).toEqual(
      different.sort((a, b) => a.limit.localeCompare(b.limit)),
    );
  });

  test("has the topics of the relay's README, no more and no fewer", () => {
    const { rows, defaults, unrecorded } = deviations;
    const readme = readFileSync(new URL('../../src/relay/README.md', import.meta.url), 'utf8');
    const table = readme.split('\n').filter((line) => line.startsWith('| '));
    const topics = table.slice(2).map((line) => line.split('|')[1]?.trim());
    const listed = [...rows, ...defaults, ...unrecorded].map(({ what }) => what);
    expect([...new Set(listed)].sort()).toEqual(topics.sort());
    for (const { reason } of [...rows, ...defaults]) expect(reason).not.toBe('');
    for (const { test: file } of unrecorded) {
      expect(existsSync(new URL(`../../${file}`, import.meta.url)), file).toBe(true);
    }
  });
});

describe('our client takes what the recorded clients got', () => {
  stopClientsAfterEach();

  test.each(recordings())('%s', async (name) => {
    const rows = recording(name);
    for (const client of new Set(rows.filter(({ dir }) => dir === 'open').map((row) => row.client))) {
      const { reactions, said, side } = await playClient(rows, client);
      const due = duties(rows, client);
      expect(reactions, client).toEqual(due);

      const framesOf = (reaction: string) => {
        const numbers = new Set(due.filter((one) => one.reaction === reaction).map(({ row }) => row));
        return rows.filter(({ number, dir }) => dir === 'recv' && numbers.has(number)).map(frameOf);
      };
      const requests = framesOf('request, answered');
      expect(side.broadcasts.map(({ payload }) => payload)).toEqual(framesOf('broadcast').map((one) => one?.payload));
      expect(side.requests).toMatchObject(requests.map((one) => ({ type: one?.type, payload: one?.payload })));
      const answers = said.filter((frame) => frame.reply_to !== null);
      const owed = requests.map((one) => ({ type: one?.type, reply_to: one?.id, payload: { ok: true } }));
      expect(answers).toEqual(owed.map((one) => ({ ...one, id: expect.any(String) })));
      expect(said.filter((frame) => !answers.includes(frame)).every(isOurs)).toBe(true);
      expect(side.client.stats).toMatchObject({ handlerErrors: 0, unconfirmed: 0, sendFailures: 0 });
    }
  });
});
