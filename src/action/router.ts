import { deadline } from '../clock.js';
import { type Outcome, refused } from '../device/outcome.js';
import { BridgeError, describeError } from '../error.js';
import type { Publisher } from '../frame/publisher.js';
import type { LogEntry } from '../frame/shapes.js';
import type { Binding } from '../layout/bind.js';
import type { Log } from '../log.js';
import type { Sealed } from '../mesh/e2ee.js';
import type { JsonObject } from '../mesh/frame.js';
import { printable } from '../text.js';
import { axisRequests, steer } from './axes.js';
import { type CommandRequest, readCommand, requestFor, type Way, wayOf } from './command.js';
import type { Commands } from './commands.js';
import { RefusalLog } from './refusal-log.js';
import type { Rules } from './validate.js';

/** What the router is built from. */
export interface RouterParts {
  namespace: string;
  /** The nonce that this process stamps on its own frames. */
  source: string;
  rules: Rules;
  commands: Commands;
  /** Where answers go. */
  publisher: Publisher;
  /** False for a phone that asks for these dynamic groups, and so shows the layout of somebody else. */
  isOurPhone?(dynamic: unknown): boolean;
  /** A line for everybody's log consoles. */
  tell(entry: LogEntry): void;
  /** What the frames of a layout written by hand mean; none where absent. */
  binding?: Pick<Binding, 'read' | 'deadMan'> | undefined;
  log: Log;
}

/** Longest name of a phone, in characters: what newer relays take. */
const NAME = 64;

type Handler = (payload: JsonObject, way: Way) => void;

/** Emergency stops within this time are one. */
const STOP_AGAIN_MS = 1_000;
/** Whoever pressed it waits at most this long for a slow disk. */
const KEPT_MS = 1_000;
/** What is wrong where it could not be written down. */
const FORGETFUL = 'a restart would not know of the emergency stop';

/** Takes each frame of the channel to what it asks for; frames that are not for us pass by in silence. */
export class Router {
  private readonly handlers: ReadonlyMap<string, Handler>;

  constructor(
    private readonly parts: RouterParts,
    private readonly stops: { last?: { readonly at: number; readonly outcome: Promise<Outcome> } | undefined } = {},
    private readonly refusals = new RefusalLog(parts.rules.clock, parts.log),
  ) {
    const { namespace, publisher } = parts;
    this.handlers = new Map<string, Handler>([
      [`${namespace}.cmd`, (payload, way) => this.command(payload, way)],
      [`${namespace}.arm`, (payload, way) => this.arm(payload, way)],
      [`${namespace}.hold`, (payload, way) => this.hold(payload, way)],
      [`${namespace}.estop`, (payload, way) => this.stop(payload, way)],
      [`${namespace}.estop_reset`, (payload, way) => this.resetStop(payload, way)],
      [`${namespace}.poll`, () => publisher.full()],
      ['control_sync_request', (payload) => this.sync(payload)],
    ]);
  }

  /** The same router for another channel: what comes from there is answered there. */
  on(publisher: Publisher): Router {
    return new Router({ ...this.parts, publisher }, this.stops, this.refusals);
  }

  /** Handles one broadcast payload of the relay. */
  handle(payload: JsonObject, sealed: Sealed, late = false): void {
    this.take(payload, wayOf(sealed, late));
  }

  /** Handles one payload, however it came. */
  take(payload: JsonObject, way: Way): void {
    // Relays send a sender its own broadcasts; a state frame of ours must never be taken for a command.
    if (payload['_src'] === this.parts.source) return;
    const type = payload['msg_type'];
    const handler = typeof type === 'string' ? this.handlers.get(type) : undefined;
    if (handler) handler(payload, way);
    else if (payload['_src'] === undefined) this.bound(payload, way);
  }

  /** Carries out a command and publishes the truth after it; undefined when nobody is to be answered (see `Commands`). */
  execute(request: CommandRequest): Promise<Outcome> | undefined {
    const outcome = this.parts.commands.submit(request);
    void outcome?.then((result) => {
      if (!result.ok) this.reportRefusal(request, request.point, result);
    });
    return outcome;
  }

