import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { drivers } from '../../devices/index.js';
import { changedSections, fixedProblems } from '../../src/config/changes.js';
import { loadConfig, parseConfig } from '../../src/config/load.js';
import { fleetChange } from '../../src/device/fleet-change.js';

const EXAMPLES = join(import.meta.dirname, '../../scripts/examples');
const context = { env: { CARTER_TOKEN: 'secret' }, drivers, homeDir: '/home/pi', hostname: 'pi' };
const parse = (text: string) => parseConfig({ path: 'b.yaml', text, shared: false }, context).config;

it.each(readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml')))('%s read twice says nothing new', (name) => {
  const read = () => loadConfig(join(EXAMPLES, name), context).config;
  expect([...changedSections(read(), read())]).toEqual([]);
});

it('is about what a config means, not how it is written', () => {
  const before = parse('devices: { hut: { driver: lines, port: /dev/hut, format: json } }\npublish: { keyframe: 60s }');
  const after = parse(
    'publish:\n  keyframe: 1m # often\ndevices:\n  hut: { format: json, driver: lines, port: /dev/hut }',
  );
  expect([...changedSections(before, after)]).toEqual([]);
  expect([...changedSections(before, parse('panel: {}'))].sort()).toEqual(['devices', 'panel', 'publish']);
});

it('knows devices that are gone, changed and added', () => {
  const device = (id: string, baud = 9600) => [id, { driver: 'lines', options: { port: `/dev/${id}`, baud } }] as const;
  const before = new Map([device('a'), device('b'), device('c')]);
  const after = new Map([device('d'), device('c', 115200), device('b')]);
  expect(fleetChange(before, after)).toEqual({ gone: ['a'], changed: ['c'], added: ['d'] });
});

it('names what only a restart can change', () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-changes-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const named = (name: string, state = folder) =>
    parse(`bridge: { name: ${name}, namespace: home, stateDir: ${state} }`);
  expect(fixedProblems(named('house'), named('house'))).toEqual([]);
  expect(fixedProblems(named('house'), named('barn', '/var/lib/barn'))).toEqual([
    "bridge.name can't be changed while the bridge runs; restart it, or write `house` again",
    `bridge.stateDir can't be changed while the bridge runs; restart it, or write \`${folder}\` again`,
  ]);
});

it('names a namespace only where the config does: else it follows from the name', () => {
  const named = (name: string) => parse(`bridge: { name: ${name} }`);
  expect(fixedProblems(named('house'), named('barn'))).toEqual([
    "bridge.name can't be changed while the bridge runs; restart it, or write `house` again",
  ]);
});
