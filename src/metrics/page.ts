import { type BridgeStatus, reasonsOf } from '../status.js';

/** How the bridge is doing, as a page for people; it looks again by itself. */
export function statusPage(status: BridgeStatus): string {
  const reasons = reasonsOf(status);
  const rows = Object.entries(status.devices).map(
    ([id, { driver, health, trouble = '' }]) => `<tr>${[id, driver, health, trouble].map(cell).join('')}</tr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="5">
<title>carter-bridge: ${reasons.length === 0 ? 'all is well' : text(reasons.join(', '))}</title>
<h1>${reasons.length === 0 ? 'All is well' : 'Not all is well'}</h1>
<p>carter-bridge ${text(status.version)}, running for ${status.up_s} s, relay ${status.relay}.${status.stopped ? ' The emergency stop is latched.' : ''}</p>
${reasons.length === 0 ? '' : `<ul>${reasons.map((reason) => `<li>${text(reason)}</li>`).join('')}</ul>\n`}<table>
<tr><th>device<th>driver<th>health<th>trouble</tr>
${rows.join('\n')}
</table>
<p><a href="/health">health</a> <a href="/metrics">metrics</a></p>
</html>
`;
}

function cell(content: string): string {
  return `<td>${text(content)}</td>`;
}

function text(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
