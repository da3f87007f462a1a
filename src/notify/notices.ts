import type { EmergencyStop } from '../action/estop.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/schema.js';
import type { Log } from '../log.js';
import { postJson } from '../mesh/post-json.js';
import { DERIVED } from '../state/derived.js';
import { parseExpression } from '../state/expression.js';
import type { Store } from '../state/store.js';
import { Alarm } from './alarm.js';
import { watchLostDevices } from './lost-devices.js';
import { Outbox } from './outbox.js';

/** What notices come from and go to. */
export interface NoticesParts {
  /** The config as it is now. */
  config(): Pick<Config, 'bridge' | 'relay' | 'notify'>;
  readonly store: Store;
  readonly estop: Pick<EmergencyStop, 'watch'>;
  readonly clock: Clock;
  readonly log: Log;
}

type NotifyConfig = NonNullable<Config['notify']>;

/** Sends phones notices of alarms, emergency stops and lost devices, as the config says; none where it says nothing. */
export class Notices {
  private outbox: Outbox | undefined;
  /** By what the config says of them, in its order. */
  private alarms: ReadonlyMap<string, Alarm> = new Map();
  private lost: { readonly ms: number; readonly end: () => void } | undefined;
  private unwatch: (() => void) | undefined;
  private stopped = false;

  constructor(private readonly parts: NoticesParts) {}

  /** Begins, or goes by another config from now on: what waits is sent all the same, and what was said is not said again. */
  renew(): void {
    if (this.stopped) return;
    const { notify, relay } = this.parts.config();
    const service = notify?.service ?? relay.credential?.validator;
    if (!notify || service === undefined) {
      this.end();
      return;
    }
    const { clock, log } = this.parts;
    const place = { service, token: notify.token, channel: relay.channel };
    if (this.outbox) this.outbox.move(place);
    else this.outbox = new Outbox({ ...place, post: postJson, clock, log });
    this.watchAlarms(notify.alarms);
    this.watchStop(notify.estop);
    this.watchLost(notify.lost);
  }

  /** Nothing is sent any more. */
  stop(): void {
    this.stopped = true;
    this.end();
  }

  private end(): void {
    this.watchAlarms([]);
    this.watchStop(false);
    this.watchLost(false);
    this.outbox?.stop();
    this.outbox = undefined;
  }

  private watchAlarms(wanted: NotifyConfig['alarms']): void {
    const before = this.alarms;
    this.alarms = new Map(
      wanted.map((alarm) => {
        const key = JSON.stringify(alarm);
        return [key, before.get(key) ?? this.alarm(alarm, key)];
      }),
    );
    for (const [key, alarm] of before) if (!this.alarms.has(key)) alarm.stop();
  }

  private alarm({ when, for: forMs, every: everyMs, text }: NotifyConfig['alarms'][number], key: string): Alarm {
    const { store, clock } = this.parts;
    const say = () => this.say(text, `alarm${[...this.alarms.keys()].indexOf(key)}`, true);
    return new Alarm({ when: parseExpression(when), forMs, everyMs, say, store, clock });
  }

  private watchStop(wanted: boolean): void {
    if (!wanted) {
      this.unwatch?.();
      this.unwatch = undefined;
    } else {
      this.unwatch ??= this.parts.estop.watch(() => {
        this.say('emergency stop: all outputs go to safe', 'estop', true);
      });
    }
  }

  private watchLost(ms: NotifyConfig['lost']): void {
    if (this.lost?.ms === ms) return;
    const { store, clock } = this.parts;
    this.lost?.end();
    const tell = (device: string) => device !== DERIVED && this.say(`${device} is lost`, 'lost', false);
    this.lost = ms === false ? undefined : { ms, end: watchLostDevices(store, clock, ms, tell) };
  }

  private say(text: string, thread: string, urgent: boolean): void {
    const { name } = this.parts.config().bridge;
    this.outbox?.add({ title: name, text, urgent, thread: `${name}.${thread}` });
  }
}
