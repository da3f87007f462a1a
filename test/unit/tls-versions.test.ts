import { connect } from 'node:net';
import tls from 'node:tls';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { listenHttp } from '../../src/http/listen.js';
import { postJson } from '../../src/mesh/post-json.js';
import { certificateFor, type Pem } from '../support/certificates.js';
import { alertIn, clientHello } from '../support/client-hello.js';
import { MeshSide, QUICK, stopClientsAfterEach, until } from '../support/mesh-side.js';

stopClientsAfterEach();

/** What somebody may have put into NODE_OPTIONS, years ago, for another program. */
const LENIENT = { DEFAULT_MIN_VERSION: 'TLSv1', DEFAULT_CIPHERS: 'DEFAULT@SECLEVEL=0' } as const;

let pem: Pem;
beforeAll(async () => {
  pem = await certificateFor('127.0.0.1');
});

function lenient(): void {
  const { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS } = tls;
  Object.assign(tls, LENIENT);
  onTestFinished(() => void Object.assign(tls, { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS }));
}

test.each([0x0301, 0x0302])('no server here speaks version %i, whatever Node is told', async (version) => {
  lenient();
  const server = await listenHttp({ host: '127.0.0.1', port: 0, connections: 4, tls: pem });
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const said = await new Promise<Buffer>((resolve) => {
    const heard: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(clientHello({ version })));
    socket.on('data', (bytes) => heard.push(bytes));
    socket.on('close', () => resolve(Buffer.concat(heard)));
  });
  expect(alertIn(said)).toBe('alert 70');
});

/** A server that knows nothing newer, and what it is told. */
async function oldServer() {
  lenient();
  const heard: string[] = [];
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: LENIENT.DEFAULT_CIPHERS } as const;
  const server = tls.createServer({ ...pem, ...old }, (socket) => {
    heard.push('a handshake');
    socket.on('error', () => {}); // who does not trust it hangs up
    socket.end();
  });
  server.on('tlsClientError', (error) => heard.push(String((error as NodeJS.ErrnoException).code)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { heard, host: `127.0.0.1:${(server.address() as { port: number }).port}` };
}

test('nothing is posted by an older version', async () => {
  const { heard, host } = await oldServer();
  await expect(postJson(`https://${host}`, {})).rejects.toThrow(/protocol/i);
  expect(heard.join()).toMatch(/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION/);
});

test('no relay is joined by an older version', async () => {
  const { heard, host } = await oldServer();
  const side = new MeshSide(`wss://${host}`, { trust: { ca: pem.cert } }, QUICK);
  side.client.start();
  await until(() => side.log.at('warn').length > 0);
  expect(heard[0]).toMatch(/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION/);
});