  /** A frame in the words of a layout written by hand, of a phone: those of bridges, of ours before a restart too, are news. */
  private bound(payload: JsonObject, way: Way): void {
    const { binding, rules, publisher } = this.parts;
    const wish = binding?.read(payload, (device, point) => rules.store.point(device, point)?.spec);
    if (wish?.kind === 'point') this.submit(requestFor(wish, payload, way));
    else if (wish?.kind === 'axes') this.steer(axisRequests(wish.wishes, payload, way));
    else if (wish?.kind === 'estop') this.stop(payload, way);
    else if (wish?.kind === 'estop_reset') this.resetStop(payload, way);
    else if (wish?.kind === 'poll') publisher.full();
  }

  /** A phone came (back). */
  private sync({ from, dynamic }: JsonObject): void {
    const { publisher, isOurPhone = () => true } = this.parts;
    const named = typeof from === 'string' && from !== '' && from.length <= NAME && isOurPhone(dynamic);
    publisher.sync(named ? from : undefined);
  }

  private command(payload: JsonObject, way: Way): void {
    const request = readCommand(payload, way);
    const lease = request && this.parts.binding?.deadMan(request.device, request.point);
    if (request) this.submit(lease === undefined ? request : { ...request, lease });
    else this.parts.log.debug({}, 'a command without dev and point was ignored');
  }

  private arm(payload: JsonObject, way: Way): void {
    const request = readCommand(payload, way);
    if (!request) return;
    const { device, point, from } = request;
    void this.parts.commands.arm(request)?.then((outcome) => {
      this.acknowledge(request, outcome);
      if (!outcome.ok) this.reportRefusal(request, `arm ${point}`, outcome);
      else this.parts.tell({ level: 'warn', text: `${device}.${point} armed by ${printable(from || 'a phone', 60)}` });
    });
  }

  private hold(payload: JsonObject, way: Way): void {
    const request = readCommand(payload, way);
    if (request) this.parts.commands.hold(request, payload['held'] !== false);
  }

  private submit(request: CommandRequest): void {
    const { publisher } = this.parts;
    const { device, point } = request;
    // An old answer said again, and a pulse, say nothing of what the point is now.
    const fleeting = request.pulseMs !== undefined || this.parts.commands.isRepeat(request);
    // Whoever is refused anyway must not keep from everybody what the point is.
    const hold = this.parts.commands.mayMove(request) ? publisher.hold(device, point) : undefined;
    const outcome = this.execute(request);
    if (!outcome) {
      hold?.release();
      return;
    }
    void outcome.then((result) => {
      const value = result.ok && !fleeting ? result.value : undefined;
      if (request.cmd === undefined) hold?.release(value);
      else this.acknowledge(request, result, hold?.answered(value) ?? (() => publisher.repeat(device, point)));
    });
  }

  private steer(requests: readonly CommandRequest[]): void {
    const { publisher, commands } = this.parts;
    const isRepeat = (request: CommandRequest) => commands.isRepeat(request);
    const helm = { publisher, isRepeat, execute: (request: CommandRequest) => this.execute(request) };
    void steer(requests, helm, (first, outcome) => this.acknowledge(first, outcome));
  }

  private stop(payload: JsonObject, way: Way): void {
    const request = requestFor({ device: '', point: '' }, payload, way);
    const { rules, commands } = this.parts;
    // The stop itself has no limit; what is said to whoever hammers the button has.
    const answered = !rules.estop.latched || commands.mayAnswer(request);
    const stopped = this.emergencyStop(request.from || 'a phone', way.via);
    if (answered) void stopped.then((outcome) => this.acknowledge(request, outcome));
  }

