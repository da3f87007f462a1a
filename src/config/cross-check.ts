import type { DriverRegister } from '../device/driver-kind.js';
import { idProblem } from '../device/options.js';
import { DERIVED } from '../state/derived.js';
import { checkAlarms } from './alarm-check.js';
import { checkDerived } from './derived-check.js';
import { didYouMean, oneOf } from './did-you-mean.js';
import type { Path } from './path.js';
import { sharedPins } from './pin-check.js';
import type { Finding } from './problems.js';
import type { Wording } from './wording.js';

type Mapping = Record<string, unknown>;
/** The points that a device's options list, where those are all that it has. */
type Listed = (device: string) => Mapping | undefined;

/** What no schema of one part can see, such as two devices on one port. Works on the raw document, valid or not. */
export function crossCheck(data: unknown, drivers: DriverRegister): Finding[] {
  const devices = mapping(mapping(data)?.['devices']) ?? {};
  const derived = mapping(mapping(data)?.[DERIVED]);
  // Derived points are points of a device of that name.
  const named = derived ? { ...devices, [DERIVED]: { points: derived } } : devices;
  const listed = (device: string) => {
    const entry = mapping(named[device]);
    // What such a device has is not known before, even where some of it is listed.
    return drivers.get(String(entry?.['driver']))?.describesItself ? undefined : mapping(entry?.['points']);
  };
  return [
    ...sharedPorts(devices),
    ...sharedPins(devices),
    ...namedPoints(data, named, listed),
    ...checkDerived(derived ?? {}, (name) => namedPoint(name, named, listed, false)),
    ...(derived && Object.hasOwn(devices, DERIVED) ? [TWO_DERIVED] : []),
    ...checkAlarms(mapping(data)?.['notify'], (name) => namedPoint(name, named, listed, false)),
    ...limits(devices, ['devices']),
    ...limits(derived, [DERIVED]),
  ];
}

const TWO_DERIVED: Finding = {
  path: ['devices', DERIVED],
  at: 'key',
  message: 'derived points are on the channel under this id',
  hint: 'choose another id',
};

function mapping(value: unknown): Mapping | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : undefined;
}

/** Two devices on one port. `auto` is no port yet. */
function sharedPorts(devices: Mapping): Finding[] {
  const owners = new Map<string, string>();
  return Object.entries(devices).flatMap(([id, entry]) => {
    const port = portKey(mapping(entry)?.['port']);
    const owner = port === undefined ? undefined : owners.get(port);
    if (port !== undefined && owner === undefined) owners.set(port, id);
    if (owner === undefined) return [];
    const hint =
      typeof mapping(entry)?.['port'] === 'string'
        ? 'one port has one device; give each its own'
        : 'tell equal adapters apart by `serialNumber`, or by a path under /dev/serial/by-path/';
    return [{ path: ['devices', id, 'port'], at: 'value', message: `the same port as device \`${owner}\``, hint }];
  });
}

function portKey(port: unknown): string | undefined {
  if (typeof port === 'string') return port === 'auto' ? undefined : port;
  const usb = mapping(port);
  if (!usb) return undefined;
  const { vendorId, productId, serialNumber } = usb;
  return JSON.stringify([vendorId, productId].map((id) => String(id).toLowerCase()).concat(String(serialNumber ?? '')));
}

