// What the tests in the guest can ask of the world around it: plug a board in, pull it, let it speak.
import { Board } from './boards.mjs';
import { joinSocket, jsonLines } from './link.mjs';
import { SOCKETS } from './machine.mjs';
import { Monitor } from './monitor.mjs';

export async function openDesk(machine) {
  const monitor = await Monitor.join(machine.path('monitor'));
  const boards = new Map();
  let plugged = 0;
  const verbs = {
    /** Puts a board on a chardev; it is not plugged in yet. */
    make: ({ board, socket }) => {
      boards.set(board, { board: new Board(machine.path(SOCKETS[socket]), socket + 1), socket });
    },
    plug: async ({ board }) => {
      const entry = boards.get(board);
      await entry.board.on();
      entry.usb = `usb${plugged++}`;
      await monitor.plug(entry.usb, SOCKETS[entry.socket]);
    },
    /** The adapter leaves the bus when its chardev is closed, whatever it was sending. */
    unplug: async ({ board }) => {
      const entry = boards.get(board);
      entry.board.off();
      await monitor.unplug(entry.usb);
    },
    say: ({ board, text }) => boards.get(board).board.say(text),
    flood: ({ board, text }) => boards.get(board).board.flood(text),
    /** What is true of a board, to compare with what the bridge believes. */
    truth: ({ board }) => {
      const { pump, skippedMs } = boards.get(board).board;
      return { pump, skippedMs };
    },
  };
  const socket = await joinSocket(machine.path('desk'));
  let last = Promise.resolve();
  const answer = jsonLines(socket, ({ verb, ...parts }) => {
    last = last.then(async () => {
      try {
        answer({ value: (await verbs[verb](parts)) ?? null });
      } catch (error) {
        answer({ error: String(error) });
      }
    });
  });
  return {
    close: () => {
      for (const { board } of boards.values()) board.off();
      socket.destroy();
      monitor.close();
    },
  };
}
