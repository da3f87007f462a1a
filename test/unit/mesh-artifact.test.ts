import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBridgeError } from '../../src/error.js';
import { readArtifact, secretsOf } from '../../src/mesh/artifact.js';

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const BLOCK = {
  url: 'ws://192.0.2.10:8765',
  hub: 'bench-bridge',
  mode: 'room',
  e2eeKey: KEY,
  token: 'shared',
  identity: { name: 'bench-phone', channel: 'lab', role: 'controller', canBroadcast: true },
};

describe('what a user holds', () => {
  it.each([
    ['an address', 'ws://192.0.2.10:8765', { kind: 'url', url: 'ws://192.0.2.10:8765' }],
    ['an address with a path', 'wss://relay.example/mesh', { kind: 'url', url: 'wss://relay.example/mesh' }],
    [
      'pairing data',
      { url: 'wss://relay.example', channel: 'lab', role: 'controller', token: 't', k: KEY },
      { kind: 'pairing', url: 'wss://relay.example', channel: 'lab', token: 't', roomKey: KEY },
    ],
    ['pairing data without more', { url: 'ws://a' }, { kind: 'pairing', url: 'ws://a' }],
    [
      'a connection block',
      BLOCK,
      { kind: 'layout', url: 'ws://192.0.2.10:8765', channel: 'lab', token: 'shared', roomKey: KEY },
    ],
    [
      'a layout',
      { name: 'Bench', version: 1, tabs: [], connection: BLOCK },
      { kind: 'layout', url: 'ws://192.0.2.10:8765', channel: 'lab', token: 'shared', roomKey: KEY },
    ],
    [
      'a device credential',
      {
        url: 'wss://gate.example',
        channel: 'home',
        token: 'short',
        refresh: 'long',
        did: 'd1',
        k: KEY,
        validator: 'https://v.example/x',
      },
      {
        kind: 'credential',
        url: 'wss://gate.example',
        channel: 'home',
        token: 'short',
        roomKey: KEY,
        credential: { deviceId: 'd1', refresh: 'long', validator: 'https://v.example/x' },
      },
    ],
  ])('%s', (_name, given, read) => {
    expect(readArtifact(given)).toEqual(read);
  });

  it.each([
    ['text that is no address', 'http://relay.example'],
    ['an address with a password', 'ws://user:secret@relay.example'],
    ['nothing', null],
    ['a list', []],
    ['an object without an address', { channel: 'lab' }],
    ['a layout without a connection', { tabs: [] }],
    ['a connection of an account', { identity: { channel: 'lab' }, mode: 'room' }],
    ['half a credential', { url: 'wss://a', did: 'd1', validator: 'https://v.example' }],
    ['a credential without its service', { url: 'wss://a', did: 'd1', refresh: 'r' }],
    [
      'a credential whose service is not sealed',
      { url: 'wss://a', did: 'd1', refresh: 'r', validator: 'http://v.example' },
    ],
    ['a token that is no text', { url: 'ws://a', token: 7 }],
  ])('refuses %s', (_name, given) => {
    expect(() => readArtifact(given)).toThrow(expect.objectContaining({ code: 'relay/artifact' }));
  });

  it('throws nothing else, and tells no secret, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('did', 'identity', 'tabs', 'connection', 'url', 'k'),
        (value, key) => {
          const given = { url: 'ws://a', token: 'hunter2hunter2', refresh: 'hunter2hunter2', [key]: value };
          try {
            readArtifact(given);
          } catch (error) {
            if (!isBridgeError(error, 'relay/artifact')) throw error;
            expect(`${error.message} ${error.hint}`).not.toContain('hunter2');
          }
        },
      ),
    );
  });

  it('names what no log may show', () => {
    expect(secretsOf(readArtifact(BLOCK))).toEqual(['shared', KEY]);
    expect(secretsOf(readArtifact('ws://a'))).toEqual([]);
  });
});
