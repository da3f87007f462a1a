import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { silentLog } from '../../src/log.js';
import { Panel } from '../../src/panel/panel.js';
import { Sessions } from '../../src/panel/sessions.js';
import { EmbeddedRelay } from '../../src/relay/relay.js';
import { systemClock } from '../../src/system-clock.js';
import { authority, certificateFor, type Pem } from '../support/certificates.js';

async function panelPort(tls: Pem | undefined): Promise<number> {
  const panel = new Panel({
    host: '127.0.0.1',
    port: 0,
    orAnyPort: false,
    hostname: 'rig',
    sessions: new Sessions(systemClock()),
    files: new Map(),
    clock: systemClock(),
    log: silentLog,
    tls,
    attach: () => ({ message: () => {}, closed: () => {} }),
  });
  await panel.start();
  onTestFinished(() => panel.stop());
  return Number(new URL(panel.link('viewer') ?? '').port);
}

async function relayPort(tls: Pem | undefined): Promise<number> {
  const relay = new EmbeddedRelay({ host: '127.0.0.1', port: 0, tls, clock: systemClock() });
  onTestFinished(() => relay.stop());
  return (await relay.start()).port;
}

/** Milliseconds after which a server hangs up on somebody who says this, and then one character twice a second. */
function patience(port: number, start: string | Buffer): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => {}); // hung up on
    socket.write(start);
    const drip = setInterval(() => socket.write('a'), 500);
    socket.resume();
    socket.on('close', () => {
      clearInterval(drip);
      resolve(performance.now() - begun);
    });
  });
}

it('nobody holds a connection by being slow, to panel or relay, encrypted or not', { timeout: 20_000 }, async () => {
  const tls = await certificateFor('127.0.0.1', await authority());
  const header = 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ';
  const body = 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n';
  // The first bytes of a handshake, whose record never ends.
  const handshake = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]);
  const [panel, relay] = [await panelPort(undefined), await relayPort(undefined)];
  const [securePanel, secureRelay] = [await panelPort(tls), await relayPort(tls)];
  const waits = await Promise.all([
    patience(panel, header),
    patience(relay, header),
    patience(panel, body),
    patience(relay, body),
    patience(securePanel, handshake),
    patience(secureRelay, handshake),
    patience(securePanel, header),
    patience(secureRelay, header),
  ]);
  for (const wait of waits) expect(wait).toBeLessThan(8_000);
});
