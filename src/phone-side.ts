import type { Config } from './config/schema.js';
import { deck } from './layout/deck.js';
import { topology } from './layout/topology.js';
import type { JsonObject } from './mesh/frame.js';
import { PhoneLayout } from './phone-layout.js';
import { PhoneSnapshot } from './phone-snapshot.js';
import type { Store } from './state/store.js';

/** All that phones are shown beside values: the layout, what fills its dynamic group, the graph of the devices. */
export class PhoneSide {
  readonly layout: PhoneLayout;
  /** What each control of the layout holds. */
  readonly snapshot: PhoneSnapshot;

  constructor(
    private readonly config: Pick<Config, 'bridge' | 'relay' | 'layout'>,
    private readonly store: Store,
  ) {
    this.layout = new PhoneLayout(config, () =>
      store.devices().map((id) => ({ id, points: [...store.points(id).values()].map(({ spec }) => spec) })),
    );
    const { layout } = this;
    this.snapshot = new PhoneSnapshot({
      store,
      namespace: config.bridge.namespace,
      layout: () => this.layout.layout(),
      deck: () => this.deck(),
      get binding() {
        return layout.binding;
      },
    });
  }

  /** Shows another config's layout from now on; name and namespace are the same. */
  take(config: Pick<Config, 'bridge' | 'relay' | 'layout'>): void {
    this.layout.take(config);
    this.snapshot.forget();
  }

  /** What fills the dynamic group of devices now. */
  deck(): JsonObject[] {
    return deck(this.store, this.config.bridge.namespace);
  }

  /** The graph of the devices; `relayId`: where questions about a tapped node go. */
  topology(relayId: string | undefined): JsonObject {
    const { namespace, name } = this.config.bridge;
    const devices = this.store.devices().map((id) => ({ id, health: this.store.health(id) ?? 'offline' }));
    return topology({ namespace, name, relayId, devices });
  }
}
