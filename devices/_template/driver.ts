import type { Command, Confirmed, DeviceDriver, DeviceIo, DeviceSession } from '../../src/device/driver.js';
import type { DriverKind } from '../../src/device/driver-kind.js';
import type { PointSpec } from '../../src/device/point.js';
import { BridgeError, isBridgeError } from '../../src/error.js';
import type { LineLink } from '../../src/port/line-link.js';
import { type TemplateOptions, templateOptions } from './options.js';
import { TemplateSimulator } from './simulator.js';

/** What the board has. An output says its safe value, to which it is put whenever there is doubt. */
const POINTS: readonly PointSpec[] = [
  { id: 'level', role: 'sensor', type: 'number', unit: 'cm' },
  { id: 'valve', role: 'actuator', type: 'boolean', safe: false },
];

/**
 * A board that prints one number a line (`23.5`), takes `1` and `0`, and answers them with `valve=1` and `valve=0`.
 * A driver holds no timer, no reconnect and no retry: the bridge does all that, in the same way for every driver.
 */
class TemplateDriver implements DeviceDriver {
  constructor(private readonly options: TemplateOptions) {}

  async connect(io: DeviceIo, signal: AbortSignal): Promise<DeviceSession> {
    // First, so that phones see the points even while nothing was said yet. Their values are unknown until then.
    io.describe(POINTS);
    const link = await io.openLine(
      { port: this.options.port, baud: this.options.baud },
      {
        line: (text) => readLine(io, text),
        // Noise is counted by the bridge. This board has no session that noise could break.
        defect: () => {},
      },
    );
    await askUntilAnswered(io, link, signal);
    return {
      identity: {},
      apply: async (command: Command, abort: AbortSignal): Promise<Confirmed> => {
        const wanted = command.value === true;
        const said = await io.exchange(link, { write: wanted ? '1' : '0', match: valveOf, within: 1_000 }, abort);
        // Success is what the board said, not what was sent.
        if (said !== wanted) throw new BridgeError('device/mismatch', `the board says ${said ? 'open' : 'closed'}`);
        return { value: said, settled: true };
      },
    };
  }
}

/** Opening the port restarts many boards, which lose what is sent meanwhile. The answer also says what the valve is. */
async function askUntilAnswered(io: DeviceIo, link: LineLink, signal: AbortSignal): Promise<void> {
  for (let tries = 0; tries < 10; tries++) {
    try {
      await io.exchange(link, { write: '?', match: valveOf, within: 500 }, signal);
      return;
    } catch (error) {
      if (signal.aborted || !isBridgeError(error, 'device/timeout')) throw error;
    }
  }
  throw new BridgeError('device/no-answer', 'the board does not say what its valve is');
}

/** Reports what a line says and nothing else: no guess, no old value, no value that was merely asked for. */
function readLine(io: DeviceIo, text: string): void {
  const valve = valveOf(text);
  if (valve !== undefined) io.report([{ point: 'valve', value: valve }]);
  // `null` makes the point unknown: the sensor has nothing to say.
  else if (text === 'nan') io.report([{ point: 'level', value: null }]);
  else if (/^-?\d{1,6}(\.\d{1,6})?$/.test(text)) io.report([{ point: 'level', value: Number(text) }]);
  else io.ignored('not a reading', text);
}

function valveOf(line: string): boolean | undefined {
  return line === 'valve=1' ? true : line === 'valve=0' ? false : undefined;
}

/** What devices/index.ts would register. One command at a time, since the answer does not say which one it answers. */
export const templateKind: DriverKind<TemplateOptions> = {
  kind: 'template',
  summary: 'A board that prints one number a line and takes 1 and 0',
  options: templateOptions,
  inFlight: 'device',
  pulses: false,
  create: (options) => new TemplateDriver(options),
  points: () => POINTS,
  simulate: (_options, clock) => new TemplateSimulator(clock),
};
