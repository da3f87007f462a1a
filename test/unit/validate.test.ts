import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { drivers } from '../../devices/index.js';
import { validateCommand } from '../../src/cli/validate.js';
import { madeUpDrivers } from '../support/made-up-driver.js';

const folder = mkdtempSync(join(tmpdir(), 'validate-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function validate(text: string | undefined) {
  const path = join(folder, 'b.yaml');
  if (text === undefined) rmSync(path, { force: true });
  else writeFileSync(path, text, { mode: 0o600 });
  const out: string[] = [];
  const err: string[] = [];
  const write = (lines: string[]) => (line: string) => void lines.push(line.replaceAll(path, 'b.yaml'));
  const deps = { env: {}, drivers: madeUpDrivers, homeDir: '/home/pi', out: write(out), err: write(err) };
  return { code: await validateCommand(path, deps), out, err };
}

it('says that a config is fine, and what is worth knowing', async () => {
  const text = 'devices: { a: { driver: madeup, port: auto, points: { t: {}, u: {} } } }\npanel: { host: 0.0.0.0 }\n';
  expect(await validate(text)).toEqual({
    code: 0,
    out: ['b.yaml: ok (1 device, 2 points listed)'],
    err: [expect.stringMatching(/^b\.yaml:2:16 panel\.host: the panel is open to the network .*\(warning\)$/)],
  });
});

it('prints one line a problem', async () => {
  expect(await validate('log: { level: loud }\nx: 1\n')).toMatchObject({
    code: 78,
    out: [],
    err: [expect.stringContaining('log.level'), expect.stringContaining('`x`')],
  });
});

it('says that it can not read a file', async () => {
  expect(await validate(undefined)).toEqual({
    code: 1,
    out: [],
    err: ['there is no file b.yaml; check the path, or begin with `carter-bridge init`'],
  });
});

const LAYOUT = `{
  "name": "x", "version": 1,
  "tabs": [{ "title": "a", "icon": "house", "grid": { "columns": 4, "rows": 8 }, "children": [
    { "type": "toggle", "id": "lamp", "position": [0, 0],
      "action": { "event": "broadcast_request", "payload": { "msg_type": "c", "on": "{{value}}" } } },
    { "type": "label", "id": "t", "position": [1, 0],
      "sync": [{ "filter": { "msg_type": "home.state" }, "valuePath": "shed.tmp" }] }
  ] }]
}`;

it('checks a layout', async () => {
  expect(await validate(LAYOUT)).toEqual({ code: 0, out: ['b.yaml: ok (layout, 2 controls)'], err: [] });
  expect(await validate(LAYOUT.replace('broadcast_request', 'set_lamp').replace('[1, 0]', '[0, 0]'))).toEqual({
    code: 78,
    out: [],
    err: [
      'b.yaml:5:28 tabs[0].children[0].action.event: relays drop frames of type `set_lamp` [dead_action]; write `"event":"broadcast_request"` and `"msg_type":"set_lamp"` into the payload',
      'b.yaml:6:47 tabs[0].children[1].position: lies over `lamp` [overlap]',
    ],
  });
  expect(await validate('{"tabs": [}')).toMatchObject({ code: 78, err: [expect.stringContaining('b.yaml:1:11')] });
});

it('only warns of what works otherwise than it looks', async () => {
  const { code, err } = await validate(LAYOUT.replace('"home.state"', '"c"'));
  expect(code).toBe(0);
  expect(err).toEqual([expect.stringMatching(/own_echo.*\(warning\)$/)]);
});

it('holds a layout against the devices and bindings of a config', async () => {
  const config = join(folder, 'c.yaml');
  const layout = join(folder, 'layout.json');
  writeFileSync(layout, LAYOUT);
  const points = '{ temp: {}, pump: { role: actuator, type: number, write: "P{value}" } }';
  const devices = `devices: { shed: { driver: lines, port: /dev/x, points: ${points} } }`;
  writeFileSync(config, `bridge: { name: home }\n${devices}\n`);
  const err: string[] = [];
  const deps = { env: {}, drivers, homeDir: '/home/pi', out: () => {}, err: (line: string) => void err.push(line) };
  expect(await validateCommand(layout, deps, config)).toBe(78);
  expect(err).toEqual([
    expect.stringContaining('layout.json:6:5 tabs[0].children[1]: `shed` has no point `tmp` [unknown_point]'),
  ]);
});

it('bears a layout that is wrong in every line', async () => {
  const wrong = Array.from({ length: 20_000 }, () => '{ "type": "gauge" }');
  const text = `{ "name": "x", "version": 1, "tabs": [{ "children": [\n${wrong.join(',\n')}\n] }] }`;
  const { code, err } = await validate(text);
  expect(code).toBe(78);
  expect(err).toHaveLength(201);
  expect(err.at(-1)).toMatch(/^and \d{5} more$/);
});
