import { isObject, type JsonObject } from '../mesh/frame.js';
import {
  type BoundCommand,
  type Command,
  commandingOf,
  commandOf,
  commandsFor,
  hasWord,
  recognise,
  type SpecOf,
} from './bound-commands.js';
import { type BoundFrame, framesFor } from './bound-frames.js';
import { type Contract, contractOf } from './contract.js';
import { deadManOf, deadMenOf } from './dead-man.js';
import type { ControlFinding, LayoutFinding } from './finding.js';
import { type BoundName, boundTarget, type Target } from './target.js';
import { matchTemplate } from './template.js';

/** A layout written by hand, bound to points: what has to be sent to it, and what its frames mean. */
export class Binding {
  readonly contract: Contract;
  /** What each bound control means, by its id. */
  readonly targets: ReadonlyMap<string, Target>;
  readonly frames: readonly BoundFrame[];
  readonly commands: readonly Command[];
  /** Why some bindings can't work. */
  readonly problems: readonly ControlFinding[];
  /** Bound ids that no control of the layout has. */
  readonly strangers: readonly string[];
  private readonly deadMen: ReadonlyMap<string, number>;
  private readonly byType = new Map<unknown, { commands: Command[]; others: JsonObject[] }>();

  constructor(layout: unknown, bindings: Readonly<Record<string, BoundName>>, namespace: string) {
    this.contract = contractOf(layout);
    const targets = new Map<string, Target>();
    for (const [id, name] of Object.entries(bindings)) {
      const target = boundTarget(name);
      if (target) targets.set(id, target);
    }
    this.targets = targets;
    this.strangers = [...targets.keys()].filter((id) => !this.contract.controls.has(id));
    const { frames, problems } = framesFor(this.contract, targets, namespace);
    const wanted = commandsFor(this.contract, targets, namespace);
    this.frames = frames;
    this.deadMen = deadMenOf(this.contract, namespace);
    this.commands = wanted.commands;
    this.problems = [...problems, ...wanted.problems].map((finding) => ({
      ...finding,
      control: this.controlAt(finding),
    }));
    for (const command of wanted.commands) this.ofType(command.payload).commands.push(command);
    for (const control of this.contract.controls.values()) {
      if (targets.has(control.id)) continue;
      for (const { action } of commandingOf(control)) {
        if (isObject(action['payload'])) this.ofType(action['payload']).others.push(action['payload']);
      }
    }
  }

  /** What a broadcast payload asks for; undefined where it is none of this layout's. */
  read(payload: JsonObject, specOf: SpecOf): BoundCommand | undefined {
    const known = this.byType.get(payload['msg_type']);
    const found = known && recognise(known.commands, payload, known.others);
    if (found) return leased(commandOf(found.command, found.match, specOf), deadManOf(found.command.control));
    const polled = this.contract.polls.some(({ event, payload: wanted }) => {
      return event === 'broadcast_request' && isObject(wanted) && hasWord(wanted) && matchTemplate(wanted, payload);
    });
    return polled ? { kind: 'poll' } : undefined;
  }

  /** Milliseconds after which a point that only sticks of this layout command is let go; undefined for others. */
  deadMan(device: string, point: string): number | undefined {
    return this.deadMen.get(`${device}.${point}`);
  }

  private ofType({ msg_type }: JsonObject): { commands: Command[]; others: JsonObject[] } {
    const known = this.byType.get(msg_type) ?? { commands: [], others: [] };
    this.byType.set(msg_type, known);
    return known;
  }

  /** The bound control that a finding is about. */
  private controlAt({ path }: LayoutFinding): string {
    const ids = [...this.targets.keys()];
    const found = ids.find((id) => {
      const own = this.contract.controls.get(id)?.path;
      // A group's own findings are never within one of its children.
      return own?.every((step, i) => step === path[i]) && path[own.length] !== 'children';
    });
    return found ?? '';
  }

  /** Controls that listen or send, but are not bound. */
  get unbound(): string[] {
    return [...this.contract.controls.values()]
      .filter(({ id, listens, actions }) => (listens.length > 0 || actions.length > 0) && !this.targets.has(id))
      .map(({ id }) => id);
  }
}

/** A command of a stick is good for so long; any other one as long as its point says. */
function leased(command: BoundCommand, lease: number | undefined): BoundCommand {
  if (command.kind === 'axes') return { ...command, wishes: command.wishes.map((wish) => ({ ...wish, lease })) };
  return command.kind === 'point' && command.value !== undefined ? { ...command, lease } : command;
}