  /** Latches the emergency stop and puts every output of every device to its safe value. */
  async emergencyStop(by: string, via: CommandRequest['via'] = 'local'): Promise<Outcome> {
    const { rules } = this.parts;
    const now = rules.clock.now();
    // Somebody who hammers the button must not fill the wires with the same words.
    if (!this.stops.last || now - this.stops.last.at >= STOP_AGAIN_MS) {
      const anew = !rules.estop.latched;
      const outcome = this.makeSafe(by);
      this.stops.last = { at: now, outcome };
      // Nobody can be kept from pressing it, so pressing it again must not push out what moved.
      if (anew) void this.parts.commands.audit.note({ from: by, via, what: 'estop', wish: undefined }, outcome);
    }
    return await this.stops.last.outcome;
  }

  private async makeSafe(by: string): Promise<Outcome> {
    const { rules, commands, tell, log } = this.parts;
    const kept = rules.estop.latch();
    rules.outputs.halt();
    const message = 'the emergency stop was pressed';
    commands.dropHeld(refused('estop', message));
    const stopping = rules.fleet.safeAll('estop', message);
    log.warn({ by: printable(by, 60) }, 'EMERGENCY STOP');
    tell({ level: 'error', text: `EMERGENCY STOP by ${printable(by, 60)}` });
    const late = () => new BridgeError('state/slow', 'a restart may not know of the emergency stop yet');
    const written = deadline(rules.clock, KEPT_MS, kept, late).then(
      (known) => (known ? undefined : new BridgeError('state/unwritten', FORGETFUL)),
      (error: BridgeError) => error,
    );
    const [open, doubt] = await Promise.all([stopping, written]);
    if (doubt) this.reportDoubt(doubt);
    if (open.length === 0)
      return { ok: true, value: true, ...(doubt && { message: `confirmed, but ${doubt.message}` }) };
    return refused('timeout', `not confirmed: ${open.join(', ')}${doubt ? `; ${doubt.message}` : ''}`);
  }

  private reportDoubt(doubt: BridgeError): void {
    this.parts.log.error({}, describeError(doubt));
    this.parts.tell({ level: 'error', text: doubt.message });
  }

  private resetStop(payload: JsonObject, way: Way): void {
    const request = requestFor({ device: '', point: '' }, payload, way);
    void this.askRelease(request)?.then((outcome) => this.acknowledge(request, outcome));
  }

  /** Lets go of the emergency stop where nothing speaks against that; undefined when nobody is to be answered (see `Commands`). */
  askRelease(request: CommandRequest): Promise<Outcome> | undefined {
    const { commands } = this.parts;
    const isRepeat = commands.isRepeat(request);
    const outcome = commands.releaseStop(request, () => this.releaseStop(request.from || 'a phone', request.via));
    void outcome?.then((result) => {
      if (!isRepeat) this.reportRefusal({ ...request, device: 'bridge' }, 'estop_reset', result);
    });
    return outcome;
  }

  /** Lets go of the emergency stop, whatever speaks against it. */
  releaseStop(by: string, via: CommandRequest['via'] = 'local'): void {
    const { log, tell, commands, rules } = this.parts;
    const { estop } = rules;
    const { again } = estop;
    const wish = again > 0 ? { pressed_again: again } : undefined;
    void commands.audit.note({ from: by, via, what: 'estop_reset', wish }, { ok: true, value: true });
    if (!estop.latched) return;
    estop.reset();
    this.stops.last = undefined;
    log.warn({ by: printable(by, 60) }, 'emergency stop reset');
    tell({ level: 'warn', text: `emergency stop reset by ${printable(by, 60)}` });
  }

  private acknowledge(request: CommandRequest, outcome: Outcome, left?: () => void): void {
    const { cmd, from, claimed: to = from } = request;
    if (cmd === undefined) return;
    const { ok, message } = outcome;
    const detail = outcome.ok ? { value: outcome.value } : { code: outcome.code };
    this.parts.publisher.ack({ cmd_id: cmd, to, ok, ...detail, ...(message !== undefined && { message }) }, left);
  }

  private reportRefusal({ device, from }: CommandRequest, what: string, outcome: Outcome): void {
    if (outcome.ok || outcome.code === 'superseded') return;
    const name = printable(`${device}: ${what}`, 60);
    this.refusals.refused(from, name, outcome);
    this.parts.tell({ level: 'warn', text: `${name} refused: ${outcome.code}` });
  }
}
