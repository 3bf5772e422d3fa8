// The step as it is often written: a message with the window as JSON comes in, the model runs, a message with the answer as
// JSON goes out. Speaks the lines of StepWorker.cs; the texts are made beforehand and only parsed here.
//
//   node step.js MODEL FRAMES EXACT CHANNELS WINDOW KIND WIDTH...     the dimensions of the input
const fs = require('node:fs');
const readline = require('node:readline');
const { ort, open } = require('./session.js');

const [model, file, exact, channelsText, windowText, kind, ...dimensions] = process.argv.slice(2);
const channels = Number(channelsText);
const window = Number(windowText);
const shape = dimensions.map(Number);

function messages() {
  const bytes = fs.readFileSync(file);
  const frames = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const texts = [];
  const count = frames.length / channels;
  for (let last = window - 1; last < count && texts.length < 200; last++) {
    const values = [];
    for (let c = 0; c < channels; c++) {
      for (let i = last - window + 1; i <= last; i++) {
        values.push(Number(frames[i * channels + c].toPrecision(7)));
      }
    }
    texts.push(JSON.stringify({ sensor: 'bench', unix_ms: 1700000000000 + last * 20, values }));
  }
  return texts;
}

async function main() {
  const session = await open(model, exact === '1');
  const texts = messages();
  let next = 0;
  let decision = -1;

  async function step() {
    const message = JSON.parse(texts[next]);
    next = next + 1 === texts.length ? 0 : next + 1;
    const values = Float32Array.from(message.values, (value) => (value - 0.125) / 1.5);
    const answer = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', values, shape) });
    const output = answer[session.outputNames[0]].data;
    let score;
    if (kind === 'classification') {
      let best = 0;
      for (let i = 1; i < output.length; i++) {
        best = output[i] > output[best] ? i : best;
      }
      score = output[best];
      decision = score >= 0.5 && (decision < 0 || score - output[decision] >= 0.1) ? best : decision;
    } else {
      let sum = 0;
      for (let i = 0; i < output.length; i++) {
        sum += (output[i] - values[i]) ** 2;
      }
      score = sum / output.length;
      decision = score >= (decision === 1 ? 0.4 : 0.5) ? 1 : 0;
    }
    return JSON.stringify({ sensor: message.sensor, unix_ms: message.unix_ms, decision, score });
  }

  for (let i = 0; i < 300; i++) {
    await step();
  }
  process.stdout.write('ready JSON in, JSON out\n');
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const count = Number(line.split(' ')[1]);
    const times = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const start = process.hrtime.bigint();
      await step();
      times[i] = Number(process.hrtime.bigint() - start);
    }
    times.sort();
    process.stdout.write(`${times[Math.floor(count / 2)]} ${times[Math.floor(count * 0.99)]}\n`);
  }
}

main().catch((error) => {
  process.stderr.write(`step.js: ${error.message}\n`);
  process.exit(70);
});
