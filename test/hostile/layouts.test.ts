import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drivers } from '../../devices/index.js';
import { parseLayout } from '../../src/config/layout-file.js';
import { parseConfig } from '../../src/config/load.js';
import { describeError } from '../../src/error.js';
import { lint } from '../../src/layout/lint.js';
import { type Attack, repelled } from '../support/attack.js';
import { no, routed, tapped, unheard } from '../support/bridge-attacks.js';
import { CANARY, HostileScene, RAW } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';

const SECRET = `Bearer ${CANARY.token}`;
const send = (payload: object) => ({
  method: 'meshsocket',
  mode: 'broadcast',
  event: 'broadcast_request',
  payload,
});
const at = (y: number) => ({ position: [y, 0], span: [1, 2] });

/** A layout of somebody who would like to have secrets passed on, and other things switched than its controls say. */
const GIVEN = JSON.stringify({
  name: 'A gift',
  version: 1,
  secrets: { relay: CANARY.token },
  connection: {
    url: `wss://me:${CANARY.token}@192.0.2.1`,
    token: CANARY.token,
    identity: { name: 'p', auth_token: CANARY.token },
  },
  sources: {
    weather: { method: 'http', url: 'https://192.0.2.2', headers: { Authorization: SECRET, 'X-Api-Key': SECRET } },
  },
  tabs: [
    {
      title: 'Gift',
      grid: { columns: 4, rows: 8 },
      children: [
        { type: 'toggle', id: 'lamp', ...at(0), action: send({ msg_type: 'gift', to: '{{value}}' }) },
        {
          type: 'button',
          id: 'alien',
          ...at(1),
          action: send({ msg_type: 'garage.cmd', dev: 'shed', point: 'pump', value: true }),
        },
        {
          type: 'button',
          id: 'deep',
          ...at(2),
          action: send({ msg_type: 'gift2', dev: '__proto__', point: 'constructor' }),
        },
        {
          type: 'button',
          id: 'ask',
          ...at(3),
          action: { method: 'http', url: 'https://192.0.2.3', headers: { cookie: SECRET } },
        },
      ],
    },
  ],
});

const GIFTS: Attack<HostileScene>[] = [
  routed('secrets in a layout that is asked for', 'rig.get_layout', null, { ok: true }),
  {
    name: 'secrets in a layout that is put on phones',
    refusal: { ok: true, confirmed: false },
    attack: (scene) => scene.page.ask('panel.push', {}),
  },
  tapped('a control that says another type than its point', { msg_type: 'gift', to: 'on; reboot' }, 'type'),
  tapped('a control that says an object', { msg_type: 'gift', to: { toString: 1 } }, 'type'),
  unheard('a control of another namespace', { msg_type: 'garage.cmd', dev: 'shed', point: 'pump', value: true }),
  unheard('a control that is bound to nothing', { msg_type: 'gift2', dev: '__proto__', point: 'constructor' }),
  unheard(
    'a control with more in its frame than it has',
    { msg_type: 'gift', to: true, dev: 'shed', to2: true },
    { msg_type: 'gift3' },
  ),
  routed(
    'a control whose frame is routed',
    'gift',
    { msg_type: 'gift', to: true },
    { ok: false, error: 'unknown type' },
  ),
  routed('a point under a prototype', 'rig.set', { dev: '__proto__', point: 'lamp', value: true }, no('unknown_point')),
];

describe('a layout that somebody gave you', () => {
  let scene: HostileScene;
  const folder = mkdtempSync(join(tmpdir(), 'carter-gift-'));
  beforeAll(async () => {
    const file = join(folder, 'gift.json');
    writeFileSync(file, GIVEN);
    scene = await HostileScene.open(embeddedRelay, {
      token: CANARY.token,
      config: { layout: { file, bindings: { lamp: 'shed.pump' } } },
    });
  });
  afterAll(async () => {
    await scene.close();
    rmSync(folder, { recursive: true });
  });

  repelled(() => scene, GIFTS);

  it('switches what it is bound to, and nothing else', async () => {
    const tap = scene.anna.command({ msg_type: 'gift', to: true });
    expect(await scene.anna.waitFor(({ cmd_id }) => cmd_id === tap)).toMatchObject({ ok: true, value: true });
    expect(scene.sketch.heardBytes).toBe('PUMP on\n');
  });
});

