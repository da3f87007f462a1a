import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/config/config-error.js';
import { parseConfig } from '../../src/config/load.js';

const folder = mkdtempSync(join(tmpdir(), 'carter-connection-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const PAIRING = { url: 'wss://relay.example', channel: 'lab', token: 'hunter2hunter2', k: KEY };
const LAYOUT = { tabs: [], connection: { url: 'ws://10.0.0.7:8765', identity: { channel: 'lab' }, e2eeKey: KEY } };

function load(text: string, env: Record<string, string> = {}) {
  const file = { path: join(folder, 'b.yaml'), text, shared: false };
  return parseConfig(file, { env, drivers: new Map(), homeDir: '/home/pi' });
}

function write(name: string, content: unknown, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(path, mode);
  return name;
}

const problems = (text: string) => {
  try {
    return load(text).warnings.map(formatProblem);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
};

it('a connection that is not there is looked for beside the config', () => {
  expect(problems('relay: { connection: nowhere.json }').join()).toMatch(
    /relay\.connection: there is no file .*nowhere\.json; its path is relative to the config$/,
  );
});

describe('a relay that somebody was given', () => {
  const read = { url: 'wss://relay.example', channel: 'lab', token: 'hunter2hunter2', roomKey: KEY };

  it.each([
    ['a mapping', `relay: { connection: ${JSON.stringify(PAIRING)} }`, read],
    ['JSON text', `relay: { connection: '${JSON.stringify(PAIRING)}' }`, read],
    ['a file beside the config', `relay: { connection: ${write('pairing.json', PAIRING)} }`, read],
    [
      'an address',
      'relay: { connection: "ws://10.0.0.7:8765" }',
      { url: 'ws://10.0.0.7:8765', channel: 'home', token: undefined },
    ],
    [
      'a whole layout',
      `relay: { connection: ${write('layout.json', LAYOUT)} }`,
      { url: 'ws://10.0.0.7:8765', channel: 'lab', roomKey: KEY },
    ],
  ])('as %s', (_name, text, relay) => {
    expect(load(text).config.relay).toMatchObject(relay);
  });

  it('from the environment', () => {
    const { config, secrets } = load(`relay: { connection: "\${PAIR}" }`, { PAIR: JSON.stringify(PAIRING) });
    expect(config.relay).toMatchObject(read);
    expect(secrets).toContain('hunter2hunter2');
  });

  it('yields to what is said beside it', () => {
    const text = `relay: { connection: ${JSON.stringify(PAIRING)}, channel: garage, token: another1 }`;
    expect(load(text).config.relay).toMatchObject({
      url: 'wss://relay.example',
      channel: 'garage',
      token: 'another1',
      roomKey: KEY,
    });
  });

  it('keeps what fetches new tokens', () => {
    const given = {
      url: 'wss://gate.example',
      token: 't1t1t1',
      did: 'd',
      refresh: 'rrrrrr',
      validator: 'https://v.example',
    };
    const { config, secrets } = load(`relay: { connection: ${JSON.stringify(given)} }`);
    expect(config.relay).toMatchObject({
      credential: { deviceId: 'd', refresh: 'rrrrrr', validator: 'https://v.example' },
    });
    expect(secrets).toEqual(expect.arrayContaining(['t1t1t1', 'rrrrrr']));
  });

  it.each([
    ['relay: { connection: none.json }', /b\.yaml:1:22 relay\.connection: there is no file .*none\.json; /],
    [
      `relay: { connection: ${write('broken.json', '{"url":')} }`,
      /relay\.connection: the file is no JSON: .* \(line 1, column 8\)/,
    ],
    ['relay: { connection: { channel: lab } }', /relay\.connection: it names no relay/],
    ['relay: { connection: { url: "ws://a", k: short } }', /relay\.connection: its room key is not standard base64/],
    ['relay: { connection: { url: "ws://a" }, url: "ws://b" }', /`connection` stands for itself.*; remove one of them/],
    ['relay: {}', /neither `url` nor `embedded`/],
  ])('is told to be wrong in %s', (text, problem) => {
    expect(problems(text)).toEqual([expect.stringMatching(problem)]);
  });

  it('warns where others can read the file', () => {
    expect(problems(`relay: { connection: ${write('open.json', PAIRING, 0o644)} }`)).toEqual([
      expect.stringMatching(/relay\.connection: others on this machine can read the file with the connection/),
    ]);
  });
});

describe('files for a secure relay', () => {
  it('are found beside the config, and checked', () => {
    write('none.pem', 'nothing');
    const relay = (more: string) => problems(`relay: { url: wss://relay.example, token: hunter2hunter2, ${more} }`);
    const missing = /b\.yaml:1:\d+ relay\.ca: .*missing\.pem; its path is relative to the config$/;
    expect(relay('ca: missing.pem').join()).toMatch(missing);
    expect(relay('ca: none.pem').join()).toMatch(
      /relay\.ca: there is no certificate in this file; a PEM file is wanted/,
    );
    expect(problems('relay: { url: "ws://127.0.0.1:1", ca: x.pem }').join()).toMatch(
      /relay\.ca: has no effect without encryption; write the address as wss:/,
    );
    write('plain.json', '{ "url": "ws://relay.example", "token": "hunter2hunter2" }');
    write('ca.pem', rootCertificates[0] ?? '');
    expect(problems('relay: { connection: plain.json, ca: ca.pem }').join()).toMatch(
      /relay\.ca: has no effect without encryption/,
    );
    expect(problems('relay: { embedded: {}, ca: x.pem }').join()).toMatch(/relay\.ca: is for a relay elsewhere/);
    expect(problems('relay: { embedded: { tls: yes please } }').join()).toMatch(
      /relay\.embedded\.tls: expected `true` or \{cert, key\}/,
    );
    const { config } = load('relay: { embedded: { tls: { cert: a.pem, key: /b.pem } } }\npanel: { tls: true }');
    expect(config.relay.embedded?.tls).toEqual({ cert: join(folder, 'a.pem'), key: '/b.pem' });
    expect(config.panel?.tls).toBe(true);
  });

  it('and warns of a server’s certificate that is not there, or none, before the server is opened', () => {
    write('text.pem', 'hello');
    const section = (tls: string) =>
      problems(`panel: { tls: ${tls} }\nrelay: { embedded: { tls: ${tls} } }`).join('\n');
    const missing = section('{ cert: no.pem, key: "." }');
    expect(missing).toMatch(/:1:\d+ panel\.tls\.cert: there is no file .*no\.pem; its path is relative to the config/);
    expect(missing).toMatch(/:1:\d+ panel\.tls\.key: .* is a folder; /);
    expect(missing).toMatch(/:2:\d+ relay\.embedded\.tls\.cert: there is no file/);
    expect(section('{ cert: text.pem, key: text.pem }')).toMatch(
      /panel\.tls\.cert: there is no certificate in this file; /,
    );
    expect(section('true')).not.toMatch(/tls/);
    for (const [mode, isOpen] of [[0o644, true] as const, [0o640, false] as const]) {
      write('text.pem', 'hello', mode);
      const open = /relay\.embedded\.tls\.key: others on this machine can read this key; run `chmod o-r` on it/;
      expect(open.test(section('{ cert: text.pem, key: text.pem }'))).toBe(isOpen);
    }
  });
});
