import { createRequire } from 'node:module';
import { type Logger, pino } from 'pino';
import { BridgeError } from './error.js';
import type { Log } from './log.js';
import type { LogLine } from './log-line.js';
import { printable, printableJson } from './text.js';

/** How important a line must be to be written. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Texts that no line may show; those shorter than 4 characters are left alone. */
  readonly secrets: readonly string[];
  /** Where whole lines go, one a call; written to in the same tick as the log call. */
  readonly destination: { write(line: string): unknown };
  /** True for lines that people read on a terminal, false for JSON. */
  readonly pretty: boolean;
  /** Colours on a terminal; none where absent. */
  readonly colour?: boolean;
  /** Gets each line too, as text without secrets. */
  readonly also?: ((line: LogLine) => void) | undefined;
}

/** Shortest secret that is looked for; shorter ones would black out words. */
const SHORTEST_SECRET = 4;

/** Longest one that is part of a pattern: there are some that are too long for any. */
const LONGEST_PATTERN = 8192;

/** So much of one tells something. */
const LEAST_HALF = 8;

/** Secrets that come up while the program runs, such as tokens that end within the hour: so many are known. */
const MAX_LEARNT = 32;

/** Longest text in a line: others' certificates and answers can be long. */
const MAX_TEXT = 2000;

/** True where people read the log: on a terminal, and not as a service of systemd (which sets JOURNAL_STREAM). */
export function readByPeople(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  return isTerminal && env['JOURNAL_STREAM'] === undefined;
}

/** The log of a whole program. */
export interface ProgramLog extends Log {
  /** Writes lines from this level on from now on, also to what was made of it before, and hides these texts. */
  take(wishes: Pick<LoggerOptions, 'level' | 'secrets'>): void;
}

/** The program's log. Nothing is buffered, secrets become `[redacted]`, control characters never come out raw. */
export function createLogger(options: LoggerOptions): ProgramLog {
  let { level: least } = options;
  let { secrets } = options;
  let redact = redactor(secrets);
  let learnt: readonly string[] = [];
  const hide = (secret: string) => {
    learnt = [...learnt.filter((other) => other !== secret), secret].slice(-MAX_LEARNT);
    redact = redactor([...secrets, ...learnt]);
  };
  const render = options.pretty ? terminalLine(options.colour ?? false) : jsonLine;
  const log = pino(
    {
      level: 'trace',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => mapErrors(fields, least === 'debug' || least === 'trace'),
      },
      serializers: { err: (value: unknown) => value },
    },
    {
      write: (json: string) => {
        const { level, time, ...fields } = JSON.parse(json) as Line;
        // In this order, as half a secret is not known as one.
        const line: Line = { level, time, ...(mapTexts(fields, (text) => cut(redact(text))) as object) };
        options.destination.write(render(line));
        options.also?.({ level, time, text: lineText(line) });
      },
    },
  );
  const take: ProgramLog['take'] = (wishes) => {
    least = wishes.level;
    secrets = wishes.secrets;
    redact = redactor([...secrets, ...learnt]);
  };
  return { ...fromLevel(log, () => least, hide), take };
}

/** A log that writes what is at least as important as the level is at that moment; pino's own is fixed for children. */
function fromLevel(log: Logger, least: () => LogLevel, hide: (secret: string) => void): Log {
  const { values } = pino.levels;
  const at = (level: Exclude<LogLevel, 'trace'>) => (fields: object, message: string) => {
    if ((values[level] ?? 0) >= (values[least()] ?? 0)) log[level](fields, message);
  };
  const child = (bindings: object) => fromLevel(log.child(bindings), least, hide);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child, hide };
}

/** A line as pino wrote it, parsed. */
interface Line {
  readonly level: string;
  readonly time: string;
  readonly device?: unknown;
  readonly msg?: unknown;
  readonly err?: unknown;
}

/** Every text and key of a parsed line through `change`; a number that `change` would change becomes the changed text. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (typeof value === 'number') return change(String(value)) === String(value) ? value : change(String(value));
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [change(key), mapTexts(inner, change)]));
}

/** The fields of an error that a log line shows: message, code, hint, causes; its stack, a line an entry, where asked for. */
function errorFields(error: Error, withStack: boolean, depth = 0): object {
  const { message, cause } = error;
  const own = error instanceof BridgeError ? { code: error.code, hint: error.hint } : {};
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return {
    message,
    ...code,
    ...own,
    ...(cause instanceof Error && depth < 3 && { cause: errorFields(cause, withStack, depth + 1) }),
    ...(withStack && {
      stack: (error.stack ?? '')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line.startsWith('at ')),
    }),
  };
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

