import { z } from 'zod';
import type { InterlockGroup } from '../action/interlock.js';
import type { DriverRegister } from '../device/driver-kind.js';
import { byId, durationBetween, value } from '../device/options.js';
import type { Value } from '../device/point.js';
import type { BoundName } from '../layout/target.js';
import type { JsonObject } from '../mesh/frame.js';
import { derivedSchema } from './derived-schema.js';
import { didYouMean, oneOf } from './did-you-mean.js';
import { layoutSchema, pointName } from './layout-schema.js';
import { isNamespace, NAMESPACE } from './names.js';
import { notifySchema } from './notify-schema.js';
import { unworded } from './problems.js';
import { listenHost, type RelayConfig, relaySchema, tcpPort, tlsSource } from './relay-schema.js';

export type { RelayConfig };

/** What a phone may do. viewer: look · operator: also command · admin: also approve and configure. */
export type Role = 'viewer' | 'operator' | 'admin';

/** A device's driver and the options that the driver's own schema gave. */
export interface DeviceConfig {
  readonly driver: string;
  readonly options: unknown;
}

const text = z.string().min(1).max(256);

/** Where the bridge keeps what it remembers. */
export const stateDirSchema = z
  .string()
  .regex(/^(~\/|\/)[^\0]*$/, { error: 'expected a path that begins with `/` or `~/`' })
  .default('~/.local/state/carter-bridge')
  .meta({ typeName: 'path' })
  .describe('Where the bridge keeps what it remembers');

const bridge = z.strictObject({
  name: text.optional().describe('Name on the relay, unique there. Default: `<host name>-bridge`'),
  namespace: z
    .string()
    .refine(isNamespace, {
      error: 'not a valid namespace',
      params: { hint: 'a letter, then at most 63 letters, digits, `_` and `-`; not a reserved word' },
    })
    .optional()
    .meta({ typeName: 'a word', jsonSchema: { type: 'string', pattern: NAMESPACE.source } })
    .describe(
      'First word of every message type (`<namespace>.state`). Default: the name, where it begins with a letter; else made of it',
    ),
  stateDir: stateDirSchema,
});

const publish = z.strictObject({
  maxHz: z.number().min(0.1).max(20).default(5).describe('Most state frames a second'),
  keyframe: durationBetween('1s', '1h').prefault('30s').describe('How often everything is said in full'),
  trend: durationBetween('250ms', '1h').prefault('2s').describe('Pace of the values that sparklines append'),
});

const persist = z.strictObject({
  interval: durationBetween('1s', '1h')
    .prefault('10s')
    .describe(
      'Least time between two writes of what changes often, to spare SD cards. What safety needs is written at once',
    ),
  history: z
    .boolean()
    .default(false)
    .describe('true: sparklines go on after a restart that took no longer than they show; written once a minute'),
  values: z
    .boolean()
    .default(false)
    .describe('true: what was known last of points is told as such while they are unknown; written once a minute'),
  counters: z
    .boolean()
    .default(false)
    .describe(
      'true: counters and buttons of pins count on after a restart; what was counted since the last write may get lost',
    ),
});

const security = z.strictObject({
  defaultRole: z.enum(['operator', 'viewer']).default('operator').describe('What a phone may do that is not listed'),
  phones: z
    .record(z.string().meta({ typeName: 'mesh name' }), z.enum(['viewer', 'operator', 'admin']))
    .default({})
    .describe('What each phone may do, by its name on the relay')
    .transform((phones): ReadonlyMap<string, Role> => new Map(Object.entries(phones))),
});

const interlocked = z.array(pointName).min(2).describe('At most one of these outputs is on at a time');

const interlock = z
  .union([
    interlocked,
    z.strictObject({
      outputs: interlocked,
      deadTime: durationBetween('1ms', '1m').describe('Time from one going off to another going on'),
    }),
  ])
  .transform((group): InterlockGroup => (Array.isArray(group) ? { outputs: group, deadTime: 0 } : group));

const estopSource = z
  .union([
    pointName,
    z.strictObject({
      point: pointName.describe(
        'An input or an event, with no filters but `invert`, `map` and `timeout`; or a derived point, as late as the filters of what it follows from',
      ),
      when: value.describe('The value, or the word of the event, that stops everything'),
    }),
  ])
  .transform((source): { readonly point: string; readonly when?: Value } =>
    typeof source === 'string' ? { point: source } : source,
  );

