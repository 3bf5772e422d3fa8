// What "infer MODEL --input FILE" does, in node: loads, runs once, prints the outputs.
//
//   node infer.js MODEL INPUT WIDTH...     a file of float32 values and its dimensions
const fs = require('node:fs');
const { ort, open } = require('./session.js');

const [model, input, ...dimensions] = process.argv.slice(2);

async function main() {
  const session = await open(model, false);
  const bytes = fs.readFileSync(input);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const start = process.hrtime.bigint();
  const results = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', values, dimensions.map(Number)) });
  const microseconds = Number(process.hrtime.bigint() - start) / 1000;
  const outputs = session.outputNames.map((name) => ({
    name, type: results[name].type, shape: results[name].dims, values: Array.from(results[name].data),
  }));
  process.stdout.write(`${JSON.stringify({ outputs, microseconds })}\n`);
}

main();
