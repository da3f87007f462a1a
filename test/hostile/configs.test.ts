import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Attack, repelled } from '../support/attack.js';
import { eventually } from '../support/eventually.js';
import { CANARY, RAW } from '../support/hostile-scene.js';
import { connectPhone, type Phone } from '../support/phone.js';
import { Program } from '../support/program.js';
import { RigBoard, SKETCH } from '../support/rig.js';

interface LogLine {
  readonly level: string;
  readonly msg: string;
}

/** What a config writes for a secret of the owner's environment. */
const FROM_ENVIRONMENT = ['$', '{CANARY}'].join('');
const NOT_TAKEN = 'the config was not taken; the bridge goes on with the one that it has';
/** Whoever watches sees new values at least so often, while a config is read as well: a busy machine has the rest. */
const HELD_UP_MS = 2_000;

/** The program on a config, its pump on, and its owner, who puts in what somebody gave them. */
class Owner {
  private readonly folder = mkdtempSync(join(tmpdir(), 'carter-configs-'));
  private readonly file = join(this.folder, 'bridge.yaml');
  private readonly board = RigBoard.simulating(join(this.folder, 'shed'), SKETCH, 1);
  private bridge!: Program;
  private phone!: Phone;

  async begin(): Promise<void> {
    this.board.plug();
    this.write(this.own());
    this.bridge = new Program(['run', '--config', this.file], { CANARY: CANARY.token });
    const [, url = ''] = await this.bridge.shows(/bridge house on (\S+),/);
    this.phone = await connectPhone({ url, name: 'anna', channel: 'home' });
    await this.bridge.shows(/"msg":"connected"/);
    const cmd = this.phone.command({ msg_type: 'house.cmd', dev: 'shed', point: 'pump', value: true });
    expect(await this.phone.waitFor((frame) => frame['cmd_id'] === cmd)).toMatchObject({ ok: true });
  }

