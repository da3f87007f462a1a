import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ConfigError, formatProblem } from '../config/config-error.js';
import { describeError, isBridgeError } from '../error.js';
import { printable, printableLines } from '../text.js';
import { type CliContext, EXIT } from './context.js';

/** Characters of an error that are told. */
const MAX_ERROR = 2_000;

/** Runs the sub-command that `args` name (without node and script) and resolves with the exit code. Never rejects. */
export async function runProgram(args: readonly string[], context: CliContext): Promise<number> {
  let code: number = EXIT.ok;
  const finish = async (work: Promise<number>) => {
    code = await work;
  };
  try {
    await buildProgram(context, finish).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof ConfigError) {
      for (const problem of error.problems) context.err(formatProblem(problem));
      return EXIT.config;
    }
    // A config that somebody was given may have written some of it.
    context.err(`carter-bridge: ${printable(describeError(error), MAX_ERROR)}`);
    return isBridgeError(error, 'cli/usage') ? EXIT.usage : EXIT.failure;
  }
}

/** Each command is loaded when it is asked for: a bridge that runs for months needs none of the others. */
function buildProgram(context: CliContext, finish: (work: Promise<number>) => Promise<void>): Command {
  const program = new Command('carter-bridge')
    .description('Connects serial boards to CAR-TER phone dashboards.')
    .version(context.version)
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(`--help` lists what there is)')
    .configureOutput({
      writeOut: (text) => context.out(text.trimEnd()),
      // It quotes what was typed, or pasted.
      writeErr: (text) => context.err(printableLines(text.trimEnd())),
    });
  const recording = (command: Command) =>
    command
      .option('--record <file>', 'record all that is read and said, to replay it')
      .option('--record-limit <mb>', 'size at which the recording ends', wholeNumber(1, 100_000), 64);
  recording(program.command('run', { isDefault: false }))
    .description('run the bridge until it is stopped')
    .option('--config <file>', 'config file; without one: an embedded relay for the home network')
    .action((options) => finish(import('./run.js').then(({ runCommand }) => runCommand(options, context))));
  recording(program.command('bench'))
    .description('try everything without hardware: relay, boards, live values')
    .addOption(
      new Option('--boards <n>', 'only so many simulated boards, none with real firmware')
        .argParser(wholeNumber(0, 64))
        .conflicts(['config', 'pty']),
    )
    .option('--config <file>', 'simulate the devices of this config')
    .option('--pty <path>', 'make a virtual serial port here for a program of your own')
    .option('--port <port>', 'port of the relay; 0: any free one', wholeNumber(0, 65_535), 8765)
    .option('--panel-port <port>', 'port of the panel; 0: any free one', wholeNumber(0, 65_535))
    .action((options) =>
      finish(import('./bench.js').then(({ benchCommand }) => benchCommand(options, forReader(context)))),
    );
  program
    .command('replay')
    .description('let a bridge live through a recording, and print what it reads and says')
    .argument('<file>')
    .option('--config <file>', 'with other settings than when it was recorded')
    .option('--speed <n>', 'so many times as fast as it was; max: as fast as possible', speed)
    .action((file, options) =>
      finish(import('./replay.js').then(({ replayCommand }) => replayCommand(file, options, forReader(context)))),
    );
  program
    .command('relay')
    .description('run only the embedded relay')
    .option('--port <port>', 'port; 0: any free one', wholeNumber(0, 65_535), 8765)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--token-file <file>', 'file with the token; made where it does not exist')
    .action((options) => finish(import('./relay.js').then(({ relayCommand }) => relayCommand(options, context))));
  program
    .command('devices')
    .description('list the serial ports of this machine')
    .action(() => finish(import('./devices.js').then(({ devicesCommand }) => devicesCommand(context))));
  program
    .command('doctor')
    .description('look for what commonly goes wrong, and say what puts it right')
    .option('--config <file>', 'config of the bridge; the installed service’s where absent')
    .option('--state-dir <folder>', 'state folder of the bridge')
    .option('--json', 'for programs')
    .action((options) => finish(import('./doctor.js').then(({ doctorCommand }) => doctorCommand(options, context))));
  program
    .command('init')
    .description('write a first config for this machine')
    .argument('[file]', 'where to; bridge.yaml where absent')
    .option('--config <file>', 'the same')
    .action((file, options) =>
      finish(import('./init.js').then(({ initCommand }) => initCommand(file, options, context))),
    );
  program
    .command('validate')
    .description('check a config or a layout')
    .argument('<file>')
    .option('--config <file>', 'for a layout: hold it against the bindings and devices of this config')
    .action((file, options) =>
      finish(import('./validate.js').then(({ validateCommand }) => validateCommand(file, context, options.config))),
    );
  program
    .command('safe')
    .description('after a crash: put the outputs that were left on to their safe values')
    .requiredOption('--config <file>', 'config of the bridge that ended')
    .action((options) => finish(import('./safe.js').then(({ safeCommand }) => safeCommand(options, context))));
  const running = (command: Command) =>
    command
      .option('--config <file>', 'config of the running bridge')
      .option('--state-dir <folder>', 'state folder of the running bridge');
  running(program.command('layout'))
    .description('print the layout for phones')
    .option('--contract', 'print what layouts can listen to and send instead')
    .option('--json', 'print that as JSON')
    .action((options) => finish(import('./layout.js').then(({ layoutCommand }) => layoutCommand(options, context))));
  running(program.command('panel'))
    .description('print a link that opens the panel in one browser')
    .option('--viewer', 'for somebody who may only look, and stop everything')
    .addOption(
      new Option('--revoke', 'sign all browsers out instead, and void the links that were printed').conflicts('viewer'),
    )
    .action((options) => finish(import('./panel.js').then(({ panelCommand }) => panelCommand(options, context))));
  running(program.command('pair'))
    .description('print what a phone needs to join, as a QR code')
    .action((options) => finish(import('./pair.js').then(({ pairCommand }) => pairCommand(options, context))));
  running(program.command('push'))
    .description('put the layout on a phone that is in a live session')
    .argument('[phone]', 'its name on the relay; the only one there where absent')
    .action((phone, options) =>
      finish(import('./push.js').then(({ pushCommand }) => pushCommand(phone, options, context))),
    );
  running(program.command('get'))
    .description('print what the running bridge knows')
    .argument('<device[.point]>')
    .action((target, options) =>
      finish(import('./get.js').then(({ getCommand }) => getCommand(target, options, context))),
    );
  running(program.command('set'))
    .description('switch an output through the running bridge')
    .argument('<device.point>')
    .argument('<value>')
    .option('--arm', 'arm it first, where that is asked for')
    .action((target, value, options) =>
      finish(import('./set.js').then(({ setCommand }) => setCommand(target, value, options, context))),
    );
  running(program.command('approve'))
    .description('let the outputs of a new board be switched')
    .argument('[device]')
    .option('--window <duration>', 'every new board that is plugged in within that time, 10m at most')
    .action((target, options) =>
      finish(import('./approve.js').then(({ approveCommand }) => approveCommand(target, options, context))),
    );
  running(program.command('audit'))
    .description('list the last commands: when, by whom, what came of it')
    .option('--json', 'for programs')
    .action((options) => finish(import('./audit.js').then(({ auditCommand }) => auditCommand(options, context))));
  running(program.command('monitor'))
    .description("show a device's raw lines, or a point's readings")
    .argument('<device[.point]>')
    .action((target, options) =>
      finish(import('./monitor.js').then(({ monitorCommand }) => monitorCommand(target, options, forReader(context)))),
    );
  return program;
}

/** For commands that are there to be watched: they end in order when nobody reads them any more. */
function forReader(context: CliContext): CliContext {
  return { ...context, signal: AbortSignal.any([context.signal, context.unread]) };
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < min || number > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return number;
  };
}

/** How many times as fast; undefined for `max`. */
function speed(text: string): number | undefined {
  const number = Number(text);
  if (text === 'max') return undefined;
  if (!/^\d+(\.\d+)?$/.test(text) || number <= 0)
    throw new InvalidArgumentError('It must be a number above 0, or max.');
  return number;
}
