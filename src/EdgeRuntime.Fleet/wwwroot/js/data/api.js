// The manager's REST interface. A refusal becomes an Error whose message is the sentences of the answer.

/** Fetches one resource below /api. */
export const get = (path) => request(path, { headers: { accept: 'application/json' } });

/** Posts JSON below /api. */
export const post = (path, body) => request(path, {
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/json' },
  body: JSON.stringify(body),
});

async function request(path, options) {
  let answer;
  try {
    answer = await fetch(`api/${path}`, options);
  } catch {
    throw new Error('The fleet manager does not answer. Is edge-fleet still running?');
  }
  const text = await answer.text();
  const body = parsed(text);
  if (!answer.ok) {
    const sentences = Array.isArray(body?.errors) ? body.errors.join(' ') : '';
    const error = new Error(sentences || `The fleet manager answered ${answer.status} to ${path}.`);
    error.status = answer.status;
    throw error;
  }
  if (body === undefined) {
    throw new Error(`The fleet manager answered something else than JSON to ${path}.`);
  }
  return body;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
