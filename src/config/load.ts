import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { DriverRegister } from '../device/driver-kind.js';
import { BridgeError } from '../error.js';
import { isSecretKey } from '../layout/secrets.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import { meshName } from '../mesh/name.js';
import { printable } from '../text.js';
import { cautions } from './cautions.js';
import { ConfigError, type Problem } from './config-error.js';
import { type ConfigFile, readConfigFile } from './config-file.js';
import { besideConfig, resolveRelay } from './connection.js';
import { crossCheck } from './cross-check.js';
import type { Environment } from './environment.js';
import { checkSources } from './estop-check.js';
import { checkFormulas } from './formula-check.js';
import { checkLayout } from './layout-check.js';
import { readLayoutFile } from './layout-file.js';
import { namespaceOf } from './names.js';
import { checkOutputs } from './output-check.js';
import { formatPath, valueAt } from './path.js';
import { type Finding, findings, unworded } from './problems.js';
import { checkReadings } from './reading-check.js';
import { type Config, configSchema, type ParsedConfig } from './schema.js';
import { readYaml, type YamlSource } from './yaml-source.js';

/** What a config is read against. */
export interface ConfigContext {
  readonly env: Environment;
  readonly drivers: DriverRegister;
  /** What `~` stands for. */
  readonly homeDir: string;
  /** The default name is made of it; the system's where absent. */
  readonly hostname?: string;
  /** The lasting name of a port that is plugged in, to name in a warning; none is named where absent. */
  readonly stableName?: (path: string) => string | undefined;
}

/** A config that holds, what is worth knowing about it, and the texts that no log may show. */
export interface LoadedConfig {
  readonly config: Config;
  readonly warnings: readonly Problem[];
  readonly secrets: readonly string[];
}

/** Most problems told at once. */
const MAX_PROBLEMS = 200;

/**
 * Reads and checks a config. Throws a ConfigError with every problem, or a BridgeError `config/missing` or
 * `config/unreadable`. Touches nothing but the file, and the layout that it names.
 */
export function loadConfig(path: string, context: ConfigContext): LoadedConfig {
  return parseConfig(readConfigFile(path), context);
}

/** The config of somebody who has none: every default, no devices. */
export function defaultConfig(context: Omit<ConfigContext, 'env'>): Config {
  return parseConfig({ path: 'default', text: '{}', shared: false }, { ...context, env: {} }).config;
}

