import type { IconNode } from 'lucide';
import { createElement } from 'preact';

/** A drawing beside a text that says the same. */
export function Icon({ node, size = 18 }: { node: IconNode | undefined; size?: number }) {
  if (!node) return null;
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      {node.map(([tag, attributes], i) => createElement(tag, { key: i, ...attributes }))}
    </svg>
  );
}
