// Edge to frame and command to pin: the bridge beside the floor, on the same relay, in turns. Usage: latency.mjs [PAIRS]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAIN } from '../support/bridge.mjs';
import { Chip } from '../support/chip.mjs';
import { Phone } from '../support/phone.mjs';
import { until } from '../support/wait.mjs';

const PAIRS = Number(process.argv[2] ?? 7);
const SAMPLES = 40;
const BARS = { edge: 1.3, command: 1.5 };
const WARM_UP = 150;
const PORT = 9900;
const TRACING = '/sys/kernel/tracing';

const now = () => Number(process.hrtime.bigint()) / 1e6;
const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
/** Longer than the bridge's pace of 20 frames or 10 commands a second, so that none has to wait for the one before. */
const pause = (ms) => sleep(ms + Math.random() * 40);
const EDGE_MS = 70;
const COMMAND_MS = 110;

function start(args, ready) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  return until(
    () => text.includes(ready),
    () => `${ready} in ${text}`,
    20_000,
  ).then(() => child);
}

/** One program under test: its lines, and its words on its own channel. */
class Subject {
  heard = () => {};

  constructor(name, pi, input, output, tap) {
    Object.assign(this, { name, pi, input, output, tap });
  }

  async join() {
    this.phone = await Phone.join(`ws://127.0.0.1:${PORT}`, `phone-${this.name}`, this.name);
    this.phone.socket.on('message', () => this.heard());
  }

  /** Milliseconds from each change of the input to its frame. */
  async edges(count) {
    const took = [];
    for (let i = 0; i < count; i++) {
      await pause(EDGE_MS);
      const came = new Promise((resolve) => {
        this.heard = () => {
          const at = now();
          if (this.shows(this.phone.heard.at(-1), i % 2 === 0)) resolve(at);
        };
      });
      const from = now();
      this.pi.pull(this.input, i % 2 === 0);
      took.push((await within(came, `the frame of edge ${i} of ${this.name}`)) - from);
    }
    return took;
  }

  /** Milliseconds from each tap until the kernel set the line. */
  async commands(count) {
    const sent = [];
    writeFileSync(`${TRACING}/trace`, '');
    for (let i = 0; i < count; i++) {
      sent.push(now());
      this.phone.say(this.tap(i % 2 === 0, i));
      await pause(COMMAND_MS);
      // A machine with other work may need longer; two that wait together would become one.
      await until(() => this.pi.level(this.output) === Number(i % 2 === 0), `command ${i} of ${this.name}`);
    }
    const line = new RegExp(`\\s(\\d+\\.\\d+): gpio_value: ${this.pi.base + this.output} set`, 'g');
    const set = [...readFileSync(`${TRACING}/trace`, 'utf8').matchAll(line)].map(([, at]) => Number(at) * 1e3);
    if (set.length !== count) throw new Error(`${this.name}: ${set.length} of ${count} commands reached the pin`);
    return set.map((at, i) => at - sent[i]);
  }
}

function within(work, what) {
  return Promise.race([
    work,
    sleep(5_000, undefined, { ref: false }).then(() => {
      throw new Error(`waited 5 s for ${what}`);
    }),
  ]);
}

const pi = new Chip();
// The same clock as the program's own, so that what the kernel did can be set against it.
writeFileSync(`${TRACING}/trace_clock`, 'mono');
writeFileSync(`${TRACING}/events/gpio/enable`, '1');
const relay = await start([MAIN, 'relay', '--port', String(PORT)], String(PORT));
const floor = new Subject('floor', pi, 4, 17, (value) => ({ msg_type: 'floor.cmd', value }));
floor.shows = (frame, value) => frame?.msg_type === 'floor.edge' && frame.value === value;
const ours = new Subject('lab', pi, 5, 18, (value, i) => {
  return { msg_type: 'pi.cmd', dev: 'pins', point: 'lamp', value, _cmd: `${now()}-${i}`, _from: `phone-lab` };
});
ours.shows = (frame, value) => frame?.msg_type === 'pi.state' && frame.pins?.button === value;
writeFileSync(
  '/tmp/bench.yaml',
  JSON.stringify({
    bridge: { name: 'pi', namespace: 'pi', stateDir: '/tmp/bench-state' },
    relay: { url: `ws://127.0.0.1:${PORT}`, channel: 'lab', allowOpenRelay: true },
    devices: {
      pins: { driver: 'gpio', points: { button: { pin: 5, direction: 'in' }, lamp: { pin: 18, direction: 'out' } } },
    },
    publish: { maxHz: 20 },
  }),
);
await Promise.all([floor.join(), ours.join()]);
const children = [
  await start(
    ['/app/test/pi/guest/bench/floor.mjs', String(pi.base + 4), String(pi.base + 17), `ws://127.0.0.1:${PORT}`],
    'ready',
  ),
  await start([MAIN, 'run', '--config', '/tmp/bench.yaml'], 'bridge pi on'),
  relay,
];
await ours.phone.sees('pins', 'lamp', false, 10_000);
for (const subject of [floor, ours]) {
  await subject.edges(WARM_UP);
  await subject.commands(WARM_UP);
}

const results = {};
for (const what of ['edge', 'command']) {
  const pairs = [];
  for (let i = 0; i < PAIRS; i++) {
    const order = i % 2 === 0 ? [ours, floor] : [floor, ours];
    const took = new Map();
    for (const subject of order) {
      took.set(subject, median(await (what === 'edge' ? subject.edges(SAMPLES) : subject.commands(SAMPLES))));
    }
    pairs.push([took.get(ours), took.get(floor)]);
  }
  const mine = median(pairs.map(([a]) => a));
  const theirs = median(pairs.map(([, b]) => b));
  const ratios = pairs.map(([a, b]) => a / b);
  const ratio = mine / theirs;
  results[what] = {
    ours: mine,
    floor: theirs,
    ratio,
    min: Math.min(...ratios),
    max: Math.max(...ratios),
    ok: ratio <= BARS[what],
  };
}
for (const child of children) {
  child.kill();
  await Promise.race([once(child, 'exit'), sleep(3_000)]);
}
console.log('| what | ours | floor | ratio (min–max) | bar | verdict |');
console.log('|---|---|---|---|---|---|');
for (const [what, { ours: a, floor: b, ratio, min, max, ok }] of Object.entries(results)) {
  const name = what === 'edge' ? 'edge to frame' : 'command to pin';
  const figures = [a.toFixed(2), b.toFixed(2), `${ratio.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`];
  console.log(
    `| ${name}, p50 | ${figures[0]} ms | ${figures[1]} ms | ${figures[2]} | ≤ ${BARS[what]} | ${ok ? 'bar' : 'MISSED'} |`,
  );
}
console.log(`in the guest: Node ${process.version}, Linux ${release()}, medians of ${PAIRS} interleaved pairs`);
process.exit(Object.values(results).every(({ ok }) => ok) ? 0 : 1);
