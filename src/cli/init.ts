import { BridgeError } from '../error.js';
import { meshName } from '../mesh/name.js';
import { listPorts, type SerialPortEntry } from '../port/serial-path.js';
import { identityText } from '../port/usb-identity.js';
import { createPrivate } from '../private-file.js';
import { newToken } from '../relay/token.js';
import { printable } from '../text.js';
import { type CliContext, EXIT } from './context.js';

/** Where a config is written to, unless another place is named. */
const USUAL = 'bridge.yaml';

/** What a first config is made from. */
export interface FirstConfig {
  readonly hostname: string;
  readonly token: string;
  readonly ports: readonly SerialPortEntry[];
  /** Whether GPIO can be used here, in a sentence. */
  readonly gpio: string;
}

/** `init [FILE]`: writes a config for this machine, with a relay of its own, where there is none yet. */
export async function initCommand(
  named: string | undefined,
  { config }: { readonly config?: string },
  context: CliContext,
): Promise<number> {
  if (named !== undefined && config !== undefined)
    throw new BridgeError('cli/usage', 'the file is named twice', { hint: 'leave `--config` out' });
  const path = named ?? config ?? USUAL;
  const { hostname, out, program } = context;
  const text = firstConfig({ hostname, token: newToken(), ports: listPorts(), gpio: await context.gpio() });
  await write(path, text);
  out(`${printable(path)}: written; it holds the token of its relay, and only you can read it`);
  out(`next: ${program} validate ${printable(path)}`);
  out(`      ${program} run --config ${printable(path)}`);
  return EXIT.ok;
}

/** A config with comments; devices are proposed only, as nobody was asked who they are. */
export function firstConfig({ hostname, token, ports, gpio }: FirstConfig): string {
  const proposed = ports.flatMap((port, i) => [...proposal(port, i + 1), '#']);
  return `${[
    '# The config of a carter-bridge. docs/config.md lists every key; `carter-bridge validate` checks it.',
    '# It holds a secret: keep it to yourself (chmod 600).',
    '',
    'bridge:',
    `  name: ${quoted(meshName(`${hostname}-bridge`))} # on the relay; also the first word of all that layouts listen to`,
    '',
    'relay:',
    '  embedded: { port: 8765, host: 0.0.0.0 } # a relay inside the bridge, for the home network',
    '  channel: home',
    `  token: ${quoted(token)} # made for you; \`carter-bridge pair\` shows a phone all it needs`,
    '# A relay of your own instead:',
    '# relay: { url: ws://192.168.1.50:8765, channel: home, token: the-token }',
    '',
    'panel: { port: 8080, host: 127.0.0.1 } # the local web page',
    '',
    'discover: true # boards that say who they are need no entry: plug them in',
    '',
    ports.length === 0
      ? '# No serial port was plugged in when this was written; `carter-bridge devices` lists them. Others are named like this:'
      : '# The serial ports that were plugged in when this was written. Boards of any other sketch are named; remove the `# `:',
    '#',
    '# devices:',
    ...(proposed.length === 0 ? [...lines('meter', '/dev/serial/by-id/…'), '#'] : proposed),
    `#   # GPIO: ${printable(gpio, 200)}`,
    '#   pins:',
    '#     driver: gpio',
    '#     points:',
    '#       door: { pin: 4, direction: in, activeLow: true, pull: up, debounce: 20ms }',
    '#       lamp: { pin: 17, direction: out, initial: false, safe: false }',
  ].join('\n')}\n`;
}

function proposal({ path, usb, byId, byPath }: SerialPortEntry, number: number): string[] {
  const product = [usb?.manufacturer, usb?.product].filter(Boolean).join(' ');
  const who = usb ? `USB ${identityText(usb)} ${printable(product, 60)}`.trim() : 'not USB';
  return [`#   # ${printable(path)} is ${who}`, ...lines(`serial${number}`, byId ?? byPath ?? path)];
}

/** A sketch that prints lines, commented out. */
function lines(id: string, port: string): string[] {
  return [
    `#   ${id}:`,
    '#     driver: lines',
    `#     port: ${quoted(port)}`,
    '#     baud: 9600 # as in Serial.begin(9600)',
  ];
}

/** A text as YAML has it whatever is in it. */
function quoted(text: string): string {
  return JSON.stringify(printable(text));
}

async function write(path: string, text: string): Promise<void> {
  try {
    await createPrivate(path, text);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const name = printable(path);
    if (code === 'EEXIST') {
      const hint = 'name another one, or move it away';
      throw new BridgeError('init/exists', `there is ${name} already, which stays as it is`, { hint, cause });
    }
    const hint = code === 'ENOENT' ? 'make its folder first' : 'choose a folder that this user may write to';
    throw new BridgeError('init/unwritable', `can't write ${name} (${code})`, { hint, cause });
  }
}