/** Checks a config that has been read; throws a ConfigError with every problem. */
export function parseConfig(file: ConfigFile, context: ConfigContext): LoadedConfig {
  const source = readYaml(file.text, context.env);
  const secrets = secretsOf(source);
  const place = (finding: Finding) => placed(file.path, source, finding, secrets);
  const problems: Problem[] = source.problems.map((problem) => ({
    file: printable(file.path),
    line: problem.line,
    column: problem.column,
    path: formatPath(problem.path),
    message: problem.message,
    hint: problem.hint,
  }));
  if (source.value === undefined) throw new ConfigError(capped(problems));

  const schema = configSchema(context.drivers);
  const result = schema.safeParse(source.value, unworded);
  const found = result.success ? [] : findings(result.error.issues, schema, source.value);
  const told = new Set(found.map(({ path }) => formatPath(path)));
  found.push(...crossCheck(source.value, context.drivers).filter(({ path }) => !told.has(formatPath(path))));
  // What the text itself did wrong is told already, such as what a variable that is not set would have held.
  const before = new Set(problems.map(({ path }) => path));
  const isNew = ({ path }: Finding) =>
    source.origin(path) !== 'unset' && (path.length === 0 || !before.has(formatPath(path)));
  for (const finding of found) if (isNew(finding)) problems.push(place(finding));
  if (!result.success || problems.length > 0) throw new ConfigError(capped(problems));

  const checks = [checkReadings, checkOutputs, checkFormulas, checkSources];
  const misfits = checks.flatMap((check) => check(result.data, context.drivers));
  if (misfits.length > 0) throw new ConfigError(capped(misfits.map(place)));
  const resolved = resolveRelay(result.data.relay, keysAt(source, ['relay']), file.path);
  secrets.push(...resolved.secrets.filter((secret) => !secrets.includes(secret)));
  const settled = settle(result.data, resolved.relay, context, file.path);
  const { config, errors, notes } = withLayout(settled, result.data, file.path, context.drivers);
  if (resolved.problem) errors.push(resolved.problem);
  if (config.notify && config.notify.service === undefined && !config.relay.credential) errors.push(NO_SERVICE);
  if (errors.length > 0) throw new ConfigError(capped(errors.map(place)));
  const warnings = cautions(config, result.data.bridge.name, context.stableName ?? (() => undefined)).map(place);
  warnings.push(...notes.map(place));
  const literal = secretPaths(source).find((path) => source.origin(path) === 'file');
  if (resolved.shared) {
    const message = 'others on this machine can read the file with the connection';
    warnings.push(place({ path: ['relay', 'connection'], at: 'value', message, hint: 'run `chmod 600` on it' }));
  }
  if (file.shared && literal) {
    const hint = `run \`chmod 600 ${printable(file.path)}\``;
    warnings.push(place({ path: literal, at: 'key', message: 'others on this machine can read this secret', hint }));
  }
  return { config, warnings, secrets };
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

/** Reads the layout that the config names, and holds its controls against the bindings and the devices. */
function withLayout(
  config: Config,
  { layout }: ParsedConfig,
  path: string,
  drivers: DriverRegister,
): { config: Config; errors: Finding[]; notes: Finding[] } {
  if (layout?.file === undefined) {
    const aimless = layout !== undefined && Object.keys(layout.bindings).length > 0;
    return { config, errors: [], notes: aimless ? [NO_LAYOUT] : [] };
  }
  let document: JsonObject;
  try {
    document = readLayoutFile(resolve(dirname(path), layout.file)).document;
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    const hint = error.code === 'config/missing' ? 'its path is relative to the config' : error.hint;
    const finding: Finding = { path: ['layout', 'file'], at: 'value', message: error.message, hint };
    return { config, errors: [finding], notes: [] };
  }
  const whole: Config = { ...config, layout: { bindings: layout.bindings, document } };
  const { errors, warnings } = checkLayout(whole, document, drivers);
  return { config: whole, errors, notes: warnings };
}

/** Fills in what the schema can't know: names and folders of this machine. */
function settle(parsed: ParsedConfig, relay: Config['relay'], context: ConfigContext, path: string): Config {
  const { name: given, namespace, stateDir } = parsed.bridge;
  const name = meshName(given ?? `${context.hostname ?? hostname()}-bridge`);
  const { layout: _, panel, ...rest } = parsed;
  const tls = panel?.tls && besideConfig(panel.tls, path);
  return {
    ...rest,
    ...(panel && { panel: { ...panel, ...(tls && { tls }) } }),
    relay,
    bridge: {
      name,
      namespace: namespace ?? namespaceOf(name),
      stateDir: stateDir.startsWith('~/') ? join(context.homeDir, stateDir.slice(2)) : stateDir,
    },
  };
}

/** Everything to keep out of logs: secrets of the file, values from the environment, the password of an address. */
function secretsOf(source: YamlSource): string[] {
  const found = new Set<string>(source.taken);
  for (const path of secretPaths(source)) {
    const value = valueAt(source.value, path);
    if (typeof value === 'string' || typeof value === 'number') found.add(String(value));
  }
  const url = valueAt(source.value, ['relay', 'url']);
  if (typeof url === 'string' && URL.canParse(url)) found.add(decoded(new URL(url).password));
  found.delete('');
  return [...found];
}

/** Where the config holds secrets itself. */
function secretPaths(source: YamlSource): string[][] {
  const connection = ['relay', 'connection'];
  const inside = [...keysAt(source, connection)].filter(isSecretKey).map((key) => [...connection, key]);
  const own = [...keysAt(source, ['relay'])].filter((key) => key === 'token' || key === 'roomKey');
  const session = keysAt(source, ['notify']).has('token') ? [['notify', 'token']] : [];
  return [...own.map((key) => ['relay', key]), ...session, ...inside];
}

/** The keys that a section was given. */
function keysAt(source: YamlSource, path: Finding['path']): ReadonlySet<string> {
  const section = valueAt(source.value, path);
  return new Set(isObject(section) ? Object.keys(section) : []);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Puts a finding in its place, and makes sure that it quotes nothing that is secret or came from the environment. */
function placed(file: string, source: YamlSource, finding: Finding, secrets: readonly string[]): Problem {
  const { path, shown = path, at, message, hint } = finding;
  const own = source.origin(path) === 'environment' ? String(valueAt(source.value, path)) : undefined;
  const quotes = (text: string) =>
    secrets.some((secret) => secret.length >= 4 && text.includes(secret)) ||
    (own !== undefined && text.split(/\W+/).includes(own));
  return {
    file: printable(file),
    ...source.locate(path, at),
    path: formatPath(shown),
    message: quotes(message) ? 'not valid; the value is not shown' : message,
    hint: hint !== undefined && (quotes(hint) || (own && hint.includes(own))) ? undefined : hint,
  };
}

function capped(problems: readonly Problem[]): Problem[] {
  const shown = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const last = shown[MAX_PROBLEMS];
  if (!last) return shown;
  const message = `and ${shown.length - MAX_PROBLEMS} more problems`;
  return [...shown.slice(0, MAX_PROBLEMS), { ...last, path: '', message, hint: undefined }];
}
