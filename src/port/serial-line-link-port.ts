import { SerialPort } from 'serialport';
import { type Clock, deadline } from '../clock.js';
import { BridgeError } from '../error.js';
import type { Log } from '../log.js';
import { CLOSE_MS } from './line-limits.js';
import type { LineOptions } from './line-link.js';
import { serialFault } from './serial-fault.js';
import type { SerialBinding } from './serial-line-link-binding.js';
import { holders, nodeAge } from './serial-path.js';

/** A port that is not open yet. Throws `port/baud` or `port/unknown` for what serialport refuses at once. */
export function newPort(path: string, baudRate: number, binding: SerialBinding): SerialPort {
  try {
    // On Linux `hupcl: false` clears nothing; the default sets the flag and undoes a user's `stty -hupcl`.
    const options = { path, baudRate, autoOpen: false, hupcl: false, binding };
    const port = new SerialPort(options);
    // A discarded port may still report errors; without a listener they would end the process.
    return port.on('error', () => {});
  } catch (error) {
    throw serialFault(error, { path });
  }
}

/** Opens it; rejects with serialport's own error. */
export function openPort(port: SerialPort): Promise<void> {
  return new Promise((resolve, reject) => {
    port.open((error) => (error ? reject(error) : resolve()));
  });
}

/** The fault of a failed opening, with what else can be found out about it. */
export async function explained(error: unknown, path: string, clock: Clock): Promise<BridgeError> {
  const fault = serialFault(error, { path });
  if (fault.code === 'port/locked') return serialFault(error, { path, holders: await holders(path) });
  if (fault.code === 'port/denied') return serialFault(error, { path, nodeAge: nodeAge(path, clock.wall()) });
  return fault;
}

/** Sets DTR and RTS where asked for. Adapters and terminals without them refuse, which is worth a warning and no more. */
export function setModemLines(port: SerialPort, { dtr, rts }: LineOptions, log: Log): Promise<void> | undefined {
  if (dtr === undefined && rts === undefined) return undefined;
  return new Promise((resolve) => {
    // set() gives every line it is not told about its default, so both are told.
    port.set({ dtr: dtr ?? true, rts: rts ?? true }, (error) => {
      if (error) log.warn({ port: port.path, error: error.message }, 'cannot set DTR and RTS');
      resolve();
    });
  });
}

/** Closes a port, however far it has got; resolves once it is closed, or after 1 s. */
export async function release(port: SerialPort, clock: Clock, log: Log, discard: boolean): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    // A stream that broke says 'close' before the system has closed the port, and once more after.
    const look = () => {
      if (!port.closing) resolve();
    };
    port.on('close', look).on('error', look);
    if (port.closing) return;
    const close = () => port.close(() => resolve());
    // The kernel would go on sending what it holds, for up to 30 s, before it closes.
    if (discard) port.flush(close);
    else close();
  });
  const late = () => new BridgeError('port/timeout', `${port.path} did not close`);
  await deadline(clock, CLOSE_MS, closed, late).catch((error: Error) => {
    log.warn({ port: port.path }, `${error.message} within ${CLOSE_MS} ms; going on without`);
  });
}
