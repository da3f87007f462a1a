import type { DeviceDriver, DeviceIo, DeviceSession } from '../../src/device/driver.js';
import type { LineOptions } from '../../src/port/line-link.js';
import { linePoints } from './line-point.js';
import { LineReader } from './line-reader.js';
import { LineSession } from './line-session.js';
import type { LinesOptions } from './options.js';

const NEWLINES = { lf: '\n', crlf: '\r\n', cr: '\r' } as const;

/** Reads any sketch that prints lines, and writes the command lines that its owner configured. */
export class LinesDriver implements DeviceDriver {
  constructor(private readonly options: LinesOptions) {}

  /** Live with the sketch's first line, or after `boot` at the latest. */
  async connect(io: DeviceIo, signal: AbortSignal): Promise<DeviceSession> {
    const points = linePoints(this.options);
    const reader = new LineReader(this.options, points, io);
    let session: LineSession | undefined;
    const link = await io.openLine(lineOptions(this.options), {
      line: (text) => {
        reader.line(text);
        session?.line(text);
      },
      defect: () => {},
    });
    await reader.begun(signal);
    session = new LineSession(io, link, reader, points ?? new Map());
    return session;
  }
}

function lineOptions({ port, baud, newline, dtr, rts }: LinesOptions): LineOptions {
  return {
    port,
    baud,
    newline: NEWLINES[newline],
    ...(dtr === undefined ? {} : { dtr }),
    ...(rts === undefined ? {} : { rts }),
  };
}
