import type { JsonObject } from '../mesh/frame.js';
import { printable } from '../text.js';
import { HEALTH_COLOURS } from './own-frames.js';

/** What the graph of the bridge and its devices is drawn from. */
export interface TopologyParts {
  namespace: string;
  /** The bridge's name on the relay. */
  name: string;
  /** The bridge's id on the relay now, to which a tapped node's question goes; none while it is not there. */
  relayId: string | undefined;
  /** Devices with the words for their health. */
  devices: readonly { readonly id: string; readonly health: string }[];
}

/** The node of the bridge itself. */
export const BRIDGE_NODE = 'bridge';

/** The graph of a bridge and its devices; a tapped node asks `<ns>.card`. */
export function topology({ namespace, name, relayId, devices }: TopologyParts): JsonObject {
  const card = (id: string): JsonObject =>
    relayId === undefined
      ? {}
      : {
          onTap: {
            type: 'content',
            event: 'route_msg',
            payload: { target_id: relayId, type: `${namespace}.card`, payload: { id } },
          },
        };
  const nodes = devices.map(({ id, health }) => ({ id, label: id, group: health, ...card(id) }));
  const bridge = { id: BRIDGE_NODE, label: printable(name, 40), group: BRIDGE_NODE, size: 1.6, ...card(BRIDGE_NODE) };
  return { nodes: [bridge, ...nodes], edges: devices.map(({ id }) => ({ from: BRIDGE_NODE, to: id })) };
}

/** The control that draws it. */
export function topologyGraph(namespace: string): JsonObject {
  return {
    type: 'graph',
    label: 'Devices',
    graphConfig: { nodeSize: 10, showLabels: true, groupColors: { ...HEALTH_COLOURS, [BRIDGE_NODE]: '#667EEA' } },
    sync: [
      {
        method: 'meshsocket',
        type: 'listen',
        event: 'broadcast',
        filter: { msg_type: `${namespace}.topology` },
        valuePath: 'graph',
      },
    ],
  };
}
