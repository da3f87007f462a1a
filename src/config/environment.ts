/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What came of one text with `${NAME}` in it. */
export interface Substituted {
  readonly text: string;
  /** True where anything came from the environment or from a default. */
  readonly changed: boolean;
  /** Values that were taken from the environment. */
  readonly taken: readonly string[];
  readonly problems: readonly { message: string; hint: string }[];
}

/** Problems told of one text. */
const MOST = 200;

const REFERENCE = /\$\$\{|\$\{([^}]*)\}/g;
const OPENING = /\$?\$\{/g;
const INNER = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/** Replaces `${NAME}` and `${NAME:-default}` (used where NAME is unset or empty) in a text; `$${` stands for a literal `${`. */
export function substitute(text: string, env: Environment): Substituted {
  const taken: string[] = [];
  const problems: { message: string; hint: string }[] = [];
  let changed = false;
  const wrong = (message: string, hint: string) => problems.length < MOST && problems.push({ message, hint });
  const fill = (whole: string, inner: string | undefined) => {
    if (whole === '$${') return '${';
    const match = inner === undefined ? null : INNER.exec(inner);
    const name = match?.[1];
    if (name === undefined) {
      const hint = `write \`\${NAME}\` or \`\${NAME:-default}\`; write \`$\${\` for a literal \`\${\``;
      wrong('not a reference to an environment variable', hint);
      return '';
    }
    changed = true;
    const given = Object.hasOwn(env, name) ? env[name] : undefined;
    const fallback = match?.[2];
    if (given !== undefined && (given !== '' || fallback === undefined)) {
      taken.push(given);
      return given;
    }
    if (fallback !== undefined) return fallback;
    wrong(`environment variable \`${name}\` is not set`, `set it, or give a default: \`\${${name}:-value}\``);
    return '';
  };
  // Where no brace closes any more, nothing looks for one: for many references that would take long.
  const end = text.lastIndexOf('}') + 1;
  const tail = text.slice(end).replace(OPENING, (whole) => fill(whole, undefined));
  return { text: text.slice(0, end).replace(REFERENCE, fill) + tail, changed, taken, problems };
}

/** What a reference lies within: up to the first character that it can not have. */
const STRETCH = /[^}\n"']*[}\n"']?/g;

// Also what is no reference, such as `${bad-name}`, so that `substitute` gets to see it and can say so.
const MASKABLE = /\$?\$\{(?:[A-Za-z_][A-Za-z0-9_]*:-[^}\n"']*|[^{},\n"']*)\}/g;
const MASKED = /\uE024?\uE024\uE07B[^\uE07D]*\uE07D/g;
const PRIVATE = 0xe000;

/**
 * Hides `${NAME}` from the YAML parser, to which braces in an unquoted value of a `{…}` mapping mean something else.
 * Character for character into Unicode's private use area, so that lines and columns stay.
 */
export function mask(source: string): string {
  const hide = (found: string) => found.replace(/[ -~]/g, (c) => String.fromCharCode(PRIVATE + c.charCodeAt(0)));
  // One by one: where no brace closes, each reference would look for it to the end of the text.
  return source.replace(STRETCH, (stretch) => (stretch.endsWith('}') ? stretch.replace(MASKABLE, hide) : stretch));
}

/** Undoes `mask`. */
export function unmask(text: string): string {
  const end = text.lastIndexOf('\uE07D') + 1;
  const show = (found: string) =>
    found.replace(/[\uE020-\uE07E]/g, (c) => String.fromCharCode(c.charCodeAt(0) - PRIVATE));
  return text.slice(0, end).replace(MASKED, show) + text.slice(end);
}
