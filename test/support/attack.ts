import { expect, it } from 'vitest';

/** One attack: what is tried, and what comes of it where the attacked holds. */
export interface Attack<Scene> {
  readonly name: string;
  /** Does it and returns what the attacker got for it. */
  attack(scene: Scene): unknown;
  /** What that must match. */
  readonly refusal: unknown;
}

/** What nothing that is attacked may show or have done, as readable lines; empty where all is well. */
export interface Unharmed {
  damage(got: unknown): Promise<string[]>;
}

/** Tries every attack on one scene: each gets its refusal, moves nothing and learns nothing. */
export function repelled<Scene extends Unharmed>(scene: () => Scene, attacks: readonly Attack<Scene>[]): void {
  it('has a name of its own for each attack', () => {
    expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length);
  });

  it.each(attacks)('$name', async ({ attack, refusal }) => {
    const got = await attack(scene());
    expect(got).toMatchObject(refusal as object);
    expect(await scene().damage(got)).toEqual([]);
  });
}
