import { BridgeError, describeError } from '../error.js';
import type { LineLink, LinkEnd } from '../port/line-link.js';
import type { Ports } from '../port/ports.js';
import type { Recorder } from './recorder.js';

/** The same ports, with all that goes over them noted. */
export function recordedPorts(ports: Ports, recorder: Pick<Recorder, 'note'>): Ports {
  recorder.note({ ports: ports.list() });
  return {
    ...ports,
    watch: (port, wake) =>
      ports.watch(port, () => {
        recorder.note({ wake: port });
        wake();
      }),
    watchList: (onChange) =>
      ports.watchList(() => {
        recorder.note({ ports: ports.list() });
        onChange();
      }),
    open: async (options, handlers, signal) => {
      let path = '';
      const raw = (bytes: Buffer) => {
        recorder.note({ port: path, dir: 'in', data: bytes });
        handlers.raw?.(bytes);
      };
      try {
        const link = await ports.open(options, { ...handlers, raw }, signal);
        path = link.path;
        recorder.note({ port: path, open: options });
        void link.ended.then((end) => recorder.note({ port: path, ...endOf(end) }));
        return recordedLink(link, options.newline ?? '\n', recorder);
      } catch (error) {
        // What we gave up ourselves, a replay gives up by itself.
        if (!signal.aborted) recorder.note({ open: options, code: codeOf(error), message: describeError(error) });
        throw error;
      }
    },
  };
}

function recordedLink(link: LineLink, newline: string, recorder: Pick<Recorder, 'note'>): LineLink {
  return {
    path: link.path,
    ended: link.ended,
    close: () => link.close(),
    write: (line) => {
      recorder.note({ port: link.path, dir: 'out', data: Buffer.from(line + newline) });
      return link.write(line);
    },
  };
}

function endOf({ reason, error }: LinkEnd) {
  return { end: reason, ...(error && { message: error.message }) };
}

function codeOf(error: unknown): string {
  return error instanceof BridgeError ? error.code : 'port/unknown';
}
