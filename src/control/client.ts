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
    const onTimeout = () => done(() => reject(new BridgeError('control/timeout', 'the bridge does not answer')));
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

function unreachable(path: string, cause: Error): BridgeError {
  if (!isListened(cause)) {
    const hint = 'start it with `carter-bridge run`, or name its config with --config or its folder with --state-dir';
    return new BridgeError('control/not-running', `no bridge answers at ${path}`, { hint, cause });
  }
  const hint = 'is it another user’s? Else it hangs; restart it';
  return new BridgeError('control/refused', `the bridge at ${path} does not let us in: ${cause.message}`, {
    hint,
    cause,
  });
}

/** Whether somebody holds the socket although connecting to it failed: only these two codes say that nobody does. */
function isListened(error: Error): boolean {
  return !('code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT'));
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
