import type { Outcome } from '../device/outcome.js';
import type { JsonObject } from '../mesh/frame.js';
import { type CommandRequest, requestFor, type Way, type Wish } from './command.js';

/** The requests of a frame that says where a stick is: one for each axis. */
export function axisRequests(wishes: readonly Wish[], payload: JsonObject, way: Way): CommandRequest[] {
  return wishes.map((wish, i) => {
    const request = requestFor(wish, payload, way);
    if (i === 0) return request;
    const { cmd, from } = request;
    // Were there one allowance for both, the axis that comes second would wait for as long as the first one moves.
    return { ...request, allowance: `${from} ${i}`, ...(cmd !== undefined && { cmd: `${cmd} ${i}` }) };
  });
}

/** The one answer to several requests: a refusal where there is one, none where nobody is to be answered. */
export function answerOf(outcomes: readonly (Outcome | undefined)[]): Outcome | undefined {
  return outcomes.find((outcome) => outcome?.ok === false) ?? outcomes.find((outcome) => outcome !== undefined);
}
