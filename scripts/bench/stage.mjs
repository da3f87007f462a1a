import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Board } from './board.mjs';
import { Child } from './child.mjs';
import { channelNames } from './dialect.mjs';
import { warmRelay } from './measure/warm.mjs';
import { Phone } from './phone.mjs';
import { Sink } from './sink.mjs';
import { sleep, stamp, within } from './wait.mjs';

const RELAY = join(import.meta.dirname, 'relay.mjs');

/** One program under test with everything around it: relay (or sink), boards, one phone. */
export class Stage {
  phones = [];
  frames = 0;
  /** Milliseconds from the program's start to its first broadcast, and to the first value. */
  firstBroadcast;
  firstValue;
  /** Called with each reading, event and answer as `dialect.read` gives them, and the moment in ns. */
  onSaid = (_said, _at, _payload) => {};

  /**
   * @param {object} dialect `bridge` or `floor`
   * @param {{ devices?: number, channels?: number, maxHz?: number, sink?: boolean, makeBoard?: (link: string) => object, node?: string[], relayWarmMs?: number }} options
   *   `sink`: the phone's socket is the server, without a relay.
   */
  static async open(dialect, options = {}) {
    const stage = new Stage(dialect, options);
    try {
      await stage.#build(options);
      return stage;
    } catch (error) {
      const problems = stage.program?.problems ?? '';
      await stage.close();
      throw new Error(`${dialect.name}: ${error.message}\n${problems}`, { cause: error });
    }
  }

  constructor(dialect, { devices = 1, channels = 20, maxHz = 20 }) {
    this.dialect = dialect;
    this.maxHz = maxHz;
    this.folder = mkdtempSync(join(tmpdir(), 'carter-perf-'));
    this.devices = Array.from({ length: devices }, (_, n) => ({ id: `d${n}`, channels: channelNames(channels) }));
    this.channels = this.devices[0].channels;
    mkdirSync(join(this.folder, 'state'));
  }

  get board() {
    return this.boards[0];
  }

  async #build({ sink = false, makeBoard = (link) => new Board(link), node = [], relayWarmMs = 0 }) {
    const { dialect, folder, devices, maxHz } = this;
    this.boards = devices.map(({ id }) => makeBoard(join(folder, id)));
    const url = sink ? await this.#openSink() : await this.#openRelay(relayWarmMs);
    if (dialect.config) {
      const config = dialect.config({ url, folder, devices, maxHz });
      writeFileSync(join(folder, 'config.json'), JSON.stringify(config), { mode: 0o600 });
    }
    this.program = new Child(dialect.command(folder, url), { core: 0, node });
    if (sink) await within(10_000, this.sink.joined, 'the program at the sink');
    else await this.#firstWords();
  }

  /** Joins one more phone. */
  async phone(name) {
    const phone = await Phone.join(this.url, name, 'lab', this.dialect.roomKey);
    this.phones.push(phone);
    return phone;
  }

  async close() {
    for (const phone of this.phones) phone.leave();
    await this.program?.stop();
    await this.relay?.stop();
    await this.sink?.close();
    for (const board of this.boards ?? []) board.pull();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Microseconds of processor time that program and relay have used. */
  async cpu() {
    const used = await Promise.all([this.program.cpu(), this.relay.cpu()]);
    return used[0] + used[1];
  }

  /** A stamped reading of a board's channel. */
  reading(index, device = 0) {
    const { channels } = this.devices[device];
    const channel = channels[index % channels.length];
    const at = stamp();
    this.boards[device].say(`{"${channel}":${at}}`);
    return { key: `d${device}.${channel}`, at };
  }

  async #openRelay(relayWarmMs) {
    let tell;
    const listening = new Promise((resolve) => {
      tell = resolve;
    });
    this.relay = new Child([RELAY], { core: 1, onMessage: ({ url }) => tell(url) });
    this.url = await within(10_000, listening, 'the relay');
    if (relayWarmMs > 0) await warmRelay(this.url, relayWarmMs);
    const phone = await this.phone('watcher');
    phone.onBroadcast = (payload, at) => this.#hear(payload, at);
    return this.url;
  }

  async #openSink() {
    this.sink = await Sink.open();
    return this.sink.url;
  }

  /** Lets all boards speak until each was heard, so that all lines are in step. */
  async #firstWords() {
    const missing = new Set(this.devices.map(({ id }) => id));
    this.onSaid = ({ values }) => {
      for (const [device, , value] of values) if (value !== null) missing.delete(device);
    };
    const end = performance.now() + 20_000;
    for (let n = 0; missing.size > 0; n++) {
      if (performance.now() > end) throw new Error(`nothing heard of ${[...missing].join(', ')}`);
      for (const id of missing) this.reading(n, Number(id.slice(1)));
      await sleep(20);
    }
    this.onSaid = () => {};
  }

  #hear(payload, at) {
    if (payload.msg_type === 'floor.cmd' || payload.msg_type === 'b.cmd') return;
    this.frames++;
    const said = this.dialect.read(payload);
    if (this.program && this.firstBroadcast === undefined)
      this.firstBroadcast = performance.now() - this.program.startedAt;
    if (this.firstValue === undefined && said.values.some(([, , value]) => value !== null)) {
      this.firstValue = performance.now() - this.program.startedAt;
    }
    this.onSaid(said, at, payload);
  }
}
