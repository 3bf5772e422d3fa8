// onnxruntime-node as one of the competitors: the same lines as Worker.cs. Outputs are given beforehand where that is
// the faster way; it is tried once and the better of the two is measured.
//
//   node worker.js MODEL INPUT EXACT WIDTH...     the dimensions of the input
const fs = require('node:fs');
const readline = require('node:readline');
const { ort, open } = require('./session.js');

const [model, input, exact, ...dimensions] = process.argv.slice(2);

async function main() {
  const session = await open(model, exact === '1');
  const bytes = fs.readFileSync(input);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const name = session.inputNames[0];
  const answer = session.outputNames[0];
  const feeds = { [name]: new ort.Tensor('float32', values, dimensions.map(Number)) };
  let last = (await session.run(feeds))[answer];
  const given = { [answer]: new ort.Tensor('float32', new Float32Array(last.data.length), last.dims) };

  const ways = [() => session.run(feeds), () => session.run(feeds, given)];
  const costs = [];
  for (const way of [...ways, ...ways]) {
    costs.push(await batch(way, 300));
  }
  const run = costs[2] <= costs[3] ? ways[0] : ways[1];
  process.stdout.write(`ready ${run === ways[0] ? 'outputs made by the library' : 'outputs given beforehand'}\n`);

  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [verb, count] = line.split(' ');
    if (verb === 'batch') {
      process.stdout.write(`${(await batch(run, Number(count))).toFixed(1)}\n`);
    } else if (verb === 'calls') {
      process.stdout.write(`${await calls(run, Number(count))}\n`);
    } else {
      last = (await run())[answer];
      process.stdout.write(`${Buffer.from(last.data.buffer, last.data.byteOffset, last.data.byteLength).toString('hex').toUpperCase()}\n`);
    }
  }
}

async function batch(run, count) {
  for (let i = 0; i < count / 10; i++) {
    await run();
  }
  const start = process.hrtime.bigint();
  for (let i = 0; i < count; i++) {
    await run();
  }
  return Number(process.hrtime.bigint() - start) / count;
}

async function calls(run, count) {
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const start = process.hrtime.bigint();
    await run();
    times[i] = Number(process.hrtime.bigint() - start);
  }
  times.sort();
  return `${times[Math.floor(count / 2)]} ${times[Math.floor(count * 0.99)]}`;
}

main().catch((error) => {
  process.stderr.write(`worker.js: ${error.message}\n`);
  process.exit(70);
});
