import { connect } from 'node:net';
import { BridgeError } from '../error.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import { type ControlAnswer, type ControlRequest, lineSplitter, MAX_CONTROL_ANSWER } from './protocol.js';

/** Asks the running bridge; rejects with `control/not-running` where none listens, `control/timeout` after `ms`, other `control/…`. */
export function askControl(path: string, request: ControlRequest, ms = 10_000): Promise<ControlAnswer> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void) => {
      stop();
      settle();
    };
    const timeout = AbortSignal.timeout(ms);
    const onTimeout = () => done(() => reject(unanswered(path)));
    timeout.addEventListener('abort', onTimeout, { once: true });
    const hangUp = watchControl(path, request, {
      answer: (answer) => done(() => resolve(answer as ControlAnswer)),
      end: (error) => done(() => reject(error ?? hungUp())),
    });
    const stop = () => {
      timeout.removeEventListener('abort', onTimeout);
      hangUp();
    };
  });
}

/** Sends a request and passes on every line that comes back until either side hangs up; the returned function does. */
export function watchControl(
  path: string,
  request: ControlRequest,
  handlers: { answer(answer: JsonObject): void; end(error?: BridgeError): void },
): () => void {
  const socket = connect(path);
  let over = false;
  const end = (error?: BridgeError) => {
    if (over) return;
    over = true;
    socket.destroy();
    handlers.end(error);
  };
  const onLine = (line: string) => {
    if (over) return;
    const answer = readAnswer(line);
    if (answer) handlers.answer(answer);
    else end(new BridgeError('control/garbled', `what answers at ${path} is no bridge`));
  };
  const overlong = () => end(new BridgeError('control/overlong', 'the answer is too long'));
  const split = lineSplitter(onLine, overlong, MAX_CONTROL_ANSWER);
  socket.setEncoding('utf8');
  let connected = false;
  socket.on('connect', () => {
    connected = true;
    socket.write(`${JSON.stringify(request)}\n`);
  });
  socket.on('data', (chunk) => split(String(chunk)));
  socket.on('close', () => end());
  socket.on('error', (cause) => end(connected ? hungUp(cause) : unreachable(path, cause)));
  return () => {
    over = true;
    socket.destroy();
  };
}

function readAnswer(line: string): JsonObject | undefined {
  try {
    const answer: unknown = JSON.parse(line);
    return isObject(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

function hungUp(cause?: Error): BridgeError {
  return new BridgeError('control/closed', 'the bridge hung up', { cause });
}

function unanswered(path: string): BridgeError {
  const hint = 'it may be busy: try again; else it hangs: restart it';
  return new BridgeError('control/timeout', `the bridge at ${path} does not answer`, { hint });
}

function unreachable(path: string, cause: Error): BridgeError {
  if (!isListened(cause)) {
    const hint = 'start it with `carter-bridge run`, or name its config with --config or its folder with --state-dir';
    return new BridgeError('control/not-running', `no bridge answers at ${path}`, { hint, cause });
  }
  const denied = 'code' in cause && cause.code === 'EACCES';
  const hint = denied ? 'it is another user’s; ask as that user, or with `sudo`' : 'maybe it hangs; then restart it';
  return new BridgeError('control/refused', `the bridge at ${path} does not let us in: ${cause.message}`, {
    hint,
    cause,
  });
}

/** Only these say that nobody holds the socket; any other failure to connect to it does not. */
const NOBODY: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTDIR']);

function isListened(error: Error): boolean {
  return !('code' in error && NOBODY.has(error.code));
}

/** Whether anybody listens at a socket, even a process that is stopped or too busy to answer. */
export function isInUse(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (inUse: boolean) => {
      socket.destroy();
      resolve(inUse);
    };
    socket.on('connect', () => end(true));
    socket.on('error', (error) => end(isListened(error)));
  });
}
