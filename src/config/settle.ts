import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { DriverRegister } from '../device/driver-kind.js';
import { BridgeError } from '../error.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import { meshName } from '../mesh/name.js';
import { BESIDE } from './config-file.js';
import { besideConfig, type ResolvedRelay, resolveRelay } from './connection.js';
import { checkSources } from './estop-check.js';
import { checkFormulas } from './formula-check.js';
import { checkLayout } from './layout-check.js';
import { readLayoutFile } from './layout-file.js';
import { namespaceOf, stateDirIn } from './names.js';
import { checkOutputs } from './output-check.js';
import { valueAt } from './path.js';
import { checkPorts } from './port-check.js';
import type { Finding } from './problems.js';
import { checkReadings } from './reading-check.js';
import type { Config, ParsedConfig } from './schema.js';
import type { SoundPart } from './sound-part.js';
import { checkCertificates } from './tls-check.js';

/** What settles a config. */
export interface SettleParts {
  /** Where the config is: what it names is beside it. */
  readonly path: string;
  readonly drivers: DriverRegister;
  readonly homeDir: string;
  readonly hostname?: string;
  /** The document as written. */
  readonly data: unknown;
  /** What was left out of it, as something is wrong there. */
  readonly part: Omit<SoundPart, 'data'>;
}

/** A config with everything in its place, and what only shows then. */
export interface Settled {
  readonly config: Config;
  readonly relay: ResolvedRelay;
  readonly errors: Finding[];
  readonly notes: Finding[];
}

const NO_LAYOUT: Finding = {
  path: ['layout', 'bindings'],
  at: 'key',
  message: 'have no effect without a layout',
  hint: 'name it with `file`',
};

const NO_SERVICE: Finding = {
  path: ['notify'],
  at: 'key',
  message: 'no service to hand notices to',
  hint: 'name it with `service`, or join by the credential of a device',
};

/** Reads what a config names, fills in names and folders, and holds everything against everything else. */
export function settle(parsed: ParsedConfig, parts: SettleParts): Settled {
  const { drivers, data, path, part } = parts;
  const relay = resolveRelay(parsed.relay, new Set(Object.keys(mapping(valueAt(data, ['relay'])))), path);
  const errors = [checkReadings, checkOutputs, checkFormulas, checkSources, checkPorts].flatMap((check) =>
    check(parsed, drivers),
  );
  const { config, notes, ...layout } = withLayout(named(parsed, relay.relay, parts), parsed, parts);
  errors.push(...layout.errors);
  if (relay.problem) errors.push(relay.problem);
  const lacksService = config.notify && config.notify.service === undefined && !config.relay.credential;
  if (lacksService && !part.isPartial('relay')) errors.push(NO_SERVICE);
  return { config, relay, errors, notes: [...notes, ...checkCertificates(config)] };
}

/** Reads the layout that the config names, and holds its controls against the bindings and the devices. */
function withLayout(
  config: Config,
  { layout }: ParsedConfig,
  { path, drivers, data, part }: SettleParts,
): { config: Config; errors: Finding[]; notes: Finding[] } {
  if (layout?.file === undefined) {
    const aimless = layout !== undefined && Object.keys(layout.bindings).length > 0;
    return { config, errors: [], notes: aimless ? [NO_LAYOUT] : [] };
  }
  let document: JsonObject;
  try {
    document = readLayoutFile(resolve(dirname(path), layout.file), BESIDE).document;
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    const finding: Finding = { path: ['layout', 'file'], at: 'value', message: error.message, hint: error.hint };
    return { config, errors: [finding], notes: [] };
  }
  const whole: Config = { ...config, layout: { bindings: layout.bindings, document } };
  const bound = Object.keys(mapping(valueAt(data, ['layout', 'bindings'])));
  const { errors, warnings } = checkLayout(whole, document, drivers, { bound, isLeftOut: part.isLeftOut });
  return { config: whole, errors, notes: warnings };
}

/** Fills in what the schema can't know: names and folders of this machine. */
function named(parsed: ParsedConfig, relay: Config['relay'], { homeDir, path, ...parts }: SettleParts): Config {
  const { name: given, namespace, stateDir } = parsed.bridge;
  const name = meshName(given ?? `${parts.hostname ?? hostname()}-bridge`);
  const { layout: _, panel, ...rest } = parsed;
  const tls = panel?.tls && besideConfig(panel.tls, path);
  return {
    ...rest,
    ...(panel && { panel: { ...panel, ...(tls && { tls }) } }),
    relay,
    bridge: {
      name,
      namespace: namespace ?? namespaceOf(name),
      stateDir: stateDirIn(stateDir, homeDir),
    },
  };
}

function mapping(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
