// One ONNX Runtime session in node, with the options that our binding uses.
const fs = require('node:fs');
const ort = require('onnxruntime-node');

ort.env.logLevel = 'fatal';

async function open(path, exact) {
  const extra = { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } };
  if (exact) {
    extra.session.x64quantprecision = '1';
  }
  return ort.InferenceSession.create(fs.readFileSync(path), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    extra,
  });
}

module.exports = { ort, open };
