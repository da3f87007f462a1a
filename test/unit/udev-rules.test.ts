import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseUdevRules, type UdevTerm } from '../support/udev-rules.js';

const text = readFileSync(join(import.meta.dirname, '../../scripts/udev/70-carter-bridge.rules'), 'utf8');
const rules = parseUdevRules(text);

/** What an event has: `SUBSYSTEM`, `ATTR{idVendor}` and so on. */
type Event = Readonly<Record<string, string>>;

const nameOf = ({ key, attribute }: UdevTerm) => (attribute === undefined ? key : `${key}{${attribute}}`);

function fits(term: UdevTerm, event: Event): boolean {
  const has = event[nameOf(term)] ?? '';
  const patterns = term.value.split('|').map((word) => new RegExp(`^${word.replaceAll('*', '.*')}$`));
  return patterns.some((pattern) => pattern.test(has)) === (term.operator === '==');
}

/** What the rules set for an event, with their jumps followed. */
function setBy(event: Event): Record<string, string> {
  const given: Record<string, string> = {};
  let target: string | undefined;
  for (const rule of rules) {
    const label = rule.find(({ key }) => key === 'LABEL')?.value;
    if (target !== undefined && label !== target) continue;
    target = undefined;
    const isTest = ({ operator }: UdevTerm) => operator === '==' || operator === '!=';
    if (!rule.filter(isTest).every((term) => fits(term, event))) continue;
    for (const term of rule.filter((term) => !isTest(term))) {
      if (term.key === 'GOTO') target = term.value;
      else if (term.key !== 'LABEL') given[nameOf(term)] = term.value;
    }
  }
  return given;
}

const device = (vendor: string, product: string) => ({
  ACTION: 'add',
  SUBSYSTEM: 'usb',
  'ENV{DEVTYPE}': 'usb_device',
  'ATTR{idVendor}': vendor,
  'ATTR{idProduct}': product,
});
const port = (vendor: string, product: string) => ({
  ACTION: 'add',
  SUBSYSTEM: 'tty',
  SUBSYSTEMS: 'usb',
  'ATTRS{idVendor}': vendor,
  'ATTRS{idProduct}': product,
});

describe('the udev rules', () => {
  it('jump only forward, to labels that exist once', () => {
    const labels = rules.flatMap((rule, at) =>
      rule.filter(({ key }) => key === 'LABEL').map(({ value }) => [value, at]),
    );
    expect(new Set(labels.map(([name]) => name)).size).toBe(labels.length);
    const places = new Map(labels as [string, number][]);
    for (const [at, rule] of rules.entries()) {
      for (const { key, value } of rule) if (key === 'GOTO') expect(places.get(value), value).toBeGreaterThan(at);
    }
  });

  it.each([
    ['1a86', '7523'],
    ['10c4', 'ea60'],
    ['0403', '6001'],
    ['067b', '2303'],
    ['2341', '0043'],
    ['2e8a', '000a'],
  ])('keep ModemManager away from %s:%s and from its port', (vendor, product) => {
    expect(setBy(device(vendor, product))).toEqual({ 'ENV{ID_MM_DEVICE_IGNORE}': '1' });
    expect(setBy(port(vendor, product))).toEqual({ 'ENV{ID_MM_PORT_IGNORE}': '1' });
  });

  it.each([
    ['a real modem', device('12d1', '1506')],
    ['another device of a maker of adapters', device('1a86', 'e092')],
    ['a port of the board itself', { ACTION: 'add', SUBSYSTEM: 'tty' }],
    ['a device that goes', { ...device('1a86', '7523'), ACTION: 'remove' }],
  ])('leave %s alone', (_what, event) => {
    expect(setBy(event)).toEqual({});
  });

  it('make FTDI adapters quick, and GPIO chips the group’s', () => {
    const ftdi = { ACTION: 'add', SUBSYSTEM: 'usb-serial', DRIVER: 'ftdi_sio' };
    expect(setBy(ftdi)).toEqual({ 'ATTR{latency_timer}': '1' });
    expect(setBy({ ...ftdi, DRIVER: 'ch341-uart' })).toEqual({});
    const chip = { ACTION: 'add', SUBSYSTEM: 'gpio', KERNEL: 'gpiochip0' };
    expect(setBy(chip)).toEqual({ GROUP: 'gpio', MODE: '0660' });
  });

  it.each(['ATTR{idVendor}="1a86', 'SUBSYSTEM=="tty" KERNEL=="x"', 'GOTO=="x"', 'Subsystem=="tty"'])(
    'would not pass with %j',
    (line) => {
      expect(() => parseUdevRules(line)).toThrow('line 1');
    },
  );
});
