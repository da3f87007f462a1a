import { parseRelayUrl } from '../mesh/connection.js';
import type { JsonObject } from '../mesh/frame.js';
import type { MakeSeat } from '../relay-seat.js';
import type { Recorder } from './recorder.js';
import type { RelayFrame } from './recording.js';

/** The same seats with all that goes over them noted, but for the bridge's own frames that relays send back to it. */
export function recordedSeat(recorder: Pick<Recorder, 'note'>, source: string, make: MakeSeat): MakeSeat {
  return (parts, handlers) => {
    let requests = 0;
    const note = (dir: 'in' | 'out', frame: RelayFrame) =>
      recorder.note({ relay: parseRelayUrl(seat.url).display, dir, frame });
    const late = () => (seat.late ? { late: true } : {});
    const seat = make(parts, {
      ...handlers,
      up: () => {
        note('in', { type: 'welcome', relayId: seat.relayId });
        handlers.up();
      },
      down: (reason) => {
        note('in', { type: 'closed' });
        handlers.down(reason);
      },
      broadcast: (payload, sealed) => {
        if (payload['_src'] !== source) note('in', { type: 'broadcast', payload, sealed, ...late() });
        handlers.broadcast(payload, sealed);
      },
      request: (type, payload, answer, sealed) => {
        const id = ++requests;
        note('in', { type: 'request', id, request: type, payload, sealed, ...late() });
        const reply = (answered: JsonObject) => {
          note('out', { type: 'reply', id, payload: answered });
          answer(answered);
        };
        return handlers.request(type, payload, reply, sealed);
      },
      // The seat is taken when the bridge starts, in the same moment as all else.
      started: () => recorder.note({ bridge: 'start' }),
      sent: (payload) => note('out', { type: 'broadcast', payload }),
    });
    return seat;
  };
}
