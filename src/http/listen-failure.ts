/** Says why a server can't listen at an address, and what puts it right; `keys` are where its address comes from. */
export function listenFailure(
  { host, port }: { readonly host: string; readonly port: number },
  cause: unknown,
  keys: string,
): { message: string; hint: string } {
  const { code = String(cause) } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    const hint = `stop the program that listens on port ${port}, or choose another port (0 = any free one)`;
    return { message: `port ${port} on ${host} is in use`, hint };
  }
  const message = `cannot listen on ${host} port ${port}: ${code}`;
  if (code === 'EACCES') return { message, hint: 'ports below 1024 need rights; choose a higher one' };
  if (code === 'EADDRNOTAVAIL') return { message, hint: `this machine does not have that address; check ${keys}` };
  return { message, hint: `check ${keys}` };
}
