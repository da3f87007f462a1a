import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { linesOptions } from '../../devices/lines/options.js';
import { LinesSimulator } from '../../devices/lines/simulator.js';
import { askControl } from '../../src/control/client.js';
import type { Log } from '../../src/log.js';
import { createLogger } from '../../src/logger.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { LogRing } from '../../src/panel/log-ring.js';
import { systemClock } from '../../src/system-clock.js';
import type { Unharmed } from './attack.js';
import { eventually } from './eventually.js';
import { ask, cookieOf, PageClient } from './page-client.js';
import type { Phone } from './phone.js';
import type { MakeRelay } from './relays.js';
import { Rig, type RigOptions } from './rig.js';

/** Secrets whose appearance anywhere is a leak. */
export const CANARY = {
  token: 'canary-token-of-the-relay',
  roomKey: Buffer.from('canary: the key of a room, 32 B.').toString('base64'),
  session: 'canary-session-of-the-account',
};

/** What the shed's sketch has: sensors, and an output of each type. */
const SKETCH = {
  driver: 'lines',
  boot: '300ms',
  points: {
    temp: { unit: '°C', min: 10, max: 35 },
    pump: { role: 'actuator', type: 'boolean', write: 'PUMP {value:on|off}' },
    fan: { role: 'actuator', type: 'number', min: 0, max: 100, write: 'FAN {value}' },
    mode: { role: 'actuator', type: 'enum', options: ['eco', 'full'], write: 'MODE {value}' },
    sign: { role: 'actuator', type: 'string', write: 'SIGN {value}' },
    jog: { role: 'actuator', type: 'boolean', write: 'JOG {value:on|off}', holdToRun: true },
    heater: { role: 'actuator', type: 'boolean', write: 'HEATER {value:on|off}', arm: '10s' },
  },
};

const PATIENCE = { timeout: 10_000, interval: 5 };

const NAMES = 40;

/** A log is no place for whole answers and certificates of others. */
const LONGEST_LINE = 4_000;

const AT_REST = [
  ['pump', false],
  ['fan', 0],
  ['mode', 'eco'],
  ['sign', 'none'],
  ['heater', false],
  ['jog', false],
] as const;

/** Raw, these change what a terminal shows. What is quoted in JSON is escaped. */
export const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** A sketch that remembers every byte that reached it. */
class ListeningSketch extends LinesSimulator {
  heardBytes = '';

  protected override receive(bytes: string): void {
    this.heardBytes += bytes;
    super.receive(bytes);
  }
}

/** A bridge with everything on it, in front of people who mean harm. */
export class HostileScene implements Unharmed {
  private count = 0;

  private constructor(
    readonly rig: Rig,
    readonly sketch: ListeningSketch,
    /** A page of the panel that is open all the while. */
    readonly page: PageClient,
    /** Somebody honest on the channel. */
    readonly anna: Phone,
    /** The cookie of that page's browser. */
    readonly cookie: string,
    /** What the bridge logs with. */
    readonly logger: Log,
    readonly log: readonly string[],
    private readonly secrets: readonly string[],
    private readonly folder: string,
  ) {}

