import { useState } from 'preact/hooks';
import { isObject, type JsonObject } from '../../../mesh/frame.js';
import { type ControlProps, useControl, useSession } from '../context.js';
import { Dialog } from '../dialog.js';
import { colour, labelOf, text } from '../fields.js';
import { Marked } from '../marked.js';
import { Tile } from '../tile.js';

const WIDTH = 360;
const HEIGHT = 200;

interface Placed {
  readonly node: JsonObject;
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

/** Nodes and what joins them; a tapped node may have a card to show. */
export function Graph({ id, control }: ControlProps) {
  const session = useSession();
  const state = useControl(id);
  const [card, setCard] = useState<{ title: string; content: string } | undefined>(undefined);
  const document = isObject(state?.document) ? state.document : {};
  const nodes = listOf(document['nodes']);
  const edges = listOf(document['edges']);
  const placed = place(nodes, edges);
  const where = new Map(placed.map((spot) => [spot.id, spot]));
  const config = isObject(control['graphConfig']) ? control['graphConfig'] : {};
  const groups = isObject(config['groupColors']) ? config['groupColors'] : {};

  const open = async ({ node, id: nodeId }: Placed) => {
    const tap = isObject(node['onTap']) ? node['onTap'] : undefined;
    if (!tap) {
      session.act(id, { value: nodeId }, isObject(config['nodeAction']) ? 'nodeAction' : 'action');
      return;
    }
    const asked = isObject(tap['payload']) ? tap['payload'] : {};
    const answer = await session.request(String(asked['type']), asked['payload']);
    setCard({
      title: text(answer, 'title') ?? nodeId,
      content: text(answer, 'content') ?? text(answer, 'message') ?? 'nothing is known',
    });
  };

  return (
    <Tile id={id} control={control} shape="stack" extra="fill">
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing with buttons in it */}
      <svg class="graph" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={labelOf(control, id)}>
        {edges.map((edge, i) => {
          const [from, to] = [where.get(String(edge['from'])), where.get(String(edge['to']))];
          return from && to ? <line key={i} x1={from.x} y1={from.y} x2={to.x} y2={to.y} /> : null;
        })}
        {placed.map((spot) => {
          const group = text(spot.node, 'group') ?? '';
          const fill = colour(spot.node['color']) ?? colour(groups[group]) ?? 'var(--accent)';
          const label = text(spot.node, 'label') ?? spot.id;
          const size = typeof spot.node['size'] === 'number' ? Math.min(2, spot.node['size']) : 1;
          return (
            // biome-ignore lint/a11y/useSemanticElements: SVG has no buttons
            <g
              key={spot.id}
              class="node"
              role="button"
              tabIndex={0}
              aria-label={group === '' || group === spot.id ? label : `${label}, ${group}`}
              onClick={() => void open(spot)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' && event.key !== ' ') return;
                event.preventDefault();
                void open(spot);
              }}
            >
              <circle class="halo" cx={spot.x} cy={spot.y} r={13 * size} fill={fill} />
              <circle cx={spot.x} cy={spot.y} r={8 * size} fill={fill} />
              <text x={spot.x} y={spot.y + 13 * size + 12}>
                {label}
              </text>
            </g>
          );
        })}
      </svg>
      {card && (
        <Dialog title={card.title} close={() => setCard(undefined)}>
          <Marked text={card.content} />
        </Dialog>
      )}
    </Tile>
  );
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The node with most edges in the middle, the others around it. */
function place(nodes: readonly JsonObject[], edges: readonly JsonObject[]): Placed[] {
  const degree = (node: JsonObject) => edges.filter(({ from, to }) => from === node['id'] || to === node['id']).length;
  const [hub, ...others] = [...nodes].sort((a, b) => degree(b) - degree(a));
  if (!hub) return [];
  const middle = { node: hub, id: String(hub['id']), x: WIDTH / 2, y: HEIGHT / 2 - 8 };
  const around = nodes
    .filter((node) => others.includes(node))
    .map((node, i) => {
      const turn = (i / others.length) * 2 * Math.PI - (others.length % 2 === 0 ? Math.PI : Math.PI / 2);
      return {
        node,
        id: String(node['id']),
        x: WIDTH / 2 + Math.cos(turn) * WIDTH * 0.38,
        y: HEIGHT / 2 - 8 + Math.sin(turn) * HEIGHT * 0.33,
      };
    });
  return [middle, ...around];
}
