import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AvrBoard } from '../../../dist/devices/board/avr-board.js';
import { GREENHOUSE } from '../../../dist/devices/board/avr-greenhouse.js';
import { boardKind } from '../../../dist/devices/board/kind.js';
import { plugInto } from '../../../dist/src/cli/bench-boards.js';
import { createVirtualPort } from '../../../dist/src/port/virtual-port.js';
import { systemClock } from '../../../dist/src/system-clock.js';
import { Child } from '../child.mjs';
import { bridge } from '../dialect.mjs';
import { Phone } from '../phone.mjs';
import { percentile } from '../statistics.mjs';
import { sleep, stamp, until, within } from '../wait.mjs';

const ROOT = join(import.meta.dirname, '../../..');
const RELAY = join(import.meta.dirname, '../relay.mjs');
/** A byte on the line at 115200 baud, in ms. */
const BYTE_MS = 10_000 / 115_200;
/** Longer than the pace of 20 frames a second: nothing is held back. */
const GAP_MS = 130;

/**
 * Rows W and Wt: how long a reading and a tap take with a board that has a real line: the shipped firmware on an emulated
 * Uno, paced as 115200 baud. As multiples of what their bytes need on the line, which nothing can be faster than.
 */
export async function wire(times) {
  const stage = await WireStage.open();
  try {
    const readings = await stage.readings(times);
    const taps = await stage.taps(times);
    return { reading: percentile(readings, 0.5), tap: percentile(taps, 0.5) };
  } finally {
    await stage.close();
  }
}

/** Relay, bridge and phone around an emulated Uno, which says when a line began and how long it was. */
class WireStage {
  /** The board's lines: moment of the first bit in ms of this process, and bytes. */
  lines = [];
  #line;
  #over = false;

  static async open() {
    const stage = new WireStage();
    try {
      await stage.#build();
      return stage;
    } catch (error) {
      const problems = stage.program?.problems ?? '';
      await stage.close();
      throw new Error(`${error.message}\n${problems}`, { cause: error });
    }
  }

  async #build() {
    this.folder = mkdtempSync(join(tmpdir(), 'carter-wire-'));
    mkdirSync(join(this.folder, 'state'));
    const path = join(this.folder, 'd0');
    const hex = readFileSync(join(ROOT, boardKind.samples[0].firmware), 'utf8');
    this.uno = new AvrBoard(systemClock(), hex, { sliceMs: 1 });
    this.port = createVirtualPort({ link: path });
    plugInto(this.port, this.uno);
    this.#listen();
    this.#follow();
    let tell;
    const listening = new Promise((resolve) => {
      tell = resolve;
    });
    this.relay = new Child([RELAY], { core: 0, onMessage: ({ url }) => tell(url) });
    const url = await within(10_000, listening, 'the relay');
    this.phone = await Phone.join(url, 'watcher');
    const config = bridge.config({ url, folder: this.folder, devices: [], maxHz: 20 });
    config.devices = { d0: { driver: 'board', port: path } };
    writeFileSync(join(this.folder, 'config.json'), JSON.stringify(config), { mode: 0o600 });
    this.program = new Child(bridge.command(this.folder), { core: 0 });
    let live = false;
    this.phone.onBroadcast = ({ msg_type: type, d0 }) => {
      if (type === 'b.health') live ||= d0 === 'online';
    };
    await until(() => live, 'the emulated board', 15_000);
    await sleep(3_000);
  }

  /** At every turn of the event loop: a timer would let the board speak a millisecond late, which no board does. */
  #follow() {
    if (this.#over) return;
    this.uno.follow();
    setImmediate(() => this.#follow());
  }

  /** Notes each line of the board, on the clock of `stamp`. */
  #listen() {
    const { chip } = this.uno;
    const deliver = chip.usart.onByte;
    this.offset = stamp() / 1e6 - performance.now();
    chip.usart.onByte = (byte) => {
      deliver(byte);
      this.#line ??= { at: this.uno.momentOf(chip.cycles) - BYTE_MS, bytes: 0, text: '' };
      this.#line.bytes++;
      this.#line.text += String.fromCharCode(byte);
      if (byte !== 10) return;
      this.lines.push(this.#line);
      this.#line = undefined;
    };
  }

  /** From the first bit of a reading on the line to the frame at the phone; over the time that its bytes take. */
  async readings(times) {
    const took = [];
    for (let n = 0; took.length < times; n++) {
      let shown;
      this.phone.onBroadcast = ({ msg_type: type, d0 }, at) => {
        if (type === 'b.state' && d0?.light !== undefined) shown ??= at / 1e6 - this.offset;
      };
      this.lines = [];
      const skipped = this.#skipped(n, times);
      this.uno.pins.analog(GREENHOUSE.light, n % 2 === 0 ? 1 : 4);
      await until(() => shown !== undefined, 'a reading at the phone', 5_000, 1);
      const line = this.lines.find(({ text }) => / reading .*light=/.test(text));
      if (line && this.uno.skippedMs === skipped) took.push((shown - line.at) / (line.bytes * BYTE_MS));
      await sleep(GAP_MS + 70 * Math.random());
    }
    return took;
  }

  /** From a tap to its answer at the phone; over the time of the command, the reading and the acknowledgement on the line. */
  async taps(times) {
    const took = [];
    for (let n = 0; took.length < times; n++) {
      let answered;
      this.phone.onBroadcast = ({ msg_type: type, cmd_id: id, ok }, at) => {
        if (type === 'command_ack' && id === `w${n}`) answered = { ok, at };
      };
      this.lines = [];
      const skipped = this.#skipped(n, times);
      const written = this.uno.cable.taken;
      const from = stamp();
      const command = { msg_type: 'b.cmd', dev: 'd0', point: 'fan', value: 5 * (1 + (n % 20)) };
      this.phone.broadcast({ ...command, _cmd: `w${n}`, _from: `p${n % 2}` });
      await until(() => answered !== undefined, `the answer to tap ${n}`, 5_000, 1);
      if (!answered.ok) throw new Error('a tap was refused');
      const last = this.lines.findIndex(({ text }) => / ack /.test(text));
      const bytes = this.lines
        .slice(0, last + 1)
        .reduce((sum, line) => sum + line.bytes, this.uno.cable.taken - written);
      if (this.uno.skippedMs === skipped) took.push((answered.at - from) / 1e6 / (bytes * BYTE_MS));
      await sleep(GAP_MS + 70 * Math.random());
    }
    return took;
  }

  /** What was left out of the board's time so far: a sample in which some was is none. Throws where most of them are. */
  #skipped(n, times) {
    if (n > 10 * times) throw new Error('this machine is too busy to emulate a board in its time');
    return this.uno.skippedMs;
  }

  async close() {
    this.#over = true;
    this.phone?.leave();
    await this.program?.stop();
    await this.relay?.stop();
    this.uno?.unplug();
    this.port?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
