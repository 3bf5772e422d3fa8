// A device in node, as small as it gets: one model loaded and run ten times a second, one MQTT connection with a will,
// one message a second. Says "ready" when all of that goes on.
//
//   node hold.js MODEL PORT
const mqtt = require('mqtt');
const { ort, open } = require('./session.js');

const [model, port] = process.argv.slice(2);

async function main() {
  const session = await open(model, false);
  const shape = session.inputMetadata[0].shape.map((size) => (typeof size === 'number' && size > 0 ? size : 1));
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', values, shape) };
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 5, clientId: 'bench-node', will: { topic: 'bench/node/status', payload: 'lost', qos: 1, retain: true },
  });
  let last;
  let ready = false;
  client.on('connect', () => client.subscribe('bench/node/down/#'));
  setInterval(async () => {
    last = await session.run(feeds);
  }, 100);
  setInterval(() => {
    if (client.connected && last) {
      client.publish('bench/node/latest', JSON.stringify(Array.from(last[session.outputNames[0]].data)), { qos: 0 });
      if (!ready) {
        ready = true;
        process.stdout.write('ready\n');
      }
    }
  }, 1000);
}

main();
