import { paced, sleep } from '../wait.mjs';

/** Readings a second of each board. */
export const BOARD_RATE = 100;

/** Processor time of the program for each reading, in µs, with all boards of the stage speaking. */
export async function growth(stage, ms) {
  const speak = async (time) => {
    const count = await paced(BOARD_RATE, time, (n) => {
      for (const [device] of stage.boards.entries()) stage.reading(n, device);
    });
    return count * stage.boards.length;
  };
  await speak(1_000);
  const before = await stage.program.cpu();
  const readings = await speak(ms);
  await sleep(100);
  return ((await stage.program.cpu()) - before) / readings;
}
