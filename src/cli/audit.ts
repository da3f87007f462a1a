import type { AuditEntry } from '../action/audit.js';
import { askControl } from '../control/client.js';
import { momentText, printable, printableJson } from '../text.js';
import { type CliContext, EXIT } from './context.js';
import { type ControlOptions, controlPath, refused } from './control-path.js';

/** `audit`: the last commands of the running bridge, one a line: when, from whom, how it came, what, and the outcome. */
export async function auditCommand(options: ControlOptions & { json?: true }, context: CliContext): Promise<number> {
  const answer = await askControl(await controlPath(options, context), { op: 'audit' });
  const { commands } = answer;
  if (!answer.ok || !Array.isArray(commands)) return refused(answer, context);
  if (options.json) context.out(printableJson(JSON.stringify(commands)));
  else if (commands.length === 0) context.err('no commands yet');
  else for (const entry of commands as AuditEntry[]) context.out(line(entry));
  return EXIT.ok;
}

/** Longest text of one column. */
const MAX_CELL = 1_000;

/** Other things that were asked for have no value. */
const POINT = /^\S+\.\S+$/;

function line({ at, took_ms, from, via, what, wish, ok, value, code, message }: AuditEntry): string {
  const when = at === null ? '—' : momentText(at);
  const now = POINT.test(what) ? `, now ${printable(String(value))}` : '';
  const outcome = ok ? `ok${now}` : `refused: ${code}, ${message}`;
  const cells = [when, from || '—', via, `${what} ${wish}`.trim(), `${outcome} (${took_ms} ms)`];
  return cells.map((cell) => printable(cell, MAX_CELL)).join('\t');
}