/** What interlocks and bindings name: points of devices that are there; interlocks hold for outputs only. */
function namedPoints(data: unknown, devices: Mapping, listed: Listed): Finding[] {
  const found: Finding[] = [];
  const check = (name: unknown, path: Path, outputsOnly: boolean) => {
    const wrong = typeof name === 'string' ? namedPoint(name, devices, listed, outputsOnly) : undefined;
    if (wrong) found.push({ path, at: 'value', ...wrong });
  };
  const interlocks = mapping(mapping(data)?.['safety'])?.['interlocks'];
  if (Array.isArray(interlocks)) {
    interlocks.forEach((entry: unknown, i) => {
      const inner = mapping(entry)?.['outputs'];
      const group = inner ?? entry;
      if (!Array.isArray(group)) return;
      group.forEach((name: unknown, j) => {
        const path = ['safety', 'interlocks', i, ...(inner === undefined ? [] : ['outputs']), j];
        if (typeof name === 'string' && group.indexOf(name) < j) {
          found.push({ path, at: 'value', message: 'the same point twice in one group', hint: 'remove one of them' });
        } else check(name, path, true);
      });
    });
  }
  const stops = mapping(mapping(data)?.['safety'])?.['estop'];
  if (Array.isArray(stops)) {
    stops.forEach((entry: unknown, i) => {
      const path = ['safety', 'estop', i];
      if (typeof entry === 'string') check(entry, path, false);
      else check(mapping(entry)?.['point'], [...path, 'point'], false);
    });
  }
  const bindings = mapping(mapping(mapping(data)?.['layout'])?.['bindings']) ?? {};
  for (const [control, name] of Object.entries(bindings)) {
    const isDevice = typeof name === 'string' && !name.includes('.') && name !== 'bridge' && !idProblem(name);
    const wrong = isDevice && !Object.hasOwn(devices, name) ? unknown('device', name, Object.keys(devices)) : undefined;
    if (wrong) found.push({ path: ['layout', 'bindings', control], at: 'value', ...wrong });
    else check(name, ['layout', 'bindings', control], false);
    for (const axis of ['x', 'y']) check(mapping(name)?.[axis], ['layout', 'bindings', control, axis], false);
  }
  return found;
}

/** What is wrong with `device.point`. Only the devices that list their points are known to lack one. */
function namedPoint(name: string, devices: Mapping, listed: Listed, outputsOnly: boolean): Wording | undefined {
  const [device = '', point = '', ...rest] = name.split('.');
  if (rest.length > 0 || idProblem(device) || idProblem(point)) return undefined;
  if (!Object.hasOwn(devices, device)) return unknown('device', device, Object.keys(devices));
  const points = listed(device);
  if (!points) return undefined;
  const isOutput = (id: string) => {
    const point = mapping(points[id]);
    return point?.['role'] === 'actuator' || point?.['direction'] === 'out';
  };
  if (!Object.hasOwn(points, point)) {
    return unknown(
      'point',
      point,
      Object.keys(points).filter((id) => !outputsOnly || isOutput(id)),
      device,
    );
  }
  if (!outputsOnly || isOutput(point)) return undefined;
  return {
    message: `\`${name}\` is no output`,
    hint: 'only points with `role: actuator` can be interlocked',
  };
}

function unknown(noun: 'device' | 'point', word: string, known: readonly string[], device?: string): Wording {
  const full = (id: string) => (device === undefined ? id : `${device}.${id}`);
  const message = `unknown ${noun} \`${full(word)}\``;
  const meant = didYouMean(word, known);
  if (meant !== undefined) return { message, hint: `did you mean \`${full(meant)}\`?` };
  if (known.length > 0) return { message, hint: `known here: ${oneOf(known.map(full))}` };
  return { message, hint: device === undefined ? 'there are no devices' : `\`${device}\` lists none` };
}

const WITHIN_LIMITS = ['safe', 'initial', 'default'];

/** Limits that exclude each other, and values outside of their own limits, anywhere in the devices' options. */
function limits(value: unknown, path: Path): Finding[] {
  // A list has no limits of its own; options nest a few levels at most.
  if (typeof value !== 'object' || value === null || path.length > 12) return [];
  const found: Finding[] = [];
  const { min, max } = value as Mapping;
  if (typeof min === 'number' && typeof max === 'number' && min >= max) {
    found.push({ path: [...path, 'min'], at: 'value', message: '`min` must be below `max`' });
  } else {
    for (const key of WITHIN_LIMITS) {
      const number = (value as Mapping)[key];
      if (typeof number !== 'number') continue;
      const low = typeof min === 'number' && number < min;
      const high = typeof max === 'number' && number > max;
      if (!low && !high) continue;
      const message = low ? `must be at least \`min\`, ${min}` : `must be at most \`max\`, ${max}`;
      found.push({ path: [...path, key], at: 'value', message });
    }
  }
  for (const [key, inner] of Object.entries(value)) {
    found.push(...limits(inner, [...path, Array.isArray(value) ? Number(key) : key]));
  }
  return found;
}
