import { isObject, type JsonObject } from '../mesh/frame.js';
import { matches } from './filter.js';
import { error, type LayoutFinding, linted, quoted, warning } from './finding.js';
import { listensOf } from './sync.js';

/**
 * What a layout and the frames of a channel have to do with each other: what is listened to and never came, decks
 * without children, frames that nobody listens to. Give it enough frames: a full round of everything.
 */
export function lintTraffic(layout: unknown, frames: readonly JsonObject[]): LayoutFinding[] {
  const { spots } = linted(layout);
  return [...neverSeen(spots, frames), ...missingChildren(spots, frames), ...orphans(spots, frames)];
}

type Spots = ReturnType<typeof linted>['spots'];

function* neverSeen(spots: Spots, frames: readonly JsonObject[]): Generator<LayoutFinding> {
  for (const { control, path } of spots) {
    for (const { filter, index } of listensOf(control)) {
      if (frames.some((frame) => matches(filter, frame))) continue;
      yield warning('event_never_seen', [...path, 'sync', index, 'filter'], 'no frame passed this filter');
    }
  }
}

function* missingChildren(spots: Spots, frames: readonly JsonObject[]): Generator<LayoutFinding> {
  for (const { control, path } of spots) {
    const { dynamic } = control;
    if (typeof dynamic !== 'string') continue;
    const empty = frames.some(({ msg_type, children }) => msg_type === dynamic && !Array.isArray(children));
    if (empty)
      yield error('missing_children', [...path, 'dynamic'], `a frame ${quoted(dynamic)} came without \`children\``);
  }
}

function* orphans(spots: Spots, frames: readonly JsonObject[]): Generator<LayoutFinding> {
  const told = new Set<unknown>();
  for (const frame of frames) {
    const { msg_type } = frame;
    if (told.has(msg_type)) continue;
    const wanted = spots.some(({ control }) => {
      const pulse = isObject(control['pulse']) ? control['pulse']['event'] : undefined;
      if (control['dynamic'] === msg_type || pulse === msg_type) return true;
      return listensOf(control).some(({ filter }) => matches(filter, frame));
    });
    if (wanted) continue;
    told.add(msg_type);
    yield warning('orphan_payload', [], `nothing listens to frames ${quoted(msg_type)}`);
  }
}