function mapErrors(fields: Record<string, unknown>, withStack: boolean): Record<string, unknown> {
  const entries = Object.entries(fields);
  if (!entries.some(([, value]) => value instanceof Error)) return fields;
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value instanceof Error ? errorFields(value, withStack) : value]),
  );
}

/** Replaces every occurrence of the secrets, also as JSON and as URLs write them. */
function redactor(secrets: readonly string[]): (text: string) => string {
  const written = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      printable(secret, Number.POSITIVE_INFINITY),
      percentEncoded(secret),
    ]);
  // The longest first, so that no secret hides the rest of another.
  const forms = [...new Set(written)].sort((a, b) => b.length - a.length);
  if (forms.length === 0) return (text) => text;
  const long = forms.filter(({ length }) => length > LONGEST_PATTERN);
  const short = forms.slice(long.length).map((form) => form.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'));
  const any = short.length > 0 ? new RegExp(short.join('|'), 'g') : undefined;
  return (text) => {
    const rest = long.reduce((left, form) => left.replaceAll(form, '[redacted]'), text);
    return withoutHalves(any ? rest.replace(any, '[redacted]') : rest, forms);
  };
}

/** Replaces what begins like a secret and was cut off, as `printable` cuts what is long. */
function withoutHalves(text: string, secrets: readonly string[]): string {
  if (!text.includes('…')) return text;
  const parts = text.split('…');
  const last = parts.pop();
  const hidden = parts.map((part) => {
    for (const secret of secrets) {
      const at = part.lastIndexOf(secret.slice(0, LEAST_HALF));
      if (at >= 0 && secret.startsWith(part.slice(at))) return `${part.slice(0, at)}[redacted]`;
    }
    return part;
  });
  return [...hidden, last].join('…');
}

/** As in a URL; half a character (a lone surrogate) has no such form and is left as it is. */
function percentEncoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}

/** One line of JSON. */
function jsonLine(line: Line): string {
  return `${printableJson(JSON.stringify(line))}\n`;
}

/** Renders lines for people: `12:00:01 WARN: greenhouse: connection failed: no such port [port/missing] {"failures":2}`. */
function terminalLine(colorize: boolean): (line: Line) => string {
  // Loaded only where people read the log: a service on a small machine has better use for the memory.
  const pretty = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
  const render = pretty.prettyFactory({
    colorize,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
    customPrettifiers: { time: (time) => String(time).replace(/^\[|\]$/g, '') },
    messageFormat: (log, messageKey) => String(log[messageKey] ?? ''),
  });
  return (line) => {
    const safe = mapTexts(line, (text) => printable(text, MAX_TEXT)) as Line;
    const { err, device, msg, ...rest } = safe;
    const { stack, ...error } = errorOf(err);
    const who = device === undefined ? '' : `${device}: `;
    const text = render({ ...rest, msg: `${who}${msg ?? ''}${errorText(error, String(msg ?? ''))}` });
    return [text.trimEnd(), ...(stack ?? []).map((frame) => `    ${frame}`), ''].join('\n');
  };
}

/** A line's text, with who it is about and what was wrong. */
function lineText({ device, msg, err }: Line): string {
  const who = device === undefined ? '' : `${device}: `;
  return printable(`${who}${msg ?? ''}${errorText(errorOf(err), String(msg ?? ''))}`, MAX_TEXT);
}

interface ErrorFields {
  readonly message?: string;
  readonly code?: string;
  readonly hint?: string;
  readonly stack?: readonly string[];
}

function errorOf(err: unknown): ErrorFields {
  if (typeof err === 'object' && err !== null) return err;
  return err === undefined ? {} : { message: String(err) };
}

function errorText({ message, hint, code }: ErrorFields, said: string): string {
  const news = message !== undefined && !said.includes(message);
  return `${news ? `: ${message}` : ''}${hint ? `; ${hint}` : ''}${code ? ` [${code}]` : ''}`;
}
