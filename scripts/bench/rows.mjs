/**
 * The rows of the table: what is measured, and what is wanted of it. `bar` must hold, `stretch` is the goal.
 * With `ratio` the figure that is judged is ours over the floor's; else it is ours alone.
 * @typedef {{ id: string, what: string, unit: string, ratio?: boolean, atLeast?: boolean, bar: number, stretch?: number }} Row
 */

/** @type {readonly Row[]} */
export const ROWS = [
  { id: 'A', what: 'latency p50, line to phone, immediate lane', unit: 'ms', ratio: true, bar: 1.3, stretch: 1.1 },
  { id: 'A99', what: 'the same, p99', unit: 'ms', ratio: true, bar: 1.5, stretch: 1.2 },
  { id: 'B', what: 'tap to confirmed answer, p50', unit: 'ms', ratio: true, bar: 1.5, stretch: 1.2 },
  { id: 'B99', what: 'the same, p99', unit: 'ms', ratio: true, bar: 2 },
  {
    id: 'C',
    what: 'CPU a reading, bridge + relay, 1000/s over 20 channels',
    unit: 'µs',
    ratio: true,
    bar: 0.5,
    stretch: 0.2,
  },
  { id: 'D', what: 'frames a reading, the same, 50 ms window', unit: '', bar: 1 / 40, stretch: 1 / 50 },
  { id: 'E', what: 'age of a value at the phone, the same, p99', unit: 'ms', bar: 60, stretch: 55 },
  {
    id: 'F',
    what: 'flood through parser, store and coalescer',
    unit: 'lines/s',
    ratio: true,
    atLeast: true,
    bar: 0.8,
    stretch: 1.2,
  },
  { id: 'G', what: 'growth in a flood with a stalled phone, bridge', unit: 'MB', bar: 10, stretch: 1 },
  { id: 'Gr', what: 'the same, relay', unit: 'MB', bar: 5, stretch: 1 },
  { id: 'H', what: 'line without an end, 64 MB: time, second half / first', unit: '', bar: 1.5 },
  { id: 'Hm', what: 'the same: growth of memory', unit: 'MB', bar: 2 },
  { id: 'Hb', what: 'the same: longest block of the event loop', unit: 'ms', bar: 20 },
  { id: 'I', what: 'memory when idle', unit: 'MB', ratio: true, bar: 1.5, stretch: 1.2 },
  { id: 'J', what: 'replug: port back to value at the phone, p99', unit: 'ms', bar: 1000, stretch: 300 },
  { id: 'K', what: 'late joiner: request to full state of 200 channels', unit: 'ms', bar: 100, stretch: 30 },
  { id: 'Kf', what: 'the same: frames', unit: '', bar: 1 },
  { id: 'L', what: 'event-loop delay p99, mixed load', unit: 'ms', bar: 10, stretch: 5 },
  { id: 'M', what: 'start to first broadcast', unit: 'ms', bar: 700 },
  {
    id: 'W',
    what: 'reading to frame, emulated board at 115200 baud, p50 ÷ time on the wire',
    unit: '',
    bar: 2,
    stretch: 1.5,
  },
  { id: 'Wt', what: 'tap to confirmed answer, the same', unit: '', bar: 2, stretch: 1.5 },
  {
    id: 'R',
    what: 'tap to confirmed answer in a keyed room ÷ plain, p50',
    unit: 'ms',
    ratio: true,
    bar: 1.2,
    stretch: 1.1,
  },
  { id: 'X', what: 'emergency stop to the safe value on the wire, p99', unit: 'ms', bar: 20 },
  { id: 'S4', what: 'CPU a reading, 4 boards / 1 board', unit: '', bar: 1.25, stretch: 1 },
  { id: 'S16', what: 'the same, 16 boards / 1 board', unit: '', bar: 1.25, stretch: 1 },
  { id: 'S64', what: 'the same, 64 boards / 1 board', unit: '', bar: 1.25, stretch: 1 },
];

/** The rows that `--rows` may name, each with those that are measured together with it. */
export const GROUPS = {
  A: ['A', 'A99'],
  A99: ['A', 'A99'],
  B: ['B', 'B99'],
  C: ['C', 'D', 'E'],
  D: ['C', 'D', 'E'],
  E: ['C', 'D', 'E'],
  F: ['F'],
  G: ['G', 'Gr'],
  H: ['H', 'Hm', 'Hb'],
  I: ['I'],
  J: ['J'],
  K: ['K', 'Kf'],
  L: ['L'],
  M: ['M'],
  W: ['W', 'Wt'],
  Wt: ['W', 'Wt'],
  R: ['R'],
  X: ['X'],
  S: ['S4', 'S16', 'S64'],
};
