/** What a namespace may be: an id, a little longer, as it is made of the mesh name. */
export const NAMESPACE = /^[a-z][a-z0-9_]{0,31}$/;

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
