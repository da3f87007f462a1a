import type { Way } from '../action/command.js';
import type { Requests } from '../action/requests.js';
import type { Router } from '../action/router.js';
import type { Clock } from '../clock.js';
import { describeError } from '../error.js';
import type { Publisher } from '../frame/publisher.js';
import type { FrameSink } from '../frame/sink.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import { parseJson } from '../mesh/json.js';
import { RateWindow } from '../relay/limits.js';
import { type Desk, VIEWER } from './desk.js';
import { MonitorBatch } from './monitor.js';
import type { PanelRole } from './sessions.js';
import type { PageSocket } from './sockets.js';

/** What one page's end is built from. */
export interface ViewerParts {
  /** The name that its commands carry. */
  readonly name: string;
  readonly role: PanelRole;
  readonly socket: PageSocket;
  readonly desk: Desk;
  readonly requests: Pick<Requests, 'knows' | 'answer'>;
  /** Says to this page what is said to phones, and takes from it what is taken from them. */
  open(sink: FrameSink): { readonly publisher: Publisher; readonly router: Router };
  readonly clock: Clock;
}

const FRAMES_PER_SECOND = 50;

type Ask = (payload: JsonObject) => JsonObject | Promise<JsonObject>;

/**
 * The bridge's end of a page: to the page it is a relay with one bridge on it, to the bridge one more viewer. Beside the
 * frames of phones it carries what only the panel has.
 */
export class Viewer {
  readonly publisher: Publisher;
  private readonly router: Router;
  private readonly way: Way;
  private readonly rate: RateWindow;
  private readonly unwatch: () => void;
  private readonly asks: ReadonlyMap<string, Ask>;
  private endMonitor: (() => void) | undefined;
  private layout = '';
  private open = true;

  constructor(private readonly parts: ViewerParts) {
    const { name, role, socket, desk, clock } = parts;
    this.way = { via: role === 'operator' ? 'local' : 'viewer' };
    this.rate = new RateWindow(FRAMES_PER_SECOND, clock);
    const sink: FrameSink = {
      ready: true,
      get buffered() {
        return socket.buffered;
      },
      unanswered: 0,
      broadcast: (payload) => this.send('broadcast', payload),
    };
    const { publisher, router } = parts.open(sink);
    this.publisher = publisher;
    this.router = router;
    const owner = (ask: Ask, refusal: Ask = () => VIEWER): Ask => (role === 'operator' ? ask : refusal);
    const named = ({ device }: JsonObject) => (typeof device === 'string' ? device : '');
    this.asks = new Map<string, Ask>([
      ['route_msg', (payload) => this.route(payload)],
      [
        'panel.approve',
        owner(
          (payload) => desk.approve(payload, name),
          (payload) => desk.refuse(named(payload), name),
        ),
      ],
      ['panel.pairing', owner(() => ({ ...desk.pairing }))],
      ['panel.push', owner(() => desk.pushLayout())],
      ['panel.monitor', ({ device }) => this.monitor(device)],
    ]);
    const status = () => ({ role, ...desk.status() });
    this.send('welcome', { viewer: name, ...status() });
    this.sendLayout();
    this.send('panel.devices', { devices: desk.devices() });
    this.send('panel.log', { lines: desk.lastLines() });
    this.unwatch = desk.watch({
      devices: () => this.send('panel.devices', { devices: desk.devices() }),
      layout: () => this.sendLayout(),
      status: () => this.send('panel.status', status()),
      log: (line) => this.send('panel.log', { lines: [line] }),
    });
    publisher.start();
  }

  /** Takes a frame of the page. */
  message(text: string): void {
    const { socket, name } = this.parts;
    if (!this.rate.take()) {
      socket.close(1008, 'too many frames');
      return;
    }
    const frame = read(text);
    if (!frame) {
      socket.close(1007, 'not a frame');
      return;
    }
    const { id, type, payload } = frame;
    if (type === 'broadcast_request') {
      if (isObject(payload))
        this.router.take({ ...this.own(payload), ...(payload['from'] ? { from: name } : {}) }, this.way);
      return;
    }
    const ask = this.asks.get(type);
    if (ask) void this.reply(type, id, ask, isObject(payload) ? payload : {});
  }

  /** Sends the page away; 1012 is a restart of the service. */
  dismiss(why: string): void {
    this.parts.socket.close(1012, why);
  }

  /** The page is gone. */
  closed(): void {
    this.open = false;
    this.endMonitor?.();
    this.unwatch();
    this.publisher.stop();
  }

  private async reply(type: string, id: unknown, ask: Ask, payload: JsonObject): Promise<void> {
    try {
      this.send(type, await ask(payload), id);
    } catch (error) {
      this.send(type, { ok: false, message: describeError(error) }, id);
    }
  }

  private async route({ type, payload }: JsonObject): Promise<JsonObject> {
    const { requests } = this.parts;
    if (typeof type !== 'string' || !requests.knows(type)) return { ok: false, error: 'unknown type' };
    return await requests.answer(type, isObject(payload) ? this.own(payload) : payload, this.way);
  }

  /** Whoever it says it is: it is this page. */
  private own(payload: JsonObject): JsonObject {
    return { ...payload, _from: this.parts.name };
  }

  private monitor(device: unknown): JsonObject {
    this.endMonitor?.();
    this.endMonitor = undefined;
    if (typeof device !== 'string') return { ok: true };
    const batch = new MonitorBatch(this.parts.clock, (lines) => this.send('panel.monitor', { device, ...lines }));
    const end = this.parts.desk.monitor(device, (line) => batch.add(line));
    if (!end) return { ok: false, message: 'there is no such device' };
    this.endMonitor = () => {
      end();
      batch.close();
    };
    return { ok: true };
  }

  /** Sends the layout where it is another one than before. */
  private sendLayout(): void {
    const content = this.parts.desk.layout();
    const text = JSON.stringify(content);
    if (text === this.layout) return;
    this.layout = text;
    this.send('panel.layout', content);
  }

  private send(type: string, payload: JsonObject, replyTo?: unknown): void {
    if (!this.open) return;
    this.parts.socket.send(JSON.stringify({ type, payload, ...(replyTo === undefined ? {} : { reply_to: replyTo }) }));
  }
}

function read(text: string): { id: unknown; type: string; payload: unknown } | undefined {
  try {
    const frame = parseJson(text);
    if (!isObject(frame) || typeof frame['type'] !== 'string') return undefined;
    return { id: frame['id'], type: frame['type'], payload: frame['payload'] };
  } catch {
    // Whatever it was, it was no frame: the page is told by the close.
    return undefined;
  }
}