  /** Starts everything, and waits until the sketch can be commanded. */
  static async open(make: MakeRelay, options: RigOptions = {}): Promise<HostileScene> {
    const folder = mkdtempSync(join(tmpdir(), 'carter-hostile-'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>');
    writeFileSync(join(folder, 'panel.css'), 'body{}');
    const log: string[] = [];
    const lines = new LogRing();
    const destination = { write: (line: string) => log.push(line) };
    const secrets = [options.token, options.roomKey].filter((secret) => secret !== undefined);
    const also = (line: Parameters<LogRing['add']>[0]) => lines.add(line);
    const logger = createLogger({ level: 'debug', secrets, destination, pretty: false, also });
    const { driver: _, ...wired } = SKETCH;
    const sketch = new ListeningSketch(linesOptions.parse({ ...wired, port: '/dev/null' }), systemClock(), 1);
    const rig = await Rig.open(make, {
      devices: { shed: SKETCH },
      boards: { shed: sketch },
      log: logger,
      lines,
      page: folder,
      ...options,
      config: { metrics: { port: 0 }, ...options.config },
    });
    const { store, mesh } = rig.bridge;
    // Outside of tests nothing else waits.
    await vi.waitUntil(() => typeof store.point('shed', 'temp')?.value === 'number' && mesh.ready, PATIENCE);
    const link = () => rig.bridge.panel?.link() ?? '';
    const cookie = await cookieOf(link());
    const page = await PageClient.open(link(), cookie);
    const anna = await rig.phone('anna');
    // The log is not told to hide the last one: it must not come that far.
    const hidden = [...secrets, cookie.split('=')[1] ?? '', CANARY.session];
    const scene = new HostileScene(rig, sketch, page, anna, cookie, logger, log, hidden, folder);
    scene.rebase();
    return scene;
  }

  /** A link into the panel. */
  get link(): string {
    return this.rig.bridge.panel?.link() ?? '';
  }

  /** A name that no attack had lately: the bridge tells so many senders apart, and no more. */
  get stranger(): string {
    return `mallory-${++this.count % NAMES}`;
  }

  /** Counts what reached the sketch from here on as harm. */
  rebase(): void {
    this.sketch.heardBytes = '';
  }

  /** Broadcasts a command as somebody who is on the channel, and returns what is acknowledged, or that nothing is. */
  async tap(payload: JsonObject, marks: JsonObject = {}): Promise<JsonObject> {
    const mallory = await this.rig.phone(this.stranger);
    try {
      return await this.tapAs(mallory, payload, marks);
    } finally {
      await mallory.close();
    }
  }

  /** The same as somebody in particular. */
  async tapAs(mallory: Phone, payload: JsonObject, marks: JsonObject = {}): Promise<JsonObject> {
    const cmd = `cmd-${++this.count}`;
    mallory.send({ _cmd: cmd, _from: mallory.name, ...payload, ...marks });
    return await this.answerTo(mallory, (frame) => frame['msg_type'] === 'command_ack' && frame['cmd_id'] === cmd);
  }

  /** What an honest tap is acknowledged with, and what it made the sketch hear. */
  async honestTap(): Promise<JsonObject> {
    this.rebase();
    const cmd = this.anna.command({ msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: true });
    const ack = await this.anna.waitFor((frame) => frame['cmd_id'] === cmd);
    return { ok: ack['ok'], value: ack['value'], heard: this.sketch.heardBytes };
  }

  /** Routes a request to the bridge as somebody who is on the channel. */
  async ask(type: string, payload: unknown): Promise<unknown> {
    const mallory = await this.rig.phone(this.stranger);
    try {
      return await mallory.request('rig', type, payload);
    } finally {
      await mallory.close();
    }
  }

  /** The first broadcast that is meant as an answer, or `{ silence: true }` once the bridge has seen what was sent before. */
  async answerTo(mallory: Phone, isAnswer: (frame: JsonObject) => boolean): Promise<JsonObject> {
    await this.passed(mallory);
    return mallory.broadcasts.find(isAnswer) ?? { silence: true };
  }

  /** Resolves once the bridge has dealt with everything that this client sent, and has said what it had to say about it. */
  async passed(mallory: Phone): Promise<void> {
    await mallory.request('rig', 'rig.get_state');
  }

  /** The log's messages from a line on, and how many lines there are. */
  saidSince(line: number): string[] {
    return this.log.slice(line).map((text) => (JSON.parse(text) as { msg: string }).msg);
  }

  /** The codes of what failed, from a line of the log on. */
  failuresSince(line: number): string[] {
    const parsed = this.log.slice(line).map((text) => JSON.parse(text) as { err?: { code?: string } });
    return parsed.flatMap(({ err }) => err?.code ?? []);
  }

  get lines(): number {
    return this.log.length;
  }

  /** How much more often the bridge dropped frames, by reason, since `began`. */
  dropsSince(began: Readonly<Record<string, number>>): JsonObject {
    const now = Object.entries(this.rig.bridge.mesh.stats.dropped);
    return Object.fromEntries(
      now.filter(([why, n]) => n > (began[why] ?? 0)).map(([why, n]) => [why, n - (began[why] ?? 0)]),
    );
  }

  /** What the sketch heard and did that it should not have, as readable lines. */
  damageSoFar(): string[] {
    const found = AT_REST.map(([point, rest]) => [point, this.sketch.output(point), rest] as const)
      .filter(([, value, rest]) => value !== rest)
      .map(([point, value]) => `${point} is ${value}`);
    return this.sketch.heardBytes === ''
      ? found
      : [...found, `the sketch heard ${JSON.stringify(this.sketch.heardBytes)}`];
  }

  async damage(got: unknown): Promise<string[]> {
    const found = this.damageSoFar();
    const control = this.rig.control;
    const pages = ['', 'metrics'].map((path) => this.metrics(path));
    const shown = {
      metrics: (await Promise.all(pages)).join('\n'),
      log: this.log.join(''),
      panel: JSON.stringify(this.page.frames),
      console: JSON.stringify(this.anna.frames('rig.log')),
      audit: JSON.stringify(await askControl(control, { op: 'audit' })),
      status: JSON.stringify(await askControl(control, { op: 'status' })),
    };
    for (const line of this.log.filter(({ length }) => length > LONGEST_LINE)) {
      found.push(`the log has a line of ${line.length}: ${line.slice(0, 200)}…`);
    }
    const passedOn = { answer: JSON.stringify(got) ?? '', channel: JSON.stringify(this.anna.broadcasts) };
    for (const [place, text] of Object.entries({ ...shown, ...passedOn })) {
      if (this.secrets.some((secret) => text.includes(secret))) found.push(`the ${place} shows a secret`);
    }
    const spoilt = Object.keys(Object.prototype);
    if (spoilt.length > 0) found.push(`every object has ${spoilt.join(', ')}`);
    for (const [place, text] of Object.entries(shown)) {
      const raw = RAW.exec(text);
      if (raw)
        found.push(`the ${place} has ${JSON.stringify(raw[0])} in …${text.slice(raw.index - 40, raw.index + 20)}…`);
    }
    return found;
  }

  /** A page of the metrics, as soon as it is given out again: what is refused shows nothing. */
  private async metrics(path: string): Promise<string> {
    const { href } = new URL(path, this.rig.bridge.metrics?.url);
    let body = '';
    const look = async () => {
      const answer = await ask(href);
      body = answer.body;
      return answer.status;
    };
    await eventually(look).toBe(200);
    return body;
  }

  async close(): Promise<void> {
    await this.page.close();
    await this.rig.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
