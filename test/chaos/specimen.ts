import { GREENHOUSE, GreenhouseUno } from '../../devices/board/avr-greenhouse.js';
import { BoardSimulator } from '../../devices/board/simulator.js';
import type { PointDescription } from '../../firmware-protocol/message.js';
import type { Clock } from '../../src/clock.js';
import type { Simulator } from '../../src/device/driver-kind.js';
import { boardDialect, type Dialect, sketchDialect } from './dialect.js';
import { PINS, PinBoard, pinDialect } from './pin-board.js';
import { NumberedSketch } from './sketch.js';

/** An output that phones may switch. Without `wish` it is on or off; with it, that makes a value from a number that nobody used yet. */
export interface Output {
  readonly point: string;
  readonly wish?: (fresh: number) => number;
  /** It is on only while a button is held. */
  readonly held?: true;
  /** After a start it is what was wished last. */
  readonly restored?: true;
}

/** One device that faults befall: how it behaves, and how to look at what it really does. */
export interface Specimen {
  readonly id: string;
  /** The device at the other end of a cable. */
  readonly simulator?: Simulator;
  /** The pins that it is, where it has no cable. */
  readonly wired?: PinBoard;
  readonly dialect: Dialect;
  readonly speaksProtocol: boolean;
  /** What the config says of it, but for its port. */
  readonly options: object;
  readonly outputs: readonly Output[];
  /** Sensors that say something new all the time. */
  readonly sensors: readonly string[];
  /** Those that seldom say something. */
  readonly slowSensors?: readonly string[];
  /** The board that can be made to misbehave. */
  readonly simulated?: BoardSimulator;
  /** Measures something new now. */
  sense(): void;
  /** The outputs that are not at their safe value, in words. */
  on(): string[];
  /** How often each numbered wish was carried out, as `point value`; absent where nobody counts. */
  executions?(): ReadonlyMap<string, number>;
  /** Another process begins with it. */
  born?(): void;
}

const PLAIN = { label: '', unit: '', lease: 0, options: [] } as const;
/** After this much silence a board puts its outputs to their safe values, and has seen it a little later. */
export const LEASE_MS = 3_000;

/** A board whose sensor says numbers, with outputs that nobody's death leaves on. */
export const BOARD_POINTS: readonly PointDescription[] = [
  { ...PLAIN, id: 'n', role: 'sensor', type: 'number' },
  { ...PLAIN, id: 'pump', role: 'actuator', type: 'boolean', safe: false, lease: LEASE_MS },
  { ...PLAIN, id: 'fan', role: 'actuator', type: 'number', min: 0, max: 999_999, step: 1, safe: 0, lease: LEASE_MS },
  { ...PLAIN, id: 'winch', role: 'actuator', type: 'boolean', safe: false, lease: LEASE_MS },
];

const HELD = { points: { winch: { holdToRun: true } } };

const SKETCH = {
  driver: 'lines',
  boot: '300ms',
  format: { regex: '^N=(?<n>[0-9]+) P=(?<pump>[01]) L=(?<level>[0-9]+);$' },
  points: {
    n: {},
    pump: { role: 'actuator', type: 'boolean', safe: false, write: 'PUMP {value:on|off}' },
    level: { role: 'actuator', type: 'number', min: 0, max: 999_999, safe: 0, write: 'LEVEL {value}' },
  },
};

/** A simulated board that says numbers from `base` on. */
export function numberedBoard(clock: Clock, id: string, base: number, points = BOARD_POINTS): Specimen {
  const board = new BoardSimulator(clock, base + 1, { identity: { id }, points });
  let count = 0;
  return {
    id,
    simulator: board,
    simulated: board,
    dialect: boardDialect(points),
    speaksProtocol: true,
    options: { driver: 'board', id, ...HELD },
    outputs: [{ point: 'pump' }, { point: 'fan', wish: (fresh) => fresh }, { point: 'winch', held: true }],
    sensors: ['n'],
    sense: () => board.sense('n', String(base + ++count)),
    on: () => ['pump', 'fan', 'winch'].filter((point) => board.output(point) !== false && board.output(point) !== 0),
    executions: () => counted(board.executions, / fan ([1-9]\d*)$/, 'fan'),
  };
}

/** A sketch that prints lines, with numbers from `base` on. */
export function numberedSketch(clock: Clock, id: string, base: number): Specimen {
  const sketch = new NumberedSketch(clock, base);
  return {
    id,
    simulator: sketch,
    dialect: sketchDialect,
    speaksProtocol: false,
    options: SKETCH,
    outputs: [{ point: 'pump' }, { point: 'level', wish: (fresh) => fresh }],
    sensors: ['n'],
    sense: () => sketch.measure(),
    on: () => [...(sketch.pump ? ['pump'] : []), ...(sketch.level === 0 ? [] : ['level'])],
    executions: () => counted(sketch.executions, /^LEVEL ([1-9]\d*)$/, 'level'),
  };
}

const PIN_OPTIONS = {
  driver: 'gpio',
  points: {
    door: { pin: PINS.door, direction: 'in' },
    count: { pin: PINS.count, direction: 'in', measure: 'count' },
    lamp: { pin: PINS.lamp, direction: 'out', onBoot: 'restore' },
    winch: { pin: PINS.winch, direction: 'out', holdToRun: true },
  },
};

/** Pins of this machine. */
export function pinBank(clock: Clock, id: string): Specimen {
  const wired = new PinBoard(clock);
  return {
    id,
    wired,
    dialect: pinDialect,
    speaksProtocol: false,
    options: PIN_OPTIONS,
    outputs: [
      { point: 'lamp', restored: true },
      { point: 'winch', held: true },
    ],
    sensors: ['door', 'count'],
    sense: () => wired.sense(),
    on: () => wired.on(),
    born: () => wired.born(),
  };
}

/** A sensor that tells changes only has one at least twice in a second, also where the weather turns. */
const WEATHER_MS = 6_000;

/** An emulated Uno with the greenhouse firmware of this hex file. */
export function emulatedUno(clock: Clock, hex: string, seed: number): Specimen {
  const uno = new GreenhouseUno(clock, hex, seed, { turnMs: WEATHER_MS });
  return {
    id: 'greenhouse',
    simulator: uno,
    dialect: boardDialect([]),
    speaksProtocol: true,
    options: { driver: 'board', id: 'greenhouse' },
    outputs: [{ point: 'pump' }, { point: 'fan', wish: (fresh) => 5 * (1 + (fresh % 20)) }],
    sensors: ['light'],
    slowSensors: ['temp', 'hum'],
    // It has weather of its own.
    sense: () => {},
    on: () => (uno.board.running && uno.board.pins.level(GREENHOUSE.pump) ? ['pump'] : []),
  };
}

function counted(executions: ReadonlyMap<string, number>, pattern: RegExp, point: string): Map<string, number> {
  const done = new Map<string, number>();
  for (const [text, times] of executions) {
    const value = pattern.exec(text)?.[1];
    const what = `${point} ${value}`;
    if (value !== undefined) done.set(what, (done.get(what) ?? 0) + times);
  }
  return done;
}
