import { connect } from 'node:net';
import { BridgeError } from '../error.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import { type ControlAnswer, type ControlRequest, lineSplitter } from './protocol.js';

/** Asks the running bridge; rejects with `control/not-running` where none listens, `control/timeout` after `ms`. */
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
      end: (error) => done(() => reject(error ?? new BridgeError('control/closed', 'the bridge hung up'))),
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
    const answer: unknown = JSON.parse(line);
    if (isObject(answer)) handlers.answer(answer);
  };
  const split = lineSplitter(onLine, () => end(new BridgeError('control/overlong', 'the answer is too long')));
  socket.setEncoding('utf8');
  socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
  socket.on('data', (chunk) => split(String(chunk)));
  socket.on('close', () => end());
  socket.on('error', (cause) => end(notRunning(path, cause)));
  return () => {
    over = true;
    socket.destroy();
  };
}

function notRunning(path: string, cause: Error): BridgeError {
  const hint = 'start it with `carter-bridge run`, or name its config with --config or its folder with --state-dir';
  return new BridgeError('control/not-running', `no bridge answers at ${path}`, { hint, cause });
}