  async end(): Promise<void> {
    await this.phone.close();
    expect(await this.bridge.stop()).toBe(0);
    this.board.pull();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Their own config, with more in it; `plus` goes behind it as it is. */
  own(more: object = {}, plus = ''): string {
    const own = {
      bridge: { name: 'house', namespace: 'house', stateDir: join(this.folder, 'state') },
      relay: { embedded: { port: 0, host: '127.0.0.1' }, channel: 'home' },
      discover: false,
      devices: { shed: { ...SKETCH, port: join(this.folder, 'shed') } },
    };
    return `${stringify({ ...own, ...more })}${plus}`;
  }

  /** Has the bridge read it, as it runs: what it says of that, and for how long it was held up. */
  async takes(text: string): Promise<object> {
    const before = this.lines.length;
    this.write(text);
    const began = performance.now();
    this.bridge.child.kill('SIGHUP');
    const said = () => this.lines.slice(before);
    await eventually(() => said().some(({ msg }) => /^the config (was|says)/.test(msg))).toBe(true);
    const heldUp = performance.now() - began > HELD_UP_MS;
    return {
      heldUp,
      said: said()
        .filter(({ level }) => level === 'error')
        .map(({ msg }) => msg),
    };
  }

  async damage(got: unknown): Promise<string[]> {
    const found: string[] = [];
    if (this.board.simulator.output('pump') !== true) found.push('the pump was switched');
    if (this.board.simulator.output('fan') !== 0) found.push('the fan was switched');
    const passedOn = { log: this.bridge.err, output: this.bridge.out, answer: JSON.stringify(got) };
    for (const [place, text] of Object.entries(passedOn)) {
      if (text.includes(CANARY.token)) found.push(`the ${place} shows a secret`);
      if (RAW.test(text)) found.push(`the ${place} has ${JSON.stringify(RAW.exec(text)?.[0])}`);
    }
    return found;
  }

  private get lines(): LogLine[] {
    const whole = this.bridge.err.slice(0, this.bridge.err.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LogLine);
  }

  private write(text: string): void {
    writeFileSync(this.file, text);
  }
}

const many = (count: number, word: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => word(i)).join('\n');

/** A config that is refused with these words first. */
function given(name: string, words: RegExp, text: (owner: Owner) => string): Attack<Owner> {
  return {
    name,
    refusal: { heldUp: false, said: expect.arrayContaining([expect.stringMatching(words), NOT_TAKEN]) },
    attack: (owner) => owner.takes(text(owner)),
  };
}

/** The same, with a derived point or a pattern of this text. */
const formula = (name: string, words: RegExp, from: string) =>
  given(name, words, (owner) => owner.own({ derived: { evil: from } }));
const pattern = (name: string, words: RegExp, regexp: string) =>
  given(name, words, (owner) => {
    const evil = { driver: 'lines', port: '/dev/null', format: { regex: regexp } };
    return owner.own({ devices: { evil } });
  });

const GIFTS: Attack<Owner>[] = [
  given('aliases that multiply', /too many aliases/, (owner) => {
    const levels = 'bcdefgh'.split('').map((c, i) => `${c}: &${c} [${`*${'abcdefg'[i]},`.repeat(9)}]`);
    return owner.own({}, ['a: &a [x, x]', ...levels].join('\n'));
  }),
  given('more aliases than anybody has', /more than 1000 aliases/, (owner) =>
    owner.own({}, `a: &a 1\nb: [${'*a,'.repeat(20_000)}]`),
  ),
  given('an alias inside its own anchor', /an alias inside its own anchor/, (owner) =>
    owner.own({}, 'a: &a { b: *a }'),
  ),
  given('five thousand brackets in a config', /more than 64 mappings and lists/, () => '['.repeat(5_000)),
  given('a million lines without a word', /more than 100000 words and signs/, () => '\n'.repeat(1_000_000)),
  given('more keys than anybody has', /more than 100000 words and signs/, () => many(30_000, (i) => `k${i}: 1`)),
  given('one key ten thousand times', /key/, () => many(10_000, () => 'k: 1')),
  given('references without an end', /\$\{/, (owner) => owner.own({}, `a: "${'${x:-'.repeat(150_000)}"`)),
  given('a secret of the environment where no text belongs', /publish\.maxHz/, (owner) =>
    owner.own({ publish: { maxHz: FROM_ENVIRONMENT } }),
  ),
  given('a secret of the environment as a driver', /driver/, (owner) =>
    owner.own({ devices: { shed: { driver: FROM_ENVIRONMENT } } }),
  ),
  given('a secret of the environment as a key’s value that is not known', /unknown/, (owner) =>
    owner.own({ extra: FROM_ENVIRONMENT }),
  ),
  given('a device named as a prototype', /__proto__/, (owner) =>
    owner.own({}).replace('devices:\n', 'devices:\n  __proto__: { driver: lines, port: auto, polluted: 1 }\n'),
  ),
  given('a device named as a constructor', /constructor/, (owner) =>
    owner.own({}).replace('devices:\n', 'devices:\n  constructor: { driver: lines, port: auto }\n'),
  ),
  given('what steers a terminal as a key', /unknown key/, (owner) => owner.own({}, '"\\e[2J\\e]0;owned\\a": 1')),
  given('what steers a terminal as a value', /log\.level/, (owner) =>
    owner.own({ log: { level: 'info' } }).replace('level: info', 'level: "\\e[2Jinfo"'),
  ),
  given('another folder for what is remembered', /stateDir can't be changed/, (owner) =>
    owner.own({ bridge: { name: 'house', namespace: 'house', stateDir: '/etc' } }),
  ),
];

let owner: Owner;

beforeAll(async () => {
  owner = new Owner();
  await owner.begin();
});

afterAll(async () => {
  await owner.end();
});

describe('a config that somebody gave the owner', () => {
  repelled(
    () => owner,
    [
      ...GIFTS,
      formula('a formula of a thousand brackets', /derived/, `${'('.repeat(1_000)}shed.temp${')'.repeat(1_000)}`),
      formula('a formula that calls what it likes', /derived/, 'shed.temp.constructor.constructor("return process")()'),
      pattern('a pattern that grows without end', /regex/, '^(?<n>((a{999}){999}){999})$'),
      pattern('a pattern that looks back', /regex/, '^(?<n>a+)\\k<n>$'),
      pattern('a pattern of thousands of groups', /regex/, '(?<n>('.repeat(3_000) + '))'.repeat(3_000)),
    ],
  );

  it('the owner’s own is taken afterwards, and nothing was switched meanwhile', async () => {
    expect(await owner.takes(owner.own())).toEqual({ heldUp: false, said: [] });
    expect(await owner.damage('')).toEqual([]);
  });
});
