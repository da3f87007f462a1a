// What people write first: onoff → one broadcast an edge, one write a command. No parsing, no checks, no safe values.
import { Gpio } from 'onoff';
import { WebSocket } from 'ws';

const [input, output, url] = process.argv.slice(2);
const button = new Gpio(Number(input), 'in', 'both');
const lamp = new Gpio(Number(output), 'low');
const ws = new WebSocket(url, { perMessageDeflate: false });
const say = (type, payload) => ws.send(JSON.stringify({ id: null, type, payload, reply_to: null }));
const me = { name: 'floor', channel: 'floor', role: 'server', can_broadcast: true, broadcast_scope: 'channel' };

ws.on('open', () => say('identify', me));
ws.on('message', (data) => {
  if (data.includes('"welcome"')) console.log('ready');
  // Only what can be a command is parsed: its own broadcasts come back too.
  if (data.includes('floor.cmd')) lamp.writeSync(JSON.parse(data).payload.value ? 1 : 0);
});
button.watch((_error, value) => say('broadcast_request', { msg_type: 'floor.edge', value: value === 1 }));
