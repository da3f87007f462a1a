import { describe, it } from 'vitest';
import { type Attack, repelled } from '../support/attack.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { bytes } from '../support/relay-attacks.js';
import { embeddedRelay } from '../support/relays.js';
import { expectOwned, sceneOf } from '../support/scene-of.js';

/** A server of the bridge, and what it says to requests that are not for it. */
interface Door {
  readonly name: string;
  url(scene: HostileScene): string;
  readonly foreign: number;
  readonly body: number;
}

const DOORS: Door[] = [
  { name: 'the panel', url: ({ link }) => link, foreign: 421, body: 413 },
  { name: 'the metrics', url: ({ rig }) => rig.bridge.metrics?.url ?? '', foreign: 421, body: 413 },
  { name: 'the relay', url: ({ rig }) => `http://127.0.0.1:${rig.relay.port}`, foreign: 426, body: 426 },
];

function attacksOn({ name, url, foreign, body }: Door): Attack<HostileScene>[] {
  /** What comes until the end, which comes at once: the statuses, and whether more of it was wanted. */
  const sent = (what: string, status: number, text: (host: string) => string): Attack<HostileScene> => ({
    name: `${name}: ${what}`,
    refusal: { statuses: [status] },
    attack: async (scene) => {
      const said = await bytes(url(scene), text(new URL(url(scene)).host));
      return { statuses: [...said.matchAll(/^HTTP\/1\.1 (\d+) /gm)].map(([, code]) => Number(code)), said };
    },
  });
  const expecting = 'GET / HTTP/1.1\r\nHost: evil.example\r\nExpect: the-impossible\r\n\r\n';
  return [
    sent('another name, with an expectation that nobody can meet', foreign, () => expecting),
    sent('a stranger who stays, and expects the impossible again and again', foreign, () => expecting.repeat(50)),
    sent(
      'a body that waits to be asked for',
      body,
      (host) => `POST / HTTP/1.1\r\nHost: ${host}\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n`,
    ),
    sent(
      'a question with a body that never ends',
      body,
      (host) => `GET / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
    ),
    sent(
      'a question with a body of gigabytes',
      body,
      (host) => `GET / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 9000000000\r\n\r\nhello`,
    ),
  ];
}

describe('somebody who asks in a way that no browser does', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  repelled(scene, DOORS.flatMap(attacksOn));

  it('keeps nobody honest out', () => expectOwned(scene()));
});
