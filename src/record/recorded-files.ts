import { BridgeError, describeError } from '../error.js';
import type { Files } from '../port/kernel-files.js';
import type { Recorder } from './recorder.js';

/** The same files, with all that is read of them noted. */
export function recordedFiles(files: Files, recorder: Pick<Recorder, 'note'>): Files {
  return {
    reader: () => {
      const read = files.reader();
      return async (path, signal) => {
        try {
          const text = await read(path, signal);
          recorder.note({ file: path, text });
          return text;
        } catch (error) {
          const code = error instanceof BridgeError ? error.code : 'file/failed';
          // What we gave up ourselves, a replay gives up by itself.
          if (!signal.aborted) recorder.note({ file: path, code, message: describeError(error) });
          throw error;
        }
      };
    },
  };
}
