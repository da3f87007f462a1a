import { useLayoutEffect, useState } from 'preact/hooks';

/** Tells whoever wants to know that something of a name is another one; it does not say what. */
export class Watch {
  private readonly listeners = new Map<string, Set<() => void>>();

  on(name: string, listener: () => void): () => void {
    const own = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, own.add(listener));
    return () => {
      own.delete(listener);
      if (own.size === 0) this.listeners.delete(name);
    };
  }

  tell(name: string): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) listener();
  }

  tellAll(): void {
    for (const name of [...this.listeners.keys()]) this.tell(name);
  }
}

/** Draws the component anew each time that something of this name is another one. */
export function useWatch(watch: Watch, name: string): void {
  const [, again] = useState(0);
  // Not after the next frame, as `useEffect` would: what becomes another until then would not be drawn.
  useLayoutEffect(() => watch.on(name, () => again((n) => n + 1)), [watch, name]);
}
