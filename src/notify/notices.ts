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
  readonly config: Pick<Config, 'bridge' | 'relay' | 'notify'>;
  readonly store: Store;
  readonly estop: Pick<EmergencyStop, 'watch'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Sends phones notices of alarms, emergency stops and lost devices, as the config says; none where it says nothing. */
export class Notices {
  private ends: (() => void)[] = [];

  constructor(private readonly parts: NoticesParts) {}

  start(): void {
    const { config, store, estop, clock, log } = this.parts;
    const { notify, bridge, relay } = config;
    const service = notify?.service ?? relay.credential?.validator;
    if (!notify || service === undefined) return;
    const { token } = notify;
    const outbox = new Outbox({ service, token, channel: relay.channel, post: postJson, clock, log });
    const say = (text: string, thread: string, urgent: boolean) =>
      outbox.add({ title: bridge.name, text, urgent, thread: `${bridge.name}.${thread}` });
    this.ends = notify.alarms.map(({ when, for: forMs, every: everyMs, text }, i) => {
      const alarm = new Alarm({
        when: parseExpression(when),
        forMs,
        everyMs,
        say: () => say(text, `alarm${i}`, true),
        store,
        clock,
      });
      return () => alarm.stop();
    });
    if (notify.estop) this.ends.push(estop.watch(() => say('emergency stop: all outputs go to safe', 'estop', true)));
    if (notify.lost !== false) {
      const lost = (device: string) => device !== DERIVED && say(`${device} is lost`, 'lost', false);
      this.ends.push(watchLostDevices(store, clock, notify.lost, lost));
    }
    this.ends.push(() => outbox.stop());
  }

  stop(): void {
    for (const end of this.ends) end();
    this.ends = [];
  }
}
