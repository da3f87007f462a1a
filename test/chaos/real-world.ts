import { readFileSync } from 'node:fs';
import { RealStage } from './real-stage.js';
import { emulatedUno, numberedBoard, numberedSketch } from './specimen.js';
import { World, type WorldOptions } from './world.js';

/** In the checkout, wherever this was compiled to. */
const FIRMWARE = 'devices/board/firmware/greenhouse-uno.hex';

/** A real firmware on an emulated board, a simulated board and a sketch, on pseudo terminals, with a relay on a real network, in real time. */
export async function realWorld(options: WorldOptions): Promise<World> {
  const stage = await RealStage.open();
  const { clock } = stage;
  const specimens = [
    emulatedUno(clock, readFileSync(FIRMWARE, 'utf8'), options.seed),
    numberedBoard(clock, 'yard', 10_001_000),
    numberedSketch(clock, 'tank', 30_000_000),
  ];
  return new World(stage, specimens, options);
}
