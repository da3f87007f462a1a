import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { ControlState } from '../../layout/control-state.js';
import type { JsonObject } from '../../mesh/frame.js';
import type { Session } from './session.js';
import { useWatch } from './watch.js';

const Context = createContext<Session | undefined>(undefined);

export const SessionProvider = Context.Provider;

/** What the page knows. */
export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error('drawn outside of the page');
  return session;
}

/** What the page knows; draws anew when this part of it is another one. */
export function useNews(name: string): Session {
  const session = useSession();
  useWatch(session.watch, name);
  return session;
}

/** A control as a component gets it. */
export interface ControlProps {
  readonly id: string;
  readonly control: JsonObject;
}

/** What a control shows now. */
export function useControl(id: string): ControlState | undefined {
  return useNews(`control:${id}`).phone?.state(id);
}

/** Whether the screen is at least this wide. */
export function useWide(px: number): boolean {
  const [query] = useState(() => matchMedia(`(min-width: ${px}px)`));
  const [wide, setWide] = useState(query.matches);
  useEffect(() => {
    const look = () => setWide(query.matches);
    query.addEventListener('change', look);
    return () => query.removeEventListener('change', look);
  }, [query]);
  return wide;
}
