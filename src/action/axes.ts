import type { Outcome } from '../device/outcome.js';
import type { Publisher } from '../frame/publisher.js';
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

/** What carries requests out, and holds back what would be said of their points meanwhile. */
export interface Helm {
  readonly publisher: Pick<Publisher, 'hold'>;
  isRepeat(request: CommandRequest): boolean;
  execute(request: CommandRequest): Promise<Outcome> | undefined;
}

/** Carries the requests of one frame out, each for itself; there is one answer, in the name of the first one, before the truth. */
export async function steer(
  requests: readonly CommandRequest[],
  helm: Helm,
  answer: (first: CommandRequest, outcome: Outcome) => void,
): Promise<void> {
  const going = requests.map(async (request) => {
    const repeat = helm.isRepeat(request);
    const hold = helm.publisher.hold(request.device, request.point);
    const outcome = await helm.execute(request);
    return { hold, outcome, value: outcome?.ok && !repeat ? outcome.value : undefined };
  });
  const done = await Promise.all(going);
  const [first] = requests;
  const outcome = answerOf(done.map((one) => one.outcome));
  if (first && outcome) answer(first, outcome);
  for (const { hold, value } of done) hold.release(value);
}

/** The one answer: a refusal where there is one, none where nobody is to be answered. */
function answerOf(outcomes: readonly (Outcome | undefined)[]): Outcome | undefined {
  return outcomes.find((outcome) => outcome?.ok === false) ?? outcomes.find((outcome) => outcome !== undefined);
}
