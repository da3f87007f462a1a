// What people write first: port → lines → one broadcast each. No parsing, no validation, no limits, no way back after a loss.
import { ReadlineParser } from '@serialport/parser-readline';
import { SerialPort } from 'serialport';
import { WebSocket } from 'ws';

const [path, url] = process.argv.slice(2);
const port = new SerialPort({ path, baudRate: 115200, autoOpen: false });
const ws = new WebSocket(url, { perMessageDeflate: false });
const say = (type, payload) => ws.send(JSON.stringify({ id: null, type, payload, reply_to: null }));
const me = { name: 'floor', channel: 'lab', role: 'server', can_broadcast: true, broadcast_scope: 'channel' };

ws.on('open', () => say('identify', me));
ws.on('message', (data) => {
  if (data.includes('"welcome"')) port.open();
  // Only what can be a command is parsed: its own broadcasts come back too.
  if (data.includes('floor.cmd')) port.write(`${JSON.parse(data).payload.line}\n`);
});
port
  .pipe(new ReadlineParser({ delimiter: '\n' }))
  .on('data', (line) => say('broadcast_request', { msg_type: 'floor.line', line }));
