import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { loadCertificate } from '../../src/certificate.js';
import { silentLog } from '../../src/log.js';
import { EmbeddedRelay } from '../../src/relay/relay.js';
import { systemClock } from '../../src/system-clock.js';
import { authority, certificateFor, type Pem } from '../support/certificates.js';
import { MeshSide, QUICK, stopClientsAfterEach, until } from '../support/mesh-side.js';
import { connectPhone } from '../support/phone.js';
import { Program, runProgram } from '../support/program.js';

stopClientsAfterEach();
const relays: EmbeddedRelay[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function relayWith(tls: Pem | undefined) {
  const relay = new EmbeddedRelay({ host: '127.0.0.1', port: 0, tls, clock: systemClock() });
  relays.push(relay);
  return await relay.start();
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'carter-tls-'));
  folders.push(made);
  return made;
}

describe('a bridge on a secure relay', () => {
  it('joins where an authority that it trusts vouches for the name that it dialled', async () => {
    const ca = await authority();
    const { url } = await relayWith(await certificateFor('127.0.0.1', ca));
    expect(url).toMatch(/^wss:\/\//);
    const side = await new MeshSide(url, { trust: { ca: ca.cert } }, QUICK).join();
    expect(side.client.ready).toBe(true);
  });

  it.each<[string, string, string, () => Promise<{ server: Pem | undefined; ca?: string }>]>([
    [
      'an authority that nobody knows',
      'mesh/tls-untrusted',
      'relay.ca',
      async () => ({ server: await certificateFor('127.0.0.1', await authority()) }),
    ],
    [
      'another authority than the one it trusts',
      'mesh/tls-untrusted',
      'relay.ca',
      async () => ({ server: await certificateFor('127.0.0.1', await authority()), ca: (await authority()).cert }),
    ],
    [
      'another name',
      'mesh/tls-name',
      'use the name',
      async () => {
        const ca = await authority();
        return { server: await certificateFor('relay.example', ca), ca: ca.cert };
      },
    ],
    [
      'a time that is over',
      'mesh/tls-expired',
      'renew it',
      async () => {
        const ca = await authority();
        return { server: await certificateFor('127.0.0.1', ca, { days: [-2, -1] }), ca: ca.cert };
      },
    ],
    [
      'a time to come',
      'mesh/tls-expired',
      'clock',
      async () => {
        const ca = await authority();
        return { server: await certificateFor('127.0.0.1', ca, { days: [1, 2] }), ca: ca.cert };
      },
    ],
    [
      'a certificate for clients',
      'mesh/tls-untrusted',
      'relay.ca',
      async () => {
        const ca = await authority();
        return { server: await certificateFor('127.0.0.1', ca, { use: 'clientAuth' }), ca: ca.cert };
      },
    ],
    ['no encryption at all', 'mesh/tls', 'ws://', async () => ({ server: undefined })],
  ])('stays away from one with %s, and says why', async (_, code, hint, given) => {
    const { server, ca } = await given();
    const { url } = await relayWith(server);
    const secure = url.replace(/^ws:/, 'wss:');
    const side = new MeshSide(secure, { token: 's3cret-token', ...(ca !== undefined && { trust: { ca } }) }, QUICK);
    side.client.start();
    await until(() => side.log.at('warn').length > 0);
    expect(side.log.at('warn')[0]).toContain(`[${code}]`);
    expect(side.log.at('warn')[0]).toContain(hint);
    expect(side.moves).toEqual([]);
    expect(side.log.all).not.toContain('s3cret-token');
  });

  it('says in plain words that the other side does not encrypt, or does', async () => {
    const { url } = await relayWith(undefined);
    const secure = new MeshSide(url.replace(/^ws:/, 'wss:'), {}, QUICK);
    secure.client.start();
    await until(() => secure.log.at('warn').length > 0);
    expect(secure.log.at('warn')[0]).toMatch(
      /no secure connection to \S+: it does not encrypt; .*ws:\/\/ \[mesh\/tls\]/,
    );
    const { url: encrypted } = await relayWith(await certificateFor('127.0.0.1', await authority()));
    const plain = new MeshSide(encrypted.replace(/^wss:/, 'ws:'), {}, QUICK);
    plain.client.start();
    await until(() => plain.log.at('warn').length > 0);
    expect(plain.log.at('warn')[0]).toMatch(/hung up .*; a relay with TLS needs wss:\/\//);
  });

  it('checks certificates also where the environment says not to', async () => {
    const { url } = await relayWith(await certificateFor('127.0.0.1', await authority()));
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    onTestFinished(() => {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    });
    const side = new MeshSide(url, {}, QUICK);
    side.client.start();
    await until(() => side.log.at('warn').length > 0);
    expect(side.log.at('warn')[0]).toContain('[mesh/tls-untrusted]');
  });

  it('knows its own relay by its certificate, and takes no other one for it', async () => {
    const ca = await authority();
    const own = await certificateFor('garage.example', ca);
    const { url } = await relayWith(own);
    const { fingerprint256 } = new X509Certificate(own.cert);
    const trust = { ca: own.cert, fingerprint: fingerprint256 };
    await new MeshSide(url, { trust }, QUICK).join();
    const { url: other } = await relayWith(await certificateFor('garage.example', ca));
    const side = new MeshSide(other, { trust: { ca: ca.cert, fingerprint: fingerprint256 } }, QUICK);
    side.client.start();
    await until(() => side.log.at('warn').length > 0);
    expect(side.log.at('warn')[0]).toMatch(/not the certificate of our own relay.*\[mesh\/tls-own\]/);
  });
});

describe('a certificate', () => {
  const parts = (stateDir: string) => ({
    stateDir,
    names: ['pi.local', '192.0.2.7'],
    clock: systemClock(),
    log: silentLog,
  });

  it('is made once, kept for its owner’s eyes only, and for the names of this machine', async () => {
    const stateDir = folder();
    const made = await loadCertificate(true, parts(stateDir));
    const path = join(stateDir, 'certificate.pem');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { subjectAltName, fingerprint256 } = new X509Certificate(made.cert);
    expect(subjectAltName).toContain('DNS:pi.local');
    expect(subjectAltName).toContain('IP Address:192.0.2.7');
    expect(made.fingerprint).toBe(fingerprint256);
    chmodSync(path, 0o644);
    expect((await loadCertificate(true, parts(stateDir))).fingerprint).toBe(made.fingerprint);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const warned: string[] = [];
    const log = { ...silentLog, warn: (_: object, text: string) => void warned.push(text) };
    const moved = { ...parts(stateDir), names: ['pi.local', '192.0.2.8', 'shed.local'], log };
    expect((await loadCertificate(true, moved)).fingerprint).toBe(made.fingerprint);
    expect(warned).toEqual([expect.stringContaining('is not for 192.0.2.8, shed.local; delete it for a new one')]);
    writeFileSync(path, 'torn');
    const again = await loadCertificate(true, parts(stateDir));
    expect(again.fingerprint).not.toBe(made.fingerprint);
    expect(readFileSync(path, 'utf8')).toContain('PRIVATE KEY');
  });

  it.each<[string, string, (path: string) => Promise<void>]>([
    ['tls/files', 'ENOENT', async () => {}],
    ['tls/files', 'PEM', async (path) => writeFileSync(join(path, 'cert.pem'), 'no certificate')],
    [
      'tls/pair',
      'does not belong',
      async (path) => {
        const ca = await authority();
        writeFileSync(join(path, 'cert.pem'), (await certificateFor('a', ca)).cert);
        writeFileSync(join(path, 'key.pem'), (await certificateFor('a', ca)).key);
      },
    ],
    [
      'tls/expired',
      'was good until',
      async (path) => {
        const { cert, key } = await certificateFor('a', await authority(), { days: [-2, -1] });
        writeFileSync(join(path, 'cert.pem'), cert);
        writeFileSync(join(path, 'key.pem'), key);
      },
    ],
  ])('that is no good is refused: %s', async (code, words, write) => {
    const path = folder();
    writeFileSync(join(path, 'key.pem'), 'no key');
    await write(path);
    const source = { cert: join(path, 'cert.pem'), key: join(path, 'key.pem') };
    await expect(loadCertificate(source, parts(path))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });
});

it('the program serves relay and panel encrypted, with a certificate of its own or one that is given', async () => {
  const path = folder();
  const ca = await authority();
  const given = await certificateFor('127.0.0.1', ca);
  writeFileSync(join(path, 'cert.pem'), given.cert);
  writeFileSync(join(path, 'key.pem'), given.key);
  const config = join(path, 'bridge.yaml');
  writeFileSync(
    config,
    `bridge: { name: tls, stateDir: ${join(path, 'state')} }
relay: { embedded: { port: 0, tls: true } }
panel: { port: 0, tls: { cert: cert.pem, key: key.pem } }
discover: false
`,
  );
  chmodSync(config, 0o600);
  const program = new Program(['run', '--config', config]);
  const [, url = ''] = await program.shows(/ on (wss:\/\/\S+),/);
  const [, fingerprint = ''] = await program.shows(/the relay's certificate: SHA-256 ([0-9A-F:]{95})/);
  const asked = await runProgram(['panel', '--config', config]);
  const [link = ''] = asked.out.match(/https:\S+/) ?? [];
  const kept = readFileSync(join(path, 'state', 'certificate.pem'), 'utf8');
  expect(new X509Certificate(kept).fingerprint256).toBe(fingerprint);
  // The phone trusts what its owner compared, the name of this machine included.
  const phone = await connectPhone({ url, name: 'anna', channel: 'home', ca: kept });
  phone.send({ msg_type: 'control_sync_request', from: 'anna' });
  await phone.waitFor((frame) => String(frame['msg_type']).endsWith('.health'));
  const cookie = await new Promise<string>((resolve, reject) => {
    get(link, { ca: ca.cert }, (answer) => {
      answer.resume();
      resolve(`${answer.statusCode} ${String(answer.headers['set-cookie'])}`);
    }).on('error', reject);
  });
  expect(cookie).toMatch(/^200 .*HttpOnly; SameSite=Strict; Secure$/);
  await phone.close();
  expect(await program.stop()).toBe(0);
}, 30_000);
