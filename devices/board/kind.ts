import type { DriverKind } from '../../src/device/driver-kind.js';
import { isBridgeError } from '../../src/error.js';
import { BoardDriver } from './driver.js';
import { Manifests } from './manifests.js';
import { type BoardOptions, boardOptions } from './options.js';
import { identityOf, probe, randomNonce } from './probe.js';
import { BoardSimulator } from './simulator.js';

/** A discovery probe must not be slower than the slowest boot loader, nor hold a stranger's port for longer than needed. */
const PROBE_MS = 5_000;

/** `driver: board`: boards that speak the board protocol and describe themselves. */
export const boardKind: DriverKind<BoardOptions> = {
  kind: 'board',
  summary:
    'A board with the CarterBoard library: it describes itself, confirms each command, and is safe without its host',
  options: boardOptions,
  inFlight: 'device',
  pulses: true,
  describesItself: true,
  create: (options, random = Math.random) => new BoardDriver(options, new Manifests(), random),
  probe: {
    baud: 115_200,
    ask: async (io, link, signal) => {
      try {
        const { board } = await probe(
          io,
          link,
          { nonce: randomNonce(io.random ?? Math.random), within: PROBE_MS },
          signal,
        );
        // A board of another version has no id that we can read; its driver will say so.
        return board ? identityOf(board) : {};
      } catch (error) {
        if (isBridgeError(error, 'device/no-answer')) return undefined;
        throw error;
      }
    },
  },
  samples: [
    {
      id: 'greenhouse',
      what: 'an Arduino Uno, emulated, with its real firmware',
      firmware: 'devices/board/firmware/greenhouse-uno.hex',
      emulate: async (firmware, clock, seed) => {
        const { GreenhouseUno } = await import('./avr-greenhouse.js');
        return new GreenhouseUno(clock, firmware, seed);
      },
    },
    {
      id: 'station',
      what: 'an Arduino Uno, emulated, with its real firmware, and a train',
      firmware: 'devices/board/firmware/modelrailway-uno.hex',
      emulate: async (firmware, clock, seed) => {
        const { RailwayUno } = await import('./avr-railway.js');
        return new RailwayUno(clock, firmware, seed);
      },
    },
  ],
  simulate: ({ id }, clock, seed) => new BoardSimulator(clock, seed, id === undefined ? {} : { identity: { id } }),
};
