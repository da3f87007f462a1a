import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { JsonObject } from '../../src/mesh/frame.js';
import { type Attack, repelled, type Unharmed } from '../support/attack.js';
import { Program } from '../support/program.js';

/** Clears a terminal, names its window, turns words round, and ends lines where others see no end. */
const EVIL = '\u001b[2J\u001b]0;own\u0007\u202elive\u2028\u2069\u200e\u009b2J';
const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** Somebody at a terminal, with files that they were given. */
class Reader implements Unharmed {
  readonly folder = mkdtempSync(join(tmpdir(), 'carter-terminal-'));
  private printed = '';

  /** What a command prints until it ends, or until it shows this. */
  async prints(args: readonly string[], until?: RegExp): Promise<string> {
    const program = new Program(args);
    if (until) await program.shows(until).finally(() => program.stop());
    else await program.exited;
    this.printed = program.out + program.err;
    return this.printed;
  }

  /** A config with this in it. */
  given(more: JsonObject): string {
    const path = join(this.folder, 'bridge.json');
    const relay = { channel: 'home', embedded: { port: 0 } };
    const bridge = { stateDir: join(this.folder, 'state') };
    writeFileSync(path, JSON.stringify({ bridge, relay, discover: false, ...more }), { mode: 0o600 });
    return path;
  }

  async damage(): Promise<string[]> {
    const [raw] = RAW.exec(this.printed) ?? [];
    return raw === undefined ? [] : [`the terminal gets ${JSON.stringify(raw)}`];
  }
}

/** A command that ends with this said, on a config with that in it. */
function config(name: string, said: RegExp, more: JsonObject): Attack<Reader> {
  return {
    name,
    refusal: expect.stringMatching(said),
    attack: (reader) => reader.prints(['run', '--config', reader.given(more)], said),
  };
}

/** A command that asks whoever took the bridge's place, and gets this. */
function answered(name: string, args: readonly string[], said: RegExp, answer: JsonObject): Attack<Reader> {
  return {
    name,
    refusal: expect.stringMatching(said),
    attack: async (reader) => {
      const server = createServer((socket) => {
        socket.on('error', () => {}); // who only looks whether somebody is there hangs up
        socket.once('data', () => socket.end(`${JSON.stringify(answer)}\n`));
      });
      await new Promise<void>((resolve) => server.listen(join(reader.folder, 'control.sock'), resolve));
      try {
        return await reader.prints([...args, '--state-dir', reader.folder]);
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** A command line that makes no sense, as somebody pasted it. */
function usage(name: string, args: readonly string[]): Attack<Reader> {
  return {
    name: `${name} that somebody pasted`,
    refusal: expect.stringMatching(/^error: .*\\x1b/),
    attack: (reader) => reader.prints(args),
  };
}

const COMMAND = { at: 0, took_ms: 1, from: 'a', via: 'plain', what: 'shed.sign', wish: 'b', ok: true, value: EVIL };

const ATTACKS: Attack<Reader>[] = [
  config('a certificate’s path', /\[tls\/files\]/, {
    relay: { channel: 'home', embedded: { port: 0, tls: { cert: `/nowhere/${EVIL}`, key: '/nowhere/key' } } },
  }),
  config('a channel’s name', /channel [\\\u001b]/, { relay: { channel: EVIL, embedded: { port: 0 } } }),
  config('an address to listen at', /not an address to listen on/, {
    relay: { channel: 'home', token: '12345678', embedded: { port: 0, host: EVIL } },
  }),
  {
    name: 'a file’s name',
    refusal: expect.stringMatching(/\[record\/missing\]/),
    attack: (reader) => reader.prints(['replay', join(reader.folder, EVIL)]),
  },
  answered('a value in the audit', ['audit'], /now \\x1b/, { ok: true, commands: [COMMAND] }),
  answered('a value in the audit for programs', ['audit', '--json'], /\\u202e/, { ok: true, commands: [COMMAND] }),
  answered('a refusal', ['get', 'shed'], /\\x1b/, { ok: false, message: EVIL }),
  answered('everything in the audit', ['audit'], /^—\t\\x1b/, {
    ok: true,
    commands: [
      { ...COMMAND, at: 1e300, from: EVIL, via: EVIL, what: EVIL, wish: EVIL, ok: false, code: EVIL, message: EVIL },
    ],
  }),
  answered('a time that is none', ['get', 'shed'], /at —/, {
    ok: true,
    points: {},
    last: { a: { value: 1, at: 1e300 } },
  }),
  answered('a refusal to be watched', ['monitor', 'shed.pump'], /\\x1b/, { ok: false, message: EVIL }),
  answered('how a device is', ['get', 'shed'], /\\x1b/, { ok: true, health: EVIL, points: {} }),
  answered('how good a value is', ['get', 'shed'], /\\x1b/, {
    ok: true,
    points: { [EVIL]: { value: EVIL, unit: EVIL, quality: EVIL } },
    last: { [EVIL]: { value: EVIL } },
  }),
  answered('a phone’s name', ['push'], /\\x1b/, { ok: true, confirmed: true, phone: EVIL, missing: [EVIL] }),
  answered('a phone that is not there', ['push'], /\\x1b/, { ok: false, message: EVIL }),
  answered('what became of a consent', ['approve', 'shed'], /\\x1b/, { ok: true, health: EVIL, message: EVIL }),
  answered('a link', ['panel'], /\\x1b/, { ok: true, link: EVIL }),
  answered('what a phone needs', ['pair'], /\\u001b/, { ok: true, text: EVIL }),
  answered('what a value became', ['set', 'shed.sign', 'x'], /\\x1b/, { ok: true, value: EVIL, message: EVIL }),
  answered('why a value is refused', ['set', 'shed.sign', 'x'], /\\x1b/, { ok: false, code: EVIL, message: EVIL }),
  answered('a layout', ['layout'], /\\u202e/, { ok: true, layout: { [EVIL]: EVIL } }),
  answered('a device’s name', ['get', EVIL], /\\x1b/, { ok: true, health: 'online', points: { a: { value: 1 } } }),
  usage('a command', [EVIL]),
  usage('an option', ['run', `--${EVIL}`]),
  usage('an option’s value', ['bench', '--port', EVIL]),
];

describe('texts that steer the terminal of whoever reads them', () => {
  let reader: Reader;
  beforeAll(() => {
    reader = new Reader();
  });
  afterAll(() => rmSync(reader.folder, { recursive: true, force: true }));

  repelled(() => reader, ATTACKS);
});
