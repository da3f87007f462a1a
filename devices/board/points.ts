import type { BoardInfo, PointDescription } from '../../firmware-protocol/message.js';
import { fingerprint } from '../../firmware-protocol/point.js';
import type { PointSpec } from '../../src/device/point.js';
import { BridgeError } from '../../src/error.js';
import { printable } from '../../src/text.js';
import type { Manifests } from './manifests.js';
import type { BoardWire } from './wire.js';

const PAGE = { again: 250, tries: 20 };

/** The points of the board in a seat: remembered ones, or fetched page by page. Throws `device/protocol` where they can't be its own. */
export async function readManifest(
  wire: BoardWire,
  board: BoardInfo,
  seat: object | undefined,
  manifests: Manifests,
  signal: AbortSignal,
): Promise<readonly PointDescription[]> {
  const known = manifests.get(seat, board.fingerprint, board.points);
  if (known) return known;
  const points: PointDescription[] = [];
  for (let index = 0; index < board.points; index++) {
    points.push(
      await wire.ask(
        { verb: 'describe', index },
        (answer) => (answer.verb === 'describe' && answer.index === index ? answer.point : undefined),
        PAGE,
        signal,
      ),
    );
  }
  const found = fingerprint(points);
  if (found !== board.fingerprint) {
    throw wrong(`the board says that its points have the fingerprint ${board.fingerprint}, but they have ${found}`);
  }
  const ids = points.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw wrong(`two points of the board have the id \`${twice}\``);
  const shown = points.map(readable);
  manifests.set(seat, board.fingerprint, shown);
  return shown;
}

/** A point whose words are safe to be shown, wherever they are. */
function readable(point: PointDescription): PointDescription {
  const { label, unit, options } = point;
  return { ...point, label: printable(label), unit: printable(unit), options: options.map((word) => printable(word)) };
}

/** A board's point as the bridge knows points. */
export function specOf(point: PointDescription): PointSpec {
  const { id, role, type = 'text', label, unit, min, max, step, safe, options } = point;
  return {
    id,
    role,
    type: type === 'text' ? 'string' : type,
    ...(label === '' ? {} : { label }),
    ...(unit === '' ? {} : { unit }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(step === undefined ? {} : { step }),
    ...(options.length === 0 ? {} : { options }),
    ...(safe === undefined ? {} : { safe }),
  };
}

function wrong(message: string): BridgeError {
  return new BridgeError('device/protocol', message, { hint: 'its sketch breaks the board protocol' });
}