describe('a layout whose controls listen to what commands others', () => {
  const hears = (filter: object) => ({
    type: 'toggle',
    id: 'lamp',
    label: 'Lamp',
    ...at(0),
    sync: [{ method: 'meshsocket', type: 'listen', event: 'broadcast', filter, valuePath: 'value' }],
  });
  const bound = (filter: object) => {
    const folder = mkdtempSync(join(tmpdir(), 'carter-gift-'));
    const grid = { columns: 4, rows: 8 };
    const tabs = [{ title: 'Gift', icon: 'cpu', grid, children: [hears(filter)] }];
    writeFileSync(join(folder, 'gift.json'), JSON.stringify({ name: 'A gift', version: 1, tabs }));
    const text = JSON.stringify({
      devices: { shed: { driver: 'lines', port: '/dev/null', points: { pump: { type: 'boolean' } } } },
      layout: { file: join(folder, 'gift.json'), bindings: { lamp: 'shed.pump' } },
    });
    try {
      return parseConfig({ path: 'gift', text, shared: false }, { drivers, env: {}, homeDir: folder });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it.each([
    ['a bridge: a command', { msg_type: 'barn.cmd', dev: 'gate', point: 'pump' }],
    ['a bridge: a held button', { msg_type: 'barn.hold', dev: 'gate', point: 'jog', held: true }],
    ['a bridge: the emergency stop', { msg_type: 'barn.estop' }],
    ['a bridge: its end', { msg_type: 'barn.estop_reset' }],
    ['this bridge', { msg_type: 'carter.cmd', dev: 'shed', point: 'pump' }],
    ['a hub', { msg_type: 'bench.fan.set' }],
    ['apps: another layout', { msg_type: 'layout-update', name: 'Not the house’s', tabs: [] }],
    ['apps: another control', { msg_type: 'control-edit-request', control: {} }],
    ['a studio', { msg_type: 'studio.event', event: 'bye' }],
    ['people', { msg_type: 'chat_message', id: '1', text: 'Send money' }],
  ])('is not taken, as the bridge would command %s', (_what, filter) => {
    expect(() => bound(filter)).toThrow(/layout.bindings.lamp: .*commands bridges or apps/);
  });

  it('is taken with words of its own', () => {
    expect(bound({ msg_type: 'gift.state' }).warnings).toEqual(expect.any(Array));
  });
});

describe('a file that is meant for the reader of layouts', () => {
  it.each([
    ['no JSON', 'rm -rf /'],
    ['a list', '[]'],
    ['a hundred thousand brackets', `{"tabs":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['a hundred thousand brackets that never close', `{"tabs":${'['.repeat(100_000)}`],
    ['colours for the terminal', '{"tabs":[],\u001b[2J}'],
    ['a prototype', '{"tabs":[{"__proto__":{"children":[]}}]}'],
    ['a key twice, with text that runs backwards', '{"\u202ea":1,"\u202ea":2}'],
  ])('is refused in words for a terminal: %s', (_what, text) => {
    let said = '';
    try {
      parseLayout({ path: 'gift\u001b[2J.json', text } as Parameters<typeof parseLayout>[0]);
    } catch (error) {
      said = describeError(error);
    }
    expect(said).not.toBe('');
    expect(said.replaceAll('\n', '')).not.toMatch(RAW);
  });

  it.each([
    [
      'twenty thousand controls',
      JSON.stringify({ tabs: [{ children: Array.from({ length: 20_000 }, (_, i) => ({ type: 'x', id: `c${i}` })) }] }),
    ],
    [
      'control characters everywhere',
      JSON.stringify({
        name: '\u001b[2J',
        tabs: [{ title: '\u202e', children: [{ type: '\u001b]0;x\u0007', id: '\u0000' }] }],
      }),
    ],
    [
      'other types than everybody has',
      '{"name":{},"tabs":[7,null,[],{"children":{"toString":1}}],"state":[],"connection":7}',
    ],
  ])('is looked at and spoils nothing: %s', (_what, text) => {
    const { document } = parseLayout({ path: 'gift.json', text } as Parameters<typeof parseLayout>[0]);
    // What is found is made fit for a terminal where it is printed.
    expect(lint(document).every(({ message }) => typeof message === 'string')).toBe(true);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
