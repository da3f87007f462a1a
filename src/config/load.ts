import type { DriverRegister } from '../device/driver-kind.js';
import { isSecretKey } from '../layout/secrets.js';
import { isObject } from '../mesh/frame.js';
import { DERIVED } from '../state/derived.js';
import { printable } from '../text.js';
import { cautions } from './cautions.js';
import { ConfigError, type Problem } from './config-error.js';
import { type ConfigFile, readConfigFile } from './config-file.js';
import { crossCheck } from './cross-check.js';
import type { Environment } from './environment.js';
import { formatPath, valueAt } from './path.js';
import { type Finding, findings, unworded } from './problems.js';
import { type Config, configSchema } from './schema.js';
import { settle } from './settle.js';
import { type SoundPart, soundPart } from './sound-part.js';
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
 * `config/unreadable`. Touches nothing but the file, and those that it names.
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
  const wrong = [...source.problems, ...found].map(({ path }) => path);
  const told = new Set(found.map(({ path }) => formatPath(path)));
  const crossed = crossCheck(source.value, context.drivers).filter(({ path }) => !told.has(formatPath(path)));
  found.push(...crossed);
  // Derived points that follow from themselves follow from nothing.
  wrong.push(...crossed.map(({ path }) => path).filter(([section]) => section === DERIVED));
  const part = wrong.length === 0 ? WHOLE : soundPart(source.value, wrong);
  const parsed = part && (part === WHOLE ? result : schema.safeParse(part.data, unworded));
  const { path } = file;
  const settled = parsed?.success && settle(parsed.data, { ...context, path, data: source.value, part: part ?? WHOLE });
  if (settled) {
    secrets.push(...settled.relay.secrets.filter((secret) => !secrets.includes(secret)));
    found.push(...settled.errors.filter((error) => !isTold(error, found)));
  }
  // What the text itself did wrong is told already, such as what a variable that is not set would have held.
  const before = new Set(problems.map((problem) => problem.path));
  const isNew = (finding: Finding) =>
    source.origin(finding.path) !== 'unset' && (finding.path.length === 0 || !before.has(formatPath(finding.path)));
  for (const finding of found) if (isNew(finding)) problems.push(place(finding));
  if (!settled || part !== WHOLE || problems.length > 0) throw new ConfigError(capped(problems));

  const { config, relay: resolved, notes } = settled;
  const warnings = cautions(config, parsed.data.bridge.name, context.stableName ?? (() => undefined)).map(place);
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

/** A document of which nothing was left out. */
const WHOLE: SoundPart = { data: undefined, isLeftOut: () => false, isPartial: () => false };

/** Whether a finding says again, of the same place or of the one around it, what another one said. */
function isTold({ path, at }: Finding, others: readonly Finding[]): boolean {
  return others.some((other) => other.at === at && path.every((step, i) => other.path[i] === step));
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
