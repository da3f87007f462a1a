import { Cable, Cpu, type IconNode, LayoutGrid, ScrollText } from 'lucide';
import { Icon } from './icon.js';

/** A part of the page. */
export type Section = 'controls' | 'devices' | 'monitor' | 'log';

const FACES: Readonly<Record<Section, { readonly title: string; readonly icon: IconNode }>> = {
  controls: { title: 'Controls', icon: LayoutGrid },
  devices: { title: 'Devices', icon: Cpu },
  monitor: { title: 'Wire', icon: Cable },
  log: { title: 'Log', icon: ScrollText },
};

interface NavProps {
  sections: readonly Section[];
  now: Section;
  choose(section: Section): void;
  /** True inside of a pane. */
  small?: boolean;
}

/** Leads from one section to another. */
export function Nav({ sections, now, choose, small = false }: NavProps) {
  return (
    <nav class={small ? 'nav small-nav' : 'nav'} aria-label={small ? 'What goes on' : 'Sections'}>
      {sections.map((section) => (
        <button
          key={section}
          type="button"
          aria-current={section === now ? 'page' : undefined}
          onClick={() => choose(section)}
        >
          <Icon node={FACES[section].icon} size={small ? 16 : 20} />
          <span>{FACES[section].title}</span>
        </button>
      ))}
    </nav>
  );
}