const safety = z.strictObject({
  interlocks: z.array(interlock).default([]).describe('Groups of outputs'),
  estop: z
    .array(estopSource)
    .default([])
    .describe(
      'What presses the emergency stop: inputs while they are on, buttons when they are `pressed`, and either when it is lost or falls silent, or when an event of a button got lost',
    ),
  relayGrace: durationBetween('0ms', '1h')
    .prefault('10s')
    .describe('Time without a relay after which `onRelayLost` of the outputs counts'),
});

const panel = z.strictObject({
  port: tcpPort.default(8080).describe('TCP port; 0: any free one'),
  host: listenHost.default('127.0.0.1').describe('Address to listen on'),
  tls: tlsSource
    .optional()
    .describe('Encrypts (`https://`): with your certificate, or `true`: with one that is made and kept here'),
});

const metrics = z.strictObject({
  port: tcpPort.default(9464).describe('TCP port; 0: any free one'),
  host: listenHost.default('127.0.0.1').describe('Address to listen on'),
});

const log = z.strictObject({
  level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('The least important lines written'),
});

/** The schema of a whole config. What it gives has every default in place and nothing that it does not know. */
export function configSchema(drivers: DriverRegister) {
  return z.strictObject({
    bridge: bridge.prefault({}).describe('The bridge itself'),
    relay: relaySchema.prefault({ embedded: {} }).describe('How phones and the bridge meet'),
    devices: byId(device(drivers))
      .transform((devices): ReadonlyMap<string, DeviceConfig> => new Map(Object.entries(devices)))
      .prefault({})
      .describe('The devices, each under the id that layouts use'),
    derived: derivedSchema
      .prefault({})
      .describe('Points that follow from those of devices; on the channel they are `derived.<id>`'),
    publish: publish.prefault({}).describe('How often values are sent'),
    persist: persist.prefault({}).describe('What is remembered over restarts, and how often it is written down'),
    security: security.prefault({}).describe('Who may do what'),
    safety: safety.prefault({}).describe('What outputs may do together'),
    panel: panel
      .optional()
      .describe('The local web page; `{}` opens it on this machine. Without a config `run` opens it by itself'),
    metrics: metrics
      .optional()
      .describe('Metrics for Prometheus, a health check and a page that shows it; `{}` opens them on this machine'),
    layout: layoutSchema.optional().describe('The phones’ layout; made of the devices’ points where no file is named'),
    discover: z
      .boolean()
      .default(true)
      .describe('Ask boards that are plugged in who they are, and make devices of those that nobody waits for'),
    notify: notifySchema.optional().describe('Notices for phones whose app is closed, through the account’s service'),
    log: log.prefault({}).describe('What is written to the log'),
  });
}

/** One device: `driver`, and beside it the options of that driver. */
function device(drivers: DriverRegister) {
  const kinds = [...drivers.keys()];
  const known = kinds.length > 0 ? oneOf(kinds) : 'none, this program has no drivers';
  const driver = z.string().meta({ typeName: known }).describe('What the device is connected by');
  return z
    .looseObject({ driver })
    .transform(({ driver: kind, ...options }, context): DeviceConfig => {
      const found = drivers.get(kind);
      if (!found) {
        const suggestion = didYouMean(kind, kinds);
        const message = /^[\w-]{1,40}$/.test(kind) ? `unknown driver \`${kind}\`` : 'unknown driver';
        const hint = suggestion ? `did you mean \`${suggestion}\`?` : `known drivers: ${known}`;
        context.addIssue({ code: 'custom', message, path: ['driver'], params: { hint } });
        return z.NEVER;
      }
      const result = found.options.safeParse(options, unworded);
      if (result.success) return { driver: kind, options: result.data };
      context.issues.push(...(result.error.issues as z.core.$ZodRawIssue[]));
      return z.NEVER;
    })
    .describe('One device; beside `driver` it has what its driver lists below')
    .meta({ pick: (entry: unknown) => drivers.get(String((entry as { driver?: unknown } | null)?.driver))?.options });
}

/** What the schema gives, before names and folders are settled. */
export type ParsedConfig = z.output<ReturnType<typeof configSchema>>;

/** A config with everything settled. */
export interface Config extends Omit<ParsedConfig, 'bridge' | 'layout' | 'relay'> {
  readonly relay: RelayConfig;
  /** The layout written by hand, where there is one, and what its controls are bound to. */
  readonly layout?: { readonly document?: JsonObject; readonly bindings: Readonly<Record<string, BoundName>> };
  readonly bridge: {
    /** The name on the relay, within its grammar. */
    readonly name: string;
    /** First word of every message type. */
    readonly namespace: string;
    /** An absolute path. */
    readonly stateDir: string;
  };
}
