import type { Clock } from './clock.js';
import { policiesOf } from './config/policies.js';
import type { Config } from './config/schema.js';
import { Publisher, type PublisherParts } from './frame/publisher.js';
import type { PublisherShape } from './frame/publisher-parts.js';
import type { FrameSink } from './frame/sink.js';
import type { Log } from './log.js';
import type { Memory } from './memory.js';
import type { PhoneSide } from './phone-side.js';
import type { History, Past } from './state/history.js';
import type { Store } from './state/store.js';

/** What publishers are made from. */
export interface PublishersParts {
  /** The config as it is now. */
  config(): Config;
  readonly store: Store;
  readonly history: History;
  /** Takes the samples. */
  readonly memory: Pick<Memory, 'sample'>;
  readonly phones: PhoneSide;
  /** Nonce of this process. */
  readonly source: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Base64 makes a sealed frame a third larger. */
const SEALED_BYTES = 48 * 1024;

/** Makes what says on a channel what the store knows: on the relay's, and on that of each page. */
export class Publishers {
  constructor(private readonly parts: PublishersParts) {}

  /** For the relay; it has the samples of the history taken too. */
  forRelay(sink: FrameSink & { readonly relayId: string | undefined }): Publisher {
    const { memory, phones } = this.parts;
    const history = { ...this.past, sample: () => memory.sample() };
    return this.make(sink, this.shape(), { history, topology: () => phones.topology(sink.relayId) });
  }

  /** For one page of the panel. */
  forPage(sink: FrameSink): Publisher {
    const { phones } = this.parts;
    const shape = { ...this.shape(), frameBytes: undefined };
    return this.make(sink, shape, { history: this.past, topology: () => phones.topology('bridge') });
  }

  /** What the config makes of a publisher for the relay now. */
  shape(): PublisherShape {
    const config = this.parts.config();
    const { publish, relay } = config;
    return {
      bound: this.parts.phones.layout.binding?.frames,
      maxHz: publish.maxHz,
      policies: policiesOf(config),
      keyframeMs: publish.keyframe,
      trendMs: publish.trend,
      frameBytes: relay.roomKey === undefined ? undefined : SEALED_BYTES,
    };
  }

  private get past(): Past {
    const { history } = this.parts;
    return { keys: () => history.keys(), get: (device, point) => history.get(device, point) };
  }

  private make(sink: FrameSink, shape: PublisherShape, own: Pick<PublisherParts, 'history' | 'topology'>): Publisher {
    const { store, phones, source, clock, log } = this.parts;
    return new Publisher({
      store,
      sink,
      namespace: this.parts.config().bridge.namespace,
      source,
      clock,
      log,
      deck: () => phones.deck(),
      controls: () => phones.snapshot.controls(),
      ...shape,
      ...own,
    });
  }
}
