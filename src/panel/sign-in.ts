/** The page for whoever has no cookie. */
export function signInPage(said: string): string {
  return page(
    'Sign in',
    `<h1>carter-bridge</h1><p>${said}</p><p>Open the link that the bridge printed when it started, or print a new one:</p><pre>carter-bridge panel</pre>`,
  );
}

/**
 * The page that a link opens: goes on to the panel by itself. A redirect of the server would still count as coming from
 * wherever the link was clicked, and the cookie would stay behind.
 */
export function enterPage(): string {
  return page(
    'carter-bridge',
    '<p><a href="/">Open the panel</a></p>',
    '<meta http-equiv="refresh" content="0;url=/">',
  );
}

function page(title: string, body: string, head = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">${head}<title>${title}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/panel.css"></head><body class="sign-in"><main>${body}</main></body></html>\n`;
}
