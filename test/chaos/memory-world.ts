import type { PointDescription } from '../../firmware-protocol/message.js';
import { MemoryStage } from './memory-stage.js';
import { numberedBoard, numberedSketch, pinBank } from './specimen.js';
import { World, type WorldOptions } from './world.js';

/** What a world in memory is made of. */
export interface MemoryWorldOptions extends WorldOptions {
  /** The points of the boards, where they are not the usual ones. */
  readonly points?: readonly PointDescription[];
  /** Bytes that wait in the network for somebody who does not read. */
  readonly kernel?: number;
}

/** Two simulated boards, a sketch and pins, in memory and in virtual time. */
export function memoryWorld(options: MemoryWorldOptions): World {
  const stage = new MemoryStage(options.kernel);
  const { clock, relay } = stage;
  relay.begin();
  const specimens = [
    numberedBoard(clock, 'greenhouse', 1_000, options.points),
    numberedBoard(clock, 'yard', 10_001_000, options.points),
    numberedSketch(clock, 'tank', 30_000_000),
    pinBank(clock, 'pins'),
  ];
  return new World(stage, specimens, options);
}
