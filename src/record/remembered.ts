import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of the state folder by which a bridge goes after its start; none that holds a secret. */
const FILES = ['boards.json', 'counters.json', 'estop.json', 'history.json', 'outputs.json', 'values.json'];

/** What a bridge would remember of before its start, by file. */
export function rememberedIn(stateDir: string): Record<string, string> {
  return Object.fromEntries(FILES.flatMap((name) => textOf(join(stateDir, name)).map((text) => [name, text])));
}

/** Lets a bridge remember that; names of other files are passed over. */
export function putRemembered(stateDir: string, remembered: Readonly<Record<string, string>>): void {
  for (const name of FILES) {
    const text = remembered[name];
    if (text !== undefined) writeFileSync(join(stateDir, name), text);
  }
}

/** Empty where there is no such file, or none that can be read: the bridge itself says so. */
function textOf(path: string): string[] {
  try {
    return [readFileSync(path, 'utf8')];
  } catch {
    return [];
  }
}
