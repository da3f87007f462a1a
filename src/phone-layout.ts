import type { Config } from './config/schema.js';
import { REFUSAL_CODES } from './device/outcome.js';
import type { PointSpec } from './device/point.js';
import { type Api, apiOf } from './layout/api.js';
import { Binding } from './layout/bind.js';
import { generate } from './layout/generate.js';
import { withoutSecrets } from './layout/secrets.js';
import { parseRelayUrl } from './mesh/connection.js';
import type { JsonObject } from './mesh/frame.js';

/** Devices and their points, as they are known now. */
export type KnownDevices = readonly { readonly id: string; readonly points: readonly PointSpec[] }[];

/** The layout for phones: the config's, with what its controls are bound to, or one made of the devices' points. */
export class PhoneLayout {
  /** What the controls of a layout written by hand mean; undefined where there is none. */
  get binding(): Binding | undefined {
    return this.bound;
  }

  private bound: Binding | undefined;

  constructor(
    private config: Pick<Config, 'bridge' | 'relay' | 'layout'>,
    private readonly devices: () => KnownDevices,
  ) {
    this.bound = bindingOf(config);
  }

  /** The layout is another config's from now on. */
  take(config: Pick<Config, 'bridge' | 'relay' | 'layout'>): void {
    this.config = config;
    this.bound = bindingOf(config);
  }

  /** The layout now, without secrets. */
  layout(): JsonObject {
    const { layout, relay, bridge } = this.config;
    if (layout?.document) return withoutSecrets(layout.document);
    const connection =
      relay.url === undefined ? {} : { connection: { url: parseRelayUrl(relay.url).display, channel: relay.channel } };
    return generate({ namespace: bridge.namespace, name: bridge.name, devices: this.devices(), ...connection });
  }

  /** All that layouts can listen to and send. */
  api(): Api {
    const { namespace, name } = this.config.bridge;
    return apiOf({ namespace, name, devices: this.devices(), codes: REFUSAL_CODES, binding: this.binding });
  }
}

function bindingOf({ layout, bridge }: Pick<Config, 'bridge' | 'layout'>): Binding | undefined {
  const { document, bindings = {} } = layout ?? {};
  return document && new Binding(document, bindings, bridge.namespace);
}
