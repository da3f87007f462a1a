import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drivers } from '../../devices/index.js';
import { Pattern } from '../../devices/lines/pattern.js';
import { ConfigError } from '../../src/config/config-error.js';
import { parseLayout } from '../../src/config/layout-file.js';
import { parseConfig } from '../../src/config/load.js';
import { BoardMemory } from '../../src/device/board-memory.js';
import { BridgeError } from '../../src/error.js';
import { Binding } from '../../src/layout/bind.js';
import { lint } from '../../src/layout/lint.js';
import { silentLog } from '../../src/log.js';
import { parseExpression } from '../../src/state/expression.js';
import { StateFile } from '../../src/state/state-file.js';

/** One parser of what comes from outside. */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs that it takes, to begin with. */
  readonly seeds: readonly string[];
  /** Characters of the longest input that reaches it; what is longer is refused before. */
  readonly longest: number;
  /** Gives it an input; throws only for what is a defect. */
  run(text: string): void;
}

const KIB = 1024;

/** Lines that a pattern is tried on: nearly as long as lines may be. */
const LINES = ['T=21.5 C', 'a'.repeat(1_000), '1 '.repeat(500), ' \t'.repeat(500)];

/** Parsers of what the owner wrote, or somebody for the owner. `folder` is for files. */
export function ownersTargets(examples: string, folder: string): FuzzTarget[] {
  const example = (name: string) => readFileSync(join(examples, name), 'utf8');
  return [
    {
      name: 'layouts',
      seeds: [
        example('greenhouse.json').slice(0, 6_000),
        '{"tabs":[{"title":"a","controls":[{"id":"b","type":"toggle"}]}]}',
      ],
      longest: 64 * KIB,
      run: (text) => {
        refusing(() => {
          const { document, locate } = parseLayout({ path: 'layout.json', text, shared: false });
          for (const finding of lint(document)) locate(finding.path, 'value');
          new Binding(document, { b: 'shed.pump' }, 'rig');
        });
      },
    },
    {
      name: 'configs',
      seeds: ['gpio.yaml', 'lines.yaml', 'railway.yaml', 'readings.yaml'].map(example),
      longest: 16 * KIB,
      run: (text) => {
        refusing(() =>
          parseConfig({ path: 'b.yaml', text, shared: true }, { drivers, env: { TOKEN: 'x' }, homeDir: '/' }),
        );
      },
    },
    {
      name: 'state files',
      seeds: ['{"version":1,"joined":{"shed":"board:shed:1"},"approved":["board:shed:1"]}'],
      longest: 256 * KIB,
      run: (text) => {
        const path = join(folder, 'boards.json');
        writeFileSync(path, text);
        const memory = new BoardMemory(new StateFile(path, silentLog));
        for (const id of ['shed', '__proto__', 'constructor']) memory.deviceOf(memory.boardOf(id) ?? id);
      },
    },
    {
      name: 'formulas',
      seeds: ['shed.temp * 1.8 + 32', '!a.b && (c.d > 1 || e.f == "on") ? min(1, g.h, 2) : -abs(i.j)'],
      longest: 500,
      run: (text) => {
        refusing(() => {
          const value = parseExpression(text).evaluate(() => 2);
          if (value !== null && !['number', 'boolean', 'string'].includes(typeof value)) throw new Error('no value');
        });
      },
    },
    {
      name: 'patterns',
      seeds: ['T=(?<temp>[-0-9.]+)\\s*(?<unit>[CF])?', '^(?:a|b{2,3}?)*[^\\d\\]]\\b$', '(?<a>\\w+) \\x41\\u0041.'],
      longest: 500,
      run: (text) => {
        refusing(() => {
          const pattern = new Pattern(text);
          for (const line of LINES) pattern.exec(line);
        });
      },
    },
  ];
}

/** Lets errors in the project's own words pass: they are what a refusal looks like. */
export function refusing(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof BridgeError || error instanceof ConfigError)) throw error;
  }
}
