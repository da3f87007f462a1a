import { isObject } from '../mesh/frame.js';
import { printable, printableJson } from '../text.js';
import type { Api, ApiEntry, ApiPoint } from './api.js';

const MAX_CELL = 4_000;

/** The API of a bridge as a page for people. */
export function apiMarkdown(api: Api): string {
  const { name, namespace, frames, points, commands, requests, codes, bound } = api;
  return [
    `# What \`${name}\` says and hears`,
    '',
    `All frames are broadcasts; their \`msg_type\` begins with \`${namespace}.\``,
    '',
    '## Points',
    '',
    ...table(['Point', 'Kind', 'Range', 'Listen with', 'Command'], points.map(pointRow)),
    '',
    '## Frames to listen to',
    '',
    ...table(['`msg_type`', 'Meaning', 'Example'], frames.map(entryRow)),
    '',
    '## Commands',
    '',
    ...table(['`msg_type`', 'Meaning', 'Payload'], commands.map(entryRow)),
    '',
    `A command with \`_cmd\` and \`_from\` is answered by a \`command_ack\`. Refusal codes: ${codes.map(code).join(', ')}.`,
    '',
    '## Routed requests',
    '',
    ...table(
      ['Type', 'Answer'],
      requests.map(({ name: type, meaning }) => [code(type), meaning]),
    ),
    ...(bound ? ['', '## The bound layout', '', '```json', printableJson(JSON.stringify(bound, null, 2)), '```'] : []),
    '',
  ].join('\n');
}

function pointRow({
  point,
  role,
  type,
  label,
  unit,
  min,
  max,
  step,
  options,
  safe,
  listen,
  command,
}: ApiPoint): string[] {
  const range = [
    min === undefined && max === undefined ? '' : `${String(min ?? '…')} to ${String(max ?? '…')}`,
    step === undefined ? '' : `step ${String(step)}`,
    Array.isArray(options) ? options.join(', ') : '',
    safe === undefined ? '' : `safe: ${String(safe)}`,
  ];
  const { filter, valuePath } = isObject(listen) ? listen : {};
  return [
    code(point) + (typeof label === 'string' ? ` ${label}` : ''),
    `${role}, ${type}${typeof unit === 'string' ? ` in ${unit}` : ''}`,
    range.filter(Boolean).join('; '),
    `${code(JSON.stringify(filter))} ${code(String(valuePath))}`,
    command === undefined ? '' : code(JSON.stringify(command)),
  ];
}

function entryRow({ name, meaning, example }: ApiEntry): string[] {
  return [code(name), meaning, example === undefined ? '' : code(JSON.stringify(example))];
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => printable(cell.replaceAll('|', '\\|').replaceAll('\n', ' '), MAX_CELL)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
