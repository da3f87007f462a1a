import { type Document, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Path } from './path.js';

type Entry = YAMLMap['items'][number];

/** Finds the nodes of a document by their paths; what it has looked through once it remembers. */
export class Nodes {
  private readonly entries = new Map<YAMLMap, ReadonlyMap<unknown, Entry>>();

  /** `targets`: what each alias means. */
  constructor(
    private readonly document: Document.Parsed,
    private readonly targets: ReadonlyMap<Node, Node>,
  ) {}

  /** What an alias means; any other node itself. */
  target(node: Node | undefined): Node | undefined {
    return node && (this.targets.get(node) ?? node);
  }

  /** The node of the key or the value at a path, or the nearest around it: of a missing key, the key of its mapping. */
  at(path: Path, at: 'key' | 'value'): Node | undefined {
    let key: Node | undefined;
    let node: Node | undefined = this.document.contents ?? undefined;
    for (const step of path) {
      const collection = this.target(node);
      let nextKey: unknown;
      let next: unknown;
      if (isMap(collection)) {
        const entry = this.entriesOf(collection).get(step);
        if (!entry) return key ?? node;
        nextKey = entry.key;
        next = entry.value ?? entry.key;
      } else if (isSeq(collection) && typeof step === 'number') {
        next = collection.items[step];
        nextKey = next;
      }
      if (!next) return key ?? node;
      key = nextKey as Node;
      node = next as Node;
    }
    // A block mapping's own place is its first entry; its key says more.
    return at === 'key' || ((isMap(node) || isSeq(node)) && !node.flow) ? (key ?? node) : node;
  }

  private entriesOf(map: YAMLMap): ReadonlyMap<unknown, Entry> {
    const known = this.entries.get(map);
    if (known) return known;
    const entries = new Map<unknown, Entry>();
    // Of a key that is there twice, the first counts.
    for (const entry of map.items) {
      if (isScalar(entry.key) && !entries.has(entry.key.value)) entries.set(entry.key.value, entry);
    }
    this.entries.set(map, entries);
    return entries;
  }
}
