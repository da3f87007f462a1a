const NAME = /^(?:[0-9]{1,32}\.)?[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** True for a name or channel that every relay accepts (newer ones close the connection for others). */
export function isMeshName(text: string): boolean {
  return NAME.test(text);
}

/**
 * A name made acceptable: runs of other characters become `-`, except at the ends, where they go; 64 characters at most.
 * A leading `<digits>.` (an account's prefix) stays, as does a name that is acceptable already. Nothing left: `bridge`.
 */
export function meshName(text: string): string {
  if (isMeshName(text)) return text;
  const prefix = /^[0-9]{1,32}\.(?=[^.]*[A-Za-z0-9])/.exec(text)?.[0] ?? '';
  const rest = text
    .slice(prefix.length)
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64)
    .replace(/-+$/, '');
  return prefix + (rest || 'bridge');
}
