import { knownPoints } from '../config/layout-check.js';
import { loadConfig } from '../config/load.js';
import { askControl } from '../control/client.js';
import type { ControlAnswer } from '../control/protocol.js';
import { BridgeError, isBridgeError } from '../error.js';
import type { Api } from '../layout/api.js';
import { apiMarkdown } from '../layout/api-markdown.js';
import { PhoneLayout } from '../phone-layout.js';
import { printableJson } from '../text.js';
import { type CliContext, EXIT } from './context.js';
import { type ControlOptions, controlPath, refused } from './control-path.js';

/** What `layout` was asked for. */
export interface LayoutOptions extends ControlOptions {
  /** The API instead of the layout. */
  readonly contract?: boolean;
  /** The API as JSON instead of a page. */
  readonly json?: boolean;
}

/**
 * `layout [--contract]`: prints the layout for phones, or all that layouts can listen to and send: as the running bridge
 * has it, else as the config tells.
 */
export async function layoutCommand(options: LayoutOptions, context: CliContext): Promise<number> {
  const { contract = false, json = false } = options;
  const answer = (await fromBridge(options, context)) ?? fromConfig(options, context);
  if (!answer.ok) return refused(answer, context);
  if (contract && !json) context.out(apiMarkdown(answer['contract'] as Api).trimEnd());
  else context.out(printableJson(JSON.stringify(answer[contract ? 'contract' : 'layout'], null, 2)));
  return EXIT.ok;
}

/** What the running bridge says; undefined where none runs and a config can tell instead. */
async function fromBridge(options: LayoutOptions, context: CliContext): Promise<ControlAnswer | undefined> {
  try {
    return await askControl(await controlPath(options, context), { op: options.contract ? 'contract' : 'layout' });
  } catch (error) {
    if (isBridgeError(error, 'control/not-running') && options.config !== undefined) return undefined;
    throw error;
  }
}

function fromConfig({ config: file }: LayoutOptions, context: CliContext): ControlAnswer {
  if (file === undefined) throw new BridgeError('cli/usage', 'no bridge runs and no config is named');
  const { config } = loadConfig(file, context);
  const known = [...knownPoints(config, context.drivers)];
  const silent = known.filter(([, points]) => points === undefined).map(([id]) => id);
  if (silent.length > 0) {
    context.err(`no bridge runs, so nobody knows the points of: ${silent.join(', ')}; what follows is without them`);
  }
  const devices = known.map(([id, points = []]) => ({ id, points }));
  const layout = new PhoneLayout(config, () => devices);
  return { ok: true, layout: layout.layout(), contract: layout.api() };
}
