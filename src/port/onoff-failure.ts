/** Why onoff can't be loaded, in a sentence. */
export function loadFailure(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND')
    return 'the optional package onoff is not installed';
  return 'the optional package onoff is installed but was not built for this Node.js: run `npm rebuild epoll`';
}
