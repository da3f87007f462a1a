/** What relays accept as a name or a channel since their 0.2 grammar. */
export const MESH_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** What a namespace may be: an id, a little longer, as it is made of the mesh name. */
export const NAMESPACE = /^[a-z][a-z0-9_]{0,31}$/;

/** A name as relays accept it: runs of other characters become `-`, at most 64; `bridge` where nothing is left. */
export function meshName(text: string): string {
  const name = text
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64)
    .replace(/-+$/, '');
  return name || 'bridge';
}

/** The namespace that a mesh name gives: lower case, other characters as `_`; `carter` where nothing is left. */
export function namespaceOf(name: string): string {
  const word = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+/, '')
    .slice(0, 32)
    .replace(/_+$/, '');
  return word === '' || word === 'bridge' || word === 'e2ee' || word === 'msg_type' ? 'carter' : word;
}
