import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopbackUrl, isPrivateUrl, parseRelayUrl } from '../../src/mesh/connection.js';
import { parseJson } from '../../src/mesh/json.js';
import { isMeshName, meshName } from '../../src/mesh/name.js';
import { findByName, readRoster } from '../../src/mesh/roster.js';

describe('names', () => {
  it.each([
    ['garage', 'garage'],
    ["Carter's iPhone", 'Carter-s-iPhone'],
    ['42.garage', '42.garage'],
    ['_-garage', 'garage'],
    ['1.2.3', '1.2-3'],
    ['Büro 3!', 'B-ro-3'],
    ['--garage--', 'garage'],
    ['garage-', 'garage-'],
    ['', 'bridge'],
    ['日本', 'bridge'],
    ['7.', '7'],
  ])('%j becomes %j', (text, name) => {
    expect(meshName(text)).toBe(name);
  });

  it('are acceptable whatever they were made of, and stay as they are once they are', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => {
        expect(isMeshName(meshName(text))).toBe(true);
        expect(meshName(meshName(text))).toBe(meshName(text));
      }),
    );
    fc.assert(
      fc.property(
        fc.stringMatching(/^([0-9]{1,32}\.)?[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/),
        (name) => meshName(name) === name,
      ),
    );
  });
});

describe('rosters', () => {
  it('keep what has an id, and nulls for odd names', () => {
    const roster = readRoster({
      clients: [
        { id: 'a', name: 'twin', channel: 'lab', role: 'hub' },
        { id: 'b', name: 'twin', channel: 7, role: [] },
        { id: 'c', name: null },
        { id: 'd', name: '' },
        { id: 5, name: 'x' },
        { id: '', name: 'x' },
        null,
        'x',
      ],
    });
    expect(roster.map((entry) => [entry.id, entry.name, entry.channel, entry.role])).toEqual([
      ['a', 'twin', 'lab', 'hub'],
      ['b', 'twin', null, null],
      ['c', null, null, null],
      ['d', null, null, null],
    ]);
    expect(findByName(roster, 'twin')?.id).toBe('b');
    expect(findByName(roster, '')).toBeUndefined();
  });

  it('are empty for anything else', () => {
    fc.assert(fc.property(fc.jsonValue(), (payload) => Array.isArray(readRoster(payload))));
    for (const odd of [null, 'x', [], {}, { clients: {} }, { clients: 'abc' }]) expect(readRoster(odd)).toEqual([]);
  });
});

describe('JSON from others', () => {
  it('is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        if (text.includes('__proto__')) return;
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('relay addresses', () => {
  it('are read, and shown without their query', () => {
    expect(parseRelayUrl(' ws://Relay.local:8765 ')).toEqual({
      url: 'ws://relay.local:8765/',
      display: 'ws://relay.local:8765',
      hostname: 'relay.local',
      secure: false,
    });
    expect(parseRelayUrl('wss://x.org/mesh?key=s3cret').display).toBe('wss://x.org/mesh');
  });

  it.each(['', 'relay:8765', 'http://x', '192.168.1.5:8765', 'ws://', 'ws://u:p@x', 'ws://x/#a', 'ws://x:99999'])(
    'refuse %j',
    (text) => {
      expect(() => parseRelayUrl(text)).toThrow(
        expect.objectContaining({ code: 'mesh/url', hint: expect.any(String) }),
      );
    },
  );

  it.each([
    ['ws://localhost:8765', true, true],
    ['ws://a.localhost', true, true],
    ['ws://127.9.9.9:1', true, true],
    ['ws://0x7f.1', true, true],
    ['ws://[::1]:8765', true, true],
    ['ws://[::ffff:127.0.0.1]', true, true],
    ['ws://192.168.1.50:8765', false, true],
    ['ws://10.1.2.3', false, true],
    ['ws://172.31.255.1', false, true],
    ['ws://100.100.1.1', false, true],
    ['ws://[fd00::1]', false, true],
    ['ws://[fe80::1]', false, true],
    ['ws://raspberrypi.local', false, true],
    ['ws://raspberrypi', false, true],
    ['ws://pi.tailnet.ts.net', false, true],
    ['ws://172.32.0.1', false, false],
    ['ws://8.8.8.8', false, false],
    ['ws://[2001:db8::1]', false, false],
    ['ws://relay.example.org', false, false],
    ['ws://localhost.evil.example', false, false],
    ['ws://192.168.1.50.evil.example', false, false],
  ])('%s', (url, loopback, private_) => {
    expect([isLoopbackUrl(url), isPrivateUrl(url)]).toEqual([loopback, private_]);
  });
});
